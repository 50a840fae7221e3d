"""What several types side by side mean: ``"a" | "b"`` is one enum, ``T | null`` is nullable, the rest is one of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from photon.sketch.model import Array, Constant, Enum, Nullable, Ref, Scalar, Type, Union
from photon.sketch.scan import Repair

NULL = Ref("null")
"""Stands for ``null`` until `united` makes a Nullable of it; never leaves this room."""


def united(members: Sequence[Type]) -> Type:
    """The type that ``A | B | null`` means: literals first, as one enum; each type once; null makes it nullable.

    null alone is ``any``.
    """
    present = [member.inner if isinstance(member, Nullable) else member for member in members if member != NULL]
    nullable = NULL in members or any(isinstance(member, Nullable) for member in members)
    flat = [inner for member in present for inner in (member.members if isinstance(member, Union) else (member,))]
    literals = alike([value for member in flat if isinstance(member, Enum) for value in member.values])
    others = dict.fromkeys(member for member in flat if not isinstance(member, Enum))
    merged = [*([Enum(literals)] if literals else []), *others] or [Scalar("any")]
    union = merged[0] if len(merged) == 1 else Union(tuple(merged))
    return Nullable(union) if nullable and present else union


def alike(literals: Sequence[Constant]) -> tuple[Constant, ...]:
    """The literals, each once; all as strings where they are a mixture of strings, booleans and numbers."""
    kinds = {str if isinstance(value, str) else bool if isinstance(value, bool) else int for value in literals}
    same = literals if len(kinds) < 2 else [_as_text(value) for value in literals]
    return tuple(dict.fromkeys(same))


def _as_text(value: Constant) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def mended_words(members: Sequence[Type], repair: Repair, known: Collection[str]) -> list[Type]:
    """The members of a union with what stands for something else put right: an enum without quotes, an unknown word."""
    present = [member for member in members if member != NULL]
    if not present:
        repair("read null alone as any")
    if len(present) > 1 and any(_is_word(member, known) for member in present) and all(map(_spelling, present)):
        repair("put quotes around the values of an enum")
        return [member if member == NULL else Enum((_spelling(member) or "",)) for member in members]
    return [_settled(member, repair, known) for member in members]


def _is_word(kind: Type, known: Collection[str]) -> bool:
    """A lower-case word that is no type and no component."""
    return isinstance(kind, Ref) and kind != NULL and not kind.name[0].isupper() and kind.name not in known


def _spelling(kind: Type) -> str | None:
    """The word that a value of an enum without quotes was written as; None for anything longer than a word."""
    match kind:
        case Ref(name) if not name[0].isupper():
            return name
        case Scalar(name, None, None, None):
            return name
        case Enum((str(value),)):
            return value
    return None


def _settled(kind: Type, repair: Repair, known: Collection[str]) -> Type:
    """`kind`, with a lower-case word that is no type read as a string."""
    match kind:
        case Array(items):
            return replace(kind, items=Scalar("any") if items == NULL else _settled(items, repair, known))
        case Ref(name) if _is_word(kind, known):
            repair(f"read the unknown type {name!r} as string")
            return Scalar("string")
    return kind
