"""docs/SKETCH.md says what the code does: every example and every row of its tables is read and rendered."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from sketches import mended, parsed

from photon.openapi.document import Rendering, render
from photon.openapi.schemas import schema
from photon.providers.profiles import PHOTON_SKETCH_FORMAT
from photon.sketch.model import SCALARS
from photon.sketch.prompt import SpecContext, sketch_request
from photon.sketch.write import write_sketch

PAGE = (Path(__file__).parents[2] / "docs" / "SKETCH.md").read_text(encoding="utf-8")


def rows(*heading: str) -> list[list[str]]:
    """The rows of the table with these columns, each cell as text without backquotes."""
    lines = PAGE.split("\n")
    start = lines.index(f"| {' | '.join(heading)} |") + 2
    end = next(place for place in range(start, len(lines)) if not lines[place].startswith("|"))
    cells = [re.split(r"(?<!\\)\|", line[1:].rstrip("| ")) for line in lines[start:end]]
    return [[cell.strip().strip("`").replace("\\|", "|") for cell in row] for row in cells]


EXAMPLES = re.findall(r"```sketch\n(.*?)```", PAGE, re.DOTALL)
LINES = [row[-1] for row in rows("line", "meaning", "example")]
TYPES = rows("type", "as JSON Schema in OpenAPI 3.1")
OLD_TYPES = rows("type", "in OpenAPI 3.0")
REPAIRS = rows("written", "read as")


def test_the_page_has_what_these_tests_read() -> None:
    assert (len(EXAMPLES), len(LINES), len(TYPES), len(OLD_TYPES), len(REPAIRS)) == (2, 27, 35, 4, 17)


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_is_canonical_and_renders_to_valid_openapi(example: str) -> None:
    sketch, repairs = parsed(example)
    assert repairs == []
    assert write_sketch(sketch) == example
    document = render(sketch, Rendering(scope="document")).document
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


@pytest.mark.parametrize("line", LINES)
def test_each_line_is_read_and_written_as_it_stands(line: str) -> None:
    text = f"{line}\n" if line.startswith("GET") else f"GET /users/{{id}}\n{line}\n"
    sketch, repairs = parsed(text)
    assert repairs == []
    assert write_sketch(sketch) == text


def test_every_built_in_type_is_in_the_table() -> None:
    assert {kind for kind, _ in TYPES} >= SCALARS


@pytest.mark.parametrize(("kind", "expected"), TYPES)
def test_each_type_is_this_json_schema(kind: str, expected: str) -> None:
    sketch, repairs = parsed(f"GET /x\n200: {{ a: {kind} }}\n")
    assert repairs == []
    operation = render(sketch, Rendering()).document["paths"]["/x"]["get"]
    assert operation["responses"]["200"]["content"]["application/json"]["schema"]["properties"]["a"] == json.loads(expected)


@pytest.mark.parametrize(("kind", "expected"), OLD_TYPES)
def test_openapi_3_0_says_it_in_other_words(kind: str, expected: str) -> None:
    sketch, _ = parsed(f"GET /x\n200: {{ a: {kind} }}\n")
    content = sketch.responses[0].content
    assert content and content.type
    assert schema(content.type, "3.0")["properties"]["a"] == json.loads(expected)


@pytest.mark.parametrize(("written", "meant"), REPAIRS)
def test_each_slip_is_mended_and_counted(written: str, meant: str) -> None:
    sketch, repairs = mended(f"GET /x\n{written}\n")
    assert sketch == parsed(f"GET /x\n{meant}\n")[0]
    assert repairs and all(repair.startswith("line 2: ") for repair in repairs)


def test_our_own_model_is_asked_in_the_words_of_the_page() -> None:
    from photon.chat import Parameters

    context = SpecContext(types=("Pet", "Order"), paths=("GET /pets", "POST /pets"))
    request = sketch_request("add a  pet with\nPOST /pets", parameters=Parameters(), context=context)
    system, user, assistant = request.tuned[PHOTON_SKETCH_FORMAT]
    assert f"`{system.content}`" in PAGE
    question, types, paths = user.content.split("\n")
    assert question == "add a pet with POST /pets"
    assert f"`{types}`" in PAGE and f"`{paths}`" in PAGE
    assert assistant.content == "POST /pets\n"


NAMES = re.findall(r"`([A-Z]+ /[^`]*)` (?:is )?(\w+)[,.]", PAGE[PAGE.index("- operationId") : PAGE.index("- The tag")])


@pytest.mark.parametrize(("route", "name"), NAMES)
def test_the_operation_ids_of_the_page_are_derived(route: str, name: str) -> None:
    sketch, _ = parsed(route)
    (item,) = render(sketch, Rendering()).document["paths"].values()
    (operation,) = item.values()
    assert operation["operationId"] == name
