"""A sketch becomes OpenAPI that fits the user's specification: what exists is used again, what is new looks like the rest.

The model's word counts for what the API says: method, fields, types, which things go in and come out. How that is written
(names, tags, security, error bodies, pages, operationId, order) is the specification's to decide, or the profile's where
there is none. What the user typed in so many words wins over both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from photon.openapi import naming
from photon.openapi.document import Rendered, Rendering, component_schemas, finished, framed, problem_schema
from photon.openapi.matching.answers import Answers
from photon.openapi.matching.components import Components, Settled
from photon.openapi.matching.kindred import Kindred
from photon.openapi.matching.manner import Manner
from photon.openapi.matching.media_types import MediaTypes
from photon.openapi.matching.names import Names
from photon.openapi.matching.pages import Envelope, Pages, Paging, is_list
from photon.openapi.matching.parameters import Parameters
from photon.openapi.matching.routes import fitted_path
from photon.openapi.matching.security import Securities, Security
from photon.openapi.matching.surroundings import Surroundings, Wanted, is_success
from photon.openapi.matching.tags import Tags
from photon.openapi.matching.wrappers import Position, Wrappers
from photon.openapi.operation import PROBLEM, content_of, header, reason
from photon.openapi.schemas import Schema
from photon.openapi.sound import sound
from photon.openapi.spec import Spec
from photon.openapi.style.model import Style
from photon.openapi.style.operation_ids import operation_id
from photon.sketch.model import Content, Response, Sketch
from photon.sketch.parse import RANKS
from photon.sketch.stated import NOTHING_STATED, Stated

_DECIDED = {
    "summary": "summary", "description": "description", "operationId": "deprecated", "tags": "deprecated", "deprecated": "auth",
    "security": "path", "parameters": "body", "requestBody": "response", "responses": "component",
}  # fmt: skip
"""The kind of line (in RANKS) from which on a key of the operation does not change any more."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A sketch that was fitted in, and what goes with it. notes: one line for each decision so far."""

    sketch: Sketch
    wanted: Wanted
    security: Security
    paging: Paging | None
    reused: tuple[str, ...]
    notes: tuple[str, ...]


class Matcher:
    """Fits sketches for one request into one specification. Everything that is looked up is indexed here, once.

    spec: None where only a profile decides. stated: what the request says in so many words.
    """

    def __init__(self, spec: Spec | None, style: Style, rendering: Rendering, *, stated: Stated = NOTHING_STATED) -> None:
        self._spec = spec
        self._style = style
        self._rendering = replace(rendering, version=style.version)
        self._stated = stated
        self._around = around = Surroundings(spec)
        self._names = Names(around, style, stated.text)
        self._components = Components(around, style, stated.text)
        self._kindred = Kindred(around, self._components.schemas)
        self._wrappers = Wrappers(around, self._components.schemas)
        self._tags = Tags(around, style)
        self._securities = Securities(around, style, default=rendering.default_auth)
        self._pages = Pages(around, style, self._names, stated.text)
        self._parameters = Parameters(around, style, style.version, stated.text)
        self._answers = Answers(around, style)
        self._manner = Manner(around)
        self._media_types = MediaTypes(around)
        self._ids: dict[tuple[Wanted, tuple[str, ...]], str] = {}

    def matched(self, sketch: Sketch) -> Rendered:
        """The document for a finished sketch. Never fails: what does not fit in is written as it is without a specification."""
        sketch, notes = finished(sketch)
        draft = self._drafted(sketch)
        body = self._operation(draft)
        components, more = self._new_components(draft, body)
        document = framed(draft.sketch, self._rendering, body, components)
        if (tags := self._new_tags(body.get("tags", []))) and self._rendering.scope != "path":
            document["tags"] = tags
        reused = dict.fromkeys(self._references(body))
        return Rendered(document, (*notes, *draft.notes, *more), tuple(reused))

    def begun(self, sketch: Sketch, *, rank: int) -> dict[str, Any]:
        """The beginning of what `matched` will give, as far as lines up to `rank` (an index in RANKS) decide it for certain.

        The keys of the operation in their order, up to the first that is still open.
        """
        sketch, _ = sound(sketch)
        draft = self._drafted(sketch)
        body: dict[str, Any] = {}
        for key, value in self._entries(draft):
            if not self._is_decided(key, draft, rank):
                break
            if value is not None:
                body[key] = value
        return framed(draft.sketch, self._rendering, body, {}, begun=True)

    # -- fitting in ---------------------------------------------------------------------------------------------------

    def _drafted(self, sketch: Sketch) -> _Draft:
        path, notes = fitted_path(sketch.path, self._around, self._style)
        sketch = replace(sketch, path=path)
        spelled = self._names.spelled(sketch)
        if spelled.path != sketch.path:
            notes += (f"wrote the path as the specification has it: {spelled.path}",)
        notes += self._names.paths.odd(spelled.path, spelled.method)
        sketch = self._with_customs(spelled)
        wanted = Wanted(sketch.method, sketch.path, sketch.summary or naming.summary(sketch.method, sketch.path))
        sketch = self._kindred.fitted(sketch, wanted, self._components.denies, self._stated.text)
        sketch, paging = self._pages.of_list(sketch, wanted)
        settled: Settled = self._components.settle(sketch, wanted)
        public = NOTHING_STATED.hold(sketch).auth != self._stated.hold(sketch).auth or self._says_public
        security = self._securities.choose(wanted, settled.sketch.auth, text=self._stated.text, public=public)
        notes += (*settled.notes, *([security.note] if security.note else []))
        return _Draft(settled.sketch, wanted, security, paging, settled.reused, notes)

    @property
    def _says_public(self) -> bool:
        auth = self._stated.hold(Sketch(method="GET", path="/")).auth
        return auth is not None and auth.scheme == "none"

    def _with_customs(self, sketch: Sketch) -> Sketch:
        """The successes with the statuses of the specification."""
        wanted = Wanted(sketch.method, sketch.path)
        responses = (
            replace(each, status=self._answers.success_status(each, wanted, self._stated.statuses)) for each in sketch.responses
        )
        return replace(sketch, responses=tuple({each.status: each for each in responses}.values()))

    # -- writing ------------------------------------------------------------------------------------------------------

    def _operation(self, draft: _Draft) -> dict[str, Any]:
        return {key: value for key, value in self._entries(draft) if value is not None}

    def _entries(self, draft: _Draft) -> Iterator[tuple[str, Any]]:
        """The keys of the operation in the specification's order, each with its value or None."""
        for key in self._manner.keys:
            yield key, self._value(key, draft)

    def _value(self, key: str, draft: _Draft) -> Any:  # noqa: PLR0911 - one return a key reads best
        sketch, wanted = draft.sketch, draft.wanted
        match key:
            case "summary":
                return self._manner.summary(wanted.summary)
            case "description":
                return sketch.description or self._manner.description(wanted.summary)
            case "operationId":
                return self._operation_id(sketch, wanted)
            case "tags":
                return list(self._tags.choose(wanted, sketch.tags)) or None
            case "deprecated":
                return sketch.deprecated or None
            case "security":
                return draft.security.requirement
            case "parameters":
                paging = draft.paging.parameters if draft.paging else ()
                return self._parameters.write(sketch, wanted, paging) or None
            case "requestBody":
                return self._request_body(sketch.body, wanted)
        return self._responses(draft) or None

    def _operation_id(self, sketch: Sketch, wanted: Wanted) -> str | None:
        operations = self._around.operations
        if operations and not any("operationId" in each.node for each in operations):
            return None
        tags = tuple(self._tags.choose(wanted, sketch.tags))
        key = (wanted, tags)
        if key not in self._ids:
            there = self._around.there(wanted)
            if there and isinstance(there.node.get("operationId"), str):
                return str(there.node["operationId"])
            taken = {str(each.node.get("operationId")) for each in operations}
            asked = sketch.operation_id
            typed = asked is not None and asked in self._stated.text and asked not in taken
            self._ids[key] = str(asked) if typed else self._made_id(wanted, taken, tags)
        return self._ids[key]

    def _made_id(self, wanted: Wanted, taken: set[str], tags: tuple[str, ...]) -> str:
        method, path, summary = wanted
        operations, pattern = self._around.operations, self._style.operation_ids
        return operation_id(method, path, pattern, taken=taken, neighbours=operations, summary=summary, tags=tags)

    def _request_body(self, body: Content | None, wanted: Wanted) -> Schema | None:
        if body is None:
            return None
        return {"required": True, "content": self._content(body, self._pages.of_body(wanted), wanted, "body")}

    def _responses(self, draft: _Draft) -> dict[str, Any]:
        successes = {each.status: self._success(each, draft) for each in draft.sketch.responses if not each.is_error}
        errors = self._answers.errors(draft.sketch.responses, draft.wanted, self._stated.statuses)
        return dict(sorted((successes | errors).items(), key=lambda each: (each[0] == "default", each[0])))

    def _success(self, response: Response, draft: _Draft) -> Schema:
        own = {field.name: header(field, self._style.version) for field in response.headers}
        headers = own | (self._answers.headers(draft.wanted) if is_success(response.status) else {})
        envelope: Envelope | None = None
        if is_success(response.status):
            envelope = draft.paging.envelope if draft.paging else self._pages.of_single(draft.wanted)
        return {
            "description": response.description or reason(response.status),
            **({"headers": headers} if headers else {}),
            **({"content": self._content(response.content, envelope, draft.wanted, "answer")} if response.content else {}),
        }

    def _content(self, content: Content, envelope: Envelope | None, wanted: Wanted, position: Position) -> Schema:
        """The media types of a body, JSON in its envelope and by the name that it has in the specification."""
        written = content_of(content, self._style.version)
        if content.kind != "json" or content.media_type:
            return written
        schema = next(iter(written.values()))["schema"]
        alone = envelope is None and schema.get("type") == "array"
        if not alone and (wrapped := self._wrappers.around(schema, wanted, position)):
            schema = wrapped
        elif envelope and not self._is_enveloped(schema, envelope):
            schema = envelope.around(schema)
        return self._media_types.content(schema, self._manner.json, wanted, position)

    def _is_enveloped(self, schema: Schema, envelope: Envelope) -> bool:
        """Whether the model wrote the envelope itself, or a component that has it was found."""
        properties = schema.get("properties")
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        wrapped = self._components.shape(name) if name in self._components.schemas else frozenset[str]()
        return (isinstance(properties, Mapping) and envelope.own in properties) or envelope.own in wrapped

    # -- what stands around it ----------------------------------------------------------------------------------------

    def _new_components(self, draft: _Draft, body: dict[str, Any]) -> tuple[Schema, tuple[str, ...]]:
        known = frozenset(self._components.schemas)
        schemas, used, notes = component_schemas(draft.sketch, self._style.version, known)
        schemas |= self._schemas_of_style(used, [body, schemas], known)
        named = {name for each in draft.security.requirement or [] for name in each}
        existing = self._spec.components("securitySchemes") if self._spec else {}
        defined = {**self._style.security.schemes, **draft.security.schemes}
        schemes = {name: dict(each) for name, each in defined.items() if name in named and name not in existing}
        parts = (("schemas", schemas), ("securitySchemes", schemes))
        return {key: value for key, value in parts if value}, notes

    def _schemas_of_style(self, used: Collection[str], written: Any, known: Collection[str]) -> Schema:
        """The schemas that a profile brings along, such as that of its errors, where something refers to them."""
        given = {PROBLEM: problem_schema(), **self._style.schemas}
        found: Schema = {}
        names = [*used, *(reference.rpartition("/")[2] for reference in _all_references(written))]
        while names:
            name = names.pop()
            if name in given and name not in known and name not in found:
                found[name] = given[name]
                names += [reference.rpartition("/")[2] for reference in _all_references(given[name])]
        return dict(sorted(found.items()))

    def _new_tags(self, tags: list[str]) -> list[dict[str, str]]:
        """Declarations of tags that are new, where the specification declares its tags."""
        declared = self._spec.document.get("tags") if self._spec else None
        if not isinstance(declared, list):
            return []
        names = {each.get("name") for each in declared if isinstance(each, Mapping)}
        return [{"name": tag} for tag in tags if tag not in names and tag not in self._tags.existing]

    def _references(self, body: Any) -> Iterator[str]:
        """The components of the specification that the operation refers to."""
        components = self._spec.section("components") if self._spec else {}
        for reference in _all_references(body):
            kind, _, name = reference.removeprefix("#/components/").partition("/")
            if isinstance(components.get(kind), Mapping) and name in components[kind]:
                yield reference

    # -- while it is written ------------------------------------------------------------------------------------------

    def _is_decided(self, key: str, draft: _Draft, rank: int) -> bool:
        if key == "parameters" and draft.sketch.method == "GET":
            return rank > RANKS.index("body") and (is_list(draft.sketch) or draft.paging is not None)
        if key == "requestBody" and draft.sketch.body and draft.sketch.body.type:
            known = frozenset(self._components.schemas)
            body = replace(draft.sketch, responses=(), components=(), query=(), path_fields=(), header=(), cookie=())
            if any(getattr(kind, "name", None) not in known for kind in body.types() if type(kind).__name__ == "Ref"):
                return False
        return rank >= RANKS.index(_DECIDED[key]) and key != "responses"


def _all_references(node: Any) -> Iterator[str]:
    stack = [node]
    while stack:
        each = stack.pop()
        if isinstance(each, Mapping):
            if isinstance(each.get("$ref"), str):
                yield each["$ref"]
            stack.extend(each.values())
        elif isinstance(each, list):
            stack.extend(each)


def matched(
    sketch: Sketch, spec: Spec | None, style: Style, rendering: Rendering, *, stated: Stated = NOTHING_STATED
) -> Rendered:
    """`Matcher.matched` for a single sketch."""
    return Matcher(spec, style, rendering, stated=stated).matched(sketch)
