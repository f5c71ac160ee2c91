"""Pieces of a build in, their pictures and records in its folder out: made once, wherever and whenever.

A piece is finished when its parquet is there; its tar is written before. Both are decided by the piece's
shots alone, so it does not matter which machine makes it, when, or whether it was tried before.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from chorus_recon.backends.protocols import ImageSource
from chorus_recon.priors import record_table, shards
from chorus_recon.priors.executors import Executor
from chorus_recon.priors.pieces import Piece
from chorus_recon.priors.record_table import Table
from chorus_recon.priors.records import Record
from chorus_recon.priors.shards import Folder
from chorus_recon.types import Rejected, SynthImage

SHARDS = "shards"
KEPT = "kept"
IN_HAND = "in hand"  # looked at, not judged yet: a piece's cameras are calibrated together

Look = Callable[[Iterable[SynthImage]], list[Record]]
Tick = Callable[[Counter[str]], None]  # told changes: IN_HAND, KEPT or the reason -> how many more


@dataclass(frozen=True, slots=True)
class Eyes:
    """What a worker needs: where pictures come from, and how a piece's become records."""

    source: ImageSource
    look: Look
    licences: dict[str, str]  # of everything used


MakeEyes = Callable[[], Eyes]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a piece's pictures: KEPT or the reason -> how many."""

    piece: str
    counts: Counter[str]


@dataclass(frozen=True, slots=True)
class Opening:
    """Makes a worker where it will run."""

    folder: Folder
    eyes: MakeEyes
    tick: Tick | None = None

    def __call__(self) -> "Collector":
        """The worker."""
        return Collector(self.folder, self.eyes(), self.tick)


@dataclass(frozen=True, slots=True)
class Collector:
    """Makes one piece after the other; holds the models."""

    folder: Folder
    eyes: Eyes
    tick: Tick | None = None

    def __call__(self, piece: Piece) -> Outcome:
        """Make, look at and write a piece's pictures."""
        made: list[SynthImage | Rejected] = []

        def pictures() -> Iterator[SynthImage]:
            for one in self.eyes.source.generate(piece.shots):
                made.append(one)
                if isinstance(one, SynthImage):
                    yield one
                self._tell(Counter({IN_HAND: 1}))

        seen = iter(self.eyes.look(pictures()))
        records = [
            Record(shot, self.eyes.source.name, (0, 0), 0.0, None, one.reason, one.detail)
            if isinstance(one, Rejected)
            else next(seen)
            for shot, one in zip(piece.shots, made, strict=True)
        ]
        counts = Counter(map(became, records))
        told = Counter(counts)
        told.subtract({IN_HAND: len(made)})
        self._tell(told)
        photos = [None if isinstance(one, Rejected) else one.photo for one in made]
        table = record_table.to_bytes(Table(records, self.eyes.licences))
        self.folder.write(f"{SHARDS}/{piece.name}.tar", shards.pack(zip(records, photos, strict=True)))
        self.folder.write(f"{SHARDS}/{piece.name}.parquet", table)
        return Outcome(piece.name, counts)

    def _tell(self, more: Counter[str]) -> None:
        if self.tick:
            self.tick(more)


def collect(
    folder: Folder, pieces: Sequence[Piece], eyes: MakeEyes, executor: Executor, tick: Tick | None = None
) -> Iterator[Outcome]:
    """Make the pieces that are not there yet; yields each as it is written, in any order."""
    ready = finished(folder)
    missing = [one for one in pieces if one.name not in ready]
    yield from executor.map(Opening(folder, eyes, tick), missing)


def finished(folder: Folder) -> set[str]:
    """Names of the pieces whose records are written."""
    return folder.names(SHARDS, ".parquet")


def read(folder: Folder, piece: str) -> Table:
    """The records of a finished piece, in order."""
    name = f"{SHARDS}/{piece}.parquet"
    return record_table.from_bytes(folder.read(name), folder.path(name))


def became(record: Record) -> str:
    """KEPT, or why a picture was set aside."""
    return KEPT if record.reason is None else record.reason.value


@contextmanager
def one_thread() -> Iterator[None]:
    """Sums split over threads differ in their last bits from machine to machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
