"""Apply, compose and invert rigid and similarity transforms; rotations of symmetry groups."""

import math
from functools import cache

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.geometry.rotations import convert
from chorus_recon.types import Rigid, Similarity


def identity(device: torch.device | None = None) -> Rigid:
    """The rigid transform that changes nothing."""
    return Rigid(torch.eye(3, device=device), torch.zeros(3, device=device))


def apply(a_from_b: Rigid | Similarity, points_b: Float[Tensor, "*b n 3"]) -> Float[Tensor, "*c n 3"]:
    """Carry points [... n 3] from frame b to frame a."""
    rotated = points_b @ a_from_b.rotation.mT
    if isinstance(a_from_b, Similarity):
        rotated = rotated * a_from_b.scale[..., None, None]
    return rotated + a_from_b.translation_m[..., None, :]


def apply_scale_first(a_from_b: Similarity, points_b: Float[Tensor, "*b n 3"]) -> Float[Tensor, "*c n 3"]:
    """As `apply`, but points are scaled before they are rotated, which rounds differently.

    Placement searches amplify rounding errors; only this order keeps their results the same to the bit.
    """
    return (points_b * a_from_b.scale[..., None, None]) @ a_from_b.rotation.mT + a_from_b.translation_m[
        ..., None, :
    ]


def apply_inverse(a_from_b: Rigid, points_a: Float[Tensor, "*b n 3"]) -> Float[Tensor, "*c n 3"]:
    """Carry points [... n 3] from frame a back to frame b."""
    return (points_a - a_from_b.translation_m[..., None, :]) @ a_from_b.rotation


def compose(a_from_b: Rigid, b_from_c: Rigid) -> Rigid:
    """Compose two transforms to a_from_c."""
    return Rigid(
        a_from_b.rotation @ b_from_c.rotation,
        (a_from_b.rotation @ b_from_c.translation_m[..., None])[..., 0] + a_from_b.translation_m,
    )


def inverse(a_from_b: Rigid) -> Rigid:
    """Invert a transform to b_from_a."""
    rotation = a_from_b.rotation.mT
    return Rigid(rotation, -(rotation @ a_from_b.translation_m[..., None])[..., 0])


def matrix(a_from_b: Rigid | Similarity) -> Float[Tensor, "*b 4 4"]:
    """The homogeneous 4x4 matrix of a transform."""
    linear = a_from_b.rotation
    if isinstance(a_from_b, Similarity):
        linear = linear * a_from_b.scale[..., None, None]
    top = torch.cat([linear, a_from_b.translation_m[..., None]], -1)
    bottom = torch.zeros_like(top[..., :1, :])
    bottom[..., 3] = 1.0
    return torch.cat([top, bottom], -2)


def rotation_about(axis: str, angle_rad: float) -> Float[Tensor, "3 3"]:
    """Right-handed rotation about a coordinate axis ("x", "y" or "z")."""
    vector = torch.zeros(3)
    vector["xyz".index(axis)] = angle_rad
    return convert.from_vector(vector)


@cache  # a search asks for them hundreds of times
def symmetry_rotations(symmetry: str, steps: int = 36) -> Float[Tensor, "s 3 3"]:
    """The proper rotations, identity first, that leave a shape of this symmetry unchanged.

    A continuous axis is sampled at `steps` angles. "sphere" is not a finite set and gives the identity
    alone (callers ignore rotation for it). All calls share the result: do not change it.

    Raises:
        ValueError: the symmetry is unknown.
    """
    eye = torch.eye(3)
    if symmetry in ("none", "sphere"):
        return eye[None]
    if symmetry == "xyz180":
        return torch.stack([eye, *(rotation_about(a, math.pi) for a in "xyz")])
    if symmetry in ("x180", "y180", "z180"):
        return torch.stack([eye, rotation_about(symmetry[0], math.pi)])
    if symmetry in ("axis_x", "axis_y", "axis_z"):
        return torch.stack([rotation_about(symmetry[-1], 2 * math.pi * k / steps) for k in range(steps)])
    raise ValueError(f"unknown symmetry {symmetry!r}")
