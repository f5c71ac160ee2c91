"""Split a build into rounds and chunks, the same on every machine."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chorus_recon.errors import ConfigError
from chorus_recon.types import Shot

FIRST = 8  # chunks of the first round; every later round doubles the number of chunks


@dataclass(frozen=True, slots=True)
class Chunk:
    """Shots whose pictures are made, observed and written together.

    The last chunk of a build may be shorter; its name then ends in its number of pictures.
    """

    name: str
    shots: tuple[Shot, ...]


def rounds(images: int, size: int) -> Iterator[tuple[int, int]]:
    """(first, end) of the shots of each round; `size` is the pictures per chunk.

    The ends of the rounds do not depend on `images`, except for the last.
    """
    start, end = 0, FIRST * size
    while start < images:
        yield start, min(end, images)
        start, end = end, 2 * end


def cut(shots: Sequence[Shot], size: int) -> list[Chunk]:
    """Cut a round's shots into chunks of `size`; a round starts at a whole chunk."""
    chunks = []
    for start in range(0, len(shots), size):
        part = tuple(shots[start : start + size])
        chunks.append(Chunk(name(part[0].index, len(part), size), part))
    return chunks


def name(first: int, count: int, size: int) -> str:
    """The name of a chunk's files: its number, and its number of pictures if it is not full."""
    return f"{first // size:06d}" + ("" if count == size else f"-{count:03d}")


def names(images: int, size: int) -> list[str]:
    """The names of all chunks of a build of `images` pictures, in order."""
    return [name(start, min(size, images - start), size) for start in range(0, images, size)]


def reach(names: Iterable[str], size: int) -> int:
    """The index after the last picture of the named chunks."""
    ends = (chunk.partition("-") for chunk in names)
    return max((int(number) * size + int(count or size) for number, _, count in ends), default=0)


def outgrown(names: Iterable[str], others: Iterable[str]) -> list[str]:
    """The chunks of `names` whose pictures are all in a longer chunk of `others`, sorted."""
    longest: dict[str, tuple[bool, str]] = {}
    for chunk in others:
        number, length = _length(chunk)
        longest[number] = max(length, longest.get(number, length))
    return sorted(chunk for chunk in names if _length(chunk)[1] < longest.get(_length(chunk)[0], (False, "")))


def _length(name: str) -> tuple[str, tuple[bool, str]]:
    """A chunk's number, and a key that sorts chunks of that number by length."""
    number, _, count = name.partition("-")
    return number, (not count, count)


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

    def owns(self, chunk: Chunk, size: int) -> bool:
        """Whether this machine makes a chunk."""
        return chunk.shots[0].index // size % self.of == self.number - 1

    def pictures(self, images: int, size: int) -> int:
        """How many of `images` pictures this machine makes."""
        starts = range((self.number - 1) * size, images, self.of * size)
        return sum(min(size, images - start) for start in starts)


WHOLE = Share(1, 1)
