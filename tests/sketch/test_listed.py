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
    text += f" {field.low or ''}..{field.high or ''}" if field.low or field.high else ""
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
        ("a list of customers", "CustomerList"),
        ("a page of line items with data", "LineItemPage"),
        ("an array of companies in a region", "CompanyList"),
        ("a list", "List"),
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
        ("X: active = true, name = 'New user', note", ["active = true", "name = New user", "note"]),
        ("X: enabled true by default, live (false by default)", ["enabled = true", "live = false"]),
        ("X: role, defaulting to member, size, 3 by default", ["role = member", "size = 3"]),
        ("X: a default currency", ["defaultCurrency"]),
        ("X: required flag, required name", ["required: bool", "name"]),
        ("X: score (number 0..1), count (int, min 1)", ["score: number 0..1", "count: int 1.."]),
        ("X: days between 1 and 5, size at most 500 characters", ["days 1..5", "size ..500"]),
        ("X: age >= 18, note (string, max 50), size (up to 1,000)", ["age 18..", "note: string ..50", "size ..1000"]),
        ("X: title, at most 50 characters, up to 5 tags", ["title ..50", "tags[]"]),
        ("X: minimum price, max results", ["minimumPrice", "maxResults"]),
        ("X: payload (any), extra: any", ["payload: any", "extra: any"]),
        ("X: tags: string[], links (list of urls), email (unique)", ["tags[]: string", "links[]: uri", "email"]),
        ("X: a map of feature flags, labels (map of string to string)", ["featureFlags: object", "labels: object"]),
        ("X: prices (map), a dictionary of settings by name", ["prices: object", "settings: object"]),
        ("X: value (string or int), type (string or int)", ["value", "type string|int"]),
        ("X: the order it is for, customer_id", ["order", "customer_id"]),
        ("X: the user who created it, when it was last updated", ["createdBy", "lastUpdatedAt"]),
        ("X: a name that is optional, the team they belong to", ["name?", "team"]),
    ],
)
def test_fields_are_listed_with_what_is_said_of_them(text: str, found: list[str]) -> None:
    assert fields(text) == found
    assert listed(text).whole


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("X: author (name, email)", ["author (name, email)"]),
        ("X: location (lat, lng), customer (firstName, lastName)", ["location (lat, lng)", "customer (firstName, lastName)"]),
        ("X: details (field, issue)", ["details (field, issue)"]),
        ("X: customer (name, address (street, city)), note", ["customer (name, address (street, city))", "note"]),
        ("X: lines (each with a sku and a price)", ["lines (sku, price)"]),
        ("X: status (open, closed), role (admin, member)", ["status open|closed", "role admin|member"]),
        ("X: size (S, M, L), input (text, number)", ["size S|M|L", "input text|number"]),
        ("X: channel (email, sms), notification types (email, push)", ["channel email|sms", "notificationTypes email|push"]),
        ("X: sort field (name, date), axis (x, y)", ["sortField name|date", "axis x|y"]),
        ("X: name (one of title, label)", ["name title|label"]),
    ],
)
def test_words_in_brackets_are_fields_where_fields_are_called_so_and_values_elsewhere(text: str, found: list[str]) -> None:
    assert fields(text) == found


LINES = "lines[] (description, quantity, price)"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("an Order with lines, each with a description, quantity and price", [LINES]),
        ("an Order with lines, each with a description, quantity and price, and a total", [LINES, "total"]),
        ("an Order with lines, each with a description, quantity, price; total", [LINES, "total"]),
        ("an Order with lines, total, where each line has a description, quantity and price", [LINES, "total"]),
        ("X: tracks, each of which has a title and an owner", ["tracks[] (title, owner)"]),
        ("X: lines each with a sku and a price, a total", ["lines (sku, price)", "total"]),
        ("X: people with name and email, city", ["people (name, email)", "city"]),
        ("X: an address with a street and a city, zip", ["address (street, city)", "zip"]),
        ("X: price with tax, date with time zone", ["priceWithTax", "dateWithTimeZone"]),
        ("X: role with default member, note with at most 5 words", ["role = member", "note ..5"]),
    ],
)
def test_what_each_item_has_are_the_fields_of_the_items(text: str, found: list[str]) -> None:
    assert fields(text) == found
    assert listed(text).whole


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("X: a, b, c, both optional", ["a", "b?", "c?"]),
        ("X: a, b and last name both optional", ["a", "b?", "lastName?"]),
        ("X: a, b, c, all of them nullable", ["a or null", "b or null", "c or null"]),
        ("X: a, b, c, the last two optional", ["a", "b?", "c?"]),
        ("X: a, b, c, d, the last three are optional", ["a", "b?", "c?", "d?"]),
        ("X: a, b, all numbers, c", ["a: number", "b: number", "c"]),
        ("X: tags, each a string, name", ["tags[]: string", "name"]),
        ("X: a (b, c, both optional), d", ["a (b?, c?)", "d"]),
        ("X: author (name, email?), error (string or null, max 9)", ["author (name, email?)", "error: string ..9 or null"]),
        ("X: status (open, closed, optional)", ["status? open|closed"]),
        ("X: a, b, which is optional", ["a", "b?"]),
    ],
)
def test_what_is_said_of_several_fields_reaches_all_of_them(text: str, found: list[str]) -> None:
    assert fields(text) == found
    assert listed(text).whole


@pytest.mark.parametrize(
    ("text", "found", "whole"),
    [
        ("a list of customers with pagination", ["data[]", "page: int", "limit: int", "total: int"], True),
        ("a list of customers with email and name", ["customers[] (email, name)"], True),
        ("a list of line items with sku, pagination", ["data[] (sku)", "page: int", "limit: int", "total: int"], True),
        ("a list of customers with items and total", ["items", "total"], True),
        ("a list of customers with total and next cursor", ["total", "nextCursor"], False),
        ("a page of orders with orders, page", ["orders", "page"], True),
    ],
)
def test_a_list_has_what_wraps_it_and_its_items_have_the_rest(text: str, found: list[str], whole: bool) -> None:
    assert (fields(text), listed(text).whole) == (found, whole)


def test_a_map_whose_name_is_not_said_is_left_to_the_model() -> None:
    found = listed("a Config with a map of locale to translation, name")
    assert ([each.name for each in found.fields], found.whole) == (["name"], False)


def test_a_piece_that_is_a_sentence_is_left_to_the_model() -> None:
    found = listed("a User with email and whatever else people who sign up usually have to give us there")
    assert [each.name for each in found.fields] == ["email"]
    assert not found.whole


@pytest.mark.parametrize(
    "text",
    [
        "(((((",
        "X: ((((a, b",
        "with with with",
        "X: " + "a, " * 5_000,
        "🎉",
        "X: 🎉, b",
        "X:" + " or" * 3_000,
        "X: a" + " with a b" * 3_000,
        "X: a" + ", each with a b" * 3_000,
        "X: " + "a (b, c " * 3_000,
        "X: " + "x, all optional, " * 2_000,
        "X: " + "1 to 2 " * 250,
        "X: " + "of " * 20_000,
        "X: a" + " = a" * 3_000,
        "list of " * 3_000,
        ", both optional",
        "X: , each with",
    ],
)
def test_nothing_breaks_it(text: str) -> None:
    assert isinstance(listed(text), Listed)
