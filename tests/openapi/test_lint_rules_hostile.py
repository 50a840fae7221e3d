"""No document, however wrong its types are, makes a rule fail or takes it long."""

from __future__ import annotations

import copy
import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from planted_faults import clean
from rule_cases import CASES, root_of

from photon.openapi.lint.engine import lint
from photon.openapi.lint.finding import Finding
from photon.openapi.lint.selection import Selection, known_rules
from photon.openapi.source.nodes import walk_nodes
from photon.openapi.source.source import source_of

STRANGE: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "x",
    [],
    {},
    [[]],
    [None],
    [{}],
    {"": None},
    {"$ref": 3},
    {"$ref": "#/"},
    "é\u202e",
)


def strange(pick: random.Random) -> Any:
    return copy.deepcopy(pick.choice(STRANGE))


def linted(value: Any) -> tuple[Finding, ...]:
    """With every rule on."""
    every = Selection({name: rule.severity for name, rule in known_rules().items()})
    return lint(source_of(json.dumps(value).encode(), Path("openapi.json")), every)


def failures(value: Any) -> list[str]:
    return [each.message for each in linted(value) if "bug in Photon" in each.message]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
def test_no_rule_fails_where_any_value_is_replaced_by_one_of_another_type(version: str) -> None:
    root = yaml.safe_load(clean(version))
    pick = random.Random(version)
    places = [(*at, key) for at, node in walk_nodes(root) for key in (node if isinstance(node, dict) else range(len(node)))]
    for *way, last in pick.sample([place for place in places if place != ("openapi",)], 150):
        broken = copy.deepcopy(root)
        inner: Any = broken
        for part in way:
            inner = inner[part]
        inner[last] = strange(pick)
        assert failures(broken) == []


@pytest.mark.parametrize("seed", range(2))
def test_no_rule_fails_where_the_values_of_its_own_case_are_replaced(seed: int) -> None:
    pick = random.Random(seed)
    for case in CASES:
        root = root_of(case.wrong, case.version)
        for place in case.wrong:
            inner: Any = root
            *way, last = place.replace("Bad request", "Bad_request").split(" ")
            for part in way:
                inner = inner[int(part)] if isinstance(inner, list) else inner[part]
            if isinstance(inner, dict) and last != "openapi":
                inner[last] = strange(pick)
                for key in list(inner[last]) if isinstance(inner[last], dict) else ():
                    inner[last][key] = strange(pick)
        assert failures(root) == []


def _with_schema(schema: Any) -> dict[str, Any]:
    root: dict[str, Any] = yaml.safe_load(clean("3.1.0"))
    root["components"]["schemas"]["Dog"]["properties"]["hostile"] = schema
    return root


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "^(a+)+$", "example": "a" * 40 + "!"},
        {"type": "string", "pattern": "^(a|aa)+$", "example": "a" * 40 + "!"},
        {"type": "string", "pattern": r"\s*\s*\s*\s*\s*\s*\s*x", "example": " " * 400},
        {"type": "string", "pattern": "(" * 400, "example": "a"},
        {"$ref": "#/components/schemas/Dog/properties/hostile", "example": 3},
        {"allOf": [{"$ref": "#/components/schemas/Dog/properties/hostile"}] * 30, "example": {"a": 1}, "required": ["zzz"]},
        {"anyOf": [{"$ref": "#/components/schemas/Dog"}] * 40, "example": {"name": {"name": {}}}, "required": ["zzz"]},
        {"oneOf": [{"$ref": "#/components/schemas/Dog/properties/hostile"}] * 40, "default": {}, "required": ["b", "c", "d"]},
        {"enum": list(range(20_000)), "example": 7},
    ],
    ids=["nested", "alternatives", "adjacent", "brackets", "itself", "allOf", "anyOf", "oneOf", "enum"],
)
def test_a_hostile_schema_takes_no_time(schema: Any) -> None:
    begun = time.process_time()
    assert failures(_with_schema(schema)) == []
    assert time.process_time() - begun < 3


def test_the_time_grows_with_the_document_and_not_faster() -> None:
    def seconds(count: int) -> float:
        root = yaml.safe_load(clean("3.1.0"))
        item = root["paths"].pop("/dogs")
        for number in range(count):
            root["paths"][f"/dogs{number}/{{a}}"] = copy.deepcopy(item)
            root["tags"].append({"name": f"tag{number}"})
            root["components"]["schemas"][f"Dog{number}"] = {"required": ["x"], "allOf": [{"$ref": "#/components/schemas/Dog"}]}
            for method in ("get", "post"):
                root["paths"][f"/dogs{number}/{{a}}"][method]["tags"] = [f"tag{number}"]
        begun = time.process_time()
        linted(root)
        return time.process_time() - begun

    seconds(10)
    assert seconds(400) < 14 * seconds(100)  # 4 times as much if linear, 16 times if every pair is looked at


def test_a_finding_is_the_same_in_every_process() -> None:
    root = yaml.safe_load(clean("3.1.0"))
    root["components"]["schemas"]["Dog"]["properties"]["age"] = {"type": "boolean", "minLength": 1, "minimum": 2, "maxItems": 3}
    assert [each.pointer[-1] for each in linted(root) if each.rule == "keyword-type"] == ["minLength", "minimum", "maxItems"]
