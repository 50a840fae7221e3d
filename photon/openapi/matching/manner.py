"""Small habits of a specification: how a summary is written, in which order the keys of an operation stand, its JSON's name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from itertools import islice

from photon.openapi.matching.surroundings import Surroundings

KEYS = ("summary", "description", "operationId", "tags", "deprecated", "security", "parameters", "requestBody", "responses")
"""The order where the specification has no habit."""

_MOST = 600
_ENOUGH, _NEARLY_ALL = 5, 0.9
"""So many operations show a habit; so large a share of them is nearly all."""
_ENDS = ".!?…:;"
_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json(?:\s*;.*)?\Z", re.IGNORECASE)
_SMALL = frozenset("a an the of for to in on by with and or from as at".split())


class Manner:
    """What the operations of a specification have in common."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._sample = surroundings.operations[:_MOST]

    def summary(self, text: str) -> str:
        """`text` with a full stop at its end or without, and with capitals, as most summaries have it."""
        if not self._sample or not text:
            return text
        first, rest = text[:1], text[1:]
        stopped, titled, small = self._summaries
        text = (first.lower() if small and not rest[:1].isupper() else first.upper()) + rest
        if titled:
            text = " ".join(_titled(word, place) for place, word in enumerate(text.split(" ")))
        return text.rstrip(".") + ("." if stopped else "")

    def description(self, summary: str) -> str | None:
        """A description where nearly all operations have one: the summary as a sentence. None where that is no habit.

        One without it would be the only one, and a finding of every linter that asks for descriptions.
        """
        text = " ".join(summary.split())
        if not text or not self._describes:
            return None
        return text[0].upper() + text[1:] + ("" if text[-1] in _ENDS else ".")

    @cached_property
    def _describes(self) -> bool:
        described = sum(bool(str(each.node.get("description") or "").strip()) for each in self._sample)
        return len(self._sample) >= _ENOUGH and described >= _NEARLY_ALL * len(self._sample)

    @cached_property
    def _summaries(self) -> tuple[bool, bool, bool]:
        """(end with a full stop, every word begins with a capital, begin with a small letter): what most do."""
        texts = [text for each in self._sample if isinstance(text := each.node.get("summary"), str) and " " in text.strip()]
        half = len(texts) / 2
        stopped = sum(text.rstrip().endswith(".") for text in texts)
        titled = sum(_is_titled(text) for text in texts)
        small = sum(text[:1].islower() for text in texts)
        return (stopped > half, titled > 1.5 * half, small > half) if texts else (False, False, False)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys of an operation in the order in which the operations of the specification mostly have them."""
        before: Counter[tuple[str, str]] = Counter()
        for operation in self._sample:
            listed = [key for key in operation.node if key in KEYS]
            before.update((key, later) for place, key in enumerate(listed) for later in listed[place + 1 :])
        ordered: list[str] = []
        left = [key for key in KEYS if any(key in pair for pair in before)]
        while left:
            first = next((key for key in left if all(_is_before(key, other, before) for other in left)), left[0])
            ordered.append(first)
            left.remove(first)
        for place, key in enumerate(KEYS):
            if key not in ordered:  # no operation has it: it stands behind the one that it mostly stands behind elsewhere
                ordered.insert(ordered.index(KEYS[place - 1]) + 1 if place else 0, key)
        return tuple(ordered)

    @cached_property
    def json(self) -> str:
        """The media type that JSON has in most bodies and successful answers."""
        count: Counter[str] = Counter()
        for operation in self._sample:
            responses = self._around.responses(operation)
            successes = (value for status, value in responses.items() if status[:1] == "2")
            for holder in islice((operation.node.get("requestBody"), *successes), 4):
                content = self._around.resolved(holder, operation).get("content")
                for media_type in list(content)[:1] if isinstance(content, Mapping) else ():
                    count[media_type] += bool(_JSON.match(media_type))
        return count.most_common(1)[0][0] if any(count.values()) else "application/json"


def _is_before(key: str, other: str, before: Mapping[tuple[str, str], int]) -> bool:
    """Whether `key` mostly stands before `other`; where nothing tells, as in KEYS."""
    if key == other:
        return True
    ahead, behind = before.get((key, other), 0), before.get((other, key), 0)
    return ahead > behind or (ahead == behind and KEYS.index(key) < KEYS.index(other))


def _is_titled(text: str) -> bool:
    words = [word for word in re.findall(r"[A-Za-z]+", text)[1:] if word.lower() not in _SMALL]
    return bool(words) and all(word[0].isupper() for word in words)


def _titled(word: str, place: int) -> str:
    return word if place and word.lower() in _SMALL else word[:1].upper() + word[1:]
