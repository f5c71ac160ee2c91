"""Archetypes of sport: things kicked, thrown, caught, hit, bounced, flown or reached for."""

from dataclasses import replace

from chorus_recon.categories.archetypes.archetype import (
    FACING_AHEAD,
    SKILLED_RIGHT,
    STANDING,
    UPRIGHT,
    Archetype,
    Extent,
    pair,
    two_sided,
)
from chorus_recon.categories.poses import (
    LEFT_DOWN,
    LEVEL,
    STAND,
    STANDING_LEGS,
    arm,
    lean,
    leg,
    legs,
)
from chorus_recon.categories.schema import Align, Contact, Interaction

_BALANCING = (*arm("left", 0.75, -0.6, 0.2, 0.5), *arm("right", -0.75, -0.6, -0.25, 0.5))
_ANYWHERE = Align("forward", (0.0, 0.0, 1.0), spread_deg=35.0, sigma_deg=6.0)
_FREE = replace(STANDING, balance=())


def _kick(size: Extent) -> tuple[Interaction, ...]:
    kick = replace(
        _FREE,
        name="kick_right",
        verb="kicks",
        share=0.4,
        pose=(
            *lean(0.05, 0.2, 0.2),
            *leg("left", 0.25, 0.35, -0.1),
            *leg("right", 0.2, 0.5, 0.5),
            *_BALANCING,
        ),
        other=(
            *lean(-0.1, 0.2, 0.2),
            *leg("left", 0.1, 0.3, -0.2),
            *leg("right", 0.6, 0.3, 0.5),
            *_BALANCING,
        ),
        contacts=(Contact("right_instep", size.spot(-0.95, -0.1), 0.0, 0.02),),
        aligns=(LEVEL, FACING_AHEAD),
        ground=("left_sole",),
        own_ground=False,
        gaze=(0.0, -0.5, 0.9),
        loose_rad=0.18,
    )
    near = replace(
        kick,
        name="run_after_right",
        verb="dribbles",
        share=0.6,
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
        contacts=(Contact("right_ball", size.spot(-1.0, -1.0, forward_m=-0.2), 0.0, 0.12),),
        aligns=(LEVEL, _ANYWHERE),
        ground=("right_ball",),
        gaze=(0.0, -0.4, 0.9),
    )
    return two_sided(kick, near, right=SKILLED_RIGHT)


def _throw(size: Extent) -> tuple[Interaction, ...]:
    lift = min(size.least_m, 0.05) + 0.005
    row = replace(
        _FREE,
        name="throw_right",
        verb="throws",
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
        contacts=(Contact("right_palm", "middle", lift, 0.015),),
        aligns=(
            Align(size.long, (-0.5, 0.0, 0.8), "right_hand", 25.0, 25.0),
            Align(size.thin, (0.0, -1.0, 0.0), "right_hand", 20.0, 20.0),
        ),
        ground=("left_sole",),
        gaze=(0.0, 0.0, 1.0),
    )
    return two_sided(row, right=SKILLED_RIGHT)


def _catch(size: Extent) -> tuple[Interaction, ...]:
    """In the air before both hands, from hip to above the head, at most 20 cm off the palms."""
    away = size.length_m / 2 + 0.06
    low = replace(
        _FREE,
        name="catch",
        verb="catches",
        share=0.6,
        pose=(
            *lean(0.2, 0.2),
            *legs(0.5, 0.7, 0.2),
            *arm("left", 0.3, -0.7, 0.7, 0.7),
            *arm("right", -0.3, -0.7, 0.7, 0.7),
        ),
        other=(
            *lean(0.0, 0.0),
            *legs(0.15, 0.25, 0.15),
            *arm("left", 0.3, 0.1, 0.95, 0.5, -0.8),
            *arm("right", -0.3, 0.1, 0.95, 0.5, -0.8),
        ),
        contacts=pair("palm", (0.0, 0.0, 0.6), (0.0, 0.0, -0.6), away, 0.06),
        aligns=(LEVEL, _ANYWHERE),
        gaze=(0.0, 0.05, 1.0),
        loose_rad=0.18,
    )
    high = replace(
        low,
        name="catch_high",
        share=0.4,
        pose=(
            *lean(0.0, -0.05),
            *legs(0.2, 0.4, 0.15),
            *arm("left", 0.35, 0.6, 0.7, 0.8, -1.2),
            *arm("right", -0.35, 0.6, 0.7, 0.8, -1.2),
        ),
        other=(
            *lean(0.0, -0.05),
            *legs(0.05, 0.3, 0.12, 0.3),
            *arm("left", 0.3, 0.9, 0.35, 0.2, -1.2),
            *arm("right", -0.3, 0.9, 0.35, 0.2, -1.2),
        ),
        gaze=(0.0, 0.5, 0.9),
    )
    return low, high


def _hit(size: Extent) -> tuple[Interaction, ...]:
    """In the air to the side and ahead, where a racket, a bat or a fist meets it."""
    row = replace(
        _FREE,
        name="hit_right",
        verb="hits",
        pose=(
            *lean(0.1, 0.15, -0.3),
            *legs(0.55, 0.9, 0.18),
            *arm("left", 0.6, -0.4, 0.7, 0.6),
            *arm("right", -0.8, -0.5, 0.3, 0.5),
        ),
        other=(
            *lean(0.0, 0.0, 0.3),
            *legs(0.1, 0.4, 0.1, 0.4),
            *arm("left", 0.5, -0.5, 0.7, 0.6),
            *arm("right", -0.4, 0.7, 0.6, 0.3),
        ),
        contacts=(Contact("right_palm", "middle", size.least_m + 0.3, 0.2),),
        aligns=(_ANYWHERE,),
        gaze=(-0.3, 0.1, 0.9),
    )
    return two_sided(row, right=SKILLED_RIGHT)


def _bounce(size: Extent) -> tuple[Interaction, ...]:
    row = replace(
        _FREE,
        name="bounce_right",
        verb="bounces",
        pose=(
            *lean(0.15, 0.25),
            *legs(0.55, 0.9, 0.18),
            *arm("left", 0.5, -0.8, 0.4, 1.1),
            *arm("right", -0.4, -0.9, 0.1, 1.0),
        ),
        other=(
            *lean(0.2, 0.3),
            *legs(0.3, 0.5, 0.12),
            *arm("left", 0.5, -0.8, 0.4, 0.8),
            *arm("right", -0.5, -0.8, 0.35, 0.5),
        ),
        contacts=(Contact("right_palm", size.spot(-0.15, 1.0, up_m=0.1), 0.0, 0.1),),
        aligns=(LEVEL, _ANYWHERE, Align("up", (0.0, 1.0, 0.0), "right_hand", 10.0, 15.0)),
        gaze=(0.0, -0.2, 1.0),
    )
    return two_sided(row, right=SKILLED_RIGHT)


def _above(size: Extent) -> tuple[Interaction, ...]:
    """A kite, a balloon, a drone: above and ahead, on a string or free."""
    row = replace(
        _FREE,
        name="fly_above_right",
        verb="flies",
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -0.5, 0.7, 1.2)),
        other=(*lean(-0.1, 0.0), *STANDING_LEGS, *LEFT_DOWN, *arm("right", -0.35, 0.5, 0.7, 0.5)),
        contacts=(Contact("head_top", size.spot(0.0, -1.0, 0.2, forward_m=-0.5, up_m=-0.7), 0.0, 0.4),),
        aligns=(Align("up", (0.0, 1.0, -0.2), spread_deg=20.0, sigma_deg=15.0), _ANYWHERE),
        gaze=(0.0, 0.5, 0.8),
    )
    return two_sided(row)


def _reach_up(size: Extent) -> tuple[Interaction, ...]:
    row = replace(
        _FREE,
        name="reach_up_right",
        verb="reaches for",
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.3, 0.6, 0.7, 0.4, -1.2)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.25, 0.95, 0.25, 0.1, -1.2)),
        contacts=(Contact("right_palm", size.spot(0.6, -0.9), 0.01, 0.04),),
        aligns=(UPRIGHT, Align("forward", (0.0, 0.0, -1.0), spread_deg=20.0, sigma_deg=10.0)),
        gaze=(0.0, 0.6, 0.8),
    )
    return two_sided(row)


ARCHETYPES = (
    Archetype("kick", "kicks {it}", _kick, (0.05, 0.6)),
    Archetype("throw", "throws {it}", _throw, (0.01, 1.0)),
    Archetype("catch", "catches {it}", _catch, (0.04, 0.6)),
    Archetype("hit", "hits {it}", _hit, (0.03, 0.5)),
    Archetype("bounce", "bounces {it}", _bounce, (0.05, 0.5)),
    Archetype("fly_above", "flies {it}", _above, (0.1, 3.0)),
    Archetype("reach_up", "reaches up to {it}", _reach_up, (0.03, 2.0)),
)
