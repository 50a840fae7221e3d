"""Documents that try to break their reader: cut off, nested, circular, blown up, of the wrong types, no text at all.

`DOCUMENTS` has each by name, as the bytes of a file, made when asked for; `misshapen` makes up more for hypothesis. Whoever
reads one must give a value or InvalidSpec, in bounded time and memory.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from hypothesis import strategies as st

VALID = """\
openapi: 3.1.0
info: {title: Pets, version: 1.0.0, license: {name: MIT, url: 'https://example.com'}}
servers: [{url: 'https://example.com/v1'}]
tags: [{name: pets, description: All of them.}]
security: [{token: []}]
paths:
  /pets/{id}:
    summary: One pet
    parameters:
      - {$ref: '#/components/parameters/Id'}
      - {name: verbose, in: query, schema: {type: boolean, default: false}}
    get:
      operationId: getPet
      summary: Get a pet
      description: |
        Reads one.

        With all its toys.
      tags: [pets]
      security: [{token: []}, {}]
      responses:
        200:
          description: OK
          headers: {X-Rate: {schema: {type: integer}}}
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Pet'}
              example: {id: 1, name: Rex}
          links: {next: {operationId: getPet}}
        "404": {$ref: '#/components/responses/Missing'}
        default: {description: Failure}
    put:
      operationId: putPet
      requestBody: {$ref: '#/components/requestBodies/Pet'}
      callbacks: {done: {'{$request.body#/url}': {post: {responses: {'200': {description: OK}}}}}}
      responses: {'204': {description: Done}}
components:
  parameters:
    Id: {name: id, in: path, required: true, schema: {type: string, format: uuid, pattern: '^[a-f0-9-]+$', maxLength: 36}}
  requestBodies:
    Pet: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
  responses:
    Missing: {description: Not found, content: {application/problem+json: {schema: {$ref: '#/components/schemas/Problem'}}}}
  schemas:
    Pet:
      type: object
      required: [id, name]
      properties:
        id: {type: integer, format: int64, minimum: 1, readOnly: true}
        name: {type: string, minLength: 1, maxLength: 64}
        kind: {type: string, enum: [cat, dog], default: dog}
        toys: {type: array, items: {$ref: '#/components/schemas/Toy'}, minItems: 0, maxItems: 9}
        owner: {oneOf: [{$ref: '#/components/schemas/Owner'}, {type: 'null'}]}
        more: {type: object, additionalProperties: {type: number}}
    Toy: {allOf: [{$ref: '#/components/schemas/Owner'}, {type: object, properties: {price: {type: [number, 'null']}}}]}
    Owner: {type: object, properties: {pets: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}
    Problem: {type: object, properties: {title: {type: string}, status: {type: integer}}}
  securitySchemes:
    token: {type: http, scheme: bearer}
"""
"""A small document with something of everything, and nothing wrong."""

HEAD = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\n"


def _schemas(text: str) -> bytes:
    return f"{HEAD}components:\n  schemas:\n{text}".encode()


def _operation(text: str) -> bytes:
    return f"openapi: 3.1.0\ninfo: {{title: t, version: '1'}}\npaths:\n  /a/{{b}}:\n    get:\n{text}".encode()


def _json(value: Any) -> bytes:
    return json.dumps({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, **value}).encode()


def _nested_schema(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"properties": {"a": schema}}
    return schema


def _laughs(levels: int, each: int) -> str:
    lines = ["    a0: &a0 {type: object, properties: {x: {type: string}}}"]
    for level in range(1, levels):
        inner = ", ".join(f"p{number}: *a{level - 1}" for number in range(each))
        lines.append(f"    a{level}: &a{level} {{type: object, properties: {{{inner}}}}}")
    return "\n".join(lines)


def _fan(levels: int) -> str:
    """Components that each refer twice to the next: 2 to the power of `levels` when written out."""
    lines = [
        f"    A{n}: {{type: object, properties: {{x: {{$ref: '#/components/schemas/A{n + 1}'}}, "
        f"y: {{$ref: '#/components/schemas/A{n + 1}'}}}}}}"
        for n in range(levels)
    ]
    return "\n".join([*lines, f"    A{levels}: {{type: string}}"])


def _chain(length: int) -> str:
    lines = [f"    A{n}: {{$ref: '#/components/schemas/A{n + 1}'}}" for n in range(length)]
    return "\n".join([*lines, f"    A{length}: {{type: string}}"])


_USES = (
    "      responses: {'200': {description: OK, content: {application/json: {schema: {$ref: '#/components/schemas/A0'}}}}}\n"
)

DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "spaces": lambda: b" \n\t\n",
    "a byte order mark alone": lambda: b"\xef\xbb\xbf",
    "zeros": lambda: bytes(100_000),
    "random bytes": lambda: random.Random(1).randbytes(100_000),
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "utf-16": lambda: VALID.encode("utf-16"),
    "latin-1": lambda: VALID.replace("Pets", "Pétś".encode("latin-1", "ignore").decode("latin-1")).encode("latin-1"),
    "control characters": lambda: VALID.replace("Get a pet", "\x1b[31mred\x07").encode(),
    "control characters in JSON": lambda: _json({"paths": {"/\x1b[2J\u202e": {"get": {"summary": "\x1b]0;x\x07\x9b"}}}}),
    "100,000 brackets": lambda: b"[" * 100_000,
    "100,000 braces": lambda: b'{"a":' * 100_000,
    "100,000 closed brackets": lambda: b"openapi: 3.1.0\nx: " + b"[" * 100_000 + b"]" * 100_000,
    "100,000 dashes": lambda: b"- " * 100_000,
    "100,000 question marks": lambda: b"? " * 100_000,
    "deep block mapping": lambda: b"".join(b" " * n + b"a:\n" for n in range(2_000)),
    "deep schema": lambda: _json({"paths": {}, "components": {"schemas": {"A": _nested_schema(95)}}}),
    "too deep schema": lambda: _json({"paths": {}, "components": {"schemas": {"A": _nested_schema(300)}}}),
    "billion laughs": lambda: _schemas(_laughs(12, 10)),
    "million laughs": lambda: _schemas(_laughs(5, 10)),
    "deep aliases": lambda: _schemas(
        "\n".join(["    a0: &a0 {a: 1}"] + [f"    a{n}: &a{n} {{properties: {{a: *a{n - 1}}}}}" for n in range(1, 5_000)])
    ),
    "an alias in itself": lambda: _schemas("    A: &a\n      properties: {a: *a}\n"),
    "merge keys that blow up": lambda: _schemas(
        "    b: &b {"
        + ", ".join(f"k{n}: 1" for n in range(5_000))
        + "}\n"
        + "".join(f"    m{n}:\n      <<: [{', '.join(['*b'] * 50)}]\n" for n in range(50))
    ),
    "a merge key in itself": lambda: _schemas("    A: &a\n      <<: *a\n"),
    "a reference to itself": lambda: _schemas("    A: {$ref: '#/components/schemas/A'}\n"),
    "a reference to the root": lambda: _schemas("    A: {$ref: '#'}\n    B: {$ref: ''}\n"),
    "references in a circle": lambda: (
        _operation(_USES)
        + b"components:\n  schemas:\n    A0: {$ref: '#/components/schemas/A1'}\n"
        + b"    A1: {allOf: [{$ref: '#/components/schemas/A0'}]}\n"
    ),
    "a schema in itself": lambda: (
        _operation(_USES)
        + b"components:\n  schemas:\n    A0: {required: [a], properties: {a: {$ref: '#/components/schemas/A0'}}}\n"
    ),
    "allOf in a circle": lambda: (
        _operation(_USES)
        + b"components:\n  schemas:\n    A0: {allOf: [{$ref: '#/components/schemas/A0'}, {$ref: '#/components/schemas/A0'}]}\n"
    ),
    "references that double": lambda: _operation(_USES) + b"components:\n  schemas:\n" + _fan(60).encode(),
    "a long chain of references": lambda: _operation(_USES) + b"components:\n  schemas:\n" + _chain(5_000).encode(),
    "a long chain of parts": lambda: (
        _operation(_USES)
        + b"components:\n  schemas:\n    A0: {$ref: '#/x-parts/p0/p'}\nx-parts:\n"
        + b"".join(b"  p%d: {p: {properties: {p: {$ref: '#/x-parts/p%d/p'}}}}\n" % (n, n + 1) for n in range(5_000))
    ),
    "path items in a circle": lambda: b"openapi: 3.1.0\npaths:\n  /a: {$ref: '#/paths/~1b'}\n  /b: {$ref: '#/paths/~1a'}\n",
    "references out of the world": lambda: _schemas(
        "".join(
            f"    A{n}: {{$ref: {json.dumps(target)}}}\n"
            for n, target in enumerate(
                (
                    "/dev/zero",
                    "/dev/random",
                    "/proc/self/mem",
                    ".",
                    "..",
                    "/",
                    "a\x00b",
                    "x" * 10_000,
                    "http://[",
                    "\ud83d\ude00",
                    "file:///etc/passwd",
                    "#/%",
                    "#/%ff",
                    "%",
                    "#/" + "9" * 9_000,
                    "~" * 1_000,
                    "#" * 1_000,
                )
            )
        )
    ),
    "a scalar of 50 MB": lambda: HEAD.encode() + b"x: " + b"a" * 50_000_000,
    "a quoted scalar of 50 MB": lambda: HEAD.encode() + b'x: "' + b"\\u0041 " * 7_000_000 + b'"\n',
    "a block scalar of 50 MB": lambda: HEAD.encode() + b"x: |\n" + b"  line of text that goes on\n" * 1_800_000,
    "a JSON string of 50 MB": lambda: b'{"openapi": "3.1.0", "x": "' + b"a" * 50_000_000 + b'"}',
    "a number of 50 MB": lambda: HEAD.encode() + b"x: " + b"9" * 50_000_000,
    "a JSON number of 50 MB": lambda: b'{"openapi": "3.1.0", "x": ' + b"9" * 50_000_000 + b"}",
    "a fraction of 50 MB": lambda: b'{"openapi": "3.1.0", "x": 0.' + b"9" * 50_000_000 + b"}",
    "a key of 20 MB": lambda: HEAD.encode() + b'? "' + b"k" * 20_000_000 + b'"\n: 1\n',
    "a comment of 50 MB": lambda: HEAD.encode() + b"#" * 50_000_000,
    "50 MB of spaces": lambda: HEAD.encode() + b" " * 50_000_000,
    "20 MB of empty lines": lambda: HEAD.encode() + b"\n" * 20_000_000,
    "more than is read": lambda: HEAD.encode() + b"x: " + b"a" * 70_000_000,
    "huge numbers": lambda: _operation(
        "      parameters:\n        - {name: a, in: query, schema: {type: integer, minimum: 1e999, maximum: "
        + "9" * 4_000
        + ", default: 0x"
        + "f" * 3_000
        + ", multipleOf: .nan, minLength: -.inf, enum: [1e400, .inf, "
        + "1" * 3_999
        + "]}}\n"
    ),
    "100,000 paths": lambda: b"openapi: 3.1.0\npaths:\n" + b"".join(b"  /p%d: {get: {}}\n" % n for n in range(100_000)),
    "200,000 anchors": lambda: HEAD.encode() + b"x:\n" + b"".join(b"  - &a%d 1\n" % n for n in range(200_000)),
    "100,000 duplicate keys": lambda: HEAD.encode() + b"x:\n" + b"  a: 1\n" * 100_000,
    "patterns that explode": lambda: _schemas("    A: {type: string, pattern: '^(a+)+$', default: " + "a" * 60 + "!}\n"),
    "unknown tags": lambda: (
        HEAD.encode() + b"x: !!python/object/apply:os.system [echo]\ny: !!timestamp 2024-01-01\nz: !<x> {}\n"
    ),
    "several documents": lambda: b"a: 1\n---\nb: 2\n",
    "not closed": lambda: b"openapi: 3.1.0\npaths: {'/a: {get",
    "a conflict of git": lambda: VALID.replace("  /pets/{id}:", "<<<<<<< HEAD\n  /pets/{id}:\n=======\n>>>>>>> x").encode(),
    "tabs": lambda: VALID.replace("  ", "\t").encode(),
    "swagger": lambda: b"swagger: '2.0'\npaths: {}\n",
    "html": lambda: b"<!DOCTYPE html><html><body>404</body></html>",
    "python": lambda: b"import os\nos.system('x')\n",
}
"""Each hostile document by its name."""


def truncated(step: int = 1) -> Iterator[bytes]:
    """`VALID`, as YAML and as JSON, cut off after each `step` characters."""
    for text in (VALID, json.dumps(valid())):
        yield from (text[:end].encode() for end in range(0, len(text), step))


@cache
def _valid_json() -> str:
    import yaml

    return json.dumps(yaml.safe_load(VALID))


def valid() -> dict[str, Any]:
    """`VALID` as plain mappings and lists; a new copy at each call."""
    return json.loads(_valid_json())  # type: ignore[no-any-return] # a mapping, as it says


def places(node: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to each value in a document, the root's own first."""
    yield way
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from places(child, (*way, key))


def with_value(document: Any, way: tuple[str | int, ...], value: Any) -> Any:
    """A copy of the document with another value at `way`, if there still is such a place."""
    if not way:
        return value
    result = json.loads(json.dumps(document))
    node = result
    for part in way[:-1]:
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            return result
    if isinstance(node, dict) or (isinstance(node, list) and isinstance(way[-1], int) and way[-1] < len(node)):
        node[way[-1]] = value
    return result


WRONG: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**40, 1.5, 1e300, "", "x", "#/components/schemas/Pet", "\x1b[31m\u202e", "é" * 300, [], [[]],
    [None], ["x", 1], {}, {"": {}}, {"$ref": "#/"}, {"$ref": 5}, {"$ref": "#/components/schemas/Pet"}, {"$ref": "none.yaml"},
    {"x": {"y": []}}, {"get": []}, {"type": {"type": "object"}}, {"type": ["object", None, 7]},
    {"allOf": [{"$ref": "#/components/schemas/Toy"}]},
    {"200": None}, {"name": {"a": 1}, "in": ["query"]}, {"properties": [1]}, {"enum": [{}]}, {"required": {"a": 1}},
)  # fmt: skip
"""What stands where something else should."""

_WAYS = list(places(valid()))[1:]
_PLACES = st.sampled_from(_WAYS)
_VALUES = st.sampled_from(WRONG) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("type", "$ref", "items", "x")), inner, max_size=3)
    ),
    max_leaves=4,
)


def _misshapen(changes: list[tuple[tuple[str | int, ...], Any]]) -> dict[str, Any]:
    document: dict[str, Any] = valid()
    for way, value in changes:
        document = with_value(document, way, value)
    return document


misshapen: st.SearchStrategy[dict[str, Any]] = st.lists(st.tuples(_PLACES, _VALUES), min_size=1, max_size=4).map(_misshapen)
"""The valid document with one to four of its values replaced by wrong ones."""


def each_misshapen() -> Iterator[tuple[str, dict[str, Any]]]:
    """(which place and value, the document) for every place of the valid document with each wrong value: some thousands."""
    for way in _WAYS:
        for number, value in enumerate(WRONG):
            yield f"{'/'.join(map(str, way))} = {number}", with_value(valid(), way, value)
