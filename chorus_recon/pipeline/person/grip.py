"""The person's mesh in results: how far hands are closed, about what they hold or as they are seen."""

from collections.abc import Mapping
from dataclasses import replace

import torch
from jaxtyping import Float, Int
from scipy.spatial import KDTree
from torch import Tensor

from chorus_recon.backends.protocols import BodyModel
from chorus_recon.geometry.mesh import sample_surface
from chorus_recon.types import HumanEstimate, Placement, PosedBody

SIDES = ("left", "right")
SEEN_LEAST = 0.5  # confidence from which a hand that was read is believed
RELAXED = 0.35  # `Hand.closed` of the relaxed hand of the mesh
TOUCHING = 12  # vertices of the hand that touch the object when it is held
NEAR_M = 0.07  # the object's surface this near the palm is what the hand closes about
FIST_M, RELAXED_M = 0.03, 0.09  # thickness about which a hand is a fist, and about which it stays relaxed
SAMPLES = 4000
LEAST_POINTS = 8


def as_shown(
    human: HumanEstimate, body: PosedBody, model: BodyModel, best: Placement | None = None
) -> tuple[HumanEstimate, PosedBody]:
    """The person as results show them: hands closed as `closed_hands` says, with a mannequin's surface.

    Joints stay where they are. Fits, priors and placement use the body itself.

    Args:
        human: the estimate.
        body: the same person, posed with relaxed hands.
        model: the body model.
        best: the best placement, None without an object.
    """
    hands = {side: _hand(model, side) for side in SIDES}
    palms = {side: body.joints[model.joint_names.index(f"{side}_hand")] for side in SIDES}
    params = replace(human.body, closed=closed_hands(human, hands, palms, best), mannequin=True)
    return replace(human, body=params), model.pose(params)


def closed_hands(
    human: HumanEstimate,
    hands: Mapping[str, Int[Tensor, " n"]],
    palms: Mapping[str, Float[Tensor, " 3"]],
    best: Placement | None = None,
) -> tuple[float, float]:
    """How far the left and the right hand are closed, from 0 (relaxed) to 1 (a fist).

    A hand that touches the object closes about it, the more the thinner it is there. Another hand is as it
    was read from the photo, and relaxed where it was not read.

    Args:
        human: the estimate, with the hands that were read.
        hands: the body's vertices of the "left" and the "right" hand.
        palms: their places in cam, metres.
        best: the best placement, None without an object.
    """
    seen = {hand.side: hand.closed for hand in human.hands if hand.confidence >= SEEN_LEAST}
    out = []
    for side in SIDES:
        closed = (seen.get(side, RELAXED) - RELAXED) / (1 - RELAXED)
        if best is not None and _touches(best, hands[side]):
            closed = max(closed, _about(thickness_m(best, palms[side])))
        out.append(min(max(closed, 0.0), 1.0))
    return out[0], out[1]


def _hand(model: BodyModel, side: str) -> Int[Tensor, " n"]:
    """The vertices of a hand; parts are named as in SMPL's segmentation, or by the side."""
    names = [name for name in model.parts if name.lower().replace("_", "").startswith(f"{side}hand")]
    return torch.cat([model.parts[name] for name in names]) if names else torch.zeros(0, dtype=torch.long)


def thickness_m(placement: Placement, palm: Float[Tensor, " 3"]) -> float:
    """How thick the object is near the palm, across its longest direction there; infinite if it is far."""
    points = sample_surface(placement.vertices, placement.shape.faces, SAMPLES).at(placement.vertices)
    near = KDTree(points.numpy()).query_ball_point(palm.numpy(), NEAR_M)
    if len(near) < LEAST_POINTS:
        return float("inf")
    held = points[near].double()
    axes = torch.linalg.eigh((held - held.mean(0)).mT @ (held - held.mean(0))).eigenvectors
    spread = (held @ axes).aminmax(dim=0)
    return float((spread.max - spread.min)[1])  # in ascending order: thinnest, second, along


def _about(thickness: float) -> float:
    return min(max((RELAXED_M - thickness) / (RELAXED_M - FIST_M), 0.0), 1.0)


def _touches(placement: Placement, hand: Int[Tensor, " n"]) -> bool:
    return int(torch.isin(hand, placement.body_contacts).sum()) >= TOUCHING
