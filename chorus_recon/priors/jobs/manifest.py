"""Keep the order of a folder's photos in a build: a picture keeps its place.

The build's folder remembers each picture's name, size and beginning. Others are appended, so that a picture
that is added or taken away moves none of those that were looked at.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cattrs

from chorus_recon.backends.images.photos import PhotoFolder
from chorus_recon.errors import ConfigError, PriorError
from chorus_recon.priors.jobs import collect
from chorus_recon.priors.jobs.storage import Storage

FILE = "pictures.json"
FORMAT = "chorus-recon-pictures"
VERSION = 1
HEAD_BYTES = 1 << 16  # read of each picture: what changes one changes its beginning


@dataclass(frozen=True, slots=True)
class Entry:
    """A picture by its path below the folder; `head` is a digest of its beginning."""

    name: str
    size: int
    head: str

    @property
    def content(self) -> tuple[int, str]:
        """What stays where a picture is renamed."""
        return self.size, self.head


@dataclass(frozen=True, slots=True)
class Manifest:
    """A build's pictures in its order, and the names of those that are not what they were."""

    entries: tuple[Entry, ...]
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Of the pictures, in order."""
        return tuple(one.name for one in self.entries)


def take(folder: Storage, photos: PhotoFolder) -> Manifest:
    """The order of a build's pictures, with what has come since at its end; nothing is written.

    Raises:
        ConfigError: none of the pictures of the build is left.
    """
    here = {name: _entry(name, photos.path(name)) for name in photos.names}
    before = load(folder)
    known = {one.name for one in before}
    fresh = {one.content: one for one in reversed(list(here.values())) if one.name not in known}
    entries: list[Entry] = []
    changed: list[str] = []
    gone: list[str] = []
    for one in before:
        if one.name not in here and one.content in fresh:
            entries.append(replace(one, name=fresh.pop(one.content).name))  # renamed
            continue
        entries.append(one)
        if one.name not in here:
            gone.append(one.name)
        elif here[one.name] != one:
            changed.append(one.name)
    if before and len(changed) + len(gone) == len(before):
        if not collect.finished(folder):
            return Manifest(tuple(here.values()))
        raise ConfigError(
            f"{folder.url}: holds a build of other pictures than those of {photos.folder}.",
            "Use the same pictures, or another folder.",
        )
    placed = {one.name for one in entries}
    more = (one for name, one in here.items() if name not in placed)
    return Manifest((*entries, *more), tuple(changed), tuple(gone))


def load(folder: Storage) -> tuple[Entry, ...]:
    """The pictures that a build's folder remembers, in order.

    Raises:
        PriorError: its file cannot be understood.
    """
    if not folder.has(FILE):
        return ()
    try:
        raw = json.loads(folder.read(FILE))
        if (raw["format"], raw["version"]) != (FORMAT, VERSION):
            raise ValueError(f"not {FORMAT} version {VERSION}")
        return cattrs.Converter(forbid_extra_keys=True).structure(raw["pictures"], tuple[Entry, ...])
    except (ValueError, TypeError, KeyError, cattrs.BaseValidationError) as error:
        raise PriorError(
            f"{folder.path(FILE)}: cannot be understood ({error}).",
            "Put a copy of it back, or use another folder: it says which picture is which.",
        ) from error


def save(folder: Storage, entries: Sequence[Entry]) -> None:
    """Remember pictures in their order."""
    rows = [asdict(one) for one in entries]
    text = json.dumps({"format": FORMAT, "version": VERSION, "pictures": rows}, indent=1, sort_keys=True)
    folder.write(FILE, text.encode())


def join(parts: Iterable[Storage], out: Storage) -> None:
    """Put the order that several builds have in common into another's folder.

    Raises:
        ConfigError: a place has another picture in one of them than in the others.
    """
    longest: tuple[Entry, ...] = ()
    for one in (*parts, out):
        entries = load(one)
        for place, (ours, theirs) in enumerate(zip(longest, entries, strict=False)):
            if ours.content != theirs.content:
                raise ConfigError(
                    f"{one.url}: picture {place} is {theirs.name}, in another part it is {ours.name}.",
                    f"Start shards from the same pictures, or from a copy of one build's {FILE}.",
                )
        longest = max(longest, entries, key=len)
    if longest:
        save(out, longest)


def fingerprint(path: Path) -> str:
    """Of a model's file or folder, by the names and sizes of its files, wherever it lies."""
    files = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
    rows = [
        f"{'' if one == path else one.relative_to(path).as_posix()} {one.stat().st_size}"
        for one in files
        if one == path or not _beside_the_point(one.relative_to(path))
    ]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:12]


def _beside_the_point(inner: Path) -> bool:
    """What a copy of a model may have or lack: remarks, and what a hub's client or a system leaves."""
    return inner.suffix.lower() == ".md" or any(part.startswith(".") for part in inner.parts)


def _entry(name: str, path: Path) -> Entry:
    with path.open("rb") as file:
        head = hashlib.sha256(file.read(HEAD_BYTES)).hexdigest()[:16]
    return Entry(name, path.stat().st_size, head)
