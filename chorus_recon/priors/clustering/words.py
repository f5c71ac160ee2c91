"""Let a prior from words count like a few pictures; pictures outvote it.

At each voxel, the words count like `strength` pictures with the occupancy that the prior from words has
there. The strength is the one with which a part of the pictures predicts the others best.
"""

import functools
import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.errors import ConfigError
from chorus_recon.geometry import credible, smoothing
from chorus_recon.geometry import grid as voxels
from chorus_recon.priors.aggregation import aggregate
from chorus_recon.priors.aggregation.visibility import Canon
from chorus_recon.types import ALL, Observation, OccupancyPrior, OccupancyTally, PriorSet, VoxelGrid

STRENGTHS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)  # pictures
FOLDS = 5  # parts of the pictures, each of which is held out once
MOST = 400  # pictures that the choice looks at; more outvote any of the strengths
_SURE = 0.002  # predictions are kept this far from 0 and 1


@dataclass(frozen=True, slots=True)
class Words:
    """The occupancy of a prior from words on the grid of a build, and the name of the prior."""

    name: str
    occupancy: Float[Tensor, "x y z"]


@dataclass(frozen=True, slots=True)
class Strength:
    """How many pictures the words count like, and how well each strength predicted the pictures held out.

    `scores` is the mean log-likelihood of a voxel of a held-out picture, by strength.
    """

    pictures: float
    scores: dict[float, float]


def words_of(name: str, prior: PriorSet, grid: VoxelGrid, body_model: str) -> Words:
    """A prior from words on a build's grid: its clusters added up by their shares.

    Raises:
        ConfigError: the prior is of another body.
    """
    other = {cluster.body_model for cluster in prior.clusters} - {body_model}
    if other:
        raise ConfigError(
            f"The prior of {prior.category!r} is of the body {other.pop()}, the pictures' is {body_model}.",
            "Leave out --words, or choose the human estimator of that body.",
        )
    whole = [cluster for cluster in prior.clusters if cluster.cluster == ALL] or prior.clusters
    centers = voxels.centers(grid)
    total, shares = torch.zeros(grid.shape), 0.0
    for cluster in whole:
        here = cluster.expected.float()
        if cluster.grid != grid:
            here = voxels.sample(here[None], cluster.grid, centers)[..., 0]
        total += cluster.share * here
        shares += cluster.share
    return Words(name, total / shares)


def choose(observations: Iterable[Observation], canon: Canon, words: Words, body_model: str) -> Strength:
    """The strength with which a part of the pictures predicts the others best; of equal ones the least.

    With fewer than two pictures there is nothing to hold out, and the words count like one picture.
    """
    taken = list(islice(observations, MOST))
    folds = [taken[number::FOLDS] for number in range(FOLDS)]
    tallies = [_tally(fold, canon) for fold in folds if fold]
    if len(tallies) < 2:
        return Strength(1.0, {})
    scores = dict.fromkeys(STRENGTHS, 0.0)
    mass = 0.0
    for number, held in enumerate(tallies):
        rest = functools.reduce(operator.add, tallies[:number] + tallies[number + 1 :])
        alone = _prior(rest, body_model)
        hits, seen, _ = aggregate.balanced(held)
        mass += float(seen.sum())
        for strength in STRENGTHS:
            mixed = with_words(alone, words, strength).expected
            guess = mixed.reshape(-1)[held.voxels].clamp(_SURE, 1 - _SURE)
            scores[strength] += float((hits * guess.log() + (seen - hits) * (1 - guess).log()).sum())
    means = {strength: score / max(mass, 1e-9) for strength, score in scores.items()}
    return Strength(max(STRENGTHS, key=lambda strength: (means[strength], -strength)), means)


def with_words(cluster: OccupancyPrior, words: Words, strength: float) -> OccupancyPrior:
    """A cluster whose pictures are joined by words that count like `strength` pictures of all clusters."""
    own = strength * cluster.share
    if own == 0.0 or cluster.evidence is None:
        return cluster
    evidence = cluster.evidence + own
    occupancy = (cluster.evidence * cluster.occupancy + own * words.occupancy) / evidence
    pictures = float(cluster.evidence.max())
    support = (pictures * cluster.support + own) / (pictures + own)
    low, high = credible.interval(occupancy, evidence)
    return replace(
        cluster,
        occupancy=occupancy,
        support=support,
        evidence=evidence,
        low=low,
        high=high,
        smoothed=None if cluster.smoothed is None else smoothing.smooth(occupancy, support),
    )


def _tally(pictures: Sequence[Observation], canon: Canon) -> OccupancyTally:
    count = aggregate.begin(canon)
    aggregate.add(pictures, canon, lambda _: (count,))
    return count.total


def _prior(total: OccupancyTally, body_model: str) -> OccupancyPrior:
    done = aggregate.finish(total)
    return OccupancyPrior(
        grid=total.grid,
        occupancy=done.occupancy,
        support=done.support,
        body_model=body_model,
        cluster=ALL,
        share=1.0,
        evidence=done.evidence,
        smoothed=smoothing.smooth(done.occupancy, done.support),
    )
