import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photon.settings import redaction
from photon.settings.redaction import MASK, Redactor, redacted, remember_secret

SECRET = "0f9c-canary-7Qx2"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("key sk-proj-0123456789abcdef.", f"key {MASK}."),
        ("sk-ant-api03-abcDEF_123", MASK),
        ("Incorrect API key provided: sk-proj-********a1b2", f"Incorrect API key provided: {MASK}"),
        ("Authorization: Bearer 4f9c2e81", f"Authorization: Bearer {MASK}"),
        ('{"Authorization": "Bearer 4f9c2e81"}', f'{{"Authorization": "Bearer {MASK}"}}'),
        ("{'x-api-key': 'abc12345'}", f"{{'x-api-key': '{MASK}'}}"),
        ("x-goog-api-key: 0123456789", f"x-goog-api-key: {MASK}"),
        ("authorization: Basic dXNlcjpwYXNz", f"authorization: Basic {MASK}"),
        ("bearer 0123456789abcdef01", f"bearer {MASK}"),
        ("https://user:p@ss@example.com/x", f"https://{MASK}@example.com/x"),
        ("https://:token@example.com", f"https://{MASK}@example.com"),
        ("https://0123456789abcdef01@example.com/x", f"https://{MASK}@example.com/x"),
        ("https://host/v1?alt=sse&key=abcd1234efgh&x=1", f"https://host/v1?alt=sse&key={MASK}&x=1"),
        ("AIzaSyA0123456789abcdefghijklmnopqrstuv", MASK),
        ("gsk_0123456789abcdefghij", MASK),
        ("ghp_0123456789abcdefghij0123456789abcdef", MASK),
        ("github_pat_0123456789abcdefghij0123", MASK),
        ("AKIAIOSFODNN7EXAMPLE", MASK),
        ("xoxb-123456789012-abc", MASK),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmN", MASK),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, shown: str) -> None:
    assert redacted(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Bearer authentication is required; basic authentication is not.",
        "Send Authorization: Bearer <token>, or x-api-key: string.",
        "securitySchemes:\n  bearerAuth:\n    type: http\n    scheme: bearer\n    bearerFormat: JWT\n",
        "apiKey:\n  type: apiKey\n  name: X-API-Key\n  in: header\n",
        "the content is bearer application/x-www-form-urlencoded",
        "sk-SK and sk-learn, a task-management-service and disk-usage-2024-01-01",
        "https://example.com:8080/users/a@b.example?x=1 and ssh://git@example.com/x",
        "mailto:jane@example.com",
        "AKIA is a prefix; eyJ, too; gh_pages_1 and AIza",
        "tokenUrl: https://example.com/oauth2/token\nauthorizationUrl: https://example.com/oauth2/authorize",
    ],
)
def test_ordinary_words_and_openapi_documents_are_left_alone(text: str) -> None:
    assert Redactor().redacted(text) == text


def test_a_known_secret_is_masked_wherever_it_stands() -> None:
    redactor = Redactor([SECRET])
    for text in (SECRET, f"x{SECRET}y", f"?q={SECRET}&r", json.dumps({"a": SECRET}), repr([SECRET])):
        assert SECRET not in redactor.redacted(text)


@pytest.mark.parametrize("cut", [12, 13, 15])
def test_a_known_secret_is_masked_where_it_was_cut_short(cut: int) -> None:
    assert Redactor([SECRET]).redacted(f"key {SECRET[:cut]}… is wrong") == f"key {MASK} is wrong"


def test_a_known_secret_is_masked_as_a_url_and_as_json_write_it() -> None:
    secret = 'pass/"word\\+1234567'
    redactor = Redactor([secret])
    assert redactor.redacted(json.dumps([secret])) == f'["{MASK}"]'
    assert redactor.redacted("https://h/?k=pass%2F%22word%5C%2B1234567") == f"https://h/?k={MASK}"


@pytest.mark.parametrize("text", ["key {}.", "https://h/?q=token%3D{}", r'{{"error": "wrong key:\n{}"}}', "x{}y", "_{}_"])
@pytest.mark.parametrize("secret", ["abcdefg8", "abcdefgh12", "abcdefghijkl-15"])
def test_a_short_known_secret_is_masked_wherever_it_stands(secret: str, text: str) -> None:
    assert Redactor([secret]).redacted(text.format(secret)) == text.format(MASK)


def test_the_beginning_of_a_short_known_secret_is_an_ordinary_word() -> None:
    assert Redactor(["kubernetes-15"]).redacted("kubernetes-1, kubernetes") == "kubernetes-1, kubernetes"


@pytest.mark.parametrize("placeholder", ["", "none", "EMPTY", "ollama", " test\n"])
def test_the_placeholders_of_servers_without_keys_stay_readable(placeholder: str) -> None:
    text = "none of the ollama models passed this test: EMPTY"
    assert Redactor([placeholder]).redacted(text) == text


def test_of_two_secrets_the_longer_is_masked_as_a_whole() -> None:
    assert Redactor([SECRET[:14], SECRET]).redacted(f"<{SECRET}>") == f"<{MASK}>"


@pytest.mark.parametrize("name", ["SOME_API_KEY", "PHOTON_MASTER_PASSWORD"])
def test_the_secrets_of_the_environment_are_known(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SECRET in redacted(SECRET)
    monkeypatch.setenv(name, SECRET)
    assert redacted(SECRET) == MASK


def test_a_remembered_secret_is_masked_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_remembered", set())
    assert redacted(SECRET) == SECRET
    remember_secret(SECRET)
    assert redacted(SECRET) == MASK


_SHAPES = (
    "://",
    "@",
    ":",
    "/",
    " ",
    "\n",
    '"',
    "Bearer ",
    "basic ",
    "authorization: ",
    "api-key=",
    "?key=",
    "sk-",
    "eyJabcdefgh",
    ".",
)
_PIECES = st.sampled_from((*_SHAPES, SECRET, SECRET[:13], MASK, "a1b2c3d4e5f6a7b8", "word", "x" * 20))


@given(st.lists(_PIECES, max_size=12).map("".join))
def test_masking_twice_is_masking_once(text: str) -> None:
    redactor = Redactor([SECRET, "a1b2c3d4e5f6a7b8"])
    once = redactor.redacted(text)
    assert redactor.redacted(once) == once
    assert SECRET not in once


@pytest.mark.parametrize("unit", ["a.", "://a", "sk-", "Bearer ", "authorization:", "eyJabcdefgh.", "://a:", "1 "])
def test_long_texts_take_time_in_proportion(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    assert len(redacted(text)) > 0
