"""Every fault of the matrix, planted alone in a clean document, is found where it is; the clean document has none."""

from __future__ import annotations

from pathlib import Path

import pytest
from planted_faults import FAULTS, Fault, clean, planted

from photon.openapi.lint.engine import lint
from photon.openapi.lint.finding import Finding
from photon.openapi.lint.selection import known_rules
from photon.openapi.source.source import source_of

CASES = [pytest.param(fault, version, id=f"{fault.name}, {version}") for fault in FAULTS for version in fault.versions]

FOLLOWS = {
    "nobody says anything on security": {"no-unused-components"},  # the scheme
    "required names an unknown property": {"no-invalid-media-type-examples"},  # the example does not have it either
}


def linted(text: str) -> tuple[Finding, ...]:
    return lint(source_of(text.encode(), Path("openapi.yaml")))


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
def test_a_clean_document_has_no_finding_at_all(version: str) -> None:
    assert [(each.rule, each.start) for each in linted(clean(version))] == []


@pytest.mark.parametrize(("fault", "version"), CASES)
def test_a_planted_fault_is_found_in_its_line(fault: Fault, version: str) -> None:
    text, line = planted(fault, version)
    assert (fault.rule, line) in [(each.rule, each.start.line if each.start else 0) for each in linted(text)]


@pytest.mark.parametrize(("fault", "version"), CASES)
def test_a_planted_fault_causes_no_alarm_but_what_follows_from_it(fault: Fault, version: str) -> None:
    text, _ = planted(fault, version)
    assert {each.rule for each in linted(text)} - {fault.rule} <= FOLLOWS.get(fault.name, set())


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_each_fault_but_the_matter_of_style_is_more_than_a_remark(fault: Fault) -> None:
    rule = known_rules()[fault.rule]
    assert (rule.severity == "info") == (fault.rule == "no-verb-in-path")
