"""How a specification is written: what it has in common, found by counting, or taken from a profile."""
