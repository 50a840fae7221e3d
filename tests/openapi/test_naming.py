"""operationId, tag and summary from method and path."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sketches import HOSTILE, paths

from photon.openapi.naming import is_plural, operation_id, operation_words, singular, summary, tag, without_keys, words
from photon.sketch.lines import read_path
from photon.sketch.model import METHODS


@pytest.mark.parametrize(
    ("route", "name"),
    [
        ("GET /users", "listUsers"),
        ("POST /users", "createUser"),
        ("GET /users/{id}", "getUser"),
        ("PUT /users/{id}", "replaceUser"),
        ("PATCH /users/{id}", "updateUser"),
        ("DELETE /users/{id}", "deleteUser"),
        ("HEAD /users/{id}", "checkUser"),
        ("OPTIONS /users", "optionsUsers"),
        ("GET /users/{id}/orders", "listUserOrders"),
        ("POST /orders/{id}/cancel", "cancelOrder"),
        ("POST /orders/{id}:cancel", "cancelOrder"),
        ("POST /login", "login"),
        ("POST /auth/login", "login"),
        ("POST /auth/forgot-password", "forgotPassword"),
        ("GET /api/v2/users", "listUsers"),
        ("GET /users/me", "getUserMe"),
        ("GET /order-items/{id}", "getOrderItem"),
        ("GET /categories/{id}", "getCategory"),
        ("GET /people/{id}", "getPerson"),
        ("GET /load-balancers", "listLoadBalancers"),
        ("POST /load-balancers", "createLoadBalancer"),
        ("GET /check-runs", "listCheckRuns"),
        ("POST /check-runs", "createCheckRun"),
        ("POST /send-messages", "sendMessages"),
        ("GET /posts/latest.json", "getPostLatest"),
        ("GET /%C3%BCberblick/{id}", "getUberblick"),
        ("GET /%F0%9F%90%95", "getRoot"),
        ("GET /a%0Ab", "getA0Ab"),
        ("GET /", "getRoot"),
        ("GET /{id}", "getRoot"),
        ("POST /users/search", "searchUsers"),
        ("GET /health", "getHealth"),
        ("GET /status", "getStatus"),
    ],
)
def test_an_operation_id_is_a_verb_and_what_it_acts_on(route: str, name: str) -> None:
    assert operation_id(*route.split(" ")) == name


@given(st.sampled_from(METHODS), paths())
def test_any_path_gives_an_identifier_and_a_sentence(method: str, path: str) -> None:
    name = operation_id(method, path)
    assert name.isidentifier() and name.isascii() and name[0].islower()
    assert summary(method, path)[0].isupper()
    assert tag(path)


@given(st.sampled_from(METHODS), st.lists(st.sampled_from(HOSTILE), max_size=4).map("/".join))
def test_so_does_any_path_that_had_to_be_mended(method: str, text: str) -> None:
    assert operation_id(method, read_path(text, lambda _: None)).isidentifier()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/users/{id}", "users"),
        ("/api/v1/orders", "orders"),
        ("/v2beta1/x", "x"),
        ("/{id}", "default"),
        ("/", "default"),
        ("/%C3%BCber", "über"),
    ],
)
def test_the_tag_is_the_first_segment_that_says_something(path: str, name: str) -> None:
    assert tag(path) == name


@pytest.mark.parametrize(
    ("plural", "one"),
    [("users", "user"), ("boxes", "box"), ("addresses", "address"), ("cities", "city"), ("news", "news"), ("status", "status")],
)
def test_the_singular_of_a_noun(plural: str, one: str) -> None:
    assert singular(plural) == one
    assert singular(one) == one


@pytest.mark.parametrize(
    ("word", "plural"), [("users", True), ("user", False), ("news", True), ("status", False), ("bus", False)]
)
def test_whether_a_noun_is_a_plural(word: str, plural: bool) -> None:
    assert is_plural(word) == plural


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("forgot-password", "forgot password"),
        ("APIKeys", "api keys"),
        ("v2_users", "v 2 users"),
        ("großeÜbersicht", "große ubersicht"),
    ],
)
def test_words_in_any_case(text: str, found: str) -> None:
    assert " ".join(words(text)) == found


def test_a_key_predicate_is_a_parameter_of_its_set_and_a_call_is_not() -> None:
    assert without_keys("/Products(key={id})/Reviews('{review}')") == "/Products/{id}/Reviews/{review}"
    for path in ("/reports/getUsers(period='{period}')", "/users/delta()", "/me/sum(a={a},b={b})", "/x(", "/(key={id})"):
        assert without_keys(path) == path
    assert operation_words("DELETE", "/Products(key={id})") == ["delete", "product"]
    assert tag("/Products(key={id})") == "Products"


def test_a_path_of_brackets_is_read_in_no_time() -> None:
    begun = time.perf_counter()
    for path in ("/" + "a" * 200_000 + "(", "/" + "a(" * 100_000, "/a(" + "'{" * 100_000):
        assert without_keys(path) == path
    assert time.perf_counter() - begun < 2
