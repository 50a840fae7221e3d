"""``photon ai suggest-schema`` as a person or a script uses it; the fake provider where it does not matter who answers."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from screens import Photon, seen
from servers import serving, sse, text_events

from photon.errors import ExitCode
from photon.providers.weights import local_is_installed

needs_local = pytest.mark.skipif(not local_is_installed(), reason="the local model is not installed")

SCHEMA = ("ai", "suggest-schema")
FAKE = (*SCHEMA, "--provider", "fake")
ASKED = "a User with email, roles and an optional avatar"
SPEC = """\
openapi: 3.0.3
info: {title: Shop, version: '1'} # ours
paths: {}
components:
  schemas:
    Customer:
      type: object
      properties:
        customer_id: {type: integer}
        first_name: {type: string}
"""


def schemas(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text)["components"]["schemas"]
    return found


@needs_local
def test_with_nothing_configured_the_local_model_answers_and_then_the_cache(photon: Photon) -> None:
    first, again = (photon(*SCHEMA, ASKED) for _ in range(2))
    user = schemas(first.stdout)["User"]
    assert list(user["properties"]) == ["email", "roles", "avatar"] and user["required"] == ["email", "roles"]
    assert user["properties"]["email"]["format"] == "email" and user["properties"]["roles"]["type"] == "array"
    assert first.stdout == again.stdout
    assert first.stderr.startswith("local/photon-openapi · ")
    assert again.stderr.startswith("local/photon-openapi · from the cache · ")


@pytest.mark.parametrize(("words", "stdin"), [([ASKED], ""), (ASKED.split(), ""), (["-"], ASKED), ([], f"\ufeff{ASKED}\r\n")])
def test_the_request_comes_from_the_arguments_or_a_pipe(photon: Photon, words: list[str], stdin: str) -> None:
    done = photon(*FAKE, *words, stdin=stdin)
    assert list(schemas(done.stdout)) == ["User"], done.stderr


def test_formats_and_the_envelope(photon: Photon) -> None:
    sketch = photon(*FAKE, "a User", "-f", "sketch").stdout
    assert sketch == 'User = { id: uuid, name: string, status?: "active" | "archived" }\n'
    document = json.loads(photon(*FAKE, "a User", "--format", "json").stdout)
    envelope = json.loads(photon(*FAKE, "a User", "--json").stdout)
    assert (envelope["document"], envelope["sketch"]) == (document, sketch)
    assert envelope["answered_by"] == {"provider": "fake", "model": "fake"} and envelope["notes"] == []


def test_a_dry_run_shows_the_lesson_and_asks_nobody(photon: Photon) -> None:
    done = photon(*SCHEMA, "--provider", "openai", "--dry-run", ASKED, env={"OPENAI_API_KEY": "sk-0123456789"})
    assert "You design the data of HTTP APIs" in done.stdout and ASKED in done.stdout
    assert "nothing was sent" in done.stderr


def test_a_cloud_model_that_answers_json_schema_is_read(photon: Photon) -> None:
    answer = '{"title": "User", "type": "object", "properties": {"email": {"type": "string", "format": "email"}}}'
    with serving(sse(*text_events(answer))) as server:
        env = {"PHOTON_AI_URL": f"http://localhost:{server.port}/v1", "PHOTON_AI_MODEL": "m"}
        done = photon(*SCHEMA, "a User with email", "--no-failover", env=env)
    assert schemas(done.stdout)["User"]["required"] == ["email"], done.stderr


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "message"),
    [
        ([], " \n", ExitCode.USAGE, "there is no request"),
        (["--name", "user", "a User"], "", ExitCode.USAGE, "'user' is no name for a schema"),
        (["--name", "String", "a User"], "", ExitCode.USAGE, "'String' is no name for a schema"),
        (["--write", "a User"], "", ExitCode.USAGE, "--write needs the document"),
        (["--many", "a User"], "", ExitCode.USAGE, "--many is for JSON"),
        (["--spec", "-", "-"], "a User", ExitCode.USAGE, "stdin cannot be the request and the specification"),
        (["--spec", "none.yaml", "a User"], "", ExitCode.CONFIGURATION, "none.yaml"),
        (["--from", "none.json"], "", ExitCode.INVALID_SPEC, "cannot read none.json"),
        (["--name", "User", "-"], '{"a": 1', ExitCode.INVALID_SPEC, "<stdin>:1:8 is no JSON"),
        (["--many", "-"], '{"a": 1}', ExitCode.INVALID_SPEC, "<stdin> is no list of samples"),
        (["--many", "-"], "[]", ExitCode.INVALID_SPEC, "there are no samples"),
        (["--dry-run", "-"], "{}", ExitCode.USAGE, "made by code"),
    ],
)
def test_what_cannot_be_done_is_told(photon: Photon, arguments: list[str], stdin: str, code: ExitCode, message: str) -> None:
    done = photon(*FAKE, *arguments, stdin=stdin)
    assert message in done.stderr and done.stdout == ""
    if "none.yaml" not in arguments:
        assert done.returncode == code
    assert done.returncode and "Traceback" not in done.stderr


# -- from samples -----------------------------------------------------------------------------------------------------

USERS = [
    {"id": 1, "email": "a@b.example", "age": None},
    {"id": 2, "email": "c@d.example", "age": 5, "avatar": "https://e.example/a.png"},
]


def test_json_that_is_piped_in_becomes_a_schema_without_any_model(photon: Photon) -> None:
    done = photon(*SCHEMA, "--provider", "openai", "--name", "User", "-", stdin="\n".join(map(json.dumps, USERS)))
    assert schemas(done.stdout)["User"] == {
        "type": "object",
        "required": ["id", "email", "age"],
        "properties": {
            "id": {"type": "integer"},
            "email": {"type": "string", "format": "email"},
            "age": {"type": ["integer", "null"]},
            "avatar": {"type": "string", "format": "uri"},
        },
    }
    assert done.stderr == "from 2 samples, by code\n"


def test_files_are_merged_and_the_first_one_gives_the_name(photon: Photon) -> None:
    for name, sample in zip(("users.json", "more.json"), USERS, strict=True):
        Path(name).write_text(json.dumps(sample))
    one = photon(*SCHEMA, "--from", "users.json", "--from", "more.json", "-f", "sketch")
    other = photon(*SCHEMA, "--from", "users.json", "more.json", "-f", "sketch")
    assert one.stdout == other.stdout == "User = { id: int, email: email, age: int | null, avatar?: uri }\n"


def test_a_list_is_a_list_unless_its_items_are_the_samples(photon: Photon) -> None:
    Path("users.json").write_text(json.dumps(USERS))
    assert photon(*SCHEMA, "--from", "users.json", "--many", "-f", "sketch").stdout.startswith("User = { id: int")
    done = photon(*SCHEMA, "--from", "users.json", "--name", "Users", "-f", "sketch")
    assert done.stdout.startswith("Users = User[]\nUser = { id: int") and "--many takes each" in done.stderr


def test_samples_have_an_envelope_too_in_which_nobody_answered(photon: Photon) -> None:
    envelope = json.loads(photon(*SCHEMA, "--json", "-", stdin='{"a": []}').stdout)
    assert (envelope["answered_by"], envelope["samples"], envelope["cost_usd"]) == (None, 1, 0)
    assert envelope["notes"] == [
        "Example.a is an empty list in every sample: wrote items of any type",
        "named it Example: --name NAME names it",
    ]


def test_samples_are_described_by_the_model_that_is_configured_and_by_code_where_it_fails(photon: Photon) -> None:
    answer = 'User = { id: int "Number of the user", email: string "changed", age: int }'
    sample = json.dumps(USERS[1])
    with serving(sse(*text_events(answer))) as server:
        env = {"PHOTON_AI_URL": f"http://localhost:{server.port}/v1", "PHOTON_AI_MODEL": "m"}
        done = photon(*SCHEMA, "--name", "User", "--describe", "-f", "sketch", "-", stdin=sample, env=env)
    assert done.stdout == (
        'User = { id: int "Number of the user", email: email "changed", age: int "Age of the user", '
        'avatar: uri "Avatar of the user" }\n'
    )
    assert "described by openai/m" in done.stderr
    done = photon(
        *SCHEMA, "--name", "User", "--describe", "-f", "sketch", "-", stdin=sample, env={**env, "PHOTON_AI_RETRY_ATTEMPTS": "1"}
    )
    assert done.returncode == 0 or "Unique identifier" in done.stdout


@needs_local
def test_our_own_model_is_not_asked_for_descriptions(photon: Photon) -> None:
    done = photon(*SCHEMA, "--name", "User", "--describe", "-f", "sketch", "-", stdin='{"id": 1}')
    assert done.stdout == 'User = { id: int "Unique identifier of the user" }\n'
    assert done.stderr == "from 1 sample, by code\n"


# -- the specification ------------------------------------------------------------------------------------------------


def test_the_specification_decides_version_spelling_and_what_is_used_again(photon: Photon) -> None:
    Path("openapi.yaml").write_text(SPEC)
    sample = '{"orderNumber": null, "customer": {"customerId": 1, "firstName": "x"}}'
    done = photon(*SCHEMA, "--name", "Order", "--spec", "openapi.yaml", "-", stdin=sample)
    assert schemas(done.stdout)["Order"]["properties"]["customer"] == {"$ref": "#/components/schemas/Customer"}
    assert "order_number" in schemas(done.stdout)["Order"]["properties"]


def test_a_diff_changes_nothing_and_write_adds_lines_alone(photon: Photon) -> None:
    file = Path("openapi.yaml")
    file.write_text(SPEC)
    file.chmod(0o640)
    diff = photon(*FAKE, "a Pet", "--spec", "openapi.yaml", "--diff")
    assert "+    Pet:" in diff.stdout.splitlines() and file.read_text() == SPEC
    Path("photon.toml").write_text('[ai]\nspec = "openapi.yaml"\n')
    done = photon(*FAKE, "a Pet", "--write")
    assert done.returncode == 0, done.stderr
    text = file.read_text()
    assert text.startswith(SPEC) and list(schemas(text)) == ["Customer", "Pet"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    again = photon(*FAKE, "a Pet", "--write")
    assert (again.returncode, file.read_text()) == (ExitCode.INVALID_SPEC, text)
    assert "has a schema Pet already" in again.stderr and "--replace" in again.stderr
    assert photon(*FAKE, "a Pet", "--write", "--replace").returncode == 0
    assert "Pet" not in photon(*FAKE, "a Dog", "--no-spec").stdout


def test_a_specification_that_is_none_is_refused(photon: Photon) -> None:
    Path("openapi.yaml").write_text("swagger: '2.0'\n")
    done = photon(*FAKE, "a Pet", "--spec", "openapi.yaml")
    assert done.returncode == ExitCode.INVALID_SPEC and "Swagger 2.0" in done.stderr


HUB = """\
openapi: 3.1.0
info: {title: Hub, version: '1'}
paths: {}
components:
  schemas:
    order-item: {type: object, properties: {sku: {type: string}}}
    "widget\\n": {type: object, properties: {size: {type: integer}}}
    Order: {type: object, properties: {id: {type: integer}}}
"""


def test_a_model_is_told_of_the_schemas_that_are_mentioned_under_names_that_break_no_line(photon: Photon) -> None:
    Path("hub.yaml").write_text(HUB)
    with serving(sse(*text_events("Cart = { orderItems: OrderItem[], widget: Widget }"))) as server:
        command = (*SCHEMA, "--spec", "hub.yaml", "a Cart with order items and a widget")
        done = photon(*command, env={"PHOTON_AI_URL": server.url})
    said = server.requests[-1].json["messages"][-1]["content"]
    assert said.split("\n")[1:-1] == [
        "types: Order, OrderItem, Widget",
        "these types exist already, do not define them again:",
        "Order = { id?: int }",
        "OrderItem = { sku?: string }",
        "Widget = { size?: int }",
    ]
    (cart,) = schemas(done.stdout).values()
    assert cart["properties"]["orderItems"]["items"] == {"$ref": "#/components/schemas/order-item"}


def test_the_schema_that_is_asked_for_is_not_called_one_that_must_not_be_written(photon: Photon) -> None:
    Path("hub.yaml").write_text(HUB)
    for words in (["an Order with an order item"], ["--name", "Order", "what is ordered: order item"]):
        shown = photon(*SCHEMA, "--spec", "hub.yaml", "--provider", "openai", "--dry-run", *words).stdout
        assert r"types: OrderItem\n" in shown and "Order = {" in shown


def test_a_model_with_little_room_is_told_less_of_the_specification(photon: Photon) -> None:
    fields = ", ".join(f"field{n}: {{type: string}}" for n in range(20))
    things = ["Apple", "Bank", "Card", "Desk", "Easel", "Fork", "Garden", "Horse"]
    lines = "".join(f"    {name}: {{type: object, properties: {{{fields}}}}}\n" for name in things)
    Path("hub.yaml").write_text(HUB + lines)
    lengths = []
    for length in ("1400", "100000"):
        shown = photon(
            *SCHEMA, "--spec", "hub.yaml", "--provider", "work", "--dry-run", f"a Cart with {', '.join(things)}",
            env={"PHOTON_AI_PROVIDERS_WORK_URL": "http://127.0.0.1:9", "PHOTON_AI_PROVIDERS_WORK_CONTEXT_LENGTH": length},
        )  # fmt: skip
        lengths.append(shown.stdout.count("field19?"))
    assert lengths[0] < lengths[1] == 8


@pytest.mark.parametrize("name", ["order", "ORDER", "OrderItem"])
def test_a_schema_beside_one_of_nearly_the_same_name_is_said(photon: Photon, name: str) -> None:
    Path("hub.yaml").write_text(HUB)
    other = {"OrderItem": "order-item"}.get(name, "Order")
    command = (*SCHEMA, "--spec", "hub.yaml", "--name", name, "-")
    done = photon(*command, "--diff", stdin='{"id": 1}')
    assert f"photon: {name} is another schema than {other}, which the specification has: --name {other}" in done.stderr
    fine = photon(*SCHEMA, "--spec", "hub.yaml", "--name", other, "-", stdin='{"id": 1}')
    assert "another schema" not in fine.stderr
    assert "another schema" in photon(*FAKE, "--spec", "hub.yaml", "--name", name, "a thing").stderr


# -- the record -------------------------------------------------------------------------------------------------------


def test_the_record_prints_it_again_and_asks_again(photon: Photon) -> None:
    printed = photon(*FAKE, "a User", "-f", "json").stdout
    assert photon("ai", "log", "last").stdout == printed
    assert photon("ai", "log", "replay", "1", "--provider", "fake").stdout == printed
    listed = json.loads(photon("ai", "log", "list", "--json").stdout)
    assert "suggest-schema" in json.dumps(listed)


def test_in_a_terminal_the_lines_are_coloured_and_narrow_ones_do_no_harm() -> None:
    shown = seen(*FAKE, "a User", COLUMNS="30")
    assert "    User:" in shown.plain and "Traceback" not in shown.plain
    assert "\x1b[" not in seen(*FAKE, "a Dog", NO_COLOR="1").raw.replace("\x1b[?25h", "")


@pytest.mark.parametrize("name", ["simple-thing", "SimpleThing", "simple.thing", "_t", "string", "1"])
def test_with_a_document_a_name_is_kept_as_it_was_typed(photon: Photon, name: str) -> None:
    schemas = "\n".join(f"    {each}: {{type: object}}" for each in ("pull-request", "code-owner", "git-tag"))
    Path("hub.yaml").write_text(
        f"openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths: {{}}\ncomponents:\n  schemas:\n{schemas}\n"
    )
    command = ("ai", "suggest-schema", "--name", name, "--spec", "hub.yaml")
    with serving(sse(*text_events("Thing = { label: string }"))) as server:
        asked = photon(*command, "--write", "a thing with a label", env={"PHOTON_AI_URL": server.url})
    found = yaml.safe_load(asked.stdout)["components"]["schemas"]
    assert list(found) == [name] and name in yaml.safe_load(Path("hub.yaml").read_text())["components"]["schemas"], asked.stderr
    assert photon("ai", "log", "last").stdout == asked.stdout
    sampled = photon(*command, "--diff", "--replace", "-", stdin='{"size": 1}')
    assert sampled.returncode == 0 and "+" in sampled.stdout, sampled.stderr


@pytest.mark.parametrize("name", ["a b", "a/b", "é", ""])
def test_a_name_that_no_component_may_have_is_refused(photon: Photon, name: str) -> None:
    Path("hub.yaml").write_text("openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\n")
    done = photon("ai", "suggest-schema", "--name", name, "--spec", "hub.yaml", "a thing")
    assert done.returncode == ExitCode.USAGE and "is no name for a schema" in done.stderr


@pytest.mark.parametrize(
    ("text", "flags", "said"),
    [
        ("components: []\n", (), "no mapping"),
        ("components:\n  schemas: {$ref: 'other.yaml'}\n", (), "in another file"),
        ("components:\n  schemas:\n    Pet: {type: object}\n", ("--name", "Pet"), "has a schema Pet already"),
    ],
    ids=["components", "elsewhere", "there"],
)
def test_what_cannot_be_written_is_refused_before_anybody_is_asked(
    photon: Photon, text: str, flags: tuple[str, ...], said: str
) -> None:
    Path("hub.yaml").write_text("openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\n" + text)
    with serving(sse(*text_events("Pet = { label: string }"))) as server:
        command = ("ai", "suggest-schema", "--spec", "hub.yaml", "--write", *flags, "a Pet with a label")
        done = photon(*command, env={"PHOTON_AI_URL": server.url})
    assert done.returncode == ExitCode.INVALID_SPEC and said in done.stderr and not server.requests


@pytest.mark.parametrize(
    ("piped", "message"), [("<!doctype html>\n<p>404", "a page"), ("HTTP/1.1 200 OK\r\n\r\n{}", "headers are in front of it")]
)
def test_what_a_server_answered_instead_of_json_is_no_request(photon: Photon, piped: str, message: str) -> None:
    done = photon(*FAKE, "--name", "User", "-", stdin=piped)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "") and message in done.stderr


@pytest.mark.parametrize(
    ("piped", "sketch"), [("null\n", "User = any\n"), ("-12.5e3", "User = number\n"), ("true", "User = bool\n")]
)
def test_a_single_value_is_a_sample_too(photon: Photon, piped: str, sketch: str) -> None:
    done = photon(*SCHEMA, "--name", "User", "-f", "sketch", "-", stdin=piped)
    assert done.stdout == sketch and "by code" in done.stderr
