"""How lists are answered and cut into pages: the query parameters, and the envelope around the items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from photon.openapi.naming import singular, words
from photon.openapi.source.source import Source
from photon.openapi.style.model import PaginationStyle
from photon.openapi.style.survey import Ballot, Evidence, Seen, Survey, items, most, often, pairs

Kind = Literal["page", "offset", "cursor"]

_KINDS: Mapping[Kind, frozenset[str]] = {
    "cursor": frozenset(
        """
        cursor after before page_token next_token continuation_token continuation starting_after ending_before marker
        next_cursor page_cursor page_after page_before scroll_id start_cursor end_cursor next_page_token skip_token skiptoken
        pagination_token exclusive_start_key next previous_cursor page_state bookmark after_id continue
        """.split()
    ),
    "page": frozenset("page page_number page_num page_no page_index current_page p paging_page pageno".split()),
    "offset": frozenset("offset skip start start_at start_index from page_offset first_result startat".split()),
}
"""Names of query parameters that say which part of a list is wanted, in snake_case."""

_AMBIGUOUS = frozenset("after before from next p start".split())
"""Those of them that mean a page only beside a parameter for its size: ``start`` may be a time."""

_SIZES = frozenset(
    """
    limit per_page page_size size top count max_results first page_limit results_per_page maxresults pagesize perpage page_len
    items_per_page max_items maxpagesize num_results rows take batch_size total_results max_page_size max_keys last_count
    """.split()
)
_NEXT = frozenset(
    """
    next next_link next_page next_page_token next_token next_cursor next_marker next_page_uri next_page_url odata_next_link
    """.split()
)
"""Names of properties that say where the list goes on."""

_ITEMS = frozenset("data items results value values entries records list objects content collection elements rows hits".split())
_USUAL = 0.5

_PARTS = 50
"""More schemas than this are not laid together by ``allOf``."""


@dataclass(frozen=True, slots=True)
class _List:
    """An answer that is a list. items: the property that holds it, None where it is the list itself. others: by name."""

    seen: Seen
    items: str | None
    others: Mapping[str, Any]

    @property
    def named_after(self) -> bool:
        """Whether the property is named after what it holds: ``droplets`` for ``/droplets``."""
        return bool(self.items) and _stem(self.items or "") == _stem(_last(self.seen))


def _last(seen: Seen) -> str:
    """The last segment, without a file extension."""
    return seen.operation.path.rstrip("/").rpartition("/")[2].partition(".")[0]


def _stem(name: str) -> str:
    return "".join(map(singular, words(name)))


def pagination_style(survey: Survey) -> tuple[PaginationStyle, list[Evidence]]:
    """Learned from the lists that have pages; the envelope from all lists where none has."""
    lists = [found for seen in survey.operations if seen.operation.method == "GET" and (found := _list(survey, seen))]
    paged = [(seen, kind) for seen in survey.operations if seen.operation.method == "GET" and (kind := _kind(seen))]
    if not paged:  # the answer may say where it goes on all the same
        paged = [(each.seen, "cursor") for each in lists if any("_".join(words(name)) in _NEXT for name in each.others)]
    kind, agreeing = most(Counter(kind for _, kind in paged))
    of_kind = [seen for seen, each in paged if each == kind]
    parameters = _parameters(survey, of_kind)
    of_that_kind = {id(seen) for seen in of_kind}
    envelope, evidence = _envelope([each for each in lists if id(each.seen) in of_that_kind] or lists)
    if kind:
        names = ", ".join(name for name, _ in parameters)
        evidence.insert(0, Evidence("pages", f"{kind}: {names}" if names else kind, agreeing, max(len(lists), len(paged))))
    style = PaginationStyle(
        kind=kind,
        parameters=tuple(written for _, written in parameters),
        items=envelope.items if envelope else None,
        envelope=envelope.others if envelope else {},
        items_by_resource=bool(envelope and envelope.by_resource),
    )
    return style, evidence


def _kind(seen: Seen) -> Kind | None:
    names = {"_".join(words(name)) for place, name in seen.parameters if place == "query"}
    sure = names if names & _SIZES else names - _AMBIGUOUS
    return next((kind for kind, known in _KINDS.items() if sure & known), None)


def _parameters(survey: Survey, paged: list[Seen]) -> list[tuple[str, Mapping[str, Any]]]:
    """The names that at least half of these operations have, in the usual order, each as most of them write it."""
    counts: Counter[str] = Counter()
    ballots: dict[str, Ballot] = {}
    known = _SIZES.union(*_KINDS.values())
    for seen in paged:
        for (place, name), part in seen.parameters.items():
            if place == "query" and "_".join(words(name)) in known:
                counts[name] += 1
                ballots.setdefault(name, Ballot()).vote(survey.written(part))
    return [(name, ballots[name].winner) for name in often(counts, len(paged), _USUAL) if ballots[name].winner]


@dataclass(frozen=True, slots=True)
class _Envelope:
    items: str | None
    others: Mapping[str, Any]
    by_resource: bool = False


def _envelope(lists: list[_List]) -> tuple[_Envelope | None, list[Evidence]]:
    """What most of the answers have in common. A property named after the resource counts as one name."""
    if not lists:
        return None, []
    names = Counter("*" if each.named_after and each.items not in _ITEMS else each.items for each in lists)
    name, agreeing = most(names)
    alike = [each for each in lists if (each.named_after if name == "*" else each.items == name)]
    others = _others(alike)
    by_resource = name == "*"
    held = "in a property named after the resource" if by_resource else f"in {name}" if name else "the list itself"
    beside = f", beside {', '.join(others)}" if others else ""
    found = _Envelope(None if by_resource else name, others, by_resource)
    return found, [Evidence("list answers", held + beside, agreeing, len(lists))]


def _others(alike: list[_List]) -> dict[str, Any]:
    counts = Counter(name for each in alike for name in each.others)
    usual = often(counts, len(alike), _USUAL)
    ballots = {name: Ballot() for name in usual}
    for each in alike:
        for name in usual:
            if isinstance(each.others.get(name), Mapping):
                ballots[name].vote(each.others[name])
    return {name: ballot.winner for name, ballot in ballots.items() if ballot.winner is not None}


def _list(survey: Survey, seen: Seen) -> _List | None:
    """The list that an operation answers with; None where it answers with something else."""
    part = seen.responses.get(seen.success or "")
    if part is None or seen.operation.path.rstrip("/").endswith("}"):
        return None
    for media_type, media in pairs(part.value.get("content")):
        if "json" in media_type and isinstance(media, Mapping):
            found = survey.follow(media.get("schema"), part.source)
            return _list_in(survey, seen, found.value, found.source) if found else None
    return None


def _list_in(survey: Survey, seen: Seen, schema: Any, source: Source) -> _List | None:
    if not isinstance(schema, Mapping):
        return None
    if schema.get("type") == "array":
        return _List(seen, None, {})
    properties = dict(_properties(survey, schema, source))
    arrays = [name for name, (value, place) in properties.items() if _is_array(survey, value, place)]
    held = next((name for name in arrays if name in _ITEMS or _stem(name) == _stem(_last(seen))), None)
    if held is None and len(arrays) == 1 and len(properties) <= 5:
        held = arrays[0]
    if held is None:
        return None
    others = ((name, survey.part(value, place)) for name, (value, place) in properties.items() if name != held)
    return _List(seen, held, {name: survey.written(part) for name, part in others if part})


def _properties(survey: Survey, schema: Any, source: Source) -> Iterator[tuple[str, tuple[Any, Source]]]:
    """The properties, those of ``allOf`` included, before its own."""
    stack, done = [(schema, source)], set[int]()
    found = list[tuple[str, tuple[Any, Source]]]()
    while stack and len(done) < _PARTS:
        here = survey.follow(*stack.pop())
        if here is None or not isinstance(here.value, Mapping) or id(here.value) in done:
            continue
        done.add(id(here.value))
        found[:0] = [(name, (value, here.source)) for name, value in pairs(here.value.get("properties"))]
        stack += [(inner, here.source) for inner in items(here.value.get("allOf"))]
    yield from found


def _is_array(survey: Survey, schema: Any, source: Source) -> bool:
    found = survey.follow(schema, source)
    kind = found.value.get("type") if found and isinstance(found.value, Mapping) else None
    return kind == "array" or (isinstance(kind, list) and "array" in kind)
