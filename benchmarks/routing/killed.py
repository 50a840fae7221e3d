"""kill -9 in the middle of writing: the cache, the record, the keys and the settings, two hundred times over.

python -m benchmarks.routing.killed                   # half a minute
python -m benchmarks.routing.killed --rounds 1000

Each round a process that does nothing but write is killed at a random moment. Afterwards whatever it wrote must be sound, and
every value in it one that was written whole. Exit status 1 where anything is corrupt or half-written.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
import tomllib
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

LONGEST = 0.06
"""Seconds until a writer is killed, at most: some dozens of writes."""

FILLING = 300
"""How often a value is repeated in what is written, so that a torn one shows."""


def main() -> int:
    """Run all rounds, print what was found, and return 1 where something was torn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200, help="of all four kinds together")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("CONFIG", "CACHE", "DATA"):
            os.environ[f"PHOTON_{name}_DIR"] = str(Path(folder) / name.lower())
        os.environ["PHOTON_MASTER_PASSWORD"] = "correct horse battery staple"
        _cheap_passwords()
        torn = [
            f"{kind}, round {turn}: {trouble}"
            for turn in range(options.rounds // len(KINDS))
            for kind, (write, check) in KINDS.items()
            for trouble in _round(write, check, chance)
        ]
        written = ", ".join(f"{kind}: {count()}" for kind, count in COUNTS.items())
    print(f"{options.rounds // len(KINDS) * len(KINDS)} writers were killed; what is there in the end: {written}")
    print(*torn or ["nothing is corrupt, and nothing half-written"], sep="\n")
    return 1 if torn else 0


def _round(write: Callable[[int], None], check: Callable[[], list[str]], chance: random.Random) -> list[str]:
    ready, begun = os.pipe()
    writer = os.fork()
    if writer == 0:
        _write_for_ever(write, begun, chance.randrange(10**6))
    os.close(begun)
    wrote = os.read(ready, 1)  # nothing where it could not even write once
    os.close(ready)
    time.sleep(chance.uniform(0.0, LONGEST))
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    return check() if wrote else ["the writer could not write"]


def _write_for_ever(write: Callable[[int], None], begun: int, number: int) -> None:
    """In the process that will be killed."""
    try:
        write(number)
        os.write(begun, b"!")
        while True:
            number += 1
            write(number)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def _cheap_passwords() -> None:
    """The derivation of the key is slow on purpose; it is not what is tried here, and writes must come thick and fast."""
    from photon.settings.keys import sealing

    sealing.COST = (2**14, 1, 1)  # type: ignore[misc] # the cheapest that a store may have


def _warned(line: str) -> None:
    raise AssertionError(f"a writer was warned: {line}")


def _value(number: int) -> str:
    return f"{number:07d} " * FILLING


def _is_whole(text: str) -> bool:
    return text == text[:8] * FILLING


def _write_cache(number: int) -> None:
    from photon.records.cache import StoredAnswer, response_cache
    from photon.settings.schema import Cache

    cache = response_cache(Cache(max_size_mb=0.5), _warned)
    for step in range(20):
        cache.put(f"key {number % 50} {step}", StoredAnswer(_value(number)))


def _check_cache() -> list[str]:
    from photon.settings.paths import answers_file

    return _check_database(answers_file(), "SELECT text FROM answers")


def _write_record(number: int) -> None:
    from photon.chat import Attempt, Message, Origin, Parameters, Usage
    from photon.records.history import Entry
    from photon.records.requests import history
    from photon.settings.schema import Record

    record = history(Record(max_size_mb=1.0), _warned)
    origin = Origin("openai", "m")
    attempt = Attempt(origin=origin, started=time.time(), total_ms=1.0, usage=Usage(prompt_tokens=1), kind="openai", cost=0.1)
    for _ in range(20):
        entry = Entry(
            command="chat",
            messages=(Message("user", _value(number)),),
            parameters=Parameters(),
            started=time.time(),
            total_ms=2.0,
            attempts=(attempt, attempt),
            origin=origin,
            answer=_value(number),
            finish_reason="stop",
        )
        assert record is not None
        assert record.add(entry), "the record keeps it"


def _check_record() -> list[str]:
    from photon.settings.paths import history_file

    found = _check_database(history_file(), "SELECT answer FROM texts")
    torn = "SELECT count(*) FROM requests WHERE 2 != (SELECT count(*) FROM exchanges WHERE request = id)"
    with closing(sqlite3.connect(history_file())) as database:
        database.execute("INSERT INTO words (words) VALUES ('integrity-check')")
        if count := database.execute(torn).fetchone()[0]:
            found.append(f"{count} requests without their exchanges")
    return found


def _write_keys(number: int) -> None:
    from photon.settings.keys import store_key

    for step in range(5):
        store_key(f"name-{step}", f"sk-{number:040d}", store="encrypted")


def _check_keys() -> list[str]:
    from photon.settings.keys.encrypted_store import encrypted_store
    from photon.settings.paths import encrypted_keys_file

    found = _check_database(encrypted_keys_file())
    store = encrypted_store()
    secrets = [store.get(name) for name in store.names()]
    found += [f"a key is {secret!r}" for secret in secrets if not (secret and len(secret) == 43)]
    return found + _check_json(Path(os.environ["PHOTON_CONFIG_DIR"]) / "keys.json")


def _check_json(path: Path) -> list[str]:
    try:
        json.loads(path.read_text() if path.exists() else "{}")
    except ValueError as error:
        return [f"{path.name}: {error}"]
    return []


def _write_settings(number: int) -> None:
    from photon.settings.files import write_atomically
    from photon.settings.paths import user_config_file

    user_config_file().parent.mkdir(parents=True, exist_ok=True)
    write_atomically(user_config_file(), f'[ai]\nmodel = "{_value(number)}"\n')


def _check_settings() -> list[str]:
    from photon.settings.paths import user_config_file

    try:
        whole = _is_whole(tomllib.loads(user_config_file().read_text())["ai"]["model"])
    except (ValueError, KeyError) as error:
        return [f"the settings: {error}"]
    return [] if whole else ["the settings are half-written"]


def _check_database(path: Path, texts: str = "") -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        found = [row[0] for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"]
        if texts:
            found += ["a text is half-written" for (text,) in database.execute(texts) if not _is_whole(text)]
    return found


def _count(path: Callable[[], Path], table: str) -> Callable[[], int]:
    def count() -> int:
        with closing(sqlite3.connect(path())) as database:
            return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    return count


def _paths(name: str) -> Callable[[], Path]:
    from photon.settings import paths

    return getattr(paths, name)  # type: ignore[no-any-return]


KINDS = {
    "cache": (_write_cache, _check_cache),
    "record": (_write_record, _check_record),
    "keys": (_write_keys, _check_keys),
    "settings": (_write_settings, _check_settings),
}
COUNTS = {
    "answers": _count(_paths("answers_file"), "answers"),
    "requests": _count(_paths("history_file"), "requests"),
    "keys": _count(_paths("encrypted_keys_file"), "keys"),
}

if __name__ == "__main__":
    sys.exit(main())
