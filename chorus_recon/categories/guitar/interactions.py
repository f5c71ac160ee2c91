"""Interactions with a guitar. Forward is towards the head, up is out of the strings.

A right-handed player has the left hand on the neck. The guitar's left edge is then the lower one.
"""

from dataclasses import replace

from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import LEFT_DOWN, SOLES, STAND, STRIDE, arm, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction

_FRET = arm("left", 0.25, -0.95, 0.15, 1.9, -0.5)
_FRET_OUT = arm("left", 0.4, -0.85, 0.3, 1.4, -0.4)
_STRUM = arm("right", -0.45, -0.85, -0.05, 1.3, 0.6)
_LEFT_ON_NECK = Contact("left_palm", "left_neck", 0.005, 0.04)
_PALM_BEHIND = Align("up", (0.0, -1.0, 0.0), "left_hand", 12.0, 40.0)
_PALM_ON_STRINGS = Align("up", (0.0, 1.0, 0.0), "right_hand", 12.0, 25.0)
_STAND = Interaction(
    "play_standing",
    "plays",
    0.38,
    pose=(*STAND, *_FRET, *_STRUM),
    other=(*lean(-0.05, 0.15), *legs(0.12, 0.2, 0.15), *_FRET_OUT, *_STRUM),
    contacts=(
        Contact("belly", "back", 0.0, 0.025),
        _LEFT_ON_NECK,
        Contact("right_palm", "strings", 0.025, 0.03),
    ),
    aligns=(
        Align("forward", (0.9, 0.35, 0.1), spread_deg=14.0, sigma_deg=8.0),
        Align("up", (-0.05, 0.15, 1.0), spread_deg=8.0, sigma_deg=6.0),
        _PALM_BEHIND,
        _PALM_ON_STRINGS,
    ),
    ground=SOLES,
    own_ground=True,
    balance=SOLES,
    across=("left_hand",),
    gaze=(0.15, -0.2, 1.0),
    facing_deg=(-15.0, 15.0),
)


def guitar() -> tuple[Interaction, ...]:
    """Playing it standing or seated; holding it by the neck; standing it on the ground."""
    seated = replace(
        _STAND,
        name="play_seated",
        share=0.39,
        pose=(*lean(0.05, 0.2), *legs(1.45, 1.4, 0.15, 0.0), *_FRET, *_STRUM),
        other=(*lean(0.15, 0.3), *legs(1.55, 1.5, 0.1, 0.1), *_FRET_OUT, *_STRUM),
        contacts=(
            Contact("right_lap", "left_waist", 0.0, 0.03),
            Contact("belly", "back", 0.0, 0.06),
            *_STAND.contacts[1:],
        ),
        ground=(),
        balance=(),
        gaze=(0.15, -0.35, 1.0),
    )
    by_neck = replace(
        _STAND,
        name="hold_by_neck_right",
        verb="holds",
        share=0.06,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.35, -0.9, 0.1, 0.8)),
        other=(*lean(0.0, 0.05), *STRIDE, *LEFT_DOWN, *arm("right", -0.3, -0.95, 0.05, 0.4)),
        contacts=(Contact("right_palm", "neck", 0.02, 0.02),),
        aligns=(
            Align("forward", (-0.1, 0.75, 0.6), spread_deg=20.0, sigma_deg=12.0),
            Align("up", (-1.0, 0.0, 0.0), spread_deg=25.0, sigma_deg=20.0),
        ),
        across=("right_hand",),
        gaze=(0.0, -0.05, 1.0),
    )
    stood = replace(
        by_neck,
        name="stand_beside_right",
        share=0.04,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.5, -0.85, 0.15, 0.5)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.45, -0.85, 0.35, 0.8)),
        contacts=(Contact("right_palm", ("neck", "nut", 0.8), 0.02, 0.03),),
        aligns=(
            Align("forward", (0.0, 1.0, 0.0), spread_deg=5.0, sigma_deg=6.0),
            Align("up", (-0.3, 0.0, 1.0), spread_deg=30.0, sigma_deg=20.0),
        ),
        own_ground=False,
        across=(),
    )
    return (
        _STAND,
        seated,
        by_neck,
        stood,
        mirrored(_STAND, "play_standing_left_handed", 0.03),
        mirrored(seated, "play_seated_left_handed", 0.03),
        mirrored(by_neck, "hold_by_neck_left", 0.04),
        mirrored(stood, "stand_beside_left", 0.03),
    )
