"""Reads the types of the notation: ``{ page?: int(1..) = 1, role?: "admin" | "member" }``, ``User[]``, ``map<int>``.

Forgiving where the meaning is certain: every such repair is reported through a callback. What cannot be read raises
`Unreadable` with what was expected.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace

from photon.sketch.defaults import fit_default
from photon.sketch.model import (
    SCALARS,
    Array,
    Default,
    Enum,
    Field,
    Map,
    Nullable,
    Number,
    Object,
    Ref,
    Scalar,
    Type,
    Union,
    Value,
)

Repair = Callable[[str], None]

MAX_DEPTH = 24
"""Deeper nesting than this is a runaway, not an API."""

_SYNONYMS = {
    "integer": "int", "long": "int", "int32": "int", "int64": "int", "float": "number", "double": "number",
    "decimal": "number", "boolean": "bool", "str": "string", "text": "string", "guid": "uuid", "url": "uri",
    "date-time": "datetime", "timestamp": "datetime", "file": "binary", "blob": "binary", "base64": "bytes",
    "byte": "bytes", "json": "object", "dict": "object", "unknown": "any", "token": "string", "ip": "ipv4", "iri": "uri",
}  # fmt: skip
_CAPITALISED = {
    "String": "string", "Int": "int", "Integer": "int", "Long": "int", "Number": "number", "Float": "number",
    "Double": "number", "Decimal": "number", "Bool": "bool", "Boolean": "bool", "UUID": "uuid", "Date": "date",
    "DateTime": "datetime", "Object": "object", "Any": "any", "URI": "uri", "URL": "uri",
}  # fmt: skip
_ARRAYS = frozenset(("array", "list", "set"))
_MAPS = frozenset(("map", "record", "dict"))
_NUMERIC = frozenset(("int", "number"))
_MEASURED = frozenset(("string", "email", "uri", "password", "jwt", "bytes"))

_NULL = Ref("null")
"""Stands for ``null`` until `_united` makes a Nullable of it; never leaves this module."""
_CONSTANTS: dict[str, Type] = {"true": Enum((True,)), "false": Enum((False,)), "null": _NULL, "none": _NULL, "None": _NULL}

_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_FIELD_NAME = re.compile(r"""(?P<quoted>"[^"\n]+"|'[^'\n]+'|`[^`\n]+`)|(?P<bare>[^\s:?,;{}()"'`|=<>]+)""")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"|\'((?:[^\'\\\n]|\\.)*)\'')
_RANGE = re.compile(r"\(\s*(-?\d+(?:\.\d+)?)?\s*(\.\.\.?)?\s*(-?\d+(?:\.\d+)?)?\s*\)")
_PATTERN = re.compile(r"\(\s*/((?:[^/\\\n]|\\.|/(?!\s*\)))*)/\s*\)")
_COMMENT = re.compile(r"(?://|#)[^\n]*")
_BARE_VALUE = re.compile(r"[^\s,;{}()|]+")


class Unreadable(Exception):
    """The text has no certain meaning here. ``expected`` completes the sentence 'expected ...'."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


class TypeReader:
    """A recursive-descent reader over one logical line; `rest` is what has not been read yet."""

    def __init__(self, text: str, *, repair: Repair, known: Collection[str] = ()) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._repair = repair
        self._known = known
        self._repeated: str | None = None

    @property
    def rest(self) -> str:
        """The text after what was read, without surrounding space."""
        return self._text[self._at :].strip()

    def read_type(self) -> Type:
        """A whole type, unions included. Raises Unreadable."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unreadable(f"at most {MAX_DEPTH} levels of nesting")
        members = [self._read_postfix()]
        while self._accept("|"):
            member = self._read_postfix()
            if isinstance(member, Enum) and member in members:
                self._repeated = self._repeated or str(member.values[0])
            members.append(member)
        self._depth -= 1
        return _united(members, self._repair, self._known)

    def read_fields(self) -> tuple[Field, ...]:
        """``{ name?: TYPE = default "description", … }``. Raises Unreadable where it does not begin with a brace."""
        if not self._accept("{"):
            raise Unreadable("'{'")
        return self._fields_to("}")

    def look_for_loop(self) -> str | None:
        """What comes twice in an object or an enum of this unfinished text, which begins after a brace; None for nothing."""
        with suppress(Unreadable):
            self._fields_to("}")
        return self._repeated

    def end(self) -> None:
        """Make sure that nothing follows; surplus closing brackets and a comment are repaired away. Raises Unreadable."""
        self._skip_space()
        rest = self.rest.rstrip(",;")
        if rest and not rest.strip("})]> \t"):
            self._repair(f"dropped a surplus {rest[0]!r}")
        elif rest and not _COMMENT.fullmatch(rest):
            raise Unreadable(f"nothing after the type, found {rest[:40]!r}")
        self._at = len(self._text)

    # -- fields -------------------------------------------------------------------------------------------------------

    def _fields_to(self, closer: str) -> tuple[Field, ...]:
        fields: dict[str, Field] = {}
        while not self._accept(closer):
            if self._at_end():
                self._repair(f"closed a {closer!r} that was left open")
                break
            field = self._read_field()
            if field is None:
                continue
            if field.name in fields:
                self._repair(f"dropped a second {field.name!r}")
                self._repeated = self._repeated or (None if self._at_end() else field.name)
            fields.setdefault(field.name, field)
        return tuple(fields.values())

    def _read_field(self) -> Field | None:
        """One field with its separator; None where there was only something to skip."""
        if self._accept(",") or self._accept(";"):
            return None
        match = self._match(_FIELD_NAME)
        if not match:
            self._repair(f"skipped {self._text[self._at]!r} between fields")
            self._at += 1
            return None
        name = match["bare"] or match["quoted"][1:-1]
        if name.startswith("..."):
            self._repair(f"dropped {name!r}")
            return None
        optional = self._accept("?")
        field = self._read_field_type(name, optional=optional)
        self._accept(",")
        return field

    def _read_field_type(self, name: str, *, optional: bool) -> Field:
        if not self._accept(":"):
            guess = name if name in SCALARS else "string"
            self._repair(f"read {name!r} without a type as {guess}")
            return Field(name, Scalar(guess), optional)
        kind = self.read_type()
        if self._accept("?"):
            optional = True
            self._repair(f"moved the '?' of {name!r} behind its name")
        description = self._read_description()
        default = self._read_default(kind)
        description = description or self._read_description()
        if default and not optional:
            self._repair(f"made {name!r} optional, because it has a default")
        return Field(name, kind, optional or default is not None, default, description)

    def _read_description(self) -> str | None:
        match = self._match(_STRING)
        return _unquoted(match) if match else None

    def _read_default(self, kind: Type) -> Default | None:
        if not self._accept("="):
            return None
        found, value = self._read_value()
        return fit_default(value, kind, self._repair) if found else None

    def _read_value(self) -> tuple[bool, Value]:
        """(whether there was one, the literal)."""
        if match := self._match(_STRING):
            return True, _unquoted(match)
        if self._accept("["):
            self._skip_past("]")
            return True, ()
        if self._accept("{"):
            self._skip_past("}")
            self._repair("dropped an object as a default")
            return False, None
        match = self._match(_BARE_VALUE)
        if not match:
            self._repair("dropped an empty default")
            return False, None
        return True, _bare_value(match[0])

    # -- types --------------------------------------------------------------------------------------------------------

    def _read_postfix(self) -> Type:
        kind = self._read_primary()
        while True:
            if self._match(re.compile(r"\[\s*\]")):
                kind = self._limited(Array(kind))
            elif isinstance(kind, Scalar | Array) and self._peek() == "(":
                kind = self._limited(kind)
            else:
                return kind

    def _read_primary(self) -> Type:
        if self._accept("{"):
            return Object(self._nested_fields())
        if self._accept("("):
            return self._closed(self.read_type(), ")")
        if self._accept("["):
            self._repair("read [T] as T[]")
            return Array(self._closed(self.read_type(), "]"))
        if match := self._match(_STRING):
            return Enum((_unquoted(match),))
        if (match := self._match(_NUMBER)) is not None:
            return Enum((_number(match[0]),))
        if match := self._match(_NAME):
            return self._named(match[0])
        raise Unreadable(f"a type, found {self.rest[:40]!r}" if self.rest else "a type, found the end of the line")

    def _nested_fields(self) -> tuple[Field, ...]:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unreadable(f"at most {MAX_DEPTH} levels of nesting")
        fields = self._fields_to("}")
        self._depth -= 1
        return fields

    def _named(self, name: str) -> Type:
        lower = name.lower()
        if lower in _ARRAYS | _MAPS and self._accept("<"):
            return self._generic(lower)
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        if name in SCALARS or name in self._known:
            return Scalar(name) if name in SCALARS else Ref(name)
        synonym = _SYNONYMS.get(name) or _CAPITALISED.get(name)
        if synonym:
            self._repair(f"read {name!r} as {synonym}")
            return Scalar(synonym)
        if name in _ARRAYS:
            self._repair(f"read {name!r} as any[]")
            return Array(Scalar("any"))
        return Ref(name)

    def _generic(self, name: str) -> Type:
        inner = self.read_type()
        if self._accept(","):
            inner = self.read_type()
        inner = self._closed(inner, ">")
        if name in _ARRAYS:
            self._repair("read Array<T> as T[]")
            return Array(inner)
        return Map(inner)

    def _limited(self, kind: Scalar | Array) -> Scalar | Array:
        """`kind` with the ``(1..5)``, ``(..64)`` or ``(/pattern/)`` that may follow it."""
        if isinstance(kind, Scalar) and (match := self._match(_PATTERN)):
            return self._patterned(kind, match[1])
        match = self._match(_RANGE)
        if not match:
            return kind
        low, dots, high = match.groups()
        if not dots and low is not None:
            self._repair(f"read ({low}) as a maximum")
            low, high = None, low
        return self._ranged(kind, _number(low) if low else None, _number(high) if high else None)

    def _patterned(self, kind: Scalar, pattern: str) -> Scalar:
        try:
            re.compile(pattern)
        except re.error:
            self._repair("dropped a pattern that is not a regular expression")
            return kind
        return replace(kind, pattern=pattern)

    def _ranged(self, kind: Scalar | Array, low: Number | None, high: Number | None) -> Scalar | Array:
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            self._repair(f"swapped the limits {low}..{high}")
            low, high = high, low
        counted = isinstance(kind, Array) or kind.name in _MEASURED
        if not counted and not (isinstance(kind, Scalar) and kind.name in _NUMERIC):
            self._repair("dropped limits that this type cannot have")
            return kind
        whole = counted or (isinstance(kind, Scalar) and kind.name == "int")
        if any((whole and isinstance(limit, float)) or (counted and (limit or 0) < 0) for limit in (low, high)):
            self._repair("dropped limits that this type cannot have")
            return kind
        return replace(kind, minimum=low, maximum=high)  # type: ignore[arg-type] # a whole number where it counts items

    # -- scanning -----------------------------------------------------------------------------------------------------

    def _closed(self, kind: Type, closer: str) -> Type:
        if not self._accept(closer):
            self._repair(f"closed a {closer!r} that was left open")
        return kind

    def _skip_space(self) -> None:
        while self._at < len(self._text):
            if self._text[self._at].isspace():
                self._at += 1
            elif match := re.compile(r"(?://|#)[^\n]*(?=\n)").match(self._text, self._at):
                self._repair("dropped a comment")
                self._at = match.end()
            else:
                return

    def _at_end(self) -> bool:
        self._skip_space()
        return self._at >= len(self._text)

    def _peek(self) -> str:
        self._skip_space()
        return self._text[self._at : self._at + 1]

    def _accept(self, literal: str) -> bool:
        self._skip_space()
        if not self._text.startswith(literal, self._at):
            return False
        self._at += len(literal)
        return True

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        self._skip_space()
        match = pattern.match(self._text, self._at)
        if match:
            self._at = match.end()
        return match

    def _skip_past(self, closer: str) -> None:
        end = self._text.find(closer, self._at)
        self._at = len(self._text) if end < 0 else end + len(closer)


def _united(members: list[Type], repair: Repair, known: Collection[str]) -> Type:
    """The type that ``A | B | null`` means: literals become one enum, null makes it nullable."""
    present = [member for member in members if member != _NULL]
    if not present:
        repair("read null alone as any")
        return Scalar("any")
    nullable = len(present) < len(members)
    if len(present) > 1 and any(_is_word(member, known) for member in present) and all(_spelling(member) for member in present):
        repair("put quotes around the values of an enum")
        present = [Enum((_spelling(member) or "",)) for member in present]
    literals = [value for member in present if isinstance(member, Enum) for value in member.values]
    others = [_settled(member, repair, known) for member in present if not isinstance(member, Enum)]
    merged = [*([Enum(tuple(dict.fromkeys(_alike(literals))))] if literals else []), *dict.fromkeys(others)]
    united = merged[0] if len(merged) == 1 else Union(tuple(merged))
    return Nullable(united) if nullable else united


def _is_word(kind: Type, known: Collection[str]) -> bool:
    """A lower-case word that is no type and no component."""
    return isinstance(kind, Ref) and not kind.name[0].isupper() and kind.name not in known


def _spelling(kind: Type) -> str | None:
    """The word that a value of an enum without quotes was written as; None for anything longer than a word."""
    match kind:
        case Ref(name) if not name[0].isupper():
            return name
        case Scalar(name, None, None, None):
            return name
        case Enum((str(value),)):
            return value
    return None


def _settled(kind: Type, repair: Repair, known: Collection[str]) -> Type:
    """`kind`, with a lower-case word that is no type read as a string."""
    if isinstance(kind, Array):
        return replace(kind, items=_settled(kind.items, repair, known))
    if not _is_word(kind, known):
        return kind
    repair(f"read the unknown type {kind.name!r} as string" if isinstance(kind, Ref) else "")
    return Scalar("string")


def _alike(literals: list[str | int | float | bool]) -> list[str | int | float | bool]:
    """The literals, as strings where they are a mixture of strings and other things."""
    kinds = {type(value) for value in literals}
    return list(literals) if str not in kinds or len(kinds) == 1 else [str(value) for value in literals]


def _unquoted(match: re.Match[str]) -> str:
    text = match[0]
    if text[0] == '"':
        try:
            return str(json.loads(text))
        except ValueError:
            pass
    return text[1:-1].replace("\\" + text[0], text[0])


def _number(text: str) -> Number:
    value = float(text)
    return int(value) if value.is_integer() and "." not in text and "e" not in text.lower() else value


def _bare_value(text: str) -> Value:
    words: dict[str, Value] = {"true": True, "false": False, "null": None}
    if text.lower() in words:
        return words[text.lower()]
    return _number(text) if _NUMBER.fullmatch(text) else text
