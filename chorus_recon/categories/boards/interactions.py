"""How people use skateboards, snowboards and surfboards, as data; see `interactions.py`."""

from chorus_recon.categories.poses import AHEAD, LEFT_DOWN, LEVEL, RIGHT_DOWN, STAND, Pose, arm, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction, Spot, mirrored

_FEET = ("left_sole", "right_sole")


def _ride(
    name: str, verb: str, share: float, low: Pose, high: Pose, tilt_deg: float, front: Spot, back: Spot
) -> Interaction:
    """Regular stance: sideways on the board, left foot towards the nose, the person faces +z."""
    return Interaction(
        name,
        verb,
        share,
        pose=high,
        other=low,
        contacts=(Contact("left_sole", front, 0.0, 0.015), Contact("right_sole", back, 0.0, 0.015)),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), spread_deg=tilt_deg, sigma_deg=4.0),
            Align("forward", (1.0, 0.0, 0.0), spread_deg=4.0, sigma_deg=5.0),
            Align("up", (0.0, 1.0, 0.0), "left_ankle", 2.0, 5.0),
            Align("up", (0.0, 1.0, 0.0), "right_ankle", 2.0, 5.0),
            Align("forward", (0.94, 0.0, 0.34), "left_ankle", 12.0, 10.0),
            Align("forward", (1.0, 0.0, 0.0), "right_ankle", 12.0, 10.0),
        ),
        balance=("left_sole", "right_sole"),
        gaze=(0.8, -0.15, 0.55),
        facing_deg=(0.0, 35.0),
        loose_rad=0.16,
    )


_ARMS_OUT = (*arm("left", 0.8, -0.5, 0.2, 0.5), *arm("right", -0.8, -0.5, -0.1, 0.5))
_ARMS_WIDE = (*arm("left", 0.95, -0.1, 0.25, 0.4), *arm("right", -0.95, -0.1, -0.1, 0.6))
_UPRIGHT = (*lean(0.1, 0.15, 0.35), *legs(0.3, 0.45, 0.22), *_ARMS_OUT, ("neck", (0.0, 0.4, 0.0)))
_CROUCH = (*lean(0.35, 0.5, 0.4), *legs(1.25, 1.7, 0.3), *_ARMS_WIDE, ("neck", (-0.2, 0.4, 0.0)))
_SURF_CROUCH = (*lean(0.3, 0.45, 0.45), *legs(1.1, 1.5, 0.45), *_ARMS_WIDE, ("neck", (-0.2, 0.45, 0.0)))
_SURF_UP = (*lean(0.15, 0.2, 0.4), *legs(0.5, 0.8, 0.35), *_ARMS_OUT, ("neck", (0.0, 0.4, 0.0)))


def _airborne(name: str, verb: str, share: float, front: Spot, back: Spot) -> Interaction:
    ride = _ride(name, verb, share, _CROUCH, _CROUCH, 14.0, front, back)
    return Interaction(
        name,
        verb,
        share,
        pose=(*lean(0.3, 0.5, 0.4), *legs(1.6, 1.9, 0.3), *_ARMS_WIDE),
        other=(*lean(0.1, 0.3, 0.2), *legs(0.8, 1.2, 0.3), *_ARMS_WIDE),
        contacts=ride.contacts,
        aligns=(
            Align("forward", (0.92, 0.35, 0.0), spread_deg=16.0, sigma_deg=6.0),
            Align("up", (-0.35, 0.92, 0.1), spread_deg=16.0, sigma_deg=8.0),
            *ride.aligns[2:],
        ),
        gaze=ride.gaze,
        facing_deg=(-10.0, 50.0),
        loose_rad=0.2,
    )


def _under_arm(share: float, side_sigma_m: float = 0.06) -> Interaction:
    """Under the left arm: deck against the side, nose ahead, fingers under the lower edge."""
    return Interaction(
        "carry_left",
        "carries",
        share,
        ground=_FEET,
        own_ground=True,
        balance=_FEET,
        pose=(*STAND, *arm("left", 0.45, -1.0, 0.05, 0.25), *RIGHT_DOWN),
        other=(*lean(0.0, 0.0), *legs(0.25, 0.3), *arm("left", 0.5, -1.0, -0.15, 0.5), *RIGHT_DOWN),
        contacts=(
            Contact("left_palm", (0.05, 0.0, -1.0), 0.01, 0.012),
            Contact("left_flank", (0.0, 1.0, 0.35), 0.0, side_sigma_m),
        ),
        aligns=(
            Align("forward", (0.0, 0.1, 1.0), spread_deg=14.0, sigma_deg=6.0),
            Align("up", (-1.0, 0.1, 0.0), spread_deg=12.0, sigma_deg=6.0),
        ),
    )


def skateboard() -> tuple[Interaction, ...]:
    """Riding, jumping, pushing off, carrying."""
    regular = _ride("ride_regular", "rides", 0.26, _CROUCH, _UPRIGHT, 5.0, "deck_front", "deck_back")
    jump = _airborne("jump_regular", "jumps with", 0.11, "deck_front", "deck_back")
    push = Interaction(
        "push_left_on",
        "pushes",
        0.07,
        pose=(*lean(0.25, 0.2), *legs(0.5, 0.5), *_ARMS_OUT, ("right_hip", (0.35, 0.0, -0.1))),
        other=(*lean(0.35, 0.3), *legs(0.7, 0.8), *_ARMS_OUT, ("right_hip", (-0.3, 0.0, -0.1))),
        contacts=(
            Contact("left_sole", "deck_front", 0.0, 0.012),
            Contact("right_ball", (-0.3, -1.0, -2.2), 0.0, 0.1),
        ),
        aligns=(
            LEVEL,
            Align("forward", (0.1, 0.0, 1.0), spread_deg=8.0),
            Align("up", (0.0, 1.0, 0.0), "left_ankle", 2.0, 5.0),
            Align("forward", (0.3, 0.0, 0.95), "left_ankle", 10.0, 10.0),
        ),
        ground=("right_ball",),
    )
    carry = _under_arm(0.08, 0.12)  # too narrow to reach the ribs
    by_nose = Interaction(
        "by_nose_left",
        "carries",
        0.03,
        ground=_FEET,
        own_ground=True,
        balance=_FEET,
        pose=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
        contacts=(Contact("left_palm", (0.93, 0.0, 0.0), 0.01, 0.012),),
        aligns=(
            Align("forward", (0.0, 1.0, 0.1), spread_deg=14.0, sigma_deg=6.0),
            Align("up", (-1.0, 0.0, 0.0), spread_deg=25.0, sigma_deg=8.0),
        ),
    )
    return (
        regular,
        mirrored(regular, "ride_goofy", 0.22),
        jump,
        mirrored(jump, "jump_goofy", 0.08),
        push,
        mirrored(push, "push_right_on", 0.05),
        carry,
        mirrored(carry, "carry_right", 0.07),
        by_nose,
        mirrored(by_nose, "by_nose_right", 0.03),
    )


def snowboard() -> tuple[Interaction, ...]:
    """Riding, jumping, grabbing, carrying, standing beside."""
    ride = _ride("ride_regular", "rides", 0.32, _CROUCH, _UPRIGHT, 16.0, "deck_front", "deck_back")
    jump = _airborne("jump_regular", "jumps with", 0.12, "deck_front", "deck_back")
    grab = Interaction(
        "grab_regular",
        "grabs",
        0.05,
        pose=(*lean(0.5, 0.8, 0.2), *legs(2.0, 2.1, 0.3), *_ARMS_WIDE, *arm("right", -0.3, -0.9, 0.5, 0.2)),
        contacts=(*jump.contacts, Contact("right_palm", (-0.05, 0.0, -1.0), 0.01, 0.012)),
        aligns=jump.aligns,
        gaze=jump.gaze,
        facing_deg=(-10.0, 40.0),
        loose_rad=0.15,
    )
    carry = _under_arm(0.08)
    upright = _upright(0.03)
    return (
        ride,
        mirrored(ride, "ride_goofy", 0.22),
        jump,
        mirrored(jump, "jump_goofy", 0.08),
        grab,
        mirrored(grab, "grab_goofy", 0.03),
        carry,
        mirrored(carry, "carry_right", 0.05),
        upright,
        mirrored(upright, "beside_right", 0.02),
    )


def _upright(share: float) -> Interaction:
    """Standing beside the board, which stands on its tail at the left, one hand on its edge."""
    return Interaction(
        "beside_left",
        "stands beside",
        share,
        pose=(*STAND, *arm("left", 0.8, -0.5, 0.2, 0.7), *RIGHT_DOWN),
        other=(*STAND, *arm("left", 0.7, -0.7, 0.2, 1.2), *RIGHT_DOWN),
        contacts=(
            Contact("left_palm", (0.35, 0.0, 1.0), 0.01, 0.03),
            Contact("left_sole", (-1.0, 0.0, 1.5), 0.0, 0.15),
        ),
        aligns=(
            Align("forward", (-0.05, 1.0, 0.0), spread_deg=6.0, sigma_deg=3.0),
            Align("up", (0.0, 0.0, 1.0), spread_deg=20.0, sigma_deg=6.0),
        ),
        ground=("left_sole", "right_sole"),
    )


def surfboard() -> tuple[Interaction, ...]:
    """Riding, paddling, sitting, carrying, standing beside."""
    ride = _ride(
        "ride_regular",
        "rides",
        0.3,
        _SURF_CROUCH,
        _SURF_UP,
        14.0,
        ("deck_center", "deck_front", 0.3),
        ("deck_center", "deck_back", 0.85),
    )
    carry = _under_arm(0.1)
    on_head = Interaction(
        "carry_on_head",
        "carries on the head",
        0.05,
        ground=_FEET,
        own_ground=True,
        balance=_FEET,
        pose=(*STAND, *arm("left", 0.7, 0.5, 0.2, 1.1), *arm("right", -0.7, 0.5, 0.2, 1.1)),
        contacts=(
            Contact("head_top", (0.0, -0.6, 0.0), 0.0, 0.02),
            Contact("left_palm", (0.05, -0.3, 0.95), 0.01, 0.015),
            Contact("right_palm", (0.05, -0.3, -0.95), 0.01, 0.015),
        ),
        aligns=(LEVEL, AHEAD),
        gaze=(0.0, 0.0, 1.0),
    )
    paddle = Interaction(
        "paddle",
        "paddles on",
        0.14,
        pose=(
            ("pelvis", (1.5, 0.0, 0.0)),
            ("spine2", (-0.2, 0.0, 0.0)),
            ("spine3", (-0.25, 0.0, 0.0)),
            ("neck", (-0.5, 0.0, 0.0)),
            ("head", (-0.45, 0.0, 0.0)),
            *legs(0.0, 0.05, 0.02, 0.7),
            *arm("left", 0.7, 0.6, 0.5, 0.6),
            *arm("right", -0.75, -0.45, 0.6, 0.5),
        ),
        other=(
            ("pelvis", (1.5, 0.0, 0.0)),
            ("spine2", (-0.25, 0.0, 0.0)),
            ("spine3", (-0.3, 0.0, 0.0)),
            ("neck", (-0.5, 0.0, 0.0)),
            ("head", (-0.45, 0.0, 0.0)),
            *legs(0.0, 0.1, 0.02, 0.7),
            *arm("left", 0.75, -0.45, 0.6, 0.5),
            *arm("right", -0.7, 0.6, 0.5, 0.6),
        ),
        contacts=(Contact("belly", (-0.1, 1.0, 0.0), 0.0, 0.02),),
        aligns=(LEVEL, AHEAD, Align("up", (0.0, 0.0, -1.0), "spine1", 4.0, 4.0)),
        gaze=(0.0, 0.1, 1.0),
        facing_deg=(-4.0, 4.0),
    )
    sit = Interaction(
        "sit",
        "sits on",
        0.06,
        pose=(*lean(0.0, 0.2), *legs(1.25, 1.3, 0.55, 0.2), *LEFT_DOWN, *RIGHT_DOWN),
        other=(*lean(0.05, 0.4), *legs(1.1, 1.0, 0.6, 0.3), *LEFT_DOWN, *RIGHT_DOWN),
        contacts=(Contact("seat", (-0.25, 0.9, 0.0), 0.0, 0.02),),
        aligns=(
            Align("forward", (0.0, 0.2, 1.0), spread_deg=5.0),
            Align("up", (0.0, 1.0, -0.2), spread_deg=4.0),
        ),
    )
    upright = _upright(0.04)
    return (
        ride,
        mirrored(ride, "ride_goofy", 0.2),
        carry,
        mirrored(carry, "carry_right", 0.08),
        on_head,
        paddle,
        sit,
        upright,
        mirrored(upright, "beside_right", 0.03),
    )
