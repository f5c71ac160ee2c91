"""Check that a folder can be written, write files all at once, and clear what a killed run left beside it."""

import hashlib
import os
import platform
import re
import secrets
import shutil
from pathlib import Path

from chorus_recon.errors import OutputError, make_room

_PART = "part"
_LONGEST = 60  # characters of a folder's name that its temporary names repeat
_CHECK = "check"  # purpose of a folder that is made to see whether one can be
_open: set[Path] = set()  # temporary folders of this process that are in use


def check_writable(folder: Path) -> None:
    """Check that a folder, or the one that it would be made in, can be written. Nothing is left behind.

    Raises:
        OutputError: a file is in the way, or nothing can be written there.
    """
    place = folder.absolute()
    try:
        while not place.exists():
            if place.is_symlink():
                raise OutputError(f"{place}: is a link to nothing.", "Pass another place with -o DIR.")
            place = place.parent
        if not place.is_dir():
            raise OutputError(
                f"{place}: is a file; a directory was expected.", "Pass another place with -o DIR."
            )
        for left in leftovers(place / _CHECK, _CHECK):
            shutil.rmtree(left, ignore_errors=True)
        made = temporary(place / _CHECK, _CHECK)
        try:
            made.mkdir()
            (made / folder.name).mkdir()  # the name itself may be too long
        finally:
            release(made)
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be written ({error.strerror or error}).",
            f"{make_room(error)}, or pass another place with -o DIR.",
        ) from error


def replace_file(path: Path, content: bytes) -> None:
    """Write a file all at once: whoever reads it meanwhile sees the old content or the new.

    Raises:
        OSError: it cannot be written.
    """
    for part in leftovers(path, _PART):
        part.unlink(missing_ok=True)
    part = temporary(path, _PART)
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
        _open.discard(part)


def temporary(directory: Path, purpose: str) -> Path:
    """A free hidden name beside a folder or file, known to `leftovers` should this process be killed."""
    token = f"{_machine()}-{os.getpid()}-{secrets.token_hex(3)}"
    path = directory.parent / f".{_short(directory.name)}.{token}.{purpose}"
    _open.add(path)
    return path


def release(path: Path) -> None:
    """Remove a temporary folder, if it is still there."""
    shutil.rmtree(path, ignore_errors=True)
    _open.discard(path)


def leftovers(directory: Path, purpose: str) -> list[Path]:
    """Temporary folders and files beside a folder or file whose process is gone, the latest last."""
    pattern = re.compile(
        rf"\.{re.escape(_short(directory.name))}\.{_machine()}-(\d+)-[0-9a-f]{{6}}\.{re.escape(purpose)}"
    )
    found = []
    if directory.parent.is_dir():
        for path in directory.parent.iterdir():
            match = pattern.fullmatch(path.name)
            if match and path not in _open and not _runs(int(match[1])):
                found.append(path)
    return sorted(found, key=lambda path: path.stat().st_mtime)


def has_leftovers(folder: Path) -> bool:
    """Whether a folder holds temporary folders or files of a process that is gone."""
    pattern = re.compile(rf"\..+\.{_machine()}-(\d+)-[0-9a-f]{{6}}\.[a-z]+")
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    matches = (pattern.fullmatch(name) for name in names if name.startswith("."))
    return any(match and not _runs(int(match[1])) for match in matches)


def _short(name: str) -> str:
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST // 2]}-{hashlib.sha256(os.fsencode(name)).hexdigest()[:8]}"


def _machine() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:4]


def _runs(pid: int) -> bool:
    """Whether another process of this machine has the number; this process knows its own folders."""
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
