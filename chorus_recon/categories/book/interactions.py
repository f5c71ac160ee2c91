"""Interactions with a book. The pages, or the front cover of a closed book, are its front."""

from dataclasses import replace

from chorus_recon.categories.mirror import right_and_left
from chorus_recon.categories.poses import (
    LEFT_DOWN,
    RIGHT_DOWN,
    SEATED_LEGS,
    SOLES,
    STAND,
    Pose,
    arm,
    lean,
    legs,
)
from chorus_recon.categories.schema import Align, Contact, Interaction

_OPEN, _SHUT = ("open_book",), ("closed_book",)
_HANDS = (Contact("left_palm", "left_hand", 0.012, 0.015), Contact("right_palm", "right_hand", 0.012, 0.015))
# The eyes are above the middle of the pages, some 35 cm off (in halves of the open book's depth).
_BEFORE_FACE = Contact("mouth", (13.0, -0.7, 0.0), 0.0, 0.1)
_BEHIND = (  # the palms behind the covers, the fingers up and across
    Align("forward", (0.0, -1.0, 0.0), "left_hand", 8.0, 20.0),
    Align("forward", (0.0, -1.0, 0.0), "right_hand", 8.0, 20.0),
)
_ON_PAGES = (
    Align("forward", (0.0, 1.0, 0.0), "left_hand", 8.0, 15.0),
    Align("forward", (0.0, 1.0, 0.0), "right_hand", 8.0, 15.0),
)
_TILTED = (
    Align("forward", (0.0, 0.6, -0.8), spread_deg=14.0, sigma_deg=10.0),
    Align("up", (0.0, 0.8, 0.6), spread_deg=10.0, sigma_deg=10.0),
)
_LOOKS_DOWN: Pose = (("neck", (0.3, 0.0, 0.0)), ("head", (0.15, 0.0, 0.0)))
_NEAR = (*arm("left", 0.25, -0.95, 0.15, 1.7), *arm("right", -0.25, -0.95, 0.15, 1.7))
_FAR = (*arm("left", 0.3, -0.8, 0.5, 1.5), *arm("right", -0.3, -0.8, 0.5, 1.5))
_LOW = (*arm("left", 0.3, -0.95, 0.1, 1.1), *arm("right", -0.3, -0.95, 0.1, 1.1))
_READ = Interaction(
    "read",
    "reads",
    0.13,
    pose=(*STAND, *_NEAR, *_LOOKS_DOWN),
    other=(*STAND, *_FAR, *_LOOKS_DOWN),
    contacts=(*_HANDS, _BEFORE_FACE),
    aligns=(*_TILTED, *_BEHIND),
    ground=SOLES,
    own_ground=True,
    balance=SOLES,
    gaze=(0.0, -0.6, 0.8),
    kinds=_OPEN,
)


def book() -> tuple[Interaction, ...]:
    """Reading standing, seated, in the lap, at a table or lying; carrying a closed book; showing it."""
    rows: list[Interaction] = []
    for row in (*_reading(), *_shut()):
        rows += right_and_left(row, 0.6, 0.4) if row.name.endswith("_right") else (row,)
    return tuple(rows)


def _reading() -> tuple[Interaction, ...]:
    seated = replace(
        _READ,
        name="read_seated",
        share=0.2,
        pose=(*lean(-0.15, 0.2), *SEATED_LEGS, *_NEAR, *_LOOKS_DOWN),
        other=(*lean(0.1, 0.3), *legs(1.6, 1.5, 0.08, 0.0), *_FAR, *_LOOKS_DOWN),
        ground=(),
        balance=(),
    )
    lap = replace(
        seated,
        name="read_in_lap",
        share=0.15,
        pose=(*lean(-0.1, 0.3), *legs(1.4, 1.3, 0.1, 0.0), *_LOW, *_LOOKS_DOWN),
        other=(*lean(0.05, 0.4), *legs(1.6, 1.6, 0.1, 0.0), *_LOW, *_LOOKS_DOWN),
        contacts=(
            *_HANDS,
            Contact("left_lap", (-0.9, -0.7, -0.5), 0.0, 0.035),
            Contact("right_lap", (-0.9, -0.7, 0.5), 0.0, 0.035),
        ),
        aligns=(
            Align("forward", (0.0, 0.8, -0.55), spread_deg=12.0, sigma_deg=8.0),
            Align("up", (0.0, 0.55, 0.8), spread_deg=10.0, sigma_deg=8.0),
            *_BEHIND,
        ),
        gaze=(0.0, -0.8, 0.7),
    )
    table = replace(
        seated,
        name="read_at_table",
        share=0.15,
        pose=(*lean(0.05, 0.25), *SEATED_LEGS, *_NEAR, *_LOOKS_DOWN),
        other=(*lean(0.2, 0.4), *SEATED_LEGS, *_FAR, *_LOOKS_DOWN),
        contacts=(
            Contact("left_palm", "left_page", 0.01, 0.02),
            Contact("right_palm", "right_page", 0.01, 0.02),
        ),
        aligns=(
            Align("forward", (0.0, 1.0, -0.05), spread_deg=4.0, sigma_deg=4.0),
            Align("up", (0.0, 0.05, 1.0), spread_deg=10.0, sigma_deg=6.0),
            *_ON_PAGES,
        ),
        gaze=(0.0, -0.7, 0.8),
    )
    turn = replace(
        seated,
        name="turn_page_right",
        verb="turns a page of",
        share=0.06,
        contacts=(
            Contact("left_palm", "left_hand", 0.012, 0.015),
            Contact("right_palm", "right_page", 0.03, 0.02),
            _BEFORE_FACE,
        ),
        aligns=(*_TILTED, _BEHIND[0], _ON_PAGES[1]),
    )
    spine = Contact("right_palm", "spine", 0.015, 0.012)
    one_hand = replace(
        _READ,
        name="read_right",
        share=0.09,
        pose=(*STAND, *LEFT_DOWN, *_NEAR[2:], *_LOOKS_DOWN),
        other=(*STAND, *arm("left", 0.3, -0.9, 0.2, 1.2), *_FAR[2:], *_LOOKS_DOWN),
        contacts=(spine, _BEFORE_FACE),
        aligns=(*_TILTED, _BEHIND[1], Align("up", (-0.85, 0.0, 0.4), "right_hand", 10.0, 25.0)),
    )
    lying = replace(
        _READ,
        name="read_lying",
        share=0.05,
        pose=(
            *lean(-1.5, 0.1),
            *legs(0.1, 0.15, 0.1, 0.3),
            *arm("left", 0.35, -0.5, 0.8, 1.1, -0.6),
            *arm("right", -0.35, -0.5, 0.8, 1.1, -0.6),
            ("neck", (0.3, 0.0, 0.0)),
        ),
        other=(
            *lean(-1.3, 0.3),
            *legs(0.9, 1.4, 0.1, 0.3),
            *arm("left", 0.3, -0.2, 0.95, 0.9, -0.8),
            *arm("right", -0.3, -0.2, 0.95, 0.9, -0.8),
            ("neck", (0.3, 0.0, 0.0)),
        ),
        aligns=(
            Align("forward", (0.0, -0.95, -0.25), spread_deg=14.0, sigma_deg=10.0),
            Align("up", (0.0, 0.2, -0.95), spread_deg=10.0, sigma_deg=10.0),
            *_BEHIND,
        ),
        ground=(),
        balance=(),
        gaze=(0.0, 0.9, 0.3),
    )
    return _READ, seated, lap, table, turn, one_hand, lying


def _shut() -> tuple[Interaction, ...]:
    side = replace(
        _READ,
        name="carry_right",
        verb="carries",
        share=0.07,
        pose=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -0.95, -0.05, 0.4)),
        contacts=(Contact("right_palm", (1.0, -0.75, 0.0), 0.008, 0.015),),
        aligns=(  # against the thigh: the fingers below the lower edge
            Align("forward", (-1.0, 0.0, 0.0), spread_deg=14.0, sigma_deg=8.0),
            Align("up", (0.0, 0.95, 0.2), spread_deg=14.0, sigma_deg=8.0),
            Align("forward", (0.0, 1.0, 0.0), "right_hand", 8.0, 20.0),
        ),
        gaze=(0.0, 0.0, 1.0),
        kinds=_SHUT,
    )
    hug = replace(
        side,
        name="hold_to_chest_right",
        verb="holds",
        share=0.06,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.35, -0.9, 0.25, 2.0, 0.2)),
        other=(*STAND, *arm("left", 0.3, -0.9, 0.2, 1.3), *arm("right", -0.35, -0.85, 0.4, 2.2, 0.2)),
        contacts=(
            Contact("right_palm", (1.0, 0.1, 0.2), 0.008, 0.02),
            Contact("belly", (-3.2, -1.8, 0.2), 0.0, 0.03),
        ),
        aligns=(
            Align("forward", (-0.2, 0.1, 1.0), spread_deg=10.0, sigma_deg=8.0),
            Align("up", (0.3, 1.0, 0.0), spread_deg=14.0, sigma_deg=12.0),
            Align("forward", (0.0, 1.0, 0.0), "right_hand", 8.0, 25.0),
        ),
    )
    show = replace(
        side,
        name="show",
        verb="holds up",
        share=0.04,
        pose=(*STAND, *_NEAR),
        other=(*STAND, *_FAR),
        contacts=(
            Contact("left_palm", (-0.8, -0.2, 1.0), 0.012, 0.02),
            Contact("right_palm", (-0.8, -0.2, -1.0), 0.012, 0.02),
        ),
        aligns=(
            Align("forward", (0.0, 0.1, 1.0), spread_deg=12.0, sigma_deg=8.0),
            Align("up", (0.0, 1.0, 0.0), spread_deg=8.0, sigma_deg=8.0),
        ),
        gaze=(0.0, 0.0, 1.0),
    )
    return side, hug, show
