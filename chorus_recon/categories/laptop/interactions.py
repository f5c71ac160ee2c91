"""Interactions with a laptop, open or closed."""

from dataclasses import replace

from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import RIGHT_DOWN, SIT, SOLES, STAND, Pose, arm, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction

_OPEN, _CLOSED = ("laptop",), ("closed_laptop",)
_LEVEL = Align("up", (0.0, 1.0, 0.0), spread_deg=3.0, sigma_deg=3.0)
_FACING = Align("forward", (0.0, 0.0, -1.0), spread_deg=8.0, sigma_deg=5.0)  # the screen looks at the user
_PALMS_DOWN = (
    Align("up", (0.0, 1.0, 0.0), "left_hand", 6.0, 12.0),
    Align("up", (0.0, 1.0, 0.0), "right_hand", 6.0, 12.0),
)
_KEYS = (Contact("left_palm", "left_hand", 0.025, 0.012), Contact("right_palm", "right_hand", 0.025, 0.012))
_NEAR = (*arm("left", 0.2, -0.95, 0.2, 1.3), *arm("right", -0.2, -0.95, 0.2, 1.3))
_FAR = (*arm("left", 0.2, -0.85, 0.5, 1.1), *arm("right", -0.2, -0.85, 0.5, 1.1))
_LAP = (*arm("left", 0.25, -0.95, 0.1, 1.0), *arm("right", -0.25, -0.95, 0.1, 1.0))
_SEATED = legs(1.45, 1.45, 0.1, 0.0)
_LOOKS_DOWN: Pose = (("neck", (0.3, 0.0, 0.0)), ("head", (0.2, 0.0, 0.0)))


def laptop() -> tuple[Interaction, ...]:
    """Typing at a table, on the lap and standing; watching; holding it on a forearm; carrying it closed."""
    table = replace(
        SIT,
        name="type_at_table",
        verb="types on",
        pose=(*lean(0.0, 0.15), *_SEATED, *_NEAR, *_LOOKS_DOWN),
        other=(*lean(0.2, 0.35), *_SEATED, *_FAR, *_LOOKS_DOWN),
        contacts=_KEYS,
        aligns=(_LEVEL, _FACING, *_PALMS_DOWN),
        ground=(),
        gaze=(0.0, -0.45, 1.0),
        kinds=_OPEN,
    )
    lap = replace(
        table,
        name="type_on_lap",
        pose=(*lean(-0.25, 0.2), *legs(1.4, 1.2, 0.1, 0.1), *_LAP, *_LOOKS_DOWN),
        other=(*lean(0.0, 0.3), *legs(1.6, 1.5, 0.08, 0.0), *_LAP, *_LOOKS_DOWN),
        contacts=(
            *_KEYS,
            Contact("left_lap", (0.25, -1.0, -0.55), 0.0, 0.03),
            Contact("right_lap", (0.25, -1.0, 0.55), 0.0, 0.03),
        ),
        aligns=(replace(_LEVEL, spread_deg=6.0), _FACING, *_PALMS_DOWN),
        gaze=(0.0, -0.6, 1.0),
    )
    watch = replace(
        table,
        name="watch_at_table",
        verb="looks at",
        pose=(*lean(0.0, 0.1), *_SEATED, *_NEAR),
        other=(*lean(0.2, 0.2), *_SEATED, *_LAP),
        contacts=(Contact("belly", (3.8, -0.6, 0.0), 0.0, 0.06),),
        aligns=(_LEVEL, _FACING),
    )
    one_hand = replace(
        table,
        name="type_right_at_table",
        verb="uses",
        pose=(*lean(0.05, 0.2), *_SEATED, *_NEAR, *arm("left", 0.3, -0.9, 0.25, 1.6), *_LOOKS_DOWN),
        other=(*lean(0.2, 0.3), *_SEATED, *_FAR, *arm("left", 0.3, -0.9, 0.25, 0.8), *_LOOKS_DOWN),
        contacts=(_KEYS[1],),
        aligns=(_LEVEL, _FACING, _PALMS_DOWN[1]),
    )
    standing = replace(
        table,
        name="type_standing",
        pose=(*STAND, *_NEAR, *_LOOKS_DOWN),
        other=(*lean(0.15, 0.2), *legs(0.2, 0.1, 0.08), *_FAR, *_LOOKS_DOWN),
        ground=SOLES,
        own_ground=True,
        balance=SOLES,
    )
    forearm = replace(
        standing,
        name="hold_left",
        verb="holds",
        pose=(*STAND, *arm("left", 0.25, -0.95, 0.1, 1.5), *_NEAR[2:], *_LOOKS_DOWN),
        other=(*STAND, *arm("left", 0.3, -0.9, 0.2, 1.3), *RIGHT_DOWN, *_LOOKS_DOWN),
        contacts=(Contact("left_palm", "base", 0.01, 0.012),),
        aligns=(_LEVEL, _FACING, Align("up", (0.0, -1.0, 0.0), "left_hand", 6.0, 12.0)),
    )
    carry = replace(
        standing,
        name="carry_left",
        verb="carries",
        pose=(*STAND, *arm("left", 0.4, -1.0, -0.05, 0.5), *RIGHT_DOWN),
        other=(*STAND, *arm("left", 0.4, -1.0, -0.1, 0.9), *RIGHT_DOWN),
        contacts=(
            Contact("left_palm", (-1.0, 0.0, -0.1), 0.01, 0.012),
            Contact("left_flank", (0.2, -1.0, 0.0), 0.0, 0.05),
        ),
        aligns=(
            Align("forward", (0.0, 1.0, 0.1), spread_deg=10.0, sigma_deg=6.0),
            Align("up", (1.0, 0.1, 0.0), spread_deg=10.0, sigma_deg=6.0),
        ),
        gaze=(0.0, 0.0, 1.0),
        kinds=_CLOSED,
    )
    hug = replace(
        carry,
        name="hold_to_chest",
        verb="holds",
        pose=(
            *STAND,
            *arm("left", 0.35, -0.9, 0.25, 2.0, 0.5),
            *arm("right", -0.35, -0.9, 0.25, 2.0, 0.5),
        ),
        other=(),
        contacts=(
            Contact("belly", (0.6, -1.0, 0.0), 0.0, 0.04),
            Contact("left_palm", (-0.2, 1.0, -0.4), 0.01, 0.03),
            Contact("right_palm", (0.1, 1.0, 0.4), 0.01, 0.03),
        ),
        aligns=(
            Align("forward", (0.0, -1.0, 0.0), spread_deg=8.0, sigma_deg=6.0),
            Align("up", (0.0, 0.0, 1.0), spread_deg=8.0, sigma_deg=6.0),
        ),
    )
    return (
        replace(table, share=0.34),
        replace(lap, share=0.22),
        replace(watch, share=0.1),
        replace(one_hand, share=0.05),
        mirrored(one_hand, "type_left_at_table", 0.03),
        replace(standing, share=0.08),
        replace(forearm, share=0.04),
        mirrored(forearm, "hold_right", 0.03),
        replace(carry, share=0.04),
        mirrored(carry, "carry_right", 0.03),
        replace(hug, share=0.04),
    )
