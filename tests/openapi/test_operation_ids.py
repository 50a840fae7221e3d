"""operationIds for new operations, in the pattern of those that are there."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from photon.openapi.source.source import Source
from photon.openapi.spec import SpecOperation
from photon.openapi.style.operation_ids import operation_id, pattern_of

NOWHERE = Source(Path("openapi.yaml"), "", False, "yaml", None)


def operations(**named: str) -> list[SpecOperation]:
    """Operations by operationId: ``listUsers="GET /users"``; two underscores are written for what is no Python name."""
    return [operation(route, name) for name, route in named.items()]


def operation(route: str, name: object) -> SpecOperation:
    method, path = route.split()
    return SpecOperation(method, path, {}, {"operationId": name}, NOWHERE, ())


CAMEL = operations(
    listPets="GET /pets",
    createPet="POST /pets",
    getPet="GET /pets/{petId}",
    deletePet="DELETE /pets/{petId}",
    listPetToys="GET /pets/{petId}/toys",
)
NOUN_FIRST = [
    operation("GET /droplets", "droplets_list"),
    operation("POST /droplets", "droplets_create"),
    operation("GET /droplets/{id}", "droplets_get"),
    operation("GET /ssh-keys", "sshKeys_list"),
]
SLASHED = [
    operation("GET /repos", "repos/list"),
    operation("GET /pull-requests", "pull-requests/list"),
    operation("GET /repos/{id}", "repos/get"),
]
CONTROLLER = [
    operation("GET /users", "UsersController_findAll"),
    operation("POST /users", "UsersController_create"),
    operation("GET /users/{id}", "UsersController_findOne"),
]
PATHS = [
    operation("GET /v1/accounts", "GetAccounts"),
    operation("GET /v1/accounts/{account}/persons", "GetAccountsAccountPersons"),
    operation("POST /v1/accounts/{account}/persons", "PostAccountsAccountPersons"),
    operation("GET /v1/accounts/{account}", "GetAccountsAccount"),
]
GOOGLE = [operation("GET /v3/videos", "youtube.videos.list"), operation("GET /v3/playlistItems", "youtube.playlistItems.list")]
KEBAB = [operation("GET /tracks", "get-tracks"), operation("GET /audio-books", "get-audio-books")]


@pytest.mark.parametrize(
    ("present", "pattern"),
    [
        (CAMEL, "listUsers"),
        (NOUN_FIRST, "users_list"),
        (SLASHED, "users/list"),
        (CONTROLLER, "UsersController_findAll"),
        (PATHS, "GetUsers"),
        (GOOGLE, "youtube.users.list"),
        (KEBAB, "get-users"),
        ([operation("GET /disks", "Disks_List")], "Users_List"),
        ([operation("GET /a", None), operation("GET /b", ["x"])], None),
        ([], None),
    ],
)
def test_a_pattern_is_how_get_users_would_be_called(present: list[SpecOperation], pattern: str | None) -> None:
    assert pattern_of(present) == pattern


@pytest.mark.parametrize(
    ("present", "route", "wanted"),
    [
        (CAMEL, "GET /owners", "listOwners"),
        (CAMEL, "POST /order-items", "createOrderItem"),
        (CAMEL, "DELETE /order-items/{id}", "deleteOrderItem"),
        (CAMEL, "GET /owners/{id}/pets", "listOwnerPets"),
        (CAMEL, "PATCH /pets/{petId}", "updatePet"),
        (NOUN_FIRST, "GET /load-balancers", "loadBalancers_list"),
        (NOUN_FIRST, "GET /volumes/{id}", "volumes_get"),
        (SLASHED, "GET /check-runs", "check-runs/list"),
        (CONTROLLER, "GET /cats", "CatsController_findAll"),
        (CONTROLLER, "GET /cats/{id}", "CatsController_findOne"),
        (PATHS, "POST /v1/charges/{charge}/refunds", "PostChargesChargeRefunds"),
        (PATHS, "GET /v1/accounts/{account}/persons/{person}/files", "GetAccountsAccountPersonsPersonFiles"),
        (PATHS, "DELETE /v1/accounts/{account}", "DeleteAccountsAccount"),
        (GOOGLE, "GET /v3/channelSections", "youtube.channelSections.list"),
        (KEBAB, "GET /shows", "get-shows"),
    ],
)
def test_a_new_operation_is_called_as_those_like_it(present: list[SpecOperation], route: str, wanted: str) -> None:
    method, path = route.split()
    taken = {str(each.node["operationId"]) for each in present}
    assert operation_id(method, path, pattern_of(present), taken=taken, neighbours=present) == wanted


def test_the_verb_of_a_neighbour_wins_over_the_usual_one() -> None:
    present = [
        operation("POST /a/rooms", "createRoom"),
        operation("POST /a/doors", "createDoor"),
        operation("POST /b/cats", "addCat"),
    ]
    assert operation_id("POST", "/b/dogs", "listUsers", taken=set(), neighbours=present) == "addDog"
    assert operation_id("POST", "/a/walls", "listUsers", taken=set(), neighbours=present) == "createWall"


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("listUsers", ("listOrders", "createOrder", "getOrder", "cancelOrder")),
        ("list_users", ("list_orders", "create_order", "get_order", "cancel_order")),
        ("ListUsers", ("ListOrders", "CreateOrder", "GetOrder", "CancelOrder")),
        ("get-users", ("get-orders", "create-order", "get-order", "cancel-order")),
        ("users_list", ("orders_list", "orders_create", "orders_get", "orders_cancel")),
        ("Users_List", ("Orders_List", "Orders_Create", "Orders_Get", "Orders_Cancel")),
        ("users/list", ("orders/list", "orders/create", "orders/get", "orders/cancel")),
        ("users.list", ("orders.list", "orders.create", "orders.get", "orders.cancel")),
    ],
)
def test_a_pattern_alone_is_enough(pattern: str, names: tuple[str, ...]) -> None:
    routes = (("GET", "/orders"), ("POST", "/orders"), ("GET", "/orders/{id}"), ("POST", "/orders/{id}/cancel"))
    assert tuple(operation_id(method, path, pattern, taken=()) for method, path in routes) == names


def test_without_any_pattern_it_is_camel_case() -> None:
    assert operation_id("GET", "/order-items", None, taken=()) == "listOrderItems"


@pytest.mark.parametrize(
    ("route", "wanted"),
    [
        ("POST /orders/{orderId}/refunds", "createRefund"),
        ("GET /orders/{orderId}/refunds", "listRefunds"),
        ("POST /load-balancers", "createLoadBalancer"),
        ("POST /orders/{orderId}/cancel", "cancelOrder"),
    ],
)
def test_a_list_alone_tells_how_one_thing_is_created(route: str, wanted: str) -> None:
    assert operation_id(*route.split(), "listOrders", taken=(), neighbours=operations(listOrders="GET /orders")) == wanted


def test_an_operation_id_is_unique() -> None:
    assert operation_id("GET", "/shops/{id}/orders", "listUsers", taken={"listShopOrders"}) == "listShopOrdersForShop"
    taken = {"listOrders", *(f"listOrders{number}" for number in range(2, 40))}
    assert operation_id("GET", "/orders", "listUsers", taken=taken) == "listOrders40"
    assert operation_id("GET", "/a/orders", "users_list", taken={"orders_list"}) == "orders_list_for_a"


def test_a_name_that_is_taken_is_not_proposed_again() -> None:
    taken = {str(each.node["operationId"]) for each in CAMEL}
    assert operation_id("GET", "/owners/{id}/pets/{petId}", "listUsers", taken=taken, neighbours=CAMEL) not in taken
    assert operation_id("GET", "/pets", "listUsers", taken=taken, neighbours=CAMEL[:1]) == "listPets2"


@pytest.mark.parametrize(
    "path", ["/", "", "/{id}", "/v1", "/🎉", "/api/v2/{a}/{b}", "/" + "x" * 5_000, "/a" * 3_000, "/{" * 3_000]
)
def test_a_strange_path_has_an_operation_id_too(path: str) -> None:
    begun = time.perf_counter()
    assert operation_id("GET", path, pattern_of(CAMEL), taken=(), neighbours=CAMEL)
    assert time.perf_counter() - begun < 1


def test_thousands_of_neighbours_take_no_time() -> None:
    many = [operation(f"GET /area{number % 97}/things{number}", f"listThings{number}") for number in range(10_000)]
    begun = time.process_time()
    operation_id("GET", "/area5/cats", "listUsers", taken=(), neighbours=many)
    assert time.process_time() - begun < 1


@pytest.mark.parametrize("key", ["(key={id})", "({id})", "('{id}')", "(id={id})"])
def test_a_key_in_brackets_is_a_parameter(key: str) -> None:
    named = [
        operation("GET /Products", "Products_List"),
        operation(f"GET /Products{key}", "Products_Get"),
        operation("GET /Orders", "Orders_List"),
        operation(f"GET /Orders{key}", "Orders_Get"),
        operation(f"DELETE /Orders{key}", "Orders_Delete"),
    ]
    taken = {str(each.node["operationId"]) for each in named}
    assert operation_id("DELETE", f"/Products{key}", pattern_of(named), taken=taken, neighbours=named) == "Products_Delete"
