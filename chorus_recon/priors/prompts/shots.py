"""Plan the shots of a build: the prompt, the view and the seed of each picture.

A shot depends only on the build's seed, its index and, if views are balanced, the counts at the start of its
round. It does not depend on batches, workers or shards, so every machine plans the same shots.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from chorus_recon.backends.images.view_phrases import VIEWS, View
from chorus_recon.errors import ConfigError
from chorus_recon.types import Prompt, Shot

SPREAD_DEG = 40.0  # standard deviation of the views that generators make from a phrase with a side
DOUBT = 4.0  # pictures added to each bin, so that few pictures have little influence
MOST = 4.0  # largest weight of a phrase; 1 is as often as without balance
LEAST = 0.25  # smallest weight of a phrase


def plan(
    prompts: Sequence[Prompt],
    count: int,
    seed: int,
    views: Sequence[View] = VIEWS,
    start: int = 0,
    kept: Mapping[int, int] | Sequence[int] | None = None,
    bins: int = 12,
) -> list[Shot]:
    """Plan the shots `start` to `start + count`.

    Args:
        prompts: used in turn.
        count: how many shots.
        seed: the build's seed; other seeds give other pictures.
        views: phrases appended to the prompts, in turn; no pair is repeated before all are used.
        start: index of the first shot.
        kept: kept pictures per azimuth bin so far; views with few are used more often. None: no balance.
        bins: the number of azimuth bins.

    Raises:
        ConfigError: `prompts` or `views` is empty.
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
    """A 63-bit seed from the prompt, the view, the index and the build's seed, the same on every machine."""
    words = "\x1f".join((prompt.category, prompt.text, view.phrase, str(index), str(seed)))
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "big") >> 1


def wanted(views: Sequence[View], kept: Sequence[int]) -> list[float]:
    """The weight of each view; 1 is as often as without balance.

    It is the mean shortage of the bins that the phrase is expected to fill; a phrase without a side fills
    all.
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
    """Yield (prompt, view) along the diagonals of their table, so that both change with every shot."""
    views = len(weights)
    diagonal = math.lcm(prompts, views)
    index = start
    while True:
        yield index % prompts, (index + index // diagonal) % views
        index += 1


def _by_weight(prompts: int, weights: Sequence[float], start: int) -> Iterator[tuple[int, int]]:
    """Yield (prompt, view): views are spread evenly by weight, and the prompts of each view are in turn."""
    total = sum(weights)
    credit = [0.0] * len(weights)
    turn = [_offset(start, view) for view in range(len(weights))]
    while True:
        credit = [balance + weight for balance, weight in zip(credit, weights, strict=True)]
        view = max(range(len(weights)), key=lambda n: credit[n])
        credit[view] -= total
        yield turn[view] % prompts, view
        turn[view] += 1


def _offset(start: int, view: int) -> int:
    """The prompt that a view starts with, so that rounds do not all start with the same prompts."""
    return int.from_bytes(hashlib.sha256(f"{start}|{view}".encode()).digest()[:4], "big")


def _counts(kept: Mapping[int, int] | Sequence[int], bins: int) -> list[int]:
    if isinstance(kept, Mapping):
        return [Counter(kept)[n] for n in range(bins)]
    return list(kept)


def _apart_deg(a: float, b: float) -> float:
    return abs((a - b + 180.0) % 360.0 - 180.0)
