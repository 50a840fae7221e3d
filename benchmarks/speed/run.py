"""Measures Photon against its neighbours, side by side in one run, and prints the table as Markdown.

python -m benchmarks.speed.run                      # all of it: about three minutes on two quiet cores
python -m benchmarks.speed.run --only start         # or suggestion, or rate
python -m benchmarks.speed.run --rounds 5 --check   # exit status 1 where a target is missed
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.speed.processes import PHOTON, Failed, Watched, environment, run, watch
from photon.sketch.prompt import find_route

HERE = Path(__file__).parent
REQUESTS = HERE.parent / "suggest_path" / "requests.jsonl"
EVERY = 13
"""Of the requests each thirteenth is measured: 13 of 160, spread over all kinds."""
CACHED = "POST /login with JWT response"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. values: what was measured, in `unit`. ratio: to what it is compared with. holds: the target."""

    what: str
    values: Sequence[float]
    unit: str
    against: str = ""
    ratio: float | None = None
    target: str = ""
    holds: bool = True

    def __str__(self) -> str:
        verdict = f"{self.target} {'✓' if self.holds else '✗'}" if self.target else ""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        middle, low, high = (
            self._shown(value) for value in (statistics.median(self.values), min(self.values), max(self.values))
        )
        return f"| {self.what} | {middle} {self.unit} | {low} to {high} | {self.against} | {ratio} | {verdict} |"

    def _shown(self, value: float) -> str:
        return f"{value:.2f}" if self.unit == "s" else f"{value:.0f}"


def main() -> int:
    """Measure, print the table, and return 1 when a target is missed and --check was given; 2 when something failed."""
    options = _options()
    kinds: dict[str, Callable[[int, Path], list[Row]]] = {"start": _start, "suggestion": _suggestion, "rate": _rate}
    before = os.getloadavg()[0]
    rows: list[Row] = []
    try:
        with tempfile.TemporaryDirectory() as folder:
            for kind, measure in kinds.items():
                if options.only in ("", kind):
                    rows += measure(options.rounds, Path(folder))
    except Failed as error:
        print(f"benchmarks.speed: {error}", file=sys.stderr)
        return 2
    print("| measured | median | min to max | compared with | ratio | target |\n| --- | ---: | ---: | --- | ---: | --- |")
    print(*rows, sep="\n")
    print(f"\n{_machine()}{_noise(before)}")
    return 1 if options.check and not all(row.holds for row in rows) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("start", "suggestion", "rate"), default="")
    parser.add_argument("--rounds", type=int, default=10, help="how often each of the short ones is run")
    parser.add_argument("--check", action="store_true", help="exit status 1 where a target is missed")
    return parser.parse_args()


def _machine() -> str:
    return f"{os.cpu_count()} CPUs, {platform.system()} {platform.machine()}, Python {platform.python_version()}."


def _noise(before: float) -> str:
    """A warning where others were using the machine as it began: their share is in all the times."""
    cpus = os.cpu_count() or 1
    return f" PROVISIONAL: the load was already {before:.1f} on {cpus} CPUs." if before > cpus / 4 else ""


def _start(rounds: int, folder: Path) -> list[Row]:
    """Whole processes, in turn in each round, so that a change of the machine's speed meets all of them."""
    env = environment(folder)
    llm = Path(sys.executable).with_name("llm")
    commands = {
        "`photon --help`": [PHOTON, "--help"],
        "ten-line Typer program": [sys.executable, str(HERE / "ten_lines.py"), "--help"],
        "cache hit": [PHOTON, "ai", "suggest-path", CACHED],
        **({"`llm --help`": [str(llm), "--help"]} if llm.exists() else {}),
    }
    for command in commands.values():  # not counted: fills the cache, and writes the compiled modules
        run(command, env, folder)
    times: dict[str, list[float]] = {name: [] for name in commands}
    for place in range(rounds):
        for name, command in commands.items():
            times[name].append(1000 * run(command, env, folder))
        _progress("start", place + 1, rounds)
    help_page, hit = "`photon --help`", "cache hit"
    others = [name for name in commands if name not in (help_page, hit)]
    return [
        *(_compared(help_page, times, other, at_most=1.3 if other.startswith("ten") else None) for other in others),
        _compared(hit, times, help_page, at_most=1.5),
    ]


def _compared(name: str, times: dict[str, list[float]], other: str, *, at_most: float | None) -> Row:
    ratio = _ratio(times[name], times[other])
    against = f"{other}: {statistics.median(times[other]):.0f} ms"
    target = f"≤ {at_most}" if at_most else ""
    return Row(name, times[name], "ms", against, ratio, target, at_most is None or ratio <= at_most)


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the rounds' ratios: both sides of each ratio were measured within one moment."""
    return statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))


def _suggestion(rounds: int, folder: Path) -> list[Row]:
    """The local model in a terminal, each request in a fresh process that reads nothing from the cache."""
    env = environment(folder)
    requests = [json.loads(line)["request"] for line in REQUESTS.read_text(encoding="utf-8").splitlines()][::EVERY]
    repeats = max(1, rounds // 5)
    seen: list[tuple[str, Watched]] = []
    watch(_asking(requests[0]), env, folder)  # not counted: reads the model's files into memory
    for _ in range(repeats):
        for place, request in enumerate(requests, start=1):
            seen.append((request, watch(_asking(request), env, folder)))
            _progress("suggestion", place, len(requests))
    totals = [watched.total for _, watched in seen]
    first = [watched.lines[0] for _, watched in seen]
    written = [watched.lines[_lines_known(request)] for request, watched in seen]
    return [
        _timed(f"local suggestion, {len(requests)} requests, process start to end", totals, 1.5),
        _timed("the same, to the first line on the screen", first, 0.6),
        _timed("the same, to the first line that the model wrote", written, None),
    ]


def _asking(request: str) -> list[str]:
    return [PHOTON, "ai", "suggest-path", "--provider", "local", "--no-failover", "--no-cache", request]


def _lines_known(request: str) -> int:
    """How many lines need no model: where the request names a route, ``paths:``, the path and the method."""
    return 3 if find_route(request) else 0


def _timed(what: str, seconds: Sequence[float], at_most: float | None) -> Row:
    target = f"≤ {at_most} s" if at_most else ""
    return Row(what, seconds, "s", target=target, holds=at_most is None or statistics.median(seconds) <= at_most)


def _rate(rounds: int, folder: Path) -> list[Row]:
    """Tokens a second, each way in a fresh process, in turn."""
    env = {**environment(folder), "PYTHONPATH": str(HERE.parents[1])}
    ways = ("product", "loop", "class")
    rates: dict[str, list[float]] = {way: [] for way in ways}
    repeats = max(2, rounds // 2)
    for place in range(repeats):
        for way in ways:
            rates[way].append(_generated(way, env, folder))
        _progress("rate", place + 1, repeats)
    names = {"loop": "bare loop over llama.cpp's C API", "class": "`llama_cpp.Llama.generate`"}
    rows = []
    for way, name in names.items():
        ratio = _ratio(rates["product"], rates[way])
        against = f"{name}: {statistics.median(rates[way]):.0f}"
        target = "≥ 0.95" if way == "loop" else ""
        rows.append(Row("tokens a second", rates["product"], "", against, ratio, target, not target or ratio >= 0.95))
    return rows


def _generated(way: str, env: dict[str, str], folder: Path) -> float:
    command = [sys.executable, "-m", "benchmarks.speed.generation", way]
    done = subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"generation {way}: {done.stderr[-300:]}")
    rate: float = json.loads(done.stdout.splitlines()[-1])["rate"]
    return rate


def _progress(what: str, place: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{what} {place}/{total} ", end="\n" if place == total else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
