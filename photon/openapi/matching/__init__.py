"""A sketch becomes OpenAPI that fits the specification: its names, components, security, errors and pagination."""
