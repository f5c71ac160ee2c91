"""Claim a file or folder, so that two runs of this machine do not do the same work at once."""

import getpass
import hashlib
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

_LOCKS = 1024  # files at most; two paths that share one wait for each other

log = logging.getLogger(__name__)


@contextmanager
def claim(path: Path, *, wait: bool) -> Iterator[bool]:
    """Hold a path inside the block. A process that is killed loses its claims.

    The lock is a file among the temporary files of this machine: nothing is left beside the path. Where no
    lock can be had (a full or read-only disk), the claim is granted.

    Args:
        path: what is claimed; it need not exist.
        wait: whether to wait for another holder.

    Yields:
        Whether it is held; False only without `wait`.
    """
    try:
        lock = FileLock(_place(path))
        lock.acquire(timeout=-1 if wait else 0)
    except Timeout:
        yield False
        return
    except OSError as error:
        log.debug("%s: no lock (%s)", path, error)
        yield True
        return
    try:
        yield True
    finally:
        lock.release()


def _place(path: Path) -> Path:
    folder = Path(tempfile.gettempdir()) / f"chorus-recon-{_user()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    digest = hashlib.sha256(os.fsencode(os.path.abspath(path))).digest()  # noqa: PTH100  (links stay)
    return folder / f"{int.from_bytes(digest[:4]) % _LOCKS}.lock"


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else getpass.getuser()
