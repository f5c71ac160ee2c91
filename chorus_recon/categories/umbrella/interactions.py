"""Interactions with an umbrella."""

from dataclasses import replace

from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import LEFT_DOWN, SOLES, STAND, arm
from chorus_recon.categories.schema import Align, Contact, Interaction

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
    ground=SOLES,
    own_ground=True,
    balance=SOLES,
    loose_rad=0.15,
    gaze=(0.0, 0.0, 1.0),
)


def umbrella() -> tuple[Interaction, ...]:
    """Holding it overhead with one or both hands, or resting on a shoulder."""
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
        said="rests {it} on the right shoulder",
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
