"""Bend a chain of two bones so that its end reaches a place."""

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.geometry.rig import least_turn

STRETCHED = 0.999  # of both bones' lengths: the farthest that the end is put from the root


def reaches(
    root: Float[Tensor, " 3"],
    middle: Float[Tensor, " 3"],
    end: Float[Tensor, " 3"],
    goal: Float[Tensor, " 3"],
) -> bool:
    """Whether the chain is long enough for its end to reach the goal."""
    length = (middle - root).norm() + (end - middle).norm()
    return bool((goal - root).norm() <= STRETCHED * length)


def bend(
    root: Float[Tensor, " 3"],
    middle: Float[Tensor, " 3"],
    end: Float[Tensor, " 3"],
    goal: Float[Tensor, " 3"],
    hinge: Float[Tensor, " 3"],
) -> tuple[Float[Tensor, "3 3"], Float[Tensor, "3 3"]]:
    """The rotations of the upper and of the lower bone that bring the end to the goal.

    The middle stays on the side to which the chain is bent; a straight chain bends about `hinge`. A goal out
    of reach is approached as far as possible.

    Args:
        root: where the upper bone begins.
        middle: where the bones meet.
        end: where the lower bone ends.
        goal: where the end should be.
        hinge: the axis, about which the end turns backwards if the middle goes forwards.
    """
    upper, lower = (middle - root).norm(), (end - middle).norm()
    along = goal - root
    far = along.norm().clamp(float((upper - lower).abs()) * 1.001 + 1e-6, float(upper + lower) * STRETCHED)
    along = torch.nn.functional.normalize(along, dim=0)
    before = torch.nn.functional.normalize(end - root, dim=0)
    side = middle - root - ((middle - root) @ before) * before
    if float(side.norm()) < 0.01:
        side = torch.linalg.cross(before, hinge)
    side = side - (side @ along) * along
    side = torch.nn.functional.normalize(side, dim=0)
    cosine = ((upper**2 + far**2 - lower**2) / (2 * upper * far)).clamp(-1, 1)
    bent = root + upper * (cosine * along + (1 - cosine**2).sqrt() * side)
    return least_turn(middle - root, bent - root), least_turn(end - middle, root + far * along - bent)
