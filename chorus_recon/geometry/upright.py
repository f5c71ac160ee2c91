"""Robust estimate of the up direction in cam, and the world frame that follows from it.

Up is a unit vector u in cam. Pitch and roll describe it: u = (cos p sin r, -cos p cos r, -sin p), so a level
camera has p = r = 0 and a camera that looks down has p > 0. Tilts are small, so errors are taken in the plane
that touches the sphere at u.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.types import Rigid

OUTLIER_SPREAD_RAD = 1.0  # outliers are uniform within about this angle
MOST_PITCH_RAD = math.radians(80.0)
_STEPS, _ENOUGH_RAD = 100, 1e-9


@dataclass(frozen=True, slots=True)
class LevelCamera:
    """The prior: standard deviations of pitch and roll about a level camera."""

    pitch_rad: float
    roll_rad: float

    @property
    def sigma_rad(self) -> float:
        """The root mean square angle of up from that of a level camera."""
        return math.hypot(self.pitch_rad, self.roll_rad)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A direction in cam that points up (`level` off), or one that is horizontal (`level` on).

    `sigma_rad` is the standard deviation of its error about each axis, `trust` the probability that it is no
    outlier.
    """

    direction: Float[Tensor, " 3"]
    sigma_rad: float
    trust: float = 0.9
    level: bool = False


@dataclass(frozen=True, slots=True)
class Upright:
    """`up` in cam, its expected root mean square error, and the belief in each sighting.

    A belief is the probability that the sighting is no outlier, given all of them.
    """

    up: Float[Tensor, " 3"]
    sigma_rad: float
    beliefs: tuple[float, ...]


def up_of(pitch_rad: float, roll_rad: float) -> Float[Tensor, " 3"]:
    """Up in cam for a camera that looks down by `pitch_rad`, rolled by `roll_rad`."""
    flat = math.cos(pitch_rad)
    up = [flat * math.sin(roll_rad), -flat * math.cos(roll_rad), -math.sin(pitch_rad)]
    return torch.tensor(up, dtype=torch.float64)


def tilt(up: Float[Tensor, " 3"]) -> tuple[float, float]:
    """Pitch and roll (radians) of a unit vector; the inverse of `up_of`."""
    x, y, z = (float(v) for v in up)
    return math.asin(max(-1.0, min(1.0, -z))), math.atan2(x, -y)


def estimate(sightings: Sequence[Sighting], prior: LevelCamera) -> Upright:
    """The most probable up, by expectation maximisation over which sightings are outliers.

    The error of a sighting is Gaussian with probability `trust`, else uniform over `OUTLIER_SPREAD_RAD`: the
    corrupted Gaussian of Hartley and Zisserman, Multiple View Geometry, A6.8. The density can have several
    modes, so the search starts from the prior, from each sighting and from each pair of level lines. The most
    probable end is returned.

    Args:
        sightings: the evidence, in any order.
        prior: spread of the camera's pitch and roll.
    """
    ends = [_descend(start, sightings, prior) for start in _starts(sightings)]
    pitch, roll = min(ends, key=lambda end: _cost(*end, sightings, prior))
    information = _system(pitch, roll, sightings, prior)[0]
    variance = torch.linalg.inv(information)
    beliefs = tuple(_belief(sighting, _errors(sighting, pitch, roll)[0]) for sighting in sightings)
    return Upright(up_of(pitch, roll).float(), float(variance.trace().sqrt()), beliefs)


def world_from_up(up: Float[Tensor, " 3"], below: Float[Tensor, " 3"], height_m: float) -> Rigid:
    """world_from_cam: y up, the floor at y = 0, z horizontal and against the camera's line of sight.

    Args:
        up: unit vector in cam.
        below: a point in cam; the world's origin lies on the floor straight below it.
        height_m: height of the floor over the camera along `up`, metres (negative if it is below the camera).
    """
    y = _unit(up.double())
    back = torch.tensor([0.0, 0.0, -1.0], dtype=torch.float64)
    z = back - (back @ y) * y
    if float(z.norm()) < 1e-3:  # the camera looks straight down or up
        z = torch.tensor([0.0, 1.0, 0.0], dtype=torch.float64) * math.copysign(1.0, float(-y[2]))
        z = z - (z @ y) * y
    z = _unit(z)
    rotation = torch.stack([torch.linalg.cross(y, z), y, z])
    origin = rotation @ below.double()
    origin[1] = height_m
    return Rigid(rotation.float(), -origin.float())


def angle_rad(a: Float[Tensor, " 3"], b: Float[Tensor, " 3"]) -> float:
    """The angle between two directions; exact for small ones too."""
    a, b = a.double(), b.double()
    return math.atan2(float(torch.linalg.cross(a, b).norm()), float(a @ b))


def off_rad(sighting: Sighting, up: Float[Tensor, " 3"]) -> float:
    """The angle between a sighting and `up`, or between a level one and the horizontal plane of `up`."""
    angle = angle_rad(sighting.direction, up)
    return abs(math.pi / 2 - angle) if sighting.level else angle


def _unit(v: Tensor) -> Tensor:
    return v / v.norm().clamp_min(1e-12)


def _starts(sightings: Sequence[Sighting]) -> list[tuple[float, float]]:
    level_camera = up_of(0.0, 0.0)
    ups = [
        level_camera,
        *(_unit(sighting.direction.double()) for sighting in sightings if not sighting.level),
    ]
    lines = [_unit(sighting.direction.double()) for sighting in sightings if sighting.level]
    ups += [_unit(level_camera - (level_camera @ line) * line) for line in lines]
    normals = [torch.linalg.cross(a, b) for a, b in combinations(lines, 2)]
    ups += [_unit(n) * math.copysign(1.0, float(n @ level_camera)) for n in normals if float(n.norm()) > 0.1]
    return [_within(*tilt(up)) for up in ups]


def _within(pitch: float, roll: float) -> tuple[float, float]:
    return max(-MOST_PITCH_RAD, min(MOST_PITCH_RAD, pitch)), roll


def _basis(pitch: float, roll: float) -> Float[Tensor, "2 3"]:
    """Unit vectors along growing pitch and roll."""
    s, c = math.sin(pitch), math.cos(pitch)
    along_pitch = [-s * math.sin(roll), s * math.cos(roll), -c]
    return torch.tensor([along_pitch, [math.cos(roll), math.sin(roll), 0.0]], dtype=torch.float64)


def _errors(sighting: Sighting, pitch: float, roll: float) -> tuple[Tensor, Tensor]:
    """Residuals [e] in radians, and the rows [e 2] of the tangent plane along which a step reduces them."""
    direction = _unit(sighting.direction.double())
    up, basis = up_of(pitch, roll), _basis(pitch, roll)
    if sighting.level:
        across = basis @ direction
        slope = math.atan2(float(up @ direction), float(across.norm()))
        return torch.tensor([-slope], dtype=torch.float64), _unit(across)[None]
    flat = basis @ direction
    angle = angle_rad(up, direction)
    length = float(flat.norm())
    return flat * (angle / length if length > 1e-12 else 1.0), torch.eye(2, dtype=torch.float64)


def _belief(sighting: Sighting, errors: Tensor) -> float:
    """Probability that the sighting is no outlier, given its residuals."""
    true = sighting.trust * _gauss(errors, sighting.sigma_rad)
    wrong = (1 - sighting.trust) * _outlier(len(errors))
    return true / max(true + wrong, 1e-300)


def _gauss(errors: Tensor, sigma: float) -> float:
    exponent = -0.5 * float(errors.square().sum()) / sigma**2
    return math.exp(max(exponent, -700.0)) / (math.sqrt(2 * math.pi) * sigma) ** len(errors)


def _outlier(dimensions: int) -> float:
    return 1 / (2 * OUTLIER_SPREAD_RAD) if dimensions == 1 else 1 / (math.pi * OUTLIER_SPREAD_RAD**2)


def _cost(pitch: float, roll: float, sightings: Sequence[Sighting], prior: LevelCamera) -> float:
    cost = 0.5 * (pitch / prior.pitch_rad) ** 2 + 0.5 * (roll / prior.roll_rad) ** 2
    for sighting in sightings:
        errors = _errors(sighting, pitch, roll)[0]
        density = sighting.trust * _gauss(errors, sighting.sigma_rad) + (1 - sighting.trust) * _outlier(
            len(errors)
        )
        cost -= math.log(max(density, 1e-300))
    return cost


def _system(
    pitch: float, roll: float, sightings: Sequence[Sighting], prior: LevelCamera
) -> tuple[Float[Tensor, "2 2"], Float[Tensor, " 2"]]:
    """Matrix and right side of a Gauss-Newton step in the tangent plane; beliefs weight the sightings."""
    flat = math.cos(pitch)  # a turn in roll moves up by this much less
    matrix = torch.diag(
        torch.tensor([prior.pitch_rad**-2, (prior.roll_rad * flat) ** -2], dtype=torch.float64)
    )
    side = -torch.tensor([pitch / prior.pitch_rad**2, roll / (prior.roll_rad**2 * flat)], dtype=torch.float64)
    for sighting in sightings:
        errors, rows = _errors(sighting, pitch, roll)
        weight = _belief(sighting, errors) / sighting.sigma_rad**2
        matrix = matrix + weight * rows.mT @ rows
        side = side + weight * rows.mT @ errors
    return matrix, side


def _descend(
    start: tuple[float, float], sightings: Sequence[Sighting], prior: LevelCamera
) -> tuple[float, float]:
    pitch, roll = start
    for _ in range(_STEPS):
        matrix, side = _system(pitch, roll, sightings, prior)
        step = torch.linalg.solve(matrix, side)
        pitch, roll = _within(pitch + float(step[0]), roll + float(step[1]) / math.cos(pitch))
        if float(step.norm()) < _ENOUGH_RAD:
            break
    return pitch, roll
