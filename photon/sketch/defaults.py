"""Makes a default value fit its type, so that a rendered schema never contradicts itself."""

from __future__ import annotations

from collections.abc import Callable
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
            return any(_fits(value, member) for member in members)
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
    if name in ("date", "datetime", "time", "uuid", "ipv4", "ipv6", "email", "uri", "duration"):
        return _PARSERS[name](value)
    return True


def _parses(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        try:
            parse(value)
        except ValueError:
            return False
        return True

    return check


def _date(value: str) -> object:
    from datetime import date

    return date.fromisoformat(value)


def _datetime(value: str) -> object:
    from datetime import datetime

    if "T" not in value.upper():
        raise ValueError(value)
    return datetime.fromisoformat(value)


def _time(value: str) -> object:
    from datetime import time

    return time.fromisoformat(value)


def _uuid(value: str) -> object:
    from uuid import UUID

    return UUID(value)


def _ip(value: str) -> object:
    from ipaddress import ip_address

    return ip_address(value)


_PARSERS: dict[str, Callable[[str], bool]] = {
    "date": _parses(_date),
    "datetime": _parses(_datetime),
    "time": _parses(_time),
    "uuid": _parses(_uuid),
    "ipv4": _parses(_ip),
    "ipv6": _parses(_ip),
    "email": lambda value: "@" in value,
    "uri": lambda value: ":" in value,
    "duration": lambda value: value.startswith("P"),
}
