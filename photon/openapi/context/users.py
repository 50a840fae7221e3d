"""Which operations use a component schema, also where it stands inside of another one."""

from __future__ import annotations

import re

from photon.openapi.context.used import named, used
from photon.openapi.spec import Spec, SpecOperation

_NAME = re.compile(r"[A-Za-z][\w.-]*\w", re.ASCII)
_MOST = 3
"""Names in one question that are looked up."""


def users(spec: Spec, question: str) -> dict[str, tuple[SpecOperation, ...]]:
    """The operations that send or answer each component schema that `question` names exactly as it is written, by its name.

    A name that is a plain word (``order``) counts only where the question says that it means a schema.
    """
    schemas = spec.components("schemas")
    says_schema = re.search(r"\b(?:schema|component|model|type)s?\b", question, re.IGNORECASE) is not None
    asked = [name for name in dict.fromkeys(_NAME.findall(question)) if name in schemas and (says_schema or not name.islower())]
    if not asked:
        return {}
    inside = {name: set(named(schema)) for name, schema in schemas.items()}
    direct = [(each, {*(found := used(spec, each)).matter, *found.failures}) for each in spec.operations]
    wanted = ((name, _holders(name, inside)) for name in asked[:_MOST])
    return {name: tuple(each for each, its in direct if its & holders) for name, holders in wanted}


def _holders(name: str, inside: dict[str, set[str]]) -> set[str]:
    """The schemas that have `name` inside, however deep, and itself."""
    found, new = {name}, {name}
    while new:
        new = {holder for holder, inner in inside.items() if inner & new} - found
        found |= new
    return found
