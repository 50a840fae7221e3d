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


STYLE = """\
openapi: 3.1.0
info: {title: a, version: '1'}
components: {schemas: {A: {type: strnig, properties: {a: {}}}}}
paths:
"""


def test_names_that_tell_no_habit_are_let_pass() -> None:
    """A provider's name space, a name below a dotted one, a word that is its own plural, a type that there is not."""
    ids = ("users.list", "users.get", "teams.list", "users.listByTeam")
    paths = ("/userTeams/{id}", "/teamUsers/{id}", "/userGroups/{id}", "/providers/Microsoft.Compute", "/teamSettings/{id}")
    text = STYLE + "".join(
        f'  "{path}": {{get: {{operationId: {name}}}}}\n' for path, name in zip(paths, (*ids, "a"), strict=True)
    )
    quiet = {"path-casing", "operation-id-casing", "collection-plural", "no-schema-type-mismatch"}
    assert not quiet & {each.rule for each in lint(source_of(text.encode(), None))}
    loud = (
        text.replace("users.listByTeam", "listUsersByTeam").replace("teamSettings", "team_setting").replace("strnig", "string")
    )
    assert quiet <= {each.rule for each in lint(source_of(loud.encode(), None))}
