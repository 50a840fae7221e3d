"""Notices that a small model runs in circles: within one object or one enum it says again and again what it has said."""

from __future__ import annotations

LOOP = 2
"""So many repetitions in one object or enum are a loop; a single one is a slip, of which the first wins. Of the
shipped model's answers to 160 requests eight had such slips and two ended in a loop, of a field's and of an enum's."""


class LoopWatch:
    """Reads one line character by character, so that it makes no difference in which pieces it comes."""

    def __init__(self) -> None:
        self._objects: list[_Said] = []
        self._enums = [_Said()]
        self._word = ""
        self._word_ended = False
        self._in_default = False
        self._quote = ""
        self._before = ""

    def feed(self, text: str) -> int | None:
        """How many characters of `text` to keep when it closes a loop, else None."""
        for place, char in enumerate(text, start=1):
            if self._quote:
                self._read_quoted(char)
            elif self._read(char):
                return place
            self._before = "" if self._before == "\\" else char
        return None

    def _read_quoted(self, char: str) -> None:
        if self._before == "\\":
            self._word += char
        elif char == self._quote and (char != ")" or self._before == "/"):
            self._quote, self._word_ended = "", True
            if char == ")":
                self._read(char)
        else:
            self._word += char

    def _read(self, char: str) -> bool:
        """Whether `char` closes a loop."""
        if char in "\"'`":
            self._quote, self._word = char, ""
        elif char == "/" and self._before == "(":
            self._quote = ")"  # a pattern ends with these two characters
        elif char in "(<":
            self._enums.append(_Said())
            self._word = ""
        elif char in ")>":
            self._enums = self._enums[:-1] or [_Said()]
        elif char in "{},;:|=":
            return self._read_mark(char)
        elif char.isspace() or char == "?":
            self._word_ended = True
        else:
            self._word = char if self._word_ended else self._word + char
            self._word_ended = False
        return False

    def _read_mark(self, char: str) -> bool:
        word, self._word, self._word_ended = self._word, "", False
        looped = False
        if char == "|":
            looped = self._enums[-1].again(word)
        elif char == ":" and self._objects and not self._in_default:
            looped = self._objects[-1].again(word)
        if char != "|":
            self._enums[-1] = _Said()
        if char == "{":
            self._objects.append(_Said())
        elif char == "}" and self._objects:
            self._objects.pop()
        self._in_default = char == "=" or (self._in_default and char == ":")
        return looped


class _Said:
    """The names in one object, or the values of one enum."""

    def __init__(self) -> None:
        self._words: set[str] = set()
        self._repeated = 0

    def again(self, word: str) -> bool:
        """Whether it is a loop with this word."""
        self._repeated += word in self._words
        self._words.add(word)
        return self._repeated >= LOOP
