"""Lines and columns of a text, by offsets."""

from __future__ import annotations

import re


def line_start(text: str, at: int) -> int:
    """Where the line that holds `at` begins."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Where the line that holds `at` ends, before its line end."""
    found = text.find("\n", at)
    end = len(text) if found < 0 else found
    return end - 1 if end > at and text[end - 1] == "\r" and found >= 0 else end


def next_line(text: str, at: int) -> int:
    """Where the line after that of `at` begins; the end of the text where there is none."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def column_of(text: str, at: int) -> int:
    """The characters of the line before `at`."""
    return at - line_start(text, at)


def before_on_line(text: str, at: int) -> str:
    """The text of the line before `at`."""
    return text[line_start(text, at) : at]


def is_alone(text: str, at: int) -> bool:
    """Whether nothing but white space stands before `at` on its line. Looks no further than that: lines may be 20 MB long."""
    while at > 0 and text[at - 1] in " \t":
        at -= 1
    return at == 0 or text[at - 1] == "\n"


def blank_of(line: str) -> str:
    """The white space at the beginning of a line."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def line_starts(text: str) -> list[int]:
    """The offset of the beginning of each line, as git counts them: a line ends with LF, whatever stands before it."""
    return [0, *(match.end() for match in re.finditer("\n", text))]
