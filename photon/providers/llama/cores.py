"""How many threads to compute with."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Final

_TOPOLOGY: Final = Path("/sys/devices/system/cpu")
_CGROUP: Final = Path("/sys/fs/cgroup")


def physical_cores(topology: Path = _TOPOLOGY, cgroup: Path = _CGROUP) -> int:
    """Physical cores that this process may use, at least 1; the affinity mask and a container's CPU limit count.

    Two hyperthreads of one core share its arithmetic units, and more threads than cores make llama.cpp slower.
    """
    cpus = _allowed_cpus()
    siblings = {_siblings(topology, cpu) for cpu in cpus}
    if None not in siblings:
        cores = len(siblings)
    elif platform.machine().lower() in ("arm64", "aarch64"):  # no hyperthreads there
        cores = len(cpus)
    else:
        cores = len(cpus) // 2
    return max(1, min(cores, _quota(cgroup) or cores))


def _allowed_cpus() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


def _siblings(topology: Path, cpu: int) -> str | None:
    """The CPUs on the same core as `cpu`, in the kernel's notation ('0,4'); None where the kernel does not say."""
    try:
        return (topology / f"cpu{cpu}" / "topology" / "thread_siblings_list").read_text().strip()
    except OSError:
        return None


def _quota(cgroup: Path) -> int | None:
    """Whole CPUs that a container may use, None where unlimited. https://docs.kernel.org/admin-guide/cgroup-v2.html"""
    try:
        quota, period = (cgroup / "cpu.max").read_text().split()
        return max(1, int(quota) // int(period))
    except (OSError, ValueError, ZeroDivisionError):  # no cgroup v2 here, or "max"
        return None
