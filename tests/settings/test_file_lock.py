import os
import subprocess
import sys
from pathlib import Path

import pytest

from photon.errors import PhotonError
from photon.settings.file_lock import locked

HOLDING = """
import sys, time
from pathlib import Path
from photon.settings.file_lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_whoever_comes_second_waits_until_the_first_has_ended_however_it_ended(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    process = subprocess.Popen([sys.executable, "-c", HOLDING, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with pytest.raises(PhotonError, match="is held by another process"), locked(path, patience=0.05):
        pass
    process.kill()
    process.wait()
    with locked(path, patience=5):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(PhotonError, match="cannot write"), locked(tmp_path / ".lock"):
        pass


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PhotonError, match="cannot write"), locked(tmp_path / "nowhere" / ".lock"):
        pass
