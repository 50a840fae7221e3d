from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from memory_keyring import MemoryKeyring

from photon.settings.load import Loaded, load

Load = Callable[..., Loaded]


@pytest.fixture
def loaded(isolated: Path) -> Load:
    """Load with a photon.toml, a user's config.toml, variables and flags."""

    def loading(project: str = "", user: str = "", environ: dict[str, str] | None = None, **flags: object) -> Loaded:
        config = isolated.parent / "config"
        config.mkdir(exist_ok=True)
        (isolated / "photon.toml").write_text(project)
        (config / "config.toml").write_text(user)
        dotted = {f"ai.{name.replace('__', '.')}": value for name, value in flags.items()}
        return load(flags=dotted, environ={"PHOTON_CONFIG_DIR": str(config), **(environ or {})}, cwd=isolated)

    return loading


@pytest.fixture
def memory_keyring() -> Iterator[MemoryKeyring]:
    before, memory = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(before)
