"""What a line of English says about a field by its name: ``executionDate (date, optional)``, ``period daily|weekly``.

A reader of clauses, not of language: it follows a field's name to the end of its clause and knows a few words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r"[A-Za-z0-9_$@]+(?:[.:-][A-Za-z0-9_]+)*|[^\s]")
_ENDS = frozenset(",;.?!{}")
_JOINS = frozenset("and & + plus with then returns returning gives > if when for on unless".split())
_KEYWORDS = frozenset(
    """
    optional required default defaults to is an a the of or and array list string strings int ints integer number bool boolean
    date datetime date-time time uuid email uri url object nullable max min maximum minimum e.g i.e eg ie etc decimal float text
    """.split()
)
_FILLERS = frozenset("body query header param params fields field by has have takes take set sets just includes".split())
_OPENERS = frozenset("enum one either can may must in of be is : = as from the to values".split())
_LISTS = frozenset("enum one either can values".split())
"""Openers after which a list of single words needs no 'or'."""
_CONDITIONS = frozenset(("if", "when", "for", "on", "unless"))
_NEAR, _LONG = 3, 14
"""How many words may stand between a name and its brackets, and how many belong to its clause at most."""
_SCALARS = {"int": "int", "ints": "int", "integer": "int", "uuid": "uuid", "date": "date"}
_SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+$")
_OTHERS = re.compile(r"_|\b(?:webhooks?|callbacks?|oauth2?|oidc|rfc|token|introspect|revoke)\b", re.IGNORECASE)
"""A request in snake_case, or about somebody else's format, whose names are not ours to spell."""
_OAUTH = frozenset(("access_token", "refresh_token", "id_token", "token_type", "expires_in", "client_id", "client_secret"))
"""Names that RFC 6749 and OpenID Connect spell so, and that a sign-in may use without saying it."""
_VALUE = re.compile(r"^[A-Za-z0-9][\w.:-]*$")


@dataclass(frozen=True, slots=True)
class Said:
    """What is said about one field. optional: None where nothing is. default: the word as written. values: of an enum, in
    order. grouped: the values stand in brackets or with bars or slashes, so that they cannot be something else. scalar: the
    type in the notation's spelling.
    """

    optional: bool | None = None
    default: str | None = None
    values: tuple[str, ...] = ()
    grouped: bool = False
    scalar: str | None = None


class Wording:
    """The tokens of one request. keeps_case: names that it does not mention stay as the model spelled them."""

    def __init__(self, text: str, *, keeps_case: bool = False) -> None:
        self._tokens: list[str] = _TOKEN.findall(text)
        self._places: dict[str, list[int]] = {}
        for place, token in enumerate(self._tokens):
            self._places.setdefault(_folded(token), []).append(place)
        self._keeps_case = keeps_case or _OTHERS.search(text) is not None

    def spelling(self, name: str) -> str:
        """`name` in the case that the user typed; where the user typed none, in camelCase.

        Not where the request is in another style, or about somebody else's format.
        """
        typed = {self._tokens[place] for place in self._places.get(_folded(name), ())}
        cased = [token for token in typed if "_" in token or re.search(r"[a-z][A-Z]", token)]
        if len(cased) == 1 and name not in typed and re.fullmatch(r"\w+", cased[0]):
            return cased[0]
        foreign = name in typed or name in _OAUTH or not _SNAKE.match(name)
        return name if foreign or self._keeps_case else _camel(name)

    def about(self, name: str) -> Said:
        """What is said about the field `name`; of several mentions, the first that says a thing counts."""
        said = [self._at(place) for place in self._mentions(name)]
        values = next((each for each in said if each.values), Said())
        return Said(
            optional=next((each.optional for each in said if each.optional is not None), None),
            default=next((each.default for each in said if each.default is not None), None),
            values=values.values,
            grouped=values.grouped,
            scalar=next((each.scalar for each in said if each.scalar), None),
        )

    def _at(self, place: int) -> Said:
        clause, group, ended_by = self._clause(place + 1)
        before = self._tokens[place - 1].lower() if place else ""
        if before in ("?", "&"):  # in a query string, after which a sentence may begin without a comma
            return Said(None, None, *self._values(place + 1, []))
        optional = _presence(group) if _presence(group) is not None else _presence(clause[: _NEAR + 1])
        if optional is False and ended_by in _CONDITIONS:
            optional = None
        if before == "optional":
            optional = True
        values, grouped = self._values(place + 1, group)
        return Said(optional, _default(clause, group), values, grouped, _scalar(clause or group))

    def _mentions(self, name: str) -> list[int]:
        """Where `name` is mentioned; without those that are the end of a longer name ('parent code'), if there are others."""
        places = self._places.get(_folded(name), [])
        alone = [place for place in places if not place or not self._is_part_of_a_name(self._tokens[place - 1])]
        return alone or places

    def _is_part_of_a_name(self, token: str) -> bool:
        return token.isalpha() and token.lower() not in _JOINS | _KEYWORDS | _FILLERS

    def _clause(self, start: int) -> tuple[list[str], list[str], str]:
        """(the tokens up to the end of the clause, those in round brackets near its beginning, the token that ends it)."""
        clause: list[str] = []
        group: list[str] = []
        depth = 0
        ended_by = ""
        for token in self._tokens[start : start + 60]:
            depth += (token == "(") - (token == ")")
            if depth < 0 or (depth == 0 and (token in _ENDS or token.lower() in _JOINS or len(clause) > _LONG)):
                ended_by = token.lower()
                break
            if depth and len(clause) <= _NEAR:
                group.append(token)
            elif not depth and token != ")":
                clause.append(token)
            elif token == ")" and _presence(group) is not None:
                break
        return clause, group[1:], ended_by

    def _values(self, start: int, group: list[str]) -> tuple[tuple[str, ...], bool]:
        inner = _listed([token for token in group if token.lower() not in ("enum", ":")])
        if len(inner) > 1:
            return inner, True
        rest = self._tokens[start : start + 60]
        announced = False
        while rest and rest[0].lower() in _OPENERS:
            announced = announced or rest[0].lower() in _LISTS
            rest = rest[1:]
        barred = _run(rest, ("/", "|"))
        return (barred, True) if len(barred) > 1 else (_sentence_list(rest, announced=announced), False)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _presence(tokens: list[str]) -> bool | None:
    """Whether the words make it optional; None where they do not say."""
    words = {token.lower() for token in tokens}
    if words & {"or", "all"}:
        return None
    if "optional" in words:
        return "not" not in words
    return "not" in words if "required" in words else None


def _folded(token: str) -> str:
    return token.replace("_", "").replace("-", "").lower()


def _scalar(words: list[str]) -> str | None:
    """The type right behind a name: ``opNo is int``."""
    first = next((word.lower() for word in words if word.lower() not in ("is", "an", "a", "as", ":")), "")
    return _SCALARS.get(first)


def _default(clause: list[str], group: list[str]) -> str | None:
    """The word after ``default``, ``defaults to``, ``default is``."""
    words = iter((*clause, *group))
    for word in words:
        if word.lower() in ("default", "defaults", "defaulting"):
            value = next((each for each in words if each.lower() not in ("to", "is", "of", "=", ":", '"', "'", "value")), None)
            return value if value and _VALUE.match(value) else None
    return None


def _listed(tokens: list[str]) -> tuple[str, ...]:
    """Single words with separators between them; nothing where anything else is among them."""
    values: list[str] = []
    for position, token in enumerate(_words_and_separators(tokens)):
        if position % 2:
            continue
        if token.lower() in _KEYWORDS or not _VALUE.match(token):
            return ()
        values.append(token)
    separators = list(_words_and_separators(tokens))[1::2]
    return tuple(values) if all(token.lower() in (",", "/", "|", "or", "and") for token in separators) else ()


def _words_and_separators(tokens: list[str]) -> Iterator[str]:
    """The tokens without quotes, and with ``, or`` as one separator."""
    bare = [token for token in tokens if token not in "\"'`"]
    for token, following in zip(bare, [*bare[1:], ""], strict=False):
        if not (token == "," and following.lower() in ("or", "and")):
            yield token


def _run(tokens: list[str], separators: tuple[str, ...]) -> tuple[str, ...]:
    """``a|b|c`` at the beginning of `tokens`."""
    values: list[str] = []
    for token in _words_and_separators(tokens):
        if (len(values) % 2 == 0 and _VALUE.match(token) and token.lower() not in _KEYWORDS) or (
            len(values) % 2 == 1 and token in separators
        ):
            values.append(token)
        else:
            break
    return tuple(values[::2]) if len(values) > 2 and len(values) % 2 else ()


def _sentence_list(tokens: list[str], *, announced: bool) -> tuple[str, ...]:
    """``lost, stolen or suspicious`` at the beginning of `tokens`: single words with separators, the last behind ``or``.

    An `announced` list ('one of a, b, c') that ends the sentence needs no ``or``.
    """
    words = list(_words_and_separators(tokens))
    values: list[str] = []
    last_separator = ""
    for value, separator in zip(words[::2], [*words[1::2], ""], strict=False):
        if not _VALUE.match(value) or value.lower() in _KEYWORDS:
            return ()
        values.append(value)
        if separator.lower() != "or" and (separator != "," or last_separator == "or"):
            break
        last_separator = separator.lower()
    ended = announced and len(values) > 1 and len(words) == 2 * len(values) - 1
    return tuple(values) if last_separator == "or" or ended else ()
