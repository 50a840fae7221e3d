"""The case of a name: which it has, how to write it in another, and which one a set of names agrees on.

A single lower-case word (``status``) fits camelCase, snake_case and kebab-case alike and tells nothing: it is no vote for any
of them, but one against those that begin with a capital. A single capitalised word (``Location``) is a vote for PascalCase,
or for Train-Case where other names have it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from photon.openapi.style.model import Case

CLEAR = 0.6
"""The share of the names that tell which a case needs to be the usual one."""

_LONGEST = 200
"""Longer names are no names: they have no case, and stay as they are."""

_FORMS: tuple[tuple[Case, re.Pattern[str]], ...] = (
    ("camel", re.compile(r"[a-z0-9]+[A-Z][A-Za-z0-9]*")),
    ("snake", re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")),
    ("kebab", re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")),
    ("dot", re.compile(r"[a-z0-9]+(?:\.[a-z0-9]+)+")),
    ("constant", re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")),
    ("train", re.compile(r"[A-Z][A-Za-z0-9]*(?:-[A-Z0-9][A-Za-z0-9]*)+")),
    ("pascal", re.compile(r"[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*")),
)
_LOWER = re.compile(r"[a-z0-9]+")
_CAPITALISED = re.compile(r"[A-Z][a-z0-9]+")
_BEGINS_SMALL: frozenset[Case] = frozenset(("camel", "snake", "kebab", "dot", "flat"))

_RUN_TOGETHER = re.compile(r"[a-z]{2,}(?:ids?|guids?|uuids?)")
_NOT_RUN_TOGETHER = re.compile(
    r"(?:in)?valid|(?:un|pre|post|over|re)?paid|a?void|android|grid|solid|rapid|hybrid|liquid|fluid|bids?|kids?|uuids?|guids?"
    r"|(?:out|over)bid|forbid|amid|acid|arid|avid|raid|aid|maid|said|laid|braid|plaid|squid|orchid|covid|steroid|asteroid|polaroid"
    r"|pyramid|humid|stupid|timid|vivid|mermaid|centroid|ovoid|aids|openid|appid"
)
"""Words that end in ``id`` without having one, and two that everybody runs together."""

_SPECIAL = r"OAuth\d*|IPv[46]|GraphQL|iOS|macOS|GitHub|GitLab|DevOps|ETag|WebAuthn|WiFi"
_WORD = re.compile(
    rf"(?:{_SPECIAL})(?![a-z])|[A-Z]{{2,}}s(?![a-z])|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+(?:\d+[a-z]*)*|[A-Z]+\d*|\d+[a-z]*"
)
_PIECE = re.compile(r"([^\w\-. ]+)")
_DOTS = re.compile(r"(\.)")
_EDGES = re.compile(r"\A([\W_]*(?:[xX]-(?=\w))?)(.*?)([\W_]*)\Z", re.DOTALL)
_FIELD_NAMES = {"etag": "ETag", "te": "TE", "dnt": "DNT", "www-authenticate": "WWW-Authenticate", "content-md5": "Content-MD5"}
"""Header fields that are not spelled as Train-Case has it (IANA, HTTP Field Name Registry)."""


class Habit(NamedTuple):
    """The case that `agreeing` of the `of` names that tell have; None where that is no clear majority (see CLEAR)."""

    case: Case | None
    agreeing: int
    of: int


@lru_cache(maxsize=50_000)
def case_of(name: str) -> Case | None:
    """The case of `name`; None for a single lower-case word or acronym, which tells nothing, and for what has no case.

    A prefix (``$``, ``_``, ``@``, ``x-``) and brackets do not count: ``filter[createdAt]`` is camelCase. Nor does a name
    space: ``com.acme.UserProfile`` is PascalCase.
    """
    pieces = _pieces(name) if len(name) <= _LONGEST else []
    if len(pieces) == 1:
        return _case_of_piece(pieces[0])
    found = [case for case in map(_case_of_piece, pieces) if case]
    return found[-1] if found else None


def recased(name: str, case: Case) -> str:
    """`name` in another case: ``recased('userIDs', 'snake')`` is ``user_ids``. As it is where it fits that case already.

    Prefixes, suffixes, brackets and dots stay, and so do annotations (``@odata.nextLink``) and what has no words.
    """
    if case == "train" and name.lower() in _FIELD_NAMES:
        return _FIELD_NAMES[name.lower()]
    if name.startswith("@") or len(name) > _LONGEST:
        return name
    parts = _PIECE.split(name) if case == "dot" else [part for piece in _PIECE.split(name) for part in _DOTS.split(piece)]
    return "".join(_recased_piece(part, case) for part in parts)


def usual_case(names: Iterable[str]) -> Case | None:
    """The case that most of the names that tell have; None without a clear majority."""
    return habit(names).case


def habit(names: Iterable[str]) -> Habit:
    """The same with the counts. Each name counts once, however often it is given."""
    votes: Counter[Case | None] = Counter()
    small = capitalised = 0
    for name in dict.fromkeys(name for name in names if len(name) <= _LONGEST):
        text = _EDGES.sub(r"\2", name)
        if _CAPITALISED.fullmatch(text):
            capitalised += 1
        elif case := case_of(name):
            votes[case] += 1
        elif all(map(_LOWER.fullmatch, _pieces(name))):
            small += 1
        elif not text.isupper() and _WORD.search(text):
            votes[None] += 1  # a mixture
    votes["train" if votes["train"] > votes["pascal"] else "pascal"] += capitalised
    return _decided(votes, small)


def _decided(votes: Counter[Case | None], small: int) -> Habit:
    """`small`: the single lower-case words, which speak against every case that begins with a capital."""
    cases = [(count, case) for case, count in votes.items() if case and count]
    if not cases:
        return Habit(None, 0, votes.total())
    count, case = max(cases)
    of = votes.total() + (0 if case in _BEGINS_SMALL else small)
    return Habit(case if count >= CLEAR * of else None, count, of)


def _case_of_piece(piece: str) -> Case | None:
    shadow = _shadow(piece)
    for case, form in _FORMS:
        if form.fullmatch(shadow):
            return case
    return "flat" if _is_run_together(piece) else None


def _is_run_together(word: str) -> bool:
    """``petid`` and the like: the only words of which it can be told."""
    return _RUN_TOGETHER.fullmatch(word) is not None and _NOT_RUN_TOGETHER.fullmatch(word) is None


def _pieces(name: str) -> list[str]:
    """The parts that have a case of their own, without prefixes, brackets and name spaces."""
    cores = (_EDGES.fullmatch(piece) for piece in _split(name))
    return [core[2] for core in cores if core and core[2]]


def _split(name: str) -> list[str]:
    """The name in parts that have a case each, and what stands between them: ``filter[createdAt]`` in filter [ createdAt ].

    Dots are structure (``address.city``) and stay, unless they are all that separates the words.
    """
    parts = _PIECE.split(name)
    return [part for each in parts for part in ([each] if _FORMS[3][1].fullmatch(each) else _DOTS.split(each)) if part]


def _recased_piece(piece: str, case: Case) -> str:
    edges = _EDGES.fullmatch(piece)
    if edges is None or not edges[2]:
        return piece
    before, core, after = edges.groups()
    if before in ("x-", "X-") and case in ("train", "kebab"):
        before = "X-" if case == "train" else "x-"
    words = _words(core)
    return piece if not words or (_fits(core, case) and before == edges[1]) else before + _joined(words, case) + after


def _fits(core: str, case: Case) -> bool:
    own, shadow = _case_of_piece(core), _shadow(core)
    if own is None or own == "flat":
        return (_LOWER.fullmatch(shadow) is not None and case in _BEGINS_SMALL) or (shadow.isupper() and case == "constant")
    return own == case or (case == "train" and _CAPITALISED.fullmatch(shadow) is not None)


def _words(core: str) -> list[str]:
    """The words in lower case."""
    return [core[word.start() : word.end()].lower() for word in _WORD.finditer(_shadow(core))]


def _shadow(text: str) -> str:
    """`text` with a Latin letter of the same case for each letter beyond ASCII."""
    return text if text.isascii() else "".join(map(_latin, text))


def _latin(char: str) -> str:
    """A letter of the same case, a digit or a separator: what decides where a word ends."""
    if char.isascii():
        return char
    return "A" if char.isupper() else "a" if char.isalpha() else "0" if char.isdigit() else " "


_SEPARATORS: Mapping[Case, str] = {"snake": "_", "kebab": "-", "dot": ".", "constant": "_", "train": "-"}


def _joined(words: list[str], case: Case) -> str:
    if case in ("train", "pascal"):
        words = [word.capitalize() for word in words]
    elif case == "camel":
        words = [words[0], *(word.capitalize() for word in words[1:])]
    elif case == "constant":
        words = [word.upper() for word in words]
    if case in _SEPARATORS:
        return _SEPARATORS[case].join(words)
    return re.sub(r"(?<=\d)\0(?=\d)", "_", "\0".join(words)).replace("\0", "")  # 1 and 2 must not become 12
