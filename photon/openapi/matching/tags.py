"""The tag of a new operation: one that the specification has."""

from __future__ import annotations

from collections import Counter
from functools import cached_property, lru_cache, partial

from photon.openapi import naming
from photon.openapi.matching.surroundings import Surroundings, Wanted
from photon.openapi.spec import SpecOperation
from photon.openapi.style.casing import recased
from photon.openapi.style.model import Style

_ENOUGH, _MOSTLY = 3, 0.75


class Tags:
    """Chooses tags by what the neighbours have."""

    def __init__(self, surroundings: Surroundings, style: Style) -> None:
        self._around = surroundings
        self._style = style

    @cached_property
    def existing(self) -> Counter[str]:
        """Every tag with how many operations have it."""
        count = Counter(tag for each in self._around.operations for tag in _tags(each))
        declared = self._around.spec.document.get("tags") if self._around.spec else None
        for each in declared if isinstance(declared, list) else ():
            name = each.get("name") if isinstance(each, dict) else None
            if isinstance(name, str):
                count[name] += 0
        return count

    def choose(self, wanted: Wanted, asked: tuple[str, ...]) -> tuple[str, ...]:
        """The tags; none where the specification has none. asked: what the sketch says, which counts if it exists."""
        if self._around.operations and not self.existing:
            return ()
        by_name = self._by_name
        named = tuple(dict.fromkeys(by_name[folded(tag)] for tag in asked if folded(tag) in by_name))
        if named:
            return named
        if self._around.is_known_area(wanted):
            if own := self._named_by_end(wanted):
                return (own,)
            found = self._voted(wanted)
            if found is not None:
                return found
        own = next(iter(asked), naming.tag(wanted.path))
        return (by_name.get(folded(own)) or self._new(own),)

    def _voted(self, wanted: Wanted) -> tuple[str, ...] | None:
        """The tags that most of the neighbours have, each by itself; else the whole list that most of them have."""
        each = {tag: self._around.vote(wanted, partial(_has, tag)) for tag in self._near_tags(wanted)}
        agreed = tuple(tag for tag, has in each.items() if has)
        found = self._around.vote(wanted, _tags)
        chosen = agreed if agreed and len(found or ()) > 1 else found
        return self._without_strangers(chosen, wanted.path) if chosen else chosen

    def _without_strangers(self, tags: tuple[str, ...], path: str) -> tuple[str, ...]:
        """Of several tags those that are not named after a segment that only the neighbours have: ``/shows/{id}`` is about
        shows, and ``/shows/{id}/episodes`` about episodes too."""
        own = {folded(part) for part in path.split("/")}
        kept = tuple(tag for tag in tags if folded(tag) in own or folded(tag) not in self._literals)
        return kept if len(tags) > 1 and kept else tags

    @cached_property
    def _literals(self) -> frozenset[str]:
        parts = {part for plain in self._around.paths for part in plain if "{" not in part}
        return frozenset(map(folded, parts))

    def _near_tags(self, wanted: Wanted) -> list[str]:
        near = self._around.near(wanted)[:8]
        return list(dict.fromkeys(tag for each in near for tag in _tags(each.operation)))

    def _named_by_end(self, wanted: Wanted) -> str | None:
        """The tag that is named as the path's last word, where paths that end in a tag's name mostly have that tag."""
        tag = self._by_name.get(folded(_last_word(wanted.path)))
        held, of = self._ends
        here = [_tags(each.operation) for each in self._around.near(wanted) if each.operation.path == wanted.path]
        return tag if tag and of >= _ENOUGH and held >= _MOSTLY * of and not here else None

    @cached_property
    def _ends(self) -> tuple[int, int]:
        """(how many operations have the tag that is named as the last word of their path, how many could have).

        Only paths are counted that begin with another word, for those that begin with it tell nothing.
        """
        held = of = 0
        for operation in self._around.operations:
            last, first = folded(_last_word(operation.path)), folded(naming.tag(operation.path))
            if last != first and (tag := self._by_name.get(last)):
                of += 1
                held += _tags(operation) == (tag,)
        return held, of

    @cached_property
    def _by_name(self) -> dict[str, str]:
        return {folded(name): name for name in self.existing}

    def _new(self, name: str) -> str:
        """A tag that nothing near has, written as the others are."""
        words = [tag for tag in self.existing if tag]
        capitals = sum(tag[0].isupper() for tag in words)
        if words and 2 * capitals > len(words):
            spaced = any(" " in tag for tag in words)
            if not name.isascii():
                return name[0].upper() + name[1:]  # its words are without accents
            return (" " if spaced else "").join(word.capitalize() for word in naming.words(name)) or name
        return recased(name, self._style.names.tags) if self._style.names.tags else name


@lru_cache(maxsize=8_192)
def folded(name: str) -> str:
    """A name without its case, its separators and its plural."""
    words = naming.words(name)
    return "".join([*words[:-1], naming.singular(words[-1])]) if words else name.lower()


def _has(tag: str, operation: SpecOperation) -> bool:
    return tag in _tags(operation)


def _last_word(path: str) -> str:
    return next((part for part in reversed(path.split("/")) if part and "{" not in part), "")


def _tags(operation: SpecOperation) -> tuple[str, ...]:
    listed = operation.node.get("tags")
    return tuple(tag for tag in listed if isinstance(tag, str)) if isinstance(listed, list) else ()
