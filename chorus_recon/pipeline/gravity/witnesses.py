"""What in a photo tells the vertical: the placed object, and the people.

Each witness is a direction in cam with the error that it was measured to have on rendered scenes with a known
vertical (docs/conventions.md, "The vertical").
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.categories import standing
from chorus_recon.geometry.stature import JOINT_NAMES
from chorus_recon.geometry.transforms import symmetry_rotations
from chorus_recon.geometry.upright import Sighting
from chorus_recon.types import HumanEstimate, Placement, PosedBody

PLACED_SIGMA_DEG = 9.0  # how far a placed object's axes are off, where it is placed well
BALANCE_SIGMA_DEG = 7.0  # of the line from the feet to the centre of mass
TRUNK_SIGMA_DEG = 18.0  # of a trunk: people lean
HIPS_SIGMA_DEG = 10.0  # of the line between the hips, from the horizontal
PERSON_TRUST = 0.85
STATURE_SIGMA = 0.09  # relative spread of stature, which moves a person along the ray through them
GROUND_SIGMA_M = 0.05  # unevenness of the ground
SLOPE_SIGMA_DEG = 3.0  # and its slope
SEATED_DEG = 60.0  # mean bend of the hips beyond which feet do not carry the weight and trunks may lean
FEET_SEEN = 0.25  # mean confidence of the ankles

# Mass of a segment between two joints as a share of the body's, and where on it its centre lies (de Leva
# 1996, means of women and men, rounded; the head's is put at its joint).
_SEGMENTS = (
    ("pelvis", "neck", 0.43, 0.5),
    ("head", "head", 0.07, 0.0),
    *((f"{s}_hip", f"{s}_knee", 0.145, 0.39) for s in ("left", "right")),
    *((f"{s}_knee", f"{s}_ankle", 0.045, 0.44) for s in ("left", "right")),
    *((f"{s}_ankle", f"{s}_foot", 0.013, 0.5) for s in ("left", "right")),
    *((f"{s}_shoulder", f"{s}_elbow", 0.026, 0.58) for s in ("left", "right")),
    *((f"{s}_elbow", f"{s}_wrist", 0.015, 0.46) for s in ("left", "right")),
    *((f"{s}_wrist", f"{s}_hand", 0.006, 0.5) for s in ("left", "right")),
)


@dataclass(frozen=True, slots=True)
class Witness:
    """A named sighting of the vertical or of a horizontal line."""

    name: str
    sighting: Sighting


@dataclass(frozen=True, slots=True)
class Person:
    """A posed person of the photo."""

    estimate: HumanEstimate
    body: PosedBody

    def joint(self, name: str) -> Float[Tensor, " 3"]:
        """A joint's place in cam."""
        return self.body.joints[JOINT_NAMES.index(name)].double()

    def between(self, left: str) -> Float[Tensor, " 3"]:
        """The middle between a joint named without its side, on both sides."""
        return (self.joint(f"left_{left}") + self.joint(f"right_{left}")) / 2

    @property
    def straight(self) -> bool:
        """The hips are not bent as in sitting and riding."""
        trunk = self.joint("neck") - self.joint("pelvis")
        thighs = [self.joint(f"{s}_hip") - self.joint(f"{s}_knee") for s in ("left", "right")]
        return sum(_angle_deg(trunk, thigh) for thigh in thighs) / 2 < SEATED_DEG

    @property
    def stands(self) -> bool:
        """The feet are seen and carry the weight."""
        ankles = [JOINT_NAMES.index(f"{s}_ankle") for s in ("left", "right")]
        return self.straight and float(self.estimate.joint_confidence[ankles].mean()) >= FEET_SEEN

    @property
    def soles(self) -> Float[Tensor, " 3"]:
        """The middle of both feet."""
        return (self.between("ankle") + self.between("foot")) / 2

    @property
    def mass_centre(self) -> Float[Tensor, " 3"]:
        """The centre of mass of the body."""
        total = sum(mass for *_, mass, _ in _SEGMENTS)
        places = [m * torch.lerp(self.joint(a), self.joint(b), at) for a, b, m, at in _SEGMENTS]
        return torch.stack(places).sum(0) / total


def of_object(placement: Placement, category: str) -> list[Witness]:
    """The placed object, where its interaction holds one of its axes upright."""
    shape = placement.shape
    how = standing.stance(category, placement.cluster, shape.name)
    if how is None or how.axis is None:
        return []
    axis = torch.tensor(how.axis)
    if not _is_fixed(axis, shape.symmetry):
        return []
    up = placement.cam_from_object.rotation @ axis
    sigma = math.radians(math.hypot(how.sigma_deg, PLACED_SIGMA_DEG))
    return [Witness("object", Sighting(up, sigma, _trust(placement.probability)))]


def of_people(people: Mapping[str, Person]) -> list[Witness]:
    """What each person tells, and the ground that they stand on.

    One network and one focal length pose everybody, so half of the variance of their errors is taken to be
    common to all: a crowd does not outvote the rest.
    """
    wider = math.sqrt((1 + len(people)) / 2)
    alone = [one for name, person in people.items() for one in of_person(person, name)]
    shared = [
        replace(one, sighting=replace(one.sighting, sigma_rad=wider * one.sighting.sigma_rad))
        for one in alone
    ]
    return shared + of_ground(people)


def of_person(person: Person, name: str) -> list[Witness]:
    """The line between the hips is level. Up is from the feet to the centre of mass, or along the trunk.

    The trunk tells where the feet are not seen. Of a person who sits or rides only the hips tell: such
    trunks lean forward by any angle up to 45 degrees.
    """
    across = person.joint("left_hip") - person.joint("right_hip")
    level = Sighting(across, math.radians(HIPS_SIGMA_DEG), PERSON_TRUST, level=True)
    hips = Witness(f"{name}: hips", level)
    if person.stands:
        up, sigma, what = person.mass_centre - person.soles, BALANCE_SIGMA_DEG, "balance"
    elif person.straight:
        up, sigma, what = person.joint("neck") - person.joint("pelvis"), TRUNK_SIGMA_DEG, "trunk"
    else:
        return [hips]
    return [Witness(f"{name}: {what}", Sighting(up, math.radians(sigma), PERSON_TRUST)), hips]


def of_ground(people: Mapping[str, Person]) -> list[Witness]:
    """The feet of standing people lie on one level ground: a line from the first to each other is horizontal.

    A person's stature is guessed, so they may be nearer or farther than found; the error of their height
    over the ground is that share of the height of the camera.
    """
    feet = [(name, person.soles) for name, person in people.items() if person.stands]
    found = []
    for name, place in feet[1:]:
        first, origin = feet[0]
        along = place - origin
        height = STATURE_SIGMA * math.hypot(float(origin[1]), float(place[1]))
        uneven = math.atan2(math.hypot(height, GROUND_SIGMA_M), max(float(along.norm()), 1e-6))
        sigma = math.hypot(uneven, math.radians(SLOPE_SIGMA_DEG))
        found.append(Witness(f"feet of {first} and {name}", Sighting(along, sigma, PERSON_TRUST, level=True)))
    return found


def _trust(probability: float) -> float:
    """An object that is placed wrongly tells nothing."""
    return max(0.05, min(0.95, probability))


def _is_fixed(axis: Float[Tensor, " 3"], symmetry: str) -> bool:
    """Whether turns that leave the shape alike leave the axis where it is."""
    if symmetry == "sphere":
        return False
    return bool(torch.allclose(symmetry_rotations(symmetry) @ axis, axis, atol=1e-5))


def _angle_deg(a: Tensor, b: Tensor) -> float:
    return math.degrees(math.atan2(float(torch.linalg.cross(a, b).norm()), float(a @ b)))
