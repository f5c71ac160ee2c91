"""Make the chunks of a build: write their pictures and records into the build's folder.

A chunk is finished when its parquet is there; its tar is written before. Both depend only on the chunk's
shots, so it does not matter which machine makes the chunk, when, or after how many attempts.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from chorus_recon.backends.protocols import ImageSource, KnowsPictures
from chorus_recon.errors import ChorusError, OutputError
from chorus_recon.execution.interface import WorkerPool
from chorus_recon.priors.jobs import chunks, record_table, storage
from chorus_recon.priors.jobs.chunks import Chunk
from chorus_recon.priors.jobs.record_table import Table
from chorus_recon.priors.jobs.records import Record
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.types import Reason, Rejected, SynthImage

SHARDS = "shards"
KEPT = "kept"
IN_HAND = "in hand"  # observed, not judged yet: a chunk's cameras are calibrated together
SAME = 8  # pictures in a row with the same error that end a build
LAGS_S = (0.0, 1.0, 5.0, 15.0, 40.0)  # network file systems may show other machines' files late

Look = Callable[[Iterable[SynthImage]], list[Record]]
Tick = Callable[[Counter[str]], None]  # called with changes of counts, by IN_HAND, KEPT or reason


@dataclass(frozen=True, slots=True)
class Observer:
    """What a worker needs: the source of the pictures, and `look`, which turns pictures into records."""

    source: ImageSource
    look: Look
    licences: dict[str, str]  # of everything used


MakeObserver = Callable[[], Observer]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The number of a chunk's pictures per outcome: KEPT or the reason."""

    chunk: str
    counts: Counter[str]


@dataclass(frozen=True, slots=True)
class Opening:
    """Makes a worker in the process where it will run."""

    folder: Storage
    observer: MakeObserver
    tick: Tick | None = None

    def __call__(self) -> "Collector":
        """The worker."""
        return Collector(self.folder, self.observer(), self.tick)


@dataclass(slots=True)
class Collector:
    """Makes chunks one after another. It holds the models and stops when they fail repeatedly."""

    folder: Storage
    observer: Observer
    tick: Tick | None = None
    last_error: str = ""  # of the picture before, "" if it could be observed
    repeats: int = 0  # pictures in a row with `last_error`
    suspects: list[str] = field(default_factory=list)  # chunks written since `last_error` first occurred

    def __call__(self, chunk: Chunk) -> Outcome:
        """Make, observe and write a chunk's pictures.

        Raises:
            ChorusError: `SAME` pictures in a row failed with the same error. Their chunks are removed, so
                that the next run makes them again.
        """
        made: list[SynthImage | Rejected] = []

        def pictures() -> Iterator[SynthImage]:
            for picture in self.observer.source.generate(chunk.shots):
                made.append(picture)
                if isinstance(picture, SynthImage):
                    yield picture
                self._tell(Counter({IN_HAND: 1}))

        seen = iter(self.observer.look(pictures()))
        records: list[Record] = []
        for shot, picture in zip(chunk.shots, made, strict=True):
            if isinstance(picture, Rejected):
                source = self.observer.source
                own = source.own(shot) if isinstance(source, KnowsPictures) else shot
                records.append(
                    Record(
                        shot=own,
                        generator=source.name,
                        size_px=(0, 0),
                        weight=0.0,
                        seen=None,
                        reason=picture.reason,
                        detail=picture.detail,
                    )
                )
            else:
                records.append(next(seen))
                self._check_failing(records[-1])
        counts = Counter(map(became, records))
        changes = Counter(counts)
        changes.subtract({IN_HAND: len(made)})
        self._tell(changes)
        photos = [None if isinstance(picture, Rejected) else picture.photo for picture in made]
        table = record_table.to_bytes(Table(records, self.observer.licences))
        self.folder.write(f"{SHARDS}/{chunk.name}.tar", storage.pack(zip(records, photos, strict=True)))
        self.folder.write(f"{SHARDS}/{chunk.name}.parquet", table)
        if self.repeats:
            self.suspects.append(chunk.name)
        return Outcome(chunk.name, counts)

    def _tell(self, more: Counter[str]) -> None:
        if self.tick:
            self.tick(more)

    def _check_failing(self, record: Record) -> None:
        """Stop if the last `SAME` pictures failed with the same error: the models are at fault.

        Raises:
            ChorusError: they did.
        """
        fails = record.reason is Reason.UNREADABLE
        if not (fails and record.detail == self.last_error):
            self.last_error, self.repeats, self.suspects = record.detail if fails else "", 0, []
        self.repeats += fails
        if self.repeats < SAME:
            return
        for name in self.suspects:
            self.folder.remove(f"{SHARDS}/{name}.parquet")
        raise ChorusError(
            f"{SAME} pictures in a row could not be observed, all with the same error: {self.last_error}",
            "Fix the error (a device, a library, a model) and run again.",
        )


def collect(
    folder: Storage, wanted: Sequence[Chunk], worker_pool: WorkerPool[Chunk, Outcome]
) -> Iterator[Outcome]:
    """Have the workers (of an `Opening`) make the chunks that are missing, in any order.

    Raises:
        OutputError: chunks that workers wrote are not in the folder as this machine sees it.
    """
    ready = finished(folder)
    made: set[str] = set()
    for outcome in worker_pool([chunk for chunk in wanted if chunk.name not in ready]):
        made.add(outcome.chunk)
        yield outcome
    lost = _unseen(folder, made)
    if lost:
        raise OutputError(
            f"{folder.url}: {len(lost)} chunks that workers wrote are not here (the first is {lost[0]}): "
            "they are on disks of other machines.",
            "Give -o a folder that all machines of the cluster share, or a URL such as s3://BUCKET/DIR.",
        )


def finished(folder: Storage) -> set[str]:
    """Names of the chunks whose records are written."""
    return folder.names(SHARDS, ".parquet")


def current(folder: Storage) -> list[str]:
    """Finished chunks in order, without those that a longer chunk contains."""
    there = finished(folder)
    return sorted(there.difference(chunks.outgrown(there, there)))


def tidy(folder: Storage, wanted: Sequence[str]) -> None:
    """Remove chunks that a longer finished chunk contains; they are left from a build with fewer pictures.

    Args:
        folder: the build's folder.
        wanted: names of the chunks to keep.
    """
    there = finished(folder)
    found = there | folder.names(SHARDS, ".tar")
    for name in chunks.outgrown(found.difference(wanted), there):
        folder.remove(f"{SHARDS}/{name}.parquet")  # before the tar: a chunk without it is not finished
        folder.remove(f"{SHARDS}/{name}.tar")


def read(folder: Storage, chunk: str) -> Table:
    """Read the records of a finished chunk, in order."""
    name = f"{SHARDS}/{chunk}.parquet"
    return record_table.from_bytes(folder.read(name), folder.path(name))


def became(record: Record) -> str:
    """The outcome of a picture: KEPT, or the reason why it was set aside."""
    return KEPT if record.reason is None else record.reason.value


def _unseen(folder: Storage, made: set[str]) -> list[str]:
    """The chunks that are missing in the folder, even after waiting."""
    lost = sorted(made)
    for lag_s in LAGS_S:
        if lost:
            time.sleep(lag_s)
            lost = sorted(made - finished(folder))
    return lost
