"""How objects stand in the interaction tables: the vertical axis, and whether they rest on the ground."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from chorus_recon.categories.nouns import known
from chorus_recon.categories.schema import Align, Frame, Interaction, Vector

MOST_LEAN_DEG = 10.0  # an axis that a row directs further than this from the vertical is not vertical
MOST_SPREAD_DEG = 17.0  # nor is one that a row scatters by more than this


@dataclass(frozen=True, slots=True)
class Stance:
    """How an object stands in an interaction.

    Attributes:
        axis: the unit axis of the object frame that points up; None if no axis is vertical.
        sigma_deg: standard deviation of the angle between that axis and the vertical, about each other axis.
        rests: whether the object rests on the ground or carries its user, not held, worn or thrown.
        user_grounded: whether the user's feet stand on the ground.
    """

    axis: Vector | None
    sigma_deg: float
    rests: bool
    user_grounded: bool


def stance(category: str, interaction: str, shape: str) -> Stance | None:
    """How an object stands in an interaction of its category.

    Args:
        category: the key, such as "tennis_racket".
        interaction: the name of a row. Any other name (from a prior with other clusters) means all rows for
            this shape; the axis is then given only if they agree on it.
        shape: the name of the placed shape.

    Returns:
        The stance, or None if the category or shape is unknown.
    """
    about = known(category)
    if about is None:
        return None
    rows = about.interactions()
    named = [row for row in rows if row.name == interaction]
    meant = named or [row for row in rows if not row.kinds or shape in row.kinds]
    found = [_of_row(row, about.frame) for row in meant]
    if not found:
        return None
    return Stance(
        axis=_common([row.axis for row in found]),
        sigma_deg=max(row.sigma_deg for row in found),
        rests=any(row.rests for row in found),
        user_grounded=all(row.user_grounded for row in found),
    )


def _of_row(row: Interaction, frame: Frame) -> Stance:
    upright = [found for align in row.aligns if (found := _vertical(align, frame)) is not None]
    axis, sigma_deg = min(upright, key=lambda found: found[1], default=(None, 0.0))
    return Stance(axis, sigma_deg, not row.own_ground, bool(row.ground))


def _vertical(align: Align, frame: Frame) -> tuple[Vector, float] | None:
    """The axis that an alignment keeps vertical, pointing up, and its standard deviation in degrees."""
    if align.frame != "world":
        return None
    x, y, z = align.direction
    lean = math.degrees(math.atan2(math.hypot(x, z), abs(y)))
    if lean > MOST_LEAN_DEG or align.spread_deg > MOST_SPREAD_DEG:
        return None
    axis = _axis(align.axis, frame)
    up = axis if y > 0 else (-axis[0], -axis[1], -axis[2])
    # The tables scatter directions by spread / sqrt(2) about each axis. The direction of the lean is unknown.
    return up, math.hypot(align.spread_deg, lean) / math.sqrt(2)


def _axis(name: str, frame: Frame) -> Vector:
    """An axis of the object by its name in the tables; "side" is up x forward."""
    if name != "side":
        return frame.up if name == "up" else frame.forward
    (a, b, c), (d, e, f) = frame.up, frame.forward
    return (b * f - c * e, c * d - a * f, a * e - b * d)


def _common(axes: Sequence[Vector | None]) -> Vector | None:
    return axes[0] if all(axis == axes[0] for axis in axes) else None
