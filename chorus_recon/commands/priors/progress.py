"""Report the progress of a build: a live line on a terminal, a plain line every few seconds elsewhere."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from chorus_recon.commands.console import resumable, say, verbosity

if TYPE_CHECKING:
    from chorus_recon.priors.build import Built, Progress

    Watch = Callable[[Progress], None]

EVERY_S = 10.0  # between plain lines
SHOWN = 3  # most reasons per line, the most common ones


@contextmanager
def build_progress() -> "Iterator[Watch]":
    """Yield a function that reports progress. On an interruption, a message says how to resume."""
    with resumable("The same command resumes from here."):
        if verbosity() < 0:
            yield lambda progress: None
        elif sys.stderr.isatty():
            with _live() as watch:
                yield watch
        else:
            plain = _Plain()
            yield plain.report
            plain.end()


def say_missing(chunks: int) -> None:
    """Say that a prior waits for other shards."""
    are = "chunk of other shards is" if chunks == 1 else "chunks of other shards are"
    say(f"{chunks} {are} missing; merge the shards with: chorus-recon prior merge")


def say_changes(built: "Built", until: bool, more: str) -> None:
    """Say how far the rounds of a build changed its prior; `more` is the option that asks for more."""
    from chorus_recon.priors.build import ENOUGH

    if built.changes:
        changes = ", ".join(f"{change:.1%}" for change in built.changes)
        say(f"  each doubling changed the prior by {changes}")
    if until and built.prior and (not built.changes or built.changes[-1] >= ENOUGH):
        say(f"  Not converged. Use more {more}.")


def summary(counts: Counter[str]) -> str:
    """Describe counts, such as: 70 kept, 20 no person, 10 many people."""
    parts = [f"{counts['kept']:,} kept"]
    reasons = [(k, n) for k, n in counts.most_common() if k != "kept"]
    parts += [f"{n:,} {k.replace('_', ' ')}" for k, n in reasons[:SHOWN]]
    rest = sum(n for _, n in reasons[SHOWN:])
    return ", ".join(parts + ([f"{rest:,} other"] if rest else []))


@contextmanager
def _live() -> "Iterator[Watch]":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[counts]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}
        rates: dict[str, _Rate] = {}

        def watch(now: "Progress") -> None:
            if now.stage not in tasks:
                tasks[now.stage] = bars.add_task(now.stage, total=now.total, rate="", counts="")
                rates[now.stage] = _Rate(now.done)
            speed = rates[now.stage].per_second(now)
            bars.update(
                tasks[now.stage],
                completed=now.done,
                total=now.total,
                rate=f"{speed:.1f}/s",
                counts=summary(now.counts) if now.stage == "pictures" else "",
            )

        yield watch


class _Rate:
    """Pictures per second since a stage began, without the pictures of earlier runs."""

    def __init__(self, first: int) -> None:
        self.first, self.began = first, time.monotonic()

    def per_second(self, now: "Progress") -> float:
        return (now.done - now.found - self.first) / max(1e-6, time.monotonic() - self.began)


class _Plain:
    """Prints a line every few seconds, and one at the end of each stage."""

    def __init__(self) -> None:
        self.last: Progress | None = None
        self.new = False  # whether `last` has not been printed
        self.rate = _Rate(0)
        self.printed_s = time.monotonic()

    def report(self, now: "Progress") -> None:
        if self.last is None or self.last.stage != now.stage:
            self.end()
            self.rate, self.printed_s = _Rate(now.done), time.monotonic()
        self.last, self.new = now, True
        if time.monotonic() - self.printed_s >= EVERY_S:
            self._say(now)

    def end(self) -> None:
        if self.last is not None and self.new:
            self._say(self.last)

    def _say(self, now: "Progress") -> None:
        self.printed_s, self.new = time.monotonic(), False
        speed = self.rate.per_second(now)
        left = (now.total - now.done) / speed if speed > 0 else 0.0
        ends = f", {left / 60:.0f} min left" if left >= 60 else ""
        counts = f": {summary(now.counts)}" if now.stage == "pictures" else ""
        say(f"  {now.stage} {now.done:,} of {now.total:,}, {speed:.1f}/s{ends}{counts}")
