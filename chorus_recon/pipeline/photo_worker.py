"""Reconstruct one photo of many and save the result; the models are kept for the next."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from chorus_recon.backends import registry
from chorus_recon.backends.registry import Backends
from chorus_recon.errors import InputError, NoPerson
from chorus_recon.execution.machine import give_back_freed_memory
from chorus_recon.io.category_names import with_noun
from chorus_recon.io.claims import claim
from chorus_recon.io.images import file_sha256
from chorus_recon.io.photo_folders import save_drawn
from chorus_recon.perception.people import WhichPerson, which_hint
from chorus_recon.pipeline import batch, failures
from chorus_recon.pipeline import reconstruct as walk
from chorus_recon.pipeline.attempts import Failure, attempt
from chorus_recon.pipeline.batch import Job
from chorus_recon.pipeline.config import ReconstructConfig
from chorus_recon.pipeline.output.overlay import people_picture
from chorus_recon.pipeline.output.remote import Remote
from chorus_recon.pipeline.output.save import prepare
from chorus_recon.pipeline.output.words import also, otherwise, summary
from chorus_recon.types import Reconstruction

PEOPLE = "people.png"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is told of a reconstruction: small, so that it can be sent between processes.

    Attributes:
        line: what was found, in a line.
        others: what else it could be, a line each.
        row: the same as JSON values.
        warnings: of the reconstruction.
        undecided: whether no object was placed, because it is unsure which one is used.
        also: the other people and things, a line each.
    """

    line: str
    others: tuple[str, ...]
    row: dict[str, Any]
    warnings: tuple[str, ...] = ()
    undecided: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job: an answer, a failure, or neither where it was finished before.

    Attributes:
        job: the job, with the folder that was used.
        answer: what was found.
        failure: why there is no answer.
        sha256: of the photo that failed, where it could be read.
        busy: another run is doing the job now.
    """

    job: Job
    answer: Answer | None = None
    failure: Failure | None = None
    sha256: str = ""
    busy: bool = False

    @property
    def undecided(self) -> bool:
        """Whether no object was placed, because it is unsure which one is used."""
        if self.answer is not None:
            return self.answer.undecided
        row = batch.result_in(self.job.directory) if self.job.finished else None
        return row is not None and row.get("status") == "unsure" and row.get("object") is None


@dataclass(frozen=True, slots=True)
class PhotoWorkers:
    """Makes workers; it is sent to the processes that they run in.

    Attributes:
        config: choices for every photo.
        slots: slot -> "name" or "name:argument" of the models that were chosen.
        options: as `config.described` gives them.
        overwrite: whether finished photos are done again.
        remote: where results are copied, if they do not stay on this machine.
        home: the folder that relative paths are relative to.
        watch: is told the name of each stage as it begins; only for workers in this process.
    """

    config: ReconstructConfig
    slots: Mapping[str, str]
    options: Mapping[str, Any]
    overwrite: bool
    remote: Remote | None = None
    home: str = field(default_factory=os.getcwd)
    watch: Callable[[str], None] | None = None

    def __call__(self) -> Callable[[Job], Outcome]:
        """A worker. It loads the models for its first photo."""
        models: list[Backends] = []
        if os.getcwd() != self.home:  # noqa: PTH109
            with suppress(
                OSError
            ):  # another machine may not have it: photos and results at URLs do not need it
                os.chdir(self.home)

        told = self.watch or (lambda stage: None)

        def reconstruct(photo: Path) -> Reconstruction:
            told("load")
            if not models:
                models.append(registry.load(self.slots, self.config.device))
            result = walk.reconstruct(photo, self.config, models[0], watch=self.watch)
            told("save")
            return result

        def work(job: Job) -> Outcome:
            try:
                return do(job, reconstruct, self.options, overwrite=self.overwrite, remote=self.remote)
            finally:
                give_back_freed_memory()  # else the free pieces between blocks grow to 300 MB

        return work

    def lost(self, job: Job) -> Outcome:
        """The outcome of a photo whose worker died each time it was tried."""
        failure = Failure(
            failures.LOST,
            f"{job.name}: each process that tried this photo died.",
            "Out of memory? Try fewer --workers. --retry-failed tries it again.",
            "",
            True,
        )
        try:
            with job.at_hand() as photo:
                return Outcome(job, failure=failure, sha256=_sha256(photo))
        except InputError:
            return Outcome(job, failure=failure)


def answer_of(result: Reconstruction) -> Answer:
    """What is told of a reconstruction."""
    best = result.placements[0] if result.placements else None
    row = {
        "status": result.status,
        "category": result.category or None,
        "category_probability": best and result.category_probability,
        "probability": best and best.probability,
        "considered": {c.category: c.probability for c in result.considered},
        "object_iou": best and best.silhouette_iou,
        "use": best and best.use and with_noun(best.use.text, result.category),
        "use_probability": best and best.use and best.use.share,
        "warnings": list(result.warnings),
        "seconds": result.seconds,
    }
    undecided = best is None and result.status == "unsure"
    warnings, more = tuple(result.warnings), tuple(also(result))
    return Answer(summary(result), tuple(otherwise(result)), row, warnings, undecided, more)


def do(
    job: Job,
    reconstruct: Callable[[Path], Reconstruction],
    options: Mapping[str, Any],
    *,
    overwrite: bool = False,
    remote: Remote | None = None,
) -> Outcome:
    """Reconstruct and save a photo, here or at a URL, unless another run is at it or has finished it.

    Raises:
        OutputError: results cannot be written at all (a full disk), so that later photos would fail too.
    """
    with claim(job.directory, wait=job.wait) as mine:
        if not mine:
            return Outcome(job, busy=True)
        (job,) = batch.look_up([job], options, overwrite=overwrite)
        if job.finished:
            return Outcome(job)
        tried: list[
            str
        ] = []  # SHA-256 before and after: if they differ, it is not known which of them failed

        def work() -> Answer:
            with job.at_hand() as photo:
                tried.append(_sha256(photo))
                try:
                    return answer_of(_work_and_save(job, photo, reconstruct, remote))
                finally:
                    tried.append(_sha256(photo))

        result = attempt(work)
    if isinstance(result, Failure):
        return Outcome(job, failure=result, sha256=tried[0] if len({*tried}) == 1 else "")
    return Outcome(job, result)


def _work_and_save(
    job: Job, photo: Path, reconstruct: Callable[[Path], Reconstruction], remote: Remote | None
) -> Reconstruction:
    prepare(job.directory, overwrite=True)
    try:
        result = reconstruct(photo)
    except WhichPerson as error:
        path = _draw_people(job.directory, error)
        raise NoPerson(error.message, which_hint(len(error.people), str(path))) from error
    if job.url:
        result = replace(result, photo=replace(result.photo, url=job.name))
    result.save(job.directory, overwrite=True)  # what is there is unfinished, or is to be replaced
    if remote is not None:
        remote.push(job.directory)
    return result


def _draw_people(directory: Path, error: WhichPerson) -> Path:
    """The picture that says who has which number."""
    path = directory / PEOPLE
    directory.mkdir(parents=True, exist_ok=True)
    save_drawn(people_picture(error.photo, error.seen), path)
    return path


def _sha256(photo: Path) -> str:
    try:
        return file_sha256(photo)
    except InputError:
        return ""
