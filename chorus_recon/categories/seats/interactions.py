"""How people use chairs and benches, as data; `interactions.py` says how to read a row."""

from dataclasses import replace

from chorus_recon.categories.poses import AHEAD, LEVEL, STAND, Pose, arm, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction, Spot, mirrored

_FEET = ("left_sole", "right_sole")
_UP = Align("up", (0.0, 1.0, 0.0), spread_deg=1.0, sigma_deg=1.5)
_HANDS_ON_LAP = (*arm("left", 0.25, -0.9, 0.25, 1.0), *arm("right", -0.25, -0.9, 0.25, 1.0))
_HANDS_ON_KNEES = (*arm("left", 0.25, -0.8, 0.55, 0.5), *arm("right", -0.25, -0.8, 0.55, 0.5))
_HANDS_AT_TABLE = (*arm("left", 0.3, -0.85, 0.5, 1.3), *arm("right", -0.3, -0.85, 0.5, 1.3))
_ELBOWS_ON_KNEES = (*arm("left", 0.1, -0.75, 0.65, 1.3), *arm("right", -0.1, -0.75, 0.65, 1.3))
ARMS_ON_BELLY = (*arm("left", 0.45, -0.9, -0.05, 1.5, 1.1), *arm("right", -0.45, -0.9, -0.05, 1.5, 1.1))
_ON_RESTS = (*arm("left", 0.35, -0.9, 0.1, 1.1), *arm("right", -0.35, -0.9, 0.1, 1.1))
_FLAT = legs(1.45, 1.4, 0.15, 0.0)
_TUCKED = legs(1.4, 1.75, 0.1, 0.2)
_STRETCHED = legs(1.45, 1.0, 0.12, 0.2)
_CROSSED: Pose = (
    ("left_hip", (-1.5, 0.0, 0.05)),
    ("left_knee", (1.45, 0.0, 0.0)),
    ("left_ankle", (0.0, 0.0, 0.0)),
    ("right_hip", (-1.75, 0.0, 0.42)),
    ("right_knee", (1.15, 0.0, 0.0)),
    ("right_ankle", (0.2, 0.0, 0.0)),
)

_REST = ("back", "seat_rear")

SIT = Interaction(
    "sit",
    "sits on",
    0.25,
    pose=(*lean(0.0, 0.1), *_FLAT, *_HANDS_ON_LAP),
    other=(*lean(0.1, 0.25), *_TUCKED, *_HANDS_ON_KNEES),
    contacts=(Contact("seat", ("seat_rear", "seat", 0.6), 0.0, 0.015),),
    aligns=(_UP, AHEAD),
    ground=_FEET,
    gaze=(0.0, -0.15, 1.0),
    facing_deg=(-6.0, 6.0),
)


def leaning_back(back: str, seat: str) -> Interaction:
    """Hips at the rear of the seat, the back against the backrest."""
    return replace(
        SIT,
        name="sit_leaning_back",
        pose=(*lean(-0.2, 0.1), *_STRETCHED, *_HANDS_ON_LAP),
        other=(*lean(-0.12, 0.05), *_FLAT, *_HANDS_ON_KNEES),
        contacts=(Contact("seat", seat, 0.0, 0.025), Contact("lower_back", back, 0.0, 0.02)),
        gaze=(0.0, -0.05, 1.0),
    )


def leaning_forward() -> Interaction:
    """Elbows on the knees."""
    return replace(
        SIT,
        name="sit_leaning_forward",
        pose=(*lean(0.5, 0.65), *legs(1.75, 1.5, 0.2, 0.1), *_ELBOWS_ON_KNEES, ("neck", (-0.3, 0.0, 0.0))),
        other=(*lean(0.6, 0.8), *legs(1.85, 1.6, 0.25, 0.1), *_ELBOWS_ON_KNEES, ("neck", (-0.1, 0.0, 0.0))),
        gaze=(0.0, -0.4, 1.0),
    )


def legs_crossed(back: str, seat: str) -> Interaction:
    """The right leg over the left."""
    return replace(
        leaning_back(back, seat),
        name="sit_right_leg_over",
        pose=(*lean(-0.15, 0.1), *_CROSSED, *_HANDS_ON_LAP),
        other=(*lean(-0.05, 0.15), *_CROSSED, *_HANDS_ON_KNEES),
        ground=("left_sole",),
    )


def standing_behind() -> Interaction:
    """Behind the backrest, a hand on either end of it."""
    reach = (*arm("left", 0.15, -0.85, 0.5, 0.5), *arm("right", -0.15, -0.85, 0.5, 0.5))
    return replace(
        SIT,
        name="stand_behind",
        verb="stands behind",
        pose=(*STAND, *reach),
        other=(*lean(0.2, 0.2), *legs(0.25, 0.15, 0.1), *reach),
        contacts=(
            Contact("left_palm", "left_back_top", 0.015, 0.03),
            Contact("right_palm", "right_back_top", 0.015, 0.03),
        ),
        aligns=(_UP, AHEAD),
        gaze=(0.0, 0.0, 1.0),
        facing_deg=(-15.0, 15.0),
    )


def chair() -> tuple[Interaction, ...]:
    """Sitting upright, back, forward, crossed, at a table and astride; standing behind, carrying."""
    back = leaning_back(*_REST)
    crossed = legs_crossed(*_REST)
    table = replace(
        SIT,
        name="sit_at_table",
        pose=(*lean(0.05, 0.15), *_FLAT, *_HANDS_AT_TABLE),
        other=(*lean(0.2, 0.3), *_TUCKED, *_HANDS_AT_TABLE),
    )
    astride = replace(
        SIT,
        name="sit_astride",
        pose=(*lean(0.1, 0.2), *legs(1.1, 1.3, 0.65, 0.1), *_ELBOWS_ON_KNEES),
        other=(*lean(0.15, 0.3), *legs(1.2, 1.5, 0.7, 0.1), *_ELBOWS_ON_KNEES),
        contacts=(
            Contact("seat", "seat", 0.0, 0.02),
            Contact("left_palm", "right_back_top", 0.015, 0.03),
            Contact("right_palm", "left_back_top", 0.015, 0.03),
        ),
        aligns=(_UP, Align("forward", (0.0, 0.0, -1.0), spread_deg=4.0, sigma_deg=3.0)),
        kinds=("chair",),
    )
    carry = replace(
        SIT,
        name="carry",
        verb="carries",
        pose=(*STAND, *arm("left", 0.3, -0.9, 0.4, 1.0), *arm("right", -0.3, -0.9, 0.4, 1.0)),
        other=(
            *lean(-0.1, 0.0),
            *STAND[4:],
            *arm("left", 0.3, -0.9, 0.3, 0.7),
            *arm("right", -0.3, -0.9, 0.3, 0.7),
        ),
        contacts=(
            Contact("left_palm", "left_edge", 0.01, 0.015),
            Contact("right_palm", "right_edge", 0.01, 0.015),
        ),
        aligns=(LEVEL, Align("forward", (0.0, 0.0, 1.0), spread_deg=8.0)),
        own_ground=True,
        balance=_FEET,
        gaze=(0.0, 0.0, 1.0),
        kinds=("chair",),
    )
    arms = replace(
        back,
        name="sit_arms_on_rests",
        pose=(*lean(-0.2, 0.1), *_STRETCHED, *_ON_RESTS),
        other=(*lean(-0.1, 0.05), *_FLAT, *_ON_RESTS),
        contacts=(
            *back.contacts,
            Contact("left_palm", "left_arm", 0.01, 0.06),
            Contact("right_palm", "right_arm", 0.01, 0.06),
        ),
    )
    return (
        replace(SIT, share=0.22),
        replace(back, share=0.22),
        replace(leaning_forward(), share=0.12),
        replace(crossed, share=0.08),
        mirrored(crossed, "sit_left_leg_over", 0.07),
        replace(table, share=0.14),
        replace(arms, share=0.05),
        replace(astride, share=0.03),
        replace(standing_behind(), share=0.03),
        replace(carry, share=0.04),
    )


def bench() -> tuple[Interaction, ...]:
    """As on a chair, at the middle or an end; an arm along the back, lying."""
    back = leaning_back(*_REST)
    crossed = legs_crossed(*_REST)
    forward = leaning_forward()
    return (
        replace(SIT, share=0.14),
        *_both(_at_left_end(SIT), 0.14),
        replace(back, share=0.13),
        *_both(_at_left_end(back), 0.14),
        replace(forward, share=0.11),
        *_both(_at_left_end(forward), 0.1),
        replace(crossed, share=0.05),
        mirrored(crossed, "sit_left_leg_over", 0.05),
        *_both(arm_along_back(), 0.08),
        *_both(lying("left_lying"), 0.06),
        replace(standing_behind(), share=0.01),
    )


def _at_left_end(one: Interaction) -> Interaction:
    """At the left end of a long seat."""
    contacts = tuple(replace(c, spot=_to_left(c.spot)) for c in one.contacts)
    return replace(one, name=f"{one.name}_at_left", contacts=contacts)


def _to_left(spot: Spot) -> Spot:
    if isinstance(spot, str):
        return f"left_{spot}"
    if isinstance(spot[0], str) and isinstance(spot[1], str):
        return f"left_{spot[0]}", f"left_{spot[1]}", spot[2]
    return spot


def _both(one: Interaction, share: float) -> tuple[Interaction, Interaction]:
    """A row of the left and its twin, half of the share each."""
    twin = mirrored(one, one.name.replace("left", "right"), share / 2)
    return replace(one, share=share / 2), twin


def arm_along_back() -> Interaction:
    """Leaning back with the left arm along the backrest."""
    arms = (*arm("left", 0.95, -0.1, -0.15, 0.35), *arm("right", -0.25, -0.9, 0.25, 1.0))
    return replace(
        leaning_back(*_REST),
        name="left_arm_along_back",
        pose=(*lean(-0.2, 0.1, 0.1), *_STRETCHED, *arms),
        other=(*lean(-0.12, 0.05, 0.2), *_CROSSED, *arms),
        contacts=(
            Contact("seat", "seat_rear", 0.0, 0.025),
            Contact("lower_back", "back", 0.0, 0.025),
            Contact("left_palm", "left_arm_rest", 0.015, 0.05),
        ),
        gaze=(0.3, -0.05, 1.0),
    )


def lying(hips: Spot) -> Interaction:
    """On the back along the seat, the head to the left."""
    flat = (("pelvis", (-1.57, 0.0, 0.0)), ("neck", (0.2, 0.0, 0.0)))
    return replace(
        SIT,
        name="lie_head_left",
        verb="lies on",
        pose=(*flat, *legs(0.4, 0.75, 0.04, 0.5), *ARMS_ON_BELLY),
        other=(*flat, *legs(0.9, 1.7, 0.05, 0.6), *ARMS_ON_BELLY),
        contacts=(Contact("seat", hips, 0.0, 0.015),),
        aligns=(
            _UP,
            Align("forward", (0.0, 0.0, 1.0), spread_deg=3.0),
            Align("up", (0.0, 0.0, 1.0), "pelvis", 2.0, 4.0),
            Align("up", (0.0, 0.0, 1.0), "spine3", 2.0, 4.0),
        ),
        ground=(),
        gaze=(-0.2, 1.0, 0.1),
        facing_deg=(-93.0, -87.0),
    )


def couch() -> tuple[Interaction, ...]:
    """As on a bench, but the seat is deep: knees bend at its edge, the hips come forward."""
    back, crossed, along = map(_deep, (leaning_back(*_REST), legs_crossed(*_REST), arm_along_back()))
    sit = _deep(SIT)
    forward = leaning_forward()
    return (
        replace(sit, share=0.13),
        *_both(_at_left_end(sit), 0.1),
        replace(back, share=0.12),
        *_both(_at_left_end(back), 0.2),
        replace(forward, share=0.05),
        *_both(_at_left_end(forward), 0.06),
        replace(crossed, share=0.04),
        mirrored(crossed, "sit_left_leg_over", 0.04),
        *_both(along, 0.1),
        *_both(lying("left_lying"), 0.15),
        replace(standing_behind(), share=0.01),
    )


def _deep(one: Interaction) -> Interaction:
    seat = replace(one.contacts[0], sigma_m=0.06)
    return replace(one, contacts=(seat, Contact("knee_hollows", "front", 0.0, 0.03), *one.contacts[1:]))
