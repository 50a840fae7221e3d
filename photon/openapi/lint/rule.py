"""What a rule is: a small pure function over one object of a document, with an id, a severity and an explanation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from photon.openapi.source.nodes import Pointer

if TYPE_CHECKING:
    from photon.openapi.lint.document import LintDocument
    from photon.openapi.source.source import Source

Severity = Literal["error", "warning", "info"]

Subject = Literal[
    "document", "info", "server", "tag", "path item", "operation", "parameter", "request body", "media type", "response",
    "header", "schema", "security scheme", "security requirement", "reference",
]  # fmt: skip
"""The kinds of object that rules are about (OpenAPI 3.1, section 4.8). A 'reference' is any mapping with a ``$ref`` where
OpenAPI allows one; 'schema' is every schema object, nested ones included; a 'parameter' may stand in a path item, an operation
or components."""

Place = Literal[Subject, "components", "callback", "link", "encoding", "example"]
"""What may stand somewhere in a document: the subjects, and what no rule has for a subject of its own."""


class Fix(NamedTuple):
    """A change that mends a problem without a choice of the user's: set, remove or rename what stands at `at`, or add an item
    to the list there.

    at: from the root of the file. value: what to set or to add; for 'rename' the new key.
    """

    action: Literal["set", "remove", "rename", "add"]
    at: Pointer
    value: Any = None


class Problem(NamedTuple):
    """One thing that is wrong. at: relative to the object; the place shown is that of the key there if `on_key`."""

    message: str
    at: Pointer = ()
    on_key: bool = True
    fixes: tuple[Fix, ...] = ()


class Visit(NamedTuple):
    """One object on the walk through a document.

    pointer: from the root of its file, which is `source`. parent: the visit it stands in; for what stands in another file or
    beside the known places, the reference that led there first. expected: of a reference, what should stand where it leads.
    """

    subject: Subject
    value: Mapping[str, Any]
    pointer: Pointer
    document: LintDocument
    source: Source
    parent: Visit | None = None
    expected: Place | None = None

    @property
    def key(self) -> str:
        """The last part of the pointer: the name of a component, the method of an operation, the path of a path item."""
        return str(self.pointer[-1]) if self.pointer else ""

    def within(self, subject: Subject) -> Visit | None:
        """The nearest visit of that subject that this one stands in; None where there is none."""
        visit = self.parent
        while visit is not None and visit.subject != subject:
            visit = visit.parent
        return visit

    def resolved(self, value: Any) -> Any:
        """`value`, which stands in this visit's file, or what its ``$ref`` leads to; None where nowhere."""
        return self.document.resolved(value, self.source)


Check = Callable[[Visit], Iterable[Problem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule as it is registered.

    summary: what is wrong, in one line. explanation: why it matters and how to mend it, a few sentences, with an example of
    wrong and right. redocly, spectral: the ids of the rules of those tools that say the same, empty where none does.
    safe: its fixes change neither a URL nor what is valid of a document that means what it says; those of others are only
    applied where that is asked for.
    also: further subjects that the rule is about; it is called at each of them. keys: it is only called where the object has
    one of these; at every object if there are none. alike_unless: what the rule says of an object that has none of these keys
    depends on nothing but its keys, the types of their values and the word that is its ``type``; what it says of a reference,
    on nothing but its keys, what it refers to, its file and what is expected there. Where it says nothing of one, it is not
    called for those that are alike. None where anything else may matter.
    """

    id: str
    subject: Subject
    severity: Severity
    summary: str
    explanation: str
    wrong: str
    right: str
    redocly: str = ""
    spectral: str = ""
    versions: tuple[str, ...] = ("3.0", "3.1", "3.2")
    on: bool = True
    fixable: bool = False
    safe: bool = True
    also: tuple[Subject, ...] = ()
    keys: tuple[str, ...] = ()
    alike_unless: tuple[str, ...] | None = None
    check: Check


RULES: dict[str, Rule] = {}
"""Every rule by its id, in the order of registration."""


def rule(**facts: Any) -> Callable[[Check], Check]:
    """Registers the function below it as the check of a rule with these facts (the fields of `Rule`, without `check`)."""

    def register(check: Check) -> Check:
        made = Rule(**facts, check=check)
        if made.id in RULES:
            raise ValueError(f"two rules are called {made.id}")
        RULES[made.id] = made
        return check

    return register
