"""Angles between directions and between rotations, in degrees."""

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.geometry import transforms
from chorus_recon.geometry.rotations import convert

_DIGITS = 9  # below a billionth of a degree lies the noise of a fitted identity


def rotation_deg(one: Float[Tensor, "3 3"], other: Float[Tensor, "3 3"], symmetry: str) -> float:
    """Geodesic angle between two rotations a_from_object, the least over the object's symmetry.

    A shape with a free axis is judged by the angle between the axes; a sphere cannot be turned.
    """
    one, other = one.double(), other.double()
    if symmetry == "sphere":
        return 0.0
    if symmetry.startswith("axis_"):
        return angle_deg(*(r[:, "xyz".index(symmetry[-1])] for r in (one, other)))
    alike = other @ transforms.symmetry_rotations(symmetry).double()
    angle = apart_rad(one, alike).min()
    return round(float(torch.rad2deg(angle)), _DIGITS)


def angle_deg(a: Float[Tensor, " 3"], b: Float[Tensor, " 3"]) -> float:
    """The angle between two directions, which need not be unit vectors; degrees."""
    angle = torch.atan2(torch.linalg.cross(a, b).norm(), (a * b).sum())
    return round(float(torch.rad2deg(angle)), _DIGITS)


def apart_rad(one: Float[Tensor, "*a 3 3"], other: Float[Tensor, "*b 3 3"]) -> Float[Tensor, "*c"]:
    """The angle of the rotation from each to the other, in [0, pi]."""
    return convert.to_vector(one.mT @ other).norm(dim=-1)
