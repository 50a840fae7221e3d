"""JSON whose places are found on demand is read as the composer reads it that finds them all at once."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sketches  # noqa: F401 - the profile of hypothesis
from hypothesis import given
from hypothesis import strategies as st

from photon.openapi.source.json_composer import MAX_DEPTH, Composer
from photon.openapi.source.json_text import compose_json
from photon.openapi.source.nodes import MapNode, SeqNode, SyntaxFault, place_of, walk_nodes

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=6)
)
KEYS = st.one_of(st.sampled_from(["a", "b", "$ref", "{", '"', "\\", "é", "🐾"]), st.text(max_size=4))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=40,
)
SPACES = st.sampled_from(["", " ", "\n", "\r\n\t", "  "])


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A JSON text: minified or spread, ASCII or not, with white space of any kind, a few with a key that stands twice."""
    ascii_only, twice, indent = draw(st.booleans()), draw(st.integers(0, 9)) == 0, draw(st.sampled_from([None, 0, 2]))
    colon, comma, around = draw(SPACES) + ":" + draw(SPACES), draw(SPACES) + "," + draw(SPACES), draw(SPACES)
    value = {"paths": {"/": {"get": draw(VALUES)}}, "more": draw(VALUES)}
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent, separators=(comma, colon))
    return around + (text.replace('"b"', '"a"') if twice else text) + around


def outcome(compose: Any, text: str) -> Any:
    """What reading gives: the value and the keys that stand twice, or the fault."""
    try:
        return compose(text)
    except SyntaxFault as fault:
        return fault.offset, fault.message


def eager(text: str) -> Any:
    return Composer(text).document()


def assert_same(found: Any, known: Any) -> None:
    """The same values of the same types, in the same order, and with the same places."""
    if isinstance(known, MapNode | SeqNode):
        assert isinstance(found, MapNode if isinstance(known, MapNode) else SeqNode)
        assert (found.start, found.end, found.flow, found.places) == (known.start, known.end, True, known.places)
        keys = list(known) if isinstance(known, MapNode) else list(range(len(known)))
        assert (list(found) if isinstance(known, MapNode) else list(range(len(found)))) == keys
        if isinstance(found, MapNode) and isinstance(known, MapNode):
            assert list(found.places) == list(known.places)
            assert found.plain == known.plain == {}
        for key in keys:
            assert_same(found[key], known[key])
    else:
        assert type(found) is type(known)
        assert repr(found) == repr(known)


@given(texts())
def test_every_place_is_the_composers(text: str) -> None:
    found, known = compose_json(text), eager(text)
    assert found[1] == known[1]
    assert_same(found[0], known[0])


@given(texts(), st.randoms())
def test_whoever_asks_first_gets_the_same_places(text: str, pick: Any) -> None:
    found, known = compose_json(text)[0], eager(text)[0]
    ways = [way for way, _ in walk_nodes(known)]
    ways += [(*way, key) for way, node in walk_nodes(known) for key in (node if isinstance(node, dict) else range(len(node)))]
    pick.shuffle(ways)
    for way in ways[:9]:
        assert place_of(found, way) == place_of(known, way)
        assert place_of(found, way, key=True) == place_of(known, way, key=True)
    nodes = list(zip(walk_nodes(found), walk_nodes(known), strict=True))
    pick.shuffle(nodes)
    for (_, node), (_, other) in nodes:
        assert (node.places, node.start, node.end) == (other.places, other.start, other.end)


@given(texts(), st.integers(min_value=0), st.sampled_from(["", "}", "]", ",", '"', "\\ud83d", "NaN", "-", "0", "\x01", "\\"]))
def test_a_broken_text_has_the_composers_fault(text: str, at: int, put: str) -> None:
    at %= len(text) + 1
    for broken in (text[:at], text[:at] + put + text[at:], text[:at] + put + text[at + 1 :]):
        found, known = outcome(compose_json, broken), outcome(eager, broken)
        assert repr(found) == repr(known)


@pytest.mark.parametrize(
    "inner",
    [
        '{"a": 1, "b": 2, "a": 3}', "[NaN]", "[-Infinity]", '["\\ud83d"]', '["\\ud83d\\udc3e"]', "[" + "9" * 4_001 + "]",
        "[0." + "9" * 4_000 + "]", "[1e999]", "[-0]", "[1.0]", "[01]", '["\t"]', "[1,]", '{"a": 1,}', "{}", "[]", "[[], {}]",
        '["\\udc3e"]', '["\\ud83d\\ud83d\\udc3e"]', '["\\ud83d\\udc3e\\udc3e"]', '["\\\\ud83d"]', '["\\uD83D\\uDC3E \\uD7FF"]',
    ],
)  # fmt: skip
def test_what_the_decoder_reads_otherwise_is_read_by_the_composer(inner: str) -> None:
    text = '{"a": {"b": {"c": {"d": ' + inner + "}}}}"
    found, known = outcome(compose_json, text), outcome(eager, text)
    assert repr(found) == repr(known)


@pytest.mark.parametrize("levels", [MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1, 100_000])
@pytest.mark.parametrize("pair", [("[", "]"), ('{"a":', "}")], ids=["lists", "mappings"])
def test_a_text_may_be_nested_as_deep_as_the_composer_allows(levels: int, pair: tuple[str, str]) -> None:
    text = pair[0] * levels + "1" + pair[1] * levels
    found, known = outcome(compose_json, text), outcome(eager, text)
    assert repr(found) == repr(known)
    assert (levels > MAX_DEPTH) == isinstance(found[0], int)


def test_one_place_after_the_other_takes_no_longer_than_all_at_once() -> None:
    """Two hundred levels above a long text: stepping over it once a level would take a minute."""
    levels = MAX_DEPTH - 10
    inner = ",".join(f'"{number}"' for number in range(30_000))
    text = '{"a":' * levels + f"[{inner}]" + ',"z":[]}' * levels
    found = compose_json(text)[0]
    way = ("a",) * levels
    begin, end = place_of(found, way) or (0, 0)
    assert text[begin:end] == f"[{inner}]"
    assert found["a"]["a"]["a"]["a"]._known._stepper.stepped < 6 * len(text)
