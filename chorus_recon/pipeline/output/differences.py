"""Say in words how another placement of the object differs from the best one."""

import torch

from chorus_recon.geometry.rotations.angles import rotation_deg
from chorus_recon.io import category_names
from chorus_recon.pipeline.output.record import object_extent_m
from chorus_recon.types import Placement

LEAST_DEG, LEAST_M, LEAST_SIZE = 15.0, 0.03, 0.06  # smaller differences are not mentioned


def difference(best: Placement, other: Placement, category: str) -> str:
    """What differs: the use, the shape, the turn, the depth, the place and the size; the largest things only.

    Args:
        best: the placement to compare with.
        other: the one to describe.
        category: what the object is.
    """
    said = [
        *_use(best, other, category),
        *_shape(best, other, category),
        *_turn(best, other),
        *_place(best, other),
    ]
    return ", ".join(said) or "nearly the same place"


def _use(best: Placement, other: Placement, category: str) -> list[str]:
    if other.use is None or (best.use is not None and best.use.text == other.use.text):
        return []
    return [category_names.with_noun(other.use.text, category)]


def _shape(best: Placement, other: Placement, category: str) -> list[str]:
    if best.shape.name != other.shape.name:
        name = category_names.words(other.shape.name)
        return ["the usual shape" if name == category_names.words(category) else f"another shape ({name})"]
    larger = float(object_extent_m(other).max() / object_extent_m(best).max()) - 1
    if abs(larger) < LEAST_SIZE:
        return []
    return [f"{abs(larger):.0%} {'larger' if larger > 0 else 'smaller'}"]


def _turn(best: Placement, other: Placement) -> list[str]:
    rotations = (best.cam_from_object.rotation, other.cam_from_object.rotation)
    turned = rotation_deg(*rotations, best.shape.symmetry)
    return [f"turned by {turned:.0f}°"] if turned >= LEAST_DEG else []


def _place(best: Placement, other: Placement) -> list[str]:
    """By how much it is nearer to the camera or farther away, and moved across the line of sight."""
    here, there = (torch.stack([p.vertices.amin(0), p.vertices.amax(0)]).mean(0) for p in (best, other))
    sight = torch.nn.functional.normalize(here, dim=0)
    farther = float((there - here) @ sight)
    across = float((there - here - farther * sight).norm())
    said = []
    if abs(farther) >= LEAST_M:
        said.append(f"{_length(abs(farther))} {'farther away' if farther > 0 else 'nearer to the camera'}")
    if across >= LEAST_M:
        said.append(f"{_length(across)} to the side")
    return said


def _length(metres: float) -> str:
    return f"{metres:.1f} m" if metres >= 1 else f"{100 * metres:.0f} cm"
