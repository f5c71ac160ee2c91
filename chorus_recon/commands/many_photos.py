"""What `reconstruct` does with more than one photo: options, workers, progress and the overview."""

import hashlib
import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chorus_recon.commands.console import say, verbosity
from chorus_recon.errors import ChorusError, OutputError

if TYPE_CHECKING:
    from chorus_recon.pipeline.batch import Job
    from chorus_recon.pipeline.config import ReconstructConfig
    from chorus_recon.pipeline.gallery.overview import Overview
    from chorus_recon.pipeline.output.remote import Remote
    from chorus_recon.pipeline.photo_worker import Outcome

log = logging.getLogger(__name__)

WORKER_BYTES = 1_500_000_000  # memory that a worker is counted with
AT_ONCE = 20  # results at a URL that are kept here until the overview has read them
_AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Many:
    """How a batch is run.

    Attributes:
        workers: photos at a time; None for one.
        executor: where they are done; None for the usual place.
        limit: photos that are done at most.
        retry_failed: whether photos that failed for what they show are tried again.
        overwrite: whether finished photos are done again.
    """

    workers: int | None
    executor: str | None
    limit: int | None
    retry_failed: bool
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The jobs of a run, and the choices for it.

    Attributes:
        jobs: what is finished and what is to be done, in order.
        failed: photos left out, because they failed before for what they show.
        left: how many photos are left out because of a limit.
        options: what decides the answers, as `config.described` gives it.
        remote: where results are copied, if they do not stay in `out`.
    """

    jobs: "list[Job]"
    failed: "list[Job]"
    left: int
    out: Path
    config: "ReconstructConfig"
    slots: dict[str, str]
    options: dict[str, Any]
    many: Many
    remote: "Remote | None" = None

    @property
    def todo(self) -> int:
        """How many photos are to be done."""
        return sum(not job.finished for job in self.jobs)

    def shown(self, path: Path) -> str:
        """Where a file or folder of the results is, for people."""
        return str(path) if self.remote is None else self.remote.shown(path)


class _Workers(click.ParamType):
    """A number of workers, or auto."""

    name = "N|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """Parse the number."""
        if value == _AUTO or isinstance(value, int):
            return value
        if not value.isdecimal() or not int(value):
            self.fail(f"{value!r} is not a number of workers, and not auto.", param, ctx)
        return int(value)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options about many photos to a command; `chosen` reads them."""
    for option in reversed(
        (
            click.option(
                "--recursive/--no-recursive",
                default=True,
                show_default=True,
                help="Whether the folders inside a folder are searched.",
            ),
            click.option(
                "--workers",
                type=_Workers(),
                metavar="N|auto",
                help="Photos at a time, in processes that share the processors; auto fits the machine.",
            ),
            click.option(
                "--executor",
                type=click.Choice(["local", "process", "ray"]),
                help="Where workers run: in this process, in several, or on a Ray cluster.",
            ),
            click.option(
                "--limit", type=click.IntRange(min=1), metavar="N", help="Do N photos at most, then stop."
            ),
            click.option(
                "--retry-failed",
                is_flag=True,
                help="Try photos again that failed for what they show; without it a batch leaves them out.",
            ),
        )
    ):
        command = option(command)
    return command


def chosen(choices: dict[str, Any]) -> Many:
    """Take the options about many photos out of a command's choices.

    Raises:
        UsageError: they contradict each other.
    """
    workers, executor = choices.pop("workers"), choices.pop("executor")
    if executor == "local" and workers is not None and workers != 1:
        raise click.UsageError("--executor local does one photo at a time; --workers does not apply.")
    if workers == _AUTO:
        from chorus_recon.execution.machine import workers_that_fit

        workers = workers_that_fit(WORKER_BYTES)
    return Many(workers, executor, choices.pop("limit"), choices.pop("retry_failed"))


def listed(words: Sequence[str]) -> list[Path | str]:
    """Paths, and URLs as text; instead of a list (@FILE, .txt, .csv, .parquet) what it names."""
    from chorus_recon.io.photo_lists import is_list, read_list
    from chorus_recon.io.urls import local_or_url

    found: list[Path | str] = []
    for word in words:
        found += read_list(word) if is_list(word) else [local_or_url(word)]
    return found


def plan(
    photos: Sequence[Path | str],
    roots: Sequence[Path | str],
    place: Path | str,
    config: "ReconstructConfig",
    slots: dict[str, str],
    many: Many,
) -> Plan:
    """Find what is to be done. Nothing is loaded.

    Args:
        photos: paths, and URLs as text.
        roots: the folders among what the user named.
        place: the folder of the results, or its URL.
        config: choices for every photo.
        slots: the models that were chosen.
        many: how the batch is run.

    Raises:
        OutputError: the folder of the results cannot be written.
    """
    from chorus_recon.io.writing import check_writable
    from chorus_recon.pipeline import batch
    from chorus_recon.pipeline.config import described

    remote = _remote(place) if isinstance(place, str) else None
    out = remote.folder if remote is not None else Path(place)
    check_writable(out)
    if remote is not None:
        remote.check_writable()
        remote.pull()
    decides = described(config, slots)
    jobs = batch.look_up(batch.plan(photos, roots, out), decides, overwrite=many.overwrite)
    again = many.retry_failed or many.overwrite or len(photos) == 1
    failed = [] if again else batch.failed_before(jobs, out, decides)
    apart = {id(job) for job in failed}
    jobs = [job for job in jobs if id(job) not in apart]
    waiting = [job for job in jobs if not job.finished]
    apart = {id(job) for job in waiting[many.limit :]} if many.limit is not None else set()
    jobs = [job for job in jobs if id(job) not in apart]
    return Plan(jobs, failed, len(apart), out, config, slots, decides, many, remote)


def _remote(url: str) -> "Remote":
    """The folder of this machine that stands for a URL is the same in each run, so that runs go on."""
    from chorus_recon.io.fetch import cache_dir
    from chorus_recon.pipeline.batch import BESIDE
    from chorus_recon.pipeline.output.remote import Remote

    digest = hashlib.sha256(url.rstrip("/").encode()).hexdigest()[:16]
    return Remote(url, cache_dir() / "remote" / digest, BESIDE)


def run(plan: Plan, watch: Callable[[str], None] | None = None) -> "Iterator[Outcome]":
    """Do what is planned. Each worker loads the models once; if all is finished, nothing is loaded.

    `watch` is told the name of each stage of a photo as it begins, where that is done in this process.
    """
    from chorus_recon.execution import executors
    from chorus_recon.pipeline import batch_run
    from chorus_recon.pipeline.batch import result_in
    from chorus_recon.pipeline.photo_worker import PhotoWorkers

    workers = PhotoWorkers(
        plan.config, plan.slots, plan.options, plan.many.overwrite, plan.remote, watch=watch
    )
    count = min(plan.many.workers or 1, max(1, plan.todo))
    name = plan.many.executor or ("process" if count > 1 else "local")
    executor = executors.choose(name, None if plan.many.workers is None else count)
    with executor.open(workers, workers.lost) as pool:
        for outcome in batch_run.run(plan.jobs, plan.out, pool, plan.options):
            if outcome.answer and plan.remote is None and result_in(outcome.job.directory) is None:
                raise OutputError(
                    f"{outcome.job.directory}: written by a worker, but not here: the disk is not shared.",
                    "Give a folder that all machines share, or a URL, with -o; photos too must be at either.",
                )
            yield outcome


def overview_of(out: Path, photos: int) -> "Overview | None":
    """The overview to keep up to date: that of several photos, or one that is there."""
    from chorus_recon.pipeline.gallery.overview import Overview

    overview = Overview(out)
    return overview if photos > 1 or overview.page.is_file() else None


def overseen(outcomes: "Iterator[Outcome]", overview: "Overview | None", total: int) -> "Iterator[Outcome]":
    """Keep an overview up to date during a run, and leave it right however the run ends.

    An overview that cannot be made is told and does not stop the run; a full disk does.
    """
    if overview is None:
        yield from outcomes
        return
    from chorus_recon.pipeline.attempts import Failure, attempt

    remaining, ended = total, False
    try:
        for outcome in outcomes:
            remaining -= 1
            yield outcome
            attempt(lambda: overview.update(remaining))  # noqa: B023  (called at once)
        ended = True
    finally:
        made = None
        try:
            made = attempt(lambda: overview.write(remaining) if overview.root.is_dir() else 0)
        except ChorusError as error:  # the disk is full, which the run itself says unless it has ended
            if ended:
                raise
            log.debug("%s", error)
        if isinstance(made, Failure):
            say(f"{overview.page} is not up to date: {made.message}")


def copied(outcomes: "Iterator[Outcome]", overview: "Overview | None", plan: Plan) -> "Iterator[Outcome]":
    """Keep the files beside results at a URL up to date there, and let go of results that are copied."""
    remote = plan.remote
    if remote is None:
        yield from outcomes
        return
    from chorus_recon.pipeline.attempts import attempt

    done: list[Path] = []
    try:
        for outcome in outcomes:
            if outcome.answer is not None:
                remote.bring(outcome.job.directory)
                done.append(outcome.job.directory)
            yield outcome
            if len(done) >= AT_ONCE:
                if overview is not None:
                    attempt(lambda: overview.write(plan.todo, running=True))  # it remembers what it has read
                remote.push_beside()
                while done:
                    remote.let_go(done.pop())
    finally:
        if remote.folder.is_dir():
            remote.push_beside()
        for directory in done:
            remote.let_go(directory)


def with_progress(outcomes: "Iterator[Outcome]", plan: Plan) -> "Iterator[Outcome]":
    """Show one line with the rate and the time left on a terminal, and say the rate at the end."""
    total, done, begun = plan.todo, 0, time.monotonic()
    if total < 2 or verbosity() < 0:
        yield from outcomes
        return
    if not sys.stderr.isatty():
        for outcome in outcomes:
            done += not outcome.job.finished
            yield outcome
    else:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = ("photos", BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
        left = (TimeRemainingColumn(), TextColumn("left"))
        console = Console(stderr=True)
        with Progress(*columns, *left, console=console, transient=True, redirect_stdout=False) as bar:
            task = bar.add_task("photos", total=total, rate="")
            for outcome in outcomes:
                yield outcome
                if not outcome.job.finished:
                    done += 1
                    bar.update(task, advance=1, rate=rate(done, time.monotonic() - begun))
    if done:
        say(f"{counted(done)}, {rate(done, time.monotonic() - begun)}")


def counted(photos: int) -> str:
    """A number of photos in words."""
    return f"{photos} photo{'s' * (photos != 1)}"


def rate(done: int, seconds: float) -> str:
    """How fast photos are done, in words."""
    each = seconds / done
    return f"{each:.1f} s a photo" if each >= 1 else f"{1 / max(each, 1e-3):.1f} photos a second"
