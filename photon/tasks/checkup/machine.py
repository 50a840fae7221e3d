"""Python, what is installed beside Photon, and SQLite."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Final

from photon import __version__
from photon.tasks.checkup.finding import Finding
from photon.tasks.checkup.visit import Visit

_PACKAGE: Final = "photon-cli"
_TESTED: Final = ((3, 11), (3, 13))
"""The oldest and the newest Python that Photon is tested with."""

_NOT_FOR_USERS: Final = ("all", "dev")
"""Extras that are made of others, or for Photon's own development."""

_REQUIREMENT: Final = re.compile(r"""(?P<name>[\w.-]+)[^;]*;.*\bextra\s*==\s*["'](?P<extra>[\w-]+)["']""")


async def python(visit: Visit) -> AsyncGenerator[Finding, None]:
    """Its version, and where Photon is installed."""
    version = platform.python_version()
    where = f"Photon {__version__} on Python {version}, in {_kind_of_place()} {sys.prefix}"
    oldest, newest = (".".join(map(str, each)) for each in _TESTED)
    if sys.version_info[:2] < _TESTED[0]:
        yield Finding("python", "failure", f"{where}: Photon needs Python {oldest}", f"install Photon with Python {newest}")
    elif sys.version_info[:2] > _TESTED[1]:
        yield Finding("python", "note", f"{where}: newer than what Photon is tested with ({oldest} to {newest})")
    else:
        yield Finding("python", "ok", where)


def _kind_of_place() -> str:
    parts = Path(sys.prefix).parts
    if "pipx" in parts:
        return "the pipx environment"
    if "uv" in parts and "tools" in parts:
        return "the uv tool environment"
    return "the virtual environment" if sys.prefix != sys.base_prefix else "the system's Python"


async def extras(visit: Visit) -> AsyncGenerator[Finding, None]:
    """Whether each optional part is installed, by what Photon's own metadata says belongs to it."""
    from importlib.metadata import PackageNotFoundError, requires

    try:
        wanted = _packages_of_extras(requires(_PACKAGE) or [])
    except PackageNotFoundError:
        yield Finding("extras", "note", "Photon runs from its source, so nothing is known of its extras")
        return
    for extra, packages in wanted.items():
        missing = [name for name in packages if not _version(name)]
        there = ", ".join(f"{name} {_version(name)}" for name in packages if name not in missing)
        if missing:
            text = f"'{extra}' is not installed: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
            yield Finding(
                "extras", "note", text, f"pipx install --force '{_PACKAGE}[{extra}]' (or pip install '{_PACKAGE}[{extra}]')"
            )
        else:
            yield Finding("extras", "ok", f"'{extra}' is installed: {there}")


def _packages_of_extras(requirements: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for requirement in requirements:
        match = _REQUIREMENT.match(requirement)
        if match and match["extra"] not in _NOT_FOR_USERS:
            found.setdefault(match["extra"], []).append(match["name"])
    return found


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return ""


async def sqlite(visit: Visit) -> AsyncGenerator[Finding, None]:
    """Its version, and whether it can index texts."""
    for finding in _sqlite():
        yield finding


def _sqlite() -> Iterator[Finding]:
    try:
        import sqlite3
    except ImportError as error:
        yield Finding("sqlite", "failure", f"this Python has no sqlite3: {error}", "install Photon with another Python")
        return
    from photon.records.request_tables import has_fts5

    if has_fts5():
        yield Finding("sqlite", "ok", f"SQLite {sqlite3.sqlite_version} with FTS5")
    else:
        yield Finding("sqlite", "note", f"SQLite {sqlite3.sqlite_version} without FTS5: the search of photon ai log is slower")
