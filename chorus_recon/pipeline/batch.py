"""Plan where the results of many photos go, and find which of them are finished."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from chorus_recon.errors import InputError
from chorus_recon.io import urls
from chorus_recon.io.images import file_sha256
from chorus_recon.pipeline import failures
from chorus_recon.pipeline.config import differing
from chorus_recon.version import __version__

FINISHED = "reconstruction.json"
BESIDE = (failures.NAME, "index.html", "results.csv", "results.parquet")  # files beside the photos' folders


@dataclass(frozen=True, slots=True)
class Job:
    """One photo and the folder its result goes to.

    Attributes:
        photo: the file; for a photo at a URL a path that stands for it.
        directory: the folder.
        finished: it holds the answer of this photo, these options and this version.
        note: why it is done again, or not where one would expect it; for people.
        wait: whether to wait for another run that is doing it.
        url: where the photo is, if not a file of this machine; it may hold secrets.
    """

    photo: Path
    directory: Path
    finished: bool = False
    note: str = ""
    wait: bool = False
    url: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """The photo's path or URL, without secrets."""
        return urls.shown(self.url) or str(self.photo)

    def at_hand(self) -> AbstractContextManager[Path]:
        """The photo as a file of this machine; one that is at a URL is removed afterwards.

        Raises:
            InputError: it cannot be copied from its URL.
        """
        return urls.at_hand(self.url) if self.url else nullcontext(self.photo)


def plan(photos: Sequence[Path | str], roots: Sequence[Path | str], out: Path) -> list[Job]:
    """Where each photo's result goes: `out`/path below its root, without the suffix.

    Photos whose folders would meet (a.jpg and a.png, a.jpg and a/b.jpg, the same name from two
    roots) keep their suffix, then a number, in the order given: the same photos, the same plan.

    Args:
        photos: paths, and URLs as text.
        roots: the folders among what the user named.
        out: the folder of the results.
    """
    places = [_place(photo) for photo in photos]
    below = [_below(place, [_place(root) for root in roots]) for place in places]
    stems = [out / path.with_suffix("") for path in below]
    count = Counter(_folded(stem) for stem in stems)
    above = {parent for stem in count for parent in stem.parents}
    above |= {_folded(out / name) for name in BESIDE}
    alone = {stem for stem, times in count.items() if times == 1 and stem not in above}
    taken = alone | above
    jobs = []
    for photo, place, stem in zip(photos, places, stems, strict=True):
        if _folded(stem) not in alone:
            stem = _free(stem.with_name(f"{stem.name}_{place.suffix.lstrip('.').lower()}".rstrip("_")), taken)
            taken.add(_folded(stem))
        jobs.append(Job(place, stem, url=photo if isinstance(photo, str) else ""))
    return jobs


def look_up(
    jobs: Sequence[Job], options: Mapping[str, Any], version: str = __version__, *, overwrite: bool = False
) -> list[Job]:
    """Which jobs are finished, and where the others go, so that no photo's result replaces another's.

    A job is finished if its folder holds a complete result of the same photo (by content), the same options
    and the same version. The result of another photo stays: the job gets a folder of its own.

    Args:
        jobs: as planned.
        options: as `config.described` gives them.
        version: of this package.
        overwrite: whether finished jobs are done again.
    """
    taken = {_folded(job.directory) for job in jobs}
    return [_looked_up(job, options, version, overwrite, taken) for job in jobs]


def failed_before(
    jobs: Sequence[Job], out: Path, options: Mapping[str, Any], version: str = __version__
) -> list[Job]:
    """The jobs whose photo failed for what it shows, with these options and this version."""
    rows = {row["path"]: row for row in failures.read(out)}
    found = []
    for job in jobs:
        row = rows.get(job.name)
        if row is None or job.finished or not row.get("sha256"):
            continue
        try:
            if failures.lasting(row, _sha256(job), options, version):
                found.append(job)
        except InputError:  # it cannot be read: the attempt will say why
            continue
    return found


def _looked_up(job: Job, options: Mapping[str, Any], version: str, overwrite: bool, taken: set[Path]) -> Job:
    directory, number = job.directory, 2
    try:
        sha256 = _sha256(job) if result_in(directory) else ""
    except InputError:  # its own failure, when its turn comes
        return job
    while (row := result_in(directory)) is not None:
        photo = _section(row, "photo")
        same = photo.get("sha256", sha256) == sha256  # results of version 0.1.0 do not say
        here = isinstance(photo.get("path"), str) and _is_at(job, photo["path"])
        if here or (same and "sha256" in photo) or "path" not in photo:
            note = "" if overwrite else _why_again(row, same, options, version)
            return replace(job, directory=directory, finished=not (note or overwrite), note=note)
        directory = job.directory.with_name(f"{job.directory.name}_{number}")
        while _folded(directory) in taken:
            number += 1
            directory = job.directory.with_name(f"{job.directory.name}_{number}")
        number += 1
    note = "" if directory == job.directory else f"{job.directory} holds the result of another photo"
    taken.add(_folded(directory))
    return replace(job, directory=directory, note=note)


def _why_again(row: dict[str, Any], same: bool, options: Mapping[str, Any], version: str) -> str:
    """Why an earlier result of a photo does not serve; empty if it does."""
    if not same:
        return "the photo has changed since its result was made"
    earlier, versions = (_section(row, name) for name in ("options", "versions"))
    made_by = versions.get("chorus_recon")
    if made_by != version:
        return f"its result is by version {made_by or 'unknown'}, this is {version}"
    other = differing(options, earlier)
    return f"its result was made with other options ({', '.join(other)})" if other else ""


def _sha256(job: Job) -> str:
    with job.at_hand() as photo:
        return file_sha256(photo)


def _is_at(job: Job, path: str) -> bool:
    return path == job.name if job.url else Path(path).absolute() == job.photo.absolute()


def _section(row: dict[str, Any], name: str) -> dict[str, Any]:
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def result_in(directory: Path) -> dict[str, Any] | None:
    """The record of a folder with a whole result: folders appear by rename, so its JSON says so."""
    try:
        row = json.loads((directory / FINISHED).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _place(photo: Path | str) -> Path:
    return urls.path_of(photo) if isinstance(photo, str) else photo


def _below(photo: Path, roots: Sequence[Path]) -> Path:
    """The photo's path below the folder it was found in; its name when it was named itself."""
    inside = [root for root in roots if photo != root and photo.is_relative_to(root)]
    if not inside:
        return Path(photo.name)
    return photo.relative_to(max(inside, key=lambda root: len(root.parts)))


def _folded(path: Path) -> Path:
    """Paths that a case-insensitive disk takes for one."""
    return Path(str(path).casefold())


def _free(path: Path, taken: set[Path]) -> Path:
    candidate, number = path, 2
    while _folded(candidate) in taken:
        candidate = path.with_name(f"{path.name}_{number}")
        number += 1
    return candidate
