"""Edits of very long lines as people can read them: what stands around each, and what is new spread over several lines.

A minified document is one line. Its diff is right as a patch, and of no use to anybody who looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from photon.openapi.splice.edits import Edit

LONG: Final = 500
"""Characters of a line from which on it is shown in excerpts: six rows of a terminal."""
_AROUND: Final = 60
"""Characters that are shown before and behind a change."""
_SHORT: Final = 60
"""Characters of a collection without others in it that stays on one line."""
_DEEPEST: Final = 20
"""Levels that are told apart by their indentation."""
_STRING: Final = r'"(?:\\.|[^"\\])*"' + "|" + r"(?<!\w)'(?:[^']|'')*'"
_TOKEN: Final = re.compile(
    rf"[\[{{](?:{_STRING}|[^\[\]{{}}\"']){{0,{_SHORT}}}[\]}}]|{_STRING}|[\[\]{{}},]|[^\[\]{{}},\"']+|.", re.DOTALL
)


def excerpts(text: str, edits: Sequence[Edit]) -> Iterator[str]:
    """Each edit with a sign as in a unified diff: the text around it, what goes (``-``) and what comes (``+``). Not a patch."""
    for edit in edits:
        start, end = text.rfind("\n", 0, edit.start) + 1, text.find("\n", edit.end)
        before = text[max(start, edit.start - _AROUND) : edit.start]
        behind = text[edit.end : min(len(text) if end < 0 else end, edit.end + _AROUND)]
        yield f" {'…' if edit.start - start > _AROUND else ''}{before}"
        yield from (f"-{line}" for line in _lines(text[edit.start : edit.end]))
        yield from (f"+{line}" for line in _lines(edit.text))
        yield f" {behind}{'…' if (len(text) if end < 0 else end) - edit.end > _AROUND else ''}"


def _lines(text: str) -> list[str]:
    """Prose and what has lines of its own stay as they are."""
    is_structure = len(text) > _AROUND and not {"{", "["}.isdisjoint(text)
    return spread(text) if is_structure and "\n" not in text else text.split("\n") if text else []


def shortened(line: str) -> str:
    """A line of a diff that is there to show where one is."""
    return line if len(line) <= LONG else f"{line[: 2 * _AROUND]}… ({len(line) - 1:,} characters)"


def spread(text: str) -> list[str]:
    """What stands on one line, in braces and brackets, as several lines; only white space is another. Nothing of nothing.

    Works for any part of a document: brackets need not be closed.
    """
    lines, depth = [""], 0
    for token in _TOKEN.findall(text.replace("\n", " ")):
        if token in ("{", "["):
            depth += 1
            lines[-1] += token
            lines.append(_pad(depth))
        elif token in ("}", "]"):
            depth = max(0, depth - 1)
            lines.append(_pad(depth) + token)
        elif token == "," and lines != [""]:
            lines[-1] += token
            lines.append(_pad(depth))
        else:
            lines[-1] += token if lines[-1].strip() else token.lstrip()
    return [line for line in lines if line.strip()]


def _pad(depth: int) -> str:
    return "  " * min(depth, _DEEPEST)
