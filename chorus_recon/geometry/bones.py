"""Poses as directions of bones in the frame of the trunk, and von Mises-Fisher distributions of directions.

A direction does not depend on the size of the person, and the frame not on the camera.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

# A bone leads from the first joint to the second.
BONES: tuple[tuple[str, str], ...] = (
    *((f"{s}_hip", f"{s}_knee") for s in ("left", "right")),
    *((f"{s}_knee", f"{s}_ankle") for s in ("left", "right")),
    *((f"{s}_shoulder", f"{s}_elbow") for s in ("left", "right")),
    *((f"{s}_elbow", f"{s}_wrist") for s in ("left", "right")),
    ("neck", "head"),
    ("right_hip", "left_hip"),
)
UP = "up"  # the vertical, which is a direction of the trunk's frame as the bones are
NAMES: tuple[str, ...] = (*(f"{a}-{b}" for a, b in BONES), UP)
TRUNK: tuple[str, ...] = ("left_hip", "right_hip", "left_shoulder", "right_shoulder")
_LEAST_LENGTH = 1e-6


def trunk_frame(joints: Float[Tensor, "*b j 3"], joint_names: Sequence[str]) -> Float[Tensor, "*b 3 3"]:
    """The rotation from the trunk's frame to the joints' frame.

    In the trunk's frame x points to the person's left, y from the hips to the shoulders, z forward. x is the
    mean direction of hips and shoulders, so that a twisted trunk counts as half turned.
    """
    left_hip, right_hip, left_shoulder, right_shoulder = (
        joints[..., list(joint_names).index(name), :] for name in TRUNK
    )
    up = torch.nn.functional.normalize(left_shoulder + right_shoulder - left_hip - right_hip, dim=-1)
    across = torch.nn.functional.normalize(left_hip - right_hip, dim=-1)
    across = across + torch.nn.functional.normalize(left_shoulder - right_shoulder, dim=-1)
    across = torch.nn.functional.normalize(across - (across * up).sum(-1, keepdim=True) * up, dim=-1)
    return torch.stack([across, up, torch.linalg.cross(across, up)], -1)


def directions(
    joints: Float[Tensor, "*b j 3"], joint_names: Sequence[str], up: Float[Tensor, "*c 3"]
) -> Float[Tensor, "*b n 3"]:
    """Unit vectors of `BONES` and of the vertical in the trunk's frame, in the order of `NAMES`.

    Args:
        joints: positions in any frame, with the 24 joint names in their order.
        joint_names: their names.
        up: the vertical in the same frame.
    """
    at = {name: k for k, name in enumerate(joint_names)}
    start = joints[..., [at[a] for a, _ in BONES], :]
    end = joints[..., [at[b] for _, b in BONES], :]
    rows = torch.cat([end - start, up.expand(*joints.shape[:-2], 3)[..., None, :]], -2)
    return torch.nn.functional.normalize(rows @ trunk_frame(joints, joint_names), dim=-1, eps=_LEAST_LENGTH)


def mirrored(values: Float[Tensor, "*b n 3"]) -> Float[Tensor, "*b n 3"]:
    """The directions of the mirrored pose: left and right exchanged."""
    return values[..., _ORDER, :] * _SIGNS


def mirrored_order(values: Float[Tensor, "*b n"]) -> Float[Tensor, "*b n"]:
    """A value per direction, in the order of the mirrored pose."""
    return values[..., _ORDER]


def log_density(cosine: Float[Tensor, "*b"], focus: Float[Tensor, "*b"]) -> Float[Tensor, "*b"]:
    """Log density, per solid angle over 4 pi, of a von Mises-Fisher distribution: 0 where it is uniform.

    Args:
        cosine: of the angle to the mean direction.
        focus: mean resultant length in [0, 1): the length of the mean of unit vectors drawn from it. The
            focus of a sum of independent deviations is the product of theirs.
    """
    kappa = concentration(focus)
    apart = kappa.clamp_min(1e-4)  # 0 / 0 otherwise
    # kappa / sinh(kappa) exp(kappa cosine), without overflow
    return kappa * cosine - apart + (2 * apart).log() - (-torch.expm1(-2 * apart)).log()


def concentration(focus: Float[Tensor, "*b"]) -> Float[Tensor, "*b"]:
    """The concentration of a von Mises-Fisher distribution in space (Banerjee et al. 2005, eq. 4.4)."""
    square = focus.square()
    return focus * (3 - square) / (1 - square).clamp_min(1e-6)


def focus_of(sigma_rad: Float[Tensor, "*b"]) -> Float[Tensor, "*b"]:
    """The focus of a direction with a small error, of this standard deviation about either axis across it."""
    return torch.exp(-sigma_rad.square())


def _mirror() -> tuple[Int[Tensor, " n"], Float[Tensor, "n 3"]]:
    """Per direction, the index of its mirror image and the signs that its coordinates are multiplied with."""
    flip = torch.tensor([-1.0, 1.0, 1.0])
    rows, signs = [], []
    for bone in BONES:
        twin = (_other_side(bone[0]), _other_side(bone[1]))
        backward = twin not in BONES  # from one side to the other: its mirror image points the other way
        rows.append(BONES.index(twin[::-1] if backward else twin))
        signs.append(-flip if backward else flip)
    return torch.tensor([*rows, len(BONES)]), torch.stack([*signs, flip])


def _other_side(joint: str) -> str:
    side, _, rest = joint.partition("_")
    return {"left": f"right_{rest}", "right": f"left_{rest}"}.get(side, joint)


_ORDER, _SIGNS = _mirror()
