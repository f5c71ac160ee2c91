"""How many workers this machine can take, and how they give memory back."""

import ctypes
import os
import sys
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")


def cpus() -> int:
    """Processors that this process may use, at least 1."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota, _, period = _read(_CGROUP / "cpu.max").partition(" ")
    if quota.isdecimal() and period.strip().isdecimal():
        allowed = min(allowed, int(quota) // int(period))
    return max(1, allowed)


def free_bytes() -> int | None:
    """Memory that programs may still take; None where the system does not say."""
    free = None
    for line in _read(Path("/proc/meminfo")).splitlines():
        if line.startswith("MemAvailable:"):
            free = int(line.split()[1]) * 1024
    most, used = _read(_CGROUP / "memory.max").strip(), _read(_CGROUP / "memory.current").strip()
    if most.isdecimal() and used.isdecimal():
        inside = max(0, int(most) - int(used))
        free = inside if free is None else min(free, inside)
    return free


def workers_that_fit(bytes_each: int) -> int:
    """Workers of one thread that have a processor and the memory they need, at least 1."""
    free = free_bytes()
    return cpus() if free is None else max(1, min(cpus(), free // bytes_each))


def give_back_freed_memory() -> bool:
    """Give all free pages of the heap back to the system; only glibc can.

    Returns:
        Whether some were given back.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        return bool(ctypes.CDLL(None).malloc_trim(0))
    except (AttributeError, OSError):  # another C library
        return False


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""
