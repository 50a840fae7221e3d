"""Schemas that fit a specification, and are put into its file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from photon.errors import InvalidSpec
from photon.openapi.schema_fit import SchemaFit, schemas_added
from photon.openapi.spec import Spec, read_spec
from photon.openapi.style.learn import learn
from photon.sketch.model import Component
from photon.sketch.parse import SketchParser
from photon.sketch.write import write_type

SHOP = """\
openapi: 3.1.0
info: {title: Shop, version: '1'} # ours
paths: {}
components:
  schemas:
    # where people live
    Address: &address
      type: object
      properties:
        street_name: {type: string}
        post_code: {type: string}
        home_city: {type: string}
    Customer:
      type: object
      properties:
        customer_id: {type: integer}
        order_id: {type: integer}
        first_name: {type: string}
    Zebra: {type: string}
"""


def spec_of(text: str, name: str = "openapi.yaml") -> Spec:
    Path(name).write_bytes(text.encode())
    return read_spec(Path(name))


def components(*lines: str) -> tuple[Component, ...]:
    parser = SketchParser()
    parser.feed("\n".join(["GET /x", "200: -", *lines]))
    return parser.finish().components


def fitted(*lines: str, text: str = "x") -> list[str]:
    spec = spec_of(SHOP)
    found, _ = SchemaFit(spec, learn(spec), text)(components(*lines))
    return [f"{each.name} = {write_type(each.type)}" for each in found]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["Order = { orderNumber: string }"], ["Order = { order_number: string }"]),
        (
            ["Order = { customer: object, billingAddress: string }"],
            ["Order = { customer: Customer, billing_address: Address }"],
        ),
        (["Order = { customers: object[] }"], ["Order = { customers: Customer[] }"]),
        (["Order = { home: { streetName: string, postCode: string, homeCity: string } }"], ["Order = { home: Address }"]),
        (
            ["Order = { customer: Customer }", "Customer = { customerId: int, firstName: string }"],
            ["Order = { customer: Customer }"],
        ),
        (
            ["Order = { lines: Line[] }", "Line = { unitPrice: number }"],
            ["Order = { lines: Line[] }", "Line = { unit_price: number }"],
        ),
        (["Node = { parentNode: Node }"], ["Node = { parent_node: Node }"]),
        (["order_line = { sku: string }".replace("order_line", "Order_line")], ["OrderLine = { sku: string }"]),
    ],
)
def test_names_are_spelled_and_schemas_used_as_in_the_specification(lines: list[str], found: list[str]) -> None:
    assert fitted(*lines) == found


def test_a_name_that_the_user_typed_stays() -> None:
    assert fitted("Order = { orderNumber: string }", text="an Order with orderNumber") == ["Order = { orderNumber: string }"]


def test_the_schema_that_was_asked_for_is_written_even_if_the_specification_has_its_like() -> None:
    assert fitted("Person = { customerId: int, orderId: int, firstName: string }") == [
        "Person = { customer_id: int, order_id: int, first_name: string }"
    ]


NEW = {"Order": {"type": "object", "properties": {"no": {"type": "string"}}}}


def test_it_goes_to_its_place_in_the_alphabet_and_no_other_line_changes() -> None:
    change = schemas_added(spec_of(SHOP), NEW)
    assert not [line for line in change.diff() if line.startswith("-") and not line.startswith("--- ")]
    assert list(yaml.safe_load(change.text)["components"]["schemas"]) == ["Address", "Customer", "Order", "Zebra"]


@pytest.mark.parametrize(
    "tail", ["", "components: {}\n", "components:\n", "components:\n  schemas:\n", "components:\n  schemas: {}\n",
             "components:\n  responses: {}\n", "components: {responses: {}}\n"],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_specification_without_schemas_gets_its_first(tail: str, end: str) -> None:
    text = f"openapi: 3.1.0\ninfo: {{title: x, version: '1'}}\npaths: {{}}\n{tail}".replace("\n", end)
    change = schemas_added(spec_of(text), NEW)
    assert yaml.safe_load(change.text)["components"]["schemas"] == NEW
    assert change.text.count("\n") == change.text.count(end)


def test_json_stays_json() -> None:
    text = json.dumps({"openapi": "3.0.3", "components": {"schemas": {"A": {}}}}, indent=4)
    assert json.loads(schemas_added(spec_of(text, "a.json"), {**NEW, "Line": {}}).text)["components"]["schemas"] == {
        "A": {},
        **NEW,
        "Line": {},
    }


def test_one_that_is_there_is_only_replaced_when_that_is_asked_for() -> None:
    spec = spec_of(SHOP)
    new = {"Customer": {"type": "string"}, "Zebra": {"type": "integer"}}
    with pytest.raises(InvalidSpec, match="has a schema Customer already"):
        schemas_added(spec, new)
    found = yaml.safe_load(schemas_added(spec, new, replace=True).text)["components"]["schemas"]
    assert (found["Customer"], found["Zebra"]) == ({"type": "string"}, {"type": "string"}), "others are left as they are"


@pytest.mark.parametrize("at", ["components: {$ref: other.yaml}", "components: {schemas: {$ref: other.yaml}}"])
def test_components_of_another_file_are_not_touched(at: str) -> None:
    with pytest.raises(InvalidSpec, match="in another file"):
        schemas_added(spec_of(f"openapi: 3.1.0\npaths: {{}}\n{at}\n"), NEW)


@pytest.mark.parametrize("at", ["components: []", "components: 5", "components: {schemas: [1]}", "components: {schemas: x}"])
def test_a_document_with_something_else_there_is_refused(at: str) -> None:
    spec = spec_of(f"openapi: 3.1.0\npaths: {{}}\n{at}\n")
    SchemaFit(spec, learn(spec), "x")(components("Order = { no: string }"))
    with pytest.raises(InvalidSpec):
        schemas_added(spec, NEW)
