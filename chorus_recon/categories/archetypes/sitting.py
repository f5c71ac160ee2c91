"""Archetypes of seats, beds, tables, vehicles and animals: sat on, ridden, lain on, sat at, petted."""

import math
from dataclasses import replace

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
    ARMS_ON_BELLY,
    HANDS_ON_KNEES,
    HANDS_ON_LAP,
    LEFT_DOWN,
    ON_FLOOR,
    SIT,
    SOLES,
    STAND,
    STRIDE,
    Pose,
    arm,
    lean,
    legs,
)
from chorus_recon.categories.schema import Align, Contact, Interaction

_KNEE_M = 0.46  # height of the seat at which thighs are level
_THIGH_M = 0.42
_PET_M = 1.4  # how high one pets
_BARE_M = 0.1  # seats that are thinner have no legs
_LONG_M = 1.0  # seats that are wider have places at both ends
_LEGS_M = 1.1  # from the seat to the front of what encloses stretched legs
_PLACE_M, _ALONG = 0.6, 0.5  # width of a place at a table; how far from its middle places are
_BESIDE_M = 0.42  # from the side of a thing to the middle of who stands beside it
_STANDING = replace(STANDING, own_ground=False, balance=())
_REACH = (*arm("left", 0.2, -0.8, 0.6, 0.6), *arm("right", -0.2, -0.8, 0.6, 0.6))


def _thighs(height_m: float) -> tuple[float, float]:
    """Flexion of hips and knees (radians) of somebody on a seat of this height, with the feet down."""
    rise = math.asin(max(-0.75, min(0.75, (_KNEE_M - height_m) / _THIGH_M)))
    return 1.45 + rise, 1.4 + rise


def _seat(height_m: float) -> Interaction:
    hip, knee = _thighs(height_m)
    dangling = height_m > 0.68
    return replace(
        SIT,
        share=1.0,
        pose=(*lean(0.0, 0.1), *legs(hip, knee, 0.12, 0.0), *HANDS_ON_LAP),
        other=(*lean(0.1, 0.25), *legs(hip, knee + 0.25, 0.12, 0.1), *HANDS_ON_KNEES),
        ground=() if dangling else SOLES,
    )


def _ends(row: Interaction, anchor: str, share: float) -> tuple[Interaction, ...]:
    """The row at the left and the right end of a long seat."""
    contacts = (replace(row.contacts[0], spot=f"left_{anchor}"), *row.contacts[1:])
    return either_side(replace(row, name=f"{row.name}_at_left", share=share, contacts=contacts))


def _sit_on(size: Extent) -> tuple[Interaction, ...]:
    """On a stool, a bench, a wall. A bare seat is that of a swing: it hangs as high as a chair's."""
    hangs = size.height_m < _BARE_M
    row = replace(
        _seat(_KNEE_M if hangs else size.height_m),
        name="sit_on",
        own_ground=hangs,
        contacts=(Contact("seat", "seat", 0.0, 0.02),),
        aligns=(ON_FLOOR, AHEAD),
    )
    if size.width_m < _LONG_M:
        return (row,)
    return replace(row, share=0.4), *_ends(row, "seat", 0.6)


def _sit_back(size: Extent) -> tuple[Interaction, ...]:
    """Sitting upright and leaning back on a seat with a backrest."""
    base = _seat(min(0.46, 0.6 * size.height_m))
    up = replace(
        base,
        name="sit_back",
        share=0.5,
        contacts=(Contact("seat", "seat", 0.0, 0.03),),
        aligns=(ON_FLOOR, AHEAD),
    )
    back = replace(
        up,
        name="sit_back_leaning",
        pose=(*lean(-0.2, 0.1), *legs(1.45, 1.0, 0.12, 0.2), *HANDS_ON_LAP),
        other=(*lean(-0.12, 0.05), *legs(1.45, 1.4, 0.15, 0.0), *HANDS_ON_KNEES),
        contacts=(Contact("seat", "seat", 0.0, 0.07), Contact("lower_back", "back", 0.0, 0.05)),
        gaze=(0.0, -0.05, 1.0),
    )
    if size.width_m < _LONG_M:
        return up, back
    return replace(up, share=0.2), replace(back, share=0.2), *_ends(up, "seat", 0.6)


def _sit_in(size: Extent) -> tuple[Interaction, ...]:
    """Inside a car, a boat or a tub: the legs ahead, so in a short one close to its rear."""
    low = size.height_m < 0.9
    place = max(-0.6, min(-0.1, 1 - 2 * _LEGS_M / size.length_m))
    near, far = (
        (legs(1.35, 0.3, 0.08, 0.1), legs(1.8, 1.2, 0.1, 0.1))
        if low
        else (legs(1.2, 0.6, 0.08, 0.1), legs(1.6, 1.2, 0.1, 0.1))
    )
    row = replace(
        SIT,
        name="sit_in",
        verb="sits in",
        share=1.0,
        pose=(*lean(-0.2, 0.15), *near, *HANDS_ON_LAP),
        other=(*lean(-0.05, 0.2), *far, *_REACH),
        contacts=(Contact("seat", size.spot(place, -1.0, up_m=0.2 if low else 0.45), 0.0, 0.03),),
        aligns=(ON_FLOOR, AHEAD),
        ground=(),
        gaze=(0.0, -0.05, 1.0),
    )
    return (row,)


def _astride(size: Extent) -> tuple[Interaction, ...]:
    """Riding: on the saddle, hands on the bars or the reins, feet on what there is for them."""
    row = replace(
        SIT,
        name="ride",
        verb="rides",
        share=0.75,
        pose=(*lean(0.05, 0.1), *legs(1.1, 1.15, 0.3, 0.0), *_REACH),
        other=(*lean(0.5, 0.4), *legs(1.2, 1.2, 0.3, 0.1), *_REACH, ("neck", (-0.4, 0.0, 0.0))),
        contacts=(
            Contact("seat", "saddle", 0.0, 0.015),
            *pair("palm", "left_handle", "right_handle", 0.015, 0.02),
            Contact("left_ball", "left_pedal", 0.01, 0.03),
            Contact("right_ball", "right_pedal", 0.01, 0.03),
        ),
        aligns=(Align("up", (0.0, 1.0, 0.0), spread_deg=5.0, sigma_deg=3.0), AHEAD),
        ground=(),
        gaze=(0.0, -0.1, 1.0),
        facing_deg=(-3.0, 3.0),
        loose_rad=0.08,
    )
    walk = replace(
        _STANDING,
        name="walk_left_of",
        verb="walks beside",
        share=0.25,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.6, -0.7, 0.4, 0.6)),
        other=(*lean(0.05, 0.1), *STRIDE, *LEFT_DOWN, *arm("right", -0.6, -0.6, 0.5, 0.4)),
        contacts=(
            Contact("right_palm", "left_handle", 0.015, 0.06),
            *_soles(size, 0.25, _BESIDE_M),
        ),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), spread_deg=4.0, sigma_deg=3.0),
            Align("forward", (0.0, 0.0, 1.0), spread_deg=12.0, sigma_deg=8.0),
        ),
        facing_deg=(-25.0, 10.0),
    )
    return row, *either_side(walk)


def _soles(size: Extent, forward: float, away_m: float) -> tuple[Contact, ...]:
    """Both feet on the ground to the left of a thing, `away_m` from its side."""
    return pair(
        "sole",
        size.spot(forward, -1.0, 1.0, side_m=away_m + 0.1),
        size.spot(forward, -1.0, 1.0, side_m=away_m - 0.1),
        0.0,
        0.12,
    )


def _lie_on(size: Extent) -> tuple[Interaction, ...]:
    flat: Pose = (("pelvis", (-1.57, 0.0, 0.0)), ("neck", (0.25, 0.0, 0.0)))
    beside = (*arm("left", 0.6, -0.8, 0.05, 0.4), *arm("right", -0.6, -0.8, 0.05, 0.4))
    long = size.level
    row = replace(
        SIT,
        name="lie_on",
        verb="lies on",
        share=1.0,
        pose=(*flat, *legs(0.03, 0.06, 0.06, 0.5), *beside),
        other=(*flat, *legs(0.5, 1.0, 0.06, 0.5), *ARMS_ON_BELLY),
        contacts=(Contact("seat", "seat", 0.0, 0.03),),
        aligns=(
            ON_FLOOR,
            Align(long, (0.0, 0.0, 1.0), spread_deg=5.0, sigma_deg=3.0),
            Align("up", (0.0, 0.0, 1.0), "pelvis", 2.0, 4.0),
            Align("up", (0.0, 0.0, 1.0), "spine3", 2.0, 4.0),
        ),
        ground=(),
        gaze=(0.0, 1.0, 0.1),
        facing_deg=(-6.0, 6.0),
        loose_rad=0.05,
    )
    return (row,)


def _sit_at(size: Extent) -> tuple[Interaction, ...]:
    """Seated before a table, the forearms on it, or before a piano, the hands on its front.

    At a long table one sits anywhere along the side, at a piano before its middle.
    """
    hands = min(0.8, 0.4 / size.width_m)
    on_top = size.height_m < 0.95
    level = 1.0 if on_top else 2 * 0.74 / size.height_m - 1
    into, away = (-0.15, 0.14) if on_top else (0.02, 0.4)
    along = _ALONG * max(0.0, size.width_m - _PLACE_M) if on_top else 0.0
    row = replace(
        SIT,
        name="sit_at",
        verb="sits at",
        share=1.0,
        pose=(*lean(0.0, 0.15), *legs(1.45, 1.5, 0.1, 0.0), *_REACH),
        other=(*lean(0.25, 0.3), *legs(1.5, 1.7, 0.1, 0.1), *_REACH),
        contacts=(
            Contact("belly", size.spot(1.0, level, forward_m=away, up_m=0.08), 0.0, 0.08),
            *pair(
                "palm",
                size.spot(1.0, level, -hands, forward_m=into),
                size.spot(1.0, level, hands, forward_m=into),
                0.01,
                0.07,
            ),
        ),
        aligns=(ON_FLOOR, FACING_USER),
        gaze=(0.0, -0.35, 1.0),
        shift_m=((0.0, 0.0, -along), (0.0, 0.0, along)) if along else None,
    )
    return (row,)


def _pet(size: Extent) -> tuple[Interaction, ...]:
    """One hand on the back of an animal beside one, bending as far as it is low, or on a tall one's flank."""
    tall = 0.925 * size.height_m > _PET_M
    where = size.spot(0.2, 2 * _PET_M / size.height_m - 1, 0.9) if tall else size.spot(0.2, 0.85)
    bend = max(0.0, min(1.0, (0.95 - size.height_m) / 0.7))
    crouch = legs(0.1 + 1.5 * bend, 0.15 + 1.8 * bend, 0.15)
    trunk = lean(0.35 * bend, 0.4 * bend)
    row = replace(
        _STANDING,
        name="pet_right",
        verb="pets",
        pose=(*trunk, *crouch, *arm("left", 0.25, -0.85, 0.4, 0.6), *arm("right", -0.4, -0.75, 0.6, 0.4)),
        other=(*trunk, *crouch, *arm("left", 0.25, -0.85, 0.4, 0.9), *arm("right", -0.3, -0.6, 0.75, 0.3)),
        contacts=(
            Contact("right_palm", where, 0.02, 0.05),
            *_soles(size, 0.2, 0.22),
        ),
        aligns=(
            ON_FLOOR,
            Align("forward", (0.7, 0.0, 0.6), spread_deg=35.0, sigma_deg=20.0),
        ),
        gaze=(-0.3, -0.5, 0.9),
        facing_deg=(-60.0, 0.0),
    )
    return two_sided(row)


ARCHETYPES = (
    Archetype("sit_on", "sits on {it}", _sit_on, (0.2, 4.0)),
    Archetype("sit_back", "leans back in {it}", _sit_back, (0.4, 4.0)),
    Archetype("sit_in", "sits in {it}", _sit_in, (0.8, 14.0)),
    Archetype("ride", "rides {it}", _astride, (0.6, 6.0)),
    Archetype("lie_on", "lies on {it}", _lie_on, (0.9, 3.0)),
    Archetype("sit_at", "sits at {it}", _sit_at, (0.4, 4.0)),
    Archetype("pet", "pets {it}", _pet, (0.2, 4.5)),
)
