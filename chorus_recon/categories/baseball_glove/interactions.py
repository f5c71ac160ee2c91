"""Interactions with a baseball glove. Forward is out of the pocket, up is along the fingers.

Three in four gloves are worn on the left hand, to throw with the right.
"""

from dataclasses import replace

from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import LEFT_DOWN, RIGHT_DOWN, SOLES, STAND, arm, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction, Vector

_WORN = (
    Align("forward", (0.0, -1.0, 0.0), "left_hand", 5.0, 6.0),
    Align("up", (1.0, 0.0, 0.0), "left_hand", 5.0, 6.0),
)
_STRIDE = (
    ("left_hip", (-0.55, 0.0, 0.15)),
    ("left_knee", (0.5, 0.0, 0.0)),
    ("right_hip", (0.25, 0.0, -0.15)),
    ("right_knee", (0.4, 0.0, 0.0)),
    ("right_ankle", (0.3, 0.0, 0.0)),
)


def _opens(pocket: Vector, fingers: Vector, spread_deg: float = 15.0) -> tuple[Align, ...]:
    """Aligns of a worn glove: the directions of the pocket and of the fingers, within `spread_deg`."""
    return (
        Align("forward", pocket, spread_deg=spread_deg, sigma_deg=18.0),
        Align("up", fingers, spread_deg=spread_deg, sigma_deg=18.0),
        *_WORN,
    )


_CATCH = Interaction(
    "catch",
    "catches with",
    0.15,
    pose=(
        *lean(0.05, 0.1),
        *legs(0.25, 0.4, 0.15),
        *arm("left", 0.25, -0.6, 0.75, 1.3, -0.9),
        *arm("right", -0.35, -0.85, 0.35, 1.5),
    ),
    other=(
        *lean(0.1, 0.1, -0.3),
        *_STRIDE,
        *arm("left", 0.2, -0.1, 0.95, 0.4, -0.9),
        *arm("right", -0.6, -0.75, 0.1, 0.9),
    ),
    contacts=(Contact("left_palm", "hand", 0.0, 0.008),),
    aligns=_opens((0.0, 0.0, 1.0), (0.0, 1.0, 0.2)),
    ground=SOLES,
    own_ground=True,
    gaze=(0.0, 0.05, 1.0),
    facing_deg=(-20.0, 20.0),
    loose_rad=0.16,
    kinds=("left_glove",),
)


def baseball_glove() -> tuple[Interaction, ...]:
    """Catching at all heights, waiting, squatting behind the plate, holding, throwing and wearing."""
    rows: list[Interaction] = []
    for row in (_CATCH, *_fielding(), *_throwing(), _idle()):
        twin = mirrored(row, f"{row.name}_right_hand", round(0.25 * row.share, 4))
        rows += [replace(row, share=round(0.75 * row.share, 4)), replace(twin, kinds=("right_glove",))]
    return tuple(rows)


def _fielding() -> tuple[Interaction, ...]:
    high = replace(
        _CATCH,
        name="catch_high",
        share=0.12,
        pose=(
            *lean(-0.05, -0.1),
            *legs(0.15, 0.3, 0.12),
            *arm("left", 0.35, 0.6, 0.75, 0.7, -1.0),
            *arm("right", -0.4, -0.3, 0.8, 1.6, -0.8),
        ),
        other=(
            *lean(0.0, 0.05, 0.2),
            *legs(0.1, 0.5, 0.1, 0.4),
            *arm("left", 0.25, 0.95, 0.3, 0.15, -1.0),
            *arm("right", -0.8, -0.5, 0.2, 0.5),
        ),
        aligns=_opens((0.0, 0.3, 1.0), (0.0, 1.0, -0.2), 20.0),
        gaze=(0.1, 0.6, 0.8),
    )
    ready = replace(
        _CATCH,
        name="wait",
        verb="waits with",
        share=0.15,
        pose=(
            *lean(0.45, 0.35),
            *legs(0.75, 0.85, 0.25),
            *arm("left", 0.25, -0.8, 0.55, 0.7),
            *arm("right", -0.3, -0.8, 0.5, 0.7),
        ),
        other=(
            *lean(0.25, 0.25),
            *legs(0.5, 0.7, 0.25),
            *arm("left", 0.3, -0.85, 0.4, 1.3),
            *arm("right", -0.3, -0.85, 0.4, 1.2),
        ),
        aligns=_opens((-0.35, 0.35, 0.9), (0.1, -0.1, 1.0), 18.0),
        gaze=(0.0, 0.0, 1.0),
    )
    ground = replace(
        _CATCH,
        name="catch_on_the_ground",
        share=0.12,
        pose=(
            *lean(0.7, 0.6),
            *legs(1.2, 1.25, 0.3),
            *arm("left", 0.1, -0.8, 0.65, 0.2),
            *arm("right", -0.2, -0.75, 0.65, 0.5),
        ),
        other=(
            *lean(0.6, 0.6, 0.2),
            *legs(1.5, 1.8, 0.25),
            *arm("left", 0.15, -0.75, 0.7, 0.3),
            *arm("right", -0.35, -0.7, 0.6, 0.8),
        ),
        aligns=_opens((0.0, 0.45, 0.9), (0.0, -0.9, 0.45), 14.0),
        own_ground=False,
        gaze=(0.0, -0.5, 0.9),
    )
    squat = replace(
        _CATCH,
        name="squat_behind_the_plate",
        share=0.1,
        pose=(
            *lean(0.35, 0.3),
            *legs(1.9, 2.2, 0.5, -0.3),
            *arm("left", 0.1, -0.35, 0.95, 0.7, -0.6),
            *arm("right", -0.4, -0.9, 0.1, 0.8),
        ),
        other=(
            *lean(0.5, 0.4),
            *legs(1.6, 1.9, 0.45, -0.3),
            *arm("left", 0.1, -0.2, 0.95, 0.3, -0.6),
            *arm("right", -0.4, -0.9, -0.2, 0.9),
        ),
        aligns=_opens((0.0, 0.1, 1.0), (-0.15, 1.0, 0.3)),
        gaze=(0.0, 0.05, 1.0),
    )
    reach = replace(
        _CATCH,
        name="catch_to_the_side",
        share=0.08,
        pose=(
            *lean(0.1, 0.1, 0.2),
            *legs(0.5, 0.6, 0.35),
            *arm("left", 0.95, 0.1, 0.35, 0.1, -0.8),
            *arm("right", -0.8, -0.5, 0.0, 0.6),
        ),
        other=(
            *lean(0.35, 0.2, 0.4),
            *legs(0.9, 1.0, 0.4),
            *arm("left", 0.85, -0.45, 0.4, 0.1, -0.4),
            *arm("right", -0.8, -0.4, -0.2, 0.6),
        ),
        aligns=_opens((0.0, 0.1, 1.0), (0.9, 0.2, 0.2), 20.0),
        gaze=(0.6, 0.0, 0.8),
    )
    return high, ready, ground, squat, reach


def _throwing() -> tuple[Interaction, ...]:
    together = replace(
        _CATCH,
        name="hold_at_the_chest",
        verb="holds",
        share=0.08,
        pose=(
            *STAND,
            *arm("left", 0.4, -0.85, 0.3, 1.9, 0.1),
            *arm("right", -0.4, -0.85, 0.3, 1.9, 0.1),
        ),
        other=(
            *lean(0.1, 0.1),
            *legs(0.2, 0.35, 0.12),
            *arm("left", 0.4, -0.75, 0.5, 1.8, 0.1),
            *arm("right", -0.4, -0.75, 0.5, 1.8, 0.1),
        ),
        contacts=(*_CATCH.contacts, Contact("right_palm", "pocket", 0.03, 0.02)),
        aligns=_opens((-0.85, 0.0, -0.5), (0.1, 0.9, 0.5)),
        gaze=(0.0, -0.05, 1.0),
    )
    cocked = replace(
        _CATCH,
        name="throw",
        verb="throws, wearing",
        share=0.08,
        pose=(
            *lean(0.0, 0.0, -0.5),
            *_STRIDE,
            *arm("left", 0.7, -0.15, 0.7, 0.5),
            *arm("right", -0.9, 0.1, -0.3, 1.4, -1.4),
        ),
        other=(
            *lean(0.1, 0.1, -0.2),
            *_STRIDE,
            *arm("left", 0.6, -0.5, 0.6, 1.2),
            *arm("right", -0.8, 0.3, 0.1, 1.3, -1.4),
        ),
        aligns=_opens((0.1, -0.9, 0.2), (0.5, 0.0, 0.8), 25.0),
        gaze=(0.1, 0.0, 1.0),
    )
    follow = replace(
        cocked,
        name="follow_through",
        share=0.05,
        pose=(
            *lean(0.35, 0.35, 0.5),
            *_STRIDE,
            *arm("left", 0.6, -0.8, -0.1, 1.6),
            *arm("right", 0.2, -0.7, 0.7, 0.3),
        ),
        other=(
            *lean(0.6, 0.4, 0.6),
            *_STRIDE,
            *arm("left", 0.7, -0.6, -0.3, 1.4),
            *arm("right", 0.4, -0.8, 0.3, 0.3),
        ),
        aligns=_opens((-0.9, 0.2, 0.2), (0.0, 0.2, 1.0), 25.0),
        gaze=(0.0, 0.0, 1.0),
    )
    return together, cocked, follow


def _idle() -> Interaction:
    return replace(
        _CATCH,
        name="wear",
        verb="wears",
        share=0.07,
        pose=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
        other=(*STAND, *arm("left", 0.3, -0.95, 0.05, 0.7), *RIGHT_DOWN),
        aligns=_opens((-1.0, 0.0, 0.1), (0.0, -0.9, 0.4)),
        balance=SOLES,
        gaze=(0.0, 0.0, 1.0),
    )
