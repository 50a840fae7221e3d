"""What --fix does to a text: what can be mended is, by splice, proved, and every other byte stays."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from photon.errors import InvalidSpec
from photon.openapi.lint.engine import lint
from photon.openapi.lint.fixing import fixed
from photon.openapi.lint.rounds import composed
from photon.openapi.lint.rule import RULES, Fix, Problem, Visit, rule
from photon.openapi.lint.selection import Selection, known_rules, selection
from photon.openapi.source.source import Source, read_source, source_of
from photon.openapi.splice.change import write_change
from photon.openapi.splice.edits import Edit, edited

Check = Callable[[Visit], Iterator[Problem]]
Own = Callable[[str, Check], Selection]

TEXT = """\
# The shop
openapi: "3.0.3"  # as long as the gateway needs it
info: {title: Shop, version: '1'}

paths: {}
components:
  schemas:
    Size:   # in mm
      type: integer
      nullable: yes

    Name: {type: string, nullable: true}
"""


@pytest.fixture
def own() -> Iterator[Own]:
    """Registers a rule called ``own`` for this test; returns the selection of it alone."""
    known_rules()

    def register(subject: str, check: Check) -> Selection:
        RULES.pop("own", None)
        rule(id="own", subject=subject, severity="error", summary="", explanation="", wrong="", right="")(check)
        return Selection(only=frozenset({"own"}))

    yield register
    RULES.pop("own", None)


def source(text: str, name: str = "openapi.yaml") -> Source:
    return source_of(text.encode(), Path(name))


def text_after(text: str, only: Selection, name: str = "openapi.yaml") -> str:
    done = fixed(source(text, name), only)
    return done.changes[0].text if done.changes else text


def fixing(*fixes: Fix, where: str = "info") -> tuple[str, Check]:
    """A rule about `where` that asks for these fixes, each for itself, as long as each changes anything."""

    def check(visit: Visit) -> Iterator[Problem]:
        for number, fix in enumerate(fixes):
            yield Problem(f"problem {number}", fixes=(fix,))

    return where, check


def test_every_kind_of_fix_changes_its_place_and_nothing_else(own: Own) -> None:
    def check(visit: Visit) -> Iterator[Problem]:
        at = visit.pointer
        if "nullable" in visit.value:
            fixes = (Fix("remove", (*at, "nullable")), Fix("set", (*at, "format"), "x"), Fix("set", (*at, "type"), "number"))
            yield Problem("mend", fixes=fixes)
        if visit.key == "Name":
            yield Problem("rename", fixes=(Fix("rename", at, "Label"),))

    assert text_after(TEXT, own("schema", check)) == TEXT.replace(
        "      type: integer\n      nullable: yes\n", "      type: number\n      format: x\n"
    ).replace("Name: {type: string, nullable: true}", "Label: {type: number, format: x}")


def test_items_of_a_list_come_go_and_change(own: Own) -> None:
    text = 'openapi: 3.1.0\ninfo: {title: x, version: "1"}\ntags:\n  - name: b # first\n  - name: a\n'

    def check(visit: Visit) -> Iterator[Problem]:
        names = visit.document.tags
        if "c" not in names:
            yield Problem("add", fixes=(Fix("set", ("tags", len(names)), {"name": "c"}),))
        if "b" in names:
            yield Problem("remove", fixes=(Fix("remove", ("tags", names.index("b"))),))
        if "a" in names:
            yield Problem("replace", fixes=(Fix("set", ("tags", names.index("a"), "name"), "d"),))

    done = fixed(source(text), own("document", check))
    assert done.left == ()
    assert done.changes[0].text == 'openapi: 3.1.0\ninfo: {title: x, version: "1"}\ntags:\n  - name: d\n  - name: c\n'
    assert edited(text, done.changes[0].edits) == done.changes[0].text, "the rounds are one change"
    assert [line for line in done.changes[0].diff() if line[0] in "+-" and line[:3] not in ("+++", "---")] == [
        "-  - name: b # first", "-  - name: a", "+  - name: d", "+  - name: c",
    ]  # fmt: skip


def test_fixes_of_one_problem_are_applied_together_or_not_at_all(own: Own) -> None:
    def check(visit: Visit) -> Iterator[Problem]:
        yield Problem("impossible", fixes=(Fix("set", ("info", "title"), "new"), Fix("remove", ("info", "nothing"))))

    done = fixed(source(TEXT), own("info", check))
    assert (done.changes, done.fixed, len(done.left)) == ((), (), 1)


def test_a_fix_that_brings_itself_back_ends(own: Own) -> None:
    def check(visit: Visit) -> Iterator[Problem]:
        yield Problem("never enough", fixes=(Fix("set", ("info", "title"), str(visit.value["title"]) + "!"),))

    done = fixed(source(TEXT), own("info", check))
    assert done.files[0].root["info"]["title"] == "Shop" + 10 * "!"
    assert len(done.left) == 1


def test_one_that_cannot_be_done_keeps_no_other_from_it(own: Own) -> None:
    shared = "x-base: &base {title: Shop}\n"
    text = TEXT.replace("info: {title: Shop, version: '1'}", f"{shared}info:\n  <<: *base\n  version: '1'")

    def check(visit: Visit) -> Iterator[Problem]:
        if visit.value["title"] == "Shop":
            yield Problem("by a merge key", fixes=(Fix("set", ("info", "title"), "New"),))
        if visit.value["version"] == "1":
            yield Problem("own", fixes=(Fix("set", ("info", "version"), "2"),))

    done = fixed(source(text), own("info", check))
    assert done.changes[0].text == text.replace("version: '1'", 'version: "2"')
    assert [finding.message for finding in done.left] == ["by a merge key"]


def test_what_stands_behind_an_alias_is_not_changed_for_all_others(own: Own) -> None:
    text = "openapi: 3.1.0\ncomponents:\n  schemas:\n    A: &a {type: string, nullable: true}\n    B: *a\n"

    def check(visit: Visit) -> Iterator[Problem]:
        if visit.key == "B" and "nullable" in visit.value:
            yield Problem("mend", fixes=(Fix("remove", (*visit.pointer, "nullable")),))

    done = fixed(source(text), own("schema", check))
    assert done.changes == () and len(done.left) == 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["", "BOM"])
def test_line_ends_and_byte_order_marks_stay(own: Own, isolated: Path, end: str, bom: str) -> None:
    file = isolated / "openapi.yaml"
    file.write_bytes((bom + TEXT.replace("\n", end)).encode())
    only = own(
        "info",
        lambda visit: iter([Problem("x", fixes=(Fix("set", ("info", "summary"), "ä"),))] * ("summary" not in visit.value)),
    )
    for change in fixed(read_source(file), only).changes:
        write_change(change)
    wanted = TEXT.replace("version: '1'}", "version: '1', summary: ä}")
    assert file.read_bytes() == (bom + wanted.replace("\n", end)).encode()


def test_json_keeps_its_form(own: Own) -> None:
    def check(visit: Visit) -> Iterator[Problem]:
        if "summary" not in visit.value:
            yield Problem("x", fixes=(Fix("set", ("info", "summary"), "s"),))

    only = own("info", check)
    compact = '{"openapi":"3.1.0","info":{"title":"x","version":"1"},"paths":{}}'
    assert text_after(compact, only, "a.json") == compact.replace('"1"}', '"1","summary":"s"}')
    spread = '{\n\t"openapi": "3.1.0",\n\t"info": {\n\t\t"title": "x"\n\t}\n}\n'
    assert text_after(spread, only, "a.json") == spread.replace('"x"\n', '"x",\n\t\t"summary": "s"\n')


def test_files_that_belong_to_it_are_mended_too(own: Own, isolated: Path) -> None:
    root, part = isolated / "openapi.yaml", isolated / "part.yaml"
    root.write_text('openapi: 3.1.0\ncomponents: {schemas: {A: {$ref: "part.yaml#/A"}, B: {nullable: true}}}\n')
    part.write_text("# part\nA: {nullable: true, items: {nullable: true}}\n")

    def check(visit: Visit) -> Iterator[Problem]:
        if "nullable" in visit.value:
            yield Problem("mend", fixes=(Fix("remove", (*visit.pointer, "nullable")),))

    only = own("schema", check)
    done = fixed(read_source(root), only)
    assert (len(done.fixed), done.left) == (3, ())
    assert part.read_text().endswith("nullable: true}}\n"), "nothing is written yet"
    for change in done.changes:
        write_change(change)
    assert lint(read_source(root), only) == ()
    assert part.read_text() == "# part\nA: {items: {}}\n"


def test_a_status_code_gets_its_quotes() -> None:
    text = (
        "openapi: 3.1.0\npaths:\n  /a:\n    get:\n      responses:\n        200: {description: ok}   # fine\n"
        "        '404': {description: no}\n"
    )
    known_rules()
    assert text_after(text, selection([], ["status-code-quoted"])) == text.replace("  200:", "  '200':")


def test_the_real_rules_mend_what_they_say_and_find_it_no_more() -> None:
    text = TEXT.replace('"3.0.3"', '"3.1.0"').replace("nullable: yes", "nullable: true")
    fixable = [name for name, each in known_rules().items() if each.fixable]
    done = fixed(source(text), selection([], fixable))
    assert done.changes and not [finding for finding in done.left if finding.fixes]
    assert done.changes[0].text.startswith('# The shop\nopenapi: "3.1.0"  # as long as the gateway needs it\n')


def shop(tags: str, enum: str = "[a]") -> str:
    """Forty operations with thirty tags between them."""
    paths = "".join(f"  /p{number}: {{get: {{tags: [t{number % 30}]}}}}\n" for number in range(40))
    return f"openapi: 3.1.0\n{tags}paths:\n{paths}components: {{schemas: {{A: {{enum: {enum}}}}}}}\n"


@pytest.mark.parametrize(
    "tags", ["", "tags: []\n", "tags: [{name: z}]\n", "tags:\n- name: z\n", "tags:\n  # all\n  - {name: z}\n\n"]
)
def test_many_items_are_added_to_one_list_and_each_finding_that_they_mend_is_counted(tags: str) -> None:
    done = fixed(source(shop(tags)), selection([], ["operation-tag-defined"]))
    assert not done.left and len(done.fixed) == 40
    names = [each["name"] for each in source(done.changes[0].text).root["tags"]]
    assert names == [*(["z"] if "z" in tags else []), *(f"t{number}" for number in range(30))]


def test_many_items_are_taken_out_of_one_list() -> None:
    only = selection([], ["no-duplicated-enum-values"])
    enum = f"[{', '.join(['a', 'b', 'a', 'c', *['d'] * 90, 'b'])}]"
    done = fixed(source(shop("", enum)), only)
    assert not done.left and len(done.fixed) == 91
    assert source(done.changes[0].text).root["components"]["schemas"]["A"]["enum"] == ["a", "b", "c", "d"]


def test_a_list_that_grows_or_shrinks_is_not_changed_otherwise_in_the_same_round(own: Own) -> None:
    def check(visit: Visit) -> Iterator[Problem]:
        tags = visit.value["tags"]
        if {"name": "new"} not in tags:
            yield Problem("a", fixes=(Fix("add", ("tags",), {"name": "new"}),))
            yield Problem("b", fixes=(Fix("add", ("tags",), {"name": "new"}),))
        if {"name": "gone"} in tags:
            yield Problem("c", fixes=(Fix("remove", ("tags", tags.index({"name": "gone"}))),))
        for index, tag in enumerate(tags):
            if tag["name"] == "old":
                yield Problem(f"d{index}", fixes=(Fix("set", ("tags", index, "name"), "young"),))

    done = fixed(source("openapi: 3.1.0\ntags: [{name: old}, {name: gone}, {name: old}]\n"), own("document", check))
    assert not done.left and [finding.message for finding in done.fixed] == ["a", "b", "c", "d0", "d1"]
    assert done.changes[0].text == "openapi: 3.1.0\ntags: [{name: young}, {name: young}, {name: new}]\n"


def test_two_rounds_are_one() -> None:
    dice = random.Random(4)

    def some(text: str) -> list[Edit]:
        cuts = sorted(dice.sample(range(len(text) + 1), min(len(text) + 1, 2 * dice.randint(0, 3))))
        return [
            Edit(*cut, "".join(dice.choices("xyz", k=dice.randint(0, 3)))) for cut in zip(cuts[::2], cuts[1::2], strict=False)
        ]

    for _ in range(2_000):
        text = "".join(dice.choices("abcdef", k=dice.randint(0, 12)))
        first = some(text)
        between = edited(text, first)
        second = some(between)
        assert edited(text, composed(first, second, len(text))) == edited(between, second), (text, first, second)


def test_no_text_that_a_fuzzed_document_gives_is_unproved(own: Own) -> None:
    """Each value somewhere in a document is set, removed or renamed, with hundreds of such wishes at once."""
    dice = random.Random(11)

    def check(visit: Visit) -> Iterator[Problem]:
        for number in range(60):
            at: list[Any] = []
            node: Any = visit.value
            while isinstance(node, dict | list) and node and (not at or dice.random() < 0.8):
                at.append(dice.choice(list(node) if isinstance(node, dict) else list(range(len(node)))))
                node = node[at[-1]]
            if at and at[0] != "openapi":
                action = dice.choice(["set", "remove", "rename"])
                yield Problem(f"{number}", tuple(at), fixes=(Fix(action, tuple(at), f"v{number}"),))  # type: ignore[arg-type]

    only = own("document", check)
    for end in ("\n", "\r\n"):
        try:
            done = fixed(source(TEXT.replace("\n", end)), only)
        except InvalidSpec as error:  # the wishes may make it another kind of document
            assert "no OpenAPI" in error.message
            continue
        assert source_of(done.changes[0].data, Path("openapi.yaml")).root == done.files[0].root
