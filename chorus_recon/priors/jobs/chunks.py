"""Split a build into rounds and chunks, the same on every machine."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chorus_recon.errors import ConfigError
from chorus_recon.types import Shot

FIRST = 8  # chunks of the first round of pictures; every later round doubles the number of chunks


@dataclass(frozen=True, slots=True)
class Chunk:
    """Shots whose pictures are made, observed and written together.

    The last chunk of a build may be shorter; its name then ends in its number of pictures.
    """

    name: str
    shots: tuple[Shot, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a build is split: rounds of blocks, and blocks of one chunk per row.

    A build of pictures has one row, and its units are pictures. A build of rendered scenes has a row per
    interaction, and its units are scenes, each of which gives several pictures.

    Attributes:
        size: units of a block.
        shapes: of each row, the number of shapes that its units are spread over, the same number each.
        views: pictures of a unit.
        first: blocks of the first round.
    """

    size: int
    shapes: tuple[int, ...] = (1,)
    views: int = 1
    first: int = FIRST

    @property
    def stride(self) -> int:
        """The pictures of the longest chunk; a chunk's first picture has the chunk's number times this."""
        return max(self.pictures(row, self.size) for row in range(len(self.shapes)))

    def pictures(self, row: int, units: int) -> int:
        """The pictures of a chunk of a row."""
        return -(-units // self.shapes[row]) * self.shapes[row] * self.views

    def rounds(self, units: int) -> Iterator[tuple[int, int]]:
        """(first, end) of the units of each round; the ends do not depend on `units`, except the last."""
        start, end = 0, self.first * self.size
        while start < units:
            yield start, min(end, units)
            start, end = end, 2 * end

    def blocks(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """(number, units) of the blocks of a round, which starts at a whole block."""
        for first in range(start, end, self.size):
            yield first // self.size, min(self.size, end - first)

    def numbered(self, units: int) -> Iterator[tuple[int, int]]:
        """(number, pictures) of all chunks of a build, in order."""
        for block, count in self.blocks(0, units):
            for row in range(len(self.shapes)):
                yield block * len(self.shapes) + row, self.pictures(row, count)

    def name(self, number: int, pictures: int) -> str:
        """The name of a chunk's files: its number, and its number of pictures if it is not full."""
        full = pictures == self.pictures(number % len(self.shapes), self.size)
        return f"{number:06d}" + ("" if full else f"-{pictures:03d}")

    def names(self, units: int) -> list[str]:
        """The names of all chunks of a build, in order."""
        return [self.name(*chunk) for chunk in self.numbered(units)]

    def row(self, name: str) -> int:
        """The row of a named chunk."""
        return number_of(name) % len(self.shapes)

    def cut(self, shots: Sequence[Shot]) -> list[Chunk]:
        """Cut a round's shots into chunks; a round starts at a whole chunk."""
        parts: dict[int, list[Shot]] = {}
        for shot in shots:
            parts.setdefault(shot.index // self.stride, []).append(shot)
        return [Chunk(self.name(number, len(part)), tuple(part)) for number, part in parts.items()]

    def reach(self, names: Iterable[str]) -> int:
        """The number of units up to the end of the named chunks."""
        ends: dict[int, int] = {}
        for name in names:
            number, _, count = name.partition("-")
            block, units = int(number) // len(self.shapes), int(count) // self.views if count else self.size
            ends[block] = min(units, ends.get(block, units))
        last = max(ends, default=0)
        return last * self.size + ends.get(last, 0)


def number_of(name: str) -> int:
    """The number of a named chunk."""
    return int(name.partition("-")[0])


def outgrown(names: Iterable[str], others: Iterable[str]) -> list[str]:
    """The chunks of `names` whose pictures are all in a longer chunk of `others`, sorted."""
    longest: dict[int, tuple[bool, int]] = {}
    for chunk in others:
        number, length = _length(chunk)
        longest[number] = max(length, longest.get(number, length))
    return sorted(chunk for chunk in names if _length(chunk)[1] < longest.get(_length(chunk)[0], (False, 0)))


def _length(name: str) -> tuple[int, tuple[bool, int]]:
    """A chunk's number, and a key that sorts chunks of that number by length."""
    number, _, count = name.partition("-")
    return int(number), (not count, int(count or 0))


@dataclass(frozen=True, slots=True)
class Share:
    """One machine's share of a build: every `of`-th chunk, from the `number`-th (1-based)."""

    number: int
    of: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.of:
            raise ConfigError(
                f"There is no shard {self.number} of {self.of}.", f"Use 1/{self.of} to {self.of}/{self.of}."
            )

    def owns(self, chunk: int) -> bool:
        """Whether this machine makes the chunk with this number."""
        return chunk % self.of == self.number - 1

    def pictures(self, layout: Layout, units: int) -> int:
        """How many pictures of a build this machine makes."""
        return sum(count for number, count in layout.numbered(units) if self.owns(number))


WHOLE = Share(1, 1)
