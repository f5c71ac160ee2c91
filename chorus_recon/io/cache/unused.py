"""Remember when something in the cache was last used, and remove what nobody used for a month.

A marker beside each file or folder has the time of its last use. Marking and removing both hold the lock of
the file or folder, so who marks it first and then finds it there can open it whenever they like.
"""

import contextlib
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

from filelock import FileLock, Timeout

KEPT_DAYS = 30.0


def lock_of(path: Path, timeout_s: float = -1) -> FileLock:
    """The lock that is held while a file or folder of the cache is written, marked or removed."""
    return FileLock(path.with_name(f".{path.name}.lock"), timeout=timeout_s)


def mark_used(path: Path) -> None:
    """Mark a file or folder of the cache as used now; call this before looking whether it is there.

    Waits while another process writes it. A cache that cannot be written is left as it is.
    """
    with contextlib.suppress(OSError, NotImplementedError):
        if path.parent.is_dir():
            with lock_of(path):
                _marker(path).touch()


def clear_unused(paths: Iterable[Path]) -> None:
    """Remove those files and folders of the cache that were neither made nor used for `KEPT_DAYS`.

    Links, what another process has the lock of, and what cannot be removed stay.
    """
    for path in paths:
        with contextlib.suppress(OSError, Timeout, NotImplementedError):
            if path.is_symlink() or not _unused(path):
                continue
            with lock_of(path, timeout_s=0):
                if _unused(path):  # another process may have marked it meanwhile
                    _remove(path)


def _marker(path: Path) -> Path:
    return path.with_name(f".{path.name}.used")


def _unused(path: Path) -> bool:
    times = [one.stat().st_mtime for one in (path, _marker(path)) if one.exists()]
    return bool(times) and time.time() - max(times) > KEPT_DAYS * 86400


def _remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    _marker(path).unlink(missing_ok=True)
