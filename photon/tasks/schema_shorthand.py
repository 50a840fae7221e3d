"""A JSON Schema in one line, such as ``name, age int, bio: one sentence``.

The notation is that of `llm` (https://llm.datasette.io/en/stable/schemas.html). Fields are separated by commas, or by line
breaks where there are any. Each is a name, a type (str where none is named) and, behind a colon, what the field means. Beyond
`llm`, a type may end in ``[]`` for a list of it, and a name in ``?`` for a field that may be missing.
"""

from __future__ import annotations

import re
from typing import Any, Final

from photon.errors import UsageError
from photon.settings.validate import did_you_mean

_TYPES: Final = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
_FIELD: Final = re.compile(
    r"(?P<name>[^\s:?]+)(?P<optional>\?)?(?:\s+(?P<type>[^\s:\[\]]+)(?P<lists>(?:\[\])*))?\s*(?::(?P<means>.*))?"
)
_HINT: Final = "fields look like: name, age int, tags str[], bio: one sentence"


def shorthand(text: str) -> dict[str, Any]:
    """The schema of a closed object. Raises UsageError for a field that cannot be read, or that is there twice."""
    fields = [field.strip() for field in text.split("\n" if "\n" in text.strip() else ",")]
    schema: dict[str, Any] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    for field in filter(None, fields):
        match = _FIELD.fullmatch(field)
        if match is None:
            raise UsageError(f"the field {field!r} of the schema cannot be read", hint=_HINT)
        name = match["name"]
        if name in schema["properties"]:
            raise UsageError(f"the schema has the field {name!r} twice", hint=_HINT)
        schema["properties"][name] = _property(match)
        if not match["optional"]:
            schema["required"].append(name)
    if not schema["properties"]:
        raise UsageError("the schema has no fields", hint=_HINT)
    return schema


def _property(match: re.Match[str]) -> dict[str, Any]:
    word = match["type"] or "str"
    if word not in _TYPES:
        raise UsageError(f"{word!r} is not a type of a schema's field", hint=did_you_mean(word, _TYPES, _HINT))
    made: dict[str, Any] = {"type": _TYPES[word]}
    for _ in range((match["lists"] or "").count("[]")):
        made = {"type": "array", "items": made}
    means = (match["means"] or "").strip()
    return made | ({"description": means} if means else {})
