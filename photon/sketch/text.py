"""Strings of the notation, and what a model may put into them: text that is shown on a terminal and written to files."""

from __future__ import annotations

import json
import re
import warnings

STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'')
"""A quoted string, in JSON's spelling or in single quotes."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")

_NOT_ASCII = re.compile(r"[^\n\x20-\x7e]")
"""What may be invisible; nearly all of a document is known not to be by this alone."""


def clean(text: str) -> str:
    """`text` without what a terminal obeys but does not show: control characters but for tabs and line ends, and changes of
    the direction of writing. Lone surrogates, which nothing can encode, are replaced."""
    if any("\ud800" <= char <= "\udfff" for char in text):  # a pair may have come in two pieces
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROL.sub("", text)


def one_line(text: str) -> str | None:
    """`text` without line ends, doubled spaces and enclosing quotes; None where nothing is left."""
    text = text.strip()
    if STRING.fullmatch(text):
        text = unquoted(text)
    return " ".join(text.split()) or None


def identifier(text: str) -> str | None:
    """``get-user`` as getUser, from the first letter on; None where there is none."""
    first, *rest = re.findall(r"\w+", text.lstrip("0123456789 "), re.ASCII) or [""]
    return (first + "".join(word[0].upper() + word[1:] for word in rest)).lstrip("0123456789") or None


def compiles(pattern: str) -> bool:
    """Whether `pattern` is a regular expression, as far as Python knows."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return True


def unquoted(text: str) -> str:
    """What a match of STRING says, without control characters."""
    if text[0] == '"':
        try:
            return clean(str(json.loads(text, strict=False)))
        except ValueError:
            pass
    return clean(text[1:-1].replace("\\" + text[0], text[0]))


def quoted(text: str) -> str:
    """`text` as a JSON string in which everything that cannot be seen is escaped."""
    return escaped(json.dumps(text, ensure_ascii=False))


def escaped(text: str) -> str:
    """JSON text in which everything that cannot be seen (and is no line end) is escaped, as JSON's strings allow."""
    return _NOT_ASCII.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    return found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1]
