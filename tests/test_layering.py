"""The house stands: rooms use only rooms below them, and only the front door talks to people."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import photon

ROOT = Path(photon.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
LAYERS = (
    ("__main__",),
    ("cli", "server"),
    ("tasks",),
    ("openapi",),
    ("sketch",),
    ("routing",),
    ("providers",),
    ("records",),
    ("settings",),
    ("chat",),
    ("errors",),
)
HEIGHT = {room: len(LAYERS) - place for place, rooms in enumerate(LAYERS) for room in rooms}
LONGEST = 420


def name(module: Path) -> str:
    return module.relative_to(ROOT).as_posix()


def room(module: Path) -> str:
    return module.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(module: Path) -> Iterator[tuple[int, str]]:
    """(line, the room) of every import of a part of photon, also those inside functions and for type checkers only."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name(module)}:{node.lineno} imports by a relative name"
            named = [f"photon.{alias.name}" for alias in node.names] if node.module == "photon" else [node.module or ""]
        else:
            continue
        yield from ((node.lineno, each.split(".")[1]) for each in named if each.startswith("photon."))


@pytest.mark.parametrize(
    "module", [module for module in MODULES if module.name != "__init__.py" or module.parent != ROOT], ids=name
)
def test_a_room_uses_only_rooms_below_it(module: Path) -> None:
    own = room(module)
    wrong = [
        f"{name(module)}:{line} imports {other}"
        for line, other in imports(module)
        if other not in ("__version__", own) and HEIGHT[other] >= HEIGHT[own]
    ]
    assert wrong == []


@pytest.mark.parametrize("module", [module for module in MODULES if room(module) not in ("cli", "__main__")], ids=name)
def test_nothing_below_the_front_door_prints_or_exits(module: Path) -> None:
    wrong = []
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        text = ast.unparse(node) if isinstance(node, ast.Call | ast.Raise | ast.Attribute) else ""
        if re.match(r"(?:print|exit|quit|sys\.exit|os\._exit)\(|raise SystemExit|sys\.(?:stdout|stderr)\b", text):
            wrong.append(f"{name(module)}:{node.lineno} {text[:60]}")  # type: ignore[attr-defined] # these nodes have one
    assert wrong == []


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_no_module_is_two_in_one(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("module", [*MODULES, *sorted(Path(__file__).parent.rglob("*.py"))], ids=lambda path: path.name)
def test_every_exception_to_a_rule_has_its_reason(module: Path) -> None:
    for number, line in enumerate(module.read_text(encoding="utf-8").splitlines(), start=1):
        for mark in re.finditer(r"#\s*(?:type:\s*ignore|noqa)(?P<what>[^#]*)(?P<reason>.*)", line):
            if module.is_relative_to(ROOT):
                assert re.search(r"\[[\w, -]+\]|:\s*[A-Z]+\d+", mark["what"]), f"{name(module)}:{number} names no rule"
                assert mark["reason"].strip("# ") or " - " in mark["what"], f"{name(module)}:{number} gives no reason"
            else:
                assert re.search(r"\[[\w, -]+\]|:\s*[A-Z]+\d+", mark["what"]), f"{module.name}:{number} names no rule"
