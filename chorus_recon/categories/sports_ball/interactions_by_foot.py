"""Interactions of the feet with a sports ball."""

from dataclasses import replace

from chorus_recon.categories.poses import LEFT_DOWN, LEVEL, RIGHT_DOWN, arm, lean, leg
from chorus_recon.categories.schema import Align, Contact, Interaction

LARGE = ("sports_ball",)
AHEAD = Align("forward", (0.0, 0.0, 1.0), spread_deg=14.0, sigma_deg=6.0)
ANYWHERE = Align("forward", (0.0, 0.0, 1.0), spread_deg=35.0, sigma_deg=6.0)
BALANCING = (*arm("left", 0.75, -0.6, 0.2, 0.5), *arm("right", -0.75, -0.6, -0.25, 0.5))
_KICK = Interaction(
    "kick_right",
    "kicks",
    0.08,
    pose=(*lean(0.05, 0.2, 0.2), *leg("left", 0.25, 0.35, -0.1), *leg("right", 0.2, 0.5, 0.5), *BALANCING),
    other=(*lean(-0.1, 0.2, 0.2), *leg("left", 0.1, 0.3, -0.2), *leg("right", 0.6, 0.3, 0.5), *BALANCING),
    contacts=(Contact("right_instep", (-0.95, -0.1, 0.1), 0.0, 0.02),),
    aligns=(LEVEL, AHEAD),
    ground=("left_sole",),
    gaze=(0.0, -0.5, 0.9),
    loose_rad=0.18,
    kinds=LARGE,
)


def by_foot() -> tuple[Interaction, ...]:
    """Kicking, dribbling, running after, passing and stopping a ball with the right foot."""
    wind_up = replace(
        _KICK,
        name="about_to_kick_right",
        said="is about to kick {it}, right foot",
        share=0.05,
        pose=(
            *lean(0.1, 0.1, -0.2),
            *leg("left", 0.35, 0.4, 0.0),
            *leg("right", -0.4, 0.9, 0.5),
            *BALANCING,
        ),
        other=(
            *lean(0.15, 0.15, -0.3),
            *leg("left", 0.5, 0.5, 0.0),
            *leg("right", -0.5, 1.4, 0.5),
            *BALANCING,
        ),
        contacts=(Contact("left_sole", (-0.4, -1.0, 1.8), 0.0, 0.03),),
        aligns=(LEVEL, ANYWHERE),
    )
    volley = replace(
        _KICK,
        name="kick_through_right",
        share=0.06,
        pose=(
            *lean(-0.15, 0.25, 0.3),
            *leg("left", 0.05, 0.2, -0.15),
            *leg("right", 0.9, 0.2, 0.5),
            *BALANCING,
        ),
        other=(
            *lean(-0.25, 0.3, 0.3),
            *leg("left", 0.0, 0.2, -0.2),
            *leg("right", 1.3, 0.2, 0.5),
            *BALANCING,
        ),
        contacts=(Contact("right_instep", (-2.2, -0.6, 0.0), 0.0, 0.04),),
        aligns=(LEVEL, ANYWHERE),
        own_ground=True,
        gaze=(0.0, -0.1, 1.0),
    )
    near = replace(
        _KICK,
        name="dribble_foot_right",
        verb="dribbles",
        share=0.08,
        pose=(
            *lean(0.15, 0.2),
            *leg("left", -0.1, 0.6, 0.4),
            *leg("right", 0.6, 0.7, 0.1),
            *arm("left", 0.4, -0.85, 0.3, 1.1),
            *arm("right", -0.4, -0.85, -0.3, 1.1),
        ),
        other=(
            *lean(0.2, 0.25),
            *leg("left", -0.3, 0.9, 0.5),
            *leg("right", 0.4, 0.5, 0.1),
            *arm("left", 0.6, -0.75, 0.3, 0.9),
            *arm("right", -0.6, -0.75, -0.3, 0.9),
        ),
        contacts=(Contact("right_ball", (-1.9, -0.95, 0.0), 0.0, 0.03),),
        aligns=(LEVEL, ANYWHERE),
        ground=("right_ball",),
        gaze=(0.0, -0.4, 0.9),
    )
    far = replace(
        near,
        name="run_behind_right",
        verb="runs after",
        share=0.06,
        contacts=(Contact("right_ball", (-5.0, -0.95, 0.0), 0.0, 0.05),),
        ground=("right_ball",),
    )
    inside = replace(
        near,
        name="pass_right",
        verb="passes",
        share=0.04,
        pose=(
            *lean(0.1, 0.2),
            *leg("left", 0.3, 0.4, 0.0),
            ("right_hip", (-0.35, -0.8, -0.1)),
            ("right_knee", (0.4, 0.0, 0.0)),
            *BALANCING,
        ),
        other=(
            *lean(0.05, 0.2),
            *leg("left", 0.2, 0.3, 0.0),
            ("right_hip", (-0.6, -0.9, -0.1)),
            ("right_knee", (0.3, 0.0, 0.0)),
            *BALANCING,
        ),
        contacts=(Contact("right_instep", (-1.15, -0.1, 0.2), 0.0, 0.025),),
        ground=("left_sole",),
    )
    stop = replace(
        _KICK,
        name="foot_on_right",
        verb="stops",
        share=0.03,
        pose=(
            *lean(0.0, 0.05),
            *leg("left", 0.1, 0.15, 0.0),
            *leg("right", 0.75, 1.0, 0.1),
            *LEFT_DOWN,
            *RIGHT_DOWN,
        ),
        other=(*lean(0.05, 0.1), *leg("left", 0.2, 0.3, 0.0), *leg("right", 0.9, 1.0, 0.0), *BALANCING),
        contacts=(Contact("right_ball", (-0.1, 1.0, 0.0)),),
        aligns=(LEVEL, AHEAD, Align("up", (0.0, 1.0, -0.2), "right_foot", 8.0, 20.0)),
        balance=("left_sole",),
        gaze=(0.0, -0.1, 1.0),
    )
    return _KICK, wind_up, volley, near, far, inside, stop
