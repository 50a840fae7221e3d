"""What a request for a schema lists: ``a User with email, roles and an optional avatar``.

A reader of lists, not of language: the name stands before 'with' or a colon, the fields behind it, separated by commas.
Where it is not certain that a piece is a field, it is left to the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from photon.sketch.types import is_reserved

_PLAIN = {0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "-"}
"""Typographic quotes and dashes as they are on a keyboard."""
_OPENING = re.compile(
    r"^\s*(?:please\s+)?(?:(?:write|give|create|make|define|suggest|design|generate|add)\s+(?:me\s+)?)?"
    r"(?:(?:an?|the)\s+)?(?:(?:new\s+|reusable\s+)?(?:json\s+|component\s+)?(?:schemas?|components?|data\s+model|object)\s+)?"
    r"(?:(?:for|of|called|named)\s+)?(?:(?:an?|the|one|some)\s+)?",
    re.IGNORECASE,
)
_DIVIDER = re.compile(
    r"\s*(?::|\(|\{|\s-{1,2}\s|,?\s*\b(?:with|having|has|have|containing|contains|including|includes|consisting\s+of|made\s+of|"
    r"(?:which|that)\s+(?:has|have|contains?|includes?))\b)\s*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:'s)?|_", re.ASCII)
_NOUN = re.compile(r"[A-Za-z][\w.' -]{0,60}", re.ASCII)
_LONGEST_NAME = 5
"""Words; a longer one is a sentence."""
_OWNED = re.compile(r"(\w+(?:\s\w+)?)\s+(?:of|for)\s+(?:an?|the)\s+(\w+(?:\s\w+)?)", re.IGNORECASE)
"""``status of an order``: an OrderStatus."""
_SENTENCE = re.compile(r"\s+(?:that|which|who|whose|for|to|of|used|in|from|as|on)\s|,", re.IGNORECASE)
_GROUP = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_TYPED = re.compile(r"^[A-Za-z_$][\w$]*$", re.ASCII)
_CASED = re.compile(r"_|[a-z][A-Z]")
_SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+[?:]?")
_PREFIX = re.compile(r"^(?:(?:and|plus|also|then|its|their|his|her|an?|the|some|with|required|mandatory)\s+)+", re.IGNORECASE)
_OPTIONAL = re.compile(
    r"\b(?:optional(?:ly)?|not\s+required|if\s+any|if\s+known|may\s+be\s+missing)\b|\?(?=\W|$)", re.IGNORECASE
)
_NULLABLE = re.compile(r"\b(?:nullable|or\s+null|may\s+be\s+null|can\s+be\s+null)\b", re.IGNORECASE)
_DEFAULT = re.compile(
    r"[,\s]*\b(?:which\s+)?(?:by\s+)?default(?:s|ing)?(?:\s+(?:is|to|of))?\s*[:=]?\s*[\"'`]?([\w.+-]+)[\"'`]?", re.IGNORECASE
)
_ASIDE = re.compile(
    r"^\s*(?:which|that|who)\s+(?:is|are|may|can|must)\b|^\s*(?:all|both|each)\b|^\s*(?:is|are)\s", re.IGNORECASE
)
_MANY = re.compile(
    r"^(?:(?:a|the)\s+)?(?:list|array|set|collection)\s+of\s+|^(?:multiple|several|many|any\s+number\s+of)\s+(?=(?:\w+\s+)*\w+s\b)",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\s+in\s+(?:[a-z]+\s+){0,2}[a-z]+$|\s+as\s+[a-z]+$|\s+(?:from\s+)?(\d+(?:\.\d+)?)\s*(?:to|-|\.\.)\s*(\d+(?:\.\d+)?)$"
    r"|\s+(?:of|for)\s+(?:the|an?)\s+\w+$",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)\s*(?:to|-|\.\.)\s*(-?\d+(?:\.\d+)?)$")
_ONE_OF = re.compile(r"\s*(?::|=|\b(?:one\s+of|either|enum|can\s+be|is|as|in)\b)\s*$", re.IGNORECASE)
_ALTERNATIVES = re.compile(r"(?:([\w.-]+)\s+)?or\s+([\w.-]+)", re.IGNORECASE)
_LIST_OF = re.compile(r"(?:an?\s+)?(?:list|array|set)\s+of\s+(\w+?)s?", re.IGNORECASE)
_FIELD_WORDS = frozenset(
    """
    id name title text description value label code quantity price amount count date email url sku total votes weight unit
    """.split()
)
"""In brackets behind a plural these are the fields of its items, and no values."""
_VALUE = re.compile(r"[\"'`]?([A-Za-z0-9][\w.+-]*)[\"'`]?", re.ASCII)
_TYPE_WORDS = {
    "string": "string", "text": "string", "int": "int", "integer": "int", "number": "number", "float": "number",
    "decimal": "number", "bool": "bool", "boolean": "bool", "flag": "bool", "uuid": "uuid", "date": "date",
    "datetime": "datetime", "date-time": "datetime", "timestamp": "datetime", "time": "time", "email": "email",
    "url": "uri", "uri": "uri", "object": "object",
}  # fmt: skip
_SURE_TYPES = frozenset(("int", "integer", "float", "decimal", "bool", "boolean", "flag", "uuid", "datetime", "date-time"))
"""Behind a name without brackets these are its type and no part of it; 'start date' and 'display text' are names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedField:
    """One field that is asked for. name: as the result spells it. many: a list is asked for. type: the notation's word, None
    where none is said. values: of an enum. low, high: a range that is stated. fields: its own, in brackets."""

    name: str
    optional: bool = False
    nullable: bool = False
    many: bool = False
    type: str | None = None
    values: tuple[str, ...] = ()
    default: str | None = None
    low: str | None = None
    high: str | None = None
    fields: tuple[ListedField, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """name: of the schema in PascalCase, None where the request gives none. fields: those listed, in order. whole: every piece
    of the list was understood, so that it says all that the schema shall have."""

    name: str | None
    fields: tuple[ListedField, ...] = ()
    whole: bool = False


def listed(text: str, *, snake: bool = False) -> Listed:
    """What `text` asks for. snake: names are written in snake_case, as they are where the request has such a name."""
    flat = " ".join(text.translate(_PLAIN).split()).rstrip(" .;!")
    start = _OPENING.match(flat)
    body = flat[start.end() :] if start else flat
    divider = _DIVIDER.search(body)
    head = body[: divider.start()] if divider else body
    name = _schema_name(head)
    if divider is None and "," in flat:  # nothing but fields
        return _listed_fields(None, flat, snake=snake)
    if divider is None or name is None:
        return Listed(name=name)
    rest = body[divider.end() :]
    return _listed_fields(name, _bracketed(rest) if divider[0].strip() in ("(", "{") else rest, snake=snake)


def _listed_fields(name: str | None, text: str, *, snake: bool) -> Listed:
    pieces = list(_pieces(text))
    typed = (word for piece in pieces for word in _GROUP.sub(" ", piece).split())
    fields = _fields(pieces, snake=snake or any(_SNAKE.fullmatch(word) for word in typed))
    found = tuple({each.name: each for each in reversed(fields) if each}.values())[::-1]
    return Listed(name=name, fields=found, whole=bool(found) and all(fields))


def pascal(text: str) -> str:
    """``support ticket`` as SupportTicket; words that are written in capitals or with several keep them."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    return "".join(word[0].upper() + word[1:] for word in words).lstrip("0123456789")


def written_name(name: str) -> str:
    """The name of a component as the notation can have it: itself where it begins with a capital and means nothing else."""
    if name[:1].isupper() and not is_reserved(name):
        return name
    found = pascal(name)
    found = found[:1].upper() + found[1:]
    return "Item" if not found else f"{found}Schema" if is_reserved(found) else found


def _schema_name(head: str) -> str | None:
    head = re.sub(r"\s+(?:schema|component|object|resource|entity|model|record)s?$", "", head.strip(), flags=re.IGNORECASE)
    if owned := _OWNED.fullmatch(head):
        head = f"{owned[2]} {owned[1]}"
    elif aside := _SENTENCE.search(head):
        head = head[: aside.start()].strip(" ,")
    words = head.split()
    if not words or len(words) > _LONGEST_NAME or not _NOUN.fullmatch(head):
        return None
    name = pascal(" ".join(words))
    return None if not name else f"{name}Schema" if is_reserved(name) else name


def _bracketed(rest: str) -> str:
    """What stands before the bracket that closes the list."""
    depth = 1
    for place, char in enumerate(rest):
        depth += (char in "({[") - (char in ")}]")
        if depth == 0:
            return rest[:place]
    return rest


def _pieces(text: str) -> Iterator[str]:
    """The list's pieces: at commas, semicolons and 'and', not within brackets or quotes."""
    depth, begun = 0, 0
    places = []
    for match in re.finditer(r"[()\[\]{}]|[,;]|\s(?:and|plus|as\s+well\s+as|&)\s", text, re.IGNORECASE):
        mark = match[0]
        depth = max(0, depth + (mark in "([{") - (mark in ")]}"))
        if depth == 0 and mark not in "()[]{}":
            places.append((match.start(), match.end()))
    for start, end in (*places, (len(text), len(text))):
        piece = text[begun:start].strip()
        begun = end
        if piece and piece.lower() not in ("and", "plus", "etc", "etc."):
            yield piece


def _fields(pieces: list[str], *, snake: bool) -> list[ListedField | None]:
    """A field for each piece; None for one that is none. A list of values goes to the field in front of it."""
    found: list[ListedField | None] = []
    for piece in _with_values_joined(pieces):
        if found and found[-1] and _ASIDE.match(piece):
            found[-1] = _with_aside(found[-1], piece)
        else:
            found.append(_field(piece, snake=snake))
    return found


def _with_values_joined(pieces: list[str]) -> list[str]:
    """``severity low``, ``medium or high`` as one piece: ``severity low|medium|high``.

    Backwards to the last piece of more words than one, whose last word is the first value.
    """
    joined: list[str] = []
    for piece in pieces:
        match = _ALTERNATIVES.fullmatch(piece)
        singles = 0
        while match and singles < len(joined) and _VALUE.fullmatch(joined[-1 - singles]):
            singles += 1
        if match is None or singles >= len(joined) or not re.search(r"\s[\w.-]+$", joined[-1 - singles]):
            joined.append(piece)
            continue
        values = [*joined[len(joined) - singles :], *filter(None, match.groups())]
        joined = [*joined[: len(joined) - singles - 1], "|".join([joined[-1 - singles], *values])]
    return joined


def _with_aside(field: ListedField, aside: str) -> ListedField:
    return replace(
        field,
        optional=field.optional or bool(_OPTIONAL.search(aside)),
        nullable=field.nullable or bool(_NULLABLE.search(aside)),
    )


def _field(piece: str, *, snake: bool) -> ListedField | None:
    groups = [match[1] or match[2] or "" for match in _GROUP.finditer(piece)]
    bare = _GROUP.sub(" ", piece)
    spoken = " ".join((bare, *groups))
    default = _DEFAULT.search(spoken)
    bare = _DEFAULT.sub(" ", bare)
    groups = [_DEFAULT.sub(" ", group) for group in groups]
    optional, nullable = bool(_OPTIONAL.search(spoken)), bool(_NULLABLE.search(spoken))
    bare, *groups = (_NULLABLE.sub(" ", _OPTIONAL.sub(" ", each)).strip(" ,:") for each in (bare, *groups))
    bare = _PREFIX.sub("", " ".join(bare.split()))
    many = bool(_MANY.match(bare))
    bare = _PREFIX.sub("", _MANY.sub("", bare))
    bare, values = _values_behind(bare)
    bare, low, high = _range_behind(bare)
    bare, kind = _type_behind(bare)
    said = _group_facts(groups, plural=bare.endswith("s"), snake=snake)
    words = bare.split()
    if not words or len(words) > _LONGEST_NAME or not all(_WORD.match(word) for word in words):
        return None
    name = _field_name(bare, snake=snake)
    if name is None:
        return None
    return ListedField(
        name=name, optional=optional, nullable=nullable, many=many or said.many, type=kind or said.type,
        values=values or said.values, default=default[1] if default else None, low=low or said.low, high=high or said.high,
        fields=said.fields,
    )  # fmt: skip


def _values_behind(text: str) -> tuple[str, tuple[str, ...]]:
    """``method card|bank|paypal``, ``status: open/closed``, ``size one of s, m, l``: (the name, the values)."""
    match = re.search(r"(?:\s|^)([\"'`]?[\w.+-]+[\"'`]?(?:\s*[|/]\s*[\"'`]?[\w.+-]+[\"'`]?)+)$", text)
    if match and match.start() > 0:
        values = tuple(value.strip(" \"'`") for value in re.split(r"[|/]", match[1]))
        return _ONE_OF.sub("", text[: match.start()]), values
    match = re.search(r"^(.*?)\s*(?::|\bone\s+of\b|\beither\b)\s*(.+?)\s+or\s+(\S+)$", text, re.IGNORECASE)
    if match and all(_VALUE.fullmatch(word) for word in (match[2], match[3])):
        return match[1], (match[2].strip("\"'`"), match[3].strip("\"'`"))
    return text, ()


def _range_behind(text: str) -> tuple[str, str | None, str | None]:
    """``rating 1 to 5`` and ``age in years``: (the name, the limits, if any)."""
    match = _UNIT.search(text)
    if match is None or match.start() == 0:
        return text, None, None
    unit = match[0].split()
    if unit[0].lower() == "in" and unit[-1].lower().rstrip("s") in _UNITS and len(text[: match.start()].split()) < 2:
        return text[: match.start()], None, None
    return text[: match.start()], match[1], match[2]


_UNITS = frozenset("year month week day hour minute second".split())


def _type_behind(text: str) -> tuple[str, str | None]:
    """``id: uuid``, ``age int``, ``active flag``: (the name, the type, if it is certainly one)."""
    name, colon, word = text.partition(":")
    if colon:
        return name.strip(), _TYPE_WORDS.get(word.strip().lower())
    words = text.split()
    if len(words) > 1 and words[-1].lower() in _SURE_TYPES:
        return " ".join(words[:-1]), _TYPE_WORDS[words[-1].lower()]
    return text, None


def _group_facts(groups: list[str], *, plural: bool, snake: bool) -> ListedField:
    """What brackets behind a name say: a type, limits, values, or the fields of an object."""
    for group in groups:
        inner = re.sub(r"^(?:enum|one\s+of|either)\s*:?\s*", "", group.strip(), flags=re.IGNORECASE)
        if inner.lower() in _TYPE_WORDS:
            return ListedField(name="", type=_TYPE_WORDS[inner.lower()])
        if of := _LIST_OF.fullmatch(inner):
            return ListedField(name="", many=True, type=_TYPE_WORDS.get(of[1].lower(), "string" if of[1] == "name" else None))
        if limits := _RANGE.fullmatch(inner):
            return ListedField(name="", low=limits[1], high=limits[2])
        parts = [part.strip() for part in re.split(r"\s*(?:,|/|\||\bor\b|\band\b)\s*", inner) if part.strip()]
        if len(parts) > 1:
            words = all(_VALUE.fullmatch(part) for part in parts)
            of_many = bool(re.search(r"\sand\s", inner)) or any(" " in part for part in parts)
            if words and not of_many and not (plural and _FIELD_WORDS & {part.lower() for part in parts}):
                return ListedField(name="", values=tuple(part.strip("\"'`") for part in parts))
            fields = _fields(list(_pieces(inner)), snake=snake)
            return ListedField(name="", fields=tuple(each for each in fields if each))
    return ListedField(name="")


def _field_name(text: str, *, snake: bool) -> str | None:
    """The words in camelCase or snake_case; one word that is typed in a case of its own stays as it is."""
    bare = re.sub(r"'s?(?=\s|$)", "", text.strip(" \"'`"))
    if _TYPED.fullmatch(bare) and _CASED.search(bare):
        return bare
    words = [word.lower() for word in re.findall(r"[A-Za-z0-9]+", bare)]
    if not words or words[0][0].isdigit():
        return None
    return "_".join(words) if snake else words[0] + "".join(word.capitalize() for word in words[1:])
