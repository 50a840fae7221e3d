"""What a line of English lists, read by code."""

from __future__ import annotations

import pytest

from photon.sketch.listed import Listed, ListedField, listed


def spelled(field: ListedField) -> str:
    """``name?: type`` with whatever else is said."""
    text = field.name + "?" * field.optional + "[]" * field.many
    text += f": {field.type}" if field.type else ""
    text += f" {'|'.join(field.values)}" if field.values else ""
    text += f" ({', '.join(map(spelled, field.fields))})" if field.fields else ""
    text += f" {field.low}..{field.high}" if field.low else ""
    text += " or null" if field.nullable else ""
    return text + (f" = {field.default}" if field.default else "")


def fields(text: str) -> list[str]:
    return [spelled(each) for each in listed(text).fields]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a User with email", "User"),
        ("Please write a schema for a subscription plan: name", "SubscriptionPlan"),
        ("support ticket (subject)", "SupportTicket"),
        ("Foo { id }", "Foo"),
        ("user_profile having first_name", "UserProfile"),
        ("API key with id", "APIKey"),
        ("the status of an order", "OrderStatus"),
        ("a thing that people use when they shop", "Thing"),
        ("an object with a name", None),
        ("email, roles, name", None),
        ("a User", "User"),
        ("", None),
        ("String with x", "StringSchema"),
    ],
)
def test_the_schema_is_named(text: str, name: str | None) -> None:
    assert listed(text).name == name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a User with email, roles and an optional avatar", ["email", "roles", "avatar?"]),
        ("X: due date; zip code, flag: bool", ["dueDate", "zipCode", "flag: bool"]),
        ("X: published at, which is optional", ["publishedAt?"]),
        ("X { id: uuid, barBaz?: int }", ["id: uuid", "barBaz?: int"]),
        ("X: status (draft, open)", ["status draft|open"]),
        ("X: method card|bank|paypal", ["method card|bank|paypal"]),
        ("X: status open/closed and age in years", ["status open|closed", "age"]),
        ("X: severity low, medium or high, source", ["severity low|medium|high", "source"]),
        ("X: interval (month or year)", ["interval month|year"]),
        ("X: active flag default true", ["active: bool = true"]),
        ("X: rating 1 to 5", ["rating 1..5"]),
        ("X: days (0-30, optional)", ["days? 0..30"]),
        ("X: items (product id, quantity) and total", ["items (productId, quantity)", "total"]),
        ("X: tags (name, color), roles (admin, member)", ["tags (name, color)", "roles admin|member"]),
        ("X: list of friends, multiple tags, multiple choice flag", ["friends[]", "tags[]", "multipleChoice: bool"]),
        ("X: parties (list of names)", ["parties[]: string"]),
        ("X: nullable expiry date", ["expiryDate or null"]),
        ("X: first_name, date of birth", ["first_name", "date_of_birth"]),
        ("X: kind full_time|part_time, last name", ["kind full_time|part_time", "lastName"]),
        ("X: attendees' emails, user\u2019s id", ["attendeesEmails", "userId"]),
        ("X: name, name", ["name"]),
    ],
)
def test_fields_are_listed_with_what_is_said_of_them(text: str, found: list[str]) -> None:
    assert fields(text) == found
    assert listed(text).whole


def test_a_piece_that_is_a_sentence_is_left_to_the_model() -> None:
    found = listed("a User with email and whatever else people who sign up usually have to give us there")
    assert [each.name for each in found.fields] == ["email"]
    assert not found.whole


@pytest.mark.parametrize(
    "text", ["(((((", "X: ((((a, b", "with with with", "X: " + "a, " * 5_000, "🎉", "X: 🎉, b", "X:" + " or" * 3_000]
)
def test_nothing_breaks_it(text: str) -> None:
    assert isinstance(listed(text), Listed)
