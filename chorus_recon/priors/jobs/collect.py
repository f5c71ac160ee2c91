"""Make the chunks of a build: their pictures and records are written into its folder.

A chunk is finished when its parquet is there; its tar is written before. Both are decided by the chunk's
shots alone, so it does not matter which machine makes it, when, or whether it was tried before.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from chorus_recon.backends.protocols import ImageSource, KnowsPictures
from chorus_recon.errors import ChorusError, OutputError
from chorus_recon.priors.jobs import chunks, record_table, storage
from chorus_recon.priors.jobs.chunks import Chunk
from chorus_recon.priors.jobs.executors import WorkerPool
from chorus_recon.priors.jobs.record_table import Table
from chorus_recon.priors.jobs.records import Record
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.types import Reason, Rejected, SynthImage

SHARDS = "shards"
KEPT = "kept"
IN_HAND = "in hand"  # looked at, not judged yet: a chunk's cameras are calibrated together
SAME = 8  # pictures in a row with the same error
LAGS_S = (0.0, 1.0, 5.0, 15.0, 40.0)  # a network's file system may show other machines' files late

Look = Callable[[Iterable[SynthImage]], list[Record]]
Tick = Callable[[Counter[str]], None]  # called with changes: IN_HAND, KEPT or the reason -> how many more


@dataclass(frozen=True, slots=True)
class Observer:
    """What a worker needs: where pictures come from, and how a chunk's become records."""

    source: ImageSource
    look: Look
    licences: dict[str, str]  # of everything used


MakeObserver = Callable[[], Observer]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a chunk's pictures: KEPT or the reason -> how many."""

    chunk: str
    counts: Counter[str]


@dataclass(frozen=True, slots=True)
class Opening:
    """Makes a worker where it will run."""

    folder: Storage
    observer: MakeObserver
    tick: Tick | None = None

    def __call__(self) -> "Collector":
        """The worker."""
        return Collector(self.folder, self.observer(), self.tick)


@dataclass(slots=True)
class Collector:
    """Makes chunks one after another; holds the models and checks that they still work."""

    folder: Storage
    observer: Observer
    tick: Tick | None = None
    said: str = ""  # the error of the picture before
    times: int = 0  # in a row
    spoilt: list[str] = field(default_factory=list)  # chunks that ended while it was said

    def __call__(self, chunk: Chunk) -> Outcome:
        """Make, look at and write a chunk's pictures.

        Raises:
            ChorusError: picture after picture fails in the same way; such chunks are left to be made again.
        """
        made: list[SynthImage | Rejected] = []

        def pictures() -> Iterator[SynthImage]:
            for one in self.observer.source.generate(chunk.shots):
                made.append(one)
                if isinstance(one, SynthImage):
                    yield one
                self._tell(Counter({IN_HAND: 1}))

        seen = iter(self.observer.look(pictures()))
        records: list[Record] = []
        for shot, one in zip(chunk.shots, made, strict=True):
            if isinstance(one, Rejected):
                source = self.observer.source
                own = source.own(shot) if isinstance(source, KnowsPictures) else shot
                records.append(Record(own, source.name, (0, 0), 0.0, None, one.reason, one.detail))
            else:
                records.append(next(seen))
                self._heed(records[-1])
        counts = Counter(map(became, records))
        told = Counter(counts)
        told.subtract({IN_HAND: len(made)})
        self._tell(told)
        photos = [None if isinstance(one, Rejected) else one.photo for one in made]
        table = record_table.to_bytes(Table(records, self.observer.licences))
        self.folder.write(f"{SHARDS}/{chunk.name}.tar", storage.pack(zip(records, photos, strict=True)))
        self.folder.write(f"{SHARDS}/{chunk.name}.parquet", table)
        if self.times:
            self.spoilt.append(chunk.name)
        return Outcome(chunk.name, counts)

    def _tell(self, more: Counter[str]) -> None:
        if self.tick:
            self.tick(more)

    def _heed(self, record: Record) -> None:
        """A picture that a network chokes on is set aside; that it chokes on all is no picture's fault."""
        fails = record.reason is Reason.UNREADABLE
        if not (fails and record.detail == self.said):
            self.said, self.times, self.spoilt = record.detail if fails else "", 0, []
        self.times += fails
        if self.times < SAME:
            return
        for name in self.spoilt:
            self.folder.remove(f"{SHARDS}/{name}.parquet")
        raise ChorusError(
            f"{SAME} pictures in a row could not be looked at, all for the same error: {self.said}",
            "Fix the error (a device, a library, a model) and run again.",
        )


def collect(
    folder: Storage, wanted: Sequence[Chunk], worker_pool: WorkerPool[Chunk, Outcome]
) -> Iterator[Outcome]:
    """Have workers (of an `Opening`) make the chunks that are not there yet, in any order.

    Raises:
        OutputError: workers wrote chunks where they cannot be seen from here.
    """
    ready = finished(folder)
    made: set[str] = set()
    for outcome in worker_pool([one for one in wanted if one.name not in ready]):
        made.add(outcome.chunk)
        yield outcome
    lost = _unseen(folder, made)
    if lost:
        raise OutputError(
            f"{folder.url}: {len(lost)} pieces that workers wrote are not here (the first is {lost[0]}): "
            "they went to disks of other machines.",
            "Give -o a folder that all machines of the cluster share, or a URL such as s3://BUCKET/DIR.",
        )


def finished(folder: Storage) -> set[str]:
    """Names of the chunks whose records are written."""
    return folder.names(SHARDS, ".parquet")


def current(folder: Storage) -> list[str]:
    """Finished chunks in order, each picture in one of them only."""
    there = finished(folder)
    return sorted(there.difference(chunks.outgrown(there, there)))


def tidy(folder: Storage, wanted: Sequence[str]) -> None:
    """Take away chunks that were cut short by the end of a smaller build, where longer ones are whole.

    Args:
        folder: a build's.
        wanted: chunks that stay.
    """
    there = finished(folder)
    found = there | folder.names(SHARDS, ".tar")
    for name in chunks.outgrown(found.difference(wanted), there):
        folder.remove(f"{SHARDS}/{name}.parquet")  # first: a chunk without it is not finished
        folder.remove(f"{SHARDS}/{name}.tar")


def read(folder: Storage, chunk: str) -> Table:
    """The records of a finished chunk, in order."""
    name = f"{SHARDS}/{chunk}.parquet"
    return record_table.from_bytes(folder.read(name), folder.path(name))


def became(record: Record) -> str:
    """KEPT, or why a picture was set aside."""
    return KEPT if record.reason is None else record.reason.value


def _unseen(folder: Storage, made: set[str]) -> list[str]:
    """Which of some chunks are not there, even after a while."""
    lost = sorted(made)
    for lag_s in LAGS_S:
        if lost:
            time.sleep(lag_s)
            lost = sorted(made - finished(folder))
    return lost
