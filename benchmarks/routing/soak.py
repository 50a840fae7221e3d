"""A thousand requests, fifty at a time, from eight processes that share one home folder, with faults at random.

python -m benchmarks.routing.soak                     # about a minute
python -m benchmarks.routing.soak --requests 200      # fewer
python -m benchmarks.routing.soak --seed 7            # other faults

It shows that every request ends in an answer or in an error of the tree, that no process hangs, that the databases are
sound and complete afterwards, and that neither the rate limit nor the budget was overshot by more than what was in flight.
Exit status 1 where any of it does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import multiprocessing
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.pool import ThreadPool
from pathlib import Path

from benchmarks.routing.loopback import Loopback, loopback
from photon.chat import Message, Parameters, Request
from photon.errors import PhotonError
from photon.settings.paths import answers_file, data_dir
from photon.settings.schema import AI, Budget, NamedProvider, Record, Retry, Timeouts

PROCESSES = 8
AT_ONCE = 50
PER_MINUTE = 120
"""Requests a minute that are allowed to the provider with a limit: two a second and 120 at once."""

PRICE = 1000.0
"""USD per million tokens of the answer: 0.012 for the 12 tokens of one."""

COST = PRICE * 12 / 1e6
DEADLINE = 240.0
"""Seconds after which a process counts as hanging."""

PRICES = f"""
[[price]]
host = "127.0.0.1"
model = "priced"
input = 0.0
output = {PRICE}
date = 2026-01-01
source = "made up for this measurement"
"""


@dataclass(frozen=True, slots=True)
class Job:
    """What one process does: `count` requests, `at_once` of them at the same time."""

    number: int
    url: str
    prices: str
    budget: float
    count: int
    at_once: int


def main() -> int:
    """Run it, print what was found, and return 1 where something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, loopback(seed=options.seed) as server:
        for name in ("CONFIG", "CACHE", "DATA"):
            os.environ[f"PHOTON_{name}_DIR"] = str(Path(folder) / name.lower())
        prices = Path(folder) / "prices.toml"
        prices.write_text(PRICES)
        budget = COST * options.requests / 8
        begun = time.monotonic()
        outcomes, hanging = _run(_jobs(server.url, str(prices), budget, options.requests))
        seconds = time.monotonic() - begun
        print(f"{options.requests} requests in {seconds:.1f} s, {PROCESSES} processes, {AT_ONCE} at a time")
        checks = _checks(server, outcomes, budget, options.requests)
        checks[f"{hanging} of {PROCESSES} processes hung"] = hanging == 0
        print(*(f"{'✓' if holds else '✗'} {what}" for what, holds in checks.items()), sep="\n")
        print(*(f"    {count:5d} {name}" for name, count in outcomes.most_common()), sep="\n")
        return 0 if all(checks.values()) else 1


def _jobs(url: str, prices: str, budget: float, requests: int) -> list[Job]:
    shares = [requests // PROCESSES + (place < requests % PROCESSES) for place in range(PROCESSES)]
    at_once = [AT_ONCE // PROCESSES + (place < AT_ONCE % PROCESSES) for place in range(PROCESSES)]
    return [
        Job(place, url, prices, budget, count, many) for place, (count, many) in enumerate(zip(shares, at_once, strict=True))
    ]


def _run(jobs: Sequence[Job]) -> tuple[collections.Counter[str], int]:
    """What came of each request, and how many processes had to be ended."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(len(jobs)) as pool, ThreadPool(len(jobs)) as waiting:
        pending = [pool.apply_async(work, (job,)) for job in jobs]
        ends = waiting.map(_ended, pending)
    found: collections.Counter[str] = collections.Counter()
    for each in ends:
        found.update(each or {})
    return found, sum(each is None for each in ends)


def _ended(pending: object) -> collections.Counter[str] | None:
    try:
        found: collections.Counter[str] = pending.get(DEADLINE)  # type: ignore[attr-defined]
    except multiprocessing.TimeoutError:
        return None
    return found


def work(job: Job) -> collections.Counter[str]:
    """In a process of its own: the names of what came of each request."""
    return asyncio.run(_work(job))


async def _work(job: Job) -> collections.Counter[str]:
    from photon.routing.chain import chain

    ports = [chain(ai, purpose="chat", use_cache=True, warn=_complain) for ai in _settings(job)]
    turn = asyncio.Semaphore(job.at_once)
    found: collections.Counter[str] = collections.Counter()

    async def ask(number: int) -> None:
        async with turn:
            found[await _outcome(ports[number % len(ports)], f"question {job.number}.{number}")] += 1

    await asyncio.gather(*(ask(number) for number in range(job.count)))
    for port in ports:
        await port.close()
    return found


def _complain(line: str) -> None:
    print(f"  warned: {line}", file=sys.stderr)


def _settings(job: Job) -> list[AI]:
    """Four kinds of users: one alone with a shaky server, one with somebody to fail over to, one with a rate limit, one
    with a budget."""
    shaky = NamedProvider(url=job.url, model="shaky")
    providers = {
        "shaky": shaky,
        "spare": NamedProvider(url=job.url, model="sound"),
        "limited": NamedProvider(url=job.url, model="limited", requests_per_minute=PER_MINUTE),
        "priced": NamedProvider(url=job.url, model="priced"),
    }

    def user(provider: str, *others: str, daily: float = 0.0) -> AI:
        return AI(
            provider=provider,
            failover=others or False,
            providers=providers,
            budget=Budget(daily=daily),
            record=Record(prices=job.prices),
            retry=Retry(attempts=3, max_wait=0.2, cooldown=1.0),
            timeouts=Timeouts(connect=5.0, first_token=0.5, idle=0.5, total=60.0),
        )

    return [user("shaky"), user("shaky", "spare"), user("limited"), user("priced", daily=job.budget)]


async def _outcome(port: object, question: str) -> str:
    request = Request(model="", messages=(Message("user", question),), parameters=Parameters(temperature=0.0, max_tokens=32))
    finished = False
    try:
        async for chunk in port.stream(request):  # type: ignore[attr-defined]
            finished = finished or chunk.finish_reason is not None
    except PhotonError as error:
        return f"error: {error.fault}"
    except Exception as error:
        return f"UNCLASSIFIED: {type(error).__name__}: {error}"
    return "answer" if finished else "UNCLASSIFIED: no end"


def _checks(server: Loopback, outcomes: collections.Counter[str], budget: float, requests: int) -> dict[str, bool]:
    """What must hold, in words, and whether it does."""
    arrivals = server.arrivals()
    limited = sorted(when for when, model in arrivals if model == "limited")
    spent = _one("SELECT coalesce(sum(cost), 0) FROM exchanges")
    exchanges = _one("SELECT count(*) FROM exchanges")
    asked = _one("SELECT count(*) FROM requests")
    return {
        f"{sum(outcomes.values())} of {requests} requests ended, {outcomes['answer']} of them in an answer": sum(
            outcomes.values()
        )
        == requests,
        "every other one in a classified error": not any(name.startswith("UNCLASSIFIED") for name in outcomes),
        f"every request is recorded: {asked:.0f}": asked == requests,
        f"with every exchange: {exchanges:.0f}, of which the server saw {len(arrivals)}": exchanges >= len(arrivals),
        "the databases are sound": all(_sound(path) for path in _databases()),
        f"the rate limit of {PER_MINUTE} a minute was overshot by {_overshoot(limited)}, in flight were at most {AT_ONCE}": (
            _overshoot(limited) <= AT_ONCE
        ),
        f"${spent:.3f} of a budget of ${budget:.3f} were spent, in flight at most ${AT_ONCE * COST:.3f}": (
            spent <= budget + AT_ONCE * COST
        ),
        "the budget was reached": outcomes["error: budget"] > 0,
    }


def _overshoot(arrivals: Sequence[float]) -> int:
    """By how many requests a token bucket of a minute's worth was overshot at worst."""
    rate = PER_MINUTE / 60
    level, last, worst = float(PER_MINUTE), arrivals[0] if arrivals else 0.0, 0.0
    for when in arrivals:
        level = min(PER_MINUTE, level + rate * (when - last)) - 1
        last, worst = when, min(worst, level)
    return round(-worst)


def _databases() -> list[Path]:
    return [path for folder in (data_dir(), answers_file().parent) for path in folder.glob("*") if _is_database(path)]


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(15) == b"SQLite format 3"


def _sound(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as database:
        return bool(database.execute("PRAGMA integrity_check").fetchone() == ("ok",))


def _one(query: str) -> float:
    from photon.settings.paths import history_file

    with closing(sqlite3.connect(history_file())) as database:
        return float(database.execute(query).fetchone()[0])


if __name__ == "__main__":
    sys.exit(main())
