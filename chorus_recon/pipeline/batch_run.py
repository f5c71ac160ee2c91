"""Do the jobs of a batch with any executor; a photo that fails is recorded and the others continue."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from chorus_recon.execution.interface import WorkerPool
from chorus_recon.pipeline import failures
from chorus_recon.pipeline.batch import Job
from chorus_recon.pipeline.output.save import clear_leftovers
from chorus_recon.pipeline.photo_worker import Outcome
from chorus_recon.version import __version__


def run(
    jobs: Sequence[Job],
    out: Path,
    pool: WorkerPool[Job, Outcome],
    options: Mapping[str, Any],
) -> Iterator[Outcome]:
    """Do every job that is not finished, and yield what became of each as soon as it is known.

    Photos that another run into the same folder is doing come last: by then it may have finished them.
    Failures are kept in `out`/failures.jsonl, one a photo, until the photo succeeds.

    Args:
        jobs: as `look_up` gives them.
        out: the folder of the results.
        pool: does the jobs.
        options: as `config.described` gives them.

    However it ends, nothing half-written is left.

    Raises:
        OutputError: results cannot be written at all (a full disk), so that later photos would fail too.
    """
    clear_leftovers(job.directory for job in jobs)
    try:
        yield from _run(jobs, out, pool, options)
    except BaseException:  # also where the caller stops early
        clear_leftovers(job.directory for job in jobs)  # of the workers that were ended
        raise


def _run(
    jobs: Sequence[Job], out: Path, pool: WorkerPool[Job, Outcome], options: Mapping[str, Any]
) -> Iterator[Outcome]:
    finished = [job for job in jobs if job.finished]
    failures.change(out, {}, {job.name for job in finished})
    yield from (Outcome(job) for job in finished)
    taken: list[Job] = []
    for outcome in pool([job for job in jobs if not job.finished]):
        if outcome.busy:
            taken.append(replace(outcome.job, wait=True))
        else:
            yield _kept(outcome, out, options)
    for outcome in pool(taken):
        yield _kept(outcome, out, options)


def _kept(outcome: Outcome, out: Path, options: Mapping[str, Any]) -> Outcome:
    photo, failure = outcome.job.name, outcome.failure
    if failure is None:
        failures.change(out, {}, {photo})
    else:
        row = failures.row_of(photo, failure, outcome.sha256, options, __version__)
        failures.change(out, {photo: row}, set())
    return outcome
