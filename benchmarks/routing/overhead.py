"""What routing and recording add to a call: the whole chain against the bare provider, both over loopback, in turn.

python -m benchmarks.routing.overhead                # half a minute
python -m benchmarks.routing.overhead --check        # exit status 1 where a target is missed

Everything is switched on that stands in the way of a call: cache (missed each time), guard, budget, rate limits, retries,
cooldowns, the record with its texts. A call is timed with one piece of text; a piece, in an answer of 4,000.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.routing.loopback import loopback
from photon.chat import Message, Parameters, Provider, Request
from photon.settings.schema import AI, Budget, NamedProvider, Record, Timeouts

CALL_MS, CHUNK_US = 5.0, 20.0
"""The targets: at most this much more for a call, in milliseconds, and for a piece of text, in microseconds."""

PIECES = 4000
PRICES = """
[[price]]
host = "127.0.0.1"
model = "{model}"
input = 1.0
output = 2.0
date = 2026-01-01
source = "made up for this measurement"
"""


def main() -> int:
    """Measure, print the table, and return 1 when a target is missed and --check was given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60, help="calls of each kind")
    parser.add_argument("--check", action="store_true", help="exit status 1 where a target is missed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, loopback() as server:
        for name in ("CONFIG", "CACHE", "DATA"):
            os.environ[f"PHOTON_{name}_DIR"] = str(Path(folder) / name.lower())
        holds = asyncio.run(_measure(server.url, Path(folder), options.rounds))
    return 1 if options.check and not holds else 0


async def _measure(url: str, folder: Path, rounds: int) -> bool:
    call = await _both(url, folder, "chunks-1", rounds)
    long = await _both(url, folder, f"chunks-{PIECES}", max(5, rounds // 5))
    added_call = 1e3 * (call["chain"] - call["bare"])
    added_chunk = 1e6 * ((long["chain"] - long["bare"]) - (call["chain"] - call["bare"])) / PIECES
    per = {name: 1e6 * seconds / PIECES for name, seconds in long.items()}
    print("| measured | bare | through everything | added | target |\n| --- | ---: | ---: | ---: | --- |")
    print(f"| a call | {1e3 * call['bare']:.2f} ms | {1e3 * call['chain']:.2f} ms | {_verdict(added_call, CALL_MS, 'ms')} |")
    print(f"| a piece | {per['bare']:.1f} µs | {per['chain']:.1f} µs | {_verdict(added_chunk, CHUNK_US, 'µs')} |")
    return added_call <= CALL_MS and added_chunk <= CHUNK_US


def _verdict(found: float, target: float, unit: str) -> str:
    return f"{found:.2f} {unit} | ≤ {target:g} {unit} {'✓' if found <= target else '✗'}"


async def _both(url: str, folder: Path, model: str, rounds: int) -> Mapping[str, float]:
    """The median seconds of a call to each, asked in turn so that both meet the same machine."""
    ai = settings(url, model, folder)
    ports = {"bare": bare(ai), "chain": through_everything(ai)}
    times: dict[str, list[float]] = {name: [] for name in ports}
    for turn in range(rounds + 3):
        for name, port in ports.items():
            seconds = await _ask(port, model, turn)
            if turn >= 3:  # the first ones open connections and files
                times[name].append(seconds)
    for port in ports.values():
        await port.close()
    return {name: statistics.median(found) for name, found in times.items()}


def settings(url: str, model: str, folder: Path) -> AI:
    """Everything switched on, and nothing of it ever reached."""
    prices = folder / "prices.toml"
    prices.write_text(PRICES.format(model=model))
    lan = NamedProvider(url=url, model=model, requests_per_minute=1_000_000, tokens_per_minute=1_000_000_000)
    return AI(
        provider="lan",
        failover=("spare",),
        providers={"lan": lan, "spare": NamedProvider(url=url, model="sound")},
        budget=Budget(daily=1000.0, monthly=10_000.0),
        record=Record(prices=str(prices)),
        timeouts=Timeouts(),
    )


def bare(ai: AI) -> Provider:
    """The provider alone."""
    from photon.providers.registry import connect, endpoint

    return connect(endpoint(ai, "lan"), ai)


def through_everything(ai: AI) -> Provider:
    """What a command asks."""
    from photon.routing.chain import chain

    return chain(ai, purpose="chat", use_cache=True, warn=lambda line: print(line, file=sys.stderr))


async def _ask(port: Provider, model: str, turn: int) -> float:
    request = Request(
        model=model, messages=(Message("user", f"question {turn}"),), parameters=Parameters(temperature=0.0, max_tokens=64)
    )
    begun = time.perf_counter()
    async for _ in port.stream(request):
        pass
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
