"""The judge of an answer that must be a JSON document of a given schema: every provider's answer is validated, held to the
schema or not.

The schema is the one of the request. It is validated itself before anybody is asked, and nothing that it refers to is fetched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from photon.chat import FinishReason, Message, Request
from photon.errors import UnreadableAnswer, UsageError
from photon.providers.refusals import one_line
from photon.providers.schema.prompt import instructed

_FENCES: Final = ("```", "```json", "```JSON")
_OUTSIDE_STRINGS: Final = re.compile(r'("(?:[^"\\]|\\.)*")|\s+')

_TOLD: Final = 5
"""Faults that the model is told of at once."""


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON document. text: as it was written, without a fence around it. data: what it says."""

    text: str
    data: Any

    @property
    def line(self) -> str:
        """The document in one line without white space: every number and string as it was written."""
        return _OUTSIDE_STRINGS.sub(r"\1", self.text)


def read_document(answer: str) -> Document:
    """The JSON document that `answer` is; white space and one Markdown fence around it are no part of it.

    Raises UnreadableAnswer, with the line and column of what is no JSON.
    """
    text = answer.strip()
    first, _, rest = text.partition("\n")
    if first.rstrip() in _FENCES and rest.endswith("```"):
        text = rest[:-3].strip()
    if not text:
        raise UnreadableAnswer("the answer is empty")
    try:
        return Document(text, json.loads(text, parse_constant=_no_constant, parse_float=_finite))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}: {_lower(error.msg)}"
        raise UnreadableAnswer(f"the answer is not JSON ({where}); it begins with {_shown(text)}") from None
    except ValueError as error:
        raise UnreadableAnswer(f"the answer is not JSON: {one_line(str(error), limit=100)}") from None
    except RecursionError:
        raise UnreadableAnswer("the answer is nested too deep to be read") from None


class DocumentCheck:
    """See `photon.routing.guard.Check`. It judges the whole document, so it never has enough before the end.

    Made with the request, so a schema that is none raises UsageError before anybody is asked.
    """

    enough = False

    def __init__(self, request: Request) -> None:
        self._validator = validator(request.schema or {})
        self._parts = [request.prefill]
        self._faults: list[str] = []
        self._cut = False

    def feed(self, text: str) -> None:
        """The next piece."""
        self._parts.append(text)

    def finish(self, reason: FinishReason) -> None:
        """Raises UnreadableAnswer with the place that does not match, such as ``$.items[2].price: "x" is not a number``."""
        self._cut = reason == "length"
        try:
            document = read_document("".join(self._parts))
        except UnreadableAnswer as error:
            self._faults = [error.message]
            raise _broken_off(reason) or error from None
        self._faults = list(faults(self._validator, document.data))
        if self._faults:
            raise UnreadableAnswer(self._faults[0])

    def ask_again(self, request: Request, error: UnreadableAnswer) -> Request:
        """The question with the schema in words, the answer, and what was wrong with it; a document that did not come to its
        end is not shown again, for it took all the room."""
        asked = instructed(replace(request, messages=request.messages[:-1]) if request.prefill else request)
        if self._cut:
            *before, last = asked.messages
            shorter = f"{last.content}\n\nAnswer with a short document: a longer one would be cut off."
            return replace(asked, messages=(*before, replace(last, content=shorter)))
        wrong = "\n".join(self._faults[:_TOLD])
        correction = f"That is not what was asked for:\n{wrong}\nAnswer with the corrected JSON document, and nothing else."
        answer = Message("assistant", "".join(self._parts) or "{}")
        return replace(asked, messages=(*asked.messages, answer, Message("user", correction)))


def validator(schema: Mapping[str, Any]) -> Any:
    """A jsonschema validator for `schema`: of its own draft where it names one, else of draft 2020-12.

    Raises UsageError, with the place, for what is no JSON Schema, and for a reference that leads out of it.
    """
    try:
        canonical = json.dumps(dict(schema), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise _bad_schema(one_line(str(error), limit=100)) from None
    return _validator(canonical)


@lru_cache(maxsize=8)
def _validator(canonical: str) -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match
    from jsonschema.validators import validator_for
    from jsonschema_specifications import REGISTRY
    from referencing.exceptions import Unresolvable

    schema = json.loads(canonical)
    if not isinstance(schema.get("$schema", ""), str):
        raise _bad_schema("$.$schema: it is not a string")
    kind = validator_for(schema, default=Draft202012Validator)
    try:
        wrong = best_match(kind(kind.META_SCHEMA, format_checker=kind.FORMAT_CHECKER, registry=REGISTRY).iter_errors(schema))
        if wrong is not None:
            raise _bad_schema(f"{wrong.json_path}: {_worded(wrong)}")
        _follow_references(schema)
        made = kind(schema, registry=REGISTRY)  # of the drafts themselves; jsonschema's own would fetch every other one
        made.is_valid(None)
    except RecursionError:
        raise _bad_schema("it is nested too deep, or refers to itself without an end") from None
    except Unresolvable as error:
        raise _nowhere(error.ref) from None
    return made


def _follow_references(schema: Mapping[str, Any]) -> None:
    """Raises UsageError for a reference that leads nowhere, or out of the schema: nothing is fetched.

    What is referred to is looked through as well, for it may stand where no schema is looked for.
    """
    from jsonschema_specifications import REGISTRY
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012, specification_with

    specification = specification_with(schema.get("$schema", ""), default=DRAFT202012)
    resource = specification.create_resource(schema)
    keywords = ("$ref", "$dynamicRef") if specification is DRAFT202012 else ("$ref",)
    waiting = [(resource, REGISTRY.resolver_with_root(resource))]
    followed: set[int] = set()
    while waiting:
        resource, resolver = waiting.pop()
        contents = resource.contents
        for refers in (contents[key] for key in keywords if isinstance(contents, Mapping) and key in contents):
            try:
                found = resolver.lookup(refers)
            except (Unresolvable, ValueError):
                raise _nowhere(refers) from None
            if not isinstance(found.contents, Mapping | bool):
                raise _bad_schema(f"$ref {_shown(refers)} leads to what is no schema")
            if id(found.contents) not in followed:
                followed.add(id(found.contents))
                waiting.append((specification.create_resource(found.contents), found.resolver))
        waiting += [(each, resolver.in_subresource(each)) for each in resource.subresources()]


def faults(made: Any, data: Any) -> Iterator[str]:
    """Where `data` does not match, in a line each, the most telling one first."""
    from jsonschema.exceptions import best_match, relevance
    from referencing.exceptions import Unresolvable

    try:
        errors = sorted(made.iter_errors(data), key=relevance, reverse=True)
    except RecursionError:
        yield "$: the document is nested too deep to be validated"
        return
    except ArithmeticError:
        yield "$: a number in the document is too large to be validated"
        return
    except Unresolvable as error:
        raise _nowhere(error.ref) from None
    lines = [f"{error.json_path}: {_worded(error)}" for error in (best_match([error]) for error in errors)]
    yield from dict.fromkeys(one_line(line, limit=300) for line in lines)


_TYPES: Final[Mapping[str, str]] = {
    "object": "an object",
    "array": "an array",
    "string": "a string",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}


def _missing(names: list[str], value: Any) -> str:
    missing = [name for name in names if name not in value]
    return f"{', '.join(map(_shown, missing))} {'is' if len(missing) == 1 else 'are'} missing"


def _not_of_type(kinds: str | list[str], value: Any) -> str:
    words = [_TYPES.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    return f"{_shown(value)} is not {' or '.join(words)}"


_WORDS: Final[Mapping[str, Callable[[Any, Any], str]]] = {
    "type": _not_of_type,
    "required": _missing,
    "enum": lambda rule, value: f"{_shown(value)} is none of {one_line(', '.join(map(_shown, rule)), limit=120)}",
    "const": lambda rule, value: f"{_shown(value)} is not {_shown(rule)}",
    "pattern": lambda rule, value: f"{_shown(value)} does not match {rule}",
    "format": lambda rule, value: f"{_shown(value)} is not a {rule}",
    "anyOf": lambda rule, value: f"{_shown(value)} is nothing of what may stand there",
    "minimum": lambda rule, value: f"{_shown(value)} is less than {rule}",
    "exclusiveMinimum": lambda rule, value: f"{_shown(value)} is not more than {rule}",
    "maximum": lambda rule, value: f"{_shown(value)} is more than {rule}",
    "exclusiveMaximum": lambda rule, value: f"{_shown(value)} is not less than {rule}",
    "minItems": lambda rule, value: f"too few items ({len(value)} of at least {rule})",
    "maxItems": lambda rule, value: f"too many items ({len(value)} of at most {rule})",
    "minLength": lambda rule, value: f"{_shown(value)} is too short ({len(value)} of at least {rule} characters)",
    "maxLength": lambda rule, value: f"{_shown(value)} is too long ({len(value)} of at most {rule} characters)",
}


def _worded(error: Any) -> str:
    """What is wrong, in the words of JSON; jsonschema's own sentence, which shows Python values, for what is rare."""
    word = _WORDS.get(error.validator)
    return word(error.validator_value, error.instance) if word else one_line(str(error.message), limit=200)


def _shown(value: Any) -> str:
    return one_line(json.dumps(value, ensure_ascii=False), limit=60)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _broken_off(reason: FinishReason) -> UnreadableAnswer | None:
    if reason == "length":
        hint = "raise --max-tokens, or ask for less"
        return UnreadableAnswer("the document is cut off: it reached the limit of tokens", hint=hint)
    return UnreadableAnswer("the provider's content filter cut the document off") if reason == "content_filter" else None


def _bad_schema(reason: str) -> UsageError:
    return UsageError(f"the schema cannot be used: {reason}", hint="https://json-schema.org/learn/getting-started-step-by-step")


def _nowhere(reference: str) -> UsageError:
    return _bad_schema(f"$ref {_shown(reference)} leads nowhere in it, and nothing is fetched")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{digits[:40]} is too large a number")
    return number
