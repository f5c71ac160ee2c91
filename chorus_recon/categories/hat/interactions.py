"""Interactions with a hat. Its front is over the face."""

from dataclasses import replace

from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import (
    LEFT_DOWN,
    RIGHT_DOWN,
    SEATED_LEGS,
    SOLES,
    STAND,
    STRIDE,
    arm,
    lean,
    legs,
)
from chorus_recon.categories.schema import Align, Contact, Interaction

_SEATED = (*lean(0.0, 0.15), *SEATED_LEGS)
_ON_LAP = (*arm("left", 0.25, -0.9, 0.3, 0.9), *arm("right", -0.25, -0.9, 0.3, 0.9))
_SNUG = (Contact("forehead", "brow", 0.0, 0.01), Contact("head_top", "crown", 0.0, 0.012))
_ON_HEAD = (
    Align("up", (0.0, 1.0, -0.12), "head", 5.0, 5.0),
    Align("forward", (0.0, 0.0, 1.0), "head", 6.0, 5.0),
)
_WEAR = Interaction(
    "wear",
    "wears",
    0.5,
    pose=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
    other=(
        *lean(0.05, 0.15),
        *STRIDE,
        *arm("left", 0.3, -0.9, 0.2, 1.2),
        *arm("right", -0.3, -0.9, 0.2, 1.2),
    ),
    contacts=_SNUG,
    aligns=_ON_HEAD,
    ground=SOLES,
    own_ground=True,
    balance=SOLES,
    facing_deg=(-25.0, 25.0),
    loose_rad=0.25,
)


def hat() -> tuple[Interaction, ...]:
    """Wearing it standing or seated, a cap also backwards; tipping it; holding it in one hand."""
    seated = replace(
        _WEAR,
        name="wear_seated",
        share=0.16,
        pose=(*_SEATED, *_ON_LAP),
        other=(*lean(0.15, 0.35), *legs(1.45, 1.4, 0.2, 0.0), *_ON_LAP),
        ground=(),
        balance=(),
    )
    backwards = replace(
        _WEAR,
        name="wear_backwards",
        share=0.08,
        contacts=(Contact("forehead", "nape", 0.0, 0.01), Contact("head_top", "crown", 0.0, 0.012)),
        aligns=(
            Align("up", (0.0, 1.0, -0.15), "head", 5.0, 5.0),
            Align("forward", (0.0, 0.0, -1.0), "head", 6.0, 5.0),
        ),
        kinds=("cap",),
    )
    tip = replace(
        _WEAR,
        name="tip_right",
        verb="tips",
        share=0.08,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.75, -0.2, 0.6, 2.2, -1.0)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.8, 0.1, 0.5, 2.3, -1.2)),
        contacts=(*_SNUG, Contact("right_palm", "right_brim", 0.02, 0.03)),
        kinds=("cap", "brimmed_hat"),
    )
    held = replace(
        _WEAR,
        name="hold_right",
        verb="holds",
        share=0.05,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -0.95, 0.1, 0.4)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -0.85, 0.4, 1.4)),
        contacts=(Contact("right_palm", "brim", 0.01, 0.015),),
        aligns=(Align("forward", (-0.3, 0.8, 0.3), spread_deg=40.0, sigma_deg=25.0),),
    )
    return (
        _WEAR,
        seated,
        backwards,
        tip,
        mirrored(tip, "tip_left", 0.08),
        held,
        mirrored(held, "hold_left", 0.05),
    )
