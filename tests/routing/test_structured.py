"""An answer that must be a JSON document is read, validated, and asked for once more."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from listening import heard

from photon.chat import Chunk, Message, Origin, Request, Switch
from photon.errors import UnreadableAnswer, UsageError
from photon.providers.endpoint import Endpoint
from photon.providers.fake import FakeProvider
from photon.routing.cached import cache_key
from photon.routing.guard import Guarded
from photon.routing.structured import faults, read_document, validator

ORIGIN = Origin("openai", "gpt")
PRICES: dict[str, Any] = {
    "type": "object",
    "properties": {"items": {"type": "array", "items": {"properties": {"price": {"type": "number"}}, "required": ["price"]}}},
    "required": ["items"],
}
QUESTION = Request(model="", messages=(Message("system", "Be exact."), Message("user", "What?")), schema=PRICES)
GOOD, BAD = '{"items": [{"price": 1.5}]}', '{"items": [{"price": 1}, {"price": 2}, {"price": "x"}]}'


def guarded(*answers) -> tuple[Guarded, FakeProvider]:
    provider = FakeProvider(answers)
    return Guarded(provider, None, origin=ORIGIN), provider


async def test_a_document_that_matches_passes_at_the_first_time():
    port, provider = guarded(GOOD)
    assert (await heard(port, QUESTION)).text == GOOD
    assert len(provider.requests) == 1


async def test_one_that_does_not_is_asked_for_once_more_with_what_was_wrong_and_the_schema_in_words():
    port, provider = guarded(BAD, GOOD)
    answer = await heard(port, QUESTION)
    reason = '$.items[2].price: "x" is not a number'
    assert answer.text == GOOD
    assert [chunk.switch for chunk in answer.chunks if chunk.switch] == [Switch(ORIGIN, reason, repeat=True)]
    system, question, said, correction = provider.requests[1].messages
    assert system.content.startswith("Be exact.") and json.dumps(PRICES, separators=(",", ":")) in system.content
    assert (question.content, said) == ("What?", Message("assistant", BAD))
    assert reason in correction.content


async def test_two_that_do_not_are_an_unreadable_answer_with_the_place():
    port, _ = guarded(BAD, "Sorry, I cannot do that.")
    with pytest.raises(UnreadableAnswer, match=r'twice.*not JSON \(line 1, column 1.*begins with "Sorry') as caught:
        await heard(port, QUESTION)
    assert caught.value.exit_code == 8 and "\n" not in caught.value.message


async def test_a_document_that_is_cut_off_is_not_sent_back_but_a_shorter_one_asked_for():
    port, provider = guarded(
        [Chunk(text='{"items": ['), Chunk(finish_reason="length")], [Chunk(text=GOOD, finish_reason="length")]
    )
    answer = await heard(port, QUESTION)
    assert answer.text == GOOD
    *_, last = provider.requests[1].messages
    assert (
        last.role == "user" and last.content.startswith("What?") and "shorter" not in provider.requests[0].messages[-1].content
    )
    assert '{"items": [' not in last.content


async def test_a_document_that_is_cut_off_twice_names_the_option_that_helps():
    cut = [Chunk(text='{"items": ['), Chunk(finish_reason="length")]
    port, _ = guarded(cut, cut)
    with pytest.raises(UnreadableAnswer, match="cut off") as caught:
        await heard(port, QUESTION)
    assert "--max-tokens" in caught.value.hint


async def test_a_prefill_is_a_part_of_the_document():
    port, provider = guarded('s": 1}', GOOD)
    asked = replace(QUESTION, messages=(*QUESTION.messages, Message("assistant", '{"item')))
    assert (await heard(port, asked)).text == GOOD
    assert provider.requests[1].messages[2] == Message("assistant", '{"items": 1}')


async def test_a_schema_that_is_none_is_refused_before_anybody_is_asked():
    port, provider = guarded(GOOD)
    with pytest.raises(UsageError, match=r"\$\.properties\.a\.minLength: -1 is less than 0"):
        await heard(port, replace(QUESTION, schema={"properties": {"a": {"minLength": -1}}}))
    assert provider.requests == []


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "strin"}, r'\$\.type: "strin" is nothing of what'),
        ({"required": "a"}, r'\$\.required: "a" is not an array'),
        ({"pattern": "("}, r'\$\.pattern: "\(" is not a regex'),
        ({"properties": {"a": {"$ref": "#/$defs/nope"}}}, r'\$ref "#/\$defs/nope" leads nowhere'),
        ({"items": {"$ref": "https://example.com/schema.json"}}, "nothing is fetched"),
        ({"$ref": "file:///etc/passwd"}, "nothing is fetched"),
        ({"$ref": "#/foo", "foo": {"$ref": "http://nowhere.example/x"}}, "nothing is fetched"),
        ({"items": {"$ref": "#/foo/0"}, "foo": [{"items": {"$ref": "http://nowhere.example/x"}}]}, "nothing is fetched"),
        ({"$dynamicRef": "http://nowhere.example/x"}, "nothing is fetched"),
        ({"items": {"$dynamicRef": "#nope"}}, "leads nowhere"),
        ({"type": "object", "items": {"$ref": "#/type"}}, "leads to what is no schema"),
        ({"$ref": "#"}, "refers to itself"),
        ({"$schema": 5}, "not a string"),
        ({"enum": [{1, 2}]}, "not JSON serializable"),
        ({"default": float("nan")}, "Out of range float"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_schema_is_said_with_its_place(schema: Any, reason: str):
    with pytest.raises(UsageError, match=reason) as caught:
        validator(schema)
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"a": {}}, "items": {"$ref": "#/definitions/a"}},
        {"$id": "https://example.com/a", "$ref": "b", "$defs": {"q": {"$id": "b", "type": "object"}}},
        {"$ref": "#here", "$defs": {"q": {"$anchor": "here"}}},
        {"$ref": "https://json-schema.org/draft/2020-12/schema"},
        {"properties": {"next": {"$ref": "#"}}},
        {"$dynamicRef": "#node", "$defs": {"a": {"$dynamicAnchor": "node", "type": "object"}}},
        {"$ref": "#/foo", "foo": {"properties": {"a": {"$ref": "#/foo"}}}},
        {"$schema": "https://example.com/of-nobody", "x-more": "annotations"},
    ],
    ids=str,
)
def test_a_sound_schema_is_one_of_any_draft_with_references_that_lead_somewhere(schema: Any):
    assert list(faults(validator(schema), {})) == []


def test_a_schema_is_read_by_the_draft_that_it_names():
    tuples = {"type": "array", "items": [{"type": "integer"}]}  # 2020-12 calls that prefixItems
    assert list(faults(validator({"$schema": "http://json-schema.org/draft-07/schema#", **tuples}), ["x"]))
    with pytest.raises(UsageError):
        validator(tuples)


def test_a_reference_without_an_end_below_the_root_is_a_fault_and_no_crash():
    schema = {"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"$ref": "#/$defs/x"}}}
    assert list(faults(validator(schema), {"a": 1})) == ["$: the document is nested too deep to be validated"]


def test_a_number_that_is_too_large_for_the_schema_is_a_fault_and_no_crash():
    made = validator({"multipleOf": 0.01})
    assert list(faults(made, 10**400)) == ["$: a number in the document is too large to be validated"]


def test_a_long_answer_of_white_space_takes_time_in_proportion():
    begun = time.process_time()
    for end in ("x", "```x", "\n```"):
        with pytest.raises(UnreadableAnswer):
            read_document("```json\n{" + "\n" * 50_000 + end)
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize(
    ("schema", "document", "said"),
    [
        ({"type": ["integer", "null"]}, "x", '$: "x" is not a whole number or null'),
        ({"required": ["a", "b", "c"]}, {"b": 1}, '$: "a", "c" are missing'),
        ({"enum": ["a", None]}, "é", '$: "é" is none of "a", null'),
        ({"const": True}, 1, "$: 1 is not true"),
        ({"items": {"pattern": "^a"}}, ["b"], '$[0]: "b" does not match ^a'),
        ({"minItems": 2}, [1], "$: too few items (1 of at least 2)"),
        ({"exclusiveMinimum": 0}, 0, "$: 0 is not more than 0"),
        ({"maxLength": 1}, "ab", '$: "ab" is too long (2 of at most 1 characters)'),
        ({"anyOf": [{"type": "string"}, {"required": ["a"], "type": "object"}]}, {}, '$: "a" is missing'),
        ({"uniqueItems": True}, [1, 1], "$: [1, 1] has non-unique elements"),
        ({"type": "string"}, ["long"] * 99, "$: " + json.dumps(["long"] * 99)[:59] + "… is not a string"),
        ({"additionalProperties": False}, {"x\x1b[31m": 1}, None),
    ],
)
def test_a_fault_is_one_line_in_the_words_of_json(schema: Any, document: Any, said: str | None):
    (fault,) = faults(validator(schema), document)
    assert fault.isprintable()
    assert said is None or fault == said


@pytest.mark.parametrize(
    "answer", [GOOD, f"\n  {GOOD}\n", f"```json\n{GOOD}\n```", f"```\n{GOOD}```\n", f"```JSON \r\n{GOOD}\r\n```"]
)
def test_white_space_and_one_fence_around_a_document_are_no_part_of_it(answer: str):
    assert read_document(answer).text == GOOD


@pytest.mark.parametrize(
    "answer",
    [
        f"Here it is: {GOOD}",
        f"{GOOD}\nDone!",
        f"```json\n{GOOD}\n```\nDone!",
        f"{GOOD}{GOOD}",
        "",
        " ",
        "```json\n```",
        "{'a': 1}",
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": 1e999}',
        '{"a": 1,}',
        '{"a": "\n"}',
        "[" * 100_000,
        "1" * 5000,
        '{"a": 1} // yes',
    ],
    ids=lambda answer: answer[:20],
)
def test_everything_else_is_not_json(answer: str):
    with pytest.raises(UnreadableAnswer) as caught:
        read_document(answer)
    assert len(caught.value.message) < 250 and "\n" not in caught.value.message


def test_the_document_in_one_line_keeps_every_number_and_string_as_it_was_written():
    document = read_document('{\n  "a b": "x \\" \\u00e9 y",\n  "n": [1.50000000000000000001, 1E5]\n}')
    assert document.line == '{"a b":"x \\" \\u00e9 y","n":[1.50000000000000000001,1E5]}'


def test_the_cache_knows_answers_by_their_schema_and_the_order_of_its_properties():
    endpoint = Endpoint(provider="openai", kind="openai", model="m")
    other = {**PRICES, "required": []}
    turned = dict(reversed(PRICES.items()))
    keys = {cache_key(endpoint, replace(QUESTION, schema=schema), {}) for schema in (None, PRICES, other, turned, {})}
    assert len(keys) == 5
    assert cache_key(endpoint, QUESTION, {}) == cache_key(endpoint, replace(QUESTION, schema=dict(PRICES)), {})
