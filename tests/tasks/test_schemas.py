"""A schema as people give it: a file, the document itself, or its fields in one line."""

import json
from pathlib import Path
from typing import Any

import pytest

from photon.errors import UsageError
from photon.tasks.schema_shorthand import shorthand
from photon.tasks.schemas import read_schema

PERSON = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
YAML = """\
# a person
type: object
properties:
  name: {type: string}
  agreed: {enum: [yes, no, 2024-01-31]}
required: [name]
"""


@pytest.mark.parametrize("given", [json.dumps(PERSON), f"\n {json.dumps(PERSON)} "])
def test_what_begins_with_a_brace_is_the_schema_itself(given: str) -> None:
    assert read_schema(given) == PERSON


@pytest.mark.parametrize("name", ["person.json", "person.yaml", "person", "a person, and so on.txt"])
def test_a_file_is_read_whatever_it_is_called(isolated: Path, name: str) -> None:
    (isolated / name).write_text("\ufeff" + json.dumps(PERSON, indent=2), encoding="utf-8")
    assert read_schema(name) == PERSON


def test_yaml_is_read_by_the_rules_of_json(isolated: Path) -> None:
    (isolated / "person.yaml").write_text(YAML)
    assert read_schema("person.yaml") == PERSON | {
        "properties": {"name": {"type": "string"}, "agreed": {"enum": ["yes", "no", "2024-01-31"]}}
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("-", "stdin, which is the question"),
        ("nobody.json", "no file 'nobody.json'"),
        ("person", "no file 'person'"),
        ("", "no file ''"),
        ("no such file.yaml", "no file"),
        ('{"type": "object",}', r"not JSON \(line 1, column 19"),
        ('{"type": "strin"}', r"\$\.type"),
        ("broken.json", r"broken.json is not JSON \(line 1, column 2"),
        ("broken.yaml", r"broken.yaml is neither JSON nor YAML \(line 2"),
        ("list.json", "a schema is an object, and list.json is not"),
        ("empty.yaml", "a schema is an object"),
        ("binary.json", "not UTF-8"),
        ("cyclic.yaml", "schema cannot be used: Circular"),
        ("deep.yaml", "more than 300 levels"),
        ("{" * 100_000, "not JSON"),
        ("x" * 5000, "no file"),
        ("a\0b", "no file"),
    ],
    ids=lambda value: value[:20],
)
def test_what_is_no_schema_is_refused_with_the_place(isolated: Path, given: str, said: str) -> None:
    (isolated / "broken.json").write_text("{type: object}")
    (isolated / "broken.yaml").write_text("type: object\n  properties: [")
    (isolated / "list.json").write_text("[1]")
    (isolated / "empty.yaml").write_text("")
    (isolated / "binary.json").write_bytes(b"\xff\xfe{")
    (isolated / "deep.yaml").write_text("[" * 30_000)
    (isolated / "cyclic.yaml").write_text("&a\nproperties: *a\n")
    with pytest.raises(UsageError, match=said) as caught:
        read_schema(given)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("fields", "properties", "required"),
    [
        ("name, age int", {"name": {"type": "string"}, "age": {"type": "integer"}}, ["name", "age"]),
        ("name", {"name": {"type": "string"}}, ["name"]),
        ("nick?, size int", {"nick": {"type": "string"}, "size": {"type": "integer"}}, ["size"]),
        ("tags str[], grid int[][]", {"tags": {"type": "array", "items": {"type": "string"}}, "grid": {}}, ["tags", "grid"]),
        ("bio: one sentence", {"bio": {"type": "string", "description": "one sentence"}}, ["bio"]),
        (
            " a ,, b float :  how much  ",
            {"a": {"type": "string"}, "b": {"type": "number", "description": "how much"}},
            ["a", "b"],
        ),
    ],
)
def test_fields_in_one_line_are_a_closed_object(fields: str, properties: dict[str, Any], required: list[str]) -> None:
    made = shorthand(fields)
    grid = {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}
    assert made["properties"] == {name: each or grid for name, each in properties.items()}
    assert (made["type"], made["required"], made["additionalProperties"]) == ("object", required, False)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("name, name", "twice"),
        ("age in years", "cannot be read"),
        ("age innt", "not a type"),
        (" , ", "no fields"),
        (": x", "read"),
    ],
)
def test_fields_that_cannot_be_read_are_refused_with_an_example(fields: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        shorthand(fields)
    assert caught.value.hint


def test_fields_are_understood_as_llm_understands_them() -> None:
    llm = pytest.importorskip("llm.utils")
    for fields in ("name, age int, bio: one sentence", "a float\nb bool: yes, or no\n", "x"):
        ours = shorthand(fields)
        del ours["additionalProperties"]  # ours is closed, so that every provider can be held to it
        assert ours == llm.schema_dsl(fields)
