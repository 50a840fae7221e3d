"""What a request for a schema lists: ``a User with email, roles and an optional avatar``.

A reader of lists, not of language: the name stands before 'with' or a colon, the fields behind it, separated by commas.
Where it is not certain that a piece is a field, it is left to the model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from photon.sketch.field_facts import singular
from photon.sketch.listed_fields import LONGEST_NAME, ListedField, pieces, read_fields
from photon.sketch.types import is_reserved

__all__ = ["Listed", "ListedField", "listed", "pascal", "written_name"]

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
_NOUN = re.compile(r"[A-Za-z][\w.' -]{0,60}", re.ASCII)
_OWNED = re.compile(r"(\w+(?:\s\w+)?)\s+(?:of|for)\s+(?:an?|the)\s+(\w+(?:\s\w+)?)", re.IGNORECASE)
"""``status of an order``: an OrderStatus."""
_SENTENCE = re.compile(r"\s+(?:that|which|who|whose|for|to|of|used|in|from|as|on)\s|,", re.IGNORECASE)
_COLLECTION = re.compile(
    r"(?:(list|array|page|collection|set|batch)s?\s+of\s+(?:all\s+|the\s+)?(?!an?\s)"
    r"(\w+(?:\s(?!(?:that|which|who|whose|for|to|of|used|in|from|as|on|by)\b)\w+){0,3}))",
    re.IGNORECASE,
)
"""``list of customers``: a CustomerList."""
_ENVELOPE: Final = frozenset(
    """
    count cursor data entries has_more items limit links list meta metadata next next_cursor next_page offset page page_size
    per_page previous prev records results rows size total total_count total_pages values
    """.split()
)
"""What a list is wrapped in, beside itself; other fields are those of its items."""
_HOLDERS: Final = frozenset("data entries items list records results rows values".split())
"""Those that are the list."""
_PAGING = re.compile(r"(?:(?:cursor|offset|page|token)(?:[ -]based)?\s+)?(?:pagination|paging|paged)\b.*", re.IGNORECASE)
"""Behind a list's name no field, but what it is wrapped in."""
_PAGE: Final = tuple(ListedField(name=name, type="int") for name in ("page", "limit", "total"))
"""What the lesson for operations wraps a list in, beside its data."""
_SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+[?:]?")
_GROUP = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_MOST = 400
"""Pieces that are read of one list."""
_THOUSANDS = re.compile(r"(?<=[A-Za-z<>=]\s)\d{1,3}(?:,\d{3})+(?![\d,])")


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
    flat = _THOUSANDS.sub(lambda number: number[0].replace(",", ""), flat)
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
    rest = _bracketed(rest) if divider[0].strip() in ("(", "{") else rest
    if collection := _COLLECTION.match(head):
        return _of_items(_listed_fields(name, rest, snake=snake), collection[2])
    return _listed_fields(name, rest, snake=snake)


def _listed_fields(name: str | None, text: str, *, snake: bool) -> Listed:
    listed = list(islice(pieces(text), _MOST + 1))
    typed = (word for piece in listed for word in _GROUP.sub(" ", piece.text).split())
    fields = read_fields(listed[:_MOST], snake=snake or any(_SNAKE.fullmatch(word) for word in typed))
    found = tuple({each.name: each for each in reversed(fields) if each}.values())[::-1]
    return Listed(name=name, fields=found, whole=bool(found) and all(fields) and len(listed) <= _MOST)


def _of_items(found: Listed, things: str) -> Listed:
    """``a list of customers with email``: the email is the customers'. ``with pagination``: a page, as the lesson has it."""
    fields = tuple(field for field in found.fields if not _PAGING.fullmatch(field.name))
    names = {"_".join(re.findall(r"[A-Z]?[a-z0-9]+", field.name)).lower() for field in fields}
    words = things.lower().split()
    if names & _ENVELOPE or "_".join(words) in names:
        return replace(found, fields=fields, whole=found.whole and bool(names & _HOLDERS or "_".join(words) in names))
    if fields == found.fields:
        name = words[0] + "".join(word.capitalize() for word in words[1:])
        return replace(found, fields=(ListedField(name=name, many=True, fields=fields),)) if fields else found
    return replace(found, fields=(ListedField(name="data", many=True, fields=fields), *_PAGE))


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
    if collection := _COLLECTION.match(head):
        *before, thing = collection[2].split()
        head = " ".join((*before, singular(thing), "list" if collection[1].lower() == "array" else collection[1]))
    elif owned := _OWNED.fullmatch(head):
        head = f"{owned[2]} {owned[1]}"
    elif aside := _SENTENCE.search(head):
        head = head[: aside.start()].strip(" ,")
    words = head.split()
    if not words or len(words) > LONGEST_NAME or not _NOUN.fullmatch(head):
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
