"""The operations that are nearest to what is asked for."""

from __future__ import annotations

import time

import pytest
from library_spec import library, spec_of, spec_with

from photon.openapi.context.asked import asked
from photon.openapi.context.neighbours import neighbours
from photon.openapi.context.routes import kinship, segments, without_base
from photon.openapi.context.words import method_meant, stem, telling_words, words
from photon.openapi.spec import Spec
from photon.openapi.style.paths import base_paths
from photon.sketch.prompt import find_route


def near(spec: Spec, text: str) -> list[str]:
    route = find_route(text)
    found = neighbours(spec, route.method if route else None, route.path if route else None, text)
    return [each.operation.route for each in found]


FORGE = (
    "GET /api/v3/repos/{owner}/{repo}/issues List issues",
    "GET /api/v3/repos/{owner}/{repo}/issues/{number}/comments List issue comments",
    "POST /api/v3/repos/{owner}/{repo}/issues/{number}/comments Create an issue comment",
    "POST /api/v3/repos/{owner}/{repo}/commits/{sha}/comments Create a commit comment",
    "GET /api/v3/orgs/{org}/members List members",
    "PUT /api/v3/user/starred/{owner}/{repo} Star a repository",
)


# -- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "alike",
    [
        "user users Users",
        "category categories",
        "box boxes",
        "status statuses",
        "address addresses",
        "price prices pricing priced",
        "ship ships shipping shipped",
        "movie movies",
        "cache caches caching cached",
        "person people",
        "index indices indexes",
        "branch branches",
        "release releases",
    ],
)
def test_forms_of_a_word_have_one_stem(alike: str) -> None:
    assert len({stem(word) for word in alike.split()}) == 1


def test_different_words_keep_different_stems() -> None:
    different = "note not bus us news thing this user use order ordeal status state".split()
    assert len({stem(word) for word in different}) == len(different)


def test_names_are_taken_apart_whatever_their_case() -> None:
    expected = ("user", "profil")
    for name in ("userProfile", "UserProfiles", "user_profile", "user-profile", "USER_PROFILE", "user.profile"):
        assert words(name) == expected
    assert words("HTTPServer") == ("http", "server")


def test_what_http_says_anyway_says_nothing() -> None:
    assert telling_words("please add an endpoint that returns a JSON list of the invoices") == ("invoic",)


@pytest.mark.parametrize(
    ("text", "method"), [("add a comment", "POST"), ("remove the tags", "DELETE"), ("change a name", "PATCH"), ("login", None)]
)
def test_the_verb_says_the_method(text: str, method: str | None) -> None:
    assert method_meant(text) == method


def test_the_thing_counts_more_than_what_it_belongs_to_and_that_more_than_details() -> None:
    weights = asked("add a comment to an issue with a mood").weights
    assert weights[stem("comment")] > weights[stem("issue")] > weights[stem("mood")]
    by_path = asked("POST /issues/{id}/comments", method="POST", path="/issues/{id}/comments").weights
    assert by_path[stem("comment")] > by_path[stem("issue")]


# -- paths ------------------------------------------------------------------------------------------------------------


def test_versions_and_the_names_of_parameters_do_not_count() -> None:
    assert segments("/api/v1/users/{userId}") == segments("/v2.1/user/{id}") == segments("/2024-05-01/Users/{x}")


def test_the_key_of_an_entity_set_is_a_parameter_behind_it() -> None:
    assert segments("/odata/Products(key={id})") == segments("/odata/products/{id}")


def test_base_paths_are_those_of_the_servers_with_their_variables_filled_in() -> None:
    assert base_paths(library()) == ("/api/v2",)
    variable = "{ url: 'https://x/{v}/b', variables: { v: { default: v9 } } }"
    head = f"servers: [{{ url: /a/ }}, {variable}, {{ url: / }}, 7, {{ url: 'http://[' }}]\n"
    assert base_paths(spec_with("GET /x", head=head)) == ("/v9/b", "/a")


def test_only_a_whole_base_path_is_taken_off() -> None:
    assert [without_base(path, ["/shop"]) for path in ("/shop/pets", "/shop", "/shopping")] == ["/pets", "/", "/shopping"]


def test_kinship_is_the_common_way_as_a_share_of_both() -> None:
    assert kinship(segments("/a/{x}/b"), segments("/a/{y}/b")) == 1
    assert kinship(segments("/a"), segments("/a/{y}/b")) == 0.5
    assert kinship(segments("/a"), segments("/b")) == 0
    assert kinship(segments("/"), segments("/")) == 1


# -- neighbours -------------------------------------------------------------------------------------------------------


def test_a_request_without_a_path_finds_neighbours_by_its_words() -> None:
    assert near(spec_with(*FORGE), "add a comment to an issue")[:2] == [
        "POST /api/v3/repos/{owner}/{repo}/issues/{number}/comments",
        "GET /api/v3/repos/{owner}/{repo}/issues/{number}/comments",
    ]


def test_singular_and_verb_forms_find_the_plural_and_the_past() -> None:
    assert near(spec_with(*FORGE), "starring a repo")[0] == "PUT /api/v3/user/starred/{owner}/{repo}"


@pytest.mark.parametrize("path", ["/books/{book_id}/loans", "/api/v2/books/{id}/loans", "/v2/books/{id}/loans"])
def test_a_path_finds_its_neighbours_with_or_without_base_path_and_version(path: str) -> None:
    assert near(library(), f"POST {path}")[:2] == ["GET /books/{book_id}/loans", "GET /books/{book_id}"]


def test_a_base_path_that_is_a_word_is_no_part_of_what_is_asked_for() -> None:
    spec = spec_with("GET /pets", "GET /shops/{id}/pets", head="servers: [{ url: https://x.example/shops/eu }]\n")
    assert near(spec, "POST /shops/eu/pets")[0] == "GET /pets"


def test_a_path_that_the_specification_has_deeper_finds_it_there() -> None:
    found = near(spec_with(*FORGE), "DELETE /issues/{id}/comments")
    assert found[0] == "GET /api/v3/repos/{owner}/{repo}/issues/{number}/comments"


def test_the_best_comes_first_and_the_very_operation_before_all() -> None:
    found = neighbours(library(), "GET", "/books", "GET /books")
    assert [each.operation.route for each in found][:2] == ["GET /books", "POST /books"]
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    assert found[0].score >= 2


def test_what_has_nothing_in_common_has_no_neighbours() -> None:
    assert near(library(), "POST /rockets/{id}/launch now") == []
    assert near(library(), "!") == []
    assert near(spec_with(), "GET /books") == []


def test_the_words_of_summary_operation_id_and_tags_are_read_too() -> None:
    assert near(library(), "withdraw something")[0] == "DELETE /books/{book_id}"
    assert set(near(library(), "the catalogue")) == {"GET /books", "POST /books"}


def test_wrong_types_anywhere_do_no_harm() -> None:
    text = (
        "openapi: 3.0.0\ninfo: 3\nservers: {}\ncomponents: []\npaths:\n"
        "  /books:\n    get: { summary: [1], operationId: {}, tags: 7, responses: [] }\n    post: null\n  /b: []\n"
    )
    assert near(spec_of(text), "GET /books") == ["GET /books"]


def test_thousands_of_operations_are_compared_in_a_moment() -> None:
    routes = [f"GET /area{number % 50}/thing{number}/{{id}}/parts{number} List the parts {number}" for number in range(5_000)]
    spec = spec_with(*routes)
    assert len(spec.operations) == 5_000
    started = time.process_time()
    near(spec, "list the parts of a thing")
    assert time.process_time() - started < 4


def test_what_a_model_is_told_and_whose_habits_are_followed_is_one_search() -> None:
    from photon.openapi.matching.surroundings import Surroundings, Wanted

    spec = spec_with(*FORGE)
    told = neighbours(spec, "GET", "/api/v3/repos/{o}/{r}/issues/{n}/comments/{id}", "get an issue comment")
    followed = Surroundings(spec).near(Wanted("GET", "/api/v3/repos/{o}/{r}/issues/{n}/comments/{id}", "Get an issue comment"))
    routes = [each.operation.route for each in told]
    assert routes == [each.operation.route for each in followed][: len(routes)]


def test_a_deprecated_operation_is_no_example_to_follow_while_another_is_as_near() -> None:
    from photon.openapi.matching.surroundings import Surroundings, Wanted

    node = "{ summary: List pets, responses: {} }"
    text = f"openapi: 3.1.0\npaths:\n  /pets/old: {{ get: {node[:-2]}, deprecated: true }} }}\n  /pets/new: {{ get: {node} }}\n"
    near = Surroundings(spec_of(text)).near(Wanted("GET", "/pets/all", "List pets"))
    assert [each.operation.path for each in near] == ["/pets/new", "/pets/old"]
    assert Surroundings(None).near(Wanted("GET", "/pets")) == ()
