"""Keep folders of files in the cache that are made from others.

What is missing or damaged is made again. What was not used for a month is removed when another is made.
"""

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from chorus_recon.errors import OutputError, make_room
from chorus_recon.io.cache.unused import clear_unused, lock_of, mark_used
from chorus_recon.io.fetch import cache_dir, sha256_of

_SUMS = "sums.json"  # file name -> SHA-256


def kept(kind: str, key: str, make: Callable[[Path], None]) -> Path:
    """The folder of the cache with what `make` writes. Safe across processes; each use checks the files.

    Args:
        kind: the folder of the cache that it is in.
        key: its name there; what decides its content must be part of it.
        make: writes the files into an empty folder.

    Raises:
        OutputError: it is not there, and the cache cannot be written.
    """
    folder = cache_dir() / kind / key
    mark_used(folder)
    if _sound(folder):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with lock_of(folder):
            if not _sound(folder):  # another process may have made it meanwhile
                _make(folder, make)
        clear_unused(sums.parent for sums in folder.parent.glob(f"*/{_SUMS}"))
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be written ({error.strerror or error}).",
            f"{make_room(error)}, or set CHORUS_CACHE to another folder.",
        ) from error
    return folder


def _make(folder: Path, make: Callable[[Path], None]) -> None:
    with tempfile.TemporaryDirectory(prefix=".made-", dir=folder.parent) as temporary:
        made = Path(temporary) / folder.name
        made.mkdir()
        make(made)
        sums = {path.name: sha256_of(path) for path in sorted(made.iterdir())}
        (made / _SUMS).write_text(json.dumps(sums), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)


def _sound(folder: Path) -> bool:
    try:
        sums = json.loads((folder / _SUMS).read_text(encoding="utf-8"))
        return bool(sums) and all(sha256_of(folder / name) == digest for name, digest in sums.items())
    except (OSError, ValueError, AttributeError):
        return False
