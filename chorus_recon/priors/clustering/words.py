"""Let a prior from words count like a few pictures; pictures outvote it.

At each voxel, a cluster of the words counts like its share of `strength` pictures, in the cluster of pictures
that it overlaps most. The strength is the one with which a part of the pictures predicts the others best.
"""

import functools
import operator
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.errors import ConfigError
from chorus_recon.geometry import credible, smoothing
from chorus_recon.priors.aggregation import aggregate
from chorus_recon.priors.aggregation.visibility import Canon
from chorus_recon.priors.clustering.regrid import on_grid
from chorus_recon.types import ALL, Observation, OccupancyPrior, OccupancyTally, PriorSet, VoxelGrid

STRENGTHS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)  # pictures
FOLDS = 5  # parts of the pictures, each of which is held out once
MOST = 400  # pictures that the choice looks at; more outvote any of the strengths
APART = 0.1  # clusters with a smaller common part are different uses
EQUAL = 0.95  # clusters whose common part is this share of the largest one, or more, are equally near
LEAST = 0.02  # share of a cluster of words that stays apart
_SURE = 0.002  # predictions are kept this far from 0 and 1


@dataclass(frozen=True, slots=True)
class Words:
    """The clusters of a prior from words on the grid of a build, and its name. Their shares add up to 1."""

    name: str
    clusters: tuple[OccupancyPrior, ...]

    @property
    def occupancy(self) -> Float[Tensor, "x y z"]:
        """The occupancy of all clusters, added up by their shares."""
        return _sum(self.clusters)


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
    total = sum(cluster.share for cluster in whole)
    return Words(name, tuple(replace(on_grid(each, grid), share=each.share / total) for each in whole))


def choose(observations: Iterable[Observation], canon: Canon, words: Words, body_model: str) -> Strength:
    """The strength with which a part of the pictures predicts the others best; of equal ones the least.

    With fewer than two pictures there is nothing to hold out, and the words count like one picture.
    """
    taken = list(islice(observations, MOST))
    folds = [taken[number::FOLDS] for number in range(FOLDS)]
    tallies = [_tally(fold, canon) for fold in folds if fold]
    if len(tallies) < 2:
        return Strength(1.0, {})
    said = words.occupancy
    scores = dict.fromkeys(STRENGTHS, 0.0)
    mass = 0.0
    for number, held in enumerate(tallies):
        rest = functools.reduce(operator.add, tallies[:number] + tallies[number + 1 :])
        alone = _prior(rest, body_model)
        hits, seen, _ = aggregate.balanced(held)
        mass += float(seen.sum())
        for strength in STRENGTHS:
            mixed = _with(alone, said, strength).occupancy  # a share of pictures, which `expected` is not
            guess = mixed.reshape(-1)[held.voxels].clamp(_SURE, 1 - _SURE)
            scores[strength] += float((hits * guess.log() + (seen - hits) * (1 - guess).log()).sum())
    means = {strength: score / max(mass, 1e-9) for strength, score in scores.items()}
    return Strength(max(STRENGTHS, key=lambda strength: (means[strength], -strength)), means)


def join(
    pictures: Sequence[OccupancyPrior], words: Words, strength: float, count: int
) -> tuple[OccupancyPrior, ...]:
    """The clusters of `count` pictures, each with the clusters of words that overlap it most.

    Words are `strength` pictures of `count` + `strength`, in the occupancy and in the shares. A cluster of
    words that overlaps two clusters of pictures equally is divided. One that overlaps none stays a cluster of
    its own, unless its share is too small. A cluster of all pictures (`ALL`) is joined by all words.
    """
    if strength == 0.0:
        return tuple(pictures)
    parts = [cluster for cluster in pictures if cluster.cluster != ALL]
    given: dict[str, list[OccupancyPrior]] = {ALL: list(words.clusters)}
    alone: list[OccupancyPrior] = []
    for cluster in words.clusters if parts else ():
        common = [overlap(part.expected, cluster.expected) for part in parts]
        if max(common) < APART and strength * cluster.share >= LEAST * (count + strength):
            alone.append(cluster)
            continue
        nearest = [p for p, part in zip(parts, common, strict=True) if part >= EQUAL * max(common)]
        for part in nearest:
            piece = replace(cluster, share=cluster.share / len(nearest))
            given.setdefault(part.cluster, []).append(piece)
    taken = {cluster.cluster for cluster in pictures}
    return (
        *(_joined(cluster, given.get(cluster.cluster, []), strength, count) for cluster in pictures),
        *(_own(cluster, strength, count, taken, words.name) for cluster in alone),
    )


def overlap(first: Float[Tensor, "x y z"], second: Float[Tensor, "x y z"]) -> float:
    """The part that two fields have in common, in [0, 1], if each is scaled to add up to 1."""
    one, other = (each / each.sum().clamp_min(1e-9) for each in (first, second))
    return float(torch.minimum(one, other).sum())


def _joined(
    cluster: OccupancyPrior, said: Sequence[OccupancyPrior], strength: float, count: int
) -> OccupancyPrior:
    """A cluster of pictures with what words say of it; its share falls if they say little."""
    share = sum(each.share for each in said)
    mixed = _with(cluster, _sum(said), strength * share) if said else cluster
    return replace(mixed, share=(count * cluster.share + strength * share) / (count + strength))


def _own(
    cluster: OccupancyPrior, strength: float, count: int, taken: Collection[str], name: str
) -> OccupancyPrior:
    """A cluster of words beside those of pictures; it counts like its share of `strength` pictures."""
    pictures = strength * cluster.share
    evidence = torch.full_like(cluster.occupancy, pictures)
    low, high = credible.interval(cluster.occupancy, evidence)
    return replace(
        cluster,
        cluster=f"{name}: {cluster.cluster}" if cluster.cluster in taken else cluster.cluster,
        share=pictures / (count + strength),
        evidence=evidence,
        low=low,
        high=high,
    )


def _with(cluster: OccupancyPrior, said: Float[Tensor, "x y z"], pictures: float) -> OccupancyPrior:
    """A cluster whose pictures are joined by words that count like some more of them."""
    if pictures == 0.0 or cluster.evidence is None:
        return cluster
    evidence = cluster.evidence + pictures
    occupancy = (cluster.evidence * cluster.occupancy + pictures * said) / evidence
    own = float(cluster.evidence.max())
    support = (own * cluster.support + pictures) / (own + pictures)
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


def _sum(clusters: Sequence[OccupancyPrior]) -> Float[Tensor, "x y z"]:
    """The mean occupancy of some clusters, weighted by their shares."""
    total = sum(cluster.share for cluster in clusters)
    return torch.stack([cluster.share / total * cluster.occupancy.float() for cluster in clusters]).sum(0)


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
