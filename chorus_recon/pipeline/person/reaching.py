"""Bend the person's limbs, within what the photo allows, so that hands are at grips and feet on their rests.

The depth of wrists and ankles is poorly seen, and hidden limbs are a guess of the pose prior. Where the use
says which hand holds the object at which spot, or which foot stands where on it, the spot says more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.protocols import BodyModel
from chorus_recon.categories.nouns import known
from chorus_recon.categories.spots import axes_of, direction_of, place_of
from chorus_recon.geometry import rig, transforms
from chorus_recon.pipeline.person.chain import Bent, bend, chain_of
from chorus_recon.types import HumanEstimate, ObjectShape, Placement, PosedBody

ARM, LEG = ("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle")
HAND_M = 0.05  # from the joint of a hand to a spot that the hand is at
LEAST_SURE = 0.3  # probability of the placement below which no limb is bent towards it
GRIP_M = 0.03  # standard deviation of the gap that is left at a grip
LEFT_M = 0.03  # gap that may be left: where the photo keeps hand or foot farther away, it is not there
FOOT_PARTS = ("sole", "ball", "heel")
SOLE_M = 0.02  # thickness of the layer of the foot that stands
ON_M = 0.02  # standard deviation of the sole's distance from what it stands on
ALONG_M = 0.15  # and of its place along it: feet are put down anywhere near
ANKLE_RAD = 0.4  # standard deviation of the turn of an ankle
ABOVE = 0.7  # cosine of the angle to the object's up axis below which nobody stands on a face
FLAT = 0.2  # standard deviation of the sole's direction, of a unit vector


@dataclass(frozen=True, slots=True)
class Spot:
    """A spot of the placed object that a hand or a foot is at by the use.

    Attributes:
        side: "left" or "right", of the person.
        part: of the hand or the foot.
        place: in cam, metres.
        normal: out of the object, a unit vector in cam; None where the spot is not on its surface.
        above: whether the normal points up where the object is upright.
    """

    side: str
    part: str
    place: Float[Tensor, " 3"]
    normal: Float[Tensor, " 3"] | None
    above: bool


def with_limbs_at_spots(
    human: HumanEstimate,
    body: PosedBody,
    model: BodyModel,
    best: Placement,
    shapes: Sequence[ObjectShape],
    category: str,
) -> tuple[HumanEstimate, PosedBody]:
    """The person with arms bent towards grips and legs towards rests; as they are where there are none.

    Args:
        human: the estimate.
        body: the same person, posed, in cam.
        model: the body model.
        best: the best placement, in cam.
        shapes: the shapes that were placed, with their anchors.
        category: the key of the object's category.
    """
    if best.probability < LEAST_SURE:
        return human, body
    params = human.body
    pose, root = params.pose.clone(), params.cam_from_body.rotation
    world = root @ rig.world_turns(params.pose, model.parents)
    for spot in spots(best, shapes, category):
        if spot.part == "palm":
            limb, bent = ARM, _gripping(human, body, model, spot)
        elif spot.part in FOOT_PARTS and spot.normal is not None and spot.above:
            limb, bent = LEG, _standing(human, body, model, spot, spot.normal, world)
        else:
            continue
        if bent is not None:
            joints = [model.joint_names.index(f"{spot.side}_{part}") for part in limb]
            rig.turn_limb(pose, world, model.parents, joints, torch.from_numpy(bent.turns).float())
    if torch.equal(pose, params.pose):
        return human, body
    params = replace(params, pose=pose)
    return replace(human, body=params), model.pose(params)


def spots(best: Placement, shapes: Sequence[ObjectShape], category: str) -> Iterator[Spot]:
    """Where hands and feet are on the object by the use of the placement.

    None where the table of interactions does not know the use. Spots that the shape does not have are left
    out.
    """
    about = known(category)
    uses = {row.name: row for row in about.interactions()} if about is not None else {}
    shape = next((shape for shape in shapes if shape.name == best.shape.name), None)
    if about is None or shape is None or best.cluster not in uses:
        return
    if uses[best.cluster].shift_m is not None:  # the spots are near the object, not on it
        return
    code = best.shape_code.to(shape.modes)
    vertices = shape.vertices + torch.einsum("m,mvd->vd", code, shape.modes)
    axes = axes_of(about.frame)
    for contact in uses[best.cluster].contacts:
        side, _, part = contact.place.partition("_")
        if side not in ("left", "right"):
            continue
        try:
            place = place_of(contact.spot, shape, vertices[None], axes)[0]
            normal = direction_of(contact.spot, shape, axes)
        except KeyError:  # the user's own mesh has no anchors
            continue
        turned = None if normal is None else best.cam_from_object.rotation @ normal
        placed = transforms.apply_scale_first(best.cam_from_object, place[None])[0]
        if turned is not None:
            placed = placed + contact.lift_m * turned
        above = normal is not None and float(normal @ axes["up"]) > ABOVE
        yield Spot(side, part, placed, turned, above)


def _gripping(human: HumanEstimate, body: PosedBody, model: BodyModel, spot: Spot) -> Bent | None:
    """The arm with its hand at a spot; None to leave it."""
    shoulder, elbow, wrist, hand = (model.joint_names.index(f"{spot.side}_{part}") for part in (*ARM, "hand"))
    chain, goal = chain_of(human, body, (shoulder, elbow, wrist), body.joints[hand]), _numbers(spot.place)
    if not 0 < _gap_m(chain.points[3], goal) < chain.farthest_m:
        return None

    def miss(bent: Bent) -> np.ndarray:
        away = goal - bent.points[3]
        length = max(float(np.linalg.norm(away)), 1e-6)
        return away / length * max(length - HAND_M, 0.0) / GRIP_M

    bent = bend(chain, miss)
    return bent if _gap_m(bent.points[3], goal) <= LEFT_M else None


def _standing(
    human: HumanEstimate,
    body: PosedBody,
    model: BodyModel,
    spot: Spot,
    normal: Float[Tensor, " 3"],
    world: Float[Tensor, "j 3 3"],
) -> Bent | None:
    """The leg with its sole flat on the object near a spot; None to leave it."""
    hip, knee, ankle, foot = (model.joint_names.index(f"{spot.side}_{part}") for part in (*LEG, "foot"))
    down = -world[ankle][:, 1]  # feet point down at rest
    skin = body.vertices[model.skin_weights[:, [ankle, foot]].sum(1) > 0.5]
    depth = skin @ down
    sole = skin[depth > depth.max() - SOLE_M].mean(0)
    chain = chain_of(human, body, (hip, knee, ankle), sole, ANKLE_RAD)
    goal, up, facing = _numbers(spot.place), _numbers(normal), _numbers(down)
    if np.linalg.norm(chain.points[3] - goal) >= chain.farthest_m:
        return None
    across = np.eye(3) - np.outer(up, up)

    def miss(bent: Bent) -> np.ndarray:
        away = bent.points[3] - goal
        tilt = bent.turns[2] @ facing + up
        return np.concatenate([[away @ up / ON_M], across @ away / ALONG_M, tilt / FLAT])

    bent = bend(chain, miss)
    return bent if abs((bent.points[3] - goal) @ up) <= LEFT_M else None


def _numbers(vector: Tensor) -> np.ndarray:
    return vector.double().numpy()


def _gap_m(hand: np.ndarray, spot: np.ndarray) -> float:
    return max(float(np.linalg.norm(hand - spot)) - HAND_M, 0.0)
