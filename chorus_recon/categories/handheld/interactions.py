"""How people hold rackets, umbrellas and frisbees, as data; `interactions.py` says how to read a row."""

from dataclasses import replace

from chorus_recon.categories.poses import LEFT_DOWN, STAND, arm, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction, mirrored

# A fist closes around a shaft that leaves it on the thumb's side (+z of the hand at rest).
_RACKET_IN_HAND = (
    Align("forward", (-0.72, 0.0, 0.7), "right_hand", 12.0, 10.0),
    Align("up", (0.0, 1.0, 0.0), "right_hand", 20.0, 15.0),
)
_FEET = ("left_sole", "right_sole")
_BALLS = ("left_ball", "right_ball")
_BUTT = (-0.85, 0.0, 0.0)
_ABOVE = (-0.57, 0.0, 0.0)
_THROAT = (-0.2, 0.0, 0.0)
_RACKET = Interaction(
    "",
    "",
    0.0,
    pose=(),
    contacts=(Contact("right_palm", _BUTT, 0.015),),
    aligns=_RACKET_IN_HAND,
    across=("right_hand",),
    ground=_BALLS,
    own_ground=True,
    balance=_BALLS,
    facing_deg=(-20.0, 20.0),
    loose_rad=0.2,
)
_LUNGE = (
    ("left_hip", (-0.7, 0.0, 0.15)),
    ("left_knee", (0.8, 0.0, 0.0)),
    ("right_hip", (0.1, 0.0, -0.25)),
    ("right_knee", (0.5, 0.0, 0.0)),
    ("right_ankle", (0.2, 0.0, 0.0)),
)
_READY_LEGS = legs(0.45, 0.7, 0.2)


def tennis_racket() -> tuple[Interaction, ...]:
    """Right-handed strokes and their rarer left-handed twins."""
    forehand = replace(
        _RACKET,
        name="forehand",
        verb="hits a forehand with",
        share=0.25,
        pose=(
            *lean(0.15, 0.2, -0.5),
            *_LUNGE,
            *arm("left", 0.7, -0.2, 0.7, 0.5),
            *arm("right", -1.0, -0.25, -0.2, 0.3, -1.1),
        ),
        other=(
            *lean(0.15, 0.2, 0.5),
            *_LUNGE,
            *arm("left", 0.5, -0.6, 0.4, 0.9),
            *arm("right", -0.3, -0.2, 1.0, 0.5, -1.1),
        ),
        gaze=(-0.2, -0.1, 1.0),
    )
    backhand = replace(
        _RACKET,
        name="backhand",
        verb="hits a backhand with",
        share=0.09,
        pose=(
            *lean(0.15, 0.2, 0.6),
            *_READY_LEGS,
            *arm("left", 0.9, -0.5, -0.2, 0.5),
            *arm("right", 0.3, -0.65, 0.75, 0.4, -0.6),
        ),
        other=(
            *lean(0.1, 0.2, 0.1),
            *_LUNGE,
            *arm("left", 0.7, -0.6, -0.5, 0.4),
            *arm("right", -0.5, -0.3, 0.85, 0.2, -1.1),
        ),
    )
    two_handed = replace(
        _RACKET,
        name="backhand_two_handed",
        verb="hits a two-handed backhand with",
        share=0.12,
        pose=(
            *lean(0.2, 0.25, 0.6),
            *_READY_LEGS,
            *arm("left", 0.5, -0.7, 0.5, 0.6, -1.1),
            *arm("right", 0.2, -0.7, 0.7, 0.5, -1.1),
        ),
        other=(
            *lean(0.15, 0.2, 0.0),
            *_READY_LEGS,
            *arm("left", 0.3, -0.6, 0.8, 0.7, -1.1),
            *arm("right", 0.0, -0.6, 0.85, 0.5, -1.1),
        ),
        contacts=(Contact("right_palm", _BUTT, 0.015), Contact("left_palm", _ABOVE, 0.015)),
        across=("right_hand", "left_hand"),
        gaze=(0.2, -0.1, 1.0),
    )
    trophy = replace(
        _RACKET,
        name="serve_cocked",
        verb="serves with",
        share=0.06,
        pose=(
            *lean(-0.1, -0.2, -0.3),
            *legs(0.2, 0.35, 0.12),
            *arm("left", 0.4, 0.8, 0.5, 0.1),
            *arm("right", -0.95, 0.1, -0.2, 1.6, -1.3),
        ),
        other=(
            *lean(-0.05, -0.15, -0.2),
            *legs(0.4, 0.6, 0.15),
            *arm("left", 0.4, 0.8, 0.5, 0.1),
            *arm("right", -0.9, 0.3, 0.0, 2.0, -1.2),
        ),
        gaze=(0.0, 0.35, 0.95),
    )
    serve = replace(
        _RACKET,
        name="serve",
        verb="serves with",
        share=0.1,
        pose=(
            *lean(0.0, -0.05, 0.0),
            *legs(0.1, 0.15, 0.1),
            *arm("left", 0.5, -0.3, 0.5, 1.0),
            *arm("right", -0.25, 0.95, 0.15, 0.1, -1.2),
        ),
        other=(
            *lean(0.15, 0.1, 0.3),
            *legs(0.1, 0.15, 0.1),
            *arm("left", 0.4, -0.5, 0.4, 1.0),
            *arm("right", -0.3, 0.75, 0.6, 0.15, -1.0),
        ),
        aligns=(
            Align("forward", (-0.85, 0.0, 0.5), "right_hand", 10.0, 8.0),
            Align("up", (0.0, 1.0, 0.0), "right_hand", 20.0, 15.0),
        ),
        gaze=(0.0, 0.35, 0.95),
    )
    ready = replace(
        _RACKET,
        name="ready",
        verb="waits with",
        share=0.14,
        pose=(
            *lean(0.3, 0.25),
            *_READY_LEGS,
            *arm("left", 0.35, -0.8, 0.45, 1.1, -0.5),
            *arm("right", -0.35, -0.85, 0.35, 1.2, -0.5),
        ),
        other=(
            *lean(0.15, 0.1),
            *legs(0.2, 0.3, 0.15),
            *arm("left", 0.3, -0.8, 0.5, 1.2, -0.5),
            *arm("right", -0.3, -0.85, 0.3, 1.3, -0.5),
        ),
        contacts=(Contact("right_palm", _BUTT, 0.015), Contact("left_palm", _THROAT, 0.015)),
        aligns=(
            Align("forward", (0.25, 0.5, 0.83), spread_deg=18.0, sigma_deg=10.0),
            Align("up", (1.0, 0.2, 0.0), spread_deg=25.0, sigma_deg=20.0),
        ),
        gaze=(0.0, 0.0, 1.0),
    )
    side = replace(
        _RACKET,
        name="hold_at_side",
        verb="holds",
        share=0.1,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.25, -1.0, 0.05, 0.15)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.35, -1.0, 0.2, 0.6)),
        gaze=(0.0, 0.0, 1.0),
    )
    strokes = (forehand, backhand, two_handed, trophy, serve, ready, side)
    left = tuple(
        mirrored(one, f"{one.name}_left_handed", round(one.share * 0.15 / 0.85, 4)) for one in strokes
    )
    return (*strokes, *left)


_UMBRELLA = Interaction(
    "hold_right",
    "holds",
    0.34,
    pose=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -1.0, 0.1, 1.7)),
    other=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -0.85, 0.4, 1.9)),
    contacts=(
        Contact("right_palm", "grip", 0.015),
        Contact("head_top", (-0.2, 0.3, 0.25), 0.0, 0.15),
    ),
    aligns=(
        Align("up", (0.0, 1.0, 0.05), spread_deg=14.0, sigma_deg=4.0),
        Align("forward", (0.0, 0.0, 1.0), spread_deg=20.0, sigma_deg=15.0),
        Align("up", (-0.15, 0.0, 1.0), "right_hand", 10.0, 15.0),
    ),
    across=("right_hand",),
    ground=_FEET,
    own_ground=True,
    balance=_FEET,
    loose_rad=0.15,
    gaze=(0.0, 0.0, 1.0),
)


def umbrella() -> tuple[Interaction, ...]:
    """Overhead in one hand or both, and leaning on a shoulder."""
    both = replace(
        _UMBRELLA,
        name="hold_both",
        share=0.14,
        pose=(*STAND, *arm("left", 0.3, -0.9, 0.3, 1.8), *arm("right", -0.3, -0.9, 0.3, 1.8)),
        other=(*STAND, *arm("left", 0.3, -0.9, 0.2, 1.6), *arm("right", -0.3, -0.9, 0.2, 1.6)),
        contacts=(Contact("right_palm", "grip", 0.015), Contact("left_palm", (0.0, -0.55, 0.0), 0.015)),
        aligns=(Align("up", (0.0, 1.0, 0.05), spread_deg=12.0, sigma_deg=4.0),),
        across=("right_hand", "left_hand"),
    )
    shoulder = replace(
        _UMBRELLA,
        name="on_shoulder_right",
        verb="rests on the shoulder",
        share=0.1,
        contacts=(
            Contact("right_palm", "grip", 0.015),
            Contact("right_shoulder_top", (0.0, -0.1, 0.0), -0.015, 0.025),
        ),
        aligns=(Align("up", (-0.1, 0.8, -0.6), spread_deg=12.0, sigma_deg=12.0),),
    )
    high = replace(
        _UMBRELLA,
        name="hold_high_right",
        share=0.06,
        contacts=_UMBRELLA.contacts[:1],
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.4, -0.1, 0.9, 0.9)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.5, 0.4, 0.7, 0.7)),
    )
    return (
        _UMBRELLA,
        mirrored(_UMBRELLA, "hold_left", 0.22),
        both,
        shoulder,
        mirrored(shoulder, "on_shoulder_left", 0.08),
        high,
        mirrored(high, "hold_high_left", 0.06),
    )


# The hand holds a disc by its rim: thumb on top, fingers below, the disc beyond the hand.
_FRISBEE = Interaction(
    "hold_right",
    "holds",
    0.16,
    pose=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -1.0, 0.1, 0.3)),
    other=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -0.9, 0.3, 1.3)),
    contacts=(Contact("right_palm", (-0.84, 0.0, 0.0), 0.02),),
    aligns=(
        Align("forward", (-0.75, 0.0, 0.65), "right_hand", 18.0, 10.0),
        Align("up", (0.0, 1.0, 0.0), "right_hand", 12.0, 12.0),
    ),
    ground=_BALLS,
    own_ground=True,
    balance=_BALLS,
    facing_deg=(-20.0, 20.0),
    loose_rad=0.2,
    gaze=(0.0, 0.0, 1.0),
)


def frisbee() -> tuple[Interaction, ...]:
    """Held, thrown and caught."""
    backhand = replace(
        _FRISBEE,
        name="backhand_right",
        verb="throws",
        share=0.2,
        pose=(
            *lean(0.15, 0.15, 0.6),
            *legs(0.4, 0.6, 0.25),
            *arm("left", 0.6, -0.7, -0.3, 0.5),
            *arm("right", 0.05, -0.55, 0.85, 1.2),
        ),
        other=(
            *lean(0.15, 0.15, -0.2),
            *_LUNGE,
            *arm("left", 0.8, -0.4, -0.3, 0.4),
            *arm("right", -0.6, -0.1, 0.8, 0.1),
        ),
    )
    forehand = replace(
        _FRISBEE,
        name="forehand_right",
        verb="throws a forehand with",
        share=0.1,
        pose=(
            *lean(0.1, 0.1, -0.4),
            *_LUNGE,
            *arm("left", 0.7, -0.6, 0.4, 0.5),
            *arm("right", -0.8, -0.5, -0.1, 0.9),
        ),
        other=(
            *lean(0.1, 0.1, 0.1),
            *_LUNGE,
            *arm("left", 0.7, -0.6, 0.2, 0.5),
            *arm("right", -0.6, -0.5, 0.6, 0.4),
        ),
    )
    catch = replace(
        _FRISBEE,
        name="catch_both",
        verb="catches",
        share=0.16,
        pose=(
            *lean(0.1, 0.1),
            *legs(0.25, 0.4, 0.15),
            *arm("left", 0.3, -0.35, 0.9, 0.5),
            *arm("right", -0.3, -0.35, 0.9, 0.5),
        ),
        other=(
            *lean(0.0, 0.0),
            *legs(0.1, 0.15, 0.15),
            *arm("left", 0.3, 0.3, 0.9, 0.4),
            *arm("right", -0.3, 0.3, 0.9, 0.4),
        ),
        contacts=(
            Contact("left_palm", (0.0, 0.0, 0.85), 0.02),
            Contact("right_palm", (0.0, 0.0, -0.85), 0.02),
        ),
        aligns=(
            Align("forward", (0.0, 0.1, 1.0), spread_deg=15.0, sigma_deg=12.0),
            Align("up", (0.0, 1.0, -0.3), spread_deg=30.0, sigma_deg=15.0),
        ),
    )
    high = replace(
        _FRISBEE,
        name="catch_high_right",
        verb="catches",
        share=0.14,
        pose=(
            *lean(0.0, -0.05, 0.1),
            *legs(0.1, 0.2, 0.15),
            *arm("left", 0.6, -0.5, 0.2, 0.5),
            *arm("right", -0.35, 0.85, 0.4, 0.1),
        ),
        other=(
            *lean(0.1, 0.1, 0.3),
            *legs(0.5, 0.8, 0.2, 0.3),
            *arm("left", 0.9, 0.0, 0.0, 0.5),
            *arm("right", -0.6, 0.5, 0.6, 0.2),
        ),
    )
    hands = (_FRISBEE, backhand, forehand, high)
    left = [0.08, 0.05, 0.03, 0.08]
    return (
        *hands,
        catch,
        *(mirrored(one, one.name.replace("right", "left"), s) for one, s in zip(hands, left, strict=True)),
    )
