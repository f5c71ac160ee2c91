"""Interactions with a tennis racket."""

from dataclasses import replace

from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import BALLS_OF_FEET, LEFT_DOWN, LUNGE, STAND, arm, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction

# A fist closes around a shaft that leaves it on the thumb's side (+z of the hand at rest).
_RACKET_IN_HAND = (
    Align("forward", (-0.72, 0.0, 0.7), "right_hand", 12.0, 10.0),
    Align("up", (0.0, 1.0, 0.0), "right_hand", 20.0, 15.0),
)
# Spots along the shaft.
_BUTT = (-0.85, 0.0, 0.0)
_ABOVE = (-0.57, 0.0, 0.0)
_THROAT = (-0.2, 0.0, 0.0)
_RACKET = Interaction(
    name="",
    verb="",
    share=0.0,
    pose=(),
    contacts=(Contact("right_palm", _BUTT, 0.015),),
    aligns=_RACKET_IN_HAND,
    across=("right_hand",),
    ground=BALLS_OF_FEET,
    own_ground=True,
    balance=BALLS_OF_FEET,
    facing_deg=(-20.0, 20.0),
    loose_rad=0.2,
)
_READY_LEGS = legs(0.45, 0.7, 0.2)


def tennis_racket() -> tuple[Interaction, ...]:
    """Right-handed strokes, waiting and holding; their mirror images have 15 % of the share."""
    forehand = replace(
        _RACKET,
        name="forehand",
        verb="hits a forehand with",
        share=0.25,
        pose=(
            *lean(0.15, 0.2, -0.5),
            *LUNGE,
            *arm("left", 0.7, -0.2, 0.7, 0.5),
            *arm("right", -1.0, -0.25, -0.2, 0.3, -1.1),
        ),
        other=(
            *lean(0.15, 0.2, 0.5),
            *LUNGE,
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
            *LUNGE,
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
    left = (mirrored(row, f"{row.name}_left_handed", round(row.share * 0.15 / 0.85, 4)) for row in strokes)
    return (*strokes, *left)
