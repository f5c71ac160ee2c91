"""Evidence for the vertical in a photo: the placed object and the posed people.

Each witness is a direction in cam with a standard deviation, measured on rendered scenes with a known
vertical (docs/conventions.md, "The vertical").
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.categories import standing
from chorus_recon.geometry.rotations.angles import angle_deg
from chorus_recon.geometry.stature import JOINT_NAMES
from chorus_recon.geometry.transforms import symmetry_rotations
from chorus_recon.geometry.upright import Sighting
from chorus_recon.types import HumanEstimate, Placement, PosedBody

PLACED_SIGMA_DEG = 9.0  # error of the axes of an object that is placed correctly
BALANCE_SIGMA_DEG = 7.0  # angle from the vertical of the line from the feet to the centre of mass
TRUNK_SIGMA_DEG = 18.0  # angle of the trunk from the vertical
HIPS_SIGMA_DEG = 10.0  # angle of the line between the hips from the horizontal
PERSON_TRUST = 0.85  # probability that a direction of a person is no outlier
GROUND_SIGMA_M = 0.05  # unevenness of the ground
SLOPE_SIGMA_DEG = 3.0  # slope of the ground
SEATED_DEG = 60.0  # a person whose hips are bent more than this on average sits or rides
FEET_SEEN = 0.25  # mean confidence of the ankles from which the feet count as seen

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
    """A sighting with the name that is reported for it."""

    name: str
    sighting: Sighting


@dataclass(frozen=True, slots=True)
class Person:
    """A posed person of the photo."""

    estimate: HumanEstimate
    body: PosedBody

    def joint(self, name: str) -> Float[Tensor, " 3"]:
        """The position of a joint in cam."""
        return self.body.joints[JOINT_NAMES.index(name)].double()

    def between(self, joint: str) -> Float[Tensor, " 3"]:
        """The middle of a left and a right joint, in cam; `joint` is the name without the side."""
        return (self.joint(f"left_{joint}") + self.joint(f"right_{joint}")) / 2

    @property
    def straight(self) -> bool:
        """Whether the hips are bent less than in sitting and riding."""
        trunk = self.joint("neck") - self.joint("pelvis")
        thighs = [self.joint(f"{s}_hip") - self.joint(f"{s}_knee") for s in ("left", "right")]
        return sum(angle_deg(trunk, thigh) for thigh in thighs) / 2 < SEATED_DEG

    @property
    def stands(self) -> bool:
        """Whether the feet are seen and the hips are straight enough for them to carry the weight."""
        return self.straight and self.feet_seen

    @property
    def feet_seen(self) -> bool:
        """Whether the photo shows the feet."""
        ankles = [JOINT_NAMES.index(f"{s}_ankle") for s in ("left", "right")]
        return float(self.estimate.joint_confidence[ankles].mean()) >= FEET_SEEN

    @property
    def soles(self) -> Float[Tensor, " 3"]:
        """The middle of both feet in cam."""
        return (self.between("ankle") + self.between("foot")) / 2

    @property
    def mass_centre(self) -> Float[Tensor, " 3"]:
        """The centre of mass of the body in cam."""
        total = sum(mass for *_, mass, _ in _SEGMENTS)
        places = [m * torch.lerp(self.joint(a), self.joint(b), at) for a, b, m, at in _SEGMENTS]
        return torch.stack(places).sum(0) / total


def of_object(placement: Placement, category: str) -> list[Witness]:
    """The axis of the placed object that its interaction keeps vertical; empty where there is none."""
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
    """The witnesses of each person, and of the ground that several people stand on.

    All people are posed by one network with one focal length, so their errors are correlated: half of the
    variance is assumed to be common. The mean of n such errors has the variance of the mean of independent
    errors with (1 + n) / 2 times the variance.
    """
    wider = math.sqrt((1 + len(people)) / 2)
    alone = [witness for name, person in people.items() for witness in of_person(person, name)]
    shared = [
        replace(witness, sighting=replace(witness.sighting, sigma_rad=wider * witness.sighting.sigma_rad))
        for witness in alone
    ]
    return shared + of_ground(people)


def of_person(person: Person, name: str) -> list[Witness]:
    """The line between the hips (horizontal), and the direction from the feet to the centre of mass (up).

    The trunk replaces the second where the feet are not seen. A person who sits or rides gives only the
    first, because the trunk then leans forward by up to 45 degrees.
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
    """Horizontal lines from the feet of the first standing person to the feet of each other one.

    The size of a person is uncertain, so their distance is too. The error of the height of their feet is
    `scale_sigma` times the height of the camera over the feet.
    """
    standing_people = [(name, person) for name, person in people.items() if person.stands]
    found = []
    for name, person in standing_people[1:]:
        first, reference = standing_people[0]
        along = person.soles - reference.soles
        heights = [who.estimate.scale_sigma * float(who.soles[1]) for who in (reference, person)]
        uneven = math.atan2(math.hypot(*heights, GROUND_SIGMA_M), max(float(along.norm()), 1e-6))
        sigma = math.hypot(uneven, math.radians(SLOPE_SIGMA_DEG))
        found.append(Witness(f"feet of {first} and {name}", Sighting(along, sigma, PERSON_TRUST, level=True)))
    return found


def _trust(probability: float) -> float:
    """The probability that the axis is no outlier: that of the placement, kept off 0 and 1."""
    return max(0.05, min(0.95, probability))


def _is_fixed(axis: Float[Tensor, " 3"], symmetry: str) -> bool:
    """Whether the symmetry rotations of the shape leave the axis unchanged."""
    if symmetry == "sphere":
        return False
    return bool(torch.allclose(symmetry_rotations(symmetry) @ axis, axis, atol=1e-5))
