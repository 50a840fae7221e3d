"""The fields of every object of OpenAPI 3.0.4, 3.1.1 and 3.2.0 (section 4), schemas included, with what each may hold.

A field is written ``name``, or ``name!`` where it is required, with a kind behind a colon, and a version before it where only
some have it: ``3.1 summary:string`` has it since 3.1. Kinds: ``string``, ``boolean``, ``number``, ``count`` (a whole number
from 0 on), ``any``, ``mapping``, ``list`` or the name of an object; ``[kind]`` is a list of them, ``{kind}`` a mapping to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, Literal, NamedTuple, get_args

from photon.openapi.lint.rule import Subject

Form = Literal["", "[", "{"]


class Field(NamedTuple):
    """What a field may hold. form: one of `kind`, a list of them, or a mapping to them."""

    form: Form
    kind: str
    required: bool


SUBJECTS: Final = frozenset(get_args(Subject))
"""Objects that the walk visits; what stands in the others is checked from the nearest of these."""

_OBJECTS: Final[Mapping[str, str]] = {
    "document": "openapi!:string info!:info servers:[server] paths:{path-item} security:[security-requirement] tags:[tag]"
    " components:components externalDocs:external-documentation 3.1/webhooks:{path-item} 3.1/jsonSchemaDialect:string"
    " 3.2/$self:string",
    "info": "title!:string version!:string description:string termsOfService:string contact:contact license:licence"
    " 3.1/summary:string",
    "contact": "name:string url:string email:string",
    "licence": "name!:string url:string 3.1/identifier:string",
    "server": "url!:string description:string variables:{server-variable} 3.2/name:string",
    "server variable": "enum:[string] default!:string description:string",
    "tag": "name!:string description:string externalDocs:external-documentation 3.2/summary:string 3.2/parent:string"
    " 3.2/kind:string",
    "external documentation": "url!:string description:string",
    "components": "schemas:{schema} responses:{response} parameters:{parameter} examples:{example} requestBodies:{request-body}"
    " headers:{header} securitySchemes:{security-scheme} links:{link} callbacks:{callback} 3.1/pathItems:{path-item}"
    " 3.2/mediaTypes:{media-type}",
    "path item": "$ref:string summary:string description:string get:operation put:operation post:operation delete:operation"
    " options:operation head:operation patch:operation trace:operation 3.2/query:operation"
    " 3.2/additionalOperations:{operation} servers:[server] parameters:[parameter]",
    "operation": "tags:[string] summary:string description:string externalDocs:external-documentation operationId:string"
    " parameters:[parameter] requestBody:request-body responses:{response} callbacks:{callback} deprecated:boolean"
    " security:[security-requirement] servers:[server]",
    "parameter": "name!:string in!:string description:string required:boolean deprecated:boolean allowEmptyValue:boolean"
    " style:string explode:boolean allowReserved:boolean schema:schema example:any examples:{example} content:{media-type}",
    "header": "description:string required:boolean deprecated:boolean allowEmptyValue:boolean style:string explode:boolean"
    " allowReserved:boolean schema:schema example:any examples:{example} content:{media-type}",
    "request body": "description:string content!:{media-type} required:boolean",
    "media type": "schema:schema example:any examples:{example} encoding:{encoding} 3.2/itemSchema:schema"
    " 3.2/prefixEncoding:[encoding] 3.2/itemEncoding:encoding",
    "encoding": "contentType:string headers:{header} style:string explode:boolean allowReserved:boolean"
    " 3.2/encoding:{encoding} 3.2/prefixEncoding:[encoding] 3.2/itemEncoding:encoding",
    "response": "description:string headers:{header} content:{media-type} links:{link} 3.2/summary:string",
    "example": "summary:string description:string value:any externalValue:string 3.2/dataValue:any 3.2/serializedValue:string",
    "link": "operationRef:string operationId:string parameters:mapping requestBody:any description:string server:server",
    "callback": "",
    "security scheme": "type!:string description:string name:string in:string scheme:string bearerFormat:string flows:flows"
    " openIdConnectUrl:string 3.2/deprecated:boolean 3.2/oauth2MetadataUrl:string",
    "security requirement": "",
    "flows": "implicit:implicit-flow password:password-flow clientCredentials:client-credentials-flow"
    " authorizationCode:authorization-code-flow 3.2/deviceAuthorization:device-authorization-flow",
    "implicit flow": "authorizationUrl!:string refreshUrl:string scopes!:{string}",
    "password flow": "tokenUrl!:string refreshUrl:string scopes!:{string}",
    "client credentials flow": "tokenUrl!:string refreshUrl:string scopes!:{string}",
    "authorization code flow": "authorizationUrl!:string tokenUrl!:string refreshUrl:string scopes!:{string}",
    "device authorization flow": "deviceAuthorizationUrl!:string tokenUrl!:string refreshUrl:string scopes!:{string}",
    "discriminator": "propertyName!:string mapping:{string} 3.2/defaultMapping:string",
    "xml": "name:string namespace:string prefix:string attribute:boolean wrapped:boolean 3.2/nodeType:string",
}

_SCHEMA: Final = (
    "title:string description:string type:any format:string default:any enum:list multipleOf:number maximum:number"
    " minimum:number exclusiveMaximum:any exclusiveMinimum:any maxLength:count minLength:count pattern:string"
    " maxItems:count minItems:count uniqueItems:boolean maxProperties:count minProperties:count required:any"
    " allOf:[schema] anyOf:[schema] oneOf:[schema] not:schema properties:{schema} items:schema"
    " additionalProperties:schema readOnly:boolean writeOnly:boolean deprecated:boolean discriminator:discriminator"
    " xml:xml externalDocs:external-documentation example:any nullable:boolean"
)
_JSON_SCHEMA: Final = (
    " $ref:string $id:string $schema:string $anchor:string $dynamicRef:string $dynamicAnchor:string $comment:string"
    " $vocabulary:any $defs:{schema} definitions:{schema} const:any if:schema then:schema else:schema"
    " dependentSchemas:{schema} dependentRequired:{list} prefixItems:[schema] contains:schema minContains:count"
    " maxContains:count patternProperties:{schema} propertyNames:schema unevaluatedItems:schema unevaluatedProperties:schema"
    " contentEncoding:string contentMediaType:string contentSchema:schema examples:list"
)

CALLED: Final = {
    "document": "the root of a document", "info": "info", "components": "components", "flows": "flows", "xml": "xml",
    "external documentation": "externalDocs", "licence": "a licence",
}  # fmt: skip


def called(name: str) -> str:
    """An object in a sentence: ``an operation``."""
    return CALLED.get(name) or f"{'an' if name[0] in 'aeio' else 'a'} {name}"


@cache
def fields_of(name: str, version: str) -> Mapping[str, Field]:
    """The fields of an object in a version of OpenAPI."""
    if name == "schema":
        return _read(_SCHEMA if version == "3.0" else _SCHEMA + _JSON_SCHEMA, version)
    return _read(_OBJECTS[name], version)


@cache
def required_of(name: str, version: str) -> tuple[str, ...]:
    """The names of the fields that an object must have."""
    return tuple(field for field, facts in fields_of(name, version).items() if facts.required)


def _read(text: str, version: str) -> dict[str, Field]:
    found = {}
    for word in text.split():
        since, _, rest = word.rpartition("/")
        name, _, kind = rest.partition(":")
        if since <= version:
            form: Form = "[" if kind[0] == "[" else "{" if kind[0] == "{" else ""
            found[name.rstrip("!")] = Field(form, kind.strip("[]{}").replace("-", " "), name.endswith("!"))
    return found
