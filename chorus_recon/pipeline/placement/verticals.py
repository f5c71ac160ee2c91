"""Which axis of the object points up in each interaction, and how far it may lean."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.categories import standing
from chorus_recon.categories.index import categories
from chorus_recon.pipeline.placement.context import PlacementContext
from chorus_recon.pipeline.placement.proposals import UPRIGHT, twins
from chorus_recon.types import ObjectShape

USUAL_LEAN_DEG = 10.0  # of a shape that stands in use, where no interaction says more


@dataclass(frozen=True, slots=True)
class Verticals:
    """Per cluster and shape, the axis that is vertical in use.

    Attributes:
        axis: the unit axis that points up, in the object's frame, once for each of a shape's symmetric twins.
        free: 1 - cos of the lean that costs nothing.
        strict: how strictly the axis is vertical: 0 not at all, 1 nearly always.
    """

    axis: Float[Tensor, "c s t 3"]
    free: Float[Tensor, "c s"]
    strict: Float[Tensor, "c s"]


def find_verticals(context: PlacementContext) -> Verticals:
    """The vertical axes by the category's interactions; else y, as strictly as the shape."""
    bank = twins(context.shapes)
    known = categories().get(context.category)
    rows = {row.name for row in known.interactions()} if known is not None else set()
    found = [
        [_vertical(context, cluster.cluster, cluster.cluster in rows, shape) for shape in context.shapes]
        for cluster in context.clusters
    ]
    axes = torch.tensor([[axis for axis, _, _ in row] for row in found])
    return Verticals(
        axis=torch.einsum("stij,csj->csti", bank, axes),
        free=torch.tensor(
            [[1 - math.cos(math.radians(free_deg)) for _, free_deg, _ in row] for row in found]
        ),
        strict=torch.tensor([[strict for _, _, strict in row] for row in found]),
    )


def _vertical(
    context: PlacementContext, cluster: str, named: bool, shape: ObjectShape
) -> tuple[tuple[float, float, float], float, float]:
    """The axis, the free lean in degrees and the strictness for one cluster and shape."""
    stance = standing.stance(context.category, cluster, shape.name)
    if shape.symmetry == "sphere":
        return UPRIGHT, 0.0, 0.0
    if stance is None or (stance.axis is None and not named):
        return UPRIGHT, math.hypot(context.up_sigma_deg, USUAL_LEAN_DEG), shape.upright
    if stance.axis is None:
        return UPRIGHT, 0.0, 0.0
    return stance.axis, math.hypot(context.up_sigma_deg, stance.sigma_deg), 1.0
