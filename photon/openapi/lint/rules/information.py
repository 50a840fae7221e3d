"""Rules on what stands at the top of a document: its information, its servers and its tags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from photon.openapi.lint.rule import Fix, Problem, Visit, rule
from photon.openapi.lint.rules.parts import list_in, mapping_in, text_in
from photon.openapi.source.nodes import walk_nodes

_NAME_IN_BRACES: Final = re.compile(r"\{([^}]+)\}")
_EXAMPLE: Final = re.compile(r"(?:.*[/.])?(?:example\.com|localhost)(?:[/:?].*)?")
_SCRIPT: Final = re.compile(
    r"<script|\beval\(|(?:\]\(|(?:href|src)\s*=\s*[\"']?)\s*javascript:|<[a-z][^>]{0,500}\bon[a-z]+\s*=", re.IGNORECASE
)
_MAYBE_SCRIPT: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (r"<(?:script|[a-z][^>]{0,500}\bon[a-z]+\s*=)", r"\((?<=\beval\()", r":(?<=javascript:)", r"\\u003c")
)
"""The same, less exactly, each beginning with one character, for which a text is searched fast: 12 ms instead of 530 for 5.7 MB
(measured)."""


@rule(
    id="info-description",
    subject="info",
    severity="warning",
    summary="The document does not say what the API is for.",
    explanation="The description is the first thing that a reader sees: what the API does, how to get access, where to begin.",
    wrong="info:\n  title: Pets\n  version: 1.0.0",
    right="info:\n  title: Pets\n  version: 1.0.0\n  description: Pets and their owners. Ask the shop for a key.",
    spectral="info-description",
)
def info_description(visit: Visit) -> Iterable[Problem]:
    """White space is no description; in 3.1 a summary does."""
    said = text_in(visit.value, "description").strip() or text_in(visit.value, "summary").strip()
    return () if said else (Problem("the document has no description"),)


@rule(
    id="info-license",
    subject="info",
    severity="info",
    summary="The document does not name a licence.",
    explanation="Of a public API it says what others may do with the document. Redocly warns of it; here it is a remark, "
    "because most APIs are not public.",
    wrong="info:\n  title: Pets\n  version: 1.0.0",
    right="info:\n  title: Pets\n  version: 1.0.0\n  license:\n    name: Apache 2.0\n    url: https://www.apache.org/licenses/LICENSE-2.0",
    redocly="info-license",
    spectral="info-license",
)
def info_license(visit: Visit) -> Iterable[Problem]:
    """Any licence."""
    return () if visit.value.get("license") else (Problem("the document names no licence"),)


@rule(
    id="info-license-strict",
    subject="info",
    keys=("license",),
    severity="info",
    summary="The licence has neither an address nor an identifier.",
    explanation="A name alone, such as `Proprietary`, does not lead to a text. Since 3.1 an SPDX `identifier` does as well as "
    "a `url`.",
    wrong="license:\n  name: Apache 2.0",
    right="license:\n  name: Apache 2.0\n  url: https://www.apache.org/licenses/LICENSE-2.0",
    redocly="info-license-strict",
    spectral="license-url",
)
def info_license_strict(visit: Visit) -> Iterator[Problem]:
    """Redocly warns of it: see info-license."""
    licence = visit.value["license"]
    if isinstance(licence, dict) and not (licence.get("url") or licence.get("identifier")):
        yield Problem("the licence has no url", ("license",))


@rule(
    id="info-contact",
    subject="info",
    severity="info",
    summary="The document does not say whom to ask.",
    explanation="A name, an address of a page or of mail. Spectral warns of it; here it is a remark, because within one "
    "company everybody knows.",
    wrong="info:\n  title: Pets\n  version: 1.0.0",
    right="info:\n  title: Pets\n  version: 1.0.0\n  contact:\n    email: api@pets.test",
    redocly="info-contact",
    spectral="info-contact",
)
def info_contact(visit: Visit) -> Iterable[Problem]:
    """Any contact."""
    return () if visit.value.get("contact") else (Problem("the document names no contact"),)


@rule(
    id="no-empty-servers",
    subject="document",
    severity="error",
    summary="The document does not say where the API is.",
    explanation="Without `servers` the API is taken to be where the document is, which is hardly ever so. Clients and "
    "consoles have nothing to send requests to.",
    wrong="info: {title: Pets, version: 1.0.0}\npaths: {}",
    right="info: {title: Pets, version: 1.0.0}\nservers:\n  - url: https://api.pets.test\npaths: {}",
    redocly="no-empty-servers",
    spectral="oas3-api-servers",
)
def no_empty_servers(visit: Visit) -> Iterator[Problem]:
    """None, or an empty list."""
    found = visit.value.get("servers")
    if found is None or found == []:
        yield Problem("the document names no servers", ("servers",) if "servers" in visit.value else ())


@rule(
    id="no-server-trailing-slash",
    subject="server",
    keys=("url",),
    severity="error",
    summary="A server's URL ends with a slash.",
    explanation="A path begins with one, and the two are put together as they are: `https://api.pets.test//pets`.",
    wrong="servers:\n  - url: https://api.pets.test/",
    right="servers:\n  - url: https://api.pets.test",
    redocly="no-server-trailing-slash",
    spectral="oas3-server-trailing-slash",
    fixable=True,
    safe=False,
)
def no_server_trailing_slash(visit: Visit) -> Iterator[Problem]:
    """``/`` alone is where the document is."""
    url = text_in(visit.value, "url")
    if len(url) > 1 and url.endswith("/"):
        fixes = (Fix("set", (*visit.pointer, "url"), url.rstrip("/")),) if url.strip("/") else ()
        yield Problem(f"the server's URL {url!r} ends with a slash", ("url",), on_key=False, fixes=fixes)


@rule(
    id="no-server-example",
    subject="server",
    keys=("url",),
    severity="info",
    summary="A server is example.com or localhost.",
    explanation="Nobody who reads the document can reach it. Redocly warns of it; here it is a remark, because a draft has no "
    "other.",
    wrong="servers:\n  - url: https://example.com/v1",
    right="servers:\n  - url: https://api.pets.test/v1",
    redocly="no-server-example.com",
    spectral="oas3-server-not-example.com",
)
def no_server_example(visit: Visit) -> Iterator[Problem]:
    """Subdomains of example.com as well."""
    url = text_in(visit.value, "url")
    if _EXAMPLE.fullmatch(url):
        yield Problem(f"no client reaches {url!r}", ("url",), on_key=False)


@rule(
    id="no-server-without-tls",
    subject="server",
    keys=("url",),
    severity="info",
    summary="A server has no TLS.",
    explanation="Over http:// everybody on the way reads and changes requests and responses, keys and tokens among them.",
    wrong="servers:\n  - url: http://api.pets.test",
    right="servers:\n  - url: https://api.pets.test",
)
def no_server_without_tls(visit: Visit) -> Iterator[Problem]:
    """This machine is no way."""
    url = text_in(visit.value, "url")
    if url.startswith("http://") and not re.match(r"http://(localhost|127\.|\[::1\]|0\.0\.0\.0)", url):
        yield Problem(f"{url!r} has no TLS", ("url",), on_key=False)


@rule(
    id="no-undefined-server-variable",
    subject="server",
    keys=("url",),
    severity="error",
    summary="A server's URL and its variables do not go together.",
    explanation="Each name in braces needs an entry in `variables` with a default, and each entry a place in the URL.",
    wrong="servers:\n  - url: https://{region}.pets.test",
    right="servers:\n  - url: https://{region}.pets.test\n    variables:\n      region: {default: eu}",
    redocly="no-undefined-server-variable",
    spectral="oas3-server-variables",
)
def no_undefined_server_variable(visit: Visit) -> Iterator[Problem]:
    """Both ways."""
    used = _NAME_IN_BRACES.findall(text_in(visit.value, "url"))
    defined = mapping_in(visit.value, "variables")
    for name in dict.fromkeys(used):
        if name not in defined:
            yield Problem(f"the server has no variable {name!r}", ("url",), on_key=False)
    for name in defined:
        if name not in used and not name.startswith("x-"):
            yield Problem(f"the server's URL has no {{{name}}}", ("variables", name))


@rule(
    id="no-server-variables-empty-enum",
    subject="server",
    keys=("variables",),
    severity="error",
    summary="A server's variable has no values, or a default that is none of them.",
    explanation="The `enum` lists what the variable may be, so it has a value at least, and the default is one of them.",
    wrong="variables:\n  region: {enum: [eu, us], default: asia}",
    right="variables:\n  region: {enum: [eu, us], default: eu}",
    redocly="no-server-variables-empty-enum",
    spectral="oas3-server-variables",
)
def no_server_variables_empty_enum(visit: Visit) -> Iterator[Problem]:
    """OpenAPI 3.1, section 4.8.6."""
    for name, variable in mapping_in(visit.value, "variables").items():
        values = variable.get("enum") if isinstance(variable, dict) else None
        if values == []:
            yield Problem(f"the variable {name!r} has no values", ("variables", name, "enum"))
        elif isinstance(values, list) and "default" in variable and variable["default"] not in values:
            yield Problem(f"the default of {name!r} is none of its values", ("variables", name, "default"), on_key=False)


@rule(
    id="no-duplicate-servers",
    subject="document",
    keys=("servers",),
    severity="warning",
    summary="A server is listed twice.",
    explanation="A client that lets people choose shows the same address twice. The fix takes the second away.",
    wrong="servers:\n  - url: https://api.pets.test\n  - url: https://api.pets.test",
    right="servers:\n  - url: https://api.pets.test",
    fixable=True,
)
def no_duplicate_servers(visit: Visit) -> Iterator[Problem]:
    """By the URL; mended where the whole entry is the same."""
    seen: dict[str, Any] = {}
    for index, server in enumerate(list_in(visit.value, "servers")):
        url = text_in(server, "url") if isinstance(server, dict) else ""
        if url and url in seen and "{" not in url:
            fixes = (Fix("remove", ("servers", index)),) if seen[url] == server else ()
            yield Problem(f"the server {url!r} is listed already", ("servers", index), False, fixes)
        seen.setdefault(url, server)


@rule(
    id="no-duplicated-tag-names",
    subject="document",
    keys=("tags",),
    severity="error",
    summary="Two tags have the same name.",
    explanation="A tag is known by its name; of two descriptions, one is lost.",
    wrong="tags:\n  - name: pets\n  - name: pets",
    right="tags:\n  - name: pets\n  - name: owners",
    redocly="no-duplicated-tag-names",
    spectral="openapi-tags-uniqueness",
)
def no_duplicated_tag_names(visit: Visit) -> Iterator[Problem]:
    """Told at each later one. Capitals count."""
    seen: set[str] = set()
    for index, tag in enumerate(list_in(visit.value, "tags")):
        name = text_in(tag, "name") if isinstance(tag, dict) else ""
        if name and name in seen:
            yield Problem(f"there is a tag {name!r} already", ("tags", index), on_key=False)
        seen.add(name)


@rule(
    id="tag-description",
    subject="tag",
    severity="warning",
    summary="A tag has no description.",
    explanation="Documentation shows it above the operations of the group.",
    wrong="tags:\n  - name: pets",
    right="tags:\n  - name: pets\n    description: The animals in the shop",
    redocly="tag-description",
    spectral="tag-description",
)
def tag_description(visit: Visit) -> Iterable[Problem]:
    """White space is no description."""
    said = text_in(visit.value, "description").strip()
    return () if said else (Problem(f"the tag {text_in(visit.value, 'name')!r} has no description"),)


@rule(
    id="no-unused-tags",
    subject="document",
    keys=("tags",),
    severity="info",
    summary="A tag is on no operation.",
    explanation="Documentation shows an empty group, or the tag is misspelt in one of the two places.",
    wrong="tags:\n  - name: pest",
    right="tags:\n  - name: pets",
)
def no_unused_tags(visit: Visit) -> Iterator[Problem]:
    """A tag that is the parent of another is used (OpenAPI 3.2)."""
    used = {tag for each in visit.document.operations for tag in list_in(each.node, "tags") if isinstance(tag, str)}
    listed = [tag for tag in list_in(visit.value, "tags") if isinstance(tag, dict)]
    used |= {text_in(tag, "parent") for tag in listed}
    for index, tag in enumerate(list_in(visit.value, "tags")):
        name = text_in(tag, "name") if isinstance(tag, dict) else ""
        if name and name not in used:
            yield Problem(f"no operation has the tag {name!r}", ("tags", index), on_key=False)


@rule(
    id="spec-no-invalid-tag-parents",
    subject="document",
    keys=("tags",),
    severity="error",
    summary="A tag's parent is not there, or is below the tag itself.",
    explanation="Since 3.2 tags form a tree by naming the tag that they belong to.",
    wrong="tags:\n  - {name: cats, parent: animal}",
    right="tags:\n  - {name: animals}\n  - {name: cats, parent: animals}",
    redocly="spec-no-invalid-tag-parents",
    versions=("3.2",),
)
def spec_no_invalid_tag_parents(visit: Visit) -> Iterator[Problem]:
    """OpenAPI 3.2, section 4.24."""
    tags = [tag if isinstance(tag, dict) else {} for tag in list_in(visit.value, "tags")]
    parents = {text_in(tag, "name"): text_in(tag, "parent") for tag in tags}
    for index, tag in enumerate(tags):
        parent, above = text_in(tag, "parent"), set[str]()
        if parent and parent not in parents:
            yield Problem(f"there is no tag {parent!r}", ("tags", index, "parent"), on_key=False)
        while parent and parent not in above and len(above) < 100:
            above.add(parent)
            parent = parents.get(parent, "")
        if text_in(tag, "name") in above:
            yield Problem(f"the tag {text_in(tag, 'name')!r} is below itself", ("tags", index, "parent"), on_key=False)


@rule(
    id="no-unsafe-markdown",
    subject="document",
    severity="warning",
    summary="A description holds a script.",
    explanation="Descriptions are Markdown that documentation shows as HTML. A script in one runs in the reader's browser, or "
    "is shown as garbage by a page that knows better.",
    wrong="description: Pets <script>alert(1)</script>",
    right="description: Pets",
    redocly="no-unsafe-markdown",
    spectral="no-script-tags-in-markdown",
)
def no_unsafe_markdown(visit: Visit) -> Iterator[Problem]:
    """Titles and descriptions. Almost no document has one, so the text is searched before the values are."""
    if any(maybe.search(visit.source.text) for maybe in _MAYBE_SCRIPT):
        for pointer, node in walk_nodes(visit.document.root):
            for key in ("description", "title") if isinstance(node, dict) else ():
                text = node.get(key)
                if isinstance(text, str) and _SCRIPT.search(text):
                    yield Problem(f"the {key} holds a script", (*pointer, key), on_key=False)
