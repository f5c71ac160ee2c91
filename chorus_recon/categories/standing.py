"""How a thing stands by the interaction tables: which of its axes is vertical, and whether it rests."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from chorus_recon.categories.index import categories
from chorus_recon.categories.schema import Align, Frame, Interaction, Vector

LEAST_LEVEL_DEG = 10.0  # a row whose axis leans more than this from the vertical holds the thing at a slant
LOOSEST_DEG = 17.0  # a row that lets the axis stray further than this says nothing about the vertical


@dataclass(frozen=True, slots=True)
class Stance:
    """How a thing stands in an interaction.

    Attributes:
        axis: the unit axis of the object frame that points up; None where the interaction holds it anyhow.
        sigma_deg: how far that axis strays from the vertical about each of the other axes.
        rests: it rests on the ground or bears its user; off where it is held, worn or thrown.
        user_grounded: the user's feet stand on the ground too.
    """

    axis: Vector | None
    sigma_deg: float
    rests: bool
    user_grounded: bool


def stance(category: str, interaction: str, shape: str) -> Stance | None:
    """How a thing stands in an interaction of its category's table.

    Args:
        category: the key, such as "tennis_racket".
        interaction: a row's name. Another name (of a prior made elsewhere) stands for any of the rows that
            are done with this shape; then an answer is given only where all of them agree.
        shape: the name of the placed shape.

    Returns:
        The stance, or None where nothing is known.
    """
    known = categories().get(category)
    if known is None:
        return None
    rows = known.interactions()
    named = [row for row in rows if row.name == interaction]
    meant = named or [row for row in rows if not row.kinds or shape in row.kinds]
    found = [_of_row(row, known.frame) for row in meant]
    if not found:
        return None
    return Stance(
        axis=_common([one.axis for one in found]),
        sigma_deg=max(one.sigma_deg for one in found),
        rests=any(one.rests for one in found),
        user_grounded=all(one.user_grounded for one in found),
    )


def _of_row(row: Interaction, frame: Frame) -> Stance:
    upright = [found for align in row.aligns if (found := _vertical(align, frame)) is not None]
    axis, sigma_deg = min(upright, key=lambda found: found[1], default=(None, 0.0))
    return Stance(axis, sigma_deg, not row.own_ground, bool(row.ground))


def _vertical(align: Align, frame: Frame) -> tuple[Vector, float] | None:
    """The object's axis that an alignment holds upright, pointing up, and how far it strays (degrees)."""
    if align.frame != "world":
        return None
    x, y, z = align.direction
    lean = math.degrees(math.atan2(math.hypot(x, z), abs(y)))
    if lean > LEAST_LEVEL_DEG or align.spread_deg > LOOSEST_DEG:
        return None
    axis = _axis(align.axis, frame)
    up = axis if y > 0 else (-axis[0], -axis[1], -axis[2])
    # the table scatters directions by spread / sqrt(2) about each axis; the lean is to an unknown side
    return up, math.hypot(align.spread_deg, lean) / math.sqrt(2)


def _axis(name: str, frame: Frame) -> Vector:
    """An axis of the object by the tables' name; "side" is up x forward."""
    if name != "side":
        return frame.up if name == "up" else frame.forward
    (a, b, c), (d, e, f) = frame.up, frame.forward
    return (b * f - c * e, c * d - a * f, a * e - b * d)


def _common(axes: Sequence[Vector | None]) -> Vector | None:
    return axes[0] if all(axis == axes[0] for axis in axes) else None
