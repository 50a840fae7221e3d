"""A style as a value: what `learn` finds in a specification, what a profile prescribes, and what the matching obeys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from photon.openapi.schemas import Version

Case = Literal["camel", "pascal", "snake", "kebab", "train", "constant", "flat", "dot"]
"""userId, UserId, user_id, user-id, User-Id, USER_ID, userid, user.id."""

Requirements = tuple[Mapping[str, tuple[str, ...]], ...]
"""Security requirements (OpenAPI, Security Requirement Object): alternatives, each scheme by name with its scopes."""

_NONE: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class NameCases:
    """The case of each kind of name. None where there is no habit: a name stays as it was asked for."""

    properties: Case | None = None
    parameters: Case | None = None  # query and cookie
    path_parameters: Case | None = None
    headers: Case | None = None
    segments: Case | None = None
    schemas: Case | None = None
    operation_ids: Case | None = None
    tags: Case | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityStyle:
    """place: where operations get it from: each says it, or the root says it and they only say what differs.

    usual: what most operations require in effect, None where nothing can be told. schemes: the definitions, by name.
    """

    place: Literal["operation", "root"] = "operation"
    usual: Requirements | None = None
    schemes: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: _NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorStyle:
    """How errors are answered.

    media_type and schema: of an error's body, the schema as it is written there (mostly a ``$ref``); None where errors have
    no body. responses: the component response that stands for a status ('404' → 'NotFound'). statuses: the error statuses
    that most operations of a method have ('GET' → ('401', '404')). bodiless: there are errors, and most have no body.
    """

    media_type: str | None = None
    schema: Mapping[str, Any] | None = None
    responses: Mapping[str, str] = field(default_factory=lambda: _NONE)
    statuses: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NONE)
    bodiless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaginationStyle:
    """How lists are cut into pages.

    parameters: query parameters as operations write them (a ``$ref`` or the object), in order. items: the property that holds
    the items, None where the answer is the list itself. envelope: the other properties of the answer, by name, each a schema.
    items_by_resource: that property has the name of the resource (``droplets`` for ``/droplets``), and `items` is None.
    """

    kind: Literal["page", "offset", "cursor"] | None = None
    parameters: tuple[Mapping[str, Any], ...] = ()
    items: str | None = None
    envelope: Mapping[str, Any] = field(default_factory=lambda: _NONE)
    items_by_resource: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a specification is written.

    tags: those it has, the most used first. success: the usual success status by method. id_type: the notation's word for an
    identifier (``uuid``, ``int``, ``string``). parameters: parameters that nearly every operation has, as it writes them.
    headers: response headers that most answers have. base_paths: the paths of its servers, without a slash at the end.
    operation_ids: the pattern of operationIds, as `photon.openapi.style.operation_ids` reads it. colon_actions: actions are
    written behind a colon (``/users/{id}:cancel``), None where there are none. path_end: what nearly all paths end with, a
    slash or a file's extension (``.json``). schemas: component schemas that this style refers to, by name, for a
    specification that does not have them; a profile has some, what is learned has none.
    """

    version: Version = "3.1"
    names: NameCases = NameCases()
    operation_ids: str | None = None
    tags: tuple[str, ...] = ()
    security: SecurityStyle = SecurityStyle()
    errors: ErrorStyle = ErrorStyle()
    pagination: PaginationStyle = PaginationStyle()
    success: Mapping[str, str] = field(default_factory=lambda: _NONE)
    id_type: str | None = None
    parameters: tuple[Mapping[str, Any], ...] = ()
    headers: tuple[str, ...] = ()
    base_paths: tuple[str, ...] = ()
    colon_actions: bool | None = None
    path_end: str = ""
    schemas: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: _NONE)
