"""A store whose work meets a value that SQLite cannot hold."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from photon.records.database import Layout
from photon.records.store import Store

LAYOUT = Layout(
    version=1,
    upgrades=("CREATE TABLE things (thing)",),
    name="the store",
    loss="nothing is kept",
    mend="photon store clear",
    folder="PHOTON_DATA_DIR",
)


def things(database: sqlite3.Connection) -> list[object]:
    return [row[0] for row in database.execute("SELECT thing FROM things")]


@pytest.mark.parametrize("value", [2**63, "\ud800"])
def test_a_value_that_the_file_cannot_hold_is_told_once_and_the_rest_is_left_as_it_was(tmp_path: Path, value: object) -> None:
    warned: list[str] = []
    store = Store(tmp_path / "things.sqlite3", LAYOUT, warnings=warned.append)

    def add(database: sqlite3.Connection, thing: object) -> bool:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO things VALUES ('half of it')")
        database.execute("INSERT INTO things VALUES (?)", (thing,))
        database.execute("COMMIT")
        return True

    assert store.attempt(lambda database: add(database, 7), otherwise=False)
    assert not store.attempt(lambda database: add(database, value), otherwise=False)
    assert not store.attempt(lambda database: add(database, value), otherwise=False)
    assert store.usable
    assert store.attempt(lambda database: add(database, 8), otherwise=False)
    assert store.attempt(things, otherwise=[]) == ["half of it", 7, "half of it", 8]
    assert [file.name for file in tmp_path.glob("*.corrupt")] == []
    assert len(warned) == 1
    assert "cannot hold" in warned[0]
    store.close()
