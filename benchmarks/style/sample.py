"""Takes operations out of public specifications, one at a time, with all that only they use."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photon.openapi.source.source import source_of
from photon.openapi.spec import Spec

HERE = Path(__file__).parent

SPECS = {
    "github": "github.com/api.github.com.json",
    "asana": "asana.com.json",
    "spotify": "spotify.com.json",
    "box": "box.com.json",
    "adyen": "adyen.com/ManagementService-v3.json",
    "linode": "linode.com.json",
    "xero": "xero.com/xero_accounting.json",
    "velo": "velopayments.com.json",
    "twitter": "twitter.com/current.json",
    "increase": "increase.com.json",
}
"""Ten with different conventions, chosen before any result was seen, by these alone: summaries, errors and operationIds are
there, and the way in which names, ids, tags, security, errors and pages are written differs."""

OTHERS = {
    "airflow": "apache.org/airflow.json",
    "svix": "svix.com.json",
    "files": "files.com.json",
    "configcat": "configcat.com.json",
    "vimeo": "vimeo.com.json",
    "shipengine": "shipengine.com.json",
    "dracoon": "dracoon.team.json",
    "jira": "atlassian.com/jira.json",
    "shutterstock": "shutterstock.com.json",
    "batch": "windows.net/batch-BatchService.json",
}
"""Ten more, chosen in the same way, on which nothing was built: they tell whether what was learned on the first is general."""

_METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True, slots=True)
class Case:
    """An operation that was taken out. document: the specification without it; whole: with it."""

    spec: str
    method: str
    path: str
    operation: Mapping[str, Any]
    item: Mapping[str, Any]
    document: Mapping[str, Any]
    whole: Mapping[str, Any]

    @property
    def request(self) -> str:
        """What is asked: the method, the path and the summary, nothing else."""
        return f"{self.method} {self.path}: {self.operation['summary']}"

    def specification(self) -> Spec:
        """The rest, read by the product as a file would be."""
        return Spec(source_of(json.dumps(self.document).encode(), Path(f"{self.spec}.json")))


def cases(name: str, file: Path, count: int) -> Iterator[Case]:
    """`count` operations of one specification, evenly over its operations with a summary."""
    whole = json.loads(file.read_text(encoding="utf-8"))
    found = [
        (path, method)
        for path, item in whole["paths"].items()
        for method in item
        if method in _METHODS and str(item[method].get("summary") or "").strip() and not item[method].get("deprecated")
    ]
    count = min(count, len(found))
    for number in sorted(range(count), key=lambda each: 7 * each % count):  # whoever stops half-way has seen all of it
        path, method = found[(2 * number + 1) * len(found) // (2 * count)]
        item = whole["paths"][path]
        yield Case(name, method.upper(), path, item[method], item, _without(whole, path, method), whole)


def _without(whole: Mapping[str, Any], path: str, method: str) -> dict[str, Any]:
    """`whole` without an operation, without the components that nothing else reaches, and without a tag nothing else has."""
    item = {key: value for key, value in whole["paths"][path].items() if key != method}
    paths = {key: (item if key == path else value) for key, value in whole["paths"].items()}
    if not any(key in _METHODS for key in item):
        del paths[path]
    document = {**whole, "paths": paths}
    before, after = _reached(whole), _reached(document)
    document["components"] = {
        kind: {
            name: value
            for name, value in each.items()
            if kind == "securitySchemes" or (kind, name) in after or (kind, name) not in before
        }
        for kind, each in whole.get("components", {}).items()
    }
    if isinstance(whole.get("tags"), list):
        left = {tag for each in paths.values() for key in each if key in _METHODS for tag in each[key].get("tags") or ()}
        used = left | set(whole["paths"][path][method].get("tags") or ())
        document["tags"] = [each for each in whole["tags"] if each["name"] in left or each["name"] not in used]
    return document


def _reached(document: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The components, by kind and name, that the paths lead to."""
    components = document.get("components", {})
    found = set[tuple[str, str]]()
    stack: list[Any] = [document["paths"]]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            kind, _, name = str(node.get("$ref", "")).removeprefix("#/components/").partition("/")
            key = (kind, name.replace("~1", "/").replace("~0", "~"))
            if key not in found and key[1] in components.get(kind, {}):
                found.add(key)
                stack.append(components[kind][key[1]])
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    return found
