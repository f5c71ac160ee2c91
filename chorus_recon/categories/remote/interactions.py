"""Interactions with a remote control."""

from dataclasses import replace

from chorus_recon.categories.mirror import left_twins
from chorus_recon.categories.poses import LEFT_DOWN, SEATED_LEGS, SOLES, STAND, STANDING_LEGS, arm, lean
from chorus_recon.categories.schema import Align, Contact, Interaction

_POINT = Interaction(
    "point_right",
    "points",
    0.26,
    pose=(*STAND, *LEFT_DOWN, *arm("right", -0.2, -0.95, 0.25, 1.3)),
    other=(*lean(0.05, 0.1), *STANDING_LEGS, *LEFT_DOWN, *arm("right", -0.2, -0.5, 0.85, 0.5)),
    contacts=(Contact("right_palm", "grip", 0.005),),
    aligns=(
        Align("forward", (0.1, 0.1, 1.0), spread_deg=14.0, sigma_deg=8.0),
        Align("up", (0.3, 1.0, 0.0), spread_deg=14.0, sigma_deg=12.0),
        Align("up", (0.0, -1.0, 0.3), "right_hand", 10.0, 15.0),
        Align("forward", (-0.9, 0.0, 0.4), "right_hand", 10.0, 15.0),
    ),
    ground=SOLES,
    own_ground=True,
    balance=SOLES,
    gaze=(0.0, -0.05, 1.0),
)


def remote() -> tuple[Interaction, ...]:
    """Pointing it standing or seated; pressing its buttons with both hands."""
    seated = replace(
        _POINT,
        name="point_right_seated",
        share=0.3,
        pose=(
            *lean(-0.1, 0.1),
            *SEATED_LEGS,
            *arm("left", 0.25, -0.9, 0.25, 1.0),
            *arm("right", -0.2, -0.95, 0.25, 1.3),
        ),
        other=(
            *lean(0.1, 0.2),
            *SEATED_LEGS,
            *arm("left", 0.25, -0.9, 0.25, 1.0),
            *arm("right", -0.2, -0.6, 0.8, 0.6),
        ),
        ground=(),
        balance=(),
    )
    both = replace(
        _POINT,
        name="press_right",
        verb="presses",
        share=0.1,
        pose=(
            *STAND,
            *arm("left", 0.2, -0.95, 0.2, 1.4),
            *arm("right", -0.2, -0.95, 0.2, 1.4),
            ("neck", (0.3, 0.0, 0.0)),
        ),
        other=(
            *STAND,
            *arm("left", 0.15, -0.8, 0.5, 1.3),
            *arm("right", -0.15, -0.8, 0.5, 1.3),
            ("neck", (0.2, 0.0, 0.0)),
        ),
        contacts=(Contact("right_palm", "grip", 0.005), Contact("left_palm", (0.2, -0.5, 1.2), 0.01, 0.03)),
        gaze=(0.0, -0.5, 1.0),
    )
    rows = (_POINT, seated, both)
    left = [0.12, 0.16, 0.06]
    return (
        *rows,
        *left_twins(rows, left),
    )
