"""How many threads to compute with."""

import os
from pathlib import Path

import pytest

from photon.providers.llama import cores


@pytest.fixture
def eight_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)


def topology(folder: Path, siblings: dict[int, str]) -> Path:
    for cpu, text in siblings.items():
        (folder / f"cpu{cpu}" / "topology").mkdir(parents=True)
        (folder / f"cpu{cpu}" / "topology" / "thread_siblings_list").write_text(text + "\n")
    return folder


@pytest.mark.usefixtures("eight_cpus")
def test_two_hyperthreads_count_as_one_core(tmp_path: Path) -> None:
    described = topology(tmp_path, {cpu: f"{cpu % 4},{cpu % 4 + 4}" for cpu in range(8)})
    assert cores.physical_cores(described, tmp_path / "no-cgroup") == 4


@pytest.mark.usefixtures("eight_cpus")
@pytest.mark.parametrize(("limit", "expected"), [("200000 100000", 2), ("50000 100000", 1), ("max 100000", 8), ("nonsense", 8)])
def test_a_containers_limit_counts(limit: str, expected: int, tmp_path: Path) -> None:
    described = topology(tmp_path, {cpu: str(cpu) for cpu in range(8)})
    (tmp_path / "cpu.max").write_text(limit + "\n")
    assert cores.physical_cores(described, tmp_path) == expected


def test_the_affinity_mask_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1, 5}, raising=False)
    assert cores.physical_cores(topology(tmp_path, {1: "1,5", 5: "1,5"}), tmp_path) == 1


@pytest.mark.usefixtures("eight_cpus")
@pytest.mark.parametrize(("machine", "expected"), [("x86_64", 4), ("arm64", 8)])
def test_without_a_description_x86_is_taken_to_have_hyperthreads(
    machine: str, expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cores.platform, "machine", lambda: machine)
    assert cores.physical_cores(tmp_path, tmp_path) == expected
