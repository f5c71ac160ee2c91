"""Archetypes of what is worn: on the head, the face, the trunk, the limbs."""

from dataclasses import replace

from chorus_recon.categories.archetypes.archetype import (
    STANDING,
    Archetype,
    Extent,
    pair,
    two_sided,
)
from chorus_recon.categories.poses import (
    HANDS_ON_LAP,
    LEFT_DOWN,
    RIGHT_DOWN,
    SEATED_LEGS,
    STAND,
    STANDING_LEGS,
    STRIDE,
    arm,
    lean,
    legs,
)
from chorus_recon.categories.schema import Align, Contact, Interaction

_WORN = replace(
    STANDING,
    verb="wears",
    pose=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
    other=(
        *lean(0.05, 0.15),
        *STRIDE,
        *arm("left", 0.3, -0.9, 0.2, 1.2),
        *arm("right", -0.3, -0.9, 0.2, 1.2),
    ),
    facing_deg=(-25.0, 25.0),
    loose_rad=0.2,
)
_TRUNK = ("pelvis", "spine2", "spine3")
_UPPER_ARMS = ("left_shoulder", "right_shoulder")
_THIGHS = ("left_hip", "right_hip")
_SHINS = ("left_knee", "right_knee", "left_ankle", "right_ankle")
_TO_KNEES_M, _TO_THIGHS_M = 0.85, 0.55  # from the shoulders
_TO_FEET_M = 0.75  # from the waist
_CHEST_M = 0.15  # from the middle of the chest to the cloth on its front
_LOOP_M, _TO_CHEST_M = 0.1, 0.32  # thickness of loops around the neck; from the nape to the chest
_WIDE_M = 0.6  # a ring this long does not rest on the belly and the back at once
_ARMS_OFF = (*arm("left", 0.6, -0.8, 0.1, 0.5), *arm("right", -0.6, -0.8, 0.1, 0.5))
_ARMS_UP = (*arm("left", 0.9, 0.2, 0.3, 1.6), *arm("right", -0.9, 0.2, 0.3, 1.6))


def _seated(row: Interaction, name: str, share: float) -> Interaction:
    return replace(
        row,
        name=name,
        share=share,
        pose=(*lean(0.0, 0.15), *SEATED_LEGS, *HANDS_ON_LAP),
        other=(*lean(0.15, 0.3), *legs(1.45, 1.4, 0.2, 0.0), *HANDS_ON_LAP),
        ground=(),
        balance=(),
    )


def _back(size: Extent) -> tuple[Interaction, ...]:
    row = replace(
        _WORN,
        name="wear_on_back",
        share=0.75,
        contacts=(
            Contact("upper_back", size.spot(-1.0, 0.5), 0.0, 0.02),
            Contact("lower_back", size.spot(-1.0, -0.3), 0.0, 0.03),
        ),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), "spine3", 4.0, 5.0),
            Align("forward", (0.0, 0.0, -1.0), "spine3", 3.0, 5.0),
        ),
    )
    return row, _seated(row, "wear_on_back_seated", 0.25)


def _head(size: Extent) -> tuple[Interaction, ...]:
    row = replace(
        _WORN,
        name="wear_on_head",
        share=0.75,
        contacts=(
            Contact("forehead", size.spot(0.8, -0.75), 0.0, 0.015),
            Contact("head_top", size.spot(0.0, 1.0, up_m=-0.012), 0.0, 0.015),
        ),
        aligns=(
            Align("up", (0.0, 1.0, -0.1), "head", 5.0, 5.0),
            Align("forward", (0.0, 0.0, 1.0), "head", 6.0, 5.0),
        ),
    )
    return row, _seated(row, "wear_on_head_seated", 0.25)


def _eyes(size: Extent) -> tuple[Interaction, ...]:
    """Glasses, goggles: the front before the eyes, the ends at the ears."""
    row = replace(
        _WORN,
        name="wear_on_eyes",
        share=0.7,
        contacts=(
            Contact("forehead", size.spot(1.0, 0.0, up_m=0.05, forward_m=-0.01), 0.0, 0.012),
            *pair("ear", size.spot(-0.8, 0.4, 0.95), size.spot(-0.8, 0.4, -0.95), 0.0, 0.03),
        ),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), "head", 3.0, 5.0),
            Align("forward", (0.0, 0.0, 1.0), "head", 3.0, 5.0),
        ),
    )
    return row, _seated(row, "wear_on_eyes_seated", 0.3)


def _mouth(size: Extent) -> tuple[Interaction, ...]:
    row = replace(
        _WORN,
        name="wear_on_mouth",
        contacts=(Contact("mouth", size.spot(-0.6, 0.1), 0.0, 0.012),),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), "head", 4.0, 5.0),
            Align("forward", (0.0, 0.0, 1.0), "head", 4.0, 5.0),
        ),
    )
    return (row,)


def _ears(size: Extent) -> tuple[Interaction, ...]:
    row = replace(
        _WORN,
        name="wear_on_ears",
        around=("neck",),
        contacts=(
            Contact("head_top", size.spot(0.0, 1.0, up_m=-0.012), 0.0, 0.02),
            *pair("ear", size.spot(0.0, -0.44, 0.8), size.spot(0.0, -0.44, -0.8), 0.0, 0.02),
        ),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), "head", 4.0, 5.0),
            Align("forward", (0.0, 0.0, 1.0), "head", 4.0, 5.0),
        ),
    )
    return (row,)


def _ear(size: Extent) -> tuple[Interaction, ...]:
    row = replace(
        _WORN,
        name="wear_on_ear_right",
        contacts=(Contact("right_ear", size.spot(0.0, 0.9, up_m=0.015), 0.0, 0.01),),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), "head", 8.0, 8.0),
            Align("forward", (0.0, 0.0, 1.0), "head", 8.0, 8.0),
        ),
    )
    return two_sided(row)


def _neck(size: Extent) -> tuple[Interaction, ...]:
    """Around the neck, hanging down before the chest."""
    if size.height_m < _LOOP_M:
        return _neck_loop(size)
    row = replace(
        _WORN,
        name="wear_on_neck",
        share=0.75,
        contacts=(
            Contact("neck_back", size.spot(-0.8, 0.85), 0.0, 0.04),
            Contact("neck_front", size.spot(0.7, 0.6), 0.0, 0.04),
            Contact("chest", size.spot(0.9, -1.0), 0.0, 0.1),
        ),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), "spine3", 4.0, 8.0),
            Align("forward", (0.0, 0.0, 1.0), "spine3", 4.0, 6.0),
        ),
    )
    return row, _seated(row, "wear_on_neck_seated", 0.25)


def _neck_loop(size: Extent) -> tuple[Interaction, ...]:
    """A flat loop, its forward end down: a necklace is around the neck, a long one lies on the chest."""
    if size.length_m < _TO_CHEST_M:
        contacts = (
            Contact("neck_back", size.spot(-0.95, 0.0), 0.0, 0.03),
            Contact("chest", size.spot(0.95, -1.0), 0.0, 0.04),
        )
        down, ahead = 0.84, 0.54
    else:
        contacts = (
            Contact("neck_front", size.spot(-0.95, 0.0), 0.0, 0.03),
            Contact("chest", size.spot(-1.0, -1.0, forward_m=0.19), 0.0, 0.03),
        )
        down, ahead = 0.98, 0.2
    row = replace(
        _WORN,
        name="wear_on_neck",
        share=0.75,
        contacts=contacts,
        aligns=(
            Align("forward", (0.0, -down, ahead), "spine3", 4.0, 8.0),
            Align("up", (0.0, ahead, down), "spine3", 4.0, 8.0),
        ),
    )
    return row, _seated(row, "wear_on_neck_seated", 0.25)


def _at_throat(size: Extent) -> tuple[Interaction, ...]:
    """A tie, a badge, a bow: flat before the throat or the chest."""
    row = replace(
        _WORN,
        name="wear_at_throat",
        share=0.7,
        contacts=(Contact("neck_front", size.spot(-1.0, 1.0, up_m=-0.02), 0.0, 0.012),),
        aligns=(
            Align("up", (0.0, 0.96, -0.28), "spine3", 3.0, 6.0),
            Align("forward", (0.0, 0.28, 0.96), "spine3", 3.0, 5.0),
        ),
    )
    return row, _seated(row, "wear_at_throat_seated", 0.3)


def _trunk(size: Extent) -> tuple[Interaction, ...]:
    """A shirt or a coat: a wide tube around the trunk, its top at the shoulders.

    Those that reach the knees are worn standing: a seated person's legs would run through the tube.
    """
    long = size.height_m > _TO_KNEES_M
    thighs = _THIGHS if size.height_m > _TO_THIGHS_M else ()  # the cloth would yield to them
    half = min(0.45 * size.length_m, _CHEST_M)
    row = replace(
        _WORN,
        name="wear_on_trunk",
        share=1.0 if long else 0.7,
        around=(*_TRUNK, *_UPPER_ARMS, *thighs),
        pose=(*STAND, *_ARMS_OFF),
        other=(*lean(0.05, 0.1), *STRIDE, *_ARMS_OFF),
        contacts=(
            Contact("chest", size.spot(0.0, 1.0, up_m=-0.14, forward_m=half), 0.0, 0.06),
            Contact("upper_back", size.spot(0.0, 1.0, up_m=-0.14, forward_m=-half), 0.0, 0.06),
        ),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), "spine2", 3.0, 5.0),
            Align("forward", (0.0, 0.0, 1.0), "spine3", 3.0, 5.0),
        ),
    )
    return (row,) if long else (row, _seated(row, "wear_on_trunk_seated", 0.3))


def _hips(size: Extent) -> tuple[Interaction, ...]:
    """A belt, a skirt, trousers: around the hips, its top at the waist. A hoop hangs on the back alone.

    The feet come out of what reaches down to them, such as the legs of trousers.
    """
    back = Contact("lower_back", size.spot(-0.9, 1.0, up_m=0.05), 0.0, 0.06)
    tight = (
        *pair("lap", size.spot(0.4, -0.2, 0.5), size.spot(0.4, -0.2, -0.5), 0.0, 0.3),
        Contact("belly", size.spot(0.9, 1.0, up_m=-0.03), 0.0, 0.06),
        back,
    )
    if size.height_m > _TO_FEET_M:
        ends = size.spot(-0.1, -1.0, 0.5, up_m=0.03), size.spot(-0.1, -1.0, -0.5, up_m=0.03)
        tight = (*tight, *pair("heel", *ends, sigma_m=0.04))
    wide = size.length_m > _WIDE_M
    arms = _ARMS_UP if wide else _ARMS_OFF
    row = replace(
        _WORN,
        name="wear_on_hips",
        pose=(*STAND, *arms),
        other=(*lean(0.0, 0.1), *STANDING_LEGS, *arms),
        contacts=(back,) if wide else tight,
        around=() if wide else ("pelvis", "spine2", *_THIGHS, *_SHINS),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), "pelvis", 3.0, 5.0),
            Align("forward", (0.0, 0.0, 1.0), "pelvis", 3.0, 5.0),
        ),
    )
    return (row,)


def _wrist(size: Extent) -> tuple[Interaction, ...]:
    """A ring (its axis up) around the wrist, 8 cm from the middle of the palm."""
    row = replace(
        _WORN,
        name="wear_on_wrist_right",
        contacts=(Contact("right_palm", size.spot(up_m=-0.085), -0.02, 0.012),),
        aligns=(Align("up", (1.0, 0.0, 0.0), "right_hand", 4.0, 6.0),),
    )
    left, right = two_sided(row)  # most wear it on the left
    return replace(left, share=right.share), replace(right, share=left.share)


def _hand(size: Extent) -> tuple[Interaction, ...]:
    """A glove or a mitt: forward is along the fingers, up is the back of the hand."""
    row = replace(
        _WORN,
        name="wear_on_hand_right",
        contacts=(Contact("right_palm", size.spot(0.0, -0.5), 0.0, 0.01),),
        aligns=(
            Align("forward", (-1.0, 0.0, 0.0), "right_hand", 5.0, 6.0),
            Align("up", (0.0, 1.0, 0.0), "right_hand", 5.0, 6.0),
        ),
    )
    left, right = (replace(each, share=0.5) for each in two_sided(row))
    return left, right


def _foot(size: Extent) -> tuple[Interaction, ...]:
    """A shoe, a sock, a skate: the sole 2 cm above its lowest point, or higher on wheels and blades."""
    rise = min(0.02, 0.1 * size.height_m)
    row = replace(
        _WORN,
        name="wear_on_foot_right",
        contacts=(
            Contact("right_ball", size.spot(0.45, -1.0, up_m=rise), 0.0, 0.01),
            Contact("right_heel", size.spot(-0.75, -1.0, up_m=rise), 0.0, 0.01),
        ),
        aligns=(
            Align("forward", (0.0, 0.0, 1.0), "right_ankle", 4.0, 8.0),
            Align("up", (0.0, 1.0, 0.0), "right_ankle", 4.0, 10.0),
        ),
        own_ground=True,
    )
    right, left = (replace(each, share=0.5) for each in two_sided(row))
    return right, left


def _knee(size: Extent) -> tuple[Interaction, ...]:
    """A pad or a guard around the knee, which is below the place of the lap."""
    row = replace(
        _WORN,
        name="wear_on_knee_right",
        contacts=(Contact("right_lap", size.spot(0.8, up_m=0.22), 0.0, 0.03),),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), "right_hip", 4.0, 6.0),
            Align("forward", (0.0, 0.0, 1.0), "right_hip", 4.0, 6.0),
        ),
        own_ground=True,
    )
    right, left = (replace(each, share=0.5) for each in two_sided(row))
    return right, left


ARCHETYPES = (
    Archetype("wear_on_back", "wears {it} on the back", _back, (0.15, 1.2)),
    Archetype("wear_on_head", "wears {it}", _head, (0.14, 0.7)),
    Archetype("wear_on_eyes", "wears {it}", _eyes, (0.1, 0.35)),
    Archetype("wear_on_mouth", "wears {it} on the mouth", _mouth, (0.03, 0.35)),
    Archetype("wear_on_ears", "wears {it} on both ears", _ears, (0.12, 0.35)),
    Archetype("wear_on_ear", "wears {it} on one ear", _ear, (0.005, 0.15)),
    Archetype("wear_on_neck", "wears {it} around the neck", _neck, (0.1, 1.2)),
    Archetype("wear_at_throat", "wears {it}", _at_throat, (0.03, 0.9)),
    Archetype("wear_on_trunk", "wears {it}", _trunk, (0.3, 1.6)),
    Archetype("wear_on_hips", "wears {it} around the hips", _hips, (0.25, 1.3)),
    Archetype("wear_on_wrist", "wears {it} on one wrist", _wrist, (0.04, 0.25)),
    Archetype("wear_on_hand", "wears {it} on one hand", _hand, (0.08, 0.5)),
    Archetype("wear_on_foot", "wears {it} on one foot", _foot, (0.1, 2.2)),
    Archetype("wear_on_knee", "wears {it} on the knees", _knee, (0.08, 0.5)),
)
