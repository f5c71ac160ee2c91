"""Archetypes of things that a person is near without touching them."""

from dataclasses import replace

from chorus_recon.categories.archetypes.archetype import (
    STANDING,
    Archetype,
    Extent,
    either_side,
)
from chorus_recon.categories.poses import LEFT_DOWN, ON_FLOOR, RIGHT_DOWN, SOLES, STAND, STRIDE, arm, lean
from chorus_recon.categories.schema import Align, Contact, Interaction, Vector

_BESIDE_M, _BEFORE_M = 0.42, 0.5  # from the side of a thing to the middle of who stands beside or before it
_AWAY_M = (0.2, 1.2)  # how much farther away one may stand
_AWAY, _ALONG = 0.25, 0.3  # the same as a share of the longest side; how far from the middle of a side
_WINGS_M = 4.0  # of what is wider, one stands beside the trunk, not beyond the wings
_LOOSE_M = 0.3  # of the feet: a firm contact metres from the middle of a thing would tilt it
_SHELF_M = 1.0  # height above the floor of what stands on furniture or hangs on a wall
_ROOM_M, _ROOM = (0.2, 0.8), 0.6  # how far it may be from there; the same as a share of the longest side

_NEAR = replace(
    STANDING,
    own_ground=False,
    balance=SOLES,
    pose=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
    other=(*lean(0.0, 0.05), *STRIDE, *LEFT_DOWN, *arm("right", -0.6, -0.7, 0.3, 0.7)),
    gaze=(0.0, 0.0, 1.0),
)


def _feet(size: Extent, spot: Vector, left: str, apart_m: float) -> tuple[Contact, ...]:
    """Both feet on the ground about a spot, the left one `apart_m` farther along the axis `left`."""
    metres = {"forward": size.length_m, "up": size.height_m, "side": size.width_m}
    forward, up, side = spot
    contacts = []
    for foot, way in (("left", 0.5), ("right", -0.5)):
        move = {axis: way * apart_m * 2 / metres[axis] if axis == left else 0.0 for axis in metres}
        place = (forward + move["forward"], up, side + move["side"])
        contacts.append(Contact(f"{foot}_sole", place, 0.0, _LOOSE_M))
    return tuple(contacts)


def _toward(axis: str, direction: Vector) -> tuple[Align, Align]:
    """The thing stands level, one way: it is the person who turns, because a scattered axis would tilt it."""
    return ON_FLOOR, Align(axis, direction, spread_deg=4.0, sigma_deg=6.0)


def _beside(size: Extent) -> tuple[Interaction, ...]:
    """Standing near a thing on the same ground: to its side, with the back to it, or looking at it.

    How far away grows with the thing: a dog is at one's feet, a train passes at a metre or two. People pose
    before the broad side of a long thing, and before the nose of a thing with wings.
    """
    wings = size.width_m > _WINGS_M
    away = max(_AWAY_M[0], min(_AWAY_M[1], _AWAY * max(size.length_m, size.width_m)))
    along, across = _ALONG * size.length_m, _ALONG * size.width_m
    flank = size.spot(0.1, -1.0, _WINGS_M / size.width_m if wings else 1.0, side_m=_BESIDE_M)
    beside = replace(
        _NEAR,
        name="stand_beside_left",
        verb="stands beside",
        share=0.4,
        contacts=_feet(size, flank, "side", 0.2),
        aligns=_toward("forward", (0.0, 0.0, 1.0)),
        facing_deg=(-60.0, 60.0),
        shift_m=((-along, 0.0, 0.0), (along, 0.0, away)),
    )
    if size.length_m > size.width_m and not wings:
        axis, left, apart = "side", "forward", -0.2  # its left side is behind the person
        spot = size.spot(0.0, -1.0, 1.0, side_m=_BEFORE_M)
        box = ((-along, 0.0, 0.0), (along, 0.0, away))
    else:
        axis, left, apart = "forward", "side", 0.2
        spot = size.spot(1.0, -1.0, forward_m=_BEFORE_M)
        box = ((0.0, 0.0, -across), (away, 0.0, across))
    before = replace(
        beside,
        name="stand_before_left",
        verb="stands before",
        contacts=_feet(size, spot, left, apart),
        aligns=_toward(axis, (0.0, 0.0, 1.0)),
        facing_deg=(-40.0, 40.0),
        shift_m=box,
    )
    looking = replace(
        before,
        name="stand_facing_left",
        verb="looks at",
        share=0.2,
        other=(*lean(0.1, 0.15), *STRIDE, *LEFT_DOWN, *arm("right", -0.4, -0.8, 0.4, 0.8)),
        contacts=_feet(size, spot, left, -apart),
        aligns=_toward(axis, (0.0, 0.0, -1.0)),
        gaze=(0.0, -0.1, 1.0),
    )
    return (*either_side(beside), *either_side(before), *either_side(looking))


def _near_raised(size: Extent) -> tuple[Interaction, ...]:
    """Near a thing on furniture or on a wall: it is behind the person, to one side, or ahead."""
    room = max(_ROOM_M[0], min(_ROOM_M[1], _ROOM * max(size.length_m, size.width_m, size.height_m)))
    front = size.spot(1.0, -1.0, forward_m=0.3)
    behind = replace(
        _NEAR,
        name="raised_behind",
        verb="stands before",
        share=0.4,
        contacts=_feet(size, front, "side", 0.2),
        aligns=_toward("forward", (0.0, 0.0, 1.0)),
        facing_deg=(-40.0, 40.0),
        own_ground=True,
        shift_m=((0.0, -_SHELF_M - room / 2, -room / 2), (room, room / 2 - _SHELF_M, room / 2)),
    )
    aside = replace(
        behind,
        name="raised_at_right",
        verb="stands beside",
        contacts=_feet(size, front, "forward", 0.2),
        aligns=_toward("forward", (1.0, 0.0, 0.0)),
    )
    before = replace(
        behind,
        name="raised_before",
        verb="looks at",
        share=0.2,
        contacts=_feet(size, front, "side", -0.2),
        aligns=_toward("forward", (0.0, 0.0, -1.0)),
    )
    return behind, *either_side(aside), before


ARCHETYPES = (
    Archetype("stand_beside", "stands beside {it}", _beside, (0.2, 25.0)),
    Archetype("near_raised", "is near {it}, on furniture or a wall", _near_raised, (0.05, 2.5)),
)
