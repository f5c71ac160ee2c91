"""Reconstruct many photos into a folder; a photo that fails is recorded and the others continue."""

import errno
import json
import logging
import os
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from chorus_recon.errors import ChorusError, InputError, NoPerson, OutputError
from chorus_recon.io.images import file_sha256
from chorus_recon.io.photo_folders import save_drawn
from chorus_recon.perception.people import WhichPerson, which_hint
from chorus_recon.pipeline.config import differing
from chorus_recon.pipeline.output.overlay import people_picture
from chorus_recon.pipeline.output.save import prepare
from chorus_recon.types import Reconstruction
from chorus_recon.version import __version__

log = logging.getLogger(__name__)

T = TypeVar("T")

FAILURES = "failures.jsonl"
FINISHED = "reconstruction.json"
PEOPLE = "people.png"
BESIDE = (FAILURES, "index.html", "results.csv", "results.parquet")  # files beside the photos' folders
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


@dataclass(frozen=True, slots=True)
class Job:
    """One photo and the folder its result goes to.

    Attributes:
        photo: the file.
        directory: the folder.
        finished: it holds the answer of this photo, these options and this version.
        note: why it is done again, or not where one would expect it; for people.
    """

    photo: Path
    directory: Path
    finished: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an item could not be done. `trace` is for developers; `expected` errors carry a hint."""

    error: str
    message: str
    hint: str
    trace: str
    expected: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job: a result, a failure, or neither where it was finished before."""

    job: Job
    result: Reconstruction | None
    failure: Failure | None

    @property
    def undecided(self) -> bool:
        """Whether no object was placed, because it is unsure which one is used."""
        if self.result is not None:
            return not self.result.placements and self.result.status == "unsure"
        row = _result(self.job.directory) if self.job.finished else None
        return row is not None and row.get("status") == "unsure" and row.get("object") is None


def plan(photos: Sequence[Path], roots: Sequence[Path], out: Path) -> list[Job]:
    """Where each photo's result goes: `out`/path below its root, without the suffix.

    Photos whose folders would meet (a.jpg and a.png, a.jpg and a/b.jpg, the same name from two
    roots) keep their suffix, then a number, in the order given: the same photos, the same plan.
    """
    stems = [out / _below(photo, roots).with_suffix("") for photo in photos]
    count = Counter(_folded(stem) for stem in stems)
    above = {parent for stem in count for parent in stem.parents}
    above |= {_folded(out / name) for name in BESIDE}
    alone = {stem for stem, times in count.items() if times == 1 and stem not in above}
    taken = alone | above
    jobs = []
    for photo, stem in zip(photos, stems, strict=True):
        if _folded(stem) not in alone:
            stem = _free(stem.with_name(f"{stem.name}_{photo.suffix.lstrip('.').lower()}"), taken)
            taken.add(_folded(stem))
        jobs.append(Job(photo, stem))
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


def run(jobs: Sequence[Job], out: Path, work: Callable[[Path], Reconstruction]) -> Iterator[Outcome]:
    """Do every job that is not finished, in order, and yield what became of it as soon as it is known.

    Failures are kept in `out`/failures.jsonl, one a photo, until the photo succeeds.

    Raises:
        OutputError: results cannot be written at all (a full disk), so that later photos would fail too.
    """
    for job in jobs:
        if job.finished:
            _forget(out, job.photo)
            yield Outcome(job, None, None)
            continue
        result = attempt(lambda job=job: _work_and_save(job, work))
        if isinstance(result, Failure):
            _record(out, job.photo, result)
            yield Outcome(job, None, result)
        else:
            _forget(out, job.photo)
            yield Outcome(job, result, None)


def _looked_up(job: Job, options: Mapping[str, Any], version: str, overwrite: bool, taken: set[Path]) -> Job:
    directory, number = job.directory, 2
    try:
        sha256 = file_sha256(job.photo) if _result(directory) else ""
    except InputError:  # its own failure, when its turn comes
        return job
    while (row := _result(directory)) is not None:
        photo = _section(row, "photo")
        same = photo.get("sha256", sha256) == sha256  # results of version 0.1.0 do not say
        here = isinstance(photo.get("path"), str) and Path(photo["path"]).absolute() == job.photo.absolute()
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


def _section(row: dict[str, Any], name: str) -> dict[str, Any]:
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def _result(directory: Path) -> dict[str, Any] | None:
    """The record of a folder with a whole result: folders appear by rename, so its JSON says so."""
    try:
        row = json.loads((directory / FINISHED).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def attempt(work: Callable[[], T]) -> T | Failure:
    """The result of a piece of work, or why it failed; a full disk and Ctrl-C pass through.

    Raises:
        OutputError: the disk is full or read-only.
    """
    try:
        return work()
    except (ChorusError, OSError) as error:
        cause = error if isinstance(error, OSError) else error.__cause__
        if isinstance(cause, OSError) and cause.errno in _NO_SPACE:
            raise _no_space(cause) from error
        if isinstance(error, OSError):
            message = f"{error.filename or 'a file'}: {error.strerror or error}."
            hint = "Check the file and its permissions."
            return Failure(type(error).__name__, message, hint, traceback.format_exc(), True)
        return Failure(type(error).__name__, error.message, error.hint, traceback.format_exc(), True)
    except Exception as error:
        log.debug("unexpected error", exc_info=True)
        message = f"unexpected {type(error).__name__}: {error}"
        hint = "This is a fault of the program: run again with -vv and report the traceback."
        return Failure(type(error).__name__, message, hint, traceback.format_exc(), False)


def failures(out: Path) -> list[dict[str, str]]:
    """The photos that failed and have not succeeded since."""
    path = out / FAILURES
    if not path.exists():
        return []
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except ValueError:  # cut short by a crash of the machine
            continue
        if isinstance(row, dict) and "path" in row:
            rows.append(row)
    return rows


def _work_and_save(job: Job, work: Callable[[Path], Reconstruction]) -> Reconstruction:
    prepare(job.directory, overwrite=True)
    try:
        result = work(job.photo)
    except WhichPerson as error:
        path = _draw_people(job.directory, error)
        raise NoPerson(error.message, which_hint(len(error.people), str(path))) from error
    result.save(job.directory, overwrite=True)  # what is there is unfinished, or is to be replaced
    return result


def _draw_people(directory: Path, error: WhichPerson) -> Path:
    """The picture that says who has which number."""
    path = directory / PEOPLE
    directory.mkdir(parents=True, exist_ok=True)
    save_drawn(people_picture(error.photo, error.seen), path)
    return path


def _record(out: Path, photo: Path, failure: Failure) -> None:
    row = {"path": str(photo), "error": failure.error, "message": failure.message, "hint": failure.hint}
    _write(out, [*(r for r in failures(out) if r["path"] != str(photo)), row])


def _forget(out: Path, photo: Path) -> None:
    rows = failures(out)
    kept = [r for r in rows if r["path"] != str(photo)]
    if len(kept) != len(rows):
        _write(out, kept)


def _write(out: Path, rows: list[dict[str, str]]) -> None:
    path = out / FAILURES
    if not rows:
        path.unlink(missing_ok=True)
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{os.getpid()}")
        part.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise _no_space(error) from error


def _no_space(error: OSError) -> OutputError:
    return OutputError(
        f"{error.filename or 'the output folder'}: cannot be written: {error.strerror or error}.",
        "Free some space or choose another folder with -o; the next run goes on where this one stopped.",
    )


def _below(photo: Path, roots: Sequence[Path]) -> Path:
    """The photo's path below the folder it was found in; its name when it was named itself."""
    inside = [root for root in roots if root.is_dir() and photo.is_relative_to(root)]
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
