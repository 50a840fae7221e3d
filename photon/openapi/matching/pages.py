"""Lists and single things in the envelope that the neighbours put them in, and cut into pages by the same parameters.

An envelope is the schema of a neighbour's answer with a hole in it, into which the new operation's own items are put.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from photon.openapi import naming
from photon.openapi.matching.names import Names
from photon.openapi.matching.surroundings import Surroundings, Wanted, is_success
from photon.openapi.matching.tags import folded
from photon.openapi.schemas import Schema
from photon.openapi.source.source import Source
from photon.openapi.spec import SpecOperation
from photon.openapi.style.model import Style
from photon.sketch.model import Array, Content, Field, Object, Ref, Sketch, Type

_PAGING = frozenset(
    """
    page limit offset cursor perpage pagesize pagenumber pageno pageindex pagetoken nexttoken nextpagetoken paginationtoken
    marker maxresults pagelen startingafter endingbefore usemarker nextcursor skip top after before size continuation
    continuationtoken startindex nextpage previoustoken
    """.split()
)
"""Query parameters that cut a list, folded."""

_ITEMS = frozenset("data item items result results value values entry entries record records list".split())
_COUNTS = frozenset(
    "page limit offset total count perpage pagesize totalpages totalcount hasmore next nextcursor cursor".split()
)
_LISTS, _SINGLES = 8, 5
_BARE = frozenset(("[]",))


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands around the content. schema: a neighbour's answer, copied. way: the keys that lead to the hole in it.

    name: the property of the content, for the ``required`` beside it; as the neighbour calls it, and as it is called here.
    """

    schema: Mapping[str, Any]
    way: tuple[str | int, ...]
    theirs: str
    own: str

    def around(self, content: Schema) -> Schema:
        """The envelope with `content` in its hole."""
        whole: Schema = _filled(self.schema, self.way, self.theirs, self.own, content)
        return whole


@dataclass(frozen=True, slots=True)
class Paging:
    """How one list is answered. parameters: as the specification writes them. envelope: None where the list stands alone."""

    parameters: tuple[Mapping[str, Any], ...] = ()
    envelope: Envelope | None = None


class Pages:
    """Recognises lists in sketches, and writes them as the specification does. text: the request."""

    def __init__(self, surroundings: Surroundings, style: Style, names: Names, text: str = "") -> None:
        self._around = surroundings
        self._style = style
        self._names = names
        self._words = {folded(word) for word in re.findall(r"[\w$-]+", text)}
        self._homes: dict[int, Source] = {}

    def of_list(self, sketch: Sketch, wanted: Wanted) -> tuple[Sketch, Paging | None]:
        """(`sketch` with the bare list as its answer and without its own paging parameters, how it is written).

        None, and `sketch` as it is, where it is no list, or where the specification says nothing on lists.
        """
        items = _items(sketch)
        if sketch.method != "GET" or items is None:
            return sketch, None
        pages = self._style.pagination
        lists = self._alike(self._paged(list(self._lists_near(wanted, related=pages.kind is not None))))
        if not lists and pages.kind is None and not pages.envelope and pages.items is None and not pages.items_by_resource:
            return sketch, None
        parameters = self._parameters(lists) if lists else pages.parameters
        envelope = self._envelope(lists[0], wanted) if lists else self._styled(wanted)
        theirs = parameters or pages.parameters
        query = tuple(field for field in sketch.query if not theirs or not self._is_replaced(field))
        return _with_items(replace(sketch, query=query), items), Paging(parameters, envelope)

    def of_single(self, wanted: Wanted) -> Envelope | None:
        """The envelope that most neighbours put a single thing into: ``{ data: … }``."""
        return self._single(wanted, _answer_of)

    def of_body(self, wanted: Wanted) -> Envelope | None:
        """The envelope that most neighbours expect a body in."""
        return self._single(wanted, lambda operation: operation.node.get("requestBody"))

    def is_replaced(self, field: Field) -> bool:
        """Whether a query parameter cuts the list, and the user did not ask for it by name."""
        return self._is_replaced(field)

    def _is_replaced(self, field: Field) -> bool:
        name = folded(field.name)
        return name in _PAGING and name not in self._words

    # -- lists --------------------------------------------------------------------------------------------------------

    def _lists_near(self, wanted: Wanted, *, related: bool) -> Iterator[tuple[SpecOperation, Mapping[str, Any]]]:
        """The nearest operations that answer with a list, each with the schema of its answer; with `related`, only those of
        the same area."""
        found = 0
        for near in self._around.near(wanted):
            operation = near.operation
            if operation.method != "GET" or operation.path.endswith("}") or (related and not near.related):
                continue
            schema = self._json_schema(_answer_of(operation), operation)
            if schema is not None and (schema.get("type") == "array" or self._hole(schema, operation) is not None):
                yield operation, schema
                found += 1
            if found == _LISTS:
                return

    def _paged(self, lists: list[tuple[SpecOperation, Mapping[str, Any]]]) -> list[tuple[SpecOperation, Mapping[str, Any]]]:
        """Those lists that are cut into pages, where half of them are: the envelope of one that is not has less in it."""
        having = [each for each in lists if self._paging_parameters(each[0])]
        return having if 2 * len(having) >= len(lists) else lists

    def _alike(self, lists: list[tuple[SpecOperation, Mapping[str, Any]]]) -> list[tuple[SpecOperation, Mapping[str, Any]]]:
        """Those lists that have the envelope that most of them have; each counts less than the one before."""
        votes: dict[frozenset[str], float] = {}
        keys = [self._beside(schema, operation) for operation, schema in lists]
        for place, key in enumerate(keys):
            votes[key] = votes.get(key, 0.0) + 1 / (place + 2)
        usual = max(votes, key=votes.__getitem__, default=None)
        return [each for each, key in zip(lists, keys, strict=True) if key == usual]

    def _beside(self, schema: Mapping[str, Any], operation: SpecOperation) -> frozenset[str]:
        """What stands beside the items; ``[]`` for a list without an envelope."""
        hole = self._hole(schema, operation)
        return frozenset(str(way[-1]) for way, _ in self._properties(schema, operation) if way != hole) if hole else _BARE

    def _parameters(self, lists: list[tuple[SpecOperation, Mapping[str, Any]]]) -> tuple[Mapping[str, Any], ...]:
        """Those of the nearest list; if it has none, or lacks some, but most of the near ones have them, those of the nearest
        that has."""
        each = [self._paging_parameters(operation) for operation, _ in lists]
        having = [found for found in each if found]
        if not each[0]:
            return having[0] if 2 * len(having) >= len(each) and having else ()
        fuller = [found for found in having if self._names_of(found) > self._names_of(each[0])]
        return fuller[0] if 2 * len(fuller) > len(having) else each[0]

    def _names_of(self, written: tuple[Mapping[str, Any], ...]) -> frozenset[str]:
        spec = self._around.spec
        return frozenset(_name(spec.resolved_mapping(each)) for each in written) if spec else frozenset()

    def _paging_parameters(self, operation: SpecOperation) -> tuple[Mapping[str, Any], ...]:
        spec = self._around.spec
        if spec is None:
            return ()
        own = {_name(spec.resolved_mapping(each)) for each in self._style.pagination.parameters}
        written = (
            self._around.copy(each, operation.source)
            for each, meaning in self._around.parameters(operation)
            if meaning.get("in") == "query" and (folded(str(meaning["name"])) in _PAGING or _name(meaning) in own)
        )
        return tuple(each for each in written if isinstance(each, Mapping))

    def _envelope(self, found: tuple[SpecOperation, Mapping[str, Any]], wanted: Wanted) -> Envelope | None:
        operation, schema = found
        hole = self._hole(schema, operation)
        return self._cut(schema, operation, hole, wanted) if hole else None

    def _styled(self, wanted: Wanted) -> Envelope | None:
        """The envelope of the style alone, where no list is near."""
        pages = self._style.pagination
        by_resource = (
            self._names.property(naming.camel(naming.words(_literal(wanted.path)))) if pages.items_by_resource else None
        )
        name = pages.items or by_resource
        if not name:
            return None
        properties: Schema = {name: {}, **pages.envelope}
        schema = {"type": "object", "required": [name], "properties": properties}
        return Envelope(schema, ("properties", name), name, name)

    def _hole(self, schema: Mapping[str, Any], operation: SpecOperation) -> tuple[str | int, ...] | None:
        """The way to the list in an answer; None where there is none, or where it is one property of many."""
        last = folded(_literal(operation.path))
        home = self._home(schema, operation)
        arrays = [way for way, value in self._properties(schema, operation) if self._is_array(value, home)]
        named = [way for way in arrays if folded(str(way[-1])) in _ITEMS or folded(str(way[-1])) == last]
        if named:
            return named[0]
        return arrays[0] if len(arrays) == 1 and len(list(self._properties(schema, operation))) <= 6 else None

    def _properties(self, schema: Mapping[str, Any], operation: SpecOperation) -> Iterator[tuple[tuple[str | int, ...], Any]]:
        """The properties of an object and of the objects that it is written together from, each with the way to it."""
        own = schema.get("properties")
        for name, value in own.items() if isinstance(own, Mapping) else ():
            yield ("properties", name), value
        parts = schema.get("allOf")
        for place, part in enumerate(parts if isinstance(parts, list) else ()):
            inner = part.get("properties") if isinstance(part, Mapping) else None
            for name, value in inner.items() if isinstance(inner, Mapping) else ():
                yield ("allOf", place, "properties", name), value

    def _is_array(self, value: Any, home: Source) -> bool:
        kind = self._meaning(value, home).get("type")
        return kind == "array" or (isinstance(kind, list) and "array" in kind)

    # -- single things ------------------------------------------------------------------------------------------------

    def _single(self, wanted: Wanted, holder: Any) -> Envelope | None:
        """The nearest operation's, if most of the nearest have one. One property that holds an object is an envelope."""
        found: list[Envelope | None] = []
        for near in self._around.near(wanted):
            schema = self._json_schema(holder(near.operation), near.operation)
            if schema is None or schema.get("type") == "array" or self._holds_list(schema, near.operation):
                continue
            found.append(self._single_envelope(schema, near.operation, wanted))
            if len(found) == _SINGLES:
                break
        having = [each for each in found if each]
        return having[0] if having and 2 * len(having) > len(found) else None

    def _holds_list(self, schema: Mapping[str, Any], operation: SpecOperation) -> bool:
        return operation.method == "GET" and not operation.path.endswith("}") and self._hole(schema, operation) is not None

    def _single_envelope(self, schema: Mapping[str, Any], operation: SpecOperation, wanted: Wanted) -> Envelope | None:
        properties = list(self._properties(schema, operation))
        if not 1 <= len(properties) <= 2:
            return None
        way, value = properties[0]
        meaning = self._meaning(value, self._home(schema, operation))
        holds_object = meaning.get("type") == "object" or "properties" in meaning or "allOf" in meaning
        name = folded(str(way[-1]))
        if not holds_object or (name not in _ITEMS and name != folded(_literal(operation.path))):
            return None
        return self._cut(schema, operation, way, wanted)

    # -- envelopes ----------------------------------------------------------------------------------------------------

    def _cut(
        self, schema: Mapping[str, Any], operation: SpecOperation, way: tuple[str | int, ...], wanted: Wanted
    ) -> Envelope | None:
        """The schema of a neighbour's answer with a hole where its own content was."""
        bare = {key: value for key, value in schema.items() if key not in ("title", "description", "example")}
        hollow = _filled(bare, way, str(way[-1]), str(way[-1]), {})
        whole = self._around.copy(hollow, self._home(schema, operation))
        if not isinstance(whole, Mapping):
            return None
        theirs = str(way[-1])
        return Envelope(whole, way, theirs, self._own_name(theirs, operation.path, wanted.path))

    def _own_name(self, theirs: str, path: str, own_path: str) -> str:
        """A property that is named after its resource is named after the new one; any other stays."""
        literal, own = _literal(path), _literal(own_path)
        if folded(theirs) in _ITEMS or folded(theirs) != folded(literal) or not own:
            return theirs
        plural = naming.is_plural(naming.words(theirs)[-1]) if naming.words(theirs) else False
        words = naming.words(own)
        return self._names.property(naming.camel(words if plural else [*words[:-1], naming.singular(words[-1])]))

    def _json_schema(self, holder: Any, operation: SpecOperation) -> Mapping[str, Any] | None:
        meaning, source = self._around.located(holder, operation)
        content = meaning.get("content")
        for media_type, media in content.items() if isinstance(content, Mapping) else ():
            if "json" in media_type and isinstance(media, Mapping):
                schema, home = self._around.located_in(media.get("schema"), source)
                self._homes[id(schema)] = home  # the specification keeps it, and so its identity
                return schema or None
        return None

    def _home(self, schema: Mapping[str, Any], operation: SpecOperation) -> Source:
        """The file in which a schema stands that an operation answers with: its references are seen from there."""
        return self._homes.get(id(schema), operation.source)

    def _meaning(self, value: Any, home: Source) -> Mapping[str, Any]:
        return self._around.located_in(value, home)[0]


def is_list(sketch: Sketch) -> bool:
    """Whether the sketch asks for a list of things."""
    return sketch.method == "GET" and _items(sketch) is not None


def _items(sketch: Sketch) -> Array | None:
    """The list that is the answer, or that an envelope of the model's own holds."""
    content = _success(sketch)
    kind = content.type if content else None
    if isinstance(kind, Array):
        return kind
    if isinstance(kind, Ref):
        kind = next((each.type for each in sketch.components if each.name == kind.name), None)
    if not isinstance(kind, Object) or sketch.path.endswith("}"):
        return None
    arrays = [field for field in kind.fields if isinstance(field.type, Array)]
    last = folded(_literal(sketch.path))
    named = [each for each in arrays if folded(each.name) in _ITEMS or folded(each.name) == last]
    rest = [field for field in kind.fields if not isinstance(field.type, Array)]
    bare = len(arrays) == 1 and all(folded(field.name) in _COUNTS for field in rest)
    found: Type | None = named[0].type if named else arrays[0].type if bare else None
    return found if isinstance(found, Array) else None


def _with_items(sketch: Sketch, items: Array) -> Sketch:
    responses = tuple(
        replace(each, content=replace(each.content, type=items))
        if is_success(each.status) and each.content and each.content.kind == "json"
        else each
        for each in sketch.responses
    )
    return replace(sketch, responses=responses)


def _success(sketch: Sketch) -> Content | None:
    successes = (each.content for each in sketch.responses if is_success(each.status))
    return next((content for content in successes if content and content.kind == "json"), None)


def _answer_of(operation: SpecOperation) -> Any:
    responses = operation.node.get("responses")
    found = responses.items() if isinstance(responses, Mapping) else ()
    return next((value for status, value in found if is_success(status)), None)


def _literal(path: str) -> str:
    return next((part for part in reversed(path.split("/")) if part and "{" not in part), "")


def _name(meaning: Mapping[str, Any]) -> str:
    return str(meaning.get("name"))


def _filled(node: Any, way: tuple[str | int, ...], theirs: str, own: str, content: Schema) -> Any:
    """A copy of `node` with `content` at `way`, whose last key is renamed from `theirs` to `own`, also in ``required``."""
    key, rest = way[0], way[1:]
    if isinstance(node, list):
        return [_filled(each, rest, theirs, own, content) if place == key else each for place, each in enumerate(node)]
    if not rest:
        return {(own if name == theirs else name): (content if name == theirs else each) for name, each in node.items()}
    changed = {name: _filled(each, rest, theirs, own, content) if name == key else each for name, each in node.items()}
    if len(rest) == 1 and isinstance(changed.get("required"), list):
        changed["required"] = [own if name == theirs else name for name in changed["required"]]
    return changed
