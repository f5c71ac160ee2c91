"""Store the order of a folder's photos in a build, so that each picture keeps its index.

The build's folder stores the name, the size and a digest of each picture. New pictures are appended, so that
adding or removing a picture does not change the index of those already observed.
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
HEAD_BYTES = 1 << 16  # bytes of the digest; an edited picture differs in its first bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """A picture: its path below the folder, its size in bytes and a digest (`head`) of its first bytes."""

    name: str
    size: int
    head: str

    @property
    def content(self) -> tuple[int, str]:
        """Size and digest, which stay the same when a picture is renamed."""
        return self.size, self.head


@dataclass(frozen=True, slots=True)
class Manifest:
    """A build's pictures in order, and the names of those that changed or are gone."""

    entries: tuple[Entry, ...]
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the pictures, in order."""
        return tuple(entry.name for entry in self.entries)


def take(folder: Storage, photos: PhotoFolder) -> Manifest:
    """The order of a build's pictures, with new pictures at the end; nothing is written.

    Raises:
        ConfigError: every picture of the build is gone or has changed.
    """
    here = {name: _entry(name, photos.path(name)) for name in photos.names}
    before = load(folder)
    known = {entry.name for entry in before}
    fresh = {entry.content: entry for entry in reversed(list(here.values())) if entry.name not in known}
    entries: list[Entry] = []
    changed: list[str] = []
    gone: list[str] = []
    for entry in before:
        if entry.name not in here and entry.content in fresh:
            entries.append(replace(entry, name=fresh.pop(entry.content).name))  # renamed
            continue
        entries.append(entry)
        if entry.name not in here:
            gone.append(entry.name)
        elif here[entry.name] != entry:
            changed.append(entry.name)
    if before and len(changed) + len(gone) == len(before):
        if not collect.finished(folder):
            return Manifest(tuple(here.values()))
        raise ConfigError(
            f"{folder.url}: holds a build of other pictures than those in {photos.folder}.",
            "Use the same pictures, or another folder.",
        )
    placed = {entry.name for entry in entries}
    more = (entry for name, entry in here.items() if name not in placed)
    return Manifest((*entries, *more), tuple(changed), tuple(gone))


def load(folder: Storage) -> tuple[Entry, ...]:
    """Read the pictures of a build's folder, in order; empty if there are none.

    Raises:
        PriorError: the file is not valid.
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
            f"{folder.path(FILE)}: not a valid list of pictures ({error}).",
            "Restore a copy of it, or use another folder: it identifies the pictures.",
        ) from error


def save(folder: Storage, entries: Sequence[Entry]) -> None:
    """Write pictures in their order."""
    rows = [asdict(entry) for entry in entries]
    text = json.dumps({"format": FORMAT, "version": VERSION, "pictures": rows}, indent=1, sort_keys=True)
    folder.write(FILE, text.encode())


def join(parts: Iterable[Storage], out: Storage) -> None:
    """Write the common order of the pictures of several builds into the merged build's folder.

    Raises:
        ConfigError: two builds have different pictures at the same index.
    """
    longest: tuple[Entry, ...] = ()
    for part in (*parts, out):
        entries = load(part)
        for index, (ours, theirs) in enumerate(zip(longest, entries, strict=False)):
            if ours.content != theirs.content:
                raise ConfigError(
                    f"{part.url}: picture {index} is {theirs.name}, in another part it is {ours.name}.",
                    f"Start shards from the same pictures, or from a copy of one build's {FILE}.",
                )
        longest = max(longest, entries, key=len)
    if longest:
        save(out, longest)


def fingerprint(path: Path) -> str:
    """A digest of a model's file or folder, from the names and sizes of its files; its path is ignored."""
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    rows = [
        f"{'' if file == path else file.relative_to(path).as_posix()} {file.stat().st_size}"
        for file in files
        if file == path or not _is_irrelevant(file.relative_to(path))
    ]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:12]


def _is_irrelevant(inner: Path) -> bool:
    """Whether a file may differ between copies of a model: notes (.md) and hidden files."""
    return inner.suffix.lower() == ".md" or any(part.startswith(".") for part in inner.parts)


def _entry(name: str, path: Path) -> Entry:
    with path.open("rb") as file:
        head = hashlib.sha256(file.read(HEAD_BYTES)).hexdigest()[:16]
    return Entry(name, path.stat().st_size, head)
