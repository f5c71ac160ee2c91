"""Aggregate the clusters of a category from rendered scenes, one interaction at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.categories.schema import Interaction
from chorus_recon.categories.words import said
from chorus_recon.geometry import smoothing
from chorus_recon.priors.aggregation import aggregate, orientation
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.clustering import poses
from chorus_recon.priors.jobs.records import WEIGHT_STEPS
from chorus_recon.priors.scenes import repeats
from chorus_recon.types import (
    AxisField,
    Observation,
    OccupancyPrior,
    OccupancyTally,
    PlacementSeed,
    Rigid,
    TypicalPoses,
    Use,
    VoxelGrid,
)

Scenes = Sequence[Sequence[Observation]]  # the pictures of each scene
_FLIP = torch.tensor([-1.0, 1.0, 1.0])


@dataclass(frozen=True, slots=True)
class Shown:
    """A rendered scene and its pictures.

    Attributes:
        world_from_canon: of each joint of the person.
        joints: their positions in the world, metres.
        world_from_object: the object's place.
        scale: the object's size over the mean size of its shape.
        pictures: from random directions.
    """

    world_from_canon: Float[Tensor, "j 4 4"]
    joints: Float[Tensor, "j 3"]
    world_from_object: Rigid
    scale: float
    pictures: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class Typical:
    """What is typical of an interaction's scenes: poses of the object, and poses of the person."""

    seeds: tuple[PlacementSeed, ...] = ()
    poses: TypicalPoses | None = None


@runtime_checkable
class SceneCount(Protocol):
    """Aggregates interactions one after the other."""

    def add(self, interaction: Interaction, pictures: Scenes, typical: Typical) -> None:
        """Add the pictures of an interaction."""
        ...

    def mirror(self, interaction: Interaction) -> None:
        """Add an interaction as the mirror image of its twin, if the twin was added."""
        ...

    def clusters(self, body_model: str) -> tuple[OccupancyPrior, ...]:
        """The clusters of the interactions added; their shares add up to 1."""
        ...


@dataclass(frozen=True, slots=True)
class PerInteraction:
    """One smoothed cluster per interaction, with evidence counted in scenes and the object's axis."""

    grid: VoxelGrid
    weights: Float[Tensor, "x y z j"]
    made: list[OccupancyPrior] = field(default_factory=list)

    def add(self, interaction: Interaction, pictures: Scenes, typical: Typical) -> None:
        """See `SceneCount`."""
        total = aggregate.tally([picture for scene in pictures for picture in scene], self.grid, self.weights)
        done = aggregate.finish(total, repeats=repeats.of(pictures, self.grid, self.weights))
        self.made.append(
            OccupancyPrior(
                self.grid,
                done.occupancy,
                done.support,
                body_model="",
                cluster=interaction.name,
                share=interaction.share,
                seeds=typical.seeds,
                evidence=done.evidence,
                low=done.low,
                high=done.high,
                axes=done.axes,
                smoothed=smoothing.smooth(done.occupancy, done.support),
                poses=typical.poses,
                uses=uses_of(interaction),
            )
        )

    def mirror(self, interaction: Interaction) -> None:
        """See `SceneCount`."""
        twin = next((each for each in self.made if each.cluster == interaction.twin_of), None)
        if twin is not None:
            made = mirror(twin, interaction.name, interaction.share)
            self.made.append(replace(made, uses=uses_of(interaction)))

    def clusters(self, body_model: str) -> tuple[OccupancyPrior, ...]:
        """See `SceneCount`."""
        total = sum(prior.share for prior in self.made)
        return tuple(replace(prior, body_model=body_model, share=prior.share / total) for prior in self.made)


@dataclass(frozen=True, slots=True)
class _Part:
    interaction: Interaction
    pictures: int
    total: OccupancyTally


@dataclass(frozen=True, slots=True)
class Pooled:
    """One cluster of the pictures of all interactions, as in the published release.

    Hits and views are summed over all pictures before they are divided. The same number of pictures is
    rendered of rare and common interactions, so a picture's weight is its interaction's share over its
    number of pictures.
    """

    grid: VoxelGrid
    weights: Float[Tensor, "x y z j"]
    parts: list[_Part] = field(default_factory=list)

    def add(self, interaction: Interaction, pictures: Scenes, typical: Typical) -> None:
        """See `SceneCount`."""
        flat = [picture for scene in pictures for picture in scene]
        total = aggregate.tally(flat, self.grid, self.weights, mode=Mode.PAPER)
        self.parts.append(_Part(interaction, len(flat), total))

    def mirror(self, interaction: Interaction) -> None:
        """See `SceneCount`."""
        twin = next((each for each in self.parts if each.interaction.name == interaction.twin_of), None)
        if twin is not None:
            self.parts.append(_Part(interaction, twin.pictures, aggregate.mirrored(twin.total)))

    def clusters(self, body_model: str) -> tuple[OccupancyPrior, ...]:
        """See `SceneCount`."""
        done = aggregate.finish(self.pooled(), Mode.PAPER)
        prior = OccupancyPrior(
            grid=self.grid,
            occupancy=done.occupancy,
            support=done.support,
            body_model=body_model,
            cluster="all",
            share=1.0,
        )
        return (prior,)

    def pooled(self) -> OccupancyTally:
        """One tally of all pictures; the largest weight is 1, and weights are rounded to 1/64."""
        weights = [part.interaction.share / part.pictures for part in self.parts]
        steps = [max(1, round(WEIGHT_STEPS * weight / max(weights))) for weight in weights]
        first, *rest = (
            aggregate.weighed(part.total, step) for part, step in zip(self.parts, steps, strict=True)
        )
        for other in rest:
            first += other
        return first


def uses_of(interaction: Interaction) -> tuple[Use, ...]:
    """What the people of an interaction's scenes do: all of them the same."""
    return (Use(said(interaction), 1.0),)


def mirror(prior: OccupancyPrior, name: str, share: float) -> OccupancyPrior:
    """The cluster of the mirrored interaction (x reversed); it assumes that objects are symmetric in x.

    What is done is left out: its words may name a side.
    """
    flip = torch.diag(_FLIP)
    twins = tuple(
        replace(
            seed,
            joint=_other_side(seed.joint),
            joint_from_object=Rigid(
                flip @ seed.joint_from_object.rotation @ flip, flip @ seed.joint_from_object.translation_m
            ),
        )
        for seed in prior.seeds
    )
    axes = prior.axes and AxisField(
        orientation.forwards(prior.axes.axis.flip(0) * _FLIP), prior.axes.strength.flip(0)
    )
    return OccupancyPrior(
        grid=prior.grid,
        occupancy=prior.occupancy.flip(0),
        support=prior.support.flip(0),
        body_model=prior.body_model,
        cluster=name,
        share=share,
        seeds=twins,
        evidence=_flipped(prior.evidence),
        low=_flipped(prior.low),
        high=_flipped(prior.high),
        axes=axes,
        smoothed=_flipped(prior.smoothed),
        poses=prior.poses and poses.mirrored(prior.poses),
    )


def _flipped(values: Float[Tensor, "x y z"] | None) -> Float[Tensor, "x y z"] | None:
    return None if values is None else values.flip(0)


def _other_side(joint: str) -> str:
    side, _, rest = joint.partition("_")
    return {"left": f"right_{rest}", "right": f"left_{rest}"}.get(side, joint)
