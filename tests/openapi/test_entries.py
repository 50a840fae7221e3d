"""Edits in the file's own layout: indentation, quotes, comments, line ends, block style, flow style and JSON."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photon.errors import InvalidSpec
from photon.openapi.source.nodes import Pointer
from photon.openapi.source.source import Source, source_of
from photon.openapi.splice.change import changed
from photon.openapi.splice.edits import Edit, edited
from photon.openapi.splice.entries import entry_added, entry_removed, item_added, key_renamed, value_replaced
from photon.openapi.splice.expected import with_entry, with_item, with_key, with_value, without


def yaml(text: str) -> Source:
    return source_of(dedent(text).encode(), Path("openapi.yaml"))


def json_source(text: str) -> Source:
    return source_of(text.encode(), Path("openapi.json"))


def added(source: Source, pointer: Pointer, key: str, value: Any, **where: str) -> str:
    """The proved text."""
    edit = entry_added(source, pointer, key, value, **where)
    return changed(source, [edit], with_entry(source.root, pointer, key, value)).text


GET = {"get": {"summary": "List", "responses": {"200": {"description": "OK"}}}}


# -- block style ----------------------------------------------------------------------------------------------------------


def test_an_entry_takes_the_indentation_quotes_and_blank_lines_of_its_neighbours() -> None:
    source = yaml("""\
        paths:
            "/a":
                get:
                    responses:
                        "200": {description: fine}

            "/b":
                get:
                    description: "x: y"
        components: {}
        """)
    assert added(source, ("paths",), "/c", GET) == source.text.replace(
        "components",
        dedent("""\

            "/c":
                get:
                    summary: List
                    responses:
                        "200":
                            description: OK
        """)
        .replace("\n", "\n    ")
        .strip(" ")
        .replace("    \n", "\n")
        + "components",
    )


@pytest.mark.parametrize(
    ("dash", "expected"), [("- name: a\n  in: q", "- name: b\n"), ("  - name: a\n    in: q", "  - name: b\n")]
)
def test_an_item_stands_where_the_other_dashes_stand(dash: str, expected: str) -> None:
    source = source_of(f"parameters:\n{dash}\nafter: 1\n".encode(), Path("a.yaml"))
    change = changed(
        source, [item_added(source, ("parameters",), {"name": "b"})], with_item(source.root, ("parameters",), {"name": "b"})
    )
    assert change.text == f"parameters:\n{dash}\n{expected}after: 1\n"


def test_an_item_can_stand_before_another() -> None:
    source = yaml("tags:\n  - name: a\n  # of c\n  - name: c\n")
    edit = item_added(source, ("tags",), {"name": "b"}, before=1)
    expected = with_item(source.root, ("tags",), {"name": "b"}, before=1)
    assert changed(source, [edit], expected).text == "tags:\n  - name: a\n  - name: b\n  # of c\n  - name: c\n"


def test_a_comment_at_the_indentation_of_the_next_key_belongs_to_that_key() -> None:
    source = yaml("""\
        paths:
          /a:
            get: {}
            # deeper: still of a
          # of b
          /b: {}  # beside
        # of components
        components: {}
        """)
    behind_a = added(source, ("paths",), "/n", None, after="/a")
    assert behind_a == source.text.replace("  # of b", "  /n: null\n  # of b")
    at_the_end = added(source, ("paths",), "/n", None)
    assert at_the_end == source.text.replace("# of comp", "  /n: null\n# of comp")
    before_b = added(source, ("paths",), "/n", None, before="/b")
    assert before_b == behind_a


@pytest.mark.parametrize("empty", ["", " {}", " null", " ~", "   # nothing yet", " {}  # nothing yet"])
def test_an_empty_mapping_becomes_one_and_its_comment_stays(empty: str) -> None:
    source = yaml(f"a: 1\npaths:{empty}\nb: 2\n")
    text = added(source, ("paths",), "/a", {"get": {}})
    comment = "  # nothing yet" if "{}  #" in empty else "   # nothing yet" if "#" in empty else ""
    assert text == f"a: 1\npaths:{comment}\n  /a:\n    get: {{}}\nb: 2\n"


@pytest.mark.parametrize("header", ["|", ">", "|-", "|+", ">2+", "|2"])
def test_a_block_scalar_before_the_new_entry_keeps_its_value(header: str) -> None:
    source = yaml(f"info:\n  description: {header}\n    one\n\n    two\n\n\npaths: {{}}\n")
    assert "x: 1\n" in added(source, ("info",), "x", 1)


def test_blank_lines_that_belong_to_a_scalar_are_not_parted_from_it() -> None:
    source = yaml("a:\n  b: |+\n    text\n\n\nc: 1\n")
    assert added(source, ("a",), "d", 1) == "a:\n  b: |+\n    text\n\n\n  d: 1\nc: 1\n"


def test_a_file_without_a_line_end_goes_on_to_have_none() -> None:
    assert added(yaml("a:\n  b: 1"), ("a",), "c", [1]) == "a:\n  b: 1\n  c:\n    - 1"


def test_a_text_that_a_line_end_would_change_is_not_followed_by_anything() -> None:
    with pytest.raises(InvalidSpec, match="ends inside of this text") as error:
        added(yaml("a:\n  b: |\n    text"), ("a",), "c", 1)
    assert error.value.hint == "add a line end to the file"


def test_the_end_of_the_document_stays_the_end() -> None:
    assert added(yaml("---\na:\n  b: 1\n...\n"), (), "c", 1) == "---\na:\n  b: 1\nc: 1\n...\n"


def test_line_ends_and_the_byte_order_mark_stay() -> None:
    data = "\ufeffa:\r\n  b: 1\r\n\r\n  c: ä\r\n".encode()
    source = source_of(data, Path("a.yaml"))
    change = changed(source, [entry_added(source, ("a",), "d", "x\ny")], with_entry(source.root, ("a",), "d", "x\ny"))
    assert change.data == data + b"\r\n  d: |-\r\n    x\r\n    y\r\n"


def test_a_file_whose_lines_end_in_cr_alone_is_refused_with_the_cause() -> None:
    source = source_of(b"a: 1\rpaths:\r  /a:\r    get: {}\r", Path("openapi.yaml"))
    with pytest.raises(InvalidSpec, match=r"openapi.yaml:3:3 .* the lines of the file end in CR alone") as caught:
        entry_added(source, ("paths",), "/b", GET)
    assert "LF" in caught.value.hint


def test_strings_are_quoted_where_the_file_quotes_all_of_them() -> None:
    source = yaml('a:\n  b: "text"\n  c: "more"\n')
    assert added(source, ("a",), "d", "plain").endswith('  d: "plain"\n')


def test_lists_of_scalars_stand_on_one_line_where_the_file_has_them_so() -> None:
    source = yaml("a:\n  b: [x, z]\n  c: [v, w]\n")
    assert added(source, ("a",), "d", ["one", "a, b"]).endswith("  d: [one, 'a, b']\n")


@pytest.mark.parametrize(
    ("text", "pointer"),
    [("x: &x\n  a: 1\ny: *x\n", ("y",)), ("x: &x\n  a: {b: 1}\ny:\n  <<: *x\n  c: 1\n", ("y", "a"))],
)
def test_what_an_alias_or_a_merge_key_brought_in_is_not_changed(text: str, pointer: Pointer) -> None:
    with pytest.raises(InvalidSpec, match=r"alias|merge key"):
        entry_added(yaml(text), pointer, "new", 1)


def test_an_anchored_mapping_that_is_used_elsewhere_is_not_changed() -> None:
    source = yaml("x: &x\n  a: 1\ny: *x\n")
    with pytest.raises(InvalidSpec, match="left as it is"):
        added(source, ("x",), "b", 1)


# -- flow style and JSON --------------------------------------------------------------------------------------------------


def test_minified_json_stays_minified() -> None:
    source = json_source('{"paths":{"/a":{"get":{}}},"x":1}')
    assert added(source, ("paths",), "/b", GET) == (
        '{"paths":{"/a":{"get":{}},"/b":{"get":{"summary":"List","responses":{"200":{"description":"OK"}}}}},"x":1}'
    )


@pytest.mark.parametrize("indent", [2, 3, 4, "\t"])
def test_json_keeps_its_indentation(indent: int | str) -> None:
    document = {"paths": {"/a": {"get": {}}, "/b": {}}, "x": [1, {"a": "ä"}]}
    source = json_source(json.dumps(document, indent=indent, ensure_ascii=False) + "\n")
    wanted = {**document, "paths": {"/a": {"get": {}}, "/n": GET, "/b": {}}}
    assert added(source, ("paths",), "/n", GET, after="/a") == json.dumps(wanted, indent=indent, ensure_ascii=False) + "\n"


def test_flow_style_in_yaml_keeps_its_comments_where_they_are() -> None:
    source = yaml("{a: 1, # of a\n paths: {\n   /a: {get: {}}, # of /a\n   /b: {} # of /b\n }}\n")
    text = added(source, ("paths",), "/c", {"get": {}})
    assert "   /b: {}, # of /b\n   /c: {\n" in text
    again = source_of(text.encode(), Path("openapi.yaml"))
    assert changed(again, [entry_removed(again, ("paths", "/c"))], source.root).text == source.text


# -- replacing, removing, renaming ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", "a:\n  b: text  # why\n  c: 2\n"),
        ({"x": 1}, "a:\n  b:  # why\n    x: 1\n  c: 2\n"),
        ([1, 2], "a:\n  b:  # why\n    - 1\n    - 2\n  c: 2\n"),
        ("two\nlines\n", "a:\n  b: |  # why\n    two\n    lines\n  c: 2\n"),
        ({}, "a:\n  b: {}  # why\n  c: 2\n"),
    ],
)
def test_another_value_leaves_the_comment_beside_it(value: Any, expected: str) -> None:
    source = yaml("a:\n  b: 1  # why\n  c: 2\n")
    change = changed(source, [value_replaced(source, ("a", "b"), value)], with_value(source.root, ("a", "b"), value))
    assert change.text == expected


@pytest.mark.parametrize("value", ["text", {"x": {"y": 1}}, [1], None, "two\nlines"])
@pytest.mark.parametrize(
    "old", ["\n    p: 1\n    q: |\n      x\n", "\n    - 1\n    - 2\n", " >-\n    folded\n", " 'x'\n", "\n"]
)
def test_any_value_can_take_the_place_of_any_other(old: str, value: Any) -> None:
    source = source_of(f"a:\n  b:{old}\n  c: 2 # c\n".encode(), Path("a.yaml"))
    changed(source, [value_replaced(source, ("a", "b"), value)], with_value(source.root, ("a", "b"), value))


def test_a_removed_entry_takes_the_comments_above_it_along_and_leaves_no_invalid_rest() -> None:
    source = yaml("a:\n  # of b\n  b: 1\n  # of c\n  c: 2\n  # end\nd: [1]\n")
    one = changed(source, [entry_removed(source, ("a", "c"))], without(source.root, ("a", "c")))
    assert one.text == "a:\n  # of b\n  b: 1\n  # end\nd: [1]\n"
    again = source_of(one.text.encode(), Path("a.yaml"))
    both = [entry_removed(again, ("a", "b")), entry_removed(again, ("d", 0))]
    assert "a: {}\n" in changed(again, both, {"a": {}, "d": []}).text


def test_a_renamed_key_keeps_its_quotes() -> None:
    source = yaml("responses:\n  '200': {}\n  404: {}\n")
    first = changed(
        source, [key_renamed(source, ("responses", "200"), "201")], with_key(source.root, ("responses", "200"), "201")
    )
    assert first.text == "responses:\n  '201': {}\n  404: {}\n"
    second = key_renamed(source, ("responses", "404"), "4XX")
    assert edited(source.text, [second]) == "responses:\n  '200': {}\n  '4XX': {}\n"
    with pytest.raises(InvalidSpec, match="already"):
        key_renamed(source, ("responses", "404"), "200")


@pytest.mark.parametrize("pointer", [("nothing",), ("a", "b", "c"), ("list", "x"), ("list", 7)])
def test_what_is_not_there_is_an_error_and_no_traceback(pointer: Pointer) -> None:
    source = yaml("a:\n  b: 1\nlist: [1]\n")
    for attempt in (lambda: entry_added(source, pointer, "k", 1), lambda: entry_removed(source, pointer)):
        with pytest.raises(InvalidSpec):
            attempt()


# -- properties -----------------------------------------------------------------------------------------------------------

_words = st.sampled_from(
    ["a", "b-c", "x y", "200", "404", "true", "no", "/p/{id}", "ä", "q: r", "#h", "- d", "1.0", "", " s", "it's", '"', "e\tf"]
)
_keys = st.sampled_from(["k", "/users/{id}", "200", "x-y", "on", "application/json; charset=utf-8", "ö", "a b", "#", "[0]"])
_scalars = st.one_of(
    _words, st.integers(-9, 99), st.booleans(), st.none(), st.sampled_from(["one\ntwo", "one\n\ntwo\n", "\n", " a\nb", 0.5])
)
_values = st.recursive(
    _scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_keys, inner, max_size=3)), max_leaves=8
)
_mappings = st.dictionaries(_keys, _values, max_size=4)


@st.composite
def _block(draw: st.DrawFn, value: Any, indent: int, dash: int, pad: str = "") -> str:
    """The text of a block mapping, with comments and blank lines here and there."""
    lines = []
    for key, child in value.items():
        lines.append(draw(st.sampled_from(["", "", "", "\n", f"{pad}# about {len(lines)}\n", f"\n{pad}# about\n"])))
        head = f"{pad}{json.dumps(key, ensure_ascii=False)}:"
        tail = draw(st.sampled_from(["\n", "\n", " # beside\n"]))
        deeper = pad + " " * indent
        if isinstance(child, dict) and child and draw(st.booleans()):
            lines.append(head + tail + draw(_block(child, indent, dash, deeper)))
        elif isinstance(child, list) and child and draw(st.booleans()):
            items = "".join(f"{pad}{' ' * dash}- {json.dumps(item, ensure_ascii=False)}\n" for item in child)
            lines.append(head + tail + items)
        elif isinstance(child, str) and child.strip() and child[0] not in " \n" and draw(st.booleans()):
            mark, end = ("|-", "") if not child.endswith("\n") else draw(st.sampled_from([("|", ""), ("|+", "")]))
            text = "".join(f"{deeper}{line}\n" if line else "\n" for line in child.removesuffix("\n").split("\n"))
            blank = "\n" if mark != "|+" and draw(st.booleans()) else end
            lines.append(f"{head} {mark}\n{text}{blank}")
        else:
            lines.append(f"{head} {json.dumps(child, ensure_ascii=False)}{tail}")
    return "".join(lines)


@st.composite
def _documents(draw: st.DrawFn) -> Source:
    value = {"paths": {"/a": draw(_mappings), **draw(_mappings)}, "last": draw(_values)}
    form = draw(st.sampled_from(["block", "block", "block", "json", "minified"]))
    if form == "block":
        indent = draw(st.sampled_from([2, 3, 4]))
        text = draw(_block(value, indent, draw(st.sampled_from([0, indent]))))
        text = draw(st.sampled_from([text, f"---\n{text}", f"# top\n{text}# end\n"]))
        text = draw(st.sampled_from([text, text.replace("\n", "\r\n")]))
    else:
        indent = draw(st.sampled_from([2, 4, "\t"])) if form == "json" else None
        separators = draw(st.sampled_from([(",", ":"), (", ", ": ")])) if form == "minified" else None
        text = json.dumps(value, indent=indent, separators=separators, ensure_ascii=draw(st.booleans()))
    bom = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    return source_of(bom + text.encode(), Path("a.yaml" if form == "block" else "a.json"))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(_documents(), _values, st.data())
def test_added_and_removed_again_every_byte_is_as_it_was(source: Source, value: Any, data: st.DataObject) -> None:
    pointer = data.draw(st.sampled_from([("paths",), (), ("paths", "/a")]))
    node = source.root if not pointer else source.root["paths"] if len(pointer) == 1 else source.root["paths"]["/a"]
    names = list(node)
    where = data.draw(st.sampled_from([{}, *({which: name} for which in ("after", "before") for name in names)]))
    expected = with_entry(source.root, pointer, "new key", value)
    change = changed(source, [entry_added(source, pointer, "new key", value, **where)], expected)
    again = source_of(change.data, source.path)
    assert again.root == expected
    back = changed(again, [entry_removed(again, (*pointer, "new key"))], source.root)
    if names:
        assert back.data == (b"\xef\xbb\xbf" if source.bom else b"") + source.text.encode()


@settings(max_examples=200, deadline=None, derandomize=True)
@given(_documents(), _values, st.data())
def test_every_value_of_a_document_can_be_replaced(source: Source, value: Any, data: st.DataObject) -> None:
    pointer = data.draw(
        st.sampled_from([("last",), ("paths", "/a"), ("paths",), *(("paths", key) for key in source.root["paths"])])
    )
    expected = with_value(source.root, pointer, value)
    assert changed(source, [value_replaced(source, pointer, value)], expected).text.startswith(source.text[:1])


def test_edits_that_overlap_are_refused() -> None:
    source = yaml("a: 1\n")
    with pytest.raises(InvalidSpec, match="two ways"):
        changed(source, [Edit(0, 4, "b: 1"), Edit(2, 3, "")], {})


def test_long_keys_behind_a_question_mark_are_neighbours_like_others() -> None:
    long = "/" + "x" * 130
    source = yaml(f"paths:\n  /a: {{}}\n  ? {long}\n  : get: {{}}\n  /z: {{}}\n")
    assert added(source, ("paths",), "/n", 1, before=long) == source.text.replace("  ? ", "  /n: 1\n  ? ")
    assert added(source, ("paths",), "/n", 1, after=long) == source.text.replace("  /z", "  /n: 1\n  /z")
    gone = changed(source, [entry_removed(source, ("paths", long))], without(source.root, ("paths", long)))
    assert gone.text == "paths:\n  /a: {}\n  /z: {}\n"
