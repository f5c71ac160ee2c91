"""Interactions that bottles, cups and wine glasses share."""

from dataclasses import replace

from chorus_recon.categories.mirror import right_and_left
from chorus_recon.categories.poses import LEFT_DOWN, SEATED_LEGS, SOLES, STAND, STANDING_LEGS, arm, lean
from chorus_recon.categories.schema import Align, Contact, Interaction, Spot, Vector

IN_FIST = Align("up", (-0.15, 0.0, 1.0), "right_hand", 8.0, 12.0)  # its top is on the thumb's side
_SEATED = (*SEATED_LEGS, *arm("left", 0.25, -0.9, 0.3, 0.9))
_NEAR, _FAR = arm("right", -0.3, -0.95, 0.1, 1.5), arm("right", -0.25, -0.8, 0.5, 1.3)
_TO_MOUTH = arm("right", -0.5, -0.75, 0.45, 2.1, -0.3)
HOLD = Interaction(
    "hold_right",
    "holds",
    0.2,
    pose=(*STAND, *LEFT_DOWN, *_NEAR),
    other=(*STAND, *LEFT_DOWN, *_FAR),
    contacts=(),
    aligns=(Align("up", (0.0, 1.0, 0.0), spread_deg=8.0, sigma_deg=6.0), IN_FIST),
    across=("right_hand",),
    ground=SOLES,
    own_ground=True,
    balance=SOLES,
    gaze=(0.0, -0.05, 1.0),
    facing_deg=(-20.0, 20.0),
)


def hold_sit_drink(grip: str, lip: Spot, tilt: Vector) -> tuple[Interaction, Interaction, Interaction]:
    """Holding standing, holding seated and drinking, with the right hand.

    Args:
        grip: the anchor in the hand.
        lip: the spot at the mouth of the drinker.
        tilt: the direction of the vessel's up axis while drinking, in the world's axes.
    """
    hold = replace(HOLD, contacts=(Contact("right_palm", grip, 0.02, 0.015),))
    seated = replace(
        hold,
        name="hold_seated_right",
        pose=(*lean(0.0, 0.1), *_SEATED, *_NEAR),
        other=(*lean(0.1, 0.2), *_SEATED, *_FAR),
        ground=(),
        balance=(),
    )
    drink = replace(
        hold,
        name="drink_right",
        verb="drinks from",
        pose=(*STAND, *LEFT_DOWN, *_TO_MOUTH),
        other=(*lean(0.0, -0.1), *STANDING_LEGS, *LEFT_DOWN, *arm("right", -0.75, -0.4, 0.5, 2.1, -0.7)),
        contacts=(*hold.contacts, Contact("mouth", lip, 0.0, 0.012)),
        aligns=(
            Align("up", tilt, spread_deg=14.0, sigma_deg=10.0),
            replace(IN_FIST, sigma_deg=25.0),
            Align("forward", (0.0, 0.5, 1.0), spread_deg=10.0, sigma_deg=40.0),
        ),
        gaze=(0.0, 0.15, 1.0),
    )
    return hold, seated, drink


def with_left_twins(*rows: Interaction) -> tuple[Interaction, ...]:
    """Right-handed rows with two thirds of their share, each followed by its mirror image with one third."""
    return tuple(row for right in rows for row in right_and_left(right, 2 / 3, 1 / 3))
