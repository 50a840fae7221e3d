"""What a sketch says, as values. The notation itself is described in docs/SKETCH.md; `photon.sketch.parse` reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")

SCALARS = frozenset(
    (
        *("string", "int", "number", "bool", "any", "object", "binary", "bytes"),
        *("uuid", "email", "uri", "password", "jwt", "ipv4", "ipv6"),
        *("date", "datetime", "time", "duration"),
    )
)
"""The built-in types."""

Number = int | float
Constant = str | int | float | bool
Value = str | int | float | bool | None | tuple[()]
"""A literal of the notation; the empty tuple is the empty list."""

AuthScheme = Literal["none", "bearer", "basic", "apiKey", "oauth2"]
ContentKind = Literal["json", "form", "multipart", "binary", "text", "sse"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A built-in type. minimum and maximum are inclusive: the value of a number, the length of a string."""

    name: str
    minimum: Number | None = None
    maximum: Number | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Enum:
    """One of some literals, at least one; all of them strings, or numbers, or booleans."""

    values: tuple[Constant, ...]


@dataclass(frozen=True, slots=True)
class Ref:
    """A component schema by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Array:
    """A list; minimum and maximum count its items."""

    items: Type
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Map:
    """An object with free keys and values of one type."""

    values: Type


@dataclass(frozen=True, slots=True)
class Nullable:
    """The type, or null."""

    inner: Type


@dataclass(frozen=True, slots=True)
class Union:
    """One of at least two types."""

    members: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Object:
    """An object with named fields, at least one, unique by name. (One without any is the scalar ``object``.)"""

    fields: tuple[Field, ...]


Type = Scalar | Enum | Ref | Array | Map | Nullable | Union | Object


@dataclass(frozen=True, slots=True)
class Default:
    """A default value, boxed, so that a default of null differs from none."""

    value: Value


@dataclass(frozen=True, slots=True)
class Field:
    """A property, a parameter or a header."""

    name: str
    type: Type
    optional: bool = False
    default: Default | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Auth:
    """What a caller must show. name and location belong to apiKey, scopes to oauth2."""

    scheme: AuthScheme
    scopes: tuple[str, ...] = ()
    name: str | None = None
    location: Literal["header", "query", "cookie"] = "header"


@dataclass(frozen=True, slots=True)
class Content:
    """A body. type is None for binary and text; media_type is None for the kind's own default."""

    kind: ContentKind
    type: Type | None = None
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """One answer. status is three digits, '4XX' or 'default'; errors have a description and no content of their own."""

    status: str
    content: Content | None = None
    headers: tuple[Field, ...] = ()
    description: str | None = None

    @property
    def is_error(self) -> bool:
        """True where the project's error schema is the body."""
        return self.status[0] in "45d"


@dataclass(frozen=True, slots=True)
class Component:
    """A named schema."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """One operation. None or empty where the sketch did not say."""

    method: str
    path: str
    summary: str | None = None
    description: str | None = None
    operation_id: str | None = None
    tags: tuple[str, ...] = ()
    deprecated: bool = False
    auth: Auth | None = None
    path_fields: tuple[Field, ...] = ()
    query: tuple[Field, ...] = ()
    header: tuple[Field, ...] = ()
    cookie: tuple[Field, ...] = ()
    body: Content | None = None
    responses: tuple[Response, ...] = ()
    components: tuple[Component, ...] = ()

    def types(self) -> Iterator[Type]:
        """Every type in the sketch, nested ones included, in reading order."""
        fields = (*self.path_fields, *self.query, *self.header, *self.cookie)
        yield from (nested for field in fields for nested in walk(field.type))
        contents = [self.body, *(response.content for response in self.responses)]
        yield from (nested for content in contents if content and content.type for nested in walk(content.type))
        headers = (field for response in self.responses for field in response.headers)
        yield from (nested for field in headers for nested in walk(field.type))
        yield from (nested for component in self.components for nested in walk(component.type))


def walk(root: Type) -> Iterator[Type]:
    """`root` and every type that means something inside it, in reading order: next to ``any``, in a union, none does."""
    yield root
    if not (isinstance(root, Union) and Scalar("any") in root.members):
        for child in children(root):
            yield from walk(child)


def children(root: Type) -> tuple[Type, ...]:
    """The types directly inside `root`."""
    match root:
        case Array(items):
            return (items,)
        case Map(inner) | Nullable(inner):
            return (inner,)
        case Union(members):
            return members
        case Object(fields):
            return tuple(field.type for field in fields)
    return ()
