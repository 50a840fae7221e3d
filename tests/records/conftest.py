from collections.abc import Callable
from pathlib import Path

import pytest

from photon.records.cache import ResponseCache

OpenCache = Callable[..., ResponseCache]


class Clock:
    """A clock that stands still until it is told to go."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def warned() -> list[str]:
    return []


@pytest.fixture
def open_cache(tmp_path: Path, clock: Clock, warned: list[str]) -> OpenCache:
    def opened(
        path: Path = tmp_path / "cache" / "answers.sqlite3", *, max_age_s: float = 1e6, max_size_bytes: float = 1e8
    ) -> ResponseCache:
        return ResponseCache(path, max_age_s=max_age_s, max_size_bytes=max_size_bytes, clock=clock, warnings=warned.append)

    return opened
