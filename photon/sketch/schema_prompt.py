"""Turns a request for a schema into words: a lesson for every model, for our own what it was trained on, an operation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from photon.chat import Message, Parameters, Request
from photon.providers.profiles import PHOTON_SKETCH_FORMAT
from photon.sketch.grammar import sketch_grammar
from photon.sketch.listed import Listed, ListedField
from photon.sketch.prompt import NO_CONTEXT, OWN_TYPES, SpecContext
from photon.sketch.spec_context import told

SCHEMA_PROMPT_VERSION = 1

OWN_SYSTEM = Message("system", "You write OpenAPI operation sketches.")


def schema_request(
    text: str, asked: Listed, *, parameters: Parameters, context: SpecContext = NO_CONTEXT, describe: bool = False
) -> Request:
    """The request for the schema that `text` describes, of which code understood `asked`. The model's name is left open.

    context: may be left out in part, or as a whole, where it has no room (`Request.within`). describe: ask for a description
    of every field; our own model was never taught any.
    """
    wish = f"{text.strip()}\n{_WITH_DESCRIPTIONS}" if describe else text
    names = SpecContext(context.types[:OWN_TYPES])

    def worded(whole: SpecContext, names: SpecContext) -> Request:
        tuned = {PHOTON_SKETCH_FORMAT: _tuned(text, asked, names)}
        return Request(model="", messages=_taught(wish, asked, whole), tuned=tuned, parameters=parameters)

    return told(worded, context, names)


def describe_request(components: str, parameters: Parameters) -> Request:
    """The request for the same `components` with a description of every field. Our own model was never taught any."""
    question = f"{_DESCRIBE}\n\n{components}"
    return Request(
        model="", messages=(Message("system", _LESSON), *_DESCRIBED, Message("user", question)), parameters=parameters
    )


def is_own(request: Request) -> bool:
    """Whether `request` is in the words of our own model."""
    return request.messages[0] == OWN_SYSTEM


def repeat_grammar(request: Request) -> str:
    """The notation as a GBNF grammar for the rest of an answer to `request`: of a body that was begun, or whole components."""
    rules = sketch_grammar(begun=True).partition("\n")[2]
    if not is_own(request):
        return f'root ::= component ("\\n" component)*\n{rules}'
    rest = '" " type (" = " literal)? (", " field)*' if request.prefill.endswith(":") else '" " field (", " field)*'
    return f'root ::= {rest} " }}"\n{rules}'


def begun(name: str) -> str:
    """The beginning of an answer with the schema `name` and nothing else: ``User = {``."""
    return f"{name} = {{"


# -- our own model ----------------------------------------------------------------------------------------------------


def _tuned(text: str, asked: Listed, context: SpecContext) -> tuple[Message, ...]:
    """An operation that creates such a thing, up to its body, with the first field put into the model's mouth.

    Measured over 30 requests, 133 fields: it is the way in which the fewest fields are missing or called otherwise.
    """
    name = asked.name or "Item"
    thing = " ".join(_words(name)).lower()
    article = "an" if re.match(r"[aeio]|u(?!s|ni)", thing) else "a"
    path = f"/{_plural('-'.join(_words(name)).lower())}"
    wish = f"create {article} {thing} with {_spoken(asked.fields)}" if asked.whole else f"create {' '.join(text.split())}"
    question = f"POST {path} {wish}" + (f"\ntypes: {', '.join(context.types)}" if context.types else "")
    start = f"POST {path}\nsummary: Create {article} {thing}\nauth: bearer\nbody: {{"
    if asked.fields:
        first = asked.fields[0]
        start += f" {first.name}{'?' if first.optional else ''}:"
    return (OWN_SYSTEM, Message("user", question), Message("assistant", start))


def _spoken(fields: Sequence[ListedField]) -> str:
    return ", ".join(map(_one_spoken, fields))


def _one_spoken(field: ListedField) -> str:
    said = f"optional {field.name}" if field.optional else field.name
    if field.fields:
        said += f" ({', '.join(each.name for each in field.fields)})"
    if field.values:
        said += f" ({'|'.join(field.values)})"
    if field.type:
        said += f" {field.type}"
    return f"{said} {field.low}..{field.high}" if field.low and field.high else said


def _words(name: str) -> list[str]:
    return re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name) or [name]


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


# -- every other model ------------------------------------------------------------------------------------------------


def _taught(text: str, asked: Listed, context: SpecContext) -> tuple[Message, ...]:
    """The notation, three worked examples, then the request."""
    lines = [text.strip()]
    if context.types:
        lines.append(f"types: {', '.join(context.types)}")
    if context.schemas:
        lines += ["these types exist already, do not define them again:", *context.schemas]
    if context.conventions:
        lines.append(f"conventions of this API: {'; '.join(context.conventions)}")
    if asked.name:
        lines.append(f"(the answer begins: {begun(asked.name)})")
    return (Message("system", _LESSON), *_EXAMPLES, Message("user", "\n".join(lines)))


_LESSON = """\
You design the data of HTTP APIs. Answer each request with one component schema sketch in the notation below: no prose, no code
fence, no YAML, no JSON Schema.

Name = { field: TYPE, field?: TYPE = default, … }     the schema that was asked for, on one line
Other = { … }                                         each further component that it uses, on a line of its own; never one that
                                                      is listed under "types:"

A '?' behind a name makes the field optional. Types: string int number bool uuid date datetime time duration email uri password
ipv4 ipv6 bytes object any, T[], map<T>, { field?: T }, "a" | "b", Name, T | null, int(1..5), string(3..64),
string(/^[A-Z]{3}$/), T[](1..10). Where descriptions are asked for, each stands in quotes behind its field's type:
age?: int(0..150) "Age in years". Every field that the request names is there, under that name, in camelCase if it is several
words. Add no limits that the request does not imply, and few fields that it does not name."""

_EXAMPLES = (
    Message(
        "user",
        "a Session with a token, when it expires, the user and an optional device name\n(the answer begins: Session = {)",
    ),
    Message(
        "assistant",
        """\
Session = { token: string, expiresAt: datetime, user: User, deviceName?: string }
User = { id: uuid, email: email, name: string }""",
    ),
    Message("user", "an invoice\ntypes: Customer\n(the answer begins: Invoice = {)"),
    Message(
        "assistant",
        """\
Invoice = { id: uuid, number: string, customer: Customer, status: "draft" | "open" | "paid", lines: InvoiceLine[], \
total: number, dueDate: date, paidAt?: datetime }
InvoiceLine = { description: string, quantity: int(1..), unitPrice: number }""",
    ),
    Message(
        "user", "Comment: text up to 500 characters, rating 1 to 5, author_name, created_at\n(the answer begins: Comment = {)"
    ),
    Message("assistant", "Comment = { text: string(..500), rating: int(1..5), author_name: string, created_at: datetime }"),
)
_WITH_DESCRIPTIONS = "with a description of every field"
_DESCRIBE = "Write these lines again, unchanged but for a short description in quotes behind the type of every field:"
_DESCRIBED = (
    Message(
        "user",
        _DESCRIBE + "\n\nLot = {id: uuid, closesAt?: datetime, bids: Bid[] }\nBid = {amount: number }",
    ),
    Message(
        "assistant",
        """\
Lot = { id: uuid "Unique identifier of the lot", closesAt?: datetime "When bidding ends", bids: Bid[] "Highest first" }
Bid = { amount: number "What is offered, in the currency of the auction" }""",
    ),
)
