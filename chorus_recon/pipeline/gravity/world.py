"""Estimate the world frame of a photo: the vertical and the floor."""

import math
from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.protocols import BodyModel
from chorus_recon.categories import standing
from chorus_recon.geometry import transforms, upright
from chorus_recon.geometry.stature import JOINT_NAMES
from chorus_recon.pipeline.gravity import feet, witnesses
from chorus_recon.types import HumanEstimate, Placement, PosedBody, Reconstruction, Rigid, UpWitness, World

# Spread of cameras about level. Of 41 photos of people, estimated with a wide prior, pitch had a mean of 1.5
# degrees and a robust standard deviation of 12, of which the estimates' own errors explain 11; roll one of 2.
# The prior's pitch is no narrower, so that a camera that looks far down is pulled less towards level.
PRIOR = upright.LevelCamera(pitch_rad=math.radians(12.0), roll_rad=math.radians(3.0))
LEVEL_CAMERA = "level camera"
UNINFORMED = 0.85  # a level camera counts as assumed if more than this share of the prior's error remains
BURIED_M = 0.3  # an object on the same ground as its user, but this far below the feet, is placed wrongly


def stand(
    people: Mapping[int, HumanEstimate],
    chosen: int,
    body: PosedBody,
    model: BodyModel,
    placements: Sequence[Placement] = (),
    category: str = "",
) -> World:
    """Estimate the vertical from all posed people and the object, and put the floor below them.

    Args:
        people: all posed people, by their number in the photo.
        chosen: the number of the person who is reconstructed.
        body: that person, posed.
        model: poses the other people.
        placements: placements of the object, best first; only the best one is used.
        category: the key of the object's category.
    """
    named = {"person": witnesses.Person(people[chosen], body)}
    for number, estimate in people.items():
        if number != chosen:
            named[f"person {number}"] = witnesses.Person(estimate, model.pose(estimate.body))
    found = witnesses.of_people(named)
    if placements:
        found += witnesses.of_object(placements[0], category)
    grounded = feet.grounded(named["person"], placements, category)
    return from_witnesses(found, body, placements, category, grounded=grounded)


def from_witnesses(
    found: Sequence[witnesses.Witness],
    body: PosedBody,
    placements: Sequence[Placement] = (),
    category: str = "",
    *,
    grounded: bool = False,
) -> World:
    """The world frame of the most probable vertical, with the floor below the person and the object."""
    best = upright.estimate([witness.sighting for witness in found], PRIOR)
    floor = floor_m(best.up, body, placements, category, grounded=grounded)
    pelvis = body.joints[JOINT_NAMES.index("pelvis")]
    return World(
        world_from_cam=transforms.matrix(upright.world_from_up(best.up, pelvis, floor)),
        up_sigma_deg=math.degrees(best.sigma_rad),
        witnesses=tuple(
            UpWitness(
                name=witness.name,
                sigma_deg=math.degrees(witness.sighting.sigma_rad),
                off_deg=math.degrees(upright.off_rad(witness.sighting, best.up)),
                belief=belief,
            )
            for witness, belief in zip(found, best.beliefs, strict=True)
        ),
        assumed=LEVEL_CAMERA if best.sigma_rad > UNINFORMED * PRIOR.sigma_rad else "",
    )


def world_of(reconstruction: Reconstruction) -> World:
    """The world frame of a result; that of a level camera if it has none."""
    r = reconstruction
    if r.world is not None:
        return r.world
    grounded = feet.grounded(witnesses.Person(r.human, r.body), r.placements, r.category)
    return from_witnesses((), r.body, r.placements, r.category, grounded=grounded)


def world_from_cam(reconstruction: Reconstruction) -> Rigid:
    """The transform from cam to the world frame of a result."""
    matrix = world_of(reconstruction).world_from_cam
    return Rigid(matrix[:3, :3], matrix[:3, 3])


def floor_of(reconstruction: Reconstruction) -> float:
    """The height of the floor over the camera in metres; negative if it is below the camera."""
    return -float(world_of(reconstruction).world_from_cam[1, 3])


def level_from_cam(reconstruction: Reconstruction) -> Float[Tensor, "3 3"]:
    """The rotation from cam to a frame with the same origin whose y axis points straight down."""
    return torch.diag(torch.tensor([1.0, -1.0, -1.0])) @ world_from_cam(reconstruction).rotation


def floor_m(
    up: Float[Tensor, " 3"],
    body: PosedBody,
    placements: Sequence[Placement],
    category: str,
    *,
    grounded: bool = False,
) -> float:
    """The height of the floor over the camera, in metres along `up`.

    It is the lowest point of the person, or of the object if that is lower. Objects that are held, that are
    placed wrongly (`BURIED_M`), or whose user's feet are seen on the ground (`grounded`) reach below the
    floor instead.
    """
    soles = float((body.vertices @ up).min())
    if not placements:
        return soles
    best = placements[0]
    how = standing.stance(category, best.cluster, best.shape.name)
    base = float((best.vertices @ up).min())
    held = how is not None and not how.rests
    wrong = how is not None and how.user_grounded and base < soles - BURIED_M
    return soles if held or wrong or grounded else min(soles, base)
