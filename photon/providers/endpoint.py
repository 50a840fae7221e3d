"""One model at one provider, as data: enough to plan a route and to look in the cache without connecting to anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from photon.chat import Capabilities, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a request can go.

    provider: the configured name ("openai", "ollama", "local" or one from ``[ai.providers]``). kind: the wire protocol.
    model: the model id to ask for. url: the base URL, empty for a kind that has none. key: the name of the key to send,
    empty for none (the secret itself is fetched when connecting). cloud: true when prompts leave this machine's network
    for a company's. headers: the user's own, by name, to send besides Photon's. identity: what else shapes an answer (a model
    file's size and time), for the cache key.
    requests_per_minute, tokens_per_minute: the user's own limits for the provider on this machine, 0 for none.
    """

    provider: str
    kind: str
    model: str
    url: str = ""
    key: str = ""
    cloud: bool = False
    capabilities: Capabilities = Capabilities()
    identity: Mapping[str, str | int] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    requests_per_minute: int = 0
    tokens_per_minute: int = 0

    @property
    def origin(self) -> Origin:
        """Who answers, when this endpoint does."""
        return Origin(self.provider, self.model)
