"""Packages that bring a provider, put where pip would put them: modules, and a dist-info folder that names the entry points."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path

GROUP = "photon.providers"


def install(name: str, modules: Mapping[str, str], entry_points: Mapping[str, str], *, to: Path) -> Path:
    """The package `name` of `modules` (file name and text) with providers by `entry_points`, in the folder `to`, returned."""
    to.mkdir(exist_ok=True)
    for file, text in modules.items():
        (to / file).write_text(text)
    facts = to / f"{name.replace('-', '_')}-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(
        f"[{GROUP}]\n" + "".join(f"{kind} = {place}\n" for kind, place in entry_points.items())
    )
    return to


def install_project(folder: Path, *, to: Path) -> Path:
    """The project in `folder`, by what its pyproject.toml says; a build backend is not needed for a package of modules."""
    described = tomllib.loads((folder / "pyproject.toml").read_text())
    project, files = described["project"], described["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    install(project["name"], {}, project["entry-points"][GROUP], to=to)
    for file in files:
        shutil.copy(folder / file, to / file)
    return to
