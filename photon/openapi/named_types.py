"""What a field is by its name, where nobody says it: ``createdAt`` is a date and time, ``roles`` are strings."""

from __future__ import annotations

from photon.openapi.naming import is_plural, singular, words
from photon.sketch.model import Array, Scalar, Type

_BY_LAST_WORD = {
    word: name
    for name, listed in {
        "email": "email mail",
        "uri": "url uri link website homepage avatar logo thumbnail picture href webhook",
        "datetime": "at timestamp datetime",
        "date": "date birthday dob birthdate",
        "bool": "active enabled disabled verified archived deleted online remote public private vaccinated available paid "
        "required completed done locked visible hidden featured",
        "int": "count quantity qty age year stock capacity servings pages mileage floor seats attempts uses minutes seconds "
        "hours days level position page size limit offset version bytes rank",
        "number": "price amount total subtotal cost fee tax balance salary rate percentage percent latitude longitude lat lng "
        "lon temperature humidity weight height width length depth gpa score discount distance area pressure speed altitude "
        "volume budget revenue",
        "password": "password passphrase",
        "ipv4": "ip ipv4",
        "uuid": "id uuid guid",
        "duration": "duration",
        "object": "metadata meta attributes properties settings preferences options address",
    }.items()
    for word in listed.split()
}
_BY_FIRST_WORD = {"is": "bool", "has": "bool", "can": "bool", "max": "int", "min": "int", "num": "int"}
_ENDINGS: dict[tuple[str, ...], str] = {
    ("ip", "address"): "ipv4",
    ("mac", "address"): "string",
    ("email", "address"): "email",
    ("last", "seen"): "datetime",
    ("zip", "code"): "string",
}
_CERTAIN = frozenset(
    """
    at timestamp email url uri latitude longitude price salary temperature humidity age quantity password uuid active enabled
    """.split()
)
"""Last words that never name a string of words: there even a model that says so is wrong."""


def type_by_name(name: str) -> Type:
    """The type that a field called `name` most probably has; string where its name does not tell."""
    found = words(name)
    if kind := _scalar_by_words(found):
        return Scalar(kind)
    if found and is_plural(found[-1]):
        inner = type_by_name(singular(found[-1]))
        return Array(inner if inner != Scalar("bool") else Scalar("string"))
    return Scalar("string")


def _scalar_by_words(found: list[str]) -> str | None:
    if ending := _ENDINGS.get(tuple(found[-2:])):
        return ending
    if found[:2] == ["date", "of"]:
        return "date"
    if found and found[-1] in _BY_LAST_WORD:
        return _BY_LAST_WORD[found[-1]]
    if len(found) > 1 and found[0] in _BY_FIRST_WORD:
        return _BY_FIRST_WORD[found[0]]
    return "bool" if _is_state(found) else None


def _is_state(found: list[str]) -> bool:
    """``acknowledged``, ``signed``: what is so or is not; 'speed' and 'seed' are none."""
    return len(found) == 1 and len(found[0]) > 5 and found[0].endswith("ed") and not found[0].endswith("eed")


def is_certain(name: str) -> bool:
    """Whether the name leaves no doubt that the field is no plain string."""
    found = words(name)
    if found[:2] == ["date", "of"] or _is_state(found):
        return True
    return bool(found) and (found[-1] in _CERTAIN or _ENDINGS.get(tuple(found[-2:]), "string") != "string")
