"""What the notation keeps of real operations: each is read as a sketch, written as text, parsed, rendered and compared.

python -m benchmarks.round_trip.run             # 5,000 operations of public specifications
python -m benchmarks.round_trip.run FOLDER --operations 500

The rule: files in the order of the SHA-256 of their path, of each the first `--each` operations in the order of the same of
their route, until there are enough. Files over `--largest` MB are left out.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.public_specs import public_specs
from benchmarks.round_trip.losses import kept_and_lost
from photon.errors import InvalidSpec
from photon.openapi.spec import Spec, SpecOperation, read_spec


def main() -> int:
    """Print the table, and return 1 when an operation could not be taken through."""
    options = _options()
    seen, kept, lost, of_specs, crashes = 0, Counter[str](), Counter[str](), set[str](), list[str]()
    begun = time.monotonic()
    for spec, operation in _chosen(options):
        seen += 1
        of_specs.add(spec.source.name)
        try:
            found_kept, found_lost = kept_and_lost(spec, operation)
        except Exception as error:  # whatever it is, it is what this counts
            crashes.append(f"{spec.source.name} {operation.route}: {type(error).__name__}: {error}"[:300])
            continue
        kept.update(found_kept)
        lost.update(found_lost)
    print(
        f"{seen:,} operations of {len(of_specs):,} specifications in {time.monotonic() - begun:.0f} s, {len(crashes)} crashes\n"
    )
    print("\n".join([*_table("kept", kept, seen), "", *_table("lost", lost, seen), *crashes]))
    return 1 if crashes else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="of specifications; the public ones if it is not named")
    parser.add_argument("--operations", type=int, default=5_000)
    parser.add_argument("--each", type=int, default=10, help="so many of one specification")
    parser.add_argument("--largest", type=float, default=2, metavar="MB")
    options = parser.parse_args()
    options.folder = options.folder or public_specs()
    return options


def _chosen(options: argparse.Namespace) -> Iterator[tuple[Spec, SpecOperation]]:
    left = options.operations
    files = [file for file in options.folder.rglob("*") if file.suffix in (".json", ".yaml", ".yml")]
    for file in sorted(files, key=lambda file: _digest(str(file.relative_to(options.folder)))):
        if file.stat().st_size > options.largest * 1e6:
            continue
        try:
            spec = read_spec(file)
        except InvalidSpec as error:
            print(f"not read: {error.message}", file=sys.stderr)
            continue
        operations = sorted(spec.operations, key=lambda operation: _digest(operation.route))[: options.each]
        yield from ((spec, operation) for operation in operations[:left])
        left -= len(operations)
        if left <= 0:
            return


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _table(what: str, counted: Counter[str], seen: int) -> Iterator[str]:
    yield f"| {what} | operations | share |"
    yield "| --- | ---: | ---: |"
    for name, count in sorted(counted.items(), key=lambda each: (-each[1], each[0])):
        yield f"| {name} | {count:,} | {100 * count / seen:.1f} % |"


if __name__ == "__main__":
    sys.exit(main())
