"""A JSON document on its way out: laid out for people in a terminal, one line in a pipe."""

from __future__ import annotations

import json
import re
from typing import Final

from photon.cli.terminal import Terminal
from photon.routing.structured import read_document
from photon.sketch.text import escaped

_TOKEN: Final = re.compile(r'(?P<string>"(?:[^"\\]|\\.)*")(?P<colon>:)?|(?P<other>-?\d[\d.eE+-]*|true|false|null)')
_KEY, _STRING, _OTHER, _END = "\x1b[34m", "\x1b[32m", "\x1b[35m", "\x1b[0m"


class Sheet:
    """Takes a whole document. In a pipe it becomes one line with every number and string as the model wrote it, so that
    answers can be put below each other in a .jsonl file whoever gave them."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def feed(self, text: str) -> None:
        """Write the document `text`."""
        if text:
            self._terminal.write(self._laid_out(text) + "\n")

    def finish(self) -> None:
        """Nothing is held back."""

    def _laid_out(self, text: str) -> str:
        document = read_document(text)
        if not self._terminal.interactive:
            return escaped(document.line)
        laid_out = escaped(json.dumps(document.data, indent=2, ensure_ascii=False))
        return _TOKEN.sub(_coloured, laid_out) if self._terminal.colour else laid_out


def _coloured(token: re.Match[str]) -> str:
    colour = _OTHER if token["other"] else _KEY if token["colon"] else _STRING
    return f"{colour}{token['other'] or token['string']}{_END}{token['colon'] or ''}"
