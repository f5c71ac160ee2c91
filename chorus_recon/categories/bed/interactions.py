"""Interactions with a bed."""

from dataclasses import replace

from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import (
    AHEAD,
    ARMS_ON_BELLY,
    LEFT_DOWN,
    ON_FLOOR,
    RIGHT_DOWN,
    SIT,
    arm,
    lean,
    legs,
)
from chorus_recon.categories.schema import Align, Contact, Interaction

_ALONG = Align("forward", (0.0, 0.0, 1.0), spread_deg=5.0, sigma_deg=3.0)
_BESIDE = (*arm("left", 0.6, -0.8, 0.05, 0.4), *arm("right", -0.6, -0.8, 0.05, 0.4))
_UNDER_HEAD = (*arm("left", 0.75, 0.65, 0.1, 2.3, -1.5), *arm("right", -0.75, 0.65, 0.1, 2.3, -1.5))
_LYING = (("pelvis", (-1.57, 0.0, 0.0)), ("neck", (0.25, 0.0, 0.0)))
_PRONE = (("pelvis", (1.57, 0.0, 0.0)), ("neck", (0.0, 0.6, 0.0)), ("head", (0.0, 0.5, 0.0)))
_ON_RIGHT = (("pelvis", (-1.209, -1.209, 1.209)), ("spine1", (0.15, 0.0, 0.0)), ("spine2", (0.15, 0.0, 0.0)))
_CURLED = (*arm("left", 0.25, -0.6, 0.75, 1.2), *arm("right", -0.1, -0.1, 1.0, 1.6))


def bed() -> tuple[Interaction, ...]:
    """Lying on the back, on a side or prone; sitting on an edge or against the headboard."""
    back = replace(
        SIT,
        name="lie_on_back",
        said="lies on {it}, on the back",
        verb="lies on",
        pose=(*_LYING, *legs(0.03, 0.06, 0.06, 0.5), *_BESIDE),
        other=(*_LYING, *legs(0.3, 0.6, 0.06, 0.5), *ARMS_ON_BELLY),
        contacts=(Contact("seat", "hips", 0.0, 0.015), Contact("back", "shoulders", 0.0, 0.08)),
        aligns=(
            ON_FLOOR,
            _ALONG,
            Align("up", (0.0, 0.0, 1.0), "pelvis", 2.0, 4.0),
            Align("up", (0.0, 0.0, 1.0), "spine3", 2.0, 4.0),
        ),
        ground=(),
        gaze=(0.0, 1.0, 0.1),
        facing_deg=(-6.0, 6.0),
        loose_rad=0.05,
    )
    under_head = replace(
        back,
        name="lie_hands_under_head",
        said="lies on {it}, hands under the head",
        pose=(*_LYING, *legs(0.03, 0.06, 0.06, 0.5), *_UNDER_HEAD),
        other=(*_LYING, *legs(0.9, 1.7, 0.06, 0.6), *_UNDER_HEAD),
    )
    left = replace(back, name="lie_on_back_at_left", contacts=_at_left(back.contacts))
    left = replace(left, said=f"{back.said}, at its left side")
    side = replace(
        back,
        name="lie_on_right_side",
        said="lies on {it}, on the right side",
        pose=(*_ON_RIGHT, *legs(0.4, 0.6, -0.1, 0.4), *_CURLED),
        other=(*_ON_RIGHT, *legs(1.2, 1.5, -0.1, 0.3), *_CURLED),
        contacts=(Contact("right_flank", ("hips", "shoulders", 0.4), 0.0, 0.03),),
        aligns=(
            ON_FLOOR,
            _ALONG,
            Align("up", (1.0, 0.0, 0.0), "pelvis", 6.0, 5.0),
            Align("up", (1.0, 0.0, 0.0), "spine3", 8.0, 6.0),
        ),
        gaze=(-1.0, 0.1, 0.0),
        facing_deg=(-8.0, 8.0),
    )
    prone = replace(
        back,
        name="lie_prone",
        said="lies face down on {it}",
        pose=(*_PRONE, *legs(0.1, 0.05, 0.1, 0.8), *_UNDER_HEAD),
        other=(*_PRONE, *legs(0.12, 0.1, 0.15, 0.8), *_BESIDE),
        contacts=(Contact("belly", "hips", 0.0, 0.015),),
        aligns=(
            ON_FLOOR,
            Align("forward", (0.0, 0.0, 1.0), spread_deg=5.0, sigma_deg=3.0),
            Align("up", (0.0, 0.0, -1.0), "pelvis", 2.0, 4.0),
            Align("up", (0.0, 0.0, -1.0), "spine3", 2.0, 4.0),
        ),
        gaze=(0.8, -0.2, 0.0),
        facing_deg=(174.0, 186.0),
    )
    edge = replace(
        SIT,
        name="sit_on_left_edge",
        verb="sits on the edge of",
        contacts=(Contact("seat", "left_edge", 0.0, 0.02),),
        aligns=(ON_FLOOR, Align("forward", (-1.0, 0.0, 0.0), spread_deg=6.0, sigma_deg=4.0)),
    )
    foot = replace(edge, name="sit_on_foot_edge", contacts=(Contact("seat", "foot_edge", 0.0, 0.02),))
    foot = replace(foot, aligns=(ON_FLOOR, AHEAD))
    up = replace(
        SIT,
        name="sit_against_headboard",
        said="sits up in {it}",
        verb="sits on",
        pose=(*lean(-0.35, 0.3), *legs(1.15, 0.1, 0.08, 0.2), *ARMS_ON_BELLY),
        other=(*lean(-0.2, 0.2), *legs(1.9, 1.6, 0.1, -0.1), *LEFT_DOWN, *RIGHT_DOWN),
        contacts=(Contact("seat", "sitting", 0.0, 0.05), Contact("lower_back", "headboard", 0.0, 0.04)),
        aligns=(ON_FLOOR, _ALONG),
        ground=(),
        gaze=(0.0, -0.2, 1.0),
        loose_rad=0.08,
    )
    return (
        replace(back, share=0.16),
        replace(left, share=0.04),
        mirrored(left, "lie_on_back_at_right", 0.04),
        replace(under_head, share=0.06),
        replace(side, share=0.1),
        mirrored(side, "lie_on_left_side", 0.1),
        replace(prone, share=0.08),
        replace(edge, share=0.12),
        mirrored(edge, "sit_on_right_edge", 0.12),
        replace(foot, share=0.08),
        replace(up, share=0.1),
    )


def _at_left(contacts: tuple[Contact, ...]) -> tuple[Contact, ...]:
    return tuple(replace(contact, spot=f"left_{contact.spot}") for contact in contacts)
