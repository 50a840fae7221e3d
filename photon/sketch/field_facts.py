"""What a request says of one field beside its name: its type, limits, values, a default; in plain strings."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = r"-?\d+(?:\.\d+)?"
_LOW = (
    r"(?:at\s+least|min(?:imum)?(?:\s+of)?(?:\s+(?:length|value|size))?|(?:no|not)\s+(?:less|fewer|shorter)\s+than|>=|\u2265)"
)
_HIGH = (
    r"(?:at\s+most|max(?:imum)?(?:\s+of)?(?:\s+(?:length|value|size))?|up\s+to|"
    r"(?:no|not)\s+(?:more|longer|greater|larger)\s+than|<=|\u2264)"
)
_COUNTED = r"(?:characters?|chars?|letters?|digits?|words?|items?|elements?|entries|bytes|percent|%|long|in\s+length)"
_LIMITS = re.compile(
    rf"(?:^|[\s,:]+)(?:(?:of|from|between|within|ranging|range|is|must\s+be|with|an?|the)\s+){{0,4}}"
    rf"(?:(?P<low>{_NUMBER})\s*(?:to|-|\.{{2,3}}|and)\s*(?P<high>{_NUMBER})|{_LOW}\s*[:=]?\s*(?P<least>{_NUMBER})"
    rf"|{_HIGH}\s*[:=]?\s*(?P<most>{_NUMBER})|(?P<top>{_NUMBER})(?:\s+{_COUNTED})?\s+max(?:imum)?)(?:\s*{_COUNTED}){{0,2}}$",
    re.IGNORECASE,
)
"""``1 to 5``, ``between 1 and 5``, ``at most 500 characters``, ``min 1``, ``>= 0``, at the end of what is said."""
_COUNT = re.compile(rf"^(?:{_LOW}|{_HIGH})\s*\d+\s+(?=[a-z][\w\s-]*s$)", re.IGNORECASE)
"""``up to 5 tags``."""
_UNIT = re.compile(r"\s+in\s+(?:[a-z]+\s+){0,2}[a-z]+$|\s+as\s+[a-z]+$|\s+(?:of|for)\s+(?:the|an?)\s+\w+$", re.IGNORECASE)
_CLAUSE = re.compile(
    r"\s+(?:(?:to|for|of|by|in|on|from|with|at)\s+(?=who|which))?"
    r"(?:(?:that|which|who|whom|whose)\b|(?:it|they|he|she|we|you)\s+\w).*$"
)
"""``the order it is for``: the order."""
_LONGEST_CLAUSE = 6
"""Words; a longer one says more than which one is meant."""
_WHEN = re.compile(
    r"^(?:when|(?:date|time|day|moment|timestamp)(?:\s+(?:when|that|(?:at|on)\s+which))?)\s+(?:it|they|he|she)\s+"
    r"(?:(?:was|were|is|are|has\s+been|have\s+been|will\s+be|gets?|got)\s+)?((?:(?:last|first)\s+)?[a-z]+)$",
    re.IGNORECASE,
)
"""``when it was last updated``: last updated at."""
_BY_WHOM = re.compile(r"^(?:\w+\s+)?(?:who|that)\s+((?:last\s+|first\s+)?\w+ed)\s+(?:it|them)$", re.IGNORECASE)
"""``the user who created it``: created by."""
_ONE_OF = re.compile(r"\s*(?::|=|\b(?:one\s+of|either|enum|can\s+be|is|as|in)\b)\s*$", re.IGNORECASE)
_LIST_OF = re.compile(r"(?:an?\s+)?(?:list|array|set)\s+of\s+(\w+?)s?|(\w+)\[\]|(?:list|array|set)<(\w+)>", re.IGNORECASE)
_MAP = re.compile(
    r"(?:an?\s+)?(?:(?:hash\s*)?map|mapping|dictionary|dict|hash|key[ /-]value\s+pairs?)"
    r"(?:(?:\s+(?:of|from)\s+|\s*<)(?P<of>.+))?",
    re.IGNORECASE,
)
_KEYED = re.compile(r"\s+(?:(?:keyed|indexed)\s+)?by\s.*$|\s+keyed\s.*$", re.IGNORECASE)
_PAIRED = re.compile(r"\s(?:to|and)\s|,|->|=>", re.IGNORECASE)
VALUE = re.compile(r"[\"'`]?([A-Za-z0-9][\w.+-]*)[\"'`]?", re.ASCII)
_TYPE_WORDS = {
    "string": "string", "text": "string", "str": "string", "int": "int", "integer": "int", "long": "int", "number": "number",
    "float": "number", "double": "number", "decimal": "number", "bool": "bool", "boolean": "bool", "flag": "bool",
    "uuid": "uuid", "guid": "uuid", "date": "date", "datetime": "datetime", "date-time": "datetime", "timestamp": "datetime",
    "time": "time", "duration": "duration", "email": "email", "url": "uri", "uri": "uri", "object": "object", "any": "any",
    "anything": "any",
}  # fmt: skip
_SURE_TYPES = frozenset(("int", "integer", "float", "decimal", "bool", "boolean", "flag", "uuid", "datetime", "date-time"))
"""Behind a name without brackets these are its type and no part of it; 'start date' and 'display text' are names."""
_UNWRITTEN = frozenset("required mandatory unique immutable indexed generated sorted".split())
"""In brackets, what the notation has no words for, or what is so anyhow."""
_KINDS_OF_VALUE = frozenset("string text int integer number float decimal bool boolean object any".split())
_ITEM_WORDS = frozenset(
    """
    id name title text description value label code quantity price amount count date email url sku total votes weight unit
    """.split()
)
"""In brackets behind a plural any of these shows that they are the fields of its items, and no values."""
_FIELD_WORDS = _ITEM_WORDS | frozenset(
    """
    address age alt altitude at author avatar balance barcode begin bio birthday body brand by caption category city comment
    company content country county created currency customer day depth dob duration end expiry fax field file filename first
    firstname format from height href icon image index isbn issue key kind lastname lat latitude length line1 line2 link lng
    location logo lon long longitude message mime mobile month note notes number owner parent password path percentage phone
    photo picture place position postal postcode price product province qty radius rate rating reason ref reference region role
    salary score size slug start state status street subject subtitle subtotal summary surname tags tax thumbnail time
    timestamp timezone token type updated uri user username uuid version website width x y year z zip zipcode
    """.split()
)
_CHOICES = frozenset(
    """
    axis category channel color colour direction field flag format frequency gender grade group interval key kind language layer
    level medium method mode order permission phase plan priority reason role scope severity sex side size sort source stage
    state status tier topic trigger type unit variant via visibility
    """.split()
)
"""A field that ends in one of these is one of some values, even where a value is called as fields are: channel (email, sms)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is said in one phrase. type: the notation's word. many: a list of it. low, high: limits, as they are written."""

    type: str | None = None
    many: bool = False
    low: str | None = None
    high: str | None = None

    def __or__(self, other: Facts) -> Facts:
        """Both; what the first says stands."""
        return Facts(
            type=self.type or other.type, many=self.many or other.many, low=self.low or other.low, high=self.high or other.high
        )


def limits_behind(text: str) -> tuple[str, Facts]:
    """``rating 1 to 5``, ``price at least 0``: (what stands before, the limits)."""
    found = Facts()
    while match := _LIMITS.search(text):
        found |= Facts(low=match["low"] or match["least"], high=match["high"] or match["most"] or match["top"])
        text = text[: match.start()]
    return text, found


def without_unit(text: str) -> str:
    """``age in years``: age."""
    match = _UNIT.search(text)
    return text[: match.start()] if match and match.start() else text


def without_count(text: str) -> str:
    """``up to 5 tags``: tags."""
    return _COUNT.sub("", text)


def without_clause(text: str) -> str:
    """``the order it is for``: the order; ``when it was created``: created at."""
    if found := _WHEN.match(text):
        return f"{found[1]} at"
    if found := _BY_WHOM.match(text):
        return f"{found[1]} by"
    match = _CLAUSE.search(text)
    return text[: match.start()] if match and len(match[0].split()) <= _LONGEST_CLAUSE else text


def mapped(text: str) -> str | None:
    """``map of feature flags by name``: feature flags. None where it is no map, empty where its name is not said."""
    match = _MAP.fullmatch(text)
    if match is None or not match["of"]:
        return None
    return "" if _PAIRED.search(match["of"]) else _KEYED.sub("", match["of"])


def phrase_facts(text: str) -> Facts | None:
    """``int``, ``list of names``, ``number 0..1``, ``at most 500``: what it says; None where it says anything else too."""
    text, limits = limits_behind(text.strip())
    text = text.strip(" ,").lower()
    if not text or text in _UNWRITTEN:
        return limits
    if text in _TYPE_WORDS:
        return limits | Facts(type=_TYPE_WORDS[text])
    if text.endswith("s") and text[:-1] in _TYPE_WORDS:  # all strings
        return limits | Facts(type=_TYPE_WORDS[text[:-1]])
    if of := _LIST_OF.fullmatch(text):
        word = of[1] or of[2] or of[3]
        return limits | Facts(many=True, type=_TYPE_WORDS.get(word, "string" if word == "name" else None))
    return limits | Facts(type="object") if _MAP.fullmatch(text) else None


def bracketed_facts(parts: list[str]) -> Facts | None:
    """``int``, ``min 1``: what all of them say together; None where one of them is no fact, or two of them name a type."""
    found = Facts()
    for part in parts:
        said = phrase_facts(part)
        if said is None or (said.type and found.type):
            return None
        found |= said
    return found if parts else None


def are_types(parts: list[str]) -> bool:
    """Whether each of them is the name of a type: ``string``, ``int``."""
    return all(part.lower() in _TYPE_WORDS for part in parts)


def type_behind(text: str) -> tuple[str, Facts]:
    """``id: uuid``, ``age int``, ``tags: list of strings``: (the name, what is said of it, if that is certain)."""
    name, colon, phrase = text.partition(":")
    if colon:
        return name.strip(), phrase_facts(phrase) or Facts()
    words = text.split()
    if len(words) > 1 and words[-1].lower() in _SURE_TYPES:
        return " ".join(words[:-1]), Facts(type=_TYPE_WORDS[words[-1].lower()])
    return text, Facts()


def values_behind(text: str) -> tuple[str, tuple[str, ...]]:
    """``method card|bank|paypal``, ``status: open/closed``, ``size one of s, m, l``: (the name, the values)."""
    match = re.search(r"(?:\s|^)([\"'`]?[\w.+-]+[\"'`]?(?:\s*[|/]\s*[\"'`]?[\w.+-]+[\"'`]?)+)$", text)
    if match and match.start() > 0:
        values = tuple(value.strip(" \"'`") for value in re.split(r"[|/]", match[1]))
        return _ONE_OF.sub("", text[: match.start()]), values
    match = re.search(r"^(.*?)\s*(?::|\bone\s+of\b|\beither\b)\s*(.+?)\s+or\s+(\S+)$", text, re.IGNORECASE)
    if match and all(VALUE.fullmatch(word) for word in (match[2], match[3])):
        return match[1], (match[2].strip("\"'`"), match[3].strip("\"'`"))
    return text, ()


def are_fields(name: str, parts: list[str]) -> bool:
    """Whether single words in brackets behind `name` are fields of its own rather than the values that it can have."""
    if is_choice(name):
        return False
    if is_plural(_last_word(name)) and _ITEM_WORDS & {part.lower() for part in parts}:
        return True
    kinds = {part.lower() for part in parts}
    return all(map(is_field_word, parts)) and not (kinds <= set(_TYPE_WORDS) and kinds & _KINDS_OF_VALUE)


def is_choice(name: str) -> bool:
    """Whether what is called so is one of some values: ``notification type``."""
    head = _last_word(name)
    return head in _CHOICES or singular(head) in _CHOICES


def is_plain(name: str) -> bool:
    """Whether what is called so has no fields of its own: ``unit price``."""
    return _last_word(name) in _ITEM_WORDS


def is_field_word(text: str) -> bool:
    """Whether `text` is what fields are called: ``email``, ``firstName``, ``is_active``."""
    words = re.findall(r"[A-Z]?[a-z0-9]+", text)
    return bool(words) and (words[-1].lower() in _FIELD_WORDS or (len(words) > 1 and words[0].lower() in ("is", "has")))


def is_plural(word: str) -> bool:
    """Whether `word` ends as the plural of a noun does."""
    return word in ("people", "children") or bool(re.search(r"[^su]s$", word) and not word.endswith("is"))


def singular(word: str) -> str:
    """``companies``: company; a word that is no plural as it is."""
    if word in ("people", "children"):
        return {"people": "person", "children": "child"}[word]
    if not is_plural(word):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if re.search(r"(?:ss|x|zz|ch|sh)es$", word) else word[:-1]


def _last_word(text: str) -> str:
    words = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", text)
    return words[-1].lower() if words else ""
