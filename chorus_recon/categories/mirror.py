"""Mirror images of interactions: left and right exchanged."""

import re
from collections.abc import Iterable
from dataclasses import replace

from chorus_recon.categories.schema import Interaction, Spot, Vector


def mirrored(row: Interaction, name: str, share: float) -> Interaction:
    """Exchange left and right in every field, and set a new name and share."""
    return replace(
        row,
        name=name,
        share=share,
        twin_of=row.name,
        said=swap_words(row.said),
        pose=tuple((_swap(j), (r[0], -r[1], -r[2])) for j, r in row.pose),
        other=tuple((_swap(j), (r[0], -r[1], -r[2])) for j, r in row.other),
        contacts=tuple(replace(c, place=_swap(c.place), spot=_swap_spot(c.spot)) for c in row.contacts),
        aligns=tuple(
            replace(a, direction=_flip(a.direction, a.axis == "side"), frame=_swap(a.frame))
            for a in row.aligns
        ),
        ground=tuple(map(_swap, row.ground)),
        balance=tuple(map(_swap, row.balance)),
        across=tuple(map(_swap, row.across)),
        around=tuple(map(_swap, row.around)),
        gaze=_flip(row.gaze),
        facing_deg=(-row.facing_deg[1], -row.facing_deg[0]),
        shift_m=_swap_box(row.shift_m),
    )


def left_twins(rows: Iterable[Interaction], shares: Iterable[float]) -> tuple[Interaction, ...]:
    """Mirror right-sided rows. "right" in their names becomes "left"; `shares` has one share per row."""
    return tuple(
        mirrored(row, row.name.replace("right", "left"), share)
        for row, share in zip(rows, shares, strict=True)
    )


def right_and_left(row: Interaction, right: float, left: float) -> tuple[Interaction, Interaction]:
    """A right-sided row and its mirror image, with the fractions `right` and `left` of its share."""
    (twin,) = left_twins([row], [round(left * row.share, 4)])
    return replace(row, share=round(right * row.share, 4)), twin


def swap_words(text: str) -> str:
    """Exchange the words "left" and "right"."""
    return re.sub(r"\b(left|right)\b", lambda found: "right" if found[0] == "left" else "left", text)


def _swap(name: str) -> str:
    if name.startswith("left_"):
        return "right_" + name.removeprefix("left_")
    if name.startswith("right_"):
        return "left_" + name.removeprefix("right_")
    return name


def _swap_spot(spot: Spot) -> Spot:
    if isinstance(spot, str):
        return _swap(spot)
    if isinstance(spot[0], str) and isinstance(spot[1], str):
        return _swap(spot[0]), _swap(spot[1]), spot[2]
    return spot[0], spot[1], -spot[2]  # pyright: ignore[reportReturnType]


def _swap_box(box: tuple[Vector, Vector] | None) -> tuple[Vector, Vector] | None:
    if box is None:
        return None
    (forward, up, side), (to_forward, to_up, to_side) = box
    return (forward, up, -to_side), (to_forward, to_up, -side)


def _flip(direction: Vector, negative: bool = False) -> Vector:
    x, y, z = direction
    return (x, -y, -z) if negative else (-x, y, z)
