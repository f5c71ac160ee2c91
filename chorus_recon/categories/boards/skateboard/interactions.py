"""Interactions with a skateboard."""

from chorus_recon.categories.boards.shared_interactions import ARMS_OUT, jumping, riding, under_arm
from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import LEFT_DOWN, LEVEL, RIGHT_DOWN, SOLES, STAND, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction


def skateboard() -> tuple[Interaction, ...]:
    """Riding, jumping, pushing off, carrying it."""
    regular = riding(0.26, tilt_deg=5.0)
    jump = jumping(0.11)
    push = Interaction(
        "push_left_on",
        "pushes",
        0.07,
        pose=(*lean(0.25, 0.2), *legs(0.5, 0.5), *ARMS_OUT, ("right_hip", (0.35, 0.0, -0.1))),
        other=(*lean(0.35, 0.3), *legs(0.7, 0.8), *ARMS_OUT, ("right_hip", (-0.3, 0.0, -0.1))),
        contacts=(
            Contact("left_sole", "deck_front", 0.0, 0.012),
            Contact("right_ball", (-0.3, -1.0, -2.2), 0.0, 0.1),
        ),
        aligns=(
            LEVEL,
            Align("forward", (0.1, 0.0, 1.0), spread_deg=8.0),
            Align("up", (0.0, 1.0, 0.0), "left_ankle", 2.0, 5.0),
            Align("forward", (0.3, 0.0, 0.95), "left_ankle", 10.0, 10.0),
        ),
        ground=("right_ball",),
        said="pushes off on {it}, left foot on it",
    )
    carry = under_arm(0.08, 0.12)  # too narrow to reach the ribs
    by_nose = Interaction(
        "by_nose_left",
        "carries",
        0.03,
        ground=SOLES,
        own_ground=True,
        balance=SOLES,
        pose=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
        contacts=(Contact("left_palm", (0.93, 0.0, 0.0), 0.01, 0.012),),
        aligns=(
            Align("forward", (0.0, 1.0, 0.1), spread_deg=14.0, sigma_deg=6.0),
            Align("up", (-1.0, 0.0, 0.0), spread_deg=25.0, sigma_deg=8.0),
        ),
    )
    return (
        regular,
        mirrored(regular, "ride_goofy", 0.22),
        jump,
        mirrored(jump, "jump_goofy", 0.08),
        push,
        mirrored(push, "push_right_on", 0.05),
        carry,
        mirrored(carry, "carry_right", 0.07),
        by_nose,
        mirrored(by_nose, "by_nose_right", 0.03),
    )
