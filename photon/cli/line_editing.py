"""Typing questions: readline with a history that is kept, completion of commands, entries of several lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

PROMPT, CONTINUED = "> ", "… "
HISTORY_LENGTH = 1000
_BLOCK = '"""'


def read_entry(read: Callable[[str], str]) -> str:
    """One entry: a line; lines joined by a backslash at their ends; or a block between two lines of triple quotes.

    read: shows a prompt and returns a line, as `input` does. Raises EOFError at the end of the input, and what `read`
    raises when it is interrupted.
    """
    line = read(PROMPT)
    if line.lstrip().startswith(_BLOCK):
        return _block(line.lstrip().removeprefix(_BLOCK), read)
    while line.endswith("\\"):
        line = line[:-1] + "\n" + read(CONTINUED)
    return line


def _block(line: str, read: Callable[[str], str]) -> str:
    lines = []
    while not line.rstrip().endswith(_BLOCK):
        lines.append(line)
        line = read(CONTINUED)
    return "\n".join([*lines, line.rstrip().removesuffix(_BLOCK)]).strip("\n")


@contextmanager
def line_editing(history: Path, commands: Sequence[str]) -> Iterator[None]:
    """Arrow keys, a history kept in the file `history`, and Tab for `commands`, while the block runs.

    Where Python was built without readline, lines are read without all that.
    """
    try:
        import readline
    except ImportError:
        yield
        return
    readline.clear_history()
    readline.set_history_length(HISTORY_LENGTH)
    with suppress(OSError):
        readline.read_history_file(history)
    readline.set_completer_delims(" \t\n")
    readline.set_completer(lambda text, state: _completion(text, state, commands))
    readline.parse_and_bind("bind ^I rl_complete" if "libedit" in (readline.__doc__ or "") else "tab: complete")
    readline.parse_and_bind("set enable-bracketed-paste on")  # so that several pasted lines are one entry
    try:
        yield
    finally:
        readline.set_completer(None)
        _keep(history, readline.write_history_file)


def _completion(text: str, state: int, commands: Sequence[str]) -> str | None:
    found = [f"{command} " for command in commands if text.startswith("/") and command.startswith(text)]
    return found[state] if state < len(found) else None


def _keep(history: Path, write: Callable[[Path], None]) -> None:
    """Write the history, which only its owner may read; a history that cannot be kept is not worth a message."""
    from os import getpid

    temporary = history.with_name(f".{history.name}.{getpid()}")
    with suppress(OSError):
        history.parent.mkdir(parents=True, exist_ok=True)
        temporary.touch(mode=0o600)
        write(temporary)
        temporary.chmod(0o600)
        temporary.replace(history)
