"""How far a build is: one live line on a terminal, now and then a plain one elsewhere."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from chorus_recon.commands.console import resumable, say, verbosity

if TYPE_CHECKING:
    from chorus_recon.priors.build import Progress

    Watch = Callable[[Progress], None]

EVERY_S = 10.0  # a plain line
SHOWN = 3  # reasons, the commonest ones


@contextmanager
def build_progress() -> "Iterator[Watch]":
    """Something to tell progress to; an interruption says that the same command goes on."""
    with resumable("The same command goes on from here."):
        if verbosity() < 0:
            yield lambda progress: None
        elif sys.stderr.isatty():
            with _live() as watch:
                yield watch
        else:
            plain = _Plain()
            yield plain.told
            plain.end()


def summary(counts: Counter[str]) -> str:
    """In words, such as: 70 kept, 20 no person, 10 many people."""
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
        TextColumn("{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(), TextColumn("{task.fields[counts]}"),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}
        rates: dict[str, _Rate] = {}

        def watch(now: "Progress") -> None:
            if now.stage not in tasks:
                tasks[now.stage] = bars.add_task(now.stage, total=now.total, rate="", counts="")
                rates[now.stage] = _Rate(now.done)
            speed = rates[now.stage].told(now)
            bars.update(
                tasks[now.stage], completed=now.done, total=now.total, rate=f"{speed:.1f}/s",
                counts=summary(now.counts) if now.stage == "pictures" else "",
            )  # fmt: skip

        yield watch


class _Rate:
    """Pictures a second since a stage began; what was there before does not count."""

    def __init__(self, first: int) -> None:
        self.first, self.began = first, time.monotonic()

    def told(self, now: "Progress") -> float:
        return (now.done - now.found - self.first) / max(1e-6, time.monotonic() - self.began)


class _Plain:
    """A line when a stage begins to show results, one every few seconds, one at its end."""

    def __init__(self) -> None:
        self.last: Progress | None = None
        self.new = False  # the last one has not been said
        self.rate = _Rate(0)
        self.said = time.monotonic()

    def told(self, now: "Progress") -> None:
        if self.last is None or self.last.stage != now.stage:
            self.end()
            self.rate, self.said = _Rate(now.done), time.monotonic()
        self.last, self.new = now, True
        if time.monotonic() - self.said >= EVERY_S:
            self._say(now)

    def end(self) -> None:
        if self.last is not None and self.new:
            self._say(self.last)

    def _say(self, now: "Progress") -> None:
        self.said, self.new = time.monotonic(), False
        speed = self.rate.told(now)
        left = (now.total - now.done) / speed if speed > 0 else 0.0
        ends = f", {left / 60:.0f} min left" if left >= 60 else ""
        counts = f": {summary(now.counts)}" if now.stage == "pictures" else ""
        say(f"  {now.stage} {now.done:,} of {now.total:,}, {speed:.1f}/s{ends}{counts}")
