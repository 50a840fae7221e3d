"""Habits of operationIds that paths do not show: they repeat the summary, or begin with what stands for the tag."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from photon.openapi.naming import singular, words
from photon.openapi.spec import SpecOperation
from photon.openapi.style.casing import case_of, recased
from photon.openapi.style.model import Case

_MOST = 400
_FEWEST = 4
_REPEATED = 0.6
"""The share of operationIds that are their summaries, from which on the next one is too."""
_TAGGED = 0.9
_TELLING = 0.2
"""The share of operations that must tell a prefix of the tag from one of the path."""
_ARTICLES = frozenset(("a", "an", "the"))
_PREFIXED = re.compile(r"(?P<prefix>[A-Za-z0-9-]{1,60})(?P<rest>[/._][A-Za-z0-9].*)\Z")
_LONGEST = 120


def from_summary(summary: str, operations: Sequence[SpecOperation]) -> str | None:
    """The operationId that a summary is, where most operationIds are their summaries: ``List all pets`` is ``listAllPets``.

    None elsewhere. Whether articles are left out, and the case, are those of the others.
    """
    read = [(name, words(name), words(text)) for name, text in _summaries(operations)]
    bare = [name for name, found, said in read if _bare(found) == _bare(said)]
    if len(read) < _FEWEST or len(bare) < _REPEATED * len(read):
        return None
    said = words(summary)
    articles = [(found, said) for _, found, said in read if _ARTICLES & set(said) and _bare(found) == _bare(said)]
    kept = 2 * sum(found == said for found, said in articles) > len(articles)
    chosen = said if kept else _bare(said)
    cases = Counter[Case](case for each in bare for case in [case_of(each)] if case)
    name = recased("-".join(chosen), next(iter(cases.most_common(1)), ("camel", 0))[0]) if chosen else ""
    return name if 0 < len(name) <= _LONGEST else None


def with_prefix(name: str, tags: Sequence[str], operations: Sequence[SpecOperation]) -> str:
    """`name` with the beginning that operations with the same tag have, where each tag has its own: ``repos/list-forks``.

    That is no habit where it is what the paths end in all the same: ``forks/list`` of ``/forks`` says nothing on tags.
    """
    own = _PREFIXED.match(name)
    if own is None or not tags:
        return name
    prefixes: dict[str, Counter[str]] = {}
    asked = telling = 0
    for operation in operations[:: len(operations) // _MOST + 1]:
        found = _PREFIXED.match(str(operation.node.get("operationId", "")))
        listed = operation.node.get("tags")
        for tag in listed[:1] if isinstance(listed, list) else ():
            prefixes.setdefault(str(tag), Counter())[found["prefix"] if found else ""] += 1
            telling += found is not None and not _ends_in(operation.path, found["prefix"])
            asked += 1
    usual = {tag: count.most_common(1)[0] for tag, count in prefixes.items()}
    agreed = sum(often for prefix, often in usual.values() if prefix)
    if asked < _FEWEST or agreed < _TAGGED * asked or telling < _TELLING * asked:
        return name
    prefix, _ = usual.get(tags[0], ("", 0))
    return prefix + own["rest"] if prefix else name


def _ends_in(path: str, prefix: str) -> bool:
    """Whether a prefix is the last thing that a path names."""
    last = next((part for part in reversed(path.split("/")) if part and "{" not in part), "")
    return singular("".join(words(last))) == singular("".join(words(prefix)))


def _summaries(operations: Sequence[SpecOperation]) -> Iterator[tuple[str, str]]:
    for operation in operations[:: len(operations) // _MOST + 1]:
        name, summary = operation.node.get("operationId"), operation.node.get("summary")
        if isinstance(name, str) and isinstance(summary, str) and summary.strip():
            yield name[:_LONGEST], summary[: 2 * _LONGEST]


def _bare(found: list[str]) -> list[str]:
    return [word for word in found if word not in _ARTICLES]
