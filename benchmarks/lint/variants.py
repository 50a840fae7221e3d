"""The documents to judge: each answer in every form in which Photon writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from photon.openapi.document import Rendering, Scope, render
from photon.openapi.schemas import Version
from photon.openapi.yaml_text import yaml_text
from photon.sketch.model import Sketch
from photon.sketch.parse import SketchParser

VERSIONS: tuple[Version, ...] = ("3.1", "3.0")
_NUMBERS: dict[Version, str] = {"3.1": "3.1.0", "3.0": "3.0.3"}


@dataclass(frozen=True, slots=True)
class Variant:
    """One form of one answer. case: the request's id. scope: a document as it is, or a fragment in our wrapper."""

    case: str
    version: Version
    scope: Scope
    text: str

    @property
    def file(self) -> str:
        """A file name that tells all three."""
        return f"{self.case}~{self.version}~{self.scope}.yaml"


def variants(folder: Path) -> Iterator[Variant]:
    """Of each ``ID.sketch`` in `folder` four forms, of an ``ID.yaml`` without a sketch the document and its fragment.

    Raises ValueError for a folder without answers, and where ``ID.yaml`` is not what the product renders from ``ID.sketch``.
    """
    cases = sorted({file.stem for suffix in ("*.yaml", "*.sketch") for file in folder.glob(suffix)})
    if not cases:
        raise ValueError(f"there are no answers in {folder}")
    for case in cases:
        written, sketched = folder / f"{case}.yaml", folder / f"{case}.sketch"
        document = written.read_text(encoding="utf-8") if written.is_file() else None
        if sketched.is_file():
            yield from _of_sketch(case, sketched.read_text(encoding="utf-8"), document)
        elif document is not None:
            yield from _of_document(case, document)


def _of_sketch(case: str, text: str, document: str | None) -> Iterator[Variant]:
    parser = SketchParser()
    parser.feed(text)
    sketch = parser.finish()
    for version in VERSIONS:
        whole = yaml_text(_rendered(sketch, version, "document"))
        if version == "3.1" and document not in (None, whole):
            raise ValueError(f"{case}.yaml is not what {case}.sketch is rendered to: the answers are of another version")
        yield Variant(case, version, "document", whole)
        yield Variant(case, version, "fragment", yaml_text(wrapped(_rendered(sketch, version, "fragment"), version)))


def _rendered(sketch: Sketch, version: Version, scope: Scope) -> dict[str, Any]:
    return render(sketch, Rendering(version=version, scope=scope)).document


def _of_document(case: str, text: str) -> Iterator[Variant]:
    version: Version = "3.0" if re.search(r"^openapi: *['\"]?3\.0", text, re.MULTILINE) else "3.1"
    yield Variant(case, version, "document", text)
    with suppress(yaml.YAMLError):  # the judges say so about the document
        document = yaml.safe_load(text)
        fragment = {key: document[key] for key in ("paths", "components") if key in document}
        yield Variant(case, version, "fragment", yaml_text(wrapped(fragment, version)))


def wrapped(fragment: dict[str, Any], version: Version) -> dict[str, Any]:
    """The fragment in a document that no judge has anything against: what remains is about the fragment."""
    operations = [operation for item in fragment["paths"].values() for operation in item.values()]
    tags = dict.fromkeys(tag for operation in operations for tag in operation.get("tags", ()))
    return {
        "openapi": _NUMBERS[version],
        "info": {
            "title": "Wrapper",
            "version": "1.0.0",
            "description": "A document around the fragment that is judged.",
            "contact": {"name": "API team", "url": "https://api.acme.test/contact"},
            "license": {"name": "Apache 2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0.html"},
        },
        "servers": [{"url": "https://api.acme.test"}],
        "tags": [{"name": tag, "description": f"All about {tag}."} for tag in tags],
        **fragment,
    }
