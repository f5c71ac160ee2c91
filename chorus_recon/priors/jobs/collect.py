"""Make the chunks of a build: write their pictures and records into the build's folder.

A chunk is finished when its parquet is there; the tar of its pictures is written before. Both depend only on
the chunk's shots, so it does not matter which machine makes the chunk, when, or after how many attempts.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from chorus_recon.backends.protocols import ImageSource, KnowsPictures
from chorus_recon.errors import ChorusError, OutputError
from chorus_recon.execution.interface import WorkerPool
from chorus_recon.priors.jobs import chunks, record_table, storage
from chorus_recon.priors.jobs.chunks import Chunk
from chorus_recon.priors.jobs.record_table import Table
from chorus_recon.priors.jobs.records import Record
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.types import Photo, Reason, Rejected, Shot, SynthImage

SHARDS = "shards"
KEPT = "kept"
IN_HAND = "in hand"  # observed, not judged yet: a chunk's cameras are calibrated together
SAME = 8  # pictures in a row with the same error that end a build
LAGS_S = (0.0, 1.0, 5.0, 15.0, 40.0)  # network file systems may show other machines' files late

Look = Callable[[Iterable[SynthImage]], list[Record]]
Tick = Callable[[Counter[str]], None]  # called with changes of counts, by IN_HAND, KEPT or reason


@runtime_checkable
class Maker(Protocol):
    """A worker's models: it makes the records of a chunk."""

    @property
    def licences(self) -> dict[str, str]:
        """Those of everything used."""
        ...

    @property
    def scenes(self) -> bool:
        """Whether it renders scenes, which have no pictures to store."""
        ...

    def records(self, shots: Sequence[Shot], tell: Tick) -> list[tuple[Record, Photo | None]]:
        """The record of each shot, with its picture if there is one; each is told as IN_HAND."""
        ...


@dataclass(frozen=True, slots=True)
class Observer:
    """Makes records of pictures: `look` turns the pictures of a source into records."""

    source: ImageSource
    look: Look
    licences: dict[str, str]  # of everything used
    scenes: bool = False

    def records(self, shots: Sequence[Shot], tell: Tick) -> list[tuple[Record, Photo | None]]:
        """See `Maker`. A chunk's pictures are looked at as they come, and judged together."""
        made: list[SynthImage | Rejected] = []

        def pictures() -> Iterator[SynthImage]:
            for picture in self.source.generate(shots):
                made.append(picture)
                if isinstance(picture, SynthImage):
                    yield picture
                tell(Counter({IN_HAND: 1}))

        seen = iter(self.look(pictures()))
        return [
            (self._none(shot, picture), None)
            if isinstance(picture, Rejected)
            else (next(seen), picture.photo)
            for shot, picture in zip(shots, made, strict=True)
        ]

    def _none(self, shot: Shot, picture: Rejected) -> Record:
        """The record of a picture that the source could not make."""
        own = self.source.own(shot) if isinstance(self.source, KnowsPictures) else shot
        return Record(
            shot=own,
            generator=self.source.name,
            size_px=(0, 0),
            weight=0.0,
            seen=None,
            reason=picture.reason,
            detail=picture.detail,
        )


MakeObserver = Callable[[], Maker]


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
    observer: Maker
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
        made = self.observer.records(chunk.shots, self._tell)
        records = [record for record, _ in made]
        for record, picture in made:
            if picture is not None:
                self._check_failing(record)
        counts = Counter(map(became, records))
        changes = Counter(counts)
        changes.subtract({IN_HAND: len(made)})
        self._tell(changes)
        table = record_table.to_bytes(Table(records, self.observer.licences, self.observer.scenes))
        if not self.observer.scenes:
            self.folder.write(f"{SHARDS}/{chunk.name}.tar", storage.pack(made))
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
