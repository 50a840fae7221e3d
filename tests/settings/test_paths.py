import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

from photon.settings import paths

FOLDERS = [("PHOTON_CONFIG_DIR", paths.config_dir), ("PHOTON_CACHE_DIR", paths.cache_dir), ("PHOTON_DATA_DIR", paths.data_dir)]


@pytest.mark.parametrize(("variable", "folder"), FOLDERS)
def test_the_variable_chooses_the_folder(variable: str, folder: Callable[..., Path], tmp_path: Path) -> None:
    assert folder({variable: str(tmp_path)}) == tmp_path
    assert folder({variable: "~/here"}) == Path.home() / "here"
    assert folder({variable: "here"}) == Path.cwd() / "here"


def test_without_a_variable_the_platform_decides() -> None:
    assert paths.config_dir({}) == platformdirs.user_config_path("photon", appauthor=False)
    assert paths.cache_dir({"PHOTON_CACHE_DIR": ""}) == platformdirs.user_cache_path("photon", appauthor=False)
    assert paths.data_dir({}) == platformdirs.user_data_path("photon", appauthor=False)


@pytest.mark.skipif(sys.platform != "linux", reason="XDG is the convention of Linux")
def test_on_linux_xdg_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/xdg")
    assert paths.user_config_file({}) == Path("/xdg/photon/config.toml")


def test_the_project_file_is_the_nearest_upwards(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / "photon.toml").touch()
    assert paths.project_file(below) == tmp_path / "photon.toml"
    (tmp_path / "a" / "photon.toml").touch()
    assert paths.project_file(below) == tmp_path / "a" / "photon.toml"


def test_the_home_folder_is_shortened_for_people_and_nothing_else() -> None:
    assert paths.home_shortened(Path.home() / "x" / "y") == "~/x/y"
    assert paths.home_shortened(Path("/elsewhere/x")) == "/elsewhere/x"
