"""Interactions with a snowboard."""

from chorus_recon.categories.boards.shared_interactions import (
    ARMS_WIDE,
    jumping,
    riding,
    under_arm,
    upright_beside,
)
from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import arm, lean, legs
from chorus_recon.categories.schema import Contact, Interaction


def snowboard() -> tuple[Interaction, ...]:
    """Riding, jumping, grabbing it in the air, carrying it, standing beside it."""
    ride = riding(0.32, tilt_deg=16.0)
    jump = jumping(0.12)
    grab = Interaction(
        "grab_regular",
        "grabs",
        0.05,
        pose=(*lean(0.5, 0.8, 0.2), *legs(2.0, 2.1, 0.3), *ARMS_WIDE, *arm("right", -0.3, -0.9, 0.5, 0.2)),
        contacts=(*jump.contacts, Contact("right_palm", (-0.05, 0.0, -1.0), 0.01, 0.012)),
        aligns=jump.aligns,
        gaze=jump.gaze,
        facing_deg=(-10.0, 40.0),
        loose_rad=0.15,
        said="grabs {it} in the air, left foot in front",
    )
    carry = under_arm(0.08)
    upright = upright_beside(0.03)
    return (
        ride,
        mirrored(ride, "ride_goofy", 0.22),
        jump,
        mirrored(jump, "jump_goofy", 0.08),
        grab,
        mirrored(grab, "grab_goofy", 0.03),
        carry,
        mirrored(carry, "carry_right", 0.05),
        upright,
        mirrored(upright, "beside_right", 0.02),
    )
