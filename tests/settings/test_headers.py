"""Headers of one's own."""

from __future__ import annotations

import pytest

from photon.settings.headers import complaint, masked_header, parsed


@pytest.mark.parametrize("header", ["X-Title: our API", "x-team:platform", "HTTP-Referer: https://a.example/?b=c", "X-Empty:"])
def test_a_name_and_a_value_are_a_header(header: str) -> None:
    assert complaint(header) is None


@pytest.mark.parametrize(
    "header",
    [
        "",
        "X-Title",
        ": value",
        "X Title: a",
        "X-Title: a\r\nHost: b",
        "X-Title: a\x00",
        "X-Ü: a",
        "X-Title: ü",
        "X: " + "a" * 5000,
    ],
)
def test_anything_else_is_none(header: str) -> None:
    assert complaint(header)


@pytest.mark.parametrize("name", ["Authorization", "x-api-key", "API-Key", "Proxy-Authorization", "x-goog-api-key"])
def test_a_key_is_no_header_and_is_not_repeated(name: str) -> None:
    what, mend = complaint(f"{name} : Bearer sk-0123456789") or ("", "")
    assert mend == "photon ai keys set NAME"
    assert name in what and "0123456789" not in what


@pytest.mark.parametrize("name", ["Host", "Content-Length", "transfer-encoding", "Connection"])
def test_what_the_connection_needs_is_set_by_photon(name: str) -> None:
    assert "Photon sets itself" in (complaint(f"{name}: 1") or ("", ""))[0]


def test_headers_are_read_by_name() -> None:
    assert parsed(["X-A: 1: 2", "X-B :  b "]) == {"X-A": "1: 2", "X-B": "b"}


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("X-Title: our API", "X-Title: our API"),
        ("CF-Access-Client-Secret: abc", "CF-Access-Client-Secret: …"),
        ("X-Auth-Token: abc", "X-Auth-Token: …"),
        ("Cookie: a=b", "Cookie: …"),
    ],
)
def test_a_value_that_may_be_secret_is_not_shown(header: str, shown: str) -> None:
    assert masked_header(header) == shown
