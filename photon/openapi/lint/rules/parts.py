"""The parts of an object as long as they have the right type: a document may hold anything anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_NOTHING: Final[Mapping[str, Any]] = {}
_NO_ITEMS: Final[tuple[Any, ...]] = ()


def mapping_in(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """``value[key]``, empty where there is none or it is no mapping."""
    found = value.get(key)
    return found if isinstance(found, dict) else _NOTHING


def list_in(value: Mapping[str, Any], key: str) -> list[Any] | tuple[Any, ...]:
    """``value[key]``, empty where there is none or it is no list."""
    found = value.get(key)
    return found if isinstance(found, list) else _NO_ITEMS


def text_in(value: Mapping[str, Any], key: str) -> str:
    """``value[key]``, empty where there is none or it is no string."""
    found = value.get(key)
    return found if isinstance(found, str) else ""


def types_of(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of its types, of which OpenAPI 3.1 allows several; 'null' among them where it is nullable."""
    found = schema.get("type")
    names = (found,) if isinstance(found, str) else tuple(item for item in list_in(schema, "type") if isinstance(item, str))
    return (*names, "null") if names and schema.get("nullable") is True else names


def same(one: Any, other: Any) -> bool:
    """Whether two values of a document are equal as JSON has it: 1 and 1.0 are, 1 and true are not."""
    return bool(frozen(one) == frozen(other))


def frozen(value: Any) -> Any:
    """A value that is equal to that of another exactly where JSON has them equal, and can be hashed.

    What is nested more than 20 levels deep is told apart by identity.
    """
    return _frozen(value, 20)


def _frozen(value: Any, depth: int) -> Any:
    if isinstance(value, bool | str) or value is None:
        return type(value).__name__, value
    if isinstance(value, int | float):
        return "number", value
    if depth == 0:
        return "object", id(value)
    if isinstance(value, Mapping):
        return "mapping", frozenset((key, _frozen(item, depth - 1)) for key, item in value.items())
    return "list", tuple(_frozen(item, depth - 1) for item in value)
