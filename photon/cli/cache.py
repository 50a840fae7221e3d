"""``photon ai cache``: what is kept of earlier answers, and how to forget it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from photon.records.cache import CacheStats, ResponseCache

cache_app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@cache_app.callback()
def cache() -> None:
    """The answers kept on this machine.

    \b
    Examples:
      photon ai cache stats
      photon ai cache clear
    """


@cache_app.command("stats")
def stats(ctx: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Count the answers, their bytes and their uses.

    Example: photon ai cache stats --json
    """
    from photon.cli.terminal import terminal_of

    terminal = terminal_of(ctx)
    found = _cache(terminal.warn).stats()
    if as_json:
        import json

        from photon.sketch.text import escaped

        terminal.write(escaped(json.dumps(_facts(found), indent=2, ensure_ascii=False)) + "\n")
    else:
        terminal.write("".join(f"{name:8}{value}\n" for name, value in _lines(found).items()))


@cache_app.command("clear")
def clear(ctx: typer.Context) -> None:
    """Forget every answer. Also mends a damaged cache.

    Example: photon ai cache clear
    """
    from photon.cli.terminal import terminal_of

    trouble: list[str] = []
    cache = _cache(trouble.append)
    before = cache.stats().bytes
    answers = cache.clear()
    if answers:
        terminal_of(ctx).note(f"removed {_counted(answers)}, {_size(before)}")
    else:
        terminal_of(ctx).note("the cache could not be read and is a new one now" if trouble else "the cache was empty")


def _cache(warn: Callable[[str], None]) -> ResponseCache:
    """The cache with the default limits, so that a broken settings file does not keep anybody from clearing it."""
    from photon.records.cache import response_cache
    from photon.settings.schema import Cache

    return response_cache(Cache(), warn)


def _facts(stats: CacheStats) -> dict[str, Any]:
    return {
        "path": str(stats.path),
        "answers": stats.entries,
        "bytes": stats.bytes,
        "oldest": _moment(stats.oldest),
        "newest": _moment(stats.newest),
        "hits": stats.hits,
    }


def _lines(stats: CacheStats) -> dict[str, str]:
    facts = _facts(stats) | {"size": _size(stats.bytes)}
    return {
        name: str(facts[name]) for name in ("path", "answers", "size", "oldest", "newest", "hits") if facts[name] is not None
    }


def _moment(seconds: float | None) -> str | None:
    """POSIX seconds as RFC 3339 in UTC."""
    if seconds is None:
        return None
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _counted(answers: int) -> str:
    return "1 answer" if answers == 1 else f"{answers} answers"


def _size(size: int) -> str:
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
