"""A sketch becomes OpenAPI that fits the specification: its names, components, security, errors and pagination."""

from photon.openapi.matching.matcher import Matcher, matched

__all__ = ["Matcher", "matched"]
