"""The clock: certificates, budgets by the day, rests and the age of answers go by it."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Final

from photon.tasks.checkup.finding import Finding
from photon.tasks.checkup.visit import ServerTime, Visit

_TOLERATED: Final = 300.0
"""Seconds; Kerberos and signed requests tolerate as much."""

_RELEASED: Final = 2026
"""The year before which no Photon can have been installed."""


async def clock(visit: Visit) -> AsyncGenerator[Finding, None]:
    """Compared with the servers that were reached, the companies' where there are any; without one, only whether it can be."""
    now = time.localtime()
    text = time.strftime("%Y-%m-%d %H:%M %Z (UTC%z)", now)
    mend = "set the clock, by timedatectl set-ntp true for one"
    other = _typical([each for each in visit.times if each.cloud] or visit.times)
    if other and abs(other.ahead) > _TOLERATED:
        way = "behind" if other.ahead > 0 else "ahead of"
        off = f"{text} is {_span(abs(other.ahead))} {way} the clock of {other.host}"
        yield Finding("clock", "warning", f"{off}; TLS and budgets depend on it", mend)
    elif now.tm_year < _RELEASED:
        yield Finding("clock", "warning", f"{text} is before Photon was made", mend)
    else:
        yield Finding(
            "clock", "ok", f"{text}, as at {other.host}" if other else f"{text}; nobody was reached to compare it with"
        )
    if zone := _unknown_zone(visit.environ):
        yield Finding("clock", "note", f"TZ is {zone}, which is no time zone here, so days begin at midnight UTC", "unset TZ")


def _typical(times: Sequence[ServerTime]) -> ServerTime | None:
    """The one in the middle, for one server may be wrong."""
    ordered = sorted(times, key=lambda each: each.ahead)
    return ordered[(len(ordered) - 1) // 2] if ordered else None


def _span(seconds: float) -> str:
    from photon.records.targets import span

    return span(seconds)


def _unknown_zone(environ: Mapping[str, str]) -> str:
    """The value of TZ where it is the name of a place that this system does not know; "" for anything else."""
    zone = environ.get("TZ", "").removeprefix(":")
    if "/" not in zone or zone.startswith("/"):
        return ""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(zone)
    except Exception:
        return zone
    return ""
