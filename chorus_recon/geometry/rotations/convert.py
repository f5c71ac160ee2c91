"""Rotation vectors and quaternions to matrices and back; batched and differentiable.

A rotation vector is the axis times the angle in radians. A quaternion is (x, y, z, w) of length 1.
"""

import torch
from jaxtyping import Float
from torch import Tensor

_SMALL_RAD = 1e-6  # below this angle, a rotation is 1 + K to the last bit of single precision


def from_vector(vector: Float[Tensor, "*b 3"]) -> Float[Tensor, "*b 3 3"]:
    """Matrices of rotation vectors (Rodrigues' formula); the gradient at zero is exact."""
    angle = vector.norm(dim=-1, keepdim=True)
    small = angle < _SMALL_RAD
    # both branches must be finite: `where` multiplies the gradient of the other one by zero
    x, y, z = torch.where(small, vector, vector / angle.clamp_min(_SMALL_RAD)).unbind(-1)
    sine = torch.where(small, 1.0, torch.sin(angle))[..., 0]
    rest = torch.where(small, 0.0, 1 - torch.cos(angle))[..., 0]
    xs, ys, zs = x * sine, y * sine, z * sine
    xx, yy, zz = x.square() * rest, y.square() * rest, z.square() * rest
    xy, xz, yz = x * y * rest, x * z * rest, y * z * rest
    entries = [
        *(1 - yy - zz, xy - zs, xz + ys),
        *(xy + zs, 1 - xx - zz, yz - xs),
        *(xz - ys, yz + xs, 1 - xx - yy),
    ]
    return torch.stack(entries, -1).unflatten(-1, (3, 3))


def to_vector(rotation: Float[Tensor, "*b 3 3"]) -> Float[Tensor, "*b 3"]:
    """Rotation vectors of matrices; angles are in [0, pi]."""
    quaternion = to_quaternion(rotation)
    quaternion = torch.where(quaternion[..., 3:] < 0, -quaternion, quaternion)
    axis, cosine = quaternion[..., :3], quaternion[..., 3:]
    sine = axis.norm(dim=-1, keepdim=True)
    ratio = torch.where(sine < _SMALL_RAD, 2.0, 2 * torch.atan2(sine, cosine) / sine.clamp_min(_SMALL_RAD))
    return axis * ratio


def from_quaternion(quaternion: Float[Tensor, "*b 4"]) -> Float[Tensor, "*b 3 3"]:
    """Matrices of unit quaternions."""
    x, y, z, w = quaternion.unbind(-1)
    entries = [
        *(1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
        *(2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
        *(2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
    ]
    return torch.stack(entries, -1).unflatten(-1, (3, 3))


def to_quaternion(rotation: Float[Tensor, "*b 3 3"]) -> Float[Tensor, "*b 4"]:
    """Unit quaternions of matrices, of either sign.

    The rows of 4 q q' are linear in the matrix; the longest one is divided by its length.
    """
    xx, yy, zz = rotation.diagonal(dim1=-2, dim2=-1).unbind(-1)
    (_, a, b), (c, _, d), (e, f, _) = (row.unbind(-1) for row in rotation.unbind(-2))
    x, y, z = f - d, b - e, c - a  # 4 w times each
    xy, xz, yz = a + c, b + e, d + f  # 4 times each product
    entries = [
        *(1 + xx - yy - zz, xy, xz, x),
        *(xy, 1 - xx + yy - zz, yz, y),
        *(xz, yz, 1 - xx - yy + zz, z),
        *(x, y, z, 1 + xx + yy + zz),
    ]
    rows = torch.stack(entries, -1).unflatten(-1, (4, 4))
    longest = rows.diagonal(dim1=-2, dim2=-1).argmax(-1)[..., None, None].expand(*rows.shape[:-2], 1, 4)
    row = rows.gather(-2, longest)[..., 0, :]
    return row / row.norm(dim=-1, keepdim=True)
