"""Named conversations, kept so that they can be continued: one JSON file each in the data folder.

Two processes that keep the same name at once: the last one wins, and the file is always one or the other, never a mixture.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from photon.chat import Message, Role
from photon.errors import PhotonError, UsageError
from photon.settings.files import write_atomically
from photon.settings.paths import data_dir

_SAFE_NAME = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,64}")
_ROLES: dict[object, Role] = {"user": "user", "assistant": "assistant"}


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said so far. name: what it is kept under, empty for one that is not kept. messages: user and assistant only."""

    name: str = ""
    system: str = ""
    messages: tuple[Message, ...] = ()


def conversation_file(name: str) -> Path:
    """Where the conversation `name` is kept. Raises UsageError for a name that is not a plain file name."""
    if not _SAFE_NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot name a session",
            hint="use 1 to 64 letters, digits, '.', '_' or '-', not starting with a dot: --session login-api",
        )
    return data_dir() / "conversations" / f"{name}.json"


def load_conversation(name: str) -> Conversation:
    """The conversation kept as `name`, an empty one if there is none.

    Raises UsageError for an impossible name and PhotonError for a file that cannot be read.
    """
    path = conversation_file(name)
    try:
        return _read(name, path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Conversation(name)
    except OSError as error:
        raise PhotonError(f"cannot read the session {path}: {error.strerror}", hint=f"ls -l {path}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PhotonError(
            f"the session file {path} is damaged ({_what(error)})",
            hint=f"mend it, remove it (rm '{path}'), or choose another name with --session",
        ) from error


def save_conversation(conversation: Conversation) -> Path:
    """Keep `conversation` under its name, without your keys, readable by its owner only. Raises UsageError or PhotonError."""
    path = conversation_file(conversation.name)
    from photon.settings.redaction import without_own_secrets

    messages = [{"role": each.role, "content": without_own_secrets(each.content)} for each in conversation.messages]
    system = without_own_secrets(conversation.system)
    content = {"version": 1, "name": conversation.name, "system": system, "messages": messages}
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise PhotonError(
            f"cannot make the folder {path.parent}: {error.strerror}",
            hint="set PHOTON_DATA_DIR to a folder that can be written",
        ) from error
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    write_atomically(path, text.encode(errors="replace"), mode=0o600)
    return path


def _read(name: str, text: str) -> Conversation:
    content = json.loads(text)
    messages = tuple(_message(each) for each in content["messages"])
    return Conversation(name, _text(content["system"]), messages)


def _message(each: dict[str, object]) -> Message:
    return Message(_ROLES[each["role"]], _text(each["content"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text is expected where {type(value).__name__} is")
    return value


def _what(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON at line {error.lineno}"
    return f"no such key or value: {error}" if isinstance(error, KeyError) else str(error)
