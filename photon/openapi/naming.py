"""Names that code derives from method and path: operationId, tag and a summary where the sketch has none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import unquote

_VERSION = re.compile(r"^v\d+(?:[._]\d+)*(?:alpha|beta)?\d*$", re.IGNORECASE)
_EXTENSION = re.compile(r"(?<=[\w}])\.(?:json|xml|csv)\Z")
_KEYED = re.compile(r"(?<![^/])(?P<set>[^/(){}]+)\((?:\w+=)?'?(?P<parameter>\{[^/{}]*\})'?\)(?=/|\Z)")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_VERBS = frozenset(
    """
    abort accept activate add answer apply approve archive ask assign attach authorize authenticate backup ban batch
    block book bulk calculate call cancel capture change charge check checkin checkout claim clear clone close
    commit compare complete compute confirm connect convert copy count crop deactivate decline decrypt delete
    deliver deploy deposit detach disable disconnect dismiss dispatch download draw duplicate echo enable encrypt
    enroll enqueue estimate evaluate exchange execute expire export extend extract favorite fetch find finish flag
    flush follow forgot forward freeze generate grant hold identify impersonate import index ingest insert install
    introspect invalidate invite issue join kick launch leave like link list load lock login logout lookup mark
    match merge migrate move mute notify open parse pause pay ping pin play poll post preview print process promote
    provision publish purge push query quote react read rebuild recalculate redeem refresh refund register reindex
    reject release reload remind remove rename renew reopen reorder replay reply report request resend reserve reset
    resize resolve restart restore resume retry return reverse revert review revoke rollback rotate run save scale
    scan schedule search send settle share ship shorten sign signin signout signup simulate skip sort split start
    stop submit subscribe summarize suspend swap sync test toggle track train transcribe transfer transform
    translate trigger unarchive unassign unban unblock unfollow unlike unlink unlock unmute unpin unpublish
    unregister unshare unsubscribe update upgrade upload upsert validate verify vote withdraw
    """.split()
)  # fmt: skip
"""Words that, at the end of a path, name an action rather than a thing."""

_NOUNS_TOO = frozenset(
    """
    charge report review request quote share batch index list post test track match link hold like vote
    """.split()
)
"""Verbs that are things where the method is not POST."""

_LOOKS = frozenset("list search find query lookup fetch get read download export".split())
"""Verbs of methods that read."""

_COMPOUNDING = frozenset(
    """
    load check match test batch block backup exchange change charge return transfer review track share index post issue support
    import export build link schedule play process report request quote access
    """.split()
)
"""Verbs that mostly say which things before a plural: load balancers, check runs, exchange rates."""

_IRREGULAR = {
    "people": "person", "children": "child", "men": "man", "women": "woman", "feet": "foot", "mice": "mouse",
    "criteria": "criterion", "indices": "index", "vertices": "vertex", "matrices": "matrix", "leaves": "leaf",
    "movies": "movie", "cookies": "cookie", "caches": "cache", "axes": "axis", "analyses": "analysis", "quizzes": "quiz",
    "buses": "bus", "statuses": "status", "aliases": "alias", "viruses": "virus", "bonuses": "bonus", "campuses": "campus",
}  # fmt: skip
_UNCOUNTABLE = frozenset(
    """
    news series species analytics statistics stats settings preferences credentials metrics status progress access
    address process business canvas alias bus gas lens sms dns aws https tls kubernetes logs details
    """.split()
)


def singular(word: str) -> str:
    """The singular of an English noun in lower case; the word itself where it is none or has no plural."""
    if word in _IRREGULAR or word in _UNCOUNTABLE:
        return _IRREGULAR.get(word, word)
    if re.search(r"(ss|us|is)$", word) or not word.endswith("s") or len(word) < 3:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if re.search(r"(ss|x|zz|ch|sh|o)es$", word) and not word.endswith("shoes") else word[:-1]


def is_plural(word: str) -> bool:
    """Whether `word` names many things."""
    return singular(word) != word or word in _UNCOUNTABLE & {"news", "series", "species", "logs"}


def words(text: str) -> list[str]:
    """``forgot-password``, ``orderItems`` and ``API_keys`` as lower-case words; accents are left out."""
    if text.isascii():
        return [word.lower() for word in _WORD.findall(text)]
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    shadow = "".join(char if char.isascii() else "a" if char.isalpha() else " " for char in plain)
    return [plain[word.start() : word.end()].lower() for word in _WORD.finditer(shadow)]


def _segments(path: str) -> list[str]:
    """The path's segments without ``api`` and versions, as people read them."""
    parts = (readable(part) for part in without_keys(path).split("/"))
    return [part for part in parts if part and part.lower() != "api" and not _VERSION.match(part)]


def without_keys(path: str) -> str:
    """``/Products(key={id})`` (OData's key predicate) as ``/Products/{id}``; a function keeps its brackets."""
    return _KEYED.sub(_parted, path) if "(" in path else path


def _parted(found: re.Match[str]) -> str:
    """An entity set is a plural; ``getUsers(period={period})`` is a call."""
    name = words(found["set"])
    is_set = bool(name) and is_plural(name[-1]) and name[0] not in _LOOKS
    return f"{found['set']}/{found['parameter']}" if is_set else found[0]


def readable(segment: str) -> str:
    """``%C3%BCber`` is ``über`` and ``latest.json`` latest; what does not print stays escaped."""
    segment = _EXTENSION.sub("", segment)
    found = unquote(segment) if "%" in segment else segment
    return found if found.isprintable() and "\ufffd" not in found else segment


def _is_parameter(segment: str) -> bool:
    return segment.startswith("{") and segment.endswith("}")


def tag(path: str) -> str:
    """The first literal segment that is not ``api`` or a version; 'default' where there is none."""
    return next((part for part in _segments(path) if "{" not in part), "default")


def operation_words(method: str, path: str) -> list[str]:
    """``GET /users/{id}/orders`` → list user orders; ``POST /orders/{id}/cancel`` → cancel order; ``POST /login`` → login."""
    segments = _split_custom_verbs(_segments(path))
    literals = [words(part) for part in segments if not _is_parameter(part)]
    literals = [each for each in literals if each]
    if not literals:
        return [_item_verb(method), "root"]
    *parents, last = literals
    above = [singular(word) for parent in parents for word in parent]
    on_item = _is_parameter(segments[-1])
    if not on_item and _is_action(last, method):
        return _action_words(last, parents, after_item=len(segments) > 1 and _is_parameter(segments[-2]))
    if on_item or not is_plural(last[-1]):
        return [_item_verb(method), *above, *last[:-1], singular(last[-1])]
    verb = {"GET": "list", "POST": "create", "HEAD": "check", "PUT": "replace"}.get(method, _item_verb(method))
    return [verb, *above, *last[:-1], singular(last[-1]) if method == "POST" else last[-1]]


def _split_custom_verbs(segments: list[str]) -> list[str]:
    """``{id}:cancel`` (Google's custom methods) as two segments."""
    return [piece for part in segments for piece in re.split(r"(?<=\}):|(?<=\w):(?=\w)", part) if piece]


def is_action(segment: str, method: str) -> bool:
    """Whether the last segment of a path names what is done rather than a thing."""
    found = words(segment)
    return bool(found) and _is_action(found, method)


def _is_action(last: list[str], method: str) -> bool:
    verb = last[0]
    if len(last) > 1 and is_plural(last[-1]) and (verb in _COMPOUNDING if method == "POST" else verb not in _LOOKS):
        return False
    return verb in _VERBS and not (method != "POST" and verb in _NOUNS_TOO) and method in ("POST", "GET", "PUT", "PATCH")


def _action_words(last: list[str], parents: list[list[str]], *, after_item: bool) -> list[str]:
    """The action, then what it acts on: one thing after an item, the collection otherwise; ``/auth/login`` is just login."""
    if not parents or (not after_item and parents[-1][-1] in ("auth", "oauth", "account", "session")):
        return last
    *above, target = parents
    thing = [*target[:-1], singular(target[-1]) if after_item else target[-1]]
    return [last[0], *[singular(word) for parent in above for word in parent], *thing, *last[1:]]


def _item_verb(method: str) -> str:
    verbs = {"GET": "get", "POST": "create", "PUT": "replace", "PATCH": "update", "DELETE": "delete", "HEAD": "check"}
    return verbs.get(method, method.lower())


def operation_id(method: str, path: str) -> str:
    """The words in lowerCamelCase: an identifier in every language that code is generated for."""
    return camel(operation_words(method, path))


def camel(words: Sequence[str]) -> str:
    """Lower-case words in lowerCamelCase."""
    return "".join(words[:1]) + "".join(word.capitalize() for word in words[1:])


def summary(method: str, path: str) -> str:
    """The words as a sentence: ``List user orders``."""
    return " ".join(operation_words(method, path)).capitalize()
