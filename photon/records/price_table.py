"""A table of prices as it stands in a file: the shipped one, and the user's own, which is checked line by line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from photon.errors import ConfigurationError

if TYPE_CHECKING:
    from photon.settings.document import Document

SHIPPED: Final = Path(__file__).parent.parent / "data" / "prices.toml"
_MOST: Final = 1_000_000
"""USD for a million tokens; more is a slip of the pen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """USD for a million tokens. cached_input: of the prompt tokens that the provider had in its own prompt cache, None
    where they cost what the others do. up_to: the longest prompt, in tokens, for which it holds, None where for any.
    """

    input: float
    output: float
    cached_input: float | None = None
    up_to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One price in a table. read_on: when it was read at `source`, a URL. until: the last day on which it holds.

    own: it stands in the user's own file, where the day and the source may be missing.
    """

    host: str
    model: str
    price: Price
    read_on: date | None = None
    source: str = ""
    note: str = ""
    until: date | None = None
    own: bool = False

    @property
    def holds(self) -> bool:
        """Whether it is in force today."""
        return self.until is None or date.today() <= self.until


@cache
def shipped_rows() -> tuple[Row, ...]:
    """The prices that come with Photon, read once: 2 ms (measured)."""
    import tomllib

    tables = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["price"]
    return tuple(_row(table, own=False) for table in tables)


@cache
def own_rows(file: str) -> tuple[Row, ...]:
    """The prices of the user's own `file`, read once; one without a folder lies beside the user's settings.

    Raises ConfigurationError naming the file, and the line and the key in it.
    """
    from photon.settings.document import read
    from photon.settings.paths import config_dir

    path = config_dir() / Path(file).expanduser()
    if not path.exists():
        raise ConfigurationError(
            f"{path}: there is no such file of prices", hint="write it, or take ai.record.prices out of the settings"
        )
    return tuple(_row(table, own=True) for table in _checked(read(path)))


def _row(table: Mapping[str, Any], *, own: bool) -> Row:
    price = Price(
        input=float(table["input"]),
        output=float(table["output"]),
        cached_input=float(table["cached_input"]) if "cached_input" in table else None,
        up_to=table.get("up_to"),
    )
    return Row(
        host=table["host"].casefold(),
        model=table["model"],
        price=price,
        read_on=table.get("date"),
        source=table.get("source", ""),
        note=table.get("note", ""),
        until=table.get("until"),
        own=own,
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _MOST


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_day(value: object) -> bool:
    return type(value) is date  # a datetime is a date, too


_KEYS: Final[Mapping[str, tuple[Callable[[object], bool], str]]] = {
    "host": (_is_text, 'the name of a host, such as "api.openai.com"'),
    "model": (_is_text, 'the id of a model, or "*" for all others of the host'),
    "input": (_is_amount, "USD for a million tokens, such as 0.75"),
    "output": (_is_amount, "USD for a million tokens, such as 4.5"),
    "cached_input": (_is_amount, "USD for a million tokens, such as 0.075"),
    "up_to": (_is_count, "a whole number of tokens"),
    "until": (_is_day, "a date without quotes, such as 2026-12-31"),
    "date": (_is_day, "a date without quotes, such as 2026-03-18"),
    "source": (_is_text, "the address of the price list"),
    "note": (_is_text, "a line of text"),
}
_NEEDED: Final = ("host", "model", "input", "output")


def _checked(document: Document) -> Iterator[Mapping[str, Any]]:
    """The tables of `document`, each with all that is needed and nothing that is not known."""
    for key, tables in document.values.items():
        if key != "price" or not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise _wrong(document, None, key, f"{key} is not known here", "each price is a table [[price]]")
        for place, table in enumerate(tables):
            _check_row(document, place, table)
            yield table


def _check_row(document: Document, place: int, table: Mapping[str, Any]) -> None:
    from photon.settings.validate import did_you_mean

    for key, value in table.items():
        if key not in _KEYS:
            raise _wrong(document, place, key, f"{key} is not known here", did_you_mean(key, _KEYS, ", ".join(_KEYS)))
        fits, wanted = _KEYS[key]
        if not fits(value):
            raise _wrong(document, place, key, f"{key} must be {wanted}")
    for key in _NEEDED:
        if key not in table:
            raise _wrong(document, place, "", f"{key} is missing", f"{key} is {_KEYS[key][1]}")


def _wrong(document: Document, place: int | None, key: str, what: str, hint: str = "") -> ConfigurationError:
    """place: of the [[price]], counted from 0. The line is that of the key in it, of its header where there is no key."""
    lines = list(enumerate(document.text.splitlines(), 1))
    headers = [number for number, line in lines if re.match(r"\s*\[\[\s*[\"']?price[\"']?\s*]]", line)]
    begin = headers[place] if place is not None and place < len(headers) else 0
    named = (number for number, line in lines[begin:] if key and re.search(rf"\b{re.escape(key)}\b", line.partition("#")[0]))
    return ConfigurationError(f"{document.path}:{next(named, begin or 1)}: {what}", hint=hint)
