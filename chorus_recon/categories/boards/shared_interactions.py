"""Interactions that skateboards, snowboards and surfboards share."""

from chorus_recon.categories.poses import RIGHT_DOWN, SOLES, STAND, Pose, arm, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction, Spot

ARMS_OUT = (*arm("left", 0.8, -0.5, 0.2, 0.5), *arm("right", -0.8, -0.5, -0.1, 0.5))
ARMS_WIDE = (*arm("left", 0.95, -0.1, 0.25, 0.4), *arm("right", -0.95, -0.1, -0.1, 0.6))
RIDE_UPRIGHT = (*lean(0.1, 0.15, 0.35), *legs(0.3, 0.45, 0.22), *ARMS_OUT, ("neck", (0.0, 0.4, 0.0)))
RIDE_CROUCHED = (*lean(0.35, 0.5, 0.4), *legs(1.25, 1.7, 0.3), *ARMS_WIDE, ("neck", (-0.2, 0.4, 0.0)))


def riding(
    share: float,
    tilt_deg: float,
    crouched: Pose = RIDE_CROUCHED,
    upright: Pose = RIDE_UPRIGHT,
    front: Spot = "deck_front",
    back: Spot = "deck_back",
) -> Interaction:
    """Riding in regular stance: sideways on the board, facing +z, the left foot towards the nose."""
    return Interaction(
        "ride_regular",
        "rides",
        share,
        pose=upright,
        other=crouched,
        contacts=(Contact("left_sole", front, 0.0, 0.015), Contact("right_sole", back, 0.0, 0.015)),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), spread_deg=tilt_deg, sigma_deg=4.0),
            Align("forward", (1.0, 0.0, 0.0), spread_deg=4.0, sigma_deg=5.0),
            Align("up", (0.0, 1.0, 0.0), "left_ankle", 2.0, 5.0),
            Align("up", (0.0, 1.0, 0.0), "right_ankle", 2.0, 5.0),
            Align("forward", (0.94, 0.0, 0.34), "left_ankle", 12.0, 10.0),
            Align("forward", (1.0, 0.0, 0.0), "right_ankle", 12.0, 10.0),
        ),
        balance=SOLES,
        gaze=(0.8, -0.15, 0.55),
        facing_deg=(0.0, 35.0),
        loose_rad=0.16,
        said="rides {it}, left foot in front",
    )


def jumping(share: float) -> Interaction:
    """In the air in regular stance, with the nose raised."""
    ride = riding(share, tilt_deg=14.0)
    return Interaction(
        "jump_regular",
        "jumps with",
        share,
        pose=(*lean(0.3, 0.5, 0.4), *legs(1.6, 1.9, 0.3), *ARMS_WIDE),
        other=(*lean(0.1, 0.3, 0.2), *legs(0.8, 1.2, 0.3), *ARMS_WIDE),
        contacts=ride.contacts,
        aligns=(
            Align("forward", (0.92, 0.35, 0.0), spread_deg=16.0, sigma_deg=6.0),
            Align("up", (-0.35, 0.92, 0.1), spread_deg=16.0, sigma_deg=8.0),
            *ride.aligns[2:],
        ),
        gaze=ride.gaze,
        facing_deg=(-10.0, 50.0),
        loose_rad=0.2,
        said="jumps with {it}, left foot in front",
    )


def under_arm(share: float, side_sigma_m: float = 0.06) -> Interaction:
    """Carrying it under the left arm: deck against the side, nose ahead, fingers under the lower edge."""
    return Interaction(
        "carry_left",
        "carries",
        share,
        ground=SOLES,
        own_ground=True,
        balance=SOLES,
        pose=(*STAND, *arm("left", 0.45, -1.0, 0.05, 0.25), *RIGHT_DOWN),
        other=(*lean(0.0, 0.0), *legs(0.25, 0.3), *arm("left", 0.5, -1.0, -0.15, 0.5), *RIGHT_DOWN),
        contacts=(
            Contact("left_palm", (0.05, 0.0, -1.0), 0.01, 0.012),
            Contact("left_flank", (0.0, 1.0, 0.35), 0.0, side_sigma_m),
        ),
        aligns=(
            Align("forward", (0.0, 0.1, 1.0), spread_deg=14.0, sigma_deg=6.0),
            Align("up", (-1.0, 0.1, 0.0), spread_deg=12.0, sigma_deg=6.0),
        ),
        said="carries {it} under the left arm",
    )


def upright_beside(share: float) -> Interaction:
    """Standing beside the board with one hand on its edge. The board stands on its tail at the left."""
    return Interaction(
        "beside_left",
        "stands beside",
        share,
        pose=(*STAND, *arm("left", 0.8, -0.5, 0.2, 0.7), *RIGHT_DOWN),
        other=(*STAND, *arm("left", 0.7, -0.7, 0.2, 1.2), *RIGHT_DOWN),
        contacts=(
            Contact("left_palm", (0.35, 0.0, 1.0), 0.01, 0.03),
            Contact("left_sole", (-1.0, 0.0, 1.5), 0.0, 0.15),
        ),
        aligns=(
            Align("forward", (-0.05, 1.0, 0.0), spread_deg=6.0, sigma_deg=3.0),
            Align("up", (0.0, 0.0, 1.0), spread_deg=20.0, sigma_deg=6.0),
        ),
        ground=SOLES,
        said="stands beside {it}, left hand on it",
    )
