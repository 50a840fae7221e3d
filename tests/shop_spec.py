"""A specification of which more is relevant to one request than has room in a small context."""

from __future__ import annotations

import json
from pathlib import Path

from photon.openapi.source.source import source_of
from photon.openapi.spec import Spec

WANTED = "GET /orders/{orderId}/returns list the returns of an order"


def shop_text(parts: int = 8, fields: int = 20) -> str:
    """`parts` component schemas with `fields` fields each, and operations that speak of them, as JSON."""
    names = ["Order", "Return", *(f"Order{word}" for word in "Line Address Payment Parcel Refund Invoice Voucher Note".split())]
    schemas = {
        name: {
            "type": "object",
            "required": ["id"],
            "properties": {"id": {"type": "string"}} | {f"{name.lower()}_field_{n}": {"type": "string"} for n in range(fields)},
        }
        for name in names[:parts]
    }
    paths = {
        f"/orders/{{order_id}}/{name.lower()}s": {
            "get": {
                "summary": f"List the {name.lower()}s of an order",
                "parameters": [{"name": "order_id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {
                    "200": {
                        "description": "Them",
                        "content": {
                            "application/json": {
                                "schema": {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}},
                            }
                        },
                    },
                    "404": {"description": "No such order"},
                },
            }
        }
        for name in schemas
        if name != "Return"
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    }
    return json.dumps(document, indent=1)


def spec_of_json(text: str) -> Spec:
    """It, read."""
    return Spec(source_of(text.encode(), Path("shop.json")))
