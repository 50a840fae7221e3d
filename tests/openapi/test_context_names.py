"""What components are called in a sketch, and back."""

from __future__ import annotations

import time

import pytest
from library_spec import library

from photon.openapi.context.names import SpecNames, names_of
from photon.sketch.model import Ref
from photon.sketch.scan import Unreadable
from photon.sketch.types import TypeReader


@pytest.mark.parametrize(
    ("component", "name"),
    [
        ("Pet", "Pet"),
        ("Pet_Owner", "Pet_Owner"),
        ("full-repository", "FullRepository"),
        ("issue_comment", "IssueComment"),
        ("simpleUser", "SimpleUser"),
        ("microsoft.graph.user", "User"),
        ("Api.V1.Pet", "Pet"),
        ("Page«Pet»", "PagePet"),
        ("2fa-code", "FaCode"),
        ("date", "DateSchema"),
        ("Date", "DateSchema"),
        ("string", "StringSchema"),
        ("größe", "GrE"),
        ("«»", "Unnamed"),
    ],
)
def test_a_name_that_the_notation_cannot_have_is_put_together_of_its_parts(component: str, name: str) -> None:
    names = SpecNames([component])
    assert names.name(component) == name
    assert names.component(name) == component


def test_no_two_components_share_a_name_and_the_one_that_is_plain_keeps_it() -> None:
    components = ["user", "User", "USER-", "a.user", "b.user", "a-user"]
    names = SpecNames(components)
    found = {component: names.name(component) for component in components}
    assert found["User"] == "User"
    assert len(set(found.values())) == len(components)
    assert all(names.component(name or "") == component for component, name in found.items())


def test_a_sketch_may_name_a_component_in_the_specifications_spelling_too() -> None:
    names = names_of(library())
    assert [names.component(each) for each in ("new-book", "NewBook", "newBook", "Patron", "library.Patron", "Nobody")] == [
        "new-book",
        "new-book",
        "new-book",
        "library.Patron",
        "library.Patron",
        None,
    ]


def test_a_spelling_that_two_components_share_means_neither() -> None:
    names = SpecNames(["foo-bar", "foo_bar"])
    assert names.component("foobar") is None
    assert names.component("foo_bar") == "foo_bar"


def test_every_known_name_is_read_as_a_reference() -> None:
    names = names_of(library())
    assert "DateSchema" in names.known
    assert "Date" not in names.known
    for name in names.known:
        assert TypeReader(name, repair=pytest.fail, known=names.known).read_type() == Ref(name)


def test_names_that_are_hostile_are_cut_and_cleaned() -> None:
    names = SpecNames(["x" * 10_000, "a\x1b[2J\nb", ""])
    for component in ("x" * 10_000, "a\x1b[2J\nb", ""):
        name = names.name(component) or ""
        assert name.isalnum()
        assert len(name) <= 64
        try:
            TypeReader(name, repair=pytest.fail, known=names.known).read_type()
        except Unreadable:
            pytest.fail(f"{name} cannot be read")


def test_thousands_of_components_with_one_name_are_numbered_in_a_moment() -> None:
    components = [f"{number:b}".replace("0", "-").replace("1", "_") + "pet" for number in range(10_000)]
    started = time.perf_counter()
    names = SpecNames(components)
    assert time.perf_counter() - started < 2
    assert len({names.name(component) for component in components}) == len(components)
