"""Makes a default value fit its type, so that a rendered schema never contradicts itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time
from math import isfinite

from photon.sketch.model import Array, Default, Enum, Map, Nullable, Object, Ref, Scalar, Type, Union, Value


def fit_default(value: Value, kind: Type, repair: Callable[[str], None]) -> Default | None:
    """The default for a field of type `kind`, coerced where certain; None (and a repair) where it cannot be of that type."""
    for candidate in _readings(value):
        if _fits(candidate, kind):
            if candidate is not value:
                repair(f"read the default {value!r} as {candidate!r}")
            return Default(candidate)
    repair(f"dropped the default {value!r}, which is not of the type")
    return None


def _readings(value: Value) -> tuple[Value, ...]:
    """What a literal may have meant: itself, then a string read as a number or a boolean, then anything as a string."""
    if isinstance(value, str):
        return (value, *_scalars_in(value))
    if value is None or isinstance(value, tuple):
        return (value,)
    return (value, str(value).lower() if isinstance(value, bool) else str(value))


def _scalars_in(text: str) -> tuple[Value, ...]:
    if text.lower() in ("true", "false"):
        return (text.lower() == "true",)
    try:
        number = float(text)
    except ValueError:
        return ()
    if not isfinite(number):
        return ()
    return (int(number),) if number.is_integer() and "." not in text else (number,)


def _fits(value: Value, kind: Type) -> bool:
    match kind:
        case Nullable(inner):
            return value is None or _fits(value, inner)
        case Enum(values):
            return any(value == each and type(value) is type(each) for each in values)
        case Array(_, minimum, _):
            return value == () and isinstance(value, tuple) and not minimum
        case Union(members):
            return sum(_fits(value, member) for member in members) == 1
        case Scalar():
            return _fits_scalar(value, kind)
        case Ref() | Object() | Map():
            return False


def _fits_scalar(value: Value, kind: Scalar) -> bool:
    low = float("-inf") if kind.minimum is None else kind.minimum
    high = float("inf") if kind.maximum is None else kind.maximum
    if kind.name == "any":
        return True
    if kind.name == "bool":
        return isinstance(value, bool)
    if kind.name in ("int", "number"):
        wanted = int if kind.name == "int" else (int, float)
        return isinstance(value, wanted) and not isinstance(value, bool) and low <= value <= high
    if kind.name in ("object", "binary"):
        return False
    return isinstance(value, str) and low <= len(value) <= high and kind.pattern is None and _well_formed(value, kind.name)


def _well_formed(value: str, name: str) -> bool:
    """Formats that a validator checks: a default such as 'now' for a datetime is not a datetime."""
    pattern = _FORMATS.get(name)
    if pattern and not pattern.fullmatch(value):
        return False
    return name not in _PARSERS or _parses(_PARSERS[name], value)


def _parses(parse: Callable[[str], object], value: str) -> bool:
    try:
        parse(value)
    except ValueError:
        return False
    return True


def _ipv6(value: str) -> object:
    from ipaddress import IPv6Address

    return IPv6Address(value)


_DATE = r"\d{4}-\d\d-\d\d"
_TIME = r"\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)"
_BYTE = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_FORMATS = {
    name: re.compile(pattern, re.ASCII)
    for name, pattern in {
        "date": _DATE,
        "datetime": rf"{_DATE}[Tt]{_TIME}",
        "time": _TIME,
        "uuid": r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
        "ipv4": rf"{_BYTE}(?:\.{_BYTE}){{3}}",
        "ipv6": r"[0-9A-Fa-f:.]+",
        "email": r"[^@\s]+@[^@\s]+",
        "uri": r"[A-Za-z][A-Za-z0-9+.-]*:\S*",
        "bytes": r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
        "duration": r"P(?!$)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?!$)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)",
    }.items()
}
"""The formats of JSON Schema (validation, section 7.3), which are RFC 3339's, 4122's, 2673's and 3986's; base64 is 4648's."""
_PARSERS: dict[str, Callable[[str], object]] = {
    "date": datetime.fromisoformat,
    "datetime": lambda value: datetime.fromisoformat(value.upper()),
    "time": lambda value: time.fromisoformat(value.upper()),
    "ipv6": _ipv6,
}
