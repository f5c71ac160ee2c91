"""Interactions with a frisbee."""

from dataclasses import replace

from chorus_recon.categories.mirror import left_twins
from chorus_recon.categories.poses import BALLS_OF_FEET, LEFT_DOWN, LUNGE, STAND, arm, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction

# A hand holds the disc by its rim, thumb on top and fingers below; the disc is on the far side of the hand.
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
    ground=BALLS_OF_FEET,
    own_ground=True,
    balance=BALLS_OF_FEET,
    facing_deg=(-20.0, 20.0),
    loose_rad=0.2,
    gaze=(0.0, 0.0, 1.0),
)


def frisbee() -> tuple[Interaction, ...]:
    """Holding, throwing and catching it."""
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
            *LUNGE,
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
            *LUNGE,
            *arm("left", 0.7, -0.6, 0.4, 0.5),
            *arm("right", -0.8, -0.5, -0.1, 0.9),
        ),
        other=(
            *lean(0.1, 0.1, 0.1),
            *LUNGE,
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
        *left_twins(hands, left),
    )
