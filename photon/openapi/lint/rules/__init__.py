"""The rules, by what they are about. Importing this registers them."""

from photon.openapi.lint.rules import (  # noqa: F401 - each registers its rules
    bounds,
    composition,
    examples,
    information,
    operations,
    parameters,
    paths,
    references,
    responses,
    schemas,
    security,
    structure,
    style,
    values,
)
