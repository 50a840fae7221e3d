"""What a phrase beside a field's name says of it."""

from __future__ import annotations

import pytest

from photon.sketch.field_facts import Facts, are_fields, is_field_word, limits_behind, phrase_facts, singular, without_clause


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("int", Facts(type="int")),
        ("URL", Facts(type="uri")),
        ("number between 0 and 1", Facts(type="number", low="0", high="1")),
        ("at least -1.5", Facts(low="-1.5")),
        ("no more than 80 characters", Facts(high="80")),
        ("min 1, max 5", Facts(low="1", high="5")),
        ("10 max", Facts(high="10")),
        ("array of integers", Facts(type="int", many=True)),
        ("list of pets", Facts(many=True)),
        ("map<string>", Facts(type="object")),
        ("required", Facts()),
        ("in any currency", None),
        ("ISO 4217", None),
    ],
)
def test_a_phrase_is_a_fact_or_none(text: str, found: Facts | None) -> None:
    assert phrase_facts(text) == found


@pytest.mark.parametrize("text", ["line 1", "max price", "minimum", "at most", "version 2", "1 to", "top 10"])
def test_a_number_or_a_word_alone_limits_nothing(text: str) -> None:
    assert limits_behind(text) == (text, Facts())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("order it is for", "order"),
        ("customer to whom it was sold", "customer"),
        ("date when it expires", "expires at"),
        ("it budget", "it budget"),
        ("shop that sells whatever people who live there may want", "shop that sells whatever people who live there may want"),
    ],
)
def test_a_clause_says_which_one_and_is_no_part_of_the_name(text: str, found: str) -> None:
    assert without_clause(text) == found


@pytest.mark.parametrize("word", ["email", "firstName", "created_at", "isActive"])
def test_fields_are_known_by_their_last_word(word: str) -> None:
    assert is_field_word(word)


def test_one_word_that_is_no_field_makes_them_all_values() -> None:
    assert are_fields("author", ["name", "email"])
    assert not are_fields("author", ["name", "anonymous"])


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("companies", "company"),
        ("boxes", "box"),
        ("people", "person"),
        ("status", "status"),
        ("address", "address"),
        ("axis", "axis"),
    ],
)
def test_plurals_have_a_singular(plural: str, one: str) -> None:
    assert singular(plural) == one
