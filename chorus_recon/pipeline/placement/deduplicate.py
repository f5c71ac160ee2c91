"""Placements, best first -> those that differ in place: another kind of thing there is no alternative."""

from collections.abc import Sequence

import roma
import torch

from chorus_recon.types import Placement

NEAR = 0.12  # of the larger one's longest side, between the middles of their bounding boxes
NEAR_RAD = 0.6


def best_kind_a_place(ranked: Sequence[tuple[float, Placement]]) -> list[tuple[float, Placement]]:
    """Drop what stands where a better (energy, placement) of another kind stands; the shapes share axes."""
    kept: list[tuple[float, Placement]] = []
    for energy, one in ranked:
        if not any(_same_place(one, better) for _, better in kept):
            kept.append((energy, one))
    return kept


def _same_place(one: Placement, other: Placement) -> bool:
    if one.shape.name == other.shape.name:
        return False  # told apart vertex by vertex already
    middles, sides = [], []
    for placement in (one, other):
        low, high = placement.vertices.amin(0), placement.vertices.amax(0)
        middles.append((low + high) / 2)
        sides.append(float((high - low).max()))
    turn = roma.rotmat_geodesic_distance(one.cam_from_object.rotation, other.cam_from_object.rotation)
    return float(torch.dist(*middles)) < NEAR * max(sides) and float(turn) < NEAR_RAD
