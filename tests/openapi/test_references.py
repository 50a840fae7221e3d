"""``$ref``: within a file, to files beside it, and every way in which it can lead nowhere."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from photon.openapi.source import references
from photon.openapi.source.nodes import place_of
from photon.openapi.source.references import Broken, Located, References
from photon.openapi.source.source import read_source, source_of


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def opened(path: Path) -> References:
    return References(read_source(path))


def value(found: Located | Broken) -> Any:
    assert isinstance(found, Located), found
    return found.value


def reason(found: Located | Broken) -> str:
    assert isinstance(found, Broken), found
    assert found.reason.isprintable()
    assert len(found.reason) < 400
    return found.reason


def test_a_pointer_is_followed_with_its_escapes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", "a/b:\n  '~c d':\n    - x\n    - {e: 5}\n'': {'': 6}\n")
    files = opened(path)
    root = read_source(path)
    assert value(files.target("#/a~1b/~0c%20d/1/e", root)) == 5
    assert value(files.target("#//", root)) == 6
    assert value(files.target("#", root)) == root.root
    for bad in ("#/a~1b/x", "#/a~1b/~0c d/2", "#/a~1b/~0c d/01", "#/a~1b/~0c d/²", "#/a~1b/~0c d/" + "9" * 5000, "#/nope"):
        assert reason(files.target(bad, root)).startswith("a.yaml has no #/")
    assert reason(files.target("#nope", root)) == "anchors are not followed"


def test_a_reference_is_relative_to_the_file_in_which_it_stands(tmp_path: Path) -> None:
    root = write(tmp_path / "api/openapi.yaml", "a: {$ref: 'parts/one.yaml#/x'}\n")
    write(tmp_path / "api/parts/one.yaml", "x: {$ref: two.json}\ny: {$ref: '../../shared/common.yaml#/z'}\n")
    write(tmp_path / "api/parts/two.json", '{"$ref": "one.yaml#/y"}')
    write(tmp_path / "shared/common.yaml", "z:\n  q: 1\n")
    files = opened(root)
    source = files.files[0]
    found = files.follow(source.root["a"], source)
    assert value(found) == {"q": 1}
    assert isinstance(found, Located)
    assert found.source.path == tmp_path / "shared/common.yaml"
    assert found.pointer == ("z",)
    start, end = place_of(found.source.root, found.pointer) or (0, 0)
    assert found.source.text[start:end] == "q: 1"
    assert [source.path and source.path.name for source in files.files] == [
        "openapi.yaml",
        "one.yaml",
        "two.json",
        "common.yaml",
    ]


def test_a_file_is_read_once_under_all_its_names(tmp_path: Path) -> None:
    root = write(tmp_path / "a.yaml", "x: 1\n")
    write(tmp_path / "b.yaml", "y: 1\n")
    (tmp_path / "c.yaml").symlink_to("b.yaml")
    files = opened(root)
    source = files.files[0]
    found = [files.target(name, source) for name in ("b.yaml", "./b.yaml", "b%2eyaml", "c.yaml", "sub/../b.yaml", "b.yaml#")]
    assert len({id(value(each)) for each in found}) == 1
    assert value(files.target("a.yaml#/x", source)) == 1
    assert len(files.files) == 2


@pytest.mark.parametrize("text", ["a: {$ref: '#/a'}", "a: {$ref: '#/b'}\nb: {$ref: '#/a'}", "a: {$ref: 'a.yaml#/a'}"])
def test_a_circle_is_left(tmp_path: Path, text: str) -> None:
    files = opened(write(tmp_path / "a.yaml", text))
    source = files.files[0]
    assert reason(files.follow(source.root["a"], source)) == "it leads in a circle"


def test_nothing_is_fetched_and_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    root = write(tmp_path / "a.yaml", "x: 1\n")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "secret.yaml").write_text("a: 1\n", encoding="utf-8")
    write(tmp_path / "broken.yaml", "a: [\n")
    files = opened(root)
    source = files.files[0]
    begun = time.monotonic()
    reasons = {
        name: reason(files.target(name, source))
        for name in (
            "https://example.com/x.yaml",
            "file:///etc/passwd",
            "none.yaml",
            "folder",
            "fifo",
            "loop",
            "/dev/zero",
            "/dev/stdin",
            "a%00b",
            "x" * 5000,
            "\x1b[31mred",
            "broken.yaml",
            "a.yaml/b",
        )
    }
    assert time.monotonic() - begun < 2
    assert reasons["https://example.com/x.yaml"] == reasons["file:///etc/passwd"] == "nothing is fetched from the network"
    for name in ("none.yaml", "folder", "fifo", "/dev/zero", "/dev/stdin"):
        assert reasons[name] == f"there is no file {name}"
    assert reasons["a%00b"] == "ab cannot be the name of a file"
    assert reasons["\x1b[31mred"] == "there is no file [31mred"
    assert "broken.yaml:2:1" in reasons["broken.yaml"]


def test_what_comes_through_stdin_has_no_files_beside_it() -> None:
    source = source_of(b"a: {$ref: 'x.yaml'}\nb: {$ref: '#/c'}\nc: 1\n", None)
    files = References(source)
    assert reason(files.follow(source.root["a"], source)) == "what comes through stdin has no files beside it"
    assert value(files.follow(source.root["b"], source)) == 1
    assert reason(files.target("#/d", source)) == "there is no #/d"


def test_a_specification_has_a_limited_number_of_files_and_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        write(tmp_path / f"{number}.yaml", "a: " + "x" * 100)
    monkeypatch.setattr(references, "_MAX_FILES", 4)
    files = opened(tmp_path / "0.yaml")
    found = [files.target(f"{number}.yaml", files.files[0]) for number in range(6)]
    assert [isinstance(each, Broken) for each in found] == [False] * 4 + [True] * 2
    assert reason(found[5]) == "the specification has more than 4 files"
    monkeypatch.setattr(references, "_MAX_CHARACTERS", 150)
    files = opened(tmp_path / "0.yaml")
    assert isinstance(files.target("1.yaml", files.files[0]), Located)
    assert reason(files.target("2.yaml", files.files[0])) == "the specification's files are too large together"


def test_a_property_called_ref_is_no_reference() -> None:
    source = source_of(b"properties:\n  $ref: {type: string}\n", None)
    found = References(source).follow(source.root["properties"], source)
    assert value(found) == {"$ref": {"type": "string"}}
