"""A schema from examples, by code; described by a model where that is asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from photon.chat import Attempt, Origin, Parameters, Provider, Switch, Usage
from photon.errors import InvalidSpec, PhotonError
from photon.openapi.components import render_components
from photon.openapi.descriptions import described_by_name
from photon.openapi.samples.inferred import component_name, infer
from photon.openapi.samples.reading import read_samples
from photon.openapi.schemas import Version
from photon.openapi.source.source import MAX_BYTES
from photon.sketch.model import Array, Component, Field, Map, Nullable, Object, Type, Union
from photon.sketch.schema_prompt import describe_request
from photon.tasks.schema_answers import SchemaReader
from photon.tasks.suggest_path import Format
from photon.tasks.suggest_schema import Fit, lines_of, written


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """The result. text is what to print. samples: how many were read. notes: what the samples do not tell."""

    text: str
    document: dict[str, Any]
    sketch: str
    samples: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What came in one file, or through stdin (path is None)."""

    data: bytes
    path: Path | None = None


def given_file(path: Path) -> Given:
    """Read a file with samples. Raises InvalidSpec where it cannot be read."""
    try:
        with path.open("rb") as file:
            return Given(data=file.read(MAX_BYTES + 1), path=path)
    except OSError as error:
        raise InvalidSpec(f"cannot read {path}: {error.strerror or error}") from error


def components_of(
    given: Sequence[Given], *, name: str | None, many: bool
) -> tuple[tuple[Component, ...], int, tuple[str, ...]]:
    """(the components, how many samples there were, notes). many: each item of a list is a sample.

    Without a name, that of the first file is taken. Raises InvalidSpec.
    """
    path = next((each.path for each in given if each.path), None)
    found = name or (component_name(path.stem) if path else "Example")
    inferred = infer(_samples(given, many=many), found)
    notes = inferred.notes
    if name is None and path is None:
        notes = (*notes, "named it Example: --name NAME names it")
    if not many and isinstance(inferred.components[0].type, Array):
        notes = (*notes, f"the sample is a list, and so is {found}: --many takes each of its items as a sample")
    return inferred.components, inferred.samples, notes


def _samples(given: Sequence[Given], *, many: bool) -> Iterator[Any]:
    none = True
    for each in given:
        for value in read_samples(each.data, each.path):
            if many and not isinstance(value, list):
                raise InvalidSpec(f"{each.path or '<stdin>'} is no list of samples", hint="leave out --many")
            for sample in value if many else (value,):
                none = False
                yield sample
    if none:
        raise InvalidSpec("there are no samples: the list is empty", hint="give at least one")


def rendered(
    components: tuple[Component, ...],
    *,
    version: Version,
    form: Format,
    fit: Fit | None = None,
    known: frozenset[str] = frozenset(),
    samples: int = 0,
    notes: tuple[str, ...] = (),
) -> Sampled:
    """The components as OpenAPI, made to fit the user's specification where there is one."""
    if fit:
        components, more = fit(components)
        notes = (*notes, *more)
    made = render_components(components, version, known)
    text = "".join(line + "\n" for line in lines_of(components, made.document, form))
    return Sampled(text=text, document=made.document, sketch=written(components), samples=samples, notes=(*notes, *made.notes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """Components with a description at every field. answered_by: None where code gave all of them."""

    components: tuple[Component, ...]
    answered_by: Origin | None = None
    switches: tuple[Switch, ...] = ()
    usage: Usage = Usage()
    attempts: tuple[Attempt, ...] = ()
    milliseconds: int = 0


def by_code(components: tuple[Component, ...]) -> Described:
    """Descriptions from the names alone."""
    return Described(components=described_by_name(components))


async def by_model(
    components: tuple[Component, ...], provider: Provider, parameters: Parameters, *, warn: Callable[[str], None]
) -> Described:
    """Descriptions by a model; what it leaves out, or all where it fails (which `warn` is told), comes from the names.

    Only its descriptions are taken: names and types are those of the samples.
    """
    reader = SchemaReader(name=components[0].name)
    origin, usage = None, Usage()
    switches: list[Switch] = []
    attempts: list[Attempt] = []
    started = time.perf_counter()
    request = replace(describe_request(written(components), parameters), on_attempt=attempts.append)
    try:
        async for chunk in provider.stream(request):
            if chunk.switch:
                switches.append(chunk.switch)
                reader = SchemaReader(name=components[0].name)
            origin, usage = chunk.origin or origin, chunk.usage or usage
            reader.feed(chunk.text)
        answer = {each.name: each.type for each in reader.finish(cut=True).components}
    except PhotonError as error:
        warn(f"{error.message}: the descriptions come from the names")
        return by_code(components)
    told = tuple(replace(each, type=_told(each.type, answer.get(each.name))) for each in components)
    return Described(
        components=described_by_name(told),
        answered_by=origin,
        switches=tuple(switches),
        usage=usage,
        attempts=tuple(attempts),
        milliseconds=round(1000 * (time.perf_counter() - started)),
    )


def _told(kind: Type, answer: Type | None) -> Type:
    """`kind` with the descriptions of `answer`, place by place."""
    match kind, answer:
        case Object(fields), Object(others):
            said = {each.name: each for each in others}
            return Object(tuple(_told_field(each, said.get(each.name)) for each in fields))
        case Array(items), Array(inner):
            return replace(kind, items=_told(items, inner))
        case Map(values), Map(inner):
            return Map(_told(values, inner))
        case Nullable(inner), _:
            return Nullable(_told(inner, answer.inner if isinstance(answer, Nullable) else answer))
        case Union(members), Union(others) if len(members) == len(others):
            return Union(tuple(_told(one, other) for one, other in zip(members, others, strict=True)))
    return kind


def _told_field(field: Field, answer: Field | None) -> Field:
    if answer is None:
        return field
    return replace(field, type=_told(field.type, answer.type), description=answer.description or field.description)
