"""The case of names: told, changed, and counted."""

from __future__ import annotations

import random
import time
from typing import get_args

import pytest

from photon.openapi.style.casing import Habit, case_of, habit, recased, usual_case
from photon.openapi.style.model import Case

CASES: tuple[Case, ...] = get_args(Case)


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("userId", "camel"),
        ("UserId", "pascal"),
        ("user_id", "snake"),
        ("user-id", "kebab"),
        ("User-Id", "train"),
        ("X-Request-ID", "train"),
        ("USER_ID", "constant"),
        ("user.id", "dot"),
        ("petid", "flat"),
        ("HTTPError", "pascal"),
        ("line_2", "snake"),
        ("Location", "pascal"),
    ],
)
def test_a_name_of_several_words_has_a_case(name: str, case: Case) -> None:
    assert case_of(name) == case


@pytest.mark.parametrize("name", ["status", "id", "ID", "valid", "", "__", "+1", "🎉", "Users_GetUser", "x" * 500 + "_id"])
def test_a_single_word_or_a_mixture_has_none(name: str) -> None:
    assert case_of(name) is None


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("$orderBy", "camel"),
        ("_embedded_items", "snake"),
        ("x-request-id", "kebab"),
        ("filter[createdAt]", "camel"),
        ("com.acme.UserProfile", "pascal"),
        ("@odata.nextLink", "camel"),
        ("repos/list-for-org", "kebab"),
    ],
)
def test_prefixes_brackets_and_name_spaces_do_not_count(name: str, case: Case) -> None:
    assert case_of(name) == case


@pytest.mark.parametrize(
    ("name", "case", "wanted"),
    [
        ("userId", "snake", "user_id"),
        ("user_id", "camel", "userId"),
        ("user_id", "pascal", "UserId"),
        ("userIDs", "snake", "user_ids"),
        ("HTTPError", "kebab", "http-error"),
        ("oauth2Token", "snake", "oauth2_token"),
        ("OAuth2Token", "snake", "oauth2_token"),
        ("IPv4Address", "camel", "ipv4Address"),
        ("sha256sum", "snake", "sha256sum"),
        ("S3Bucket", "snake", "s3_bucket"),
        ("phone_1_2", "camel", "phone1_2"),
        ("Order Item", "camel", "orderItem"),
        ("requestId", "train", "Request-Id"),
        ("etag", "train", "ETag"),
        ("pageSize", "constant", "PAGE_SIZE"),
        ("status", "pascal", "Status"),
        ("größeZahl", "snake", "größe_zahl"),
        ("größe_zahl", "pascal", "GrößeZahl"),
    ],
)
def test_a_name_is_written_in_another_case(name: str, case: Case, wanted: str) -> None:
    assert recased(name, case) == wanted


@pytest.mark.parametrize(
    ("name", "case", "wanted"),
    [
        ("$orderBy", "snake", "$order_by"),
        ("_embeddedItems", "snake", "_embedded_items"),
        ("x-internal-id", "train", "X-Internal-Id"),
        ("filter[createdAt]", "snake", "filter[created_at]"),
        ("@odata.nextLink", "snake", "@odata.nextLink"),
        ("address.zipCode", "snake", "address.zip_code"),
        ("address.city", "camel", "address.city"),
        ("addressCity", "dot", "address.city"),
        ("+1", "pascal", "+1"),
        ("🎉", "camel", "🎉"),
        ("", "camel", ""),
    ],
)
def test_what_is_no_word_stays_where_it_is(name: str, case: Case, wanted: str) -> None:
    assert recased(name, case) == wanted


@pytest.mark.parametrize("case", CASES)
def test_a_name_that_has_the_case_stays_as_it_is(case: Case) -> None:
    for name in ("userID", "UserURLs", "user_id_2", "a-b", "X-Request-ID", "A_B", "user.id", "petid", "Status"):
        if case_of(name) == case:
            assert recased(name, case) == name


@pytest.mark.parametrize("case", CASES)
def test_no_name_becomes_empty(case: Case) -> None:
    chance = random.Random(7)
    for _ in range(2_000):
        assert recased("".join(chance.choice("aBcD_-.[]$ 12é🎉") for _ in range(chance.randint(1, 12))), case)


@pytest.mark.parametrize("case", CASES)
def test_a_second_time_changes_nothing(case: Case) -> None:
    chance = random.Random(7)
    words = ("user", "Order", "größe", "URL", "item2", "id", "$", "[", "]", "_", "-", ".", " ", "/", "🎉")
    for _ in range(2_000):
        name = "".join(chance.choice(words) for _ in range(chance.randint(1, 6)))
        once = recased(name, case)
        assert recased(once, case) == once, name


def test_the_majority_of_the_names_that_tell_decides() -> None:
    names = ["id", "status", "created_at", "updated_at", "user_id", "userName"]
    assert habit(names) == Habit("snake", 3, 4)


def test_without_a_clear_majority_there_is_no_usual_case() -> None:
    assert usual_case(["created_at", "updatedAt"]) is None
    assert usual_case(["id", "name", "status"]) is None
    assert usual_case([]) is None


def test_capitalised_words_are_pascal_case_unless_the_others_are_train_case() -> None:
    assert usual_case(["Pet", "Order", "User"]) == "pascal"
    assert usual_case(["Location", "X-Request-Id", "X-Rate-Limit"]) == "train"


def test_small_words_speak_against_capitals_only() -> None:
    assert usual_case(["Pet", "order", "user", "cat"]) is None
    assert usual_case(["petName", "order", "user", "cat"]) == "camel"


def test_a_name_counts_once_however_often_it_is_used() -> None:
    assert habit(["user_id"] * 50 + ["userName", "userMail"]).case == "camel"


def test_a_monstrous_name_costs_nothing() -> None:
    begun = time.process_time()
    usual_case(["a" + "_ " * 100_000 + "a", "{" * 100_000])
    recased("a" + "_ " * 100_000 + "a", "camel")
    assert time.process_time() - begun < 1
