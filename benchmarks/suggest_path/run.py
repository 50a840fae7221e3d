"""Runs the requests through the product and reports what held.

python -m benchmarks.suggest_path.run                        # the embedded model
python -m benchmarks.suggest_path.run --provider ollama --model llama3.2
python -m benchmarks.suggest_path.run --only auth- --verbose
python -m benchmarks.suggest_path.run --out answers/         # also writes each rendered document and its sketch there
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.suggest_path.expectations import Check, check_all
from photon.chat import Parameters, Provider
from photon.errors import PhotonError
from photon.openapi.document import Rendering
from photon.openapi.yaml_text import yaml_text
from photon.settings.load import load
from photon.settings.schema import AI
from photon.tasks.suggest_path import PathRequest, Suggestion, suggest_path, who_answers

REQUESTS = Path(__file__).with_name("requests.jsonl")


@dataclass(slots=True)
class Result:
    """One case: the suggestion or the error, and what was checked. seconds: wall time of the whole answer."""

    case: dict[str, Any]
    suggestion: Suggestion | None = None
    error: str = ""
    seconds: float = 0.0
    checks: list[Check] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Every check held."""
        return bool(self.checks) and all(check.held for check in self.checks)


def main() -> int:
    """Run, print the report, and return 0 when every answer parsed and at least the demanded share of checks held."""
    options = _options()
    cases = [json.loads(line) for line in REQUESTS.read_text(encoding="utf-8").splitlines()]
    cases = [case for case in cases if case["id"].startswith(options.only)]
    flags = {"ai.provider": options.provider, "ai.model": options.model, "ai.failover": False}
    ai = load(flags=flags).settings.ai
    results = asyncio.run(_run(cases, ai))
    if options.out:
        _write(results, Path(options.out))
    report = _report(results, f"{options.provider}/{options.model or 'default'}", verbose=options.verbose)
    print(report)
    held = sum(check.held for result in results for check in result.checks)
    total = sum(len(result.checks) for result in results)
    return 0 if all(result.suggestion for result in results) and held >= options.minimum * total else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--provider", default="local")
    parser.add_argument("--model", default=None)
    parser.add_argument("--only", default="", metavar="PREFIX", help="only cases whose id begins so")
    parser.add_argument("--out", default="", metavar="FOLDER", help="write every rendered document there")
    parser.add_argument("--minimum", type=float, default=0.9, metavar="SHARE", help="of the checks that must hold")
    parser.add_argument("--verbose", action="store_true", help="show the sketch of each failing case")
    return parser.parse_args()


async def _run(cases: list[dict[str, Any]], ai: AI) -> list[Result]:
    """Ask for each case, one after the other, with the model kept loaded as in the server."""
    results: list[Result] = []
    provider: Provider | None = None
    for place, case in enumerate(cases, start=1):
        wanted = PathRequest(text=case["request"], rendering=Rendering(scope="document"))
        provider = provider or who_answers(wanted, ai, use_cache=False, warn=print)
        results.append(await _ask(case, wanted, provider, ai))
        print(f"\r{place}/{len(cases)}", end="", file=sys.stderr, flush=True)
    if provider:
        await provider.close()
    print("\r", end="", file=sys.stderr)
    return results


async def _ask(case: dict[str, Any], wanted: PathRequest, provider: Provider, ai: AI) -> Result:
    result = Result(case)
    started = time.perf_counter()
    try:
        async for event in suggest_path(wanted, provider, Parameters(temperature=ai.temperature, max_tokens=ai.max_tokens)):
            if isinstance(event, Suggestion):
                result.suggestion = event
    except PhotonError as error:
        result.error = error.message
    result.seconds = time.perf_counter() - started
    if result.suggestion:
        result.checks = check_all(case["expect"], result.suggestion.document)
    else:
        result.checks = [Check("an answer that parses", held=False)] * _count(case["expect"])
    return result


def _count(expect: dict[str, Any]) -> int:
    """How many checks an answer that does not parse fails: as many as any answer to this case would be given."""
    stub = {"paths": {"/": {"get": {"responses": {}}}}}
    return len(check_all(expect, stub))


def _write(results: list[Result], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for result in results:
        if result.suggestion:
            (folder / f"{result.case['id']}.yaml").write_text(yaml_text(result.suggestion.document), encoding="utf-8")
            (folder / f"{result.case['id']}.sketch").write_text(result.suggestion.sketch, encoding="utf-8")


def _report(results: list[Result], who: str, *, verbose: bool) -> str:
    answered = [result for result in results if result.suggestion]
    checks = [check for result in results for check in result.checks]
    held = sum(check.held for check in checks)
    passed = sum(result.passed for result in results)
    tokens = [each.suggestion.usage.completion_tokens or 0 for each in answered if each.suggestion]
    repairs = sum(len(each.suggestion.repairs) for each in answered if each.suggestion)
    repeats = sum(switch.repeat for each in answered if each.suggestion for switch in each.suggestion.switches)
    seconds = [result.seconds for result in results]
    lines = [
        f"provider            {who}",
        f"answers that parse  {len(answered)} of {len(results)}",
        f"checks that hold    {held} of {len(checks)} ({held / len(checks):.1%})",
        f"cases fully passed  {passed} of {len(results)} ({passed / len(results):.1%})",
        f"seconds an answer   median {statistics.median(seconds):.2f}, longest {max(seconds):.2f}",
        f"tokens an answer    median {statistics.median(tokens):.0f}, longest {max(tokens)}" if tokens else "",
        f"repairs             {repairs}, answers asked for again {repeats}",
        "",
        "failing cases",
    ]
    for result in results:
        if not result.passed:
            lines += _failure(result, verbose=verbose)
    return "\n".join(lines)


def _failure(result: Result, *, verbose: bool) -> list[str]:
    broken = [check.what for check in result.checks if not check.held]
    lines = [f"  {result.case['id']}: {result.case['request']}", f"      {result.error or '; '.join(broken)}"]
    if verbose and result.suggestion:
        lines += [f"      | {line}" for line in result.suggestion.sketch.splitlines()]
    return lines


if __name__ == "__main__":
    sys.exit(main())
