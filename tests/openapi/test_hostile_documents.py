"""A hostile document is a value or a clear error, in bounded time and memory, and the file is as it was."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sketches  # noqa: F401 - the profile of hypothesis
from hostile_documents import DOCUMENTS, VALID, each_misshapen, misshapen, truncated
from hypothesis import given

from photon.errors import InvalidSpec
from photon.openapi.read import sketch_of
from photon.openapi.source.nodes import walk_nodes
from photon.openapi.source.source import source_of
from photon.openapi.spec import Spec
from photon.sketch.write import write_sketch

SECONDS = 30
GIGABYTES = 2.5
"""The largest document that is read has 64 MiB; the places of its values are what takes the room."""

READING = """
import json, resource, sys, time
from pathlib import Path
from photon.errors import InvalidSpec
from photon.openapi.read import sketch_of
from photon.openapi.source.nodes import walk_nodes
from photon.openapi.spec import read_spec
from photon.sketch.write import write_sketch

said, begun = "", time.process_time()
try:
    spec = read_spec(Path(sys.argv[1]))
    nodes = 0
    for _ in walk_nodes(spec.document):
        nodes += 1
    for operation in spec.operations[:50]:
        write_sketch(sketch_of(spec, operation))
    for node in spec.components("schemas").values():
        spec.resolved(node)
except InvalidSpec as error:
    said = error.message
    assert len(error.message) < 1_000 and len(error.excerpt) < 1_000, "too much is said"
    assert (error.message + error.excerpt.replace("\\n", "")).isprintable(), "a terminal would obey it"
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"said": said, "seconds": time.process_time() - begun, "peak": peak}))
"""


def bounded() -> None:
    """For a child process: no more memory and processor time than these."""
    limit = int(GIGABYTES * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


@pytest.mark.parametrize("name", list(DOCUMENTS))
def test_a_hostile_document_is_read_or_refused_in_bounded_time_and_memory(name: str, tmp_path: Path) -> None:
    data = DOCUMENTS[name]()
    file = tmp_path / "hostile.yaml"
    file.write_bytes(data)
    before = file.stat().st_mtime_ns
    done = subprocess.run(
        [sys.executable, "-c", READING, str(file)], capture_output=True, text=True, preexec_fn=bounded, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    report = json.loads(done.stdout)
    assert "internal" not in report["said"]
    assert (file.read_bytes(), file.stat().st_mtime_ns) == (data, before)


def driven(data: bytes) -> Spec | None:
    """Everything that reads a document does so; None where it is refused."""
    try:
        spec = Spec(source_of(data, None))
    except InvalidSpec as error:
        assert error.message.isprintable()
        return None
    for operation in spec.operations:
        text = write_sketch(sketch_of(spec, operation))
        assert text.startswith(f"{operation.method} /")
    for kind in ("schemas", "parameters", "responses"):
        for node in spec.components(kind).values():
            spec.resolved_mapping(node)
    return spec


def test_the_valid_document_is_valid() -> None:
    spec = driven(VALID.encode())
    assert spec is not None
    assert [operation.route for operation in spec.operations] == ["GET /pets/{id}", "PUT /pets/{id}"]
    assert sum(1 for _ in walk_nodes(spec.document)) > 80


def test_a_document_that_is_cut_off_is_a_value_or_an_error() -> None:
    results = [driven(data) is None for data in truncated(step=7)]
    assert any(results)
    assert not all(results)


@given(misshapen)
def test_wrong_types_anywhere_are_a_value_or_an_error(document: dict[str, Any]) -> None:
    driven(json.dumps(document).encode())


def test_each_wrong_value_in_each_place_is_a_value_or_an_error() -> None:
    for place, (name, document) in enumerate(each_misshapen()):
        if place % 7 == 0:
            try:
                driven(json.dumps(document).encode())
            except Exception as error:
                raise AssertionError(name) from error
