"""Realistic examples, made by code from names and types, and valid against the schema they stand beside."""
