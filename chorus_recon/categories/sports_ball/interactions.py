"""Interactions with a sports ball. A ball has no front, so its axes are those of the world.

Spots are in units of the ball's radius. Beyond [-1, 1] the ball is not in contact: it was thrown, bounced or
kicked.
"""

from dataclasses import replace

from chorus_recon.categories.mirror import right_and_left
from chorus_recon.categories.poses import LEFT_DOWN, LEVEL, RIGHT_DOWN, SOLES, STAND, arm, lean, leg, legs
from chorus_recon.categories.schema import Align, Contact, Interaction
from chorus_recon.categories.sports_ball.interactions_by_foot import (
    AHEAD,
    ANYWHERE,
    BALANCING,
    LARGE,
    by_foot,
)

_SMALL = ("tennis_ball",)
_PALMS = (  # either palm looks at the ball's middle
    Align("side", (0.0, 1.0, 0.0), "left_hand", 8.0, 20.0),
    Align("side", (0.0, -1.0, 0.0), "right_hand", 8.0, 20.0),
)
_SIDES = (Contact("left_palm", (-0.2, 0.0, 0.98), 0.01), Contact("right_palm", (-0.2, 0.0, -0.98), 0.01))
_CROUCH = legs(0.55, 0.9, 0.18)
_HOLD = Interaction(
    "hold_both",
    "holds",
    0.08,
    pose=(*STAND, *arm("left", 0.35, -0.9, 0.25, 1.3), *arm("right", -0.35, -0.9, 0.25, 1.3)),
    other=(*STAND, *arm("left", 0.4, -0.7, 0.6, 1.6), *arm("right", -0.4, -0.7, 0.6, 1.6)),
    contacts=_SIDES,
    aligns=(LEVEL, AHEAD, *_PALMS),
    ground=SOLES,
    own_ground=True,
    balance=SOLES,
    gaze=(0.0, -0.05, 1.0),
    facing_deg=(-5.0, 5.0),
    kinds=LARGE,
)


def sports_ball() -> tuple[Interaction, ...]:
    """Playing a large ball with feet, hands and head; throwing, serving and hitting a small one."""
    rows = [*_by_both_hands()]
    for row in (*by_foot(), *_by_one_hand(), *_small()):
        rows += right_and_left(row, 0.7, 0.3)
    return tuple(rows)


def _by_one_hand() -> tuple[Interaction, ...]:
    bounce = replace(
        _HOLD,
        name="dribble_hand_right",
        verb="dribbles",
        share=0.06,
        pose=(
            *lean(0.15, 0.25),
            *_CROUCH,
            *arm("left", 0.5, -0.8, 0.4, 1.1),
            *arm("right", -0.4, -0.9, 0.1, 1.0),
        ),
        other=(
            *lean(0.2, 0.3),
            *legs(0.3, 0.5, 0.12),
            *arm("left", 0.5, -0.8, 0.4, 0.8),
            *arm("right", -0.5, -0.8, 0.35, 0.5),
        ),
        contacts=(Contact("right_palm", (-0.15, 0.98, 0.0), 0.01, 0.02),),
        aligns=(LEVEL, AHEAD, Align("up", (0.0, 1.0, 0.0), "right_hand", 10.0, 15.0)),
        gaze=(0.0, -0.1, 1.0),
    )
    below = replace(
        bounce,
        name="bounce_right",
        verb="bounces",
        share=0.03,
        contacts=(Contact("right_palm", (-0.4, 4.0, 0.0), 0.0, 0.04),),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), spread_deg=12.0, sigma_deg=4.0),
            AHEAD,
            bounce.aligns[2],
        ),
    )
    carry = replace(
        _HOLD,
        name="carry_right",
        said="carries {it} under the right arm",
        verb="carries under one arm",
        share=0.05,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.6, -0.8, -0.1, 0.9)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.6, -0.8, -0.2, 1.3)),
        contacts=(
            Contact("right_palm", (0.35, -0.55, -0.75), 0.01, 0.02),
            Contact("right_flank", (0.0, 0.1, 0.98), 0.0, 0.04),
        ),
        aligns=(LEVEL, AHEAD),
        gaze=(0.0, 0.0, 1.0),
    )
    palm = replace(
        carry,
        name="hold_right",
        said="",
        verb="holds",
        share=0.02,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.35, -0.9, 0.15, 1.4, 0.6)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.35, -0.8, 0.5, 1.2, 0.6)),
        contacts=(Contact("right_palm", (0.0, -0.98, 0.0), 0.01, 0.02),),
        aligns=(LEVEL, AHEAD, Align("up", (0.0, -1.0, 0.0), "right_hand", 10.0, 20.0)),
    )
    spike = replace(
        carry,
        name="spike_right",
        said="",
        verb="hits",
        share=0.04,
        pose=(
            *lean(0.0, 0.0, 0.3),
            *legs(0.05, 0.4, 0.1, 0.4),
            *arm("left", 0.5, -0.5, 0.7, 0.6),
            *arm("right", -0.4, 0.9, 0.2, 0.3),
        ),
        other=(
            *lean(0.1, 0.15, 0.4),
            *legs(0.0, 0.9, 0.1, 0.5),
            *arm("left", 0.5, -0.7, 0.3, 0.8),
            *arm("right", -0.25, 0.85, 0.5, 0.2),
        ),
        contacts=(Contact("right_palm", (-1.3, -0.2, 0.0), 0.0, 0.04),),
        aligns=(LEVEL, ANYWHERE, Align("forward", (0.0, -1.0, 0.0), "right_hand", 10.0, 30.0)),
        ground=(),
        balance=(),
        gaze=(0.0, 0.4, 0.9),
    )
    return bounce, below, carry, palm, spike


def _by_both_hands() -> tuple[Interaction, ...]:
    overhead = replace(
        _HOLD,
        name="throw_in",
        verb="throws",
        share=0.05,
        pose=(
            *lean(-0.05, -0.1),
            *legs(0.15, 0.25, 0.1),
            *arm("left", 0.25, 0.9, 0.2, 0.9, -1.2),
            *arm("right", -0.25, 0.9, 0.2, 0.9, -1.2),
        ),
        other=(
            *lean(0.05, 0.1),
            *legs(0.2, 0.3, 0.1),
            *arm("left", 0.3, 0.8, 0.5, 0.4, -1.2),
            *arm("right", -0.3, 0.8, 0.5, 0.4, -1.2),
        ),
        gaze=(0.0, 0.05, 1.0),
    )
    shot = replace(
        _HOLD,
        name="shoot",
        verb="shoots",
        share=0.04,
        pose=(
            *lean(0.05, 0.05),
            *legs(0.3, 0.5, 0.12),
            *arm("left", 0.4, 0.1, 0.9, 1.5, -1.2),
            *arm("right", -0.3, 0.1, 0.9, 1.6, -1.2),
        ),
        other=(
            *lean(0.0, 0.0),
            *legs(0.05, 0.1, 0.1),
            *arm("left", 0.4, 0.5, 0.8, 1.0, -1.2),
            *arm("right", -0.2, 0.6, 0.8, 0.7, -1.2),
        ),
        contacts=(
            Contact("left_palm", (-0.15, 0.0, 0.98), 0.01, 0.015),
            Contact("right_palm", (-0.75, -0.6, -0.3), 0.01, 0.015),
        ),
        aligns=(LEVEL, AHEAD, _PALMS[0], Align("forward", (0.0, -1.0, 0.0), "right_hand", 10.0, 25.0)),
        gaze=(0.0, 0.35, 0.9),
    )
    setting = replace(
        shot,
        name="set",
        verb="plays",
        share=0.02,
        pose=(
            *lean(0.0, 0.0),
            *legs(0.35, 0.6, 0.15),
            *arm("left", 0.5, 0.4, 0.7, 1.3, -1.3),
            *arm("right", -0.5, 0.4, 0.7, 1.3, -1.3),
        ),
        other=(
            *lean(0.0, -0.05),
            *legs(0.1, 0.2, 0.15),
            *arm("left", 0.35, 0.8, 0.5, 0.4, -1.3),
            *arm("right", -0.35, 0.8, 0.5, 0.4, -1.3),
        ),
        contacts=(
            Contact("left_palm", (-0.3, -0.9, 0.7), 0.0, 0.02),
            Contact("right_palm", (-0.3, -0.9, -0.7), 0.0, 0.02),
        ),
        aligns=(LEVEL, AHEAD),
        gaze=(0.0, 0.7, 0.7),
    )
    low = replace(
        _HOLD,
        name="pick_up",
        verb="catches",
        share=0.02,
        pose=(
            *lean(0.5, 0.5),
            *legs(1.1, 1.2, 0.15),
            *arm("left", 0.25, -0.75, 0.6, 0.3),
            *arm("right", -0.25, -0.75, 0.6, 0.3),
        ),
        other=(
            *lean(0.3, 0.4),
            *legs(0.7, 0.9, 0.15),
            *arm("left", 0.25, -0.7, 0.7, 0.4),
            *arm("right", -0.25, -0.7, 0.7, 0.4),
        ),
        gaze=(0.0, -0.6, 0.8),
    )
    head = replace(
        _HOLD,
        name="head",
        verb="heads",
        share=0.04,
        pose=(*lean(0.05, 0.1), *legs(0.1, 0.5, 0.08, 0.4), *BALANCING),
        other=(
            *lean(-0.1, -0.1),
            *legs(0.0, 0.8, 0.1, 0.5),
            *arm("left", 0.8, -0.3, 0.3, 1.0),
            *arm("right", -0.8, -0.3, 0.3, 1.0),
        ),
        contacts=(Contact("head_top", (-0.6, -0.78, 0.0), 0.0, 0.02),),
        aligns=(LEVEL, Align("forward", (0.0, 0.0, 1.0), spread_deg=25.0, sigma_deg=6.0)),
        ground=(),
        balance=(),
        gaze=(0.0, 0.25, 1.0),
    )
    return _HOLD, overhead, shot, setting, low, head


def _small() -> tuple[Interaction, ...]:
    cocked = replace(
        _HOLD,
        name="pitch_right",
        verb="throws",
        share=0.04,
        pose=(
            *lean(0.0, 0.0, -0.5),
            *leg("left", 0.5, 0.4, 0.0, 0.15),
            *leg("right", -0.2, 0.4, 0.3, 0.15),
            *arm("left", 0.6, -0.2, 0.7, 0.8),
            *arm("right", -0.9, 0.1, -0.3, 1.4, -1.4),
        ),
        other=(
            *lean(0.2, 0.2, 0.4),
            *leg("left", 0.7, 0.7, 0.0, 0.15),
            *leg("right", -0.3, 0.5, 0.4, 0.15),
            *arm("left", 0.5, -0.8, 0.1, 1.2),
            *arm("right", -0.6, 0.4, 0.7, 0.5, -1.2),
        ),
        contacts=(Contact("right_palm", (0.0, 0.0, 0.0), 0.04, 0.012),),
        aligns=(LEVEL, AHEAD),
        ground=("left_sole",),
        balance=(),
        gaze=(0.0, 0.0, 1.0),
        kinds=_SMALL,
    )
    toss = replace(
        cocked,
        name="toss_to_serve_right",  # the hand that is to hit
        said="serves {it}",
        verb="serves",
        share=0.03,
        pose=(
            *lean(0.0, -0.1, -0.3),
            *legs(0.2, 0.35, 0.12),
            *arm("left", 0.15, 0.55, 0.8, 0.15, -1.9),
            *arm("right", -0.9, -0.1, -0.2, 1.6, -1.3),
        ),
        other=(
            *lean(0.0, -0.15, -0.3),
            *legs(0.3, 0.5, 0.12),
            *arm("left", 0.15, 0.85, 0.5, 0.1, -1.7),
            *arm("right", -0.9, 0.1, -0.2, 2.0, -1.3),
        ),
        contacts=(Contact("left_palm", (0.0, -3.0, 0.0), 0.0, 0.015),),
        aligns=(
            Align("up", (0.0, 1.0, 0.1), spread_deg=6.0, sigma_deg=16.0),
            Align("up", (0.75, -0.65, 0.0), "left_hand", 4.0, 4.0),
        ),
        ground=SOLES,
        balance=SOLES,
        gaze=(0.0, 0.6, 0.8),
    )
    flight = replace(
        cocked,
        name="hit_right",
        verb="hits",
        share=0.05,
        pose=(
            *lean(0.1, 0.15, -0.3),
            *_CROUCH,
            *arm("left", 0.6, -0.4, 0.7, 0.6),
            *arm("right", -0.8, -0.5, 0.3, 0.5),
        ),
        other=(
            *lean(0.1, 0.1, 0.2),
            *leg("left", 0.5, 0.5, 0.0, 0.15),
            *leg("right", -0.2, 0.4, 0.3, 0.15),
            *arm("left", 0.6, -0.6, 0.4, 0.9),
            *arm("right", -0.5, -0.3, 0.8, 0.3),
        ),
        contacts=(Contact("right_palm", (0.0, -14.0, 0.0), 0.0, 0.03),),
        aligns=(Align("up", (-0.45, -0.2, 0.85), "right_hand", 6.0, 5.0),),  # on the strings
        ground=SOLES,
        balance=SOLES,
        gaze=(-0.4, -0.1, 0.9),
    )
    held = replace(
        cocked,
        name="hold_small_right",
        verb="holds",
        share=0.03,
        pose=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -0.9, 0.3, 1.5)),
        ground=SOLES,
        balance=SOLES,
    )
    return cocked, toss, flight, held
