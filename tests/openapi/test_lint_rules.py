"""Each rule finds what is wrong, and nothing in what is right."""

from __future__ import annotations

from pathlib import Path

import pytest
from rule_cases import CASES, Case, document

from photon.openapi.lint.engine import lint
from photon.openapi.lint.finding import Finding
from photon.openapi.lint.reading import DUPLICATE, SYNTAX
from photon.openapi.lint.selection import Selection, known_rules
from photon.openapi.source.source import source_of

NAMED = [pytest.param(case, id=f"{case.rule} {number}") for number, case in enumerate(CASES)]


def linted(text: str, rule: str) -> tuple[Finding, ...]:
    """With `rule` switched on, should it be off by itself."""
    return lint(source_of(text.encode(), Path("openapi.yaml")), Selection({rule: known_rules()[rule].severity}))


@pytest.mark.parametrize("case", NAMED)
def test_a_rule_finds_what_is_wrong_and_no_other_does(case: Case) -> None:
    found = {each.rule for each in linted(document(case.wrong, case.version), case.rule)}
    assert case.rule in found
    assert found - {case.rule} <= case.also


@pytest.mark.parametrize("case", NAMED)
def test_a_rule_finds_nothing_in_what_is_right(case: Case) -> None:
    found = {each.rule for each in linted(document(case.right, case.version), case.rule)}
    assert found <= case.also


def test_every_rule_has_a_wrong_and_a_right_document() -> None:
    assert known_rules().keys() - {case.rule for case in CASES} == {SYNTAX, DUPLICATE}
