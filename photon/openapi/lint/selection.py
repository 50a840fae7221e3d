"""Which rules are on, and how severe what they find is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal, get_args

from photon.errors import UsageError
from photon.openapi.lint.rule import RULES, Rule, Severity

Switch = Literal["error", "warning", "info", "off"]
SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
"""The worst first."""
_NONE: Final[Mapping[str, Switch]] = {}
_FEW: Final = 4
"""So many of our rules are named where another tool has one name for them."""


@cache
def known_rules() -> Mapping[str, Rule]:
    """Every rule by its id, with the modules imported that register them."""
    import photon.openapi.lint.reading
    import photon.openapi.lint.rules  # noqa: F401 - both register their rules

    return RULES


@dataclass(frozen=True, slots=True)
class Selection:
    """switches: what differs from the rules' own severity, by id. only: these and no others, where there are any."""

    switches: Mapping[str, Switch] = field(default_factory=lambda: _NONE)
    only: frozenset[str] = frozenset()

    def severity(self, rule_id: str) -> Severity | None:
        """How severe what this rule finds is; None where it is off. A rule that is named by `only` is on."""
        rule = known_rules()[rule_id]
        if self.only and rule_id not in self.only:
            return None
        switch = self.switches.get(rule_id)
        if switch == "off":
            return None
        return switch or (rule.severity if rule.on or rule_id in self.only else None)

    def chosen(self) -> Iterator[tuple[Rule, Severity]]:
        """The rules that are on, each with its severity."""
        for rule in known_rules().values():
            if severity := self.severity(rule.id):
                yield rule, severity


def selection(switches: Iterable[str], only: Iterable[str] = ()) -> Selection:
    """From texts such as ``no-verb-in-path=off``, of which later ones win, and ids. Raises UsageError for an unknown rule or
    severity."""
    chosen: dict[str, Switch] = {}
    for text in switches:
        name, equals, word = (part.strip() for part in text.partition("="))
        if not equals:
            raise UsageError(f"{text!r} does not say what the rule shall be", hint=f"{name}=off, or error, warning, info")
        chosen[rule_called(name).id] = _switch(name, word)
    return Selection(chosen, frozenset(rule_called(name.strip()).id for name in only))


def _switch(name: str, word: str) -> Switch:
    if word == "off":
        return "off"
    for severity in SEVERITIES:
        if word in (severity, severity[:4]):
            return severity
    raise UsageError(f"the rule {name} cannot be {word!r}", hint=f"{name}=off, or error, warning, info")


def rule_called(name: str) -> Rule:
    """The rule of that id. Raises UsageError with the nearest one, or with ours where the id is Redocly's or Spectral's."""
    rules = known_rules()
    if name in rules:
        return rules[name]
    from photon.settings.validate import did_you_mean

    foreign = foreign_names().get(name)
    if foreign:
        whose, ours = foreign
        here = (
            " or ".join(rule.id for rule in ours)
            if len(ours) <= _FEW
            else f"photon ai explain {name} (lists the {len(ours)} here)"
        )
        raise UsageError(f"{name} is {whose}'s name of the rule", hint=here)
    raise UsageError(f"there is no rule {name!r}", hint=did_you_mean(name, rules, "photon ai explain (lists every rule)"))


@cache
def foreign_names() -> Mapping[str, tuple[str, tuple[Rule, ...]]]:
    """By Redocly's and Spectral's ids that are not also ours for the same: (whose it is, our rules that say it)."""
    found: dict[str, tuple[str, tuple[Rule, ...]]] = {}
    for tool in ("Redocly", "Spectral"):
        for rule in known_rules().values():
            for name in getattr(rule, tool.lower()).replace(",", " ").split():
                whose, ours = found.get(name, (tool, ()))
                found[name] = (
                    whose if tool in whose else f"{whose}'s and {tool}",
                    (*(one for one in ours if one != rule), rule),
                )
    return found
