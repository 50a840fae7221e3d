"""How long linting a large document takes, from the command line to its end, side by side with Redocly CLI.

python -m benchmarks.lint.speed                          # GitHub's API, 5.7 MB of JSON, and the same as YAML
python -m benchmarks.lint.speed --rounds 9 --spec big.yaml
python -m benchmarks.lint.speed --spectral               # with Spectral too, which takes minutes

Every run is a process of its own, and the linters take turns, so that whatever else the machine does hits them alike.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.lint.judges import HERE, PACKAGES, install, versions
from benchmarks.public_specs import public_specs
from photon import __version__

GOAL = 5.0
_ENVIRONMENT = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}


class Run(NamedTuple):
    """Seconds of wall clock and of processor time, and the most memory, in MB."""

    wall: float
    cpu: float
    memory: float


def main() -> int:
    """Print a table for each document; 1 where Photon is not five times as fast as Redocly on the first of them."""
    options = _options()
    install()
    with tempfile.TemporaryDirectory() as folder:
        documents = [Path(name).resolve() for name in options.spec] or list(_large(Path(folder)))
        fast = [_compare(document, options.rounds, spectral=options.spectral) for document in documents]
    return 0 if fast[0] else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--spec", action="append", default=[], metavar="FILE", help="these documents instead")
    parser.add_argument("--spectral", action="store_true", help="Spectral too")
    return parser.parse_args()


def _large(folder: Path) -> Iterator[Path]:
    """GitHub's document as it is published, and as YAML."""
    import yaml

    large = public_specs() / "github.com" / "api.github.com.json"
    yield large
    as_yaml = folder / "api.github.com.yaml"
    document = json.loads(large.read_text(encoding="utf-8"))
    with as_yaml.open("w", encoding="utf-8") as file:
        yaml.dump(document, file, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=120)
    yield as_yaml


def _compare(document: Path, rounds: int, *, spectral: bool) -> bool:
    linters = _linters(document, spectral=spectral)
    runs: Mapping[str, list[Run]] = {name: [] for name in linters}
    for _ in range(rounds):
        for name, command in linters.items():
            runs[name].append(_timed(command))
    print(f"{document.name}: {document.stat().st_size / 1e6:.1f} MB, {rounds} runs of each in turn, cold start included\n")
    print("| linter | median s | fastest s | processor s | memory MB | times as long |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    own = _median(runs["Photon"])
    for name, each in runs.items():
        row = f"{_median(each):.2f} | {min(run.wall for run in each):.2f} | {statistics.median(run.cpu for run in each):.2f}"
        memory = statistics.median(run.memory for run in each)
        print(f"| {name} {_version(name)} | {row} | {memory:.0f} | {_median(each) / own:.1f} |")
    print()
    return _median(runs["Redocly"]) >= GOAL * own


def _median(runs: Sequence[Run]) -> float:
    return statistics.median(run.wall for run in runs)


def _version(name: str) -> str:
    return __version__ if name == "Photon" else versions()[name]


def _linters(document: Path, *, spectral: bool) -> dict[str, list[str]]:
    program = PACKAGES / ".bin"
    found = {
        "Photon": [sys.executable, "-m", "photon", "ai", "lint", "--format=json", str(document)],
        "Redocly": [str(program / "redocly"), "lint", "--extends=recommended", "--format=json", "--max-problems=100000"],
    }
    found["Redocly"].append(str(document))
    if spectral:
        rules = str(HERE / "spectral.json")
        found["Spectral"] = [str(program / "spectral"), "lint", "--ruleset", rules, "--format=json", "--quiet", str(document)]
    return found


def _timed(command: Sequence[str]) -> Run:
    """One run, to its end. Raises CalledProcessError where it ends in any other way than with findings or without."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=_ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000)


if __name__ == "__main__":
    sys.exit(main())
