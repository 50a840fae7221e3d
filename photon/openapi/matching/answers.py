"""The responses of a new operation: statuses, errors and headers as its neighbours have them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from photon.openapi.matching.surroundings import Surroundings, Wanted, is_error, is_success
from photon.openapi.operation import reason
from photon.openapi.schemas import Schema
from photon.openapi.spec import SpecOperation
from photon.openapi.style.model import Style
from photon.sketch.model import Response

_ASKED = 6
"""So many neighbours are asked which errors an operation has."""
_ENOUGH = 5
"""With fewer operations than this, a status that none of them has may just not have come up."""
_RARELY = 0.25
"""A status that a smaller share of the operations near have is an exception there."""
_AGREED = 0.5
_BODILESS = 0.2
"""What an error without a body counts where errors have bodies: mostly it was forgotten."""


class Answers:
    """Writes responses."""

    def __init__(self, surroundings: Surroundings, style: Style) -> None:
        self._around = surroundings
        self._style = style

    # -- successes ----------------------------------------------------------------------------------------------------

    def success_status(self, response: Response, wanted: Wanted, stated: tuple[str, ...]) -> str:
        """The status that such operations answer with. One that the request states, or that others have too, stays."""
        status, usual = response.status, self._style.success.get(wanted.method)
        if status in stated or not usual or status == usual or not is_success(status):
            return status
        if (usual == "204") != (response.content is None):
            return status  # what it answers with says more than a habit
        if not self._around.operations:
            return usual if status == "201" else status
        return status if status in self._successes.get(wanted.method, ()) else usual

    @cached_property
    def _successes(self) -> Mapping[str, frozenset[str]]:
        """The success statuses of at least a tenth of the operations of a method."""
        often: dict[str, Counter[str]] = {}
        for operation in self._around.operations:
            found = often.setdefault(operation.method, Counter())
            found.update(status for status in self._around.responses(operation) if is_success(status))
        return {
            method: frozenset(status for status, count in found.items() if 10 * count >= found.total())
            for method, found in often.items()
        }

    def headers(self, wanted: Wanted) -> dict[str, Any]:
        """The headers that most successful answers have, as the nearest one writes them."""
        missing, found = set(self._style.headers), dict[str, Any]()
        for near in self._around.near(wanted) if missing else ():
            for status, response in self._around.responses(near.operation).items():
                meaning, source = self._around.located(response, near.operation)
                listed = meaning.get("headers")
                for name in missing & set(listed) if is_success(status) and isinstance(listed, Mapping) else ():
                    found[name] = self._around.copy((listed or {})[name], source)
            missing -= set(found)
            if not missing:
                break
        return {name: found[name] for name in self._style.headers if isinstance(found.get(name), Mapping)}

    # -- errors -------------------------------------------------------------------------------------------------------

    def errors(self, responses: tuple[Response, ...], wanted: Wanted, stated: tuple[str, ...]) -> dict[str, Schema]:
        """The error responses by status: those that the request states, those that the neighbours have, and those of the
        model that the specification has too."""
        asked = {each.status: each for each in responses if each.is_error}
        near = self._statuses_near(wanted)
        known = self._known and self._known & self._not_rare(wanted)
        statuses = [
            *near,
            *(status for status in asked if status not in near and (status in known or status in stated or not self._known)),
        ]
        if self._known and not near and not any(status in known for status in asked):
            statuses += self._style.errors.statuses.get(wanted.method, ())
        if not self._around.operations:
            statuses = list(dict.fromkeys((*asked, *self._style.errors.statuses.get(wanted.method, ()))))
        if "default" in near:
            statuses = [status for status in statuses if status in near or status in stated]
        found = {status: self._error(status, asked.get(status), wanted) for status in dict.fromkeys(statuses)}
        return self._of_one_body(found, wanted)

    def _of_one_body(self, errors: dict[str, Schema], wanted: Wanted) -> dict[str, Schema]:
        """The same, all that have a body with the same one, unless single operations near have different ones."""
        bodies = {json.dumps(each["content"], sort_keys=True, default=str) for each in errors.values() if "content" in each}
        if len(bodies) < 2:
            return errors
        several = [found for each in self._around.near(wanted)[: 2 * _ASKED] if len(found := self._bodies(each.operation)) > 1]
        if 2 * sum(len(set(each)) > 1 for each in several) > len(several):
            return errors
        common = self._body_near(wanted)
        return {
            status: {**each, "content": common} if common and "content" in each else each for status, each in errors.items()
        }

    def _bodies(self, operation: SpecOperation) -> list[str]:
        """The contents of the errors of an operation that have any, as JSON; what successes answer with is no error's."""
        found = []
        for status, response in self._around.responses(operation).items():
            meaning, source = self._around.located(response, operation) if is_error(status) else ({}, operation.source)
            content = self._around.copy(meaning.get("content"), source)
            if content and not self._is_success_body(content):
                found.append(json.dumps(content, sort_keys=True, default=str))
        return found

    def _is_success_body(self, content: Any) -> bool:
        return bool(_references(content) & self._success_schemas)

    @cached_property
    def _success_schemas(self) -> frozenset[str]:
        """What the bodies of successes refer to, and no more than half as often those of errors."""
        count: Counter[str] = Counter()
        for operation in self._around.operations:
            for status, response in self._around.responses(operation).items():
                sign = 1 if is_success(status) else -2 if is_error(status) else 0
                for reference in _references(self._around.resolved(response, operation).get("content")):
                    count[reference] += sign
        return frozenset(reference for reference, often in count.items() if often > 0)

    def _not_rare(self, wanted: Wanted) -> frozenset[str]:
        """The error statuses that are no exception near."""
        near = self._around.near(wanted)[: 2 * _ASKED]
        count = Counter(status for each in near for status in self._around.responses(each.operation) if is_error(status))
        return frozenset(status for status, often in count.items() if often >= _RARELY * len(near))

    @cached_property
    def _known(self) -> frozenset[str]:
        """The error statuses that are not rare; none where there are too few operations to call anything rare."""
        if len(self._around.operations) < _ENOUGH:
            return frozenset()
        count = Counter(
            status for each in self._around.operations for status in self._around.responses(each) if is_error(status)
        )
        return frozenset(status for status, often in count.items() if 50 * often >= len(self._around.operations))

    def _statuses_near(self, wanted: Wanted) -> list[str]:
        """The error statuses that most of the nearest operations have, those of the same method before others."""
        nearest = self._around.near(wanted)
        same = [each for each in nearest if each.operation.method == wanted.method][:_ASKED]
        chosen = same if len(same) >= 3 else nearest[:_ASKED]
        weight: Counter[str] = Counter()
        for each in chosen:
            for status in filter(is_error, self._around.responses(each.operation)):
                weight[status] += each.nearness  # type: ignore[assignment] # a Counter counts in floats too
        whole = sum(each.nearness for each in chosen)
        return [status for status, weighed in weight.items() if 2 * weighed >= whole]

    def _error(self, status: str, asked: Response | None, wanted: Wanted) -> Schema:
        """One error: the component response, or the same error of the nearest operation, or the body that errors have."""
        said = asked.description if asked and asked.description else None
        found = self._same_near(status, wanted)
        if found is not None and "$ref" in found:
            return found
        name = self._style.errors.responses.get(status)
        if name is not None and found is None:
            return {"$ref": f"#/components/responses/{name}"}
        if found is not None:
            return {**found, "description": self._words_near(status, wanted) or said or reason(status)}
        content = self._body_near(wanted)
        return {"description": said or reason(status), **({"content": content} if content else {})}

    def _same_near(self, status: str, wanted: Wanted) -> Schema | None:
        """The response of that status, as most of the nearest operations that have one write it."""
        votes: dict[str, float] = {}
        found: dict[str, Schema] = {}
        for response, operation, nearness in self._having(status, wanted):
            written = self._written(response, operation)
            if written is None or self._is_success_body(written.get("content")):
                continue
            key = json.dumps(
                {name: each for name, each in written.items() if name != "description"}, sort_keys=True, default=str
            )
            weight = 1.0 if "content" in written or "$ref" in written or not self._style.errors.media_type else _BODILESS
            votes[key] = votes.get(key, 0.0) + weight * nearness**4
            found.setdefault(key, written)
            if sum(1 for _ in votes) > _ASKED:
                break
        return found[max(votes, key=votes.__getitem__)] if votes else None

    def _words_near(self, status: str, wanted: Wanted) -> str | None:
        """The description that most of the nearest responses of that status have: one of a single operation is about that."""
        found = [
            self._around.resolved(response, operation).get("description")
            for response, operation, _ in self._having(status, wanted)
        ]
        words, often = Counter(str(each).strip() for each in found if each).most_common(1)[0] if any(found) else ("", 0)
        return words if often > max(1, _AGREED * len(found)) else None

    def _having(self, status: str, wanted: Wanted) -> Iterator[tuple[Any, SpecOperation, float]]:
        count = 0
        for near in self._around.near(wanted):
            responses = self._around.responses(near.operation)
            if status in responses:
                yield responses[status], near.operation, near.nearness
                count += 1
            if count == _ASKED:
                return

    def _written(self, response: Any, operation: SpecOperation) -> Schema | None:
        """A neighbour's response as it would be written here; its own words, if it is inline, are no part of a habit."""
        copy = self._around.copy(response, operation.source)
        if not isinstance(copy, dict):
            return None
        return copy if "$ref" in copy else {key: copy[key] for key in ("description", "headers", "content") if key in copy}

    def _body_near(self, wanted: Wanted) -> Any:
        """The content of most errors near, whatever their status; else the style's."""
        votes: Counter[str] = Counter()
        for near in self._around.near(wanted)[: 2 * _ASKED]:
            votes.update(self._bodies(near.operation))
        if votes:
            return json.loads(votes.most_common(1)[0][0])
        errors = self._style.errors
        if errors.media_type is None:
            return None
        return {errors.media_type: {"schema": dict(errors.schema)} if errors.schema else {}}


def _references(content: Any) -> set[str]:
    """What the schemas of a body are, where they are references."""
    media = content.values() if isinstance(content, Mapping) else ()
    schemas = (each.get("schema") for each in media if isinstance(each, Mapping))
    return {str(each["$ref"]) for each in schemas if isinstance(each, Mapping) and "$ref" in each}
