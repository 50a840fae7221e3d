"""The words of names and sentences, so far alike that ``userIds``, ``user-id`` and "the ids of users" have them in common."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d{3}|[^\W\d_A-Za-z]+")
"""A word of a sentence, a part of a name in any case, or a status code."""
_IRREGULAR = {
    "people": "person", "children": "child", "men": "man", "women": "woman", "indices": "index", "matrices": "matrix",
    "criteria": "criterion", "media": "medium", "analyses": "analysis", "news": "news",
}  # fmt: skip
_HISSING = re.compile(r"(?:x|ch|sh|ss|zz|us)es\Z")
_UNDOUBLED = re.compile(r"([bdgmnprt])\1\Z")

_VERBS: Mapping[str, str] = {
    **dict.fromkeys("create add post register insert make submit send start upload".split(), "POST"),
    **dict.fromkeys("get list fetch show read find search retrieve view browse download query".split(), "GET"),
    **dict.fromkeys("update change edit modify rename patch".split(), "PATCH"),
    **dict.fromkeys("replace put set overwrite".split(), "PUT"),
    **dict.fromkeys("delete remove destroy erase".split(), "DELETE"),
}


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """What singular and plural, ``price`` and ``pricing``, ``ship`` and ``shipped`` have in common; no word of a language."""
    word = word.lower()
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if _HISSING.search(word):
        word = word[:-2]
    elif len(word) > 2 and word[-1] == "s" and word[-2] not in "sui":
        word = word[:-1]
    if len(word) > 5 and word.endswith("ing"):
        word = _UNDOUBLED.sub(r"\1", word[:-3])
    elif len(word) > 4 and word.endswith("ed"):
        word = _UNDOUBLED.sub(r"\1", word[:-2])
    if len(word) > 4 and word[-1] == "e":
        word = word[:-1]
    return word[:-1] + "i" if len(word) > 2 and word[-1] == "y" else word


_SILENT = frozenset(
    map(
        stem,
        "a an the and or of to for with by in on at from into as is are was be it its this that which what who whose where "
        "when why how many much do does can could should would i we you my our your me us there their them they all any each "
        "every one some not no new via need want give please tell explain describe mean call exist support available "
        "endpoint api operation route path url http rest json openapi spec return respond response request optional required "
        "using use after before between per than then have has id uuid string int integer number bool boolean object array "
        "post put patch head options trace create add insert make get list fetch show read retrieve view update change edit "
        "modify replace delete remove".split(),
    )
)
"""Words that say nothing about the matter of a request: those between the others, those of HTTP, and the verbs that the method
alone expresses."""


def words(text: str) -> tuple[str, ...]:
    """The stems of the words in a name or a sentence, in reading order, each once."""
    return tuple(dict.fromkeys(map(stem, _WORD.findall(text))))


def telling_words(text: str) -> tuple[str, ...]:
    """`words` without those that say nothing about the matter."""
    return tuple(word for word in words(text) if word not in _SILENT)


def method_meant(text: str) -> str | None:
    """The method that the first verb of a sentence stands for, None where there is none."""
    return next((method for word in _WORD.findall(text) if (method := _VERBS.get(word.lower()))), None)
