"""Carry a prior to a person."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.protocols import BodyModel
from chorus_recon.pipeline import field as fields
from chorus_recon.pipeline import uses
from chorus_recon.pipeline.config import Shares
from chorus_recon.pipeline.field import BodyDistance
from chorus_recon.types import HumanEstimate, OccupancyPrior, PosedBody, PosedField


@dataclass(frozen=True, slots=True)
class Carried:
    """A posed person, the prior's clusters about them with their shares, and the distance to their skin."""

    human: HumanEstimate
    body: PosedBody
    clusters: tuple[PosedField, ...]
    distance: BodyDistance


def carried(
    human: HumanEstimate,
    model: BodyModel,
    clusters: tuple[OccupancyPrior, ...],
    shares: Shares,
    outline: Float[Tensor, "h w"],
    box_px: Float[Tensor, " 4"] | None,
) -> Carried:
    """Carry clusters to a person; where their pose tells the shares, it also tells how hidden legs are.

    Args:
        human: the person.
        model: their body model.
        clusters: of the prior.
        shares: what tells the probability of each.
        outline: alpha of the person's mask.
        box_px: of the thing, if it was seen.

    Raises:
        PriorError: the prior was built on a body that is neither `model` nor to be had here.
    """
    body = model.pose(human.body)
    if shares is Shares.POSED:
        human, body = uses.with_usual_legs(human, body, model, clusters, outline, box_px)
    posed = fields.repose(clusters, model, body)
    if shares is Shares.POSED:
        posed = uses.weighted(posed, clusters, uses.seen_pose(human, body, model.joint_names))
    return Carried(human, body, posed, fields.body_distance(body))
