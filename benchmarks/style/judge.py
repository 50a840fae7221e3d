"""Says whether a suggestion is written as the operation that stood there was. Nothing of the product decides it.

Its own count of cases, its own following of references: what it compares is the plain JSON of both documents.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from benchmarks.style.sample import Case

METRICS = ("case", "tag", "security", "scopes", "errors", "pagination", "reuse", "id form", "id")

_PAGING = re.compile(
    r"(page|limit|offset|cursor|marker|per_?page|page_?(size|number|token|len)|max_?results|(next|pagination)_?token|"
    r"starting_after|ending_before|usemarker|size|after|before|skip|top)\Z",
    re.IGNORECASE,
)
_FORMS = {
    "camel": r"[a-z]+[a-z0-9]*([A-Z][a-z0-9]*)*",
    "snake": r"[a-z0-9]+(_[a-z0-9]+)*",
    "kebab": r"[a-z0-9]+(-[a-z0-9]+)*",
    "pascal": r"([A-Z][a-z0-9]*)+",
    "train": r"[A-Z][A-Za-z0-9]*(-[A-Z0-9][A-Za-z0-9]*)*",
}


@dataclass(slots=True)
class Verdict:
    """held and of, by metric: a metric that the operation has no part in is not there. wrong: one line for each miss."""

    held: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, metric: str, held: bool, wrong: str = "") -> None:
        """One more case of a metric."""
        self.of[metric] += 1
        self.held[metric] += held
        if not held:
            self.wrong.append(f"{metric}: {wrong}")


def judge(case: Case, document: Mapping[str, Any]) -> Verdict:
    """Compare a suggested document, of which only the first operation counts, with the operation that was taken out."""
    verdict = Verdict()
    path, item = next(iter(document["paths"].items()))
    suggested = next(iter(item.values()))
    whole = {**case.whole, "components": _joined(case.document.get("components", {}), document.get("components", {}))}
    _case_of_names(case, path, suggested, document, verdict)
    _tag(case, suggested, verdict)
    _security(case, suggested, verdict)
    _errors(case, suggested, whole, verdict)
    _pagination(case, suggested, whole, verdict)
    _reuse(case, suggested, whole, verdict)
    _operation_id(case, suggested, verdict)
    return verdict


# -- names ------------------------------------------------------------------------------------------------------------


def _case_of_names(case: Case, path: str, suggested: Any, document: Any, verdict: Verdict) -> None:
    """Of each name that is newly written: is it in the case that most names of its kind have, or one that exists exactly so?"""
    known = _names(case.spec, id(case.whole), _Frozen(case.whole))
    asked = set(re.findall(r"[\w.-]+", case.request))
    for kind, name in sorted(set(_written({"paths": {path: {"x": suggested}}, "components": document.get("components", {})}))):
        usual, there = known.get(kind, (None, frozenset()))
        if usual is None or (kind == "path" and name in asked):
            continue
        fits = name in there or re.fullmatch(_FORMS[usual], re.sub(r"\A[^A-Za-z]+", "", name)) is not None
        verdict.add("case", fits, f"{kind} {name!r} is not {usual}")


class _Frozen:
    """A document as an argument of a cached function: equal to nothing but itself."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return True


@lru_cache(maxsize=4)
def _names(spec: str, identity: int, frozen: _Frozen) -> dict[str, tuple[str | None, frozenset[str]]]:
    """By kind: the case that most of the names of two words and more have (None under three in five), and all the names."""
    found: dict[str, set[str]] = {}
    for kind, name in _written(frozen.document):
        found.setdefault(kind, set()).add(name)
    return {kind: (_usual(names), frozenset(names)) for kind, names in found.items()}


def _usual(names: set[str]) -> str | None:
    votes = Counter(form for name in names if (form := _form(name)))
    single = sum(re.fullmatch(r"[a-z0-9]+", name) is not None for name in names)
    if not votes:
        return None
    form, count = votes.most_common(1)[0]
    of = votes.total() + (single if form in ("pascal", "train") else 0)
    return form if 5 * count >= 3 * of else None


def _form(name: str) -> str | None:
    """The case of a name that shows one."""
    name = re.sub(r"\A[^A-Za-z]+", "", name)
    if re.fullmatch(r"[a-z0-9]*", name):
        return None
    return next((form for form, pattern in _FORMS.items() if re.fullmatch(pattern, name)), "none")


def _written(document: Any) -> Iterator[tuple[str, str]]:
    """(kind, name) of every property, parameter, header and component schema that is written, not referred to."""
    for name in document.get("components", {}).get("schemas", {}):
        yield "schema", name
    stack: list[Any] = [document]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if (
                isinstance(node.get("name"), str)
                and node.get("in") in ("query", "header", "path", "cookie")
                and "type" not in node
            ):
                yield node["in"], node["name"]
            if isinstance(node.get("properties"), dict):
                yield from (("property", name) for name in node["properties"])
            stack.extend(value for key, value in node.items() if key not in ("example", "examples"))
        elif isinstance(node, list):
            stack.extend(node)


# -- tag and security -------------------------------------------------------------------------------------------------


def _tag(case: Case, suggested: Any, verdict: Verdict) -> None:
    """The same tags. Not counted where the rest of the specification has lost the tag with its only operation."""
    expected = set(case.operation.get("tags") or ())
    left = {
        tag
        for item in case.document["paths"].values()
        for each in item.values()
        if isinstance(each, dict)
        for tag in each.get("tags") or ()
    }
    if expected <= left:
        actual = set(suggested.get("tags") or ())
        verdict.add("tag", actual == expected, f"{sorted(actual)} for {sorted(expected)}")


def _security(case: Case, suggested: Any, verdict: Verdict) -> None:
    """The same requirement in effect: the same alternatives of the same schemes; `scopes`: with the same scopes too."""
    root = case.whole.get("security")
    expected, actual = case.operation.get("security", root), suggested.get("security", root)
    verdict.add("security", _schemes(expected) == _schemes(actual), f"{actual} for {expected}")
    if any(scopes for each in expected or () for scopes in each.values()):
        verdict.add("scopes", _scopes(expected) == _scopes(actual), f"{actual} for {expected}")


def _schemes(security: Any) -> Any:
    return {frozenset(each) for each in security or ()}


def _scopes(security: Any) -> Any:
    return {frozenset((name, tuple(sorted(scopes))) for name, scopes in each.items()) for each in security or ()}


# -- bodies -----------------------------------------------------------------------------------------------------------


def _errors(case: Case, suggested: Any, whole: Any, verdict: Verdict) -> None:
    """Every error that is suggested has the media type and schema that stood there for that status; for a status that the
    operation had not, those of its other errors, or those that most operations have for that status. An operation without any
    error is not counted; a suggestion without any is wrong."""
    expected = {status: _error_form(each, case.whole) for status, each in _error_responses(case.operation).items()}
    actual = {status: _error_form(each, whole) for status, each in _error_responses(suggested).items()}
    if not expected:
        return
    usual = {status: _usual_form(case, status) for status in actual if status not in expected}
    wrong = [
        f"{status} {form} for {expected.get(status) or usual.get(status)}"
        for status, form in actual.items()
        if form != (expected[status] if status in expected else usual[status])
        and (status in expected or form not in expected.values())
    ]
    verdict.add("errors", bool(actual) and not wrong, "; ".join(wrong)[:300] or "no errors")


def _error_responses(operation: Any) -> dict[str, Any]:
    return {status: each for status, each in operation.get("responses", {}).items() if status[0] in "45d"}


def _usual_form(case: Case, status: str) -> Any:
    count = Counter(
        _error_form(each["responses"][status], case.document)
        for item in case.document["paths"].values()
        for each in item.values()
        if isinstance(each, dict) and status in each.get("responses", {})
    )
    return count.most_common(1)[0][0] if count else None


def _error_form(response: Any, document: Any) -> str:
    """Media types and schemas of a response: a component by its name, an inline schema by what it is without its words."""
    content = _resolved(response, document).get("content") or {}
    return json.dumps({media: _schema_form(each.get("schema")) for media, each in content.items()}, sort_keys=True)


def _schema_form(schema: Any) -> Any:
    if isinstance(schema, dict):
        if "$ref" in schema:
            return schema["$ref"]
        return {
            key: _schema_form(each)
            for key, each in schema.items()
            if key not in ("description", "example", "examples", "title")
        }
    return [_schema_form(each) for each in schema] if isinstance(schema, list) else schema


def _pagination(case: Case, suggested: Any, whole: Any, verdict: Verdict) -> None:
    """A list that had paging parameters has the same ones, and the same properties beside its items, which are an array of the
    same name (or of none)."""
    expected = _paging({**case.operation, "parameters": _all_parameters(case)}, case.whole)
    if case.method != "GET" or not expected[0] or expected[1] is None:
        return
    actual = _paging(suggested, whole)
    same = actual == expected
    verdict.add("pagination", same, f"{actual} for {expected}")


def _all_parameters(case: Case) -> list[Any]:
    return [*(case.item.get("parameters") or ()), *(case.operation.get("parameters") or ())]


def _paging(operation: Any, document: Any) -> tuple[list[str], Any]:
    """(the names of the paging parameters, the names in the envelope: [] for a bare list, None where it is no list)."""
    parameters = [_resolved(each, document) for each in operation.get("parameters") or ()]
    names = sorted(each["name"] for each in parameters if each.get("in") == "query" and _PAGING.match(each["name"]))
    success = next((each for status, each in operation.get("responses", {}).items() if status[0] == "2"), {})
    content = _resolved(success, document).get("content") or {}
    schema = next((_resolved(each.get("schema"), document) for media, each in content.items() if "json" in media), {})
    if schema.get("type") == "array":
        return names, []
    properties = _properties(schema, document)
    arrays = [name for name, each in properties.items() if _resolved(each, document).get("type") == "array"]
    return names, sorted(properties) if arrays else None


def _properties(schema: Any, document: Any, depth: int = 0) -> dict[str, Any]:
    meaning = _resolved(schema, document)
    found = dict(meaning.get("properties") or {})
    for each in (meaning.get("allOf") or ()) if depth < 5 else ():
        found |= _properties(each, document, depth + 1)
    return found


def _reuse(case: Case, suggested: Any, whole: Any, verdict: Verdict) -> None:
    """Of the component schemas that body and success were, were lists of, or held in an envelope, and that the rest of the
    specification still has: how many the suggestion uses, in the same place."""
    schemas = case.document.get("components", {}).get("schemas", {})
    for place, expected, actual in (
        ("body", case.operation.get("requestBody"), suggested.get("requestBody")),
        ("answer", _first_success(case.operation), _first_success(suggested)),
    ):
        wanted = _component_names(expected, case.whole) & set(schemas)
        found = _component_names(actual, whole)
        for name in sorted(wanted):
            verdict.add("reuse", name in found, f"{place} {name} not in {sorted(found)}")


def _first_success(operation: Any) -> Any:
    return next((each for status, each in operation.get("responses", {}).items() if status[0] == "2"), None)


def _component_names(holder: Any, document: Any) -> set[str]:
    content = _resolved(holder, document).get("content") or {}
    return {name for each in content.values() for name in _names_in(each.get("schema"), 0)}


def _names_in(schema: Any, depth: int) -> Iterator[str]:
    if not isinstance(schema, dict) or depth > 2:
        return
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2]
        return
    yield from _names_in(schema.get("items"), depth + 1)
    for each in (*(schema.get("properties") or {}).values(), *(schema.get("allOf") or ())):
        yield from _names_in(each, depth + 1)


# -- operationId ------------------------------------------------------------------------------------------------------


def _operation_id(case: Case, suggested: Any, verdict: Verdict) -> None:
    """`id`: exactly the one that stood there. `id form`: the same separators, capitals, and place of the verb."""
    expected = case.operation.get("operationId")
    if expected:
        actual = suggested.get("operationId") or ""
        verdict.add("id", actual == expected, f"{actual} for {expected}")
        verdict.add("id form", _id_form(actual) == _id_form(expected), f"{actual} for {expected}")


_VERBS = frozenset("get list create update delete remove add set replace put post patch find search retrieve upload".split())


def _id_form(name: str) -> tuple[str, ...]:
    separators = "".join(dict.fromkeys(re.findall(r"[^A-Za-z0-9]", name)))
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
    first, last = (words[0].lower(), words[-1].lower()) if words else ("", "")
    place = "first" if first in _VERBS else "last" if last in _VERBS else "none"
    capitals = "pascal" if name[:1].isupper() else "camel" if any(word[0].isupper() for word in words) else "lower"
    return separators, capitals if len(words) > 1 else "", place


# -- references -------------------------------------------------------------------------------------------------------


def _resolved(value: Any, document: Any) -> Any:
    for _ in range(10):
        if not (isinstance(value, dict) and isinstance(value.get("$ref"), str)):
            break
        node: Any = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            node = node[int(key)] if isinstance(node, list) else node.get(key, {})
        value = node
    return value if isinstance(value, dict) else {}


def _joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: {**one.get(kind, {}), **other.get(kind, {})} for kind in {**one, **other}}
