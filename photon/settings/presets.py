"""Providers that are known by name, so that a key is all they need, or nothing where the server is the user's own.

A preset is what ``[ai.providers.NAME]`` would say; whatever the settings do say there wins over it, field by field. Addresses
and model ids are those of the companies' own documentation, looked up in November 2026; each default model is a small one
that answers at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One provider that is known by name.

    kind: the wire protocol. url: the base URL, empty where it is different for everybody. path: what is added to an address
    without a path. model: asked when none is named; empty is the kind's own default for servers. keys: the names of the keys
    to look for, the first that there is being sent; none is the preset's own name. cloud: a company's, which wants a key.
    deployments: models go by names that the user chose, so one must be named. where: how to say where the server is.
    """

    kind: str = "openai"
    url: str = ""
    path: str = ""
    model: str = ""
    keys: tuple[str, ...] = ()
    cloud: bool = False
    deployments: bool = False
    where: str = ""


PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    {
        # https://console.groq.com/docs/openai; its Llama models were switched off on 2026-08-16 (docs/deprecations)
        "groq": Preset(url="https://api.groq.com/openai/v1", model="openai/gpt-oss-20b", cloud=True),
        # https://openrouter.ai/docs/quick-start, https://openrouter.ai/openai/gpt-5.4-mini
        "openrouter": Preset(url="https://openrouter.ai/api/v1", model="openai/gpt-5.4-mini", cloud=True),
        # https://docs.mistral.ai/api
        "mistral": Preset(url="https://api.mistral.ai/v1", model="mistral-small-latest", cloud=True),
        # https://docs.together.ai/docs/inference/openai-compatibility; api.together.xyz is its older name
        "together": Preset(url="https://api.together.ai/v1", model="openai/gpt-oss-20b", cloud=True),
        # https://api-docs.deepseek.com: deepseek-flash is the name since 2026-09-10
        "deepseek": Preset(url="https://api.deepseek.com", model="deepseek-flash", cloud=True),
        # https://ai.google.dev/gemini-api/docs/openai, docs/deprecations; Google's own SDKs read both variables
        "gemini": Preset(
            url="https://generativelanguage.googleapis.com/v1beta/openai",
            model="gemini-3.5-flash-lite",
            keys=("gemini", "google"),
            cloud=True,
        ),
        # https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle: the v1 API takes a key as the openai SDK
        # sends it (Authorization: Bearer), and the name of a deployment as the model
        "azure": Preset(
            path="/openai/v1",
            keys=("azure", "azure-openai"),
            cloud=True,
            deployments=True,
            where="set AZURE_OPENAI_ENDPOINT, as in https://RESOURCE.openai.azure.com, or the url of [ai.providers.azure]",
        ),
        # https://lmstudio.ai/docs/developer/openai-compat
        "lmstudio": Preset(url="http://localhost:1234/v1"),
        # https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
        "vllm": Preset(url="http://localhost:8000/v1"),
        # https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
        "llama-server": Preset(url="http://localhost:8080/v1"),
        # https://ericlbuehler.github.io/mistral.rs/guides/serve/openai-compatible-apis: "default" is its name for the one model
        "mistralrs": Preset(url="http://localhost:1234/v1", model="default"),
        "inference-server": Preset(
            where="set INFERENCE_SERVER_BASE_URL, as in http://localhost:8080/v1, or the url of [ai.providers.inference-server]"
        ),
    }
)

INFERENCE_SERVER: Final = "inference-server"
"""The server that the environment names; nobody sets such a variable for nothing, so with "auto" it is asked first."""

VARIABLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "INFERENCE_SERVER_BASE_URL": f"ai.providers.{INFERENCE_SERVER}.url",
        "INFERENCE_SERVER_MODEL": f"ai.providers.{INFERENCE_SERVER}.model",
        "AZURE_OPENAI_ENDPOINT": "ai.providers.azure.url",
    }
)
"""Variables that other programs read too, with the setting that each one is. Photon's own variable of it wins."""


def key_names_of(provider: str) -> tuple[str, ...]:
    """The names of the keys to look for, in order: "gemini", then "google", for "gemini"; its own for what is no preset."""
    return (PRESETS[provider].keys if provider in PRESETS else ()) or (provider,)


def is_own_host(key: str, url: str) -> bool:
    """Whether `url` is an address of the very company that the key by the name `key` is for, reached over TLS."""
    parts = urlsplit(url)
    own = {urlsplit(preset.url).hostname for name, preset in PRESETS.items() if preset.cloud and key in key_names_of(name)}
    return parts.scheme == "https" and parts.hostname in own - {None}
