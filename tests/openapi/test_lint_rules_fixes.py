"""What a rule offers to mend is mended, by a change after which the rule is content and no other complains."""

from __future__ import annotations

from pathlib import Path

import pytest
from planted_faults import FAULTS, planted
from rule_cases import CASES, Case, document

from photon.openapi.lint.engine import lint
from photon.openapi.lint.fixing import fixed
from photon.openapi.lint.selection import Selection, known_rules
from photon.openapi.source.source import source_of

MENDED = {
    "no-path-trailing-slash", "path-starts-with-slash", "operation-operationId", "operation-tag-defined",
    "no-duplicate-operation-tag", "path-parameter-required", "status-code-quoted", "status-code", "response-description",
    "no-nullable", "no-type-list", "exclusive-bound", "schema-required", "no-deprecated-xml-attribute",
    "no-deprecated-schema-example", "no-duplicated-enum-values", "no-enum-type-mismatch", "no-pattern-delimiters",
    "no-server-trailing-slash", "no-duplicate-servers", "value-type",
}  # fmt: skip
LEFT = {"operation-tag-defined": {"tag-description"}}  # nobody but the author can describe the new tag
FIRST = {rule: next(case for case in CASES if case.rule == rule) for rule in MENDED}


def rules_broken(text: str, rule: str) -> set[str]:
    selection = Selection({rule: known_rules()[rule].severity})
    return {each.rule for each in lint(source_of(text.encode(), Path("openapi.yaml")), selection)}


@pytest.mark.parametrize("case", [pytest.param(case, id=rule) for rule, case in sorted(FIRST.items())])
def test_the_fix_leaves_nothing_to_complain_about(case: Case) -> None:
    text = document(case.wrong, case.version)
    selection = Selection({case.rule: known_rules()[case.rule].severity})
    assert all(each.safe == known_rules()[case.rule].safe for each in lint(source_of(text.encode(), None), selection))
    done = fixed(source_of(text.encode(), Path("openapi.yaml")), selection, unsafe=True)
    assert {each.rule for each in done.fixed} == {case.rule}
    assert {each.rule for each in done.left} <= case.also | LEFT.get(case.rule, set())


def test_a_rule_says_that_it_mends_exactly_where_it_does() -> None:
    assert {name for name, rule in known_rules().items() if rule.fixable} == MENDED | {"schema-type", "parameter-in"}


def test_what_changes_a_url_is_mended_only_where_that_is_asked_for() -> None:
    unsafe = {name for name, rule in known_rules().items() if rule.fixable and not rule.safe}
    assert unsafe == {"path-starts-with-slash", "no-path-trailing-slash", "no-server-trailing-slash"}
    for rule in sorted(unsafe):
        case = FIRST[rule]
        source = source_of(document(case.wrong, case.version).encode(), Path("openapi.yaml"))
        done = fixed(source, Selection({rule: known_rules()[rule].severity}))
        assert rule not in {each.rule for each in done.fixed} and rule in {each.rule for each in done.left}


@pytest.mark.parametrize(
    ("place", "wrong", "right"),
    [
        ("components schemas Dog properties age", "{type: Integer}", "{type: integer}"),
        ("components schemas Dog properties age", "{type: bool}", "{type: boolean}"),
        ("paths /dogs get parameters 0 in", "Query", "query"),
    ],
)
def test_what_is_clearly_meant_is_written_as_it_should_be(place: str, wrong: str, right: str) -> None:
    done = fixed(source_of(document({place: wrong}, "3.1.0").encode(), Path("openapi.yaml")), Selection())
    expected = source_of(document({place: right}, "3.1.0").encode(), Path("openapi.yaml"))
    assert done.files[0].root == expected.root


def test_the_faults_of_the_matrix_that_can_be_mended_are_mended() -> None:
    names = []
    for fault in FAULTS:
        text, _ = planted(fault, "3.1.0")
        if fault.rule == "no-duplicate-keys":
            continue
        done = fixed(source_of(text.encode(), Path("openapi.yaml")), Selection(), unsafe=True)
        if fault.rule not in {each.rule for each in done.left}:
            names.append(fault.name)
    assert names == [
        "path parameter not required", "integer status keys", "nullable in 3.1", "response without description", "unknown type",
        "required: true on a property", "trailing slash", "no operationId", "enum value of the wrong type",
    ]  # fmt: skip


def test_two_operations_that_would_get_the_same_name_get_none() -> None:
    twins = {"paths /dogs get operationId": "-", "paths /v2/dogs": "{get: {summary: S, responses: {'200': {description: D}}}}"}
    done = fixed(source_of(document(twins, "3.1.0").encode(), Path("openapi.yaml")), Selection())
    assert [each.pointer for each in done.left if each.rule == "operation-operationId"] == [
        ("paths", "/dogs", "get"),
        ("paths", "/v2/dogs", "get"),
    ]
