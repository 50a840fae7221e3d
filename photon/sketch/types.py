"""Reads the types of the notation: ``{ page?: int(1..) = 1, role?: "admin" | "member" }``, ``User[]``, ``map<int>``.

Forgiving where the meaning is certain: every such repair is reported through a callback. What cannot be read raises
`Unreadable` with what was expected.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from photon.sketch.defaults import fit_default
from photon.sketch.model import SCALARS, Array, Default, Enum, Field, Map, Number, Object, Ref, Scalar, Type
from photon.sketch.scan import NUMBER, Repair, Scanner, Unreadable, number
from photon.sketch.text import compiles, unquoted
from photon.sketch.unions import NULL, mended_words, united

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
MEASURED = frozenset(("string", "email", "uri", "password", "jwt", "bytes"))
_CONSTANTS: dict[str, Type] = {"true": Enum((True,)), "false": Enum((False,)), "null": NULL, "none": NULL, "None": NULL}

_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_FIELD_NAME = re.compile(r"""(?P<quoted>"(?:[^"\\\n]|\\.)+"|'(?:[^'\\\n]|\\.)+'|`[^`\n]+`)|(?P<bare>[^\s:?,;{}()"'`|=<>]+)""")
_UNQUOTED = re.compile(r"(?!\d+[eE][+-]?\d+\b)\d+[A-Za-z_][\w-]*", re.ASCII)
"""A value of an enum that is neither a number nor a name: 1m, 7d, 720p."""
_BRACKETS = re.compile(r"\[\s*\]")
_RANGE = re.compile(r"\(\s*(-?\d+(?:\.\d+)?)?\s*(\.\.\.?)?\s*(-?\d+(?:\.\d+)?)?\s*\)", re.ASCII)
_UNKNOWN_LIMITS = re.compile(r"\([^(){}\[\]\n]{0,60}\)")
_PATTERN = re.compile(r"\(\s*/((?:[^/\\\n]|\\.|/(?!\s*\)))*)/\s*\)")


_BODIES = frozenset(("none", "null", "empty", "binary", "text", "sse"))
"""Words that mean a kind of body, or that there is none, in either case, where a body's type could stand."""


def is_reserved(name: str) -> bool:
    """Whether `name` can never be read as a component's: the notation has another meaning for it."""
    return name in SCALARS or name in _SYNONYMS or name in _CAPITALISED or name in _CONSTANTS


def is_ambiguous(name: str) -> bool:
    """Whether a component of this name could be taken for something else: a word of the notation, or a kind of body."""
    return is_reserved(name) or name.lower() in _BODIES


def is_bare_name(name: str) -> bool:
    """Whether `name` can stand before a field's type without quotes."""
    match = _FIELD_NAME.fullmatch(name)
    return match is not None and match["bare"] is not None and name.isprintable() and not name.startswith(("...", "//", "#"))


class TypeReader(Scanner):
    """A recursive-descent reader over one logical line; `rest` is what has not been read yet."""

    def __init__(self, text: str, *, repair: Repair, known: Collection[str] = ()) -> None:
        super().__init__(text, repair=repair)
        self._depth = 0
        self._known = known

    def read_type(self) -> Type:
        """A whole type, unions included. Raises Unreadable."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _too_deep()
        members = [self._read_postfix()]
        while self.accept("|"):
            members.append(self._read_postfix())
        self._depth -= 1
        return united(mended_words(members, self._repair, self._known))

    def read_fields(self) -> tuple[Field, ...]:
        """``{ name?: TYPE = default "description", … }``. Raises Unreadable where it does not begin with a brace."""
        if not self.accept("{"):
            raise Unreadable("'{'")
        return self._fields_to("}")

    # -- fields -------------------------------------------------------------------------------------------------------

    def _fields_to(self, closer: str) -> tuple[Field, ...]:
        fields: dict[str, Field] = {}
        while not self.accept(closer):
            if self._at_end():
                self._repair(f"closed a {closer!r} that was left open")
                break
            field = self._read_field()
            if field is None:
                continue
            if field.name in fields:
                self._repair(f"dropped a second {field.name!r}")
            fields.setdefault(field.name, field)
        return tuple(fields.values())

    def _read_field(self) -> Field | None:
        """One field with its separator; None where there was only something to skip."""
        if self.accept(",") or self.accept(";"):
            return None
        match = self.match(_FIELD_NAME)
        if not match:
            self._repair(f"skipped {self._text[self._at]!r} between fields")
            self._at += 1
            return None
        if match["bare"] and match["bare"].startswith("..."):
            self._repair(f"dropped {match['bare']!r}")
            return None
        name = match["bare"] or unquoted(match["quoted"]) or "unnamed"
        field = self._read_field_type(name, optional=self.accept("?"))
        self.accept(",")
        return field

    def _read_field_type(self, name: str, *, optional: bool) -> Field:
        if not self.accept(":"):
            guess = name if name in SCALARS else "string"
            self._repair(f"read {name!r} without a type as {guess}")
            return Field(name, Scalar(guess), optional)
        kind = self.read_type()
        if self.accept("?"):
            optional = True
            self._repair(f"moved the '?' of {name!r} behind its name")
        description = self.read_text()
        default = self._read_default(kind)
        description = description or self.read_text() or None
        if default and not optional:
            self._repair(f"made {name!r} optional, because it has a default")
        return Field(name, kind, optional or default is not None, default, description)

    def _read_default(self, kind: Type) -> Default | None:
        if not self.accept("="):
            return None
        found, value = self._read_value()
        return fit_default(value, kind, self._repair) if found else None

    # -- types --------------------------------------------------------------------------------------------------------

    def _read_postfix(self) -> Type:
        kind = self._read_primary()
        levels = 0
        while True:
            if self.match(_BRACKETS):
                kind, levels = self._limited(Array(kind)), levels + 1
                if self._depth + levels > MAX_DEPTH:
                    raise _too_deep()
            elif isinstance(kind, Scalar | Array) and self._peek() == "(":
                before = self._at
                kind = self._limited(kind)
                if self._at == before:
                    return kind
            else:
                return kind

    def _read_primary(self) -> Type:
        if self.accept("{"):
            fields = self._fields_to("}")
            return Object(fields) if fields else Scalar("object")
        if self.accept("("):
            return self.closed(self.read_type(), ")")
        if self.accept("["):
            self._repair("read [T] as T[]")
            return Array(self.closed(self.read_type(), "]"))
        if literal := self._read_literal():
            return literal
        if match := self.match(_NAME):
            return self._named(match[0])
        raise Unreadable(f"a type, found {self.rest[:40]!r}" if self.rest else "a type, found the end of the line")

    def _read_literal(self) -> Enum | None:
        if (text := self.read_text()) is not None:
            return Enum((text,))
        if match := self.match(_UNQUOTED):
            self._repair(f"put quotes around {match[0][:40]!r}")
            return Enum((match[0],))
        match = self.match(NUMBER)
        return Enum((number(match[0]),)) if match else None

    def _named(self, name: str) -> Type:
        lower = name.lower()
        if lower in _ARRAYS | _MAPS and self.accept("<"):
            return self._generic(lower)
        if name in SCALARS:
            return Scalar(name)
        if name in _CONSTANTS and name not in self._known:
            return _CONSTANTS[name]
        return self._mended(name) if name not in self._known else Ref(name)

    def _mended(self, name: str) -> Type:
        """A component's name, unless it is how others call a type of the notation."""
        if synonym := _SYNONYMS.get(name) or _CAPITALISED.get(name):
            self._repair(f"read {name!r} as {synonym}")
            return Scalar(synonym)
        if name in _ARRAYS:
            self._repair(f"read {name!r} as any[]")
            return Array(Scalar("any"))
        return Ref(name)

    def _generic(self, name: str) -> Type:
        inner = self.read_type()
        if self.accept(","):
            inner = self.read_type()
        inner = self.closed(inner, ">")
        if name in _ARRAYS:
            self._repair("read Array<T> as T[]")
            return Array(inner)
        return Map(inner)

    def closed(self, kind: Type, closer: str) -> Type:
        """`kind`, with its closing bracket."""
        if not self.accept(closer):
            self._repair(f"closed a {closer!r} that was left open")
        return kind

    # -- limits -------------------------------------------------------------------------------------------------------

    def _limited(self, kind: Scalar | Array) -> Scalar | Array:
        """`kind` with the ``(1..5)``, ``(..64)`` or ``(/pattern/)`` that may follow it."""
        if isinstance(kind, Scalar) and (match := self.match(_PATTERN)):
            return self._patterned(kind, match[1])
        match = self.match(_RANGE)
        if not match:
            if self.match(_UNKNOWN_LIMITS):
                self._repair("dropped limits that cannot be read")
            return kind
        low, dots, high = match.groups()
        if not dots and low is not None:
            self._repair(f"read ({low}) as a maximum")
            low, high = None, low
        return self._ranged(kind, number(low) if low else None, number(high) if high else None)

    def _patterned(self, kind: Scalar, pattern: str) -> Scalar:
        if not compiles(pattern):
            self._repair("dropped a pattern that is not a regular expression")
            return kind
        if kind.name not in MEASURED:
            self._repair("dropped a pattern that this type cannot have")
            return kind
        return replace(kind, pattern=pattern)

    def _ranged(self, kind: Scalar | Array, low: Number | None, high: Number | None) -> Scalar | Array:
        if low is not None and high is not None and low > high:
            self._repair(f"swapped the limits {low}..{high}")
            low, high = high, low
        counted = isinstance(kind, Array) or kind.name in MEASURED
        if not counted and not (isinstance(kind, Scalar) and kind.name in _NUMERIC):
            self._repair("dropped limits that this type cannot have")
            return kind
        whole = counted or (isinstance(kind, Scalar) and kind.name == "int")
        if any((whole and isinstance(limit, float)) or (counted and (limit or 0) < 0) for limit in (low, high)):
            self._repair("dropped limits that this type cannot have")
            return kind
        return replace(kind, minimum=low, maximum=high)  # type: ignore[arg-type] # a whole number where it counts items


def _too_deep() -> Unreadable:
    return Unreadable(f"at most {MAX_DEPTH} levels of nesting")
