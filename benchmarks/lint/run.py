"""Judges every rendered answer with Redocly CLI (`recommended`), Spectral (`spectral:oas`) and openapi-spec-validator.

python -m benchmarks.lint.run                      # first runs the suggest-path requests through the embedded model
python -m benchmarks.lint.run --answers answers/   # what `benchmarks.suggest_path.run --out answers/` wrote
python -m benchmarks.lint.run --provider ollama --model llama3.2
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.lint.judges import JudgeFailed, Problem, install, judge, versions
from benchmarks.lint.variants import Variant, variants
from photon.errors import PhotonError

OUT = Path(__file__).parents[1] / "out" / "answers"


def main() -> int:
    """Judge, print the report, and return 1 when any judge reports an error; 2 when the judging itself failed."""
    options = _options()
    try:
        install()
        folder = Path(options.answers) if options.answers else _answer(options.provider, options.model)
        judged = list(variants(folder))
        problems = _judge(judged)
    except (JudgeFailed, PhotonError, ValueError, OSError, subprocess.CalledProcessError) as error:
        print(f"benchmarks.lint: {error}", file=sys.stderr)
        return 2
    print(_report(judged, problems, verbose=options.verbose))
    return 1 if any(problem.severity == "error" for problem in problems) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", default="", metavar="FOLDER", help="judge these, ask nobody")
    parser.add_argument("--provider", default="local")
    parser.add_argument("--model", default=None)
    parser.add_argument("--verbose", action="store_true", help="also list every warning by case")
    return parser.parse_args()


def _answer(provider: str, model: str | None) -> Path:
    """Run the requests through the product. Whether the answers are right is that benchmark's business, not ours."""
    for file in OUT.glob("*"):
        file.unlink()
    command = [sys.executable, "-m", "benchmarks.suggest_path.run", "--out", str(OUT), "--provider", provider]
    subprocess.run([*command, *(["--model", model] if model else [])], check=False, stdout=subprocess.DEVNULL)
    return OUT


def _judge(judged: Sequence[Variant]) -> list[Problem]:
    with tempfile.TemporaryDirectory() as folder:
        for variant in judged:
            (Path(folder) / variant.file).write_text(variant.text, encoding="utf-8")
        return judge(Path(folder))


def _report(judged: Sequence[Variant], problems: Sequence[Problem], *, verbose: bool) -> str:
    forms = Counter((variant.version, variant.scope) for variant in judged)
    cases = len({variant.case for variant in judged})
    counted = ", ".join(f"{count} {scope}s in {version}" for (version, scope), count in forms.items())
    lines = [f"judged  {len(judged)} texts of {cases} answers: {counted}", "", *_totals(problems), *_by_rule(problems)]
    shown = [problem for problem in problems if verbose or problem.severity == "error"]
    if shown:
        lines += ["", "by case", *(_line(problem) for problem in sorted(shown, key=lambda each: each.file))]
    return "\n".join(lines)


def _totals(problems: Sequence[Problem]) -> list[str]:
    found = Counter((problem.judge, problem.severity) for problem in problems)
    lines = ["| judge | errors | warnings |", "| --- | ---: | ---: |"]
    for name, number in versions().items():
        milder = sum(found[name, severity] for severity in ("warning", "info", "hint"))
        lines.append(f"| {name} {number} | {found[name, 'error']} | {milder} |")
    return lines


def _by_rule(problems: Sequence[Problem]) -> list[str]:
    """How often each rule was broken, and where: in whole documents, in fragments, by which cases."""
    if not problems:
        return []
    lines = ["", "| rule | severity | documents | fragments | cases |", "| --- | --- | ---: | ---: | --- |"]
    groups = Counter((problem.severity, problem.judge, problem.rule) for problem in problems)
    for (severity, name, rule), _ in sorted(groups.items(), key=lambda item: (item[0][0] != "error", -item[1])):
        files = [
            problem.file for problem in problems if (problem.judge, problem.rule, problem.severity) == (name, rule, severity)
        ]
        scopes = Counter(file.removesuffix(".yaml").rpartition("~")[2] for file in files)
        cases = _some(sorted({file.partition("~")[0] for file in files}))
        lines.append(f"| {name} {rule} | {severity} | {scopes['document']} | {scopes['fragment']} | {cases} |")
    return lines


def _some(cases: Sequence[str]) -> str:
    return f"{len(cases)}: " + ", ".join(cases[:5]) + (", ..." if len(cases) > 5 else "")


def _line(problem: Problem) -> str:
    return f"  {problem.file}: {problem.severity} {problem.judge} {problem.rule}: {problem.message} ({problem.where})"


if __name__ == "__main__":
    sys.exit(main())
