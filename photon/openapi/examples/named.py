"""What a value of some name, type and format looks like: an address for ``email``, a price for ``unitPrice``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from uuid import UUID

from photon.openapi.naming import singular, words

_TEXTS = {
    "email": "ada@example.com", "first name": "Ada", "given name": "Ada", "last name": "Lovelace", "family name": "Lovelace",
    "surname": "Lovelace", "full name": "Ada Lovelace", "display name": "Ada Lovelace", "author": "Ada Lovelace",
    "owner": "Ada Lovelace", "user name": "ada", "username": "ada", "login": "ada", "nickname": "ada",
    "name": "Ada Lovelace", "file name": "report.pdf", "filename": "report.pdf", "company": "Example Ltd",
    "organization": "Example Ltd", "organisation": "Example Ltd", "company name": "Example Ltd", "product name": "Desk lamp",
    "host": "api.example.com", "hostname": "api.example.com", "domain": "example.com", "phone": "+442079460958",
    "mobile": "+447700900123", "fax": "+442079460959", "city": "London", "town": "London", "country": "GB",
    "country code": "GB", "nationality": "GB", "state": "active", "province": "Ontario", "region": "eu-west-1",
    "zone": "eu-west-1a", "street": "12 St James's Square", "address": "12 St James's Square, London",
    "postcode": "SW1Y 4JH", "postal code": "SW1Y 4JH", "zip": "SW1Y 4JH", "zip code": "SW1Y 4JH", "currency": "EUR",
    "currency code": "EUR", "language": "en", "lang": "en", "locale": "en-GB", "timezone": "Europe/London",
    "time zone": "Europe/London", "iban": "DE89370400440532013000", "bic": "COBADEFFXXX", "swift": "COBADEFFXXX",
    "card number": "4242424242424242", "isbn": "9780306406157", "ean": "4006381333931", "gtin": "4006381333931",
    "sku": "LAMP-042", "price": "19.99", "amount": "49.90", "title": "Desk lamp", "subject": "Your order",
    "summary": "A short summary", "description": "A few words about it", "comment": "Works as described.",
    "message": "Your order is on its way.", "text": "A few words.", "body": "A few words.", "content": "A few words.",
    "note": "Please ring twice.", "notes": "Please ring twice.", "bio": "Writes programs.",
    "detail": "What went wrong, in words.", "reason": "No longer needed", "error": "not_found", "color": "#1e90ff",
    "colour": "#1e90ff", "gender": "female", "url": "https://example.com/", "uri": "https://example.com/",
    "href": "https://example.com/", "link": "https://example.com/", "website": "https://example.com/",
    "homepage": "https://example.com/", "avatar": "https://example.com/ada.png", "image": "https://example.com/ada.png",
    "photo": "https://example.com/ada.png", "picture": "https://example.com/ada.png", "logo": "https://example.com/logo.png",
    "redirect": "https://example.com/done", "callback": "https://example.com/hook", "path": "/reports/2024",
    "slug": "desk-lamp", "tag": "new", "label": "new", "category": "lighting", "type": "standard", "kind": "standard",
    "status": "active", "role": "member", "scope": "read", "level": "info", "priority": "high", "version": "1.4.2",
    "revision": "7", "token type": "Bearer", "password": "correct-horse-7", "secret": "correct-horse-7",
    "token": "tok_8Kd02mQx", "access token": "tok_8Kd02mQx", "refresh token": "ref_5Lp91nRz", "api key": "key_3Jc84hWv",
    "key": "key_3Jc84hWv", "session": "s_6Yb27cTk", "signature": "c2lnbmF0dXJl", "code": "A-1042", "otp": "493817",
    "pin": "4938", "id": "1042", "cursor": "eyJpZCI6MTA0Mn0", "etag": '"33a64df5"', "hash": "9f86d081884c7d65",
    "checksum": "9f86d081884c7d65", "mime type": "application/pdf", "content type": "application/pdf",
    "media type": "application/pdf", "extension": "pdf", "format": "json", "unit": "kg", "query": "lamp", "q": "lamp",
    "search": "lamp", "filter": "active", "sort": "name", "sort by": "name", "order": "asc", "order by": "name",
    "ip": "192.0.2.17", "ip address": "192.0.2.17", "user agent": "curl/8.5.0", "model": "A-42", "brand": "Acme",
    "gender identity": "female", "date": "2024-05-01", "time": "09:30:00Z", "birthday": "1990-12-10",
    "timestamp": "2024-05-01T09:30:00Z", "latitude": "51.5074", "longitude": "-0.1278", "duration": "PT1H30M",
}  # fmt: skip
_NUMBERS: dict[str, float] = {
    "id": 1042, "page": 1, "limit": 20, "per page": 20, "page size": 20, "offset": 0, "skip": 0, "size": 2048, "count": 3,
    "total": 3, "quantity": 2, "stock": 12, "price": 19.99, "amount": 49.9, "cost": 12.5, "fee": 1.5, "tax": 3.8,
    "balance": 250.75, "subtotal": 45.9, "discount": 10, "percent": 12.5, "percentage": 12.5, "rate": 0.19, "ratio": 0.75,
    "rating": 4.5, "score": 87, "age": 36, "year": 2024, "month": 5, "day": 1, "hour": 9, "minute": 30, "second": 15,
    "lat": 51.5074, "latitude": 51.5074, "lon": -0.1278, "lng": -0.1278, "longitude": -0.1278, "altitude": 35,
    "elevation": 35, "width": 640, "height": 480, "length": 120, "depth": 40, "weight": 1.5, "distance": 12.4, "speed": 48.5,
    "temperature": 21.5, "humidity": 55, "pressure": 1013, "port": 8080, "status": 200, "expires in": 3600, "timeout": 30,
    "duration": 90, "ttl": 300, "retry after": 30, "version": 3, "order": 1, "position": 1, "index": 0, "rank": 1,
    "level": 2, "priority": 1, "timestamp": 1714555800, "at": 1714555800, "code": 42, "number": 42, "progress": 60,
}  # fmt: skip
_NOT_TRUE = frozenset(
    ("deleted", "disabled", "archived", "blocked", "banned", "locked", "hidden", "expired", "failed", "deprecated", "suspended")
)
_LATER = frozenset(
    ("updated", "modified", "changed", "to", "end", "until", "expires", "expiry", "due", "last", "before", "max")
)
_PEOPLE = frozenset(
    "user customer person account member author owner employee contact client patient student teacher profile guest".split()
)
_FORMATS = {
    "email": "ada@example.com", "idn-email": "ada@example.com", "hostname": "api.example.com",
    "idn-hostname": "api.example.com", "ipv4": "192.0.2.17", "ip": "192.0.2.17", "ipv6": "2001:db8::17",
    "uri": "https://example.com/", "url": "https://example.com/", "iri": "https://example.com/",
    "uri-reference": "/items/1042", "iri-reference": "/items/1042", "uri-template": "/items/{id}",
    "json-pointer": "/items/0", "relative-json-pointer": "1/items", "regex": "^[a-z]+$", "byte": "SGVsbG8=",
    "phone": "+442079460958", "password": "correct-horse-7", "duration": "PT1H30M", "time": "09:30:00Z",
    "partial-time": "09:30:00", "decimal": "19.99", "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMDQyIn0.c2lnbmF0dXJl",
    "int64": "1042", "iso-country-code": "GB", "currency": "EUR",
}  # fmt: skip


def text_named(name: str, kind: str = "", turn: int = 0, owner: str = "") -> str:
    """A string for a field called `name` of something called `owner`, of the format `kind`; another for each `turn`, from 0."""
    spelled = words(name)
    if kind in ("date", "date-time"):
        return _moment(spelled, turn)[: 10 if kind == "date" else None]
    if kind == "uuid":
        return uuid_named(name, turn)
    found = _FORMATS.get(kind) or _text(spelled, owner)
    if found is None and len(spelled) > 1 and spelled[-1] in ("at", "on"):
        found = _moment(spelled, turn)
    if kind in ("uri", "url") and spelled:
        named = _text(spelled, owner)
        found = named if named and named.startswith("https://") else found
    text = found if found is not None else " ".join(("Example", *spelled))
    return _turned(text, turn) if turn else text


def number_named(name: str, turn: int = 0) -> float:
    """A number for a field called `name`."""
    found = next((_NUMBERS[ending] for ending in _endings(words(name)) if ending in _NUMBERS), None)
    return (1 if found is None else found) + turn


def truth_named(name: str) -> bool:
    """A boolean for a field called `name`: true, unless it is one of the things that seldom are."""
    return not _NOT_TRUE & set(words(name))


def uuid_named(name: str, turn: int = 0) -> str:
    """A random-looking UUID of version 4 (RFC 9562, section 5.4) that is always the same for one name."""
    digest = hashlib.sha256(f"{name} {turn}".encode("utf-8", "replace")).digest()
    return str(UUID(bytes=digest[:16], version=4))


def _endings(spelled: list[str]) -> Iterator[str]:
    """The words from each on, longest first: ``billing post code``, ``post code``, ``code``; each in the singular too."""
    for place in range(len(spelled)):
        *before, last = spelled[place:]
        yield " ".join((*before, last))
        yield " ".join((*before, singular(last)))


def _text(spelled: list[str], owner: str) -> str | None:
    if spelled == ["name"] and not _PEOPLE & {singular(word) for word in words(owner)}:
        return " ".join(("Example", *words(owner)[-1:]))
    return next((_TEXTS[ending] for ending in _endings(spelled) if ending in _TEXTS), None)


def _moment(spelled: list[str], turn: int) -> str:
    if "birth" in spelled or "birthday" in spelled or "birthdate" in spelled:
        return "1990-12-10T00:00:00Z"
    day = (15 if _LATER & set(spelled) else 1) + turn % 13
    return f"2024-05-{day:02}T09:30:00Z"


def _turned(text: str, turn: int) -> str:
    name, mark, host = text.partition("@")
    return f"{name}{turn + 1}{mark}{host}" if mark else f"{text}{turn + 1}" if "://" in text else f"{text} {turn + 1}"
