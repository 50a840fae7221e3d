"""What is known of models by their id, as data: what they can do, and which one is asked when nobody named one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal
from urllib.parse import urlsplit

from photon.chat import Capabilities

Purpose = Literal["sketch", "chat"]
"""What the answer is for: an operation sketch, or free conversation."""

OPENAI_URL: Final = "https://api.openai.com/v1"
PHOTON_SKETCH_FORMAT: Final = "photon-sketch-1"
"""The prompt format that our own adapter was trained on."""

PHOTON_MODEL: Final = "photon-openapi"
"""Our own model: the base with the shipped adapter. It writes sketches and nothing else."""

BASE_MODEL: Final = "smollm2-135m-instruct"
"""The base alone, for conversation."""

# openai: small, and it does not reason unless told to, so the first token comes at once and temperature 0 is accepted; the
# newer and cheaper "luna" models reason by default, and gpt-5-mini and gpt-4.1-mini are being switched off.
# ollama: has no default of its own; llama3.2 is small enough for any laptop, and a missing model is answered with the
# 'ollama pull' that mends it.
DEFAULT_MODELS: Final[Mapping[str, Mapping[Purpose, str]]] = MappingProxyType(
    {
        "local": {"sketch": PHOTON_MODEL, "chat": BASE_MODEL},
        "openai": {"sketch": "gpt-5.4-mini", "chat": "gpt-5.4-mini"},
        "ollama": {"sketch": "llama3.2", "chat": "llama3.2"},
        "fake": {"sketch": "fake", "chat": "fake"},
    }
)

SERVER_MODEL: Final = "default"
"""What an OpenAI-compatible server is asked for when nobody named a model: one that serves a single model takes any name."""


def family(model: str) -> str:
    """The id without namespace and tag, in lower case: 'photon-openapi' for 'me/photon-openapi:latest'."""
    return model.rsplit("/", 1)[-1].split(":", 1)[0].lower()


def capabilities(kind: str, model: str) -> Capabilities:
    """What `model` can do when it is asked over the wire protocol `kind`."""
    ours = family(model) == PHOTON_MODEL
    return Capabilities(
        chat=not ours,
        prefill=kind == "local" or (ours and kind == "ollama"),  # ollama's /api/chat continues a trailing assistant message
        grammar=kind == "local",
        prompt_format=PHOTON_SKETCH_FORMAT if ours else None,
    )


def is_openai(url: str) -> bool:
    """OpenAI itself, on its own hosts or on Azure's."""
    host = urlsplit(url or OPENAI_URL).hostname or ""
    return f".{host}".endswith((".openai.com", ".openai.azure.com"))
