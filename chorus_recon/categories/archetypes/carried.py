"""Archetypes of things that hang, are worn, or rest on the body."""

from dataclasses import replace

from chorus_recon.categories.archetypes.archetype import (
    STANDING,
    UPRIGHT,
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
_ARMS_OFF = (*arm("left", 0.6, -0.8, 0.1, 0.5), *arm("right", -0.6, -0.8, 0.1, 0.5))
_WALKS = (*lean(0.0, 0.05), *STRIDE)


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


def _handle(size: Extent) -> tuple[Interaction, ...]:
    ahead = Align(size.level, (0.0, 0.0, 1.0), spread_deg=25.0, sigma_deg=15.0)
    row = replace(
        _WORN,
        name="carry_by_handle_right",
        verb="carries",
        pose=(*_WALKS, *LEFT_DOWN, *RIGHT_DOWN),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.35, -1.0, 0.1, 0.7)),
        contacts=(Contact("right_palm", "handle", 0.015),),
        aligns=(UPRIGHT, ahead),
        across=("right_hand",),
        loose_rad=0.12,
    )
    return two_sided(row)


def _forearm(size: Extent) -> tuple[Interaction, ...]:
    row = replace(
        _WORN,
        name="on_forearm_right",
        verb="carries",
        pose=(*_WALKS, *LEFT_DOWN, *arm("right", -0.3, -0.95, 0.05, 1.6)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.35, -0.9, 0.15, 1.9)),
        contacts=(Contact("right_forearm", "handle", 0.0, 0.012),),
        aligns=(UPRIGHT, Align(size.level, (0.3, 0.0, 1.0), spread_deg=20.0, sigma_deg=15.0)),
        loose_rad=0.12,
    )
    return two_sided(row)


def _hip(size: Extent) -> tuple[Interaction, ...]:
    """Hanging from a strap at the hip, its broad face against the body."""
    flat = "side" if size.width_m < size.length_m else "forward"
    row = replace(
        _WORN,
        name="at_hip_right",
        pose=(*_WALKS, *LEFT_DOWN, *arm("right", -0.5, -0.85, 0.0, 0.6)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.5, -0.8, 0.2, 1.4)),
        contacts=(Contact("right_hip_side", size.on({flat: 1.0, "up": 0.2}), 0.0, 0.035),),
        aligns=(UPRIGHT, Align(flat, (1.0, 0.0, 0.0), spread_deg=14.0, sigma_deg=10.0)),
    )
    return two_sided(row)


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


def _on_top_of_head(size: Extent) -> tuple[Interaction, ...]:
    row = replace(
        _WORN,
        name="balance_on_head",
        verb="carries",
        pose=(*_WALKS, *LEFT_DOWN, *RIGHT_DOWN),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.5, 0.8, 0.15, 0.9, -1.3)),
        contacts=(Contact("head_top", size.spot(0.0, -1.0), 0.0, 0.015),),
        aligns=(UPRIGHT, Align("forward", (0.0, 0.0, 1.0), spread_deg=30.0, sigma_deg=10.0)),
    )
    return (row,)


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
        contacts=(
            Contact("head_top", size.spot(0.0, 1.0, up_m=-0.012), 0.0, 0.02),
            *pair("ear", size.spot(0.0, -0.7, 0.8), size.spot(0.0, -0.7, -0.8), 0.0, 0.02),
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
    """A shirt or a coat: a wide tube around the trunk, its top at the shoulders."""
    row = replace(
        _WORN,
        name="wear_on_trunk",
        share=0.7,
        pose=(*STAND, *_ARMS_OFF),
        other=(*lean(0.05, 0.1), *STRIDE, *_ARMS_OFF),
        contacts=(
            Contact("chest", size.spot(0.9, 1.0, up_m=-0.14), 0.0, 0.06),
            Contact("upper_back", size.spot(-0.9, 1.0, up_m=-0.14), 0.0, 0.06),
        ),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), "spine2", 3.0, 5.0),
            Align("forward", (0.0, 0.0, 1.0), "spine3", 3.0, 5.0),
        ),
    )
    return row, _seated(row, "wear_on_trunk_seated", 0.3)


def _hips(size: Extent) -> tuple[Interaction, ...]:
    """A belt, a skirt, trousers: around the hips, its top at the waist."""
    row = replace(
        _WORN,
        name="wear_on_hips",
        pose=(*STAND, *_ARMS_OFF),
        other=(*lean(0.0, 0.1), *STANDING_LEGS, *_ARMS_OFF),
        contacts=(
            *pair("lap", size.spot(0.4, -0.2, 0.5), size.spot(0.4, -0.2, -0.5), 0.0, 0.3),  # inside it
            Contact("belly", size.spot(0.9, 1.0, up_m=-0.03), 0.0, 0.06),
            Contact("lower_back", size.spot(-0.9, 1.0, up_m=0.05), 0.0, 0.06),
        ),
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


def _lap(size: Extent) -> tuple[Interaction, ...]:
    across = min(0.9, 0.18 / size.width_m)
    hold = min(0.95, 0.34 / size.width_m)
    row = replace(
        STANDING,
        name="on_lap",
        verb="holds on the lap",
        pose=(
            *lean(0.0, 0.1),
            *SEATED_LEGS,
            *arm("left", 0.3, -0.85, 0.4, 1.1),
            *arm("right", -0.3, -0.85, 0.4, 1.1),
        ),
        other=(
            *lean(0.1, 0.2),
            *legs(1.55, 1.5, 0.1, 0.0),
            *arm("left", 0.25, -0.8, 0.5, 1.3),
            *arm("right", -0.25, -0.8, 0.5, 1.3),
        ),
        contacts=(
            *pair("lap", size.spot(-0.1, -1.0, across), size.spot(-0.1, -1.0, -across), 0.0, 0.03),
            *pair("palm", size.spot(0.2, 0.2, hold), size.spot(0.2, 0.2, -hold), 0.01, 0.05),
        ),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), spread_deg=10.0, sigma_deg=8.0),
            Align("forward", (0.0, 0.0, 1.0), spread_deg=12.0, sigma_deg=10.0),
        ),
        ground=(),
        balance=(),
        gaze=(0.0, -0.3, 1.0),
    )
    return (row,)


ARCHETYPES = (
    Archetype("carry_by_handle", "carries {it} in one hand", _handle, (0.08, 1.2)),
    Archetype("on_forearm", "carries {it} on one forearm", _forearm, (0.12, 0.7)),
    Archetype("at_hip", "wears {it} at the hip", _hip, (0.08, 0.8)),
    Archetype("wear_on_back", "wears {it} on the back", _back, (0.15, 1.2)),
    Archetype("wear_on_head", "wears {it}", _head, (0.14, 0.7)),
    Archetype("balance_on_head", "carries {it} on the head", _on_top_of_head, (0.1, 1.2)),
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
    Archetype("on_lap", "sits with {it} on the lap", _lap, (0.1, 1.2)),
)
