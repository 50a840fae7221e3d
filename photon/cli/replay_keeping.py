"""What of a suggestion is kept, so that the same command line prints it at once the next time (see `photon.cli.replay`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from photon.cli.suggestion_view import credits_of, payload
from photon.cli.terminal import Terminal

if TYPE_CHECKING:
    from photon.settings.schema import AI
    from photon.tasks.suggest_path import Suggestion


def keep_for_replay(suggestion: Suggestion, ai: AI, terminal: Terminal, *, files: Iterable[Path] = ()) -> None:
    """Let the same command line print the same at once, the next time, unless one of `files` has changed."""
    import sys

    from photon.chat import Origin
    from photon.cli.replay import remember
    from photon.providers.weights import find_weights
    from photon.records.cache import StoredAnswer, response_cache
    from photon.routing.plan import plan
    from photon.settings.paths import files_looked_at
    from photon.settings.providers import provider_settings

    if not ai.cache.enabled or suggestion.switches:
        return
    origin = suggestion.answered_by
    if plan(ai, purpose="sketch")[0].origin != replace(origin, cached=False):
        return  # the first one rests, and shall be asked when it does no longer
    is_local = provider_settings(ai, origin.provider).kind == "local"
    again = replace(suggestion, answered_by=Origin(origin.provider, origin.model, cached=True))
    kept = remember(
        sys.argv[1:],
        out=payload(suggestion, terminal),
        err=terminal.noted(credits_of(again, milliseconds=0)),
        files=(*files, *files_looked_at(), *(find_weights(origin.model).files if is_local else ())),
        max_age_s=ai.cache.max_age_days * 86_400,
    )
    if kept:
        response_cache(ai.cache, lambda _: None).put(kept[0], StoredAnswer(kept[1]))


def forget_replays(ai: AI) -> None:
    """The answer is a new one: nothing that was made of the old one is printed again."""
    from photon.cli.replay import PREFIX
    from photon.records.cache import response_cache

    response_cache(ai.cache, lambda _: None).drop(PREFIX)
