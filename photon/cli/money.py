"""USD for people."""

from __future__ import annotations


def money(usd: float | None) -> str:
    """USD for people: cents, and where that is less than one, as much of it as says something."""
    if usd is None:
        return "unknown"
    if usd == 0 or usd >= 0.00995:
        return f"${usd:,.2f}"
    return f"${usd:.4f}" if usd >= 0.00005 else "<$0.0001"
