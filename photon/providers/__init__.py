"""Whoever can answer: one module a wire protocol, and the registry that leads from the settings to one of them.

Each module is imported by its own name: what stands here is paid for by every command.
"""
