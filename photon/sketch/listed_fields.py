"""Reads a list of fields as people write it: ``email, roles and an optional avatar``, ``lines, each with a sku``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from photon.sketch.field_facts import (
    VALUE,
    Facts,
    are_fields,
    are_types,
    bracketed_facts,
    is_choice,
    is_field_word,
    is_plain,
    is_plural,
    limits_behind,
    mapped,
    phrase_facts,
    type_behind,
    values_behind,
    without_clause,
    without_count,
    without_unit,
)  # fmt: skip

LONGEST_NAME = 5
"""Words; a longer one is a sentence."""
_LONGEST_PIECE = 2_000
"""Characters; a longer one is no field."""
_DEEPEST = 4
"""Lists within lists; deeper ones are left to the model."""
_WORD = re.compile(r"[^\W_]+(?:'s)?|_", re.ASCII)
_TYPED = re.compile(r"^[A-Za-z_$][\w$]*$", re.ASCII)
_CASED = re.compile(r"_|[a-z][A-Z]")
_MARK = re.compile(r"[()\[\]{}]|(?<!\d),|,(?!\d{3}(?!\d))|;|\s(?:and|plus|as\s+well\s+as|&)\s", re.IGNORECASE)
"""What pieces end at; the comma of 1,000 is none."""
_BETWEEN = re.compile(r"\bbetween\s+-?[\d.]+$", re.IGNORECASE)
_PREFIX = re.compile(
    r"^(?:(?:and|plus|also|then|its|their|his|her|an?|the|some|with|(?:required|mandatory)(?!\s+flag\b))\s+)+", re.IGNORECASE
)
_OPTIONAL = re.compile(
    r"\b(?:optional(?:ly)?|not\s+required|if\s+any|if\s+known|may\s+be\s+missing)\b|\?(?=\W|$)", re.IGNORECASE
)
_NULLABLE = re.compile(r"\b(?:nullable|or\s+null|may\s+be\s+null|can\s+be\s+null)\b", re.IGNORECASE)
_LITERAL = r"(?:\"([^\"]*)\"|'([^']*)'|`([^`]*)`|([\w.+-]+))"
_DEFAULT = re.compile(
    rf"[,\s]*\b(?:with\s+(?:an?\s+|the\s+)?)?(?:which\s+)?(?:by\s+)?default(?:s|ing)?(?:\s+(?:is|to|of))?\s*[:=]?\s*{_LITERAL}"
    rf"|(?:[,\s]+|^){_LITERAL}\s+by\s+default\b|(?<=[\w)\]?\s])\s*(?<![<>!=])=\s*{_LITERAL}(?!\s*[|/\w])",
    re.IGNORECASE,
)
"""``default 1``, ``defaulting to "x"``, ``true by default``, ``= true``."""
_CALLED_DEFAULT = re.compile(
    r"\s*(?:(?:an?|the|its|their|optional)\s+)+default\s+(?!(?:is|to|of|true|false)\b|[\d\"'`-])[\w\s]+$", re.IGNORECASE
)
"""``a default currency`` is a field."""
_ASIDE = re.compile(
    r"^(?:which|that|who)\s+(?:is|are|may|can|must|defaults?)\b|^(?:is|are|defaults|defaulting)\s"
    r"|^default\s*(?:is|to|of|[:=]|true|false|\d)"
    r"|^\S+\s+by\s+default$",
    re.IGNORECASE,
)
_REACH = re.compile(
    r"(?:^|\s)(?:(?P<both>both|the\s+(?:last\s+)?two|last\s+two|all\s+two)|"
    r"(?P<three>(?:the\s+)?(?:last|all)\s+three)|(?P<all>all)|(?P<each>each))"
    r"(?:\s+(?:of\s+(?:them|which|these|those)|fields|are|is|being|may\s+be|can\s+be|an?))*\s+(?P<said>\S.*)$",
    re.IGNORECASE,
)
"""``both optional``, ``all of them nullable``, ``the last two optional``."""
_PREDICATE = re.compile(
    r"^(?:(?:which|that|who)\s+)?(?:(?:is|are|may\s+be|can\s+be|must\s+be)\b\s*)?(?:an?\s+)?", re.IGNORECASE
)
_MANY = re.compile(
    r"^(?:(?:a|the)\s+)?(?:list|array|set|collection)\s+of\s+"
    r"|^(?:multiple|several|many|any\s+number\s+of)\s+(?=(?:\w+\s+)*\w+s\b)",
    re.IGNORECASE,
)
_HOLDS = r"(?:having|containing|consisting\s+of|made\s+(?:up\s+)?of|(?:that|which|who)\s+(?:has|have|contains?|includes?))"
_NO_FIELD = (
    r"(?!(?:an?\s+|the\s+)?(?:default|min|max|minimum|maximum|at|up|time\s?zone|values?|types?|format|limit|range|\d)\b)"
)
_INNER = re.compile(
    rf"(?P<each>(?:^|\s+)(?:where\s+)?(?:each|every)\s+(?:(?!with\b|ha(?:s|ve)\b|of\b)\w+\s+|of\s+(?:which|them)\s+)?"
    rf"(?:with|has|have|{_HOLDS})\s+{_NO_FIELD})"
    rf"|\s+(?:{_HOLDS}|(?P<with>with))\s+{_NO_FIELD}(?=\S)",
    re.IGNORECASE,
)
"""Opens the fields of what stands before it: ``lines, each with a sku``, ``an author with a name``."""
_OPENS_GROUP = re.compile(rf"^(?:(?:each|every)\s+)?(?:with|has|have|{_HOLDS})\s+", re.IGNORECASE)
_ENUM = re.compile(r"^(?:enum|one\s+of|either)\s*:?\s*", re.IGNORECASE)
_ALTERNATIVES = re.compile(r"(?:([\w.-]+)\s+)?or\s+([\w.-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedField:
    """One field that is asked for. name: as the result spells it. many: a list is asked for. type: the notation's word, None
    where none is said; a map is an object. values: of an enum. low, high: limits that are stated, either may be missing.
    fields: its own, or its items'."""

    name: str
    optional: bool = False
    nullable: bool = False
    many: bool = False
    type: str | None = None
    values: tuple[str, ...] = ()
    default: str | None = None
    low: str | None = None
    high: str | None = None
    fields: tuple[ListedField, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands between two marks of a list. joint: the mark before it: ",", ";" or "and"; empty for the first."""

    text: str
    joint: str = ""


def pieces(text: str) -> Iterator[Piece]:
    """The list's pieces: at commas, semicolons and 'and', not within brackets; not at the 'and' of ``between 1 and 5``."""
    depth, begun, joint = 0, 0, ""
    ends = [*_MARK.finditer(text), None]
    for mark in ends:
        sign = mark[0] if mark else ""
        depth = max(0, depth + (sign in tuple("([{")) - (sign in tuple(")]}")))
        start = mark.start() if mark else len(text)
        if mark and (depth or sign in tuple("([{)]}") or _is_range(text, mark)):
            continue
        piece = text[begun:start].strip()
        if piece and piece.lower() not in ("and", "plus", "etc", "etc."):
            yield Piece(piece, joint)
            joint = ""
        begun = mark.end() if mark else start
        joint = sign if sign in (",", ";") else "and"


def read_fields(listed: Sequence[Piece], *, snake: bool, depth: int = 0) -> list[ListedField | None]:
    """A field for each piece, in order; None for one that is none. What is said of those before it goes to them."""
    found: list[ListedField | None] = []
    left = _with_values_joined(listed)[::-1]
    while left:
        piece = left.pop()
        if (inner := _opened(piece.text)) and depth < _DEEPEST:
            head, first = inner
            if head:
                found.append(_field(head, snake=snake, depth=depth))
            its_pieces = [Piece(first), *_taken(left)]
            its = read_fields(its_pieces, snake=snake, depth=depth + 1)
            _give(found, tuple(each for each in its if each), each=not head)
            found += [None] * (not all(its))
        elif not _said_before(found, piece.text, snake=snake, depth=depth):
            found.append(_field(piece.text, snake=snake, depth=depth))
    return found


def _is_range(text: str, mark: re.Match[str]) -> bool:
    return bool(
        mark[0].strip().lower() == "and"
        and re.match(r"-?\d", text[mark.end() : mark.end() + 2])
        and _BETWEEN.search(text[max(0, mark.start() - 40) : mark.start()])
    )


def _with_values_joined(listed: Sequence[Piece]) -> list[Piece]:
    """``severity low``, ``medium or high`` as one piece: ``severity low|medium|high``.

    Backwards to the last piece of more words than one, whose last word is the first value.
    """
    joined: list[Piece] = []
    for piece in listed:
        match = _ALTERNATIVES.fullmatch(piece.text)
        singles = 0
        while match and singles < len(joined) and VALUE.fullmatch(joined[-1 - singles].text):
            singles += 1
        if match is None or singles >= len(joined) or not re.search(r"\s[\w.-]+$", joined[-1 - singles].text):
            joined.append(piece)
            continue
        first = joined[-1 - singles]
        values = [*(each.text for each in joined[len(joined) - singles :]), *filter(None, match.groups())]
        joined = [*joined[: len(joined) - singles - 1], replace(first, text="|".join([first.text, *values]))]
    return joined


# -- what is said of fields that stand before it ----------------------------------------------------------------------


def _opened(text: str) -> tuple[str, str] | None:
    """``an author with a name``: (an author, a name); None where no fields of its own begin."""
    for match in _INNER.finditer(text[:_LONGEST_PIECE]):
        head, first = text[: match.start()].strip(), text[match.end() :]
        if any(head.count(opening) != head.count(closing) for opening, closing in ("()", "[]", "{}")):
            continue
        if match["each"] is not None or not match["with"]:
            return head, first
        if is_plural(head.lower().split(" ")[-1]) or re.match(r"(?:an?|its|their)\s", first):
            return head, first
        return (head, first) if is_field_word(first.split()[-1]) and not is_plain(head) else None
    return None


def _taken(left: list[Piece]) -> Iterator[Piece]:
    """The rest of an inner list off the end of `left`: up to its 'and', or a semicolon."""
    while left and left[-1].joint != ";":
        piece = left.pop()
        yield piece
        if piece.joint == "and":
            return


def _give(found: list[ListedField | None], fields: tuple[ListedField, ...], *, each: bool) -> None:
    """`fields` to the last one; where they are of each, to the last plural."""
    places = [place for place, field in enumerate(found) if field]
    plurals = [place for place in places if (field := found[place]) and (field.many or is_plural(field.name.lower()))]
    place = (plurals or places)[-1:] if each else [len(found) - 1]
    for at in place:
        if field := found[at]:
            found[at] = replace(field, fields=(*field.fields, *fields), many=field.many or each)


def _said_before(found: list[ListedField | None], text: str, *, snake: bool, depth: int) -> bool:
    """Whether `text` says something of the fields before it (``both optional``), which is then noted there."""
    if not any(found) or len(text) > _LONGEST_PIECE:
        return False
    if reach := _REACH.search(text):
        said = _aside(reach["said"])
        if reach.start() and said is not None:
            found.append(_field(text[: reach.start()], snake=snake, depth=depth))
        if said is not None or not reach.start():
            said = replace(said, many=True) if said and said.type and reach["each"] else said
            count = 2 if reach["both"] else 3 if reach["three"] else len(found) if reach["all"] else 1
            found[-count:] = [field and _and(field, said or ListedField(name="")) for field in found[-count:]]
            return True
    said = _aside(text)
    if not _ASIDE.match(text) and (said is None or said.type or said.many or said == ListedField(name="")):
        return False
    found[-1] = found[-1] and _and(found[-1], said or ListedField(name=""))
    return True


def _aside(text: str) -> ListedField | None:
    """What ``which is optional`` or ``nullable`` says; None where it says anything else too."""
    default, text = _default(text)
    optional, nullable = bool(_OPTIONAL.search(text)), bool(_NULLABLE.search(text))
    facts = phrase_facts(_PREDICATE.sub("", _without_marks(text)))
    return (
        None
        if facts is None
        else _spoken_of(facts, ListedField(name="", optional=optional, nullable=nullable, default=default))
    )


def _and(field: ListedField, said: ListedField) -> ListedField:
    return replace(
        field, optional=field.optional or said.optional, nullable=field.nullable or said.nullable, many=field.many or said.many,
        type=field.type or said.type, default=said.default if field.default is None else field.default,
        low=field.low or said.low, high=field.high or said.high,
    )  # fmt: skip


def _spoken_of(facts: Facts, field: ListedField) -> ListedField:
    return _and(field, ListedField(name="", type=facts.type, many=facts.many, low=facts.low, high=facts.high))


# -- one field --------------------------------------------------------------------------------------------------------


def _field(piece: str, *, snake: bool, depth: int) -> ListedField | None:
    if len(piece) > _LONGEST_PIECE:
        return None
    bare, groups = _without_groups(piece)
    default, bare = (None, bare) if _CALLED_DEFAULT.match(bare) else _default(bare)
    stated = [_default(group) for group in groups]
    default = next((each for each, _ in ((default, ""), *stated) if each is not None), None)
    marked = [_marks(group) for _, group in stated]
    marks = " , ".join((bare, *(each for each, _ in marked)))
    optional, nullable = bool(_OPTIONAL.search(marks)), bool(_NULLABLE.search(marks))
    bare, groups = _without_marks(bare), [rest for _, rest in marked]
    name, said = _behind(_PREFIX.sub("", bare))
    bracketed = _group_facts(groups, name=name, snake=snake, depth=depth)
    spelled = _field_name(name, snake=snake) if _is_name(name) else None
    if spelled is None:
        return None
    field = ListedField(
        name=spelled, optional=optional, nullable=nullable, many=said.many or "[]" in piece, default=default,
        values=said.values or bracketed.values, fields=bracketed.fields,
    )  # fmt: skip
    return _and(_and(field, said), bracketed)


def _without_groups(piece: str) -> tuple[str, list[str]]:
    """(what stands outside of brackets, what stands within each pair of them)."""
    outside: list[str] = []
    groups: list[str] = []
    depth = begun = 0
    for mark in re.finditer(r"[()\[\]]", piece):
        opens = mark[0] in "(["
        if depth == 0 or (depth == 1 and not opens):
            (outside if opens or depth == 0 else groups).append(piece[begun : mark.start()])
            begun = mark.end()
        depth = max(0, depth + (1 if opens else -1))
    return " ".join((*outside, piece[begun:])), groups


def _behind(bare: str) -> tuple[str, ListedField]:
    """What is said without brackets: (the name, the rest of it)."""
    name = without_count(bare)
    many = bool(_MANY.match(name)) or name != bare
    name, values = values_behind(_PREFIX.sub("", _MANY.sub("", name)))
    name, limits = limits_behind(name)
    name, facts = type_behind(without_unit(without_clause(name)))
    said = ListedField(name="", many=many, values=values)
    if (of := mapped(name)) is not None:
        name, facts = of, Facts(type="object")
    return name, _spoken_of(limits | facts, said)


def _is_name(text: str) -> bool:
    words = text.split()
    return 0 < len(words) <= LONGEST_NAME and all(_WORD.match(word) for word in words)


def _default(text: str) -> tuple[str | None, str]:
    """(the default that is stated, the text without it)."""
    match = _DEFAULT.search(text)
    if match is None:
        return None, text
    return next(each for each in match.groups() if each is not None), _DEFAULT.sub(" ", text)


def _without_marks(text: str) -> str:
    """Without what is noted of it already: that it is optional or nullable."""
    return " ".join(_NULLABLE.sub(" ", _OPTIONAL.sub(" ", text)).split()).strip(" ,:")


def _marks(group: str) -> tuple[str, str]:
    """(what brackets say of the field they stand behind, the rest): the 'optional' of one of its own fields stays there."""
    parts = group.split(",")
    if bracketed_facts([rest for part in parts if (rest := _without_marks(part))]) or len(parts) < 2:
        return group, _without_marks(group)
    own = [part for part in parts if not _without_marks(part)]
    return ",".join(own), ",".join(part for part in parts if part not in own).strip(" ,:")


def _group_facts(groups: Sequence[str], *, name: str, snake: bool, depth: int) -> ListedField:
    """What brackets behind a name say: a type, limits, values, or the fields of an object."""
    for group in groups:
        inner = _ENUM.sub("", group.strip())
        chosen = inner != group.strip()
        parts = [part.strip() for part in re.split(r"\s*(?:,|/|\||\bor\b|\band\b)\s*", inner) if part.strip()]
        if facts := None if chosen else phrase_facts(inner) or bracketed_facts(parts):
            return _spoken_of(facts, ListedField(name=""))
        opened = _OPENS_GROUP.sub("", inner)
        if len(parts) < 2 and opened == inner:
            continue
        if are_types(parts) and re.search(r"\sor\s|\|", inner) and not is_choice(name):
            continue
        is_listed = opened != inner or re.search(r"\sand\s", inner) or any(re.search(r"[\s(\[]", part) for part in parts)
        if chosen or (all(map(VALUE.fullmatch, parts)) and not is_listed and not are_fields(name, parts)):
            return ListedField(name="", values=tuple(part.strip("\"'`") for part in parts))
        if depth < _DEEPEST:
            fields = read_fields(list(pieces(opened)), snake=snake, depth=depth + 1)
            return ListedField(name="", fields=tuple(each for each in fields if each))
    return ListedField(name="")


def _field_name(text: str, *, snake: bool) -> str | None:
    """The words in camelCase or snake_case; one word that is typed in a case of its own stays as it is."""
    bare = re.sub(r"'s?(?=\s|$)", "", text.strip(" \"'`"))
    if _TYPED.fullmatch(bare) and _CASED.search(bare):
        return bare
    words = [word.lower() for word in re.findall(r"[A-Za-z0-9]+", bare)]
    if not words or words[0][0].isdigit():
        return None
    return "_".join(words) if snake else words[0] + "".join(word.capitalize() for word in words[1:])
