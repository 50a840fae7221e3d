"""In which order targets are asked: as they are listed, and those that failed lately after all others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Rest(Protocol):
    """A target that failed lately and is asked last. failed_at: POSIX seconds. reason: one line for people."""

    @property
    def failed_at(self) -> float: ...
    @property
    def reason(self) -> str: ...


def in_order(targets: Iterable[T], rest_of: Callable[[T], Rest | None]) -> list[T]:
    """`targets`, those that rest behind the others, the least recently failed of them first."""

    def failed_at(target: T) -> float:
        rest = rest_of(target)
        return rest.failed_at if rest else 0.0

    return sorted(targets, key=failed_at)
