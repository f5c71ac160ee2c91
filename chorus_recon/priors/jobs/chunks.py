"""Split a build into rounds and chunks, the same on every machine."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chorus_recon.errors import ConfigError
from chorus_recon.types import Shot

FIRST = 8  # chunks of the first round; every round after it doubles what there is


@dataclass(frozen=True, slots=True)
class Chunk:
    """Shots that are made, looked at and written together. A chunk cut short by the end has another name."""

    name: str
    shots: tuple[Shot, ...]


def rounds(images: int, chunk: int) -> Iterator[tuple[int, int]]:
    """(first, end) of the shots of each round. Where rounds end does not depend on how many are asked for."""
    start, end = 0, FIRST * chunk
    while start < images:
        yield start, min(end, images)
        start, end = end, 2 * end


def cut(shots: Sequence[Shot], size: int) -> list[Chunk]:
    """Cut a round's shots into chunks; a round starts at a whole chunk."""
    chunks = []
    for start in range(0, len(shots), size):
        part = tuple(shots[start : start + size])
        chunks.append(Chunk(name(part[0].index, len(part), size), part))
    return chunks


def name(first: int, count: int, size: int) -> str:
    """Of a chunk's files: its number, and how many pictures it has where it is not full."""
    return f"{first // size:06d}" + ("" if count == size else f"-{count:03d}")


def names(images: int, size: int) -> list[str]:
    """Of all chunks of so many pictures, in order."""
    return [name(start, min(size, images - start), size) for start in range(0, images, size)]


def reach(names: Iterable[str], size: int) -> int:
    """One past the last picture of some chunks."""
    ends = (one.partition("-") for one in names)
    return max((int(number) * size + int(count or size) for number, _, count in ends), default=0)


def outgrown(names: Iterable[str], by: Iterable[str]) -> list[str]:
    """Those of some chunks whose pictures are all in a longer one of `by`, sorted."""
    longest: dict[str, tuple[bool, str]] = {}
    for one in by:
        number, length = _length(one)
        longest[number] = max(length, longest.get(number, length))
    return sorted(one for one in names if _length(one)[1] < longest.get(_length(one)[0], (False, "")))


def _length(name: str) -> tuple[str, tuple[bool, str]]:
    """A chunk's number, and what longer chunks of that number have more of."""
    number, _, count = name.partition("-")
    return number, (not count, count)


@dataclass(frozen=True, slots=True)
class Share:
    """One machine's part of a build: every `of`-th chunk, from the `number`-th (1-based)."""

    number: int
    of: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.of:
            raise ConfigError(
                f"There is no shard {self.number} of {self.of}.", f"Use 1/{self.of} to {self.of}/{self.of}."
            )

    def owns(self, chunk: Chunk, size: int) -> bool:
        """Whether a chunk is this machine's to make."""
        return chunk.shots[0].index // size % self.of == self.number - 1

    def pictures(self, images: int, size: int) -> int:
        """How many of so many pictures are this machine's."""
        starts = range((self.number - 1) * size, images, self.of * size)
        return sum(min(size, images - start) for start in starts)


WHOLE = Share(1, 1)
