"""The user's specification as `suggest-schema` meets it: what it decides of a schema, and the schema put into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from photon.cli.splicing import Splicing
from photon.cli.terminal import Terminal

if TYPE_CHECKING:
    from photon.openapi.schemas import Version
    from photon.settings.schema import AI
    from photon.sketch.prompt import SpecContext
    from photon.tasks.spec_in_use import SpecInUse
    from photon.tasks.suggest_schema import Fit


@dataclass(frozen=True, slots=True)
class Target:
    """Where a schema is to fit in (spec is None where there is no specification), and what is to become of it."""

    ai: AI
    spec: SpecInUse | None
    splicing: Splicing

    @property
    def known(self) -> frozenset[str]:
        """The names of the schemas that there are, and what a sketch calls them."""
        return self.spec.names.known.union(self.spec.spec.components("schemas")) if self.spec else frozenset()

    @property
    def version(self) -> Version:
        """That of the specification, else that of the settings."""
        wanted: Any = self.ai.style.openapi  # its choices are versions, checked where the settings are loaded
        return self.spec.spec.version if self.spec else wanted

    def fit(self, text: str, name: str | None) -> Fit | None:
        """What makes schemas fit; None where nothing is prescribed. text: the request, empty where there is none. name: what
        the schema shall be called, None where nobody says."""
        from photon.openapi.schema_fit import SchemaFit
        from photon.tasks.suggest_path import prescribed

        style = self.spec.style if self.spec else prescribed(self.ai.style)
        return SchemaFit(self.spec.spec if self.spec else None, style, text, name) if style else None

    def context(self, text: str, name: str | None) -> SpecContext:
        """The schemas that the request mentions: all of them would only make the prompt longer. name: what the schema shall be
        called, None where the request says it."""
        from photon.sketch.prompt import NO_CONTEXT

        return self.spec.mentioned(text, name) if self.spec else NO_CONTEXT

    def tell_alike(self, document: Mapping[str, Any], terminal: Terminal) -> None:
        """Which schemas of `document` are new beside one of nearly the same name."""
        there = self.spec.spec.components("schemas") if self.spec else {}
        for name in document["components"]["schemas"]:
            if self.spec and name not in there and (other := self.spec.names.component(name)):
                terminal.warn(f"{name} is another schema than {other}, which the specification has: --name {other} is that one")

    def put(self, document: Mapping[str, Any], terminal: Terminal) -> None:
        """Put the schemas of `document` into the specification, or show the diff. Raises InvalidSpec."""
        if self.spec is None or not self.splicing.wanted:
            return
        from photon.openapi.schema_fit import schemas_added

        schemas = document["components"]["schemas"]
        self.splicing.deliver(schemas_added(self.spec.spec, schemas, replace=self.splicing.replace), terminal)


def target_of(ai: AI, splicing: Splicing, *, output: Path | None = None, as_json: bool = False) -> Target:
    """The specification of the settings, read. Raises InvalidSpec, and UsageError where one is needed and not named."""
    splicing.check(ai, output=output, as_json=as_json)
    if not ai.spec:
        return Target(ai, None, splicing)
    from photon.tasks.spec_in_use import spec_in_use

    return Target(ai, spec_in_use(Path(ai.spec), ai.style), splicing)
