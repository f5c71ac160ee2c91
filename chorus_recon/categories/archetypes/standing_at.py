"""Archetypes of things on the ground that one stands on, at or before, pushes or leads."""

from dataclasses import replace
from functools import partial

from chorus_recon.categories.archetypes.archetype import (
    FACING_USER,
    STANDING,
    Archetype,
    Extent,
    either_side,
    pair,
    two_sided,
)
from chorus_recon.categories.poses import (
    AHEAD,
    LEFT_DOWN,
    ON_FLOOR,
    RIGHT_DOWN,
    SOLES,
    STAND,
    STRIDE,
    arm,
    lean,
    legs,
)
from chorus_recon.categories.schema import Align, Contact, Interaction, Vector

_STANDING = replace(STANDING, own_ground=False, balance=())
_REACH = (*arm("left", 0.2, -0.8, 0.6, 0.6), *arm("right", -0.2, -0.8, 0.6, 0.6))
_SEATS = 0.55  # between the anchors left_seat and right_seat, as a share of the width
_TALL_M, _DOOR_M = 0.55, 0.45  # one bends down to the front of what is taller, this high
_LONG, _FLANK = 1.5, 0.55  # so many times as long as wide, it opens on its flank, at this share of its height
_ROPE_M = 0.5  # what is lower is pulled by a rope
_FLAT_M, _DOORWAY_M, _WALL_M = 0.15, 1.8, 1.4  # what is flat, unless it is a door, hangs at this height
_LOW_M, _COUNTER_M = 0.62, 0.9  # what is lower stands on a counter of this height, not on the floor


def _stand_on(size: Extent) -> tuple[Interaction, ...]:
    """Both feet on the level where one could also sit: the top of a mat, the deck of a treadmill."""
    near = 0.5 - min(0.4 * size.width_m, 0.11) / (_SEATS * size.width_m)
    row = replace(
        _STANDING,
        name="stand_on",
        verb="stands on",
        pose=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
        other=(*lean(0.1, 0.15), *legs(0.3, 0.4, 0.1), *_REACH),
        contacts=pair(
            "sole", ("left_seat", "right_seat", near), ("left_seat", "right_seat", 1 - near), 0.0, 0.02
        ),
        aligns=(ON_FLOOR, Align("forward", (0.0, 0.0, 1.0), spread_deg=20.0, sigma_deg=8.0)),
        ground=(),
        balance=SOLES,
        gaze=(0.0, -0.15, 1.0),
    )
    return (row,)


def _ride_board(size: Extent) -> tuple[Interaction, ...]:
    """Sideways on a board, the left foot towards the nose, upright or crouched."""
    apart = min(0.75, 0.5 / size.length_m)
    out = (*arm("left", 0.8, -0.5, 0.2, 0.5), *arm("right", -0.8, -0.5, -0.1, 0.5))
    row = replace(
        _STANDING,
        name="ride_board_left",
        verb="rides",
        pose=(*lean(0.1, 0.15, 0.35), *legs(0.3, 0.45, 0.22), *out, ("neck", (0.0, 0.4, 0.0))),
        other=(*lean(0.35, 0.5, 0.4), *legs(1.25, 1.7, 0.3), *out, ("neck", (-0.2, 0.4, 0.0))),
        contacts=pair("sole", size.spot(apart, 1.0), size.spot(-apart, 1.0), 0.0, 0.015),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), spread_deg=8.0, sigma_deg=4.0),
            Align("forward", (1.0, 0.0, 0.0), spread_deg=4.0, sigma_deg=5.0),
            Align("up", (0.0, 1.0, 0.0), "left_ankle", 2.0, 5.0),
            Align("up", (0.0, 1.0, 0.0), "right_ankle", 2.0, 5.0),
        ),
        ground=(),
        balance=SOLES,
        gaze=(0.8, -0.15, 0.55),
        facing_deg=(0.0, 35.0),
        loose_rad=0.16,
    )
    return either_side(row)


def _push(size: Extent) -> tuple[Interaction, ...]:
    row = replace(
        _STANDING,
        name="push",
        verb="pushes",
        pose=(*lean(0.1, 0.1), *STRIDE, *_REACH),
        other=(
            *lean(0.25, 0.15),
            *STRIDE,
            *arm("left", 0.2, -0.7, 0.7, 0.3),
            *arm("right", -0.2, -0.7, 0.7, 0.3),
        ),
        contacts=pair("palm", "left_handle", "right_handle", 0.015, 0.02),
        aligns=(ON_FLOOR, AHEAD),
        gaze=(0.0, -0.1, 1.0),
    )
    return (row,)


def _pull(size: Extent) -> tuple[Interaction, ...]:
    """By its handle, tilted behind the person; a sled follows on the ground, on a rope."""
    if size.height_m < _ROPE_M:
        return _pull_by_rope(size)
    row = replace(
        _STANDING,
        name="pull_right",
        verb="pulls",
        pose=(*lean(0.05, 0.05), *STRIDE, *LEFT_DOWN, *arm("right", -0.3, -0.9, -0.4, 0.1)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.35, -0.95, -0.2, 0.15)),
        contacts=(Contact("right_palm", "handle", 0.015, 0.02),),
        aligns=(
            Align("up", (0.0, 0.9, 0.4), spread_deg=14.0, sigma_deg=14.0),
            Align("side", (-1.0, 0.0, 0.0), spread_deg=10.0, sigma_deg=8.0),
        ),
        balance=SOLES,
        gaze=(0.0, -0.05, 1.0),
    )
    return two_sided(row)


def _pull_by_rope(size: Extent) -> tuple[Interaction, ...]:
    row = replace(
        _STANDING,
        name="pull_right",
        verb="pulls",
        pose=(*lean(0.1, 0.1), *STRIDE, *LEFT_DOWN, *arm("right", -0.3, -0.9, -0.4, 0.1)),
        other=(*lean(0.2, 0.2), *STRIDE, *LEFT_DOWN, *arm("right", -0.35, -0.95, -0.2, 0.15)),
        contacts=pair(
            "sole",
            size.spot(1.0, -1.0, forward_m=0.9, side_m=0.1),
            size.spot(1.0, -1.0, forward_m=0.9, side_m=-0.1),
            0.0,
            0.3,
        ),
        aligns=(ON_FLOOR, AHEAD),
        gaze=(0.0, -0.05, 1.0),
        facing_deg=(-15.0, 15.0),
        shift_m=((-0.4, 0.0, -0.25), (0.4, 0.0, 0.25)),
    )
    return two_sided(row)


def _stand_at(size: Extent) -> tuple[Interaction, ...]:
    """Standing before a counter, a stove or a machine, both hands on its upper front edge or its front."""
    hands = min(0.8, 0.4 / size.width_m)
    rise = _base_m(size)
    top = rise + size.height_m < 1.15
    reach = 1.0 if top else 2 * (1.05 - rise) / size.height_m - 1
    into = -0.1 if top else 0.01
    row = replace(
        _STANDING,
        name="stand_at",
        verb="stands at",
        pose=(*STAND, *_REACH),
        other=(*lean(0.25, 0.2), *legs(0.25, 0.1, 0.1), *_REACH),
        contacts=(
            *pair(
                "palm",
                size.spot(1.0, reach, -hands, forward_m=into),
                size.spot(1.0, reach, hands, forward_m=into),
                0.01,
                0.05,
            ),
            *pair(
                "sole",
                size.spot(1.0, -1.0, forward_m=0.32, side_m=-0.1, up_m=-rise),
                size.spot(1.0, -1.0, forward_m=0.32, side_m=0.1, up_m=-rise),
                0.0,
                0.12,
            ),
        ),
        aligns=(ON_FLOOR, FACING_USER),
        gaze=(0.0, -0.35, 1.0),
        own_ground=rise > 0,
    )
    return (row,)


def _base_m(size: Extent) -> float:
    """The height of what a thing stands on."""
    return _COUNTER_M if size.height_m < _LOW_M else 0.0


def _touch(size: Extent, name: str = "touch", verb: str = "touches") -> tuple[Interaction, ...]:
    """One hand at breast height on the front of a statue, a door, a switch, or on the flank of a vehicle."""
    hangs = size.length_m < _FLAT_M and size.height_m < _DOORWAY_M
    rise = max(0.0, _WALL_M - size.height_m / 2) if hangs else _base_m(size)
    if rise == 0 and size.length_m > _LONG * size.width_m:
        face, along, aim, across = ("side", "forward", 1.0, 0.1)
        height = min(1.1, _FLANK * size.height_m)
    else:
        face, along, aim, across = ("forward", "side", -1.0, 0.0)
        height = 1.1 - rise
    up = max(-0.9, min(0.9, 2 * height / size.height_m - 1))

    def spot(up: float, **metres: float) -> Vector:
        return size.spot(**{face: 1.0, along: across, "up": up}, **metres)

    row = replace(
        _STANDING,
        name=f"{name}_right",
        verb=verb,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.2, -0.5, 0.8, 0.7)),
        other=(*lean(0.1, 0.1), *STRIDE, *LEFT_DOWN, *arm("right", -0.3, -0.2, 0.95, 0.4)),
        contacts=(
            Contact("right_palm", spot(up, **{f"{face}_m": 0.02}), 0.01, 0.04),
            *pair(
                "sole",
                spot(-1.0, **{f"{face}_m": 0.5, f"{along}_m": 0.3 * aim, "up_m": -rise}),
                spot(-1.0, **{f"{face}_m": 0.5, f"{along}_m": 0.1 * aim, "up_m": -rise}),
                0.0,
                0.14,
            ),
        ),
        aligns=(ON_FLOOR, Align(face, (0.0, 0.0, -1.0), spread_deg=25.0, sigma_deg=10.0)),
        gaze=(0.0, -0.1, 1.0),
        own_ground=rise > 0,
    )
    return two_sided(row)


def _lead(size: Extent) -> tuple[Interaction, ...]:
    """A dog on a leash, a cow on a rope: it walks to the side and ahead, the hand above it."""
    row = replace(
        _STANDING,
        name="lead_right",
        verb="leads",
        pose=(*lean(0.0, 0.05), *STRIDE, *LEFT_DOWN, *arm("right", -0.4, -0.9, 0.3, 0.5)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.4, -0.8, 0.5, 0.9)),
        contacts=pair(
            "sole",
            size.spot(-0.6, -1.0, 1.0, side_m=0.55, forward_m=-0.2),
            size.spot(-0.6, -1.0, 1.0, side_m=0.35, forward_m=-0.2),
            0.0,
            0.25,
        ),
        aligns=(ON_FLOOR, Align("forward", (0.0, 0.0, 1.0), spread_deg=30.0, sigma_deg=10.0)),
        gaze=(0.0, -0.2, 1.0),
        facing_deg=(-30.0, 30.0),
    )
    return two_sided(row)


def _bend_to(size: Extent) -> tuple[Interaction, ...]:
    """Both hands at a thing on the ground ahead (weeding, packing, tying), or at the front of a tall one."""
    apart = min(0.8, 0.25 / size.width_m)
    tall = size.height_m > _TALL_M
    places = (1.0, 2 * _DOOR_M / size.height_m - 1) if tall else (0.8, 0.9)
    low = legs(1.6, 1.9, 0.2, -0.1) if size.height_m < 0.15 else legs(0.9, 0.4, 0.15)
    row = replace(
        _STANDING,
        name="bend_to",
        verb="bends to",
        pose=(*lean(0.8, 0.5), *low, *_REACH),
        other=(*lean(0.4, 0.4), *legs(1.7, 2.0, 0.25, -0.2), *_REACH),
        contacts=(
            *pair("palm", size.spot(*places, -apart), size.spot(*places, apart), 0.01, 0.05),
            *pair(
                "sole",
                size.spot(1.0, -1.0, forward_m=0.45 if tall else 0.25, side_m=-0.12),
                size.spot(1.0, -1.0, forward_m=0.45 if tall else 0.25, side_m=0.12),
                0.0,
                0.12,
            ),
        ),
        aligns=(ON_FLOOR, Align("forward", (0.0, 0.0, -1.0), spread_deg=25.0, sigma_deg=10.0)),
        gaze=(0.0, -0.8, 0.6),
    )
    return (row,)


ARCHETYPES = (
    Archetype("stand_on", "stands on {it}", _stand_on, (0.15, 6.0)),
    Archetype("ride_board", "rides {it}", _ride_board, (0.4, 3.5)),
    Archetype("push", "pushes {it}", _push, (0.4, 3.0)),
    Archetype("pull", "pulls {it}", _pull, (0.3, 2.5)),
    Archetype("stand_at", "stands at {it}", _stand_at, (0.3, 5.0)),
    Archetype("touch", "touches {it}", _touch, (0.05, 25.0)),
    Archetype("open", "opens {it}", partial(_touch, name="open", verb="opens"), (0.05, 25.0)),
    Archetype("operate", "operates {it}", partial(_touch, name="operate", verb="operates"), (0.05, 25.0)),
    Archetype("lead", "leads {it}", _lead, (0.2, 4.0)),
    Archetype("bend_to", "bends down to {it}", _bend_to, (0.1, 2.5)),
)
