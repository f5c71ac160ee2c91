"""Drop placements of another shape in the same place as a better one; they are no alternatives."""

from collections.abc import Sequence

import torch

from chorus_recon.geometry.rotations.angles import apart_rad
from chorus_recon.types import Placement

NEAR = 0.12  # of the larger one's longest side, between the middles of their bounding boxes
NEAR_RAD = 0.6  # between the rotations of shapes that share axes: about 34 degrees


def best_kind_a_place(ranked: Sequence[Placement]) -> list[Placement]:
    """Keep placements, best first, unless a better one of another shape is there.

    The shapes must share their axes, so that their rotations can be compared.
    """
    kept: list[Placement] = []
    for placement in ranked:
        if not any(_same_place(placement, better) for better in kept):
            kept.append(placement)
    return kept


def _same_place(first: Placement, other: Placement) -> bool:
    if first.shape.name == other.shape.name:
        return False  # twins of one shape were merged before, by their vertices
    middles, sides = [], []
    for placement in (first, other):
        low, high = placement.vertices.amin(0), placement.vertices.amax(0)
        middles.append((low + high) / 2)
        sides.append(float((high - low).max()))
    turn = apart_rad(first.cam_from_object.rotation, other.cam_from_object.rotation)
    return float(torch.dist(*middles)) < NEAR * max(sides) and float(turn) < NEAR_RAD
