"""How paths are written: what is done behind a slash or a colon, what they end with, and where the servers' own paths end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from photon.openapi.naming import is_action
from photon.openapi.spec import Spec
from photon.openapi.style.survey import Evidence, Survey, items, most

BEHIND_COLON, BEHIND_SLASH = "/things/{id}:cancel", "/things/{id}/cancel"

_NEARLY_ALL, _FEW = 0.85, 4
_ACTION = re.compile(r"(?P<before>[\w}]):(?P<custom>[A-Za-z]\w*)\Z|\}/(?P<word>[A-Za-z][\w-]*)/?\Z")
_END = re.compile(r"/\Z|(?<=[\w}])\.(?:json|xml|csv|ya?ml|html?|js|php|aspx?|jsp|do|atom|rss)\Z")
_VARIABLE = re.compile(r"\{([^{}]*)\}")


def actions(survey: Survey) -> Evidence | None:
    """How most actions are written, BEHIND_COLON or BEHIND_SLASH; None where nothing is an action."""
    count: Counter[str] = Counter()
    for seen in survey.operations:
        found = _ACTION.search(seen.operation.path)
        custom, word = (found["custom"], found["word"]) if found else (None, None)
        if custom and (is_action(custom, "POST") or (found and found["before"] == "}")):
            count[BEHIND_COLON] += 1
        elif word and seen.operation.method == "POST" and is_action(word, "POST"):
            count[BEHIND_SLASH] += 1
    way, agreeing = most(count)
    return Evidence("actions", way, agreeing, count.total()) if way else None


def path_end(survey: Survey) -> Evidence | None:
    """What nearly all paths end with, a slash or a file's extension; None where nearly all end with their last word."""
    paths = {seen.operation.path for seen in survey.operations if seen.operation.path != "/"}
    count = Counter(found[0] for path in paths if (found := _END.search(path)))
    end, agreeing = most(count)
    usual = end and len(paths) >= _FEW and agreeing >= _NEARLY_ALL * len(paths)
    return Evidence("path endings", end, agreeing, len(paths)) if usual else None


def base_paths(spec: Spec) -> tuple[str, ...]:
    """The paths of the servers' URLs, with the defaults of their variables, the longest first; those that are not ``/``."""
    servers = (server for server in items(spec.document.get("servers")) if isinstance(server, Mapping))
    found = (_path(_url(server)) for server in servers)
    return tuple(sorted(dict.fromkeys(filter(None, found)), key=len, reverse=True))


def _url(server: Mapping[str, Any]) -> str:
    url, variables = server.get("url"), server.get("variables")

    def default(found: re.Match[str]) -> str:
        variable = variables.get(found[1]) if isinstance(variables, Mapping) else None
        value = variable.get("default") if isinstance(variable, Mapping) else None
        return found[0] if value is None else str(value)

    return _VARIABLE.sub(default, url) if isinstance(url, str) else ""


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/")
    except ValueError:  # an address in brackets that is none
        return ""
