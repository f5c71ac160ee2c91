"""Count the clusters of a category from rendered scenes, one interaction at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.categories.schema import Interaction
from chorus_recon.geometry import smoothing
from chorus_recon.priors.aggregation import aggregate, orientation
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.jobs.records import WEIGHT_STEPS
from chorus_recon.priors.scenes import repeats
from chorus_recon.types import (
    AxisField,
    Observation,
    OccupancyPrior,
    OccupancyTally,
    PlacementSeed,
    Rigid,
    VoxelGrid,
)

Scenes = Sequence[Sequence[Observation]]  # the pictures of each scene
_FLIP = torch.tensor([-1.0, 1.0, 1.0])


@runtime_checkable
class SceneCount(Protocol):
    """Takes interactions in turn."""

    def add(self, one: Interaction, taken: Scenes, starts: tuple[PlacementSeed, ...]) -> None:
        """Count the pictures of an interaction; `starts` say how its objects stood."""
        ...

    def mirror(self, one: Interaction) -> None:
        """Count an interaction as the mirror image of the one it is a twin of, if that was counted."""
        ...

    def clusters(self, body_model: str) -> tuple[OccupancyPrior, ...]:
        """What was counted; shares add up to 1."""
        ...


@dataclass(frozen=True, slots=True)
class Apart:
    """One smoothed cluster per interaction, with evidence counted in scenes and the object's axis."""

    grid: VoxelGrid
    weights: Float[Tensor, "x y z j"]
    made: list[OccupancyPrior] = field(default_factory=list)

    def add(self, one: Interaction, taken: Scenes, starts: tuple[PlacementSeed, ...]) -> None:
        """See `SceneCount`."""
        total = aggregate.tally([shot for several in taken for shot in several], self.grid, self.weights)
        done = aggregate.finish(total, repeats=repeats.of(taken, self.grid, self.weights))
        self.made.append(
            OccupancyPrior(
                self.grid,
                done.occupancy,
                done.support,
                body_model="",
                cluster=one.name,
                share=one.share,
                seeds=starts,
                evidence=done.evidence,
                low=done.low,
                high=done.high,
                axes=done.axes,
                smoothed=smoothing.smooth(done.occupancy, done.support),
            )
        )

    def mirror(self, one: Interaction) -> None:
        """See `SceneCount`."""
        twin = next((each for each in self.made if each.cluster == one.twin_of), None)
        if twin is not None:
            self.made.append(mirror(twin, one.name, one.share))

    def clusters(self, body_model: str) -> tuple[OccupancyPrior, ...]:
        """See `SceneCount`."""
        total = sum(one.share for one in self.made)
        return tuple(replace(one, body_model=body_model, share=one.share / total) for one in self.made)


@dataclass(frozen=True, slots=True)
class _Part:
    interaction: Interaction
    pictures: int
    total: OccupancyTally


@dataclass(frozen=True, slots=True)
class Pooled:
    """The published way: the pictures of all interactions counted as one set, in one cluster.

    Hits and views are added up before they are divided. As many pictures are rendered of a rare
    interaction as of a common one, so each weighs its interaction's share over how many there are.
    """

    grid: VoxelGrid
    weights: Float[Tensor, "x y z j"]
    parts: list[_Part] = field(default_factory=list)

    def add(self, one: Interaction, taken: Scenes, starts: tuple[PlacementSeed, ...]) -> None:
        """See `SceneCount`."""
        shots = [shot for several in taken for shot in several]
        total = aggregate.tally(shots, self.grid, self.weights, mode=Mode.PAPER)
        self.parts.append(_Part(one, len(shots), total))

    def mirror(self, one: Interaction) -> None:
        """See `SceneCount`."""
        twin = next((each for each in self.parts if each.interaction.name == one.twin_of), None)
        if twin is not None:
            self.parts.append(_Part(one, twin.pictures, aggregate.mirrored(twin.total)))

    def clusters(self, body_model: str) -> tuple[OccupancyPrior, ...]:
        """See `SceneCount`."""
        done = aggregate.finish(self.pooled(), Mode.PAPER)
        return (OccupancyPrior(self.grid, done.occupancy, done.support, body_model, "all", 1.0),)

    def pooled(self) -> OccupancyTally:
        """One tally of all pictures; the heaviest weigh 1, to 1/64."""
        each = [part.interaction.share / part.pictures for part in self.parts]
        steps = [max(1, round(WEIGHT_STEPS * one / max(each))) for one in each]
        first, *rest = (
            aggregate.weighed(part.total, step) for part, step in zip(self.parts, steps, strict=True)
        )
        for other in rest:
            first += other
        return first


def mirror(one: OccupancyPrior, name: str, share: float) -> OccupancyPrior:
    """The cluster of the mirrored interaction; objects are taken to be alike left and right (x)."""
    flip = torch.diag(_FLIP)
    twins = tuple(
        replace(
            seed,
            joint=_other_side(seed.joint),
            joint_from_object=Rigid(
                flip @ seed.joint_from_object.rotation @ flip, flip @ seed.joint_from_object.translation_m
            ),
        )
        for seed in one.seeds
    )
    axes = one.axes and AxisField(
        orientation.forwards(one.axes.axis.flip(0) * _FLIP), one.axes.strength.flip(0)
    )
    return OccupancyPrior(
        one.grid, one.occupancy.flip(0), one.support.flip(0), one.body_model, name, share, twins,
        _flipped(one.evidence), _flipped(one.low), _flipped(one.high), axes, _flipped(one.smoothed),
    )  # fmt: skip


def _flipped(values: Float[Tensor, "x y z"] | None) -> Float[Tensor, "x y z"] | None:
    return None if values is None else values.flip(0)


def _other_side(joint: str) -> str:
    side, _, rest = joint.partition("_")
    return {"left": f"right_{rest}", "right": f"left_{rest}"}.get(side, joint)
