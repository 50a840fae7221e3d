"""Photon: from one line of English to an OpenAPI path, in the terminal, in a pipe, in CI and offline."""

__version__ = "0.1.0"
