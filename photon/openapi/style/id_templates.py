"""An operationId as a template: which of its words come from the path, which are its own, and how they are joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from photon.openapi.naming import is_plural, operation_words, readable, singular, without_keys, words

VERBS = frozenset(
    """
    add all browse check create delete destroy edit fetch find get index insert list load lookup make modify new partial patch
    post put query read remove replace retrieve save search set show store update upsert view head options
    """.split()
)
_FILL_WORDS = frozenset("a all an and at by controller for from id ids in of on the to using with".split())

_LONGEST = 200
_LONGEST_PATH = 1000
"""Characters of an operationId and of a path that are looked at."""

_TOKEN = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+\d*|[A-Z]+\d*|\d+")
_VERSION = re.compile(r"v?\d+(?:[._-]\d+)*(?:alpha|beta)?\d*", re.IGNORECASE)
_NUMBERED = re.compile(r"v\d{1,3}", re.IGNORECASE)
"""A version that an operationId can repeat as a word: ``getUserV2``."""
_EXTENSION = re.compile(r"(?<=\w|\})\.(?:json|xml|csv|js|php|aspx?)\Z")
_PIECES = re.compile(r"(?<=\}):|(?<=\w):(?=\w)|(?<=\w)\.(?=\{)")
_PARAMETER = re.compile(r"\{([^{}]*)\}")

_OF_PATH = ("literal", "parameter")
_ARTICLES = (("a",), ("an",))

Number = Literal["same", "singular", "plural", "last word"]
Form = Literal["lower", "capitalised", "upper"]
Joint = tuple[str, Form]
"""What stands before a further word of the same segment, and how that word is written."""


@dataclass(frozen=True, slots=True)
class PathWords:
    """A path as operationIds see it, without ``api``. kinds: 'L' a literal, 'P' a parameter, 'A' an action.

    version: ``("v2",)``, which is no literal; empty where there is none.
    """

    literals: tuple[tuple[str, ...], ...]
    parameters: tuple[tuple[str, ...], ...]
    kinds: str
    version: tuple[str, ...] = ()

    @property
    def ends_in_plural(self) -> bool:
        """Whether the last literal names many things."""
        return bool(self.literals) and is_plural(self.literals[-1][-1])


@dataclass(frozen=True, slots=True)
class Slot:
    """One word, or the several of one segment.

    before: what separates it from the word before. origin: its own, or a literal, a parameter or the version of the path.
    place: which of them, counted from the end: -1 is the last. inner: how its further words follow, None where there was one.
    """

    before: str
    form: Form
    origin: Literal["own", "literal", "parameter", "version"]
    text: tuple[str, ...]
    place: int = 0
    number: Number = "same"
    inner: Joint | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """An operationId. tail: what stands behind its last word."""

    slots: tuple[Slot, ...]
    tail: str

    @property
    def verb(self) -> int | None:
        """Where the verb is: the first word of its own that is one."""
        return next((at for at, slot in enumerate(self.slots) if slot.origin == "own" and slot.text[0] in VERBS), None)

    @property
    def foreign(self) -> int:
        """How many words come neither from the path nor from grammar, and so say nothing about another path."""
        own = (slot.text[0] for slot in self.slots if slot.origin == "own")
        return sum(word not in VERBS and word not in _FILL_WORDS for word in own)

    def with_verb(self, verb: str) -> Template:
        """The same with another verb; itself where there is none."""
        at = self.verb
        if at is None:
            return self
        return Template((*self.slots[:at], replace(self.slots[at], text=(verb,)), *self.slots[at + 1 :]), self.tail)

    def of_one(self) -> Template:
        """The same about one thing, where the verb stands first: ``createUsers`` becomes ``createUser``."""
        if self.verb != 0 or self.slots[-1].origin != "literal":
            return self
        return Template((*self.slots[:-1], replace(self.slots[-1], number="singular")), self.tail)


class Writing(NamedTuple):
    """How the operationIds of a specification are written.

    joints: of segments of several words, by the form of the first. spellings: of capitalised words, such as ``DNS``, by word.
    """

    joints: Mapping[Form, Joint]
    spellings: Mapping[str, str]

    def formed(self, word: str, form: Form) -> str:
        """A word in lower case as it is written."""
        if form == "capitalised":
            return self.spellings.get(word) or word.capitalize()
        return word.upper() if form == "upper" else word


class _Token(NamedTuple):
    before: str
    word: str
    form: Form


@lru_cache(maxsize=8192)
def read_path(method: str, path: str) -> PathWords:
    """The words of a path. A last segment that says what is done (``/cancel``, ``{id}:cancel``) is an action."""
    path = path[:_LONGEST_PATH]
    literals, parameters, kinds = list[tuple[str, ...]](), list[tuple[str, ...]](), ""
    version: tuple[str, ...] = ()
    for segment in without_keys(path).split("/"):
        if _NUMBERED.fullmatch(segment):
            version = (segment.lower(),)
        if not segment or segment.lower() == "api" or _VERSION.fullmatch(segment):
            continue
        for piece in _PIECES.split(_EXTENSION.sub("", readable(segment))):
            name = _PARAMETER.search(piece)
            found = tuple(words(name[1] if name else piece))
            if found:
                (parameters if name else literals).append(found)
                kinds += "P" if name else "L"
    if kinds.endswith("L") and _is_action(method, path, literals[-1], after_item=kinds.endswith("PL")):
        kinds = kinds[:-1] + "A"
    return PathWords(tuple(literals), tuple(parameters), kinds, version)


def _is_action(method: str, path: str, last: tuple[str, ...], *, after_item: bool) -> bool:
    """``/load-balancers`` and ``/check-runs`` begin with a verb and are things all the same."""
    things = len(last) > 1 and is_plural(last[-1]) and not (after_item and method == "POST")
    return not things and operation_words(method, path)[0] == last[0]


@lru_cache(maxsize=8192)
def template(name: str, path: PathWords) -> Template:
    """`name`, which is the operationId of an operation under `path`."""
    name = name[:_LONGEST]
    tokens, end = list[_Token](), 0
    for found in _TOKEN.finditer(name):
        form: Form = "lower" if found[0][0].islower() else "upper" if name.isupper() else "capitalised"
        tokens.append(_Token(name[end : found.start()], found[0].lower(), form))
        end = found.end()
    slots, at, used = list[Slot](), 0, set[tuple[str, int]]()
    while at < len(tokens):
        slot = _slot(tokens[at:], path, used)
        used.add((slot.origin, slot.place))
        slots.append(slot)
        at += len(slot.text)
    return Template(tuple(slots), name[end:])


def _slot(tokens: Sequence[_Token], path: PathWords, used: set[tuple[str, int]]) -> Slot:
    """What the next tokens are. Of several sources the longest counts, then one that was not used, then the last one."""
    first = tokens[0]
    if (first.word,) == path.version:
        return Slot(first.before, first.form, "version", path.version)
    best, score = Slot(first.before, first.form, "own", (first.word,)), (0, False, False, 0)
    sources: tuple[tuple[Literal["literal", "parameter"], tuple[tuple[str, ...], ...]], ...] = (
        ("parameter", path.parameters),
        ("literal", path.literals),
    )
    for origin, groups in sources:
        for index, group in enumerate(groups):
            seen = tuple(token.word for token in tokens[: len(group)])
            number = _number(seen, group)
            if origin == "parameter" and number != "same":
                seen, number = seen[:1], "last word" if seen[:1] == group[-1:] else None
            if number is None:
                continue
            place = index - len(groups)
            reached = (len(seen), (origin, place) not in used, number == "same", place)
            if reached >= score or score[0] == 0:
                inner = (tokens[1].before, tokens[1].form) if len(seen) > 1 else None
                best, score = Slot(first.before, first.form, origin, seen, place, number, inner), reached
    return best


def _number(seen: tuple[str, ...], group: tuple[str, ...]) -> Number | None:
    """How `seen` differs from the words of a segment; None where it is something else."""
    if seen == group:
        return "same"
    if len(seen) != len(group) or seen[:-1] != group[:-1]:
        return None
    if seen[-1] == singular(group[-1]):
        return "singular"
    return "plural" if singular(seen[-1]) == group[-1] else None


def stretched(found: Template, path: PathWords, target: PathWords) -> Template | None:
    """`found`, in which all literals of `path` stand in order, for a path with more of them, or fewer; None for any other.

    ``listUserOrders`` of ``/users/{id}/orders`` says what ``/users/{id}/orders/{id}/items`` is called, ``listOrders`` does not.
    """
    places = [at for at, slot in enumerate(found.slots) if slot.origin in _OF_PATH]
    elements = [slot for slot in found.slots if slot.origin in _OF_PATH]
    literals = [slot.place for slot in elements if slot.origin == "literal"]
    parameters = [slot for slot in elements if slot.origin == "parameter"]
    if (
        len(path.literals) < 2
        or literals != list(range(-len(path.literals), 0))
        or places[-1] - places[0] + 1 != len(places)
        or (parameters and [slot.place for slot in parameters] != list(range(-len(path.parameters), 0)))
    ):
        return None
    first, last = elements[0], next(slot for slot in elements if slot.place == -1 and slot.origin == "literal")
    middle = next((slot for slot in elements[1:] if slot.origin == "literal" and slot is not last), None) or replace(
        first, before=last.before, form=last.form
    )
    slots = _laid_out(target, middle, last, parameters[-1] if parameters else None)
    if not slots:
        return None
    slots[0] = replace(slots[0], before=first.before, form=first.form)
    return Template((*found.slots[: places[0]], *slots, *found.slots[places[-1] + 1 :]), found.tail)


def _laid_out(target: PathWords, middle: Slot, last: Slot, parameter: Slot | None) -> list[Slot]:
    """The elements of a path in its own order, each like the one of its role."""
    literal, named, slots = -len(target.literals), -len(target.parameters), list[Slot]()
    for kind in target.kinds:
        if kind == "P":
            slots += [replace(parameter, place=named)] if parameter else []
            named += 1
        else:
            slots.append(replace(last if literal == -1 else middle, place=literal))
            literal += 1
    return slots


def writing_of(templates: Iterable[Template], names: Iterable[str]) -> Writing:
    """How the words of these operationIds are written and joined."""
    joints = Counter((slot.form, slot.inner) for found in templates for slot in found.slots if slot.inner)
    capitalised = Counter(word for name in names for word in _TOKEN.findall(name[:_LONGEST]) if word[0].isupper())
    return Writing(
        {form: joint for (form, joint), _ in reversed(joints.most_common()) if joint},
        {word.lower(): word for word, _ in reversed(capitalised.most_common())},
    )


def filled(found: Template, path: PathWords, writing: Writing) -> str | None:
    """The operationId of another path; None where that has too few segments."""
    groups = [_group(slot, path) for slot in found.slots]
    if any(group is None for group in groups):
        return None
    text = ""
    for slot, written, after in zip(found.slots, groups, (*groups[1:], None), strict=False):
        if not written:
            continue  # the version of a path without one
        group = written
        if slot.origin == "own" and written in _ARTICLES and after:
            group = ("an",) if after[0][0] in "aeio" else ("a",)
        separator, form = slot.inner or writing.joints.get(slot.form) or _joint(found, slot)
        text += slot.before + writing.formed(group[0], slot.form)
        text += "".join(separator + writing.formed(word, form) for word in group[1:])
    return text + found.tail


def _group(slot: Slot, path: PathWords) -> tuple[str, ...] | None:
    """The words in the place of a slot; None where the path has no such segment."""
    if slot.origin == "own":
        return slot.text
    if slot.origin == "version":
        return path.version
    groups = path.parameters if slot.origin == "parameter" else path.literals
    return _numbered(groups[slot.place], slot.number) if -slot.place <= len(groups) else None


def _joint(found: Template, slot: Slot) -> Joint:
    """Where nothing tells: ``_`` and ``-`` separate all words, and behind a slash words are hyphenated."""
    if slot.form == "capitalised":
        return "", "capitalised"
    separators = "".join(each.before for each in found.slots)
    return next(
        ((mark, "lower") for mark, sign in (("-", "-"), ("_", "_"), ("-", "/")) if sign in separators), ("", "capitalised")
    )


def _numbered(group: tuple[str, ...], number: Number) -> tuple[str, ...]:
    if number == "last word":
        return group[-1:]
    if number == "same" or (number == "plural" and is_plural(group[-1])):
        return group
    return (*group[:-1], singular(group[-1]) if number == "singular" else _plural(group[-1]))


def _plural(word: str) -> str:
    if re.search(r"[^aeiou]y\Z", word):
        return word[:-1] + "ies"
    return word + ("es" if re.search(r"(?:s|x|z|ch|sh)\Z", word) else "s")
