"""Why our lint and another disagree: each kind of disagreement that 25 real specifications show, with its reason."""

from __future__ import annotations

from typing import NamedTuple


class Explained(NamedTuple):
    """Findings of one kind that only one has. ours: our rule where only we have them, else empty. found: a regular expression
    that is found in the file, the place and the message, written `file place: message`."""

    judge: str
    rule: str
    ours: str
    found: str
    reason: str


OFF = {
    "Redocly": frozenset({
        "info-contact", "no-http-verbs-in-paths", "operation-description", "operation-singular-tag", "operation-tag-defined",
        "parameter-description", "path-segment-plural", "paths-kebab-case", "tags-alphabetical",
    }),
    "Spectral": frozenset({
        "info-license", "license-url", "oas3-parameter-description", "oas3-server-not-example.com", "openapi-tags-alphabetical",
        "operation-singular-tag", "tag-description",
    }),
}  # fmt: skip
"""Their rules that are not on by themselves, in `recommended` and in `spectral:oas`."""

ALSO = {
    ("Redocly", "no-undeclared-example-properties"): ("no-invalid-schema-examples", "no-invalid-parameter-examples"),
    ("Spectral", "no-unsafe-markdown"): ("no-eval-in-markdown",),
}
"""Further rules of theirs that say what one of ours says."""

_R, _S = "Redocly", "Spectral"
_GAVE_UP = (
    "it gives up on a whole schema in which something is `nullable` without a type or a pattern escapes more than the flag `u` "
    "allows, and tells that instead of what is wrong with the example; we go on"
)
_IDENTICAL = "paths that differ in names alone: ours tells them once, as no-identical-paths, and it under both rules"
_REACHED = "used by other unused components alone: deleting those deletes it; it counts any reference as a use"
_DEFAULT = "`default` stands for every code that is not listed, so a client knows what it gets; it does not count `default`"

EXPLAINED = (
    Explained(_R, "no-ambiguous-paths", "", "", _IDENTICAL),
    Explained(
        _R,
        "no-illogical-composition-keywords",
        "",
        "mutually exclusive|accept `null`",
        "whether the branches of a oneOf exclude each other: it takes values for possible that have the properties of both. "
        "What values there are only the author knows; an example that fits two branches we do tell",
    ),
    Explained(
        _R,
        "no-invalid-media-type-examples",
        "",
        "additionalData",
        "it closes each branch of an anyOf by itself, so that what the other branches name, and what an "
        "additionalProperties around them allows, is refused. "
        "JSON Schema (2020-12, core, section 11.3) looks at all of them together",
    ),
    *(
        Explained(judge, rule, "", "cannot be used without|Invalid regular expression", _GAVE_UP)
        for judge, rule in (
            (_R, "no-invalid-media-type-examples"),
            (_R, "no-invalid-schema-examples"),
            (_S, "oas3-valid-media-example"),
            (_S, "oas3-valid-schema-example"),
        )
    ),
    Explained(_R, "no-invalid-media-type-examples", "no-invalid-media-type-examples", r"^(slack|sendgrid)\.com", _GAVE_UP),
    Explained(
        _R,
        "no-invalid-media-type-examples",
        "no-undeclared-example-properties",
        "ProductCategory|commerce-customers|/asm/groups|/sso/teammates|design-output-summary",
        "a property that no part of an allOf names: it does not close compositions of objects. A list where one "
        "object should be, and the fields of an order in a customer, are among them",
    ),
    Explained(_R, "no-invalid-media-type-examples", "no-undeclared-example-properties", r"^(slack|sendgrid)\.com", _GAVE_UP),
    Explained(_R, "no-invalid-schema-examples", "no-invalid-schema-examples", "contacts_sample", _GAVE_UP),
    Explained(
        _R,
        "no-required-schema-properties-undefined",
        "",
        "TaxComponent/allOf/2",
        "another branch of the same allOf has the property; it does not look there from a branch that is a reference itself",
    ),
    Explained(_R, "no-unused-components", "no-unused-components", "", _REACHED),
    Explained(_R, "operation-2xx-response", "", "", "a redirect (3xx) is success too, as Spectral has it"),
    Explained(_R, "operation-4xx-response", "", "", _DEFAULT),
    Explained(_R, "operation-operationId", "", "webhooks/", "nobody calls a webhook by its name"),
    Explained(_R, "security-defined", "", "webhooks/", "what secures a webhook is the subscriber's, not this API's"),
    Explained(
        _R,
        "struct",
        "no-nullable",
        "",
        "a `nullable` beside a `$ref`: since 3.1 keys there count, and it does not look at them",
    ),
    Explained(_S, "info-contact", "info-contact", "", "the contact is there and empty, which tells nobody whom to ask"),
    Explained(
        _S,
        "oas3-schema",
        "unknown-key",
        "",
        "JSON Schema lets unknown keywords pass since 3.1; here they are properties that slipped out of `properties`. Redocly "
        "tells them as we do",
    ),
    Explained(_S, "oas3-unused-component", "no-unused-components", "the schema", _REACHED),
    Explained(
        _S, "oas3-unused-component", "no-unused-components", "the security scheme", "it does not look at security schemes"
    ),
    Explained(
        _S,
        "oas3-valid-media-example",
        "",
        "canonical_url",
        "its `url` must have a dot in the host, so that http://localhost:3000 is none; it is one (RFC 3986)",
    ),
    Explained(
        _S,
        "oas3-valid-schema-example",
        "no-invalid-schema-examples",
        "/examples/",
        "`examples` in a schema, which came with 3.1: it looks at `example` alone, Redocly at both",
    ),
    Explained(
        _S,
        "oas3-valid-schema-example",
        "no-invalid-schema-examples",
        "full-segment|transactional_template",
        "the schema is nothing but an allOf: it looks at those that have a type, an enum, properties or items",
    ),
    Explained(_S, "operation-success-response", "", "", _DEFAULT),
)
"""The first that fits counts."""
