"""Adds an operation to one specification, in a process of its own: python -m benchmarks.splice.work FILE CASE.

Case `path` adds a path with a component and a tag; case `method`, after it, a method to the first path that lacks one of a
few. Prints JSON: seconds of processor time of reading and of adding (proof, diff and writing included), and the highest memory
of the process in MiB.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

from photon.openapi.spec import Spec, read_spec
from photon.openapi.splice.change import write_change
from photon.openapi.splice.operation import Addition, add_operation

TAG = "Photon probes"
SCHEMA = "PhotonProbe"
_METHODS = ("patch", "delete", "put", "post", "get")


def main() -> int:
    """Change the file."""
    file, case = Path(sys.argv[1]), sys.argv[2]
    started = time.process_time()
    spec = read_spec(file)
    read = time.process_time()
    addition = _new_path() if case == "path" else _new_method(spec)
    change = add_operation(spec, addition)
    change.diff()
    write_change(change)
    done = time.process_time()
    facts = {"read": read - started, "add": done - read, "peak": _peak()}
    print(json.dumps({**facts, "path": addition.path, "method": addition.method, "operation": addition.operation}))
    return 0


def _peak() -> float:
    """The most memory that the process had, in MiB. (``getrusage`` counts that of the process that started it, too.)"""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def _new_path() -> Addition:
    schema = {
        "type": "object",
        "description": "What a probe found.",
        "properties": {"id": {"type": "string", "description": "Its name."}, "count": {"type": "integer", "format": "int32"}},
    }
    tag = {"name": TAG, "description": "Probes by Photon."}
    path = "/photon-probes/{probeId}/findings/latest"
    return Addition(path, "get", operation("photonProbeGet", path), {"schemas": {SCHEMA: schema}}, (tag,))


def _new_method(spec: Spec) -> Addition:
    for path, item in spec.section("paths").items():
        missing = [name for name in _METHODS if name not in item] if path.startswith("/") and "photon" not in path else []
        if missing:
            body = operation("photonProbeOther", path)
            body["responses"]["200"] = {"description": "It was done."}
            return Addition(path, missing[0], body, {})
    raise SystemExit("every path has every method")


def operation(name: str, path: str) -> dict[str, Any]:
    """A clean operation."""
    parameters = [
        {"name": each, "in": "path", "required": True, "description": "A name.", "schema": {"type": "string"}}
        for each in re.findall(r"\{([^{}]*)\}", path)
    ]
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{SCHEMA}"}}}
    responses = {
        "200": {"description": "The probe.", "content": content},
        "404": {"description": "There is no such probe."},
    }
    body = {
        "operationId": name,
        "summary": "Probe",
        "description": "Reads a probe: its name, and what was found.",
        "tags": [TAG],
    }
    return {**body, "security": [], **({"parameters": parameters} if parameters else {}), "responses": responses}


if __name__ == "__main__":
    sys.exit(main())
