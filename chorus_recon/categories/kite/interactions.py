"""Interactions with a kite. Forward is towards the nose, up is out of the face.

The grid around a person holds the last metre of the line. The prior does not cover kites further away.
"""

from dataclasses import replace

from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import LEFT_DOWN, SOLES, STAND, STRIDE, arm, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction

_SAILS = ("diamond_kite", "delta_kite")
_FLY = Interaction(
    "fly",
    "flies",
    0.3,
    pose=(*STAND, *arm("left", 0.3, -0.7, 0.5, 1.2), *arm("right", -0.3, -0.7, 0.5, 1.2)),
    other=(
        *lean(-0.15, 0.0),
        *legs(0.1, 0.15, 0.15),
        *arm("left", 0.25, -0.3, 0.8, 0.7),
        *arm("right", -0.25, -0.3, 0.8, 0.7),
    ),
    contacts=(Contact("right_palm", "grip", 0.01, 0.02), Contact("left_palm", "grip", 0.01, 0.05)),
    aligns=(
        Align("forward", (0.0, 0.85, -0.5), spread_deg=12.0, sigma_deg=8.0),
        Align("up", (0.0, -0.5, -0.85), spread_deg=15.0, sigma_deg=10.0),
    ),
    ground=SOLES,
    own_ground=True,
    balance=SOLES,
    gaze=(0.0, 0.5, 0.85),
    facing_deg=(-20.0, 20.0),
    kinds=("flying_kite",),
)


def kite() -> tuple[Interaction, ...]:
    """Flying it on a short line with one or both hands; launching, holding and carrying it."""
    one_hand = replace(
        _FLY,
        name="fly_right",
        share=0.13,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -0.6, 0.6, 1.2)),
        other=(*lean(-0.05, 0.1), *STRIDE, *LEFT_DOWN, *arm("right", -0.4, 0.2, 0.8, 0.5)),
        contacts=_FLY.contacts[:1],
    )
    launch = replace(
        _FLY,
        name="launch",
        verb="launches",
        share=0.15,
        pose=(*STAND, *arm("left", 0.35, 0.8, 0.4, 0.4), *arm("right", -0.35, 0.8, 0.4, 0.4)),
        other=(*STAND, *arm("left", 0.45, 0.5, 0.7, 0.5), *arm("right", -0.45, 0.5, 0.7, 0.5)),
        contacts=(
            Contact("left_palm", "right_spar", 0.01, 0.03),
            Contact("right_palm", "left_spar", 0.01, 0.03),
        ),
        aligns=(
            Align("forward", (0.0, 1.0, 0.15), spread_deg=12.0, sigma_deg=8.0),
            Align("up", (0.0, -0.15, 1.0), spread_deg=12.0, sigma_deg=8.0),
        ),
        kinds=_SAILS,
    )
    show = replace(
        launch,
        name="hold_in_front",
        verb="holds",
        share=0.12,
        pose=(*STAND, *arm("left", 0.35, -0.75, 0.5, 1.1), *arm("right", -0.35, -0.75, 0.5, 1.1)),
        other=(*STAND, *arm("left", 0.35, -0.45, 0.7, 0.9), *arm("right", -0.35, -0.45, 0.7, 0.9)),
        gaze=(0.0, -0.1, 1.0),
    )
    carry = replace(
        launch,
        name="carry_right",
        verb="carries",
        share=0.11,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.35, -0.95, 0.1, 0.4)),
        other=(*lean(0.05, 0.1), *STRIDE, *LEFT_DOWN, *arm("right", -0.35, -0.9, 0.2, 0.8)),
        contacts=(Contact("right_palm", "middle", 0.015, 0.02),),
        aligns=(
            Align("up", (-1.0, 0.0, 0.0), spread_deg=15.0, sigma_deg=10.0),
            Align("forward", (0.0, 0.5, 0.85), spread_deg=30.0, sigma_deg=20.0),
        ),
        gaze=(0.0, -0.1, 1.0),
    )
    return (
        _FLY,
        one_hand,
        mirrored(one_hand, "fly_left", 0.1),
        launch,
        show,
        carry,
        mirrored(carry, "carry_left", 0.09),
    )
