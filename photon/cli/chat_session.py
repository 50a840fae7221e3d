"""The session of ``photon ai chat``: questions and answers with a memory, and commands that start with a slash.

Ctrl-C stops an answer, of which what was said so far stays in the conversation; at the prompt it clears the line, and a
second one in a row leaves with exit code 130. Ctrl-D leaves with 0.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from photon.chat import Provider
from photon.cli.answers import Manner, answer, credits_of, shortcomings
from photon.cli.line_editing import line_editing, read_entry
from photon.cli.logs import settings_for
from photon.cli.terminal import Terminal
from photon.errors import ContextExceeded, PhotonError, UsageError
from photon.records.conversations import save_conversation
from photon.routing.chain import chain
from photon.routing.plan import plan
from photon.settings.files import write_atomically
from photon.settings.paths import data_dir
from photon.settings.providers import provider_names
from photon.settings.schema import PROVIDER_KINDS
from photon.settings.validate import did_you_mean
from photon.tasks.chat import Conversation, Reply, answered, asked, circumstances, subject_for

if TYPE_CHECKING:
    from photon.cli.inspection import Inspector
    from photon.openapi.spec import Spec


class ChatSession:
    """Reads entries until the end and answers each. read: shows a prompt and returns a line, as `input` does."""

    def __init__(
        self,
        terminal: Terminal,
        conversation: Conversation,
        flags: Mapping[str, object],
        manner: Manner,
        *,
        spec: Spec | None = None,
        refresh: bool = False,
        read: Callable[[str], str] = input,
    ) -> None:
        self._terminal, self._manner, self._refresh, self._read = terminal, manner, refresh, read
        self.conversation, self._spec = conversation, spec
        self._flags = dict(flags)
        self._ai = settings_for(self._flags, terminal)
        self._inspector: Inspector | None = None
        self._provider = self._connect()
        self._commands: dict[str, tuple[Callable[[str], None], str]] = {
            "/help": (self._help, "this list"),
            "/model": (self._model, "NAME or PROVIDER/NAME: who answers from now on; alone: who does now"),
            "/system": (self._system, 'TEXT: how the model shall behave; alone: what is set; "" removes it'),
            "/clear": (self._clear, "forget what was said"),
            "/save": (self._save, "FILE: write the conversation as Markdown"),
            "/quit": (self._help, "leave, as Ctrl-D does"),
        }

    def run(self) -> None:
        """Talk until the user leaves. Raises KeyboardInterrupt when Ctrl-C is what they leave with."""
        self._terminal.note(f"{self._asked()} · /help lists the commands, Ctrl-D leaves")
        if self._spec:
            self._terminal.note(f"about {self._spec.source.name}: {len(self._spec.operations)} operations")
        if said := len(self.conversation.messages):
            self._terminal.note(f"continuing '{self.conversation.name}' after {said} messages")
        with asyncio.Runner() as self._runner, line_editing(data_dir() / "chat_history", tuple(self._commands)):
            try:
                while (entry := self._entry()) is not None:
                    self._serve(entry)
            finally:
                self._runner.run(self._provider.close())

    def _entry(self) -> str | None:
        """What the user enters next; None for /quit and Ctrl-D."""
        interrupted = False
        while True:
            try:
                entry = read_entry(self._read)
            except EOFError:
                self._terminal.write("\n")
                return None
            except KeyboardInterrupt:
                self._terminal.write("\n")
                if interrupted:
                    raise
                interrupted = True
                self._terminal.note("Ctrl-C once more leaves; so do Ctrl-D and /quit")
                continue
            return None if entry.strip() == "/quit" else entry

    def _serve(self, entry: str) -> None:
        """Do what one entry asks for; an error is told, and the session goes on."""
        try:
            if entry.startswith("/"):
                self._command(*entry.partition(" ")[::2])
            elif entry.strip():
                self._ask(entry.strip())
        except ContextExceeded as error:
            self._terminal.fail(PhotonError(error.message, hint="ask something shorter, or /clear, or another /model"))
        except PhotonError as error:
            self._terminal.fail(error)

    def _ask(self, question: str) -> None:
        put, reply = asked(self.conversation, question), Reply()
        terminal = self._terminal
        if terminal.interactive and terminal.out is sys.stdout:
            terminal = replace(terminal, width=Terminal.detect().width)  # the window may have been resized
        try:
            subject = subject_for(self._spec, self._ai)
            work = answer(self._provider, put, reply, ai=self._ai, terminal=terminal, manner=self._manner, subject=subject)
            self._runner.run(work)
        except KeyboardInterrupt:
            self._stopped(put, reply)
            return
        except PhotonError:
            if reply.text.strip():
                terminal.note("the answer broke off; what came of it stays in the conversation")
                self._remember(answered(put, reply.text, cut=True))
            raise
        finally:
            if self._inspector:
                self._inspector.report()
        terminal.note(credits_of(reply))
        if missing := shortcomings(reply):
            terminal.warn(missing)
        if reply.text.strip():
            self._remember(answered(put, reply.text))

    def _stopped(self, put: Conversation, reply: Reply) -> None:
        if reply.text.strip():
            self._terminal.note("stopped; what was said so far stays in the conversation")
            self._remember(answered(put, reply.text, cut=True))
        else:
            self._terminal.note("stopped before the answer began; the question is forgotten")

    def _remember(self, conversation: Conversation) -> None:
        self.conversation = conversation
        if conversation.name:
            save_conversation(conversation)

    def _command(self, name: str, argument: str) -> None:
        found = self._commands.get(name)
        if not found:
            otherwise = "/help lists the commands; a space before the slash makes it a question"
            raise UsageError(f"{name} is not a command", hint=did_you_mean(name, self._commands, otherwise))
        found[0](argument.strip())

    def _help(self, _: str) -> None:
        from textwrap import fill

        width = 2 + max(map(len, self._commands))
        lines = [
            fill(f"{name:{width}}{what}", self._terminal.width, subsequent_indent=" " * width)
            for name, (_, what) in self._commands.items()
        ]
        lines += ['\\ at the end of a line, or """ around several: one entry of several lines', "Ctrl-C stops an answer"]
        self._terminal.write("\n".join(lines) + "\n")

    def _model(self, name: str) -> None:
        if not name:
            self._terminal.write(f"{self._asked()}\n")
            return
        provider, _, model = name.partition("/")
        if self._is_provider(provider):
            flags = self._flags | {"ai.provider": provider, "ai.model": model or None}
        else:
            flags = self._flags | {"ai.model": name}
        self._change(flags)
        self._terminal.note(f"{self._asked()} answers from now on")

    def _is_provider(self, name: str) -> bool:
        """Whether the first part of a model's name is a provider's. Servers of one's own have models like mistral/x, too: what
        is said to them does not go to a company that was never named in the settings."""
        if name in ("auto", *PROVIDER_KINDS, *self._ai.providers):
            return True
        now = plan(self._ai, purpose="chat")[0]
        return name in provider_names(self._ai) and (now.cloud or not now.url)

    def _change(self, flags: dict[str, object]) -> None:
        """Take over new flags, unless something is wrong with them."""
        before = self._flags, self._ai, self._provider
        try:
            self._flags, self._ai = flags, settings_for(flags, self._terminal)
            self._provider = self._connect()
        except PhotonError:
            self._flags, self._ai, self._provider = before
            raise
        self._runner.run(before[-1].close())

    def _system(self, text: str) -> None:
        if text:
            self._remember(replace(self.conversation, system="" if text in ('""', "''") else text))
        self._terminal.note(f"system: {self.conversation.system or '(none)'}")

    def _clear(self, _: str) -> None:
        self._remember(replace(self.conversation, messages=()))
        self._terminal.note("forgotten")

    def _save(self, file: str) -> None:
        if not file:
            raise UsageError("/save needs the name of a file", hint="/save chat.md")
        path = Path(file).expanduser()
        if path.exists():
            raise UsageError(f"{path} exists already", hint="choose another name, or remove it first")
        write_atomically(path, transcript(self.conversation))
        self._terminal.note(f"saved to {path}")

    def _asked(self) -> str:
        """Who is asked first."""
        import os

        return str(plan(self._ai, purpose="chat", environ=os.environ)[0].origin)

    def _connect(self) -> Provider:
        use_cache = self._ai.temperature == 0
        provider = chain(
            self._ai,
            command="chat",
            purpose="chat",
            restarts=False,
            use_cache=use_cache,
            refresh=self._refresh,
            wait=self._manner.wait,
            warn=self._terminal.warn,
            notice=self._terminal.note,
        )
        if not self._manner.inspect:
            return provider
        from photon.cli.inspection import Inspector

        self._inspector = Inspector(self._terminal, self._ai, circumstances(self._ai, refresh=self._refresh))
        return self._inspector.over(provider)


def transcript(conversation: Conversation) -> str:
    """The conversation as Markdown, a heading for each turn."""
    parts = [f"# {conversation.name}" if conversation.name else "# Conversation"]
    if conversation.system:
        parts += ["## System", conversation.system]
    for message in conversation.messages:
        parts += ["## You" if message.role == "user" else "## Answer", message.content.strip()]
    return "\n\n".join(parts) + "\n"
