"""Whom the doctor asks: everybody whom the settings name or who has a key, who was asked lately, and an Ollama."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from photon.chat import Provider
from photon.errors import ConfigurationError, PhotonError
from photon.providers.endpoint import Endpoint
from photon.providers.registry import endpoint
from photon.tasks.checkup.configuration import plans, with_sound_commands
from photon.tasks.checkup.visit import Visit
from photon.tasks.providers import TargetState, target_states

OLLAMA: Final = "ollama"


@dataclass(slots=True)
class Case:
    """One target. wanted: the settings name it, or there is a key for it. lately: neither, but it was asked in the last day.
    None of these: an Ollama that nobody configured.

    port: None where it could not be connected, for which `error` is the reason. done: the steps that went well.
    """

    state: TargetState
    wanted: bool = False
    lately: bool = False
    port: Provider | None = None
    error: PhotonError | None = None
    done: list[str] = field(default_factory=list)

    @property
    def endpoint(self) -> Endpoint:
        """Whom it is about."""
        return self.state.endpoint

    @property
    def steps(self) -> str:
        """What went well, in one line."""
        return ", ".join(self.done)


def cases(visit: Visit, complain: Callable[[str], None]) -> list[Case]:
    """Those of the settings, then those that were only asked lately, where the record of that is sound, then Ollama.

    complain: told in one line of each provider that is configured wrongly. No damaged database is opened.
    """
    sound = all(each.sound for each in visit.databases) and bool(visit.databases)
    ai = with_sound_commands(visit.ai)
    ai = ai if sound else replace(ai, retry=replace(ai.retry, cooldown=0.0))
    unrecorded = replace(ai, record=replace(ai.record, keep="nothing"))
    told = {each.message for each in plans(visit).values() if isinstance(each, PhotonError)}
    wanted = target_states(unrecorded, warn=lambda line: None if line in told else complain(line), environ=visit.environ)
    found = {_place(each): Case(each, wanted=True) for each in wanted}
    lately = target_states(ai, warn=lambda line: None, environ=visit.environ) if sound else ()
    for each in lately:
        if all(each.endpoint.provider != case.endpoint.provider for case in found.values()):
            found.setdefault(_place(each), Case(each, lately=True))
    if all(case.endpoint.kind != OLLAMA for case in found.values()):
        with suppress(ConfigurationError):  # an OLLAMA_HOST that cannot be, of which the listing has told
            default = TargetState(endpoint=endpoint(visit.ai, OLLAMA, purpose="chat", environ=visit.environ), state="ready")
            found[_place(default)] = Case(default)
    return list(found.values())


def errors_of_providers(visit: Visit) -> Mapping[str, ConfigurationError]:
    """What is wrong with the providers of the settings, by the message, of which alone the listing of the targets tells."""
    found = {}
    for name in (*visit.ai.providers, OLLAMA):
        try:
            endpoint(visit.ai, name, environ=visit.environ)
        except ConfigurationError as error:
            found[error.message] = error
    return found


def _place(state: TargetState) -> tuple[str, ...]:
    """A server is asked once, whichever models of it are wanted; in this process each model is looked at."""
    each = state.endpoint
    return (each.provider, each.url, each.model if each.kind == "local" else "")
