"""Plan the shots of a build: the prompt, the view and the seed of each picture.

A shot follows from the build's seed, its index and (where views are balanced) the counts at the start of
its round. Batches, workers and shards do not enter: any machine plans the same shots.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from chorus_recon.backends.images.view_phrases import VIEWS, View
from chorus_recon.errors import ConfigError
from chorus_recon.types import Prompt, Shot

SPREAD_DEG = 40.0  # how loosely generators follow a phrase that names a side
DOUBT = 4.0  # pictures a bin that are taken as seen from everywhere, so that few pictures decide little
MOST = 4.0  # times as often as its turn is the most that a phrase is asked for
LEAST = 0.25


def plan(
    prompts: Sequence[Prompt],
    count: int,
    seed: int,
    views: Sequence[View] = VIEWS,
    start: int = 0,
    kept: Mapping[int, int] | Sequence[int] | None = None,
    bins: int = 12,
) -> list[Shot]:
    """The shots `start` to `start + count`.

    Args:
        prompts: asked for in turn.
        count: how many shots.
        seed: the build's; other seeds give other pictures.
        views: phrases put after the prompts, in turn; every pair comes up before any comes again.
        start: index of the first shot.
        kept: kept pictures in each azimuth bin so far, to ask for views that are missing more often.
        bins: how many azimuth bins there are.

    Raises:
        ConfigError: there is no prompt or no view.
    """
    if not prompts or not views:
        raise ConfigError(
            "No shots can be planned without a prompt and a view.", "Give at least one of each."
        )
    weights = [1.0] * len(views) if kept is None else wanted(views, _counts(kept, bins))
    pairs = _in_turn if len(set(weights)) == 1 else _by_weight
    return [
        Shot(index, prompts[p], views[v].phrase, views[v].avoid, seed_of(prompts[p], views[v], index, seed))
        for index, (p, v) in zip(
            range(start, start + count), pairs(len(prompts), weights, start), strict=False
        )
    ]


def seed_of(prompt: Prompt, view: View, index: int, seed: int) -> int:
    """63 bits that follow from what is asked, its index and the build's seed, the same on every machine."""
    words = "\x1f".join((prompt.category, prompt.text, view.phrase, str(index), str(seed)))
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "big") >> 1


def wanted(views: Sequence[View], kept: Sequence[int]) -> list[float]:
    """How often each view should be asked for, 1 as often as its turn.

    A phrase is worth the mean shortage of the bins it tends to fill; one that names no side fills all.
    """
    mean = sum(kept) / len(kept)
    shortage = [(mean + DOUBT) / (count + DOUBT) for count in kept]
    return [
        min(MOST, max(LEAST, sum(s * a for s, a in zip(shortage, aim(view, len(kept)), strict=True))))
        for view in views
    ]


def aim(view: View, bins: int) -> list[float]:
    """The share of a view's pictures expected in each azimuth bin."""
    if not view.azimuths_deg:
        return [1.0 / bins] * bins
    centres = [(n + 0.5) * 360.0 / bins for n in range(bins)]
    parts = [
        sum(math.exp(-0.5 * (_apart_deg(centre, at) / SPREAD_DEG) ** 2) for at in view.azimuths_deg)
        for centre in centres
    ]
    return [part / sum(parts) for part in parts]


def _in_turn(prompts: int, weights: Sequence[float], start: int) -> Iterator[tuple[int, int]]:
    """(prompt, view) along the diagonals of their table: both change with every shot."""
    views = len(weights)
    diagonal = math.lcm(prompts, views)
    index = start
    while True:
        yield index % prompts, (index + index // diagonal) % views
        index += 1


def _by_weight(prompts: int, weights: Sequence[float], start: int) -> Iterator[tuple[int, int]]:
    """(prompt, view), views spread evenly by weight, the prompts of each view in turn."""
    total = sum(weights)
    credit = [0.0] * len(weights)
    turn = [_offset(start, view) for view in range(len(weights))]
    while True:
        credit = [have + weight for have, weight in zip(credit, weights, strict=True)]
        view = max(range(len(weights)), key=lambda n: credit[n])
        credit[view] -= total
        yield turn[view] % prompts, view
        turn[view] += 1


def _offset(start: int, view: int) -> int:
    """Where a view starts among the prompts; else each round would start with the same ones."""
    return int.from_bytes(hashlib.sha256(f"{start}|{view}".encode()).digest()[:4], "big")


def _counts(kept: Mapping[int, int] | Sequence[int], bins: int) -> list[int]:
    if isinstance(kept, Mapping):
        return [Counter(kept)[n] for n in range(bins)]
    return list(kept)


def _apart_deg(a: float, b: float) -> float:
    return abs((a - b + 180.0) % 360.0 - 180.0)
