"""Schemas from examples: what several JSON documents have in common, found by looking at every value of all of them."""
