"""Moments as people write them: a date, a date and a time, or how long ago."""

from __future__ import annotations

import re
from typing import Final

from photon.errors import UsageError

_AGO = re.compile(r"(\d{1,6})([mhdw])")
_SECONDS: Final = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def moment(text: str, *, now: float) -> float:
    """`text` as POSIX seconds: 2026-11-20 (its first second) and 2026-11-20T10:30 in local time unless they name a zone;
    30m, 24h, 7d and 2w before `now`. Raises UsageError for anything else.
    """
    from datetime import datetime

    if ago := _AGO.fullmatch(text.strip()):
        return now - int(ago[1]) * _SECONDS[ago[2]]
    try:
        return datetime.fromisoformat(text.strip()).timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"{text!r} is no date and no time ago", hint="2026-11-20, 2026-11-20T10:30, 7d, 24h or 30m") from error


def local_time(seconds: float) -> str:
    """POSIX seconds for people, to the minute, in local time."""
    from datetime import datetime

    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")


def rfc3339(seconds: float) -> str:
    """POSIX seconds for machines: UTC with milliseconds."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
