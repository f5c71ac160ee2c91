"""How many workers this machine can take, and how their memory is kept."""

import ctypes
import os
import sys
from pathlib import Path
from typing import Any

_CGROUP = Path("/sys/fs/cgroup")
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # parameters of mallopt in glibc's malloc.h
_KEPT_FREE = 256 << 20  # bytes at the end of the heap: about what a photo takes and gives back
_LARGE = 32 << 20  # bytes, the most that glibc allows: a larger block goes back to the system when freed


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


def keep_freed_memory() -> bool:
    """Let this process keep up to 256 MB that it has freed, for its next item.

    Without that, glibc gives most large blocks back to the system at once, and clearing pages again takes 3 %
    of the CPU time of a photo.

    Returns:
        Whether the C library can be told so; only glibc can.
    """
    tell = _of_glibc("mallopt")
    return (
        tell is not None and bool(tell(_MMAP_THRESHOLD, _LARGE)) and bool(tell(_TRIM_THRESHOLD, _KEPT_FREE))
    )


def give_back_freed_memory() -> bool:
    """Give all free pages of the heap back to the system; only glibc can.

    Returns:
        Whether some were given back.
    """
    trim = _of_glibc("malloc_trim")
    return trim is not None and bool(trim(0))


def _of_glibc(name: str) -> Any:
    """A function of glibc; None with another C library."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return getattr(ctypes.CDLL(None), name)
    except (AttributeError, OSError):
        return None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""
