"""How the path of a new operation is written: as it was typed, else as the specification writes its own."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest
from library_spec import spec_of

from photon.openapi.document import Rendered, Rendering
from photon.openapi.matching import Matcher
from photon.openapi.spec import Spec
from photon.openapi.style.learn import learn
from photon.openapi.style.profiles import effective_style
from photon.settings.schema import Style
from photon.sketch.parse import SketchParser
from photon.sketch.stated import Stated


def spec_with(*routes: str, parameters: str = "[]") -> Spec:
    """A specification of ``METHOD /path``."""
    lines: dict[str, str] = {}
    for route in routes:
        method, path = route.split(" ", 1)
        lines[path] = lines.get(path, "") + f"    {method.lower()}: {{ parameters: {parameters}, responses: {{}} }}\n"
    return spec_of(
        "openapi: 3.0.3\ninfo: { title: T, version: '1' }\npaths:\n" + "".join(f"  '{p}':\n{line}" for p, line in lines.items())
    )


def rendered(spec: Spec | None, sketch: str, asked: str = "", profile: str = "default") -> Rendered:
    parser = SketchParser()
    parser.feed(textwrap.dedent(sketch).strip() + "\n")
    style = effective_style(Style(profile=profile), learn(spec) if spec else None)  # type: ignore[arg-type] # one of four words
    return Matcher(spec, style, Rendering(), stated=Stated(asked, keeps_case=True)).matched(parser.finish())


def path_of(spec: Spec | None, sketch: str, asked: str = "", profile: str = "default") -> str:
    return next(iter(rendered(spec, sketch, asked, profile).document["paths"]))


# -- slashes at the end -----------------------------------------------------------------------------------------------

SLASHED = spec_with("GET /sites/", "GET /sites/{id}/", "GET /racks/", "GET /racks/{id}/", "GET /cables/", "GET /")


def test_where_nearly_all_paths_end_in_a_slash_a_new_one_does() -> None:
    assert path_of(SLASHED, "GET /sites/{id}/lamps") == "/sites/{id}/lamps/"
    assert path_of(SLASHED, "GET /lamps/") == "/lamps/"
    assert path_of(SLASHED, "DELETE /sites/{id}") == "/sites/{id}/"


def test_a_typed_path_keeps_its_end_and_the_difference_is_told() -> None:
    found = rendered(SLASHED, "GET /lamps", "GET /lamps list lamps")
    assert list(found.document["paths"]) == ["/lamps"]
    assert any(note.endswith("as the others are written it would be /lamps/") for note in found.notes)
    found = rendered(SLASHED, "GET /lamps", "GET /lamps/ list lamps")
    assert list(found.document["paths"]) == ["/lamps/"]
    assert not any("typed" in note for note in found.notes)


def test_half_of_the_paths_are_no_habit() -> None:
    spec = spec_with("GET /sites/", "GET /sites/{id}/", "GET /racks", "GET /racks/{id}")
    assert path_of(spec, "GET /lamps") == "/lamps"
    assert path_of(spec_with("GET /a/", "GET /b/"), "GET /lamps") == "/lamps"


# -- actions behind a colon -------------------------------------------------------------------------------------------

COLONS = spec_with("GET /jobs", "GET /jobs/{jobId}", "POST /jobs/{jobId}:cancel", "POST /runs/{runId}:cancel", "GET /runs")


@pytest.mark.parametrize(
    ("sketch", "path"),
    [
        ("POST /jobs/{jobId}/pause", "/jobs/{jobId}:pause"),
        ("POST /jobs/{jobId}/cancel", "/jobs/{jobId}:cancel"),
        ("POST /jobs/{jobId}/tasks", "/jobs/{jobId}/tasks"),
        ("POST /jobs/{jobId}/tasks/{taskId}", "/jobs/{jobId}/tasks/{taskId}"),
        ("POST /login", "/login"),
    ],
)
def test_an_action_on_a_thing_stands_behind_a_colon_where_others_do(sketch: str, path: str) -> None:
    assert path_of(COLONS, sketch) == path
    assert path_of(spec_with("POST /jobs/{jobId}/cancel", "GET /jobs"), "POST /jobs/{jobId}/pause") == "/jobs/{jobId}/pause"


def test_an_action_behind_a_colon_has_its_parameter_and_the_name_of_the_action() -> None:
    item: Any = rendered(COLONS, "POST /jobs/{jobId}/pause").document["paths"]["/jobs/{jobId}:pause"]
    assert [each["name"] for each in item["post"]["parameters"]] == ["jobId"]


def test_a_typed_action_stays_and_the_difference_is_told() -> None:
    found = rendered(COLONS, "POST /jobs/{jobId}/pause", "POST /jobs/{jobId}/pause")
    assert list(found.document["paths"]) == ["/jobs/{jobId}/pause"]
    assert any("it would be /jobs/{jobId}:pause" in note for note in found.notes)


def test_the_google_profile_writes_colons_where_a_document_has_no_actions() -> None:
    assert path_of(None, "POST /jobs/{jobId}/mark-read", profile="google") == "/jobs/{jobId}:markRead"
    assert path_of(None, "POST /jobs/{jobId}/pause") == "/jobs/{jobId}/pause"
    assert path_of(spec_with("GET /jobs"), "POST /jobs/{jobId}/pause", profile="google") == "/jobs/{jobId}:pause"
    slashes = spec_with("POST /jobs/{jobId}/cancel")
    assert path_of(slashes, "POST /jobs/{jobId}/pause", profile="google") == "/jobs/{jobId}/pause"


# -- what is there in another spelling --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sketch", "path"),
    [
        ("DELETE /user-accounts/{id}", "/user_accounts/{user_id}"),
        ("GET /userAccounts/{id}/notes", "/user_accounts/{user_id}/notes"),
        ("GET /orderitems", "/orderItems"),
        ("DELETE /products/{id}", "/Products(key={id})"),
        ("GET /Products/{id}/reviews", "/Products(key={id})/reviews"),
        ("GET /user", "/user"),
    ],
)
def test_a_path_of_the_models_own_begins_as_one_that_differs_in_case_separators_and_brackets(sketch: str, path: str) -> None:
    spec = spec_with("GET /user_accounts/{user_id}", "GET /orderItems", "GET /Products(key={id})", "GET /users", "GET /X/{y}")
    assert path_of(spec, sketch) == path


def test_letters_beyond_ascii_are_found_and_written_as_the_specification_writes_them() -> None:
    spec = spec_with("GET /本", "GET /本/{番号}", "GET /🍕/{🍅}")
    assert path_of(spec, "DELETE /%E6%9C%AC/{id}", "DELETE /本/{番号}") == "/本/{番号}"
    assert path_of(spec, "GET /%E6%9C%AC/{id}/%E9%A0%81", "GET /本/{id}/頁") == "/本/{id}/頁"
    assert path_of(spec, "GET /a%2Fb", "GET /a%2Fb") == "/a%2Fb"


@pytest.mark.parametrize(
    "path", ["/compare/{a}-{b}/save", "/files/{id}.json", "/v1.2/x:y/{z}", "/a(b={c},d={e})", "/{x}{y}", "/~a/+b"]
)
@pytest.mark.parametrize("typed", [True, False])
def test_odd_templates_do_no_harm(path: str, typed: bool) -> None:
    spec = spec_with("GET /compare/{a}-{b}", "GET /files/{id}.xml", "GET /a(b={c},d={e})/f", "GET /{x}", "GET /x:y")
    assert path_of(spec, f"POST {path}", f"POST {path} do it" if typed else "") == path
    assert path_of(None, f"POST {path}", f"POST {path} do it" if typed else "") == path


# -- names that become one --------------------------------------------------------------------------------------------


def test_two_fields_whose_names_would_become_one_both_stay() -> None:
    query = "[{ name: page_size, in: query, schema: {} }, { name: sort_by, in: query, schema: {} }]"
    spec = spec_with("GET /a", "GET /b", parameters=query)
    found = rendered(spec, "POST /a\nquery: { userId?: int, user_id?: string, userID?: uuid, firstName?: string }")
    listed = found.document["paths"]["/a"]["post"]["parameters"]
    names = [each["name"] for each in listed if each["name"] not in ("page_size", "sort_by")]
    assert names == ["userId", "user_id", "userID", "first_name"]


# -- templates that differ in a parameter's name alone ----------------------------------------------------------------

TWINS = spec_with(
    "GET /photos",
    "GET /photos/{photoId}/copies/{copyId}",
    "PUT /photos/{photoId}/copies/{fileName}",
    "POST /photos/{photoId}/copies/{fileName}",
)


@pytest.mark.parametrize("name", ["copyId", "fileName"])
def test_of_two_templates_that_differ_in_a_name_the_one_that_was_typed_stays(name: str) -> None:
    path = f"/photos/{{photoId}}/copies/{{{name}}}"
    assert path_of(TWINS, f"DELETE {path}", f"DELETE {path}: Throw a copy away") == path
    assert path_of(TWINS, f"DELETE {path}") == path


def test_a_name_that_neither_has_gives_the_template_with_more_in_common() -> None:
    assert path_of(TWINS, "DELETE /photos/{photo}/copies/{filename}") == "/photos/{photoId}/copies/{fileName}"
    assert path_of(TWINS, "DELETE /photos/{photo}/copies/{x}") == "/photos/{photoId}/copies/{copyId}"


def test_an_operation_of_the_other_template_is_not_the_one_that_is_there() -> None:
    spec = spec_of(
        "openapi: 3.0.3\ninfo: { title: T, version: '1' }\npaths:\n"
        "  /photos/{photoId}/copies/{copyId}: { get: { operationId: getPhotoCopyById, responses: {} } }\n"
        "  /photos/{photoId}/copies/{fileName}: { put: { operationId: replacePhotoCopyByFileName, responses: {} } }\n"
        "  /films/{filmId}/copies/{copyId}: { get: { operationId: getFilmCopyById, responses: {} } }\n"
        "  /films/{filmId}/copies/{fileName}: { get: { operationId: getFilmCopyByFileName, responses: {} } }\n"
        "  /songs/{songId}/copies/{fileName}: { get: { operationId: getSongCopyByFileName, responses: {} } }\n"
    )
    found = rendered(spec, "GET /photos/{photoId}/copies/{fileName}").document["paths"]
    assert found["/photos/{photoId}/copies/{fileName}"]["get"]["operationId"] == "getPhotoCopyByFileName"
    found = rendered(spec, "GET /photos/{photoId}/copies/{copyId}").document["paths"]
    assert found["/photos/{photoId}/copies/{copyId}"]["get"]["operationId"] == "getPhotoCopyById"
