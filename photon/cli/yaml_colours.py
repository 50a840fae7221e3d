"""Colours for single lines of our own YAML, without any state between lines: they are printed while the model still writes."""

from __future__ import annotations

import re

from photon.cli.terminal import Terminal

_ENTRY = re.compile(r"""^(?P<indent>\s*(?:- )*)(?P<key>'(?:[^']|'')*'|"[^"]*"|[^\s'":]+(?: [^\s:]+)*):(?P<value>(?: .*)?)$""")
_ITEM = re.compile(r"^(?P<indent>\s*(?:- )+)(?P<value>.*)$")
_KEY, _STRING, _OTHER, _DIM, _END = "\x1b[34m", "\x1b[32m", "\x1b[35m", "\x1b[2m", "\x1b[0m"
_NO_STRING = re.compile(r"^(?:true|false|null|-?\d[\d.eE+-]*|\[\]|\{\})$")


def coloured(line: str, terminal: Terminal) -> str:
    """`line`, coloured if `terminal` wants that. The characters are the same."""
    if not terminal.colour:
        return line
    if match := _ENTRY.match(line):
        return f"{match['indent']}{_KEY}{match['key']}{_END}{_DIM}:{_END}{_value(match['value'])}"
    match = _ITEM.match(line)
    return f"{match['indent']}{_value(match['value'])}" if match else line


def _value(text: str) -> str:
    bare = text.strip()
    return f"{_OTHER if _NO_STRING.match(bare) else _STRING}{text}{_END}" if bare else text
