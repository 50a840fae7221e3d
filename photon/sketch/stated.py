"""What the request states in so many words. A model may forget it; the result must not.

Only what is certain: status codes, media types, an explicit 'public', and what is said about a field by its name (optional,
a default, the values of an enum, its spelling). Everything else is the model's to decide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from photon.sketch.defaults import fit_default
from photon.sketch.lines import parameter_names
from photon.sketch.model import Array, Auth, Content, Enum, Field, Nullable, Object, Response, Scalar, Sketch, Type
from photon.sketch.rewrite import Place, rewrite_fields
from photon.sketch.wording import Said, Wording

_STATUS = re.compile(
    r"""
    (?<![\w.$€£\#/:=<>-])
    (?P<code>20[0-246-8]|30[1-478]|4(?:0[0-9]|1[0-8]|2[1-689]|31|51)|50[0-8])
    (?![\w%$€£:]|\.\d|-\d|\s*\.\.)
    """,
    re.VERBOSE,
)
_A_LIMIT = re.compile(
    r"(?:max(?:imum)?|min(?:imum)?|limit|defaults?|up\s+to|at\s+(?:most|least)|between|than|first|last|top|per|every|about|over|"
    r"to|of|optional)\s*(?:is|of|to|=|:)?\s*$|[:=|≤≥<>]\s*$",
    re.IGNORECASE,
)
_A_QUANTITY = re.compile(
    r"\s*(?:items?|rows?|results?|records?|entries|chars?|characters|words|letters|points?|per\b|[kmg]i?b\b|bytes|px|pixels|"
    r"ms\b|s\b|sec|min\b|minutes|hours?|days?|weeks?|months?|years?|users?|requests?|m\b|km\b|kg\b|g\b|€|\$|usd|eur|max\b)",
    re.IGNORECASE,
)
_FILES = {
    "pdf": "application/pdf", "csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "zip": "application/zip",
    "gzip": "application/gzip", "png": "image/png", "jpeg": "image/jpeg", "jpg": "image/jpeg", "gif": "image/gif",
    "webp": "image/webp", "svg": "image/svg+xml", "mp3": "audio/mpeg", "wav": "audio/wav", "flac": "audio/flac",
    "mp4": "video/mp4", "ics": "text/calendar", "ical": "text/calendar", "xml": "application/xml", "html": "text/html",
    "markdown": "text/markdown", "parquet": "application/vnd.apache.parquet", "ndjson": "application/x-ndjson",
    "geojson": "application/geo+json", "gpx": "application/gpx+xml", "vcf": "text/vcard", "vcard": "text/vcard",
    "epub": "application/epub+zip", "rss": "application/rss+xml",
}  # fmt: skip
_FILE = re.compile(rf"(?<![\w-])\.?({'|'.join(_FILES)})s?(?![\w-])", re.IGNORECASE)
_TYPED_BODY = re.compile(
    r"\b(?P<before>(?:application|audio|image|text|video)/[\w.+-]+\w)\s+(?:binary\s+)?body\b"
    r"|\bbody\s*(?:is|:|=|as)?\s*(?:an?\s+|raw\s+)?(?P<after>(?:application|audio|image|text|video)/[\w.+-]+\w)",
    re.IGNORECASE,
)
_FORM = re.compile(r"\bform[ -]?(?:post|encoded|url-?encoded)|x-www-form-urlencoded|\burl-?encoded\s+form\b", re.IGNORECASE)
_MULTIPART = re.compile(r"\bmul(?:ti|it)part\b|\bform-data\b", re.IGNORECASE)
_EVENTS = re.compile(r"\bserver[ -]sent[ -]events?\b|\bSSE\b|\btext/event-stream\b|\bevent[ -]stream\b", re.IGNORECASE)
_LIST_BODY = re.compile(
    r"\b(?:body|payload)\s*(?:is|:|=|as)?\s*(?:just\s+)?(?:an?\s+)?(?:plain\s+|bare\s+|raw\s+|json\s+)*(?:array|list)\b"
    r"|\b(?:array|list)\s+(?:of\s+\w+\s+)?(?:as|in)\s+(?:the\s+)?body\b",
    re.IGNORECASE,
)
_PUBLIC = re.compile(
    r"\b(?:no\s+auth(?:entication|orization)?|without\s+(?:auth(?:entication)?|login|a\s+login|logging\s+in)|"
    r"unauthenticated|no\s+login|auth\s*:?\s*none|public\s+(?:endpoint|route|api|access))\b|[,;]\s*public\s*[.!]?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stated:
    """The certain part of one request. Everything is read at once; `hold` and `complete` are pure functions of a sketch.

    keeps_case: there is a spec, and its style is not camelCase.
    """

    text: str = ""
    keeps_case: bool = False
    statuses: tuple[str, ...] = field(init=False)
    file: str | None = field(init=False)
    body_type: str | None = field(init=False)
    wording: Wording = field(init=False)

    def __post_init__(self) -> None:
        found = (match["code"] for match in _STATUS.finditer(self.text) if _names_a_status(match))
        files = dict.fromkeys(_FILES[match[1].lower()] for match in _FILE.finditer(self.text))
        body = _TYPED_BODY.search(self.text)
        object.__setattr__(self, "statuses", tuple(dict.fromkeys(found)))
        object.__setattr__(self, "file", next(iter(files)) if len(files) == 1 else None)
        object.__setattr__(self, "body_type", (body["before"] or body["after"]).lower() if body else None)
        object.__setattr__(self, "wording", Wording(self.text, keeps_case=self.keeps_case))

    def hold(self, sketch: Sketch) -> Sketch:
        """`sketch`, also an unfinished one, as the request states it. What is finished of it does not change later."""
        sketch = replace(
            sketch,
            auth=Auth("none") if _PUBLIC.search(self.text) else sketch.auth,
            body=self._body(sketch.body),
            responses=tuple(replace(each, content=self._answer(each)) for each in sketch.responses),
        )
        return self._with_success(rewrite_fields(self._with_path_types(sketch), self._field))

    def complete(self, sketch: Sketch) -> tuple[Sketch, tuple[str, ...]]:
        """(`hold` with every stated error that the finished sketch lacks, one line for each line that was changed)."""
        held = self.hold(sketch)
        missing = tuple(Response(code) for code in self.statuses if code[0] in "45" and code not in _statuses(held))
        changes = [f"added {response.status}, which the request names" for response in missing]
        changes += [f"wrote the {what} as the request states it" for what in _differences(sketch, held)]
        return replace(held, responses=(*held.responses, *missing)), tuple(changes)

    # -- bodies -------------------------------------------------------------------------------------------------------

    def _body(self, body: Content | None) -> Content | None:
        if body is None:
            return None
        if self.body_type and not self.body_type.endswith(("json", "form-data", "urlencoded")):
            return Content("text" if self.body_type.startswith("text/") else "binary", media_type=self.body_type)
        if body.kind == "json" and isinstance(body.type, Object):
            if _MULTIPART.search(self.text) and any(_is_file(each.type) for each in body.type.fields):
                return Content("multipart", body.type)
            if _FORM.search(self.text):
                return Content("form", body.type)
            if _LIST_BODY.search(self.text):
                return Content("json", _as_list(body.type))
        return self._filed(body)

    def _answer(self, response: Response) -> Content | None:
        content = response.content
        if content and content.kind == "json" and response.status == "200" and _EVENTS.search(self.text):
            return Content("sse", content.type)
        return self._filed(content)

    def _filed(self, content: Content | None) -> Content | None:
        """The only kind of file that is named gives a download or an upload without a media type its own."""
        if content and content.kind in ("binary", "text") and not content.media_type and self.file:
            return replace(content, media_type=self.file)
        return content

    def _with_success(self, sketch: Sketch) -> Sketch:
        """The only success that is stated takes the place of the only one that the model wrote."""
        stated = [code for code in self.statuses if code[0] in "23"]
        written = [response.status for response in sketch.responses if response.status[0] in "23"]
        if len(stated) != 1 or len(written) != 1 or stated == written:
            return sketch
        responses = (
            replace(each, status=stated[0], content=None if stated[0] == "204" else each.content)
            if each.status == written[0]
            else each
            for each in sketch.responses
        )
        return replace(sketch, responses=tuple(responses))

    def _with_path_types(self, sketch: Sketch) -> Sketch:
        """A path parameter whose type is stated is declared, even if the model left it a string."""
        declared = {field.name for field in sketch.path_fields}
        missing = (name for name in parameter_names(sketch.path) if name not in declared)
        stated = tuple(Field(name, Scalar("string")) for name in missing if self.wording.about(name).scalar)
        return replace(sketch, path_fields=(*sketch.path_fields, *stated))

    # -- fields -------------------------------------------------------------------------------------------------------

    def _field(self, field: Field, place: Place) -> Field:
        if place == "header":
            return field
        said = self.wording.about(field.name)
        if said.values:
            field = replace(field, type=_with_values(field.type, said))
        if place == "path":
            guessed = field.type in (Scalar("string"), Scalar("uuid")) and field.name != "id"
            return replace(field, type=Scalar(said.scalar)) if said.scalar and guessed else field
        if place in ("query", "body"):
            field = _with_presence(field, said)
        return replace(field, name=self.wording.spelling(field.name))


def _with_presence(field: Field, said: Said) -> Field:
    if said.default is not None and field.default is None:
        default = fit_default(said.default, field.type, lambda _: None)
        if default:
            return replace(field, optional=True, default=default)
    if said.optional is None or said.optional == field.optional or (field.default and not said.optional):
        return field
    return replace(field, optional=said.optional)


def _with_values(kind: Type, said: Said) -> Type:
    """`kind` with the stated values where it is an enum that shares at least half of them, or a list of plain strings."""
    match kind:
        case Nullable(inner):
            return Nullable(_with_values(inner, said))
        case Array(items):
            if items == Scalar("string") and said.grouped and len(said.values) > 2:
                return replace(kind, items=Enum(said.values))
            return replace(kind, items=_with_values(items, said))
        case Enum(values) if all(isinstance(value, str) for value in values):
            shared = set(values) & set(said.values)
            certain = said.grouped or len(said.values) > 2
            return Enum(said.values) if certain and 2 * len(shared) >= max(len(values), len(said.values)) else kind
    return kind


def _is_file(kind: Type) -> bool:
    return kind == Scalar("binary") or (isinstance(kind, Array) and kind.items == Scalar("binary"))


def _as_list(body: Object) -> Type:
    """The list that an object was wrapped around; else a list of such objects."""
    if len(body.fields) == 1 and isinstance(body.fields[0].type, Array):
        return body.fields[0].type
    return Array(body)


def _statuses(sketch: Sketch) -> set[str]:
    return {response.status for response in sketch.responses}


def _differences(before: Sketch, after: Sketch) -> list[str]:
    """The lines that differ, by what they are called in the notation."""
    names = {"auth": "auth", "query": "query", "body": "body", "responses": "responses", "components": "components"}
    return [name for attribute, name in names.items() if getattr(before, attribute) != getattr(after, attribute)]


def _names_a_status(match: re.Match[str]) -> bool:
    """Whether a number that could be a status is meant as one, not as a limit or a quantity."""
    return not _A_LIMIT.search(match.string[: match.start()]) and not _A_QUANTITY.match(match.string[match.end() :])


NOTHING_STATED = Stated()
