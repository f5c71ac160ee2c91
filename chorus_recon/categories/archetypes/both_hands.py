"""Archetypes of things in both hands or under an arm: read, shown, lifted, carried."""

from dataclasses import replace

from chorus_recon.categories.archetypes.archetype import (
    FACING_AHEAD,
    STANDING,
    UPRIGHT,
    Archetype,
    Extent,
    pair,
    two_sided,
)
from chorus_recon.categories.poses import (
    LEFT_DOWN,
    SEATED_LEGS,
    STAND,
    STANDING_LEGS,
    STRIDE,
    Pose,
    arm,
    lean,
    legs,
)
from chorus_recon.categories.schema import Align, Contact, Interaction

_HELD = replace(STANDING, verb="holds")
_NEAR = (*arm("left", 0.25, -0.95, 0.15, 1.5), *arm("right", -0.25, -0.95, 0.15, 1.5))
_FAR = (*arm("left", 0.3, -0.8, 0.5, 1.4), *arm("right", -0.3, -0.8, 0.5, 1.4))
_LOOKS_DOWN: Pose = (("neck", (0.3, 0.0, 0.0)), ("head", (0.15, 0.0, 0.0)))
_ACROSS = 1.4  # things that are longer than that many widths are hugged across the chest
_READING_M = 0.36  # from the mouth to the page


def _before_eyes(size: Extent) -> tuple[Interaction, ...]:
    """A camera or binoculars: the eyes behind it, a hand at each side."""
    row = replace(
        _HELD,
        name="before_eyes",
        verb="looks through",
        pose=(*STAND, *arm("left", 0.3, -0.5, 0.8, 2.2, -0.8), *arm("right", -0.3, -0.5, 0.8, 2.2, -0.8)),
        other=(
            *lean(0.1, 0.1),
            *legs(0.2, 0.25, 0.12),
            *arm("left", 0.45, -0.3, 0.8, 2.1, -0.8),
            *arm("right", -0.45, -0.3, 0.8, 2.1, -0.8),
        ),
        contacts=(
            Contact("forehead", size.spot(-1.0, forward_m=-0.03, up_m=0.055), 0.0, 0.02),
            *pair("palm", size.spot(0.1, -0.4, 1.0), size.spot(0.1, -0.4, -1.0), 0.01, 0.03),
        ),
        aligns=(
            Align("forward", (0.0, 0.0, 1.0), spread_deg=8.0, sigma_deg=8.0),
            Align("up", (0.0, 1.0, 0.0), spread_deg=8.0, sigma_deg=8.0),
        ),
        gaze=(0.0, 0.0, 1.0),
    )
    return (row,)


def _read(size: Extent) -> tuple[Interaction, ...]:
    """A broad face before the eyes, a hand at each lower edge."""
    face = size.thin
    across = "side" if face != "side" else "forward"
    top = size.other(face, across)
    left = -1.0 if face == "forward" else 1.0  # the reader's left is the right of what faces the reader
    hands = pair(
        "palm",
        size.on({across: 0.95 * left, top: -0.5}),
        size.on({across: -0.95 * left, top: -0.5}),
        0.012,
        0.02,
    )
    eyes = Contact("mouth", size.on({face: 2 * _READING_M / size.along(face)}), 0.0, 0.1)
    seen = Align(face, (0.0, 0.6, -0.8), spread_deg=14.0, sigma_deg=10.0)
    upward = Align(top, (0.0, 0.8, 0.6), spread_deg=12.0, sigma_deg=10.0)
    standing = replace(
        _HELD,
        name="read",
        verb="reads",
        share=0.45,
        pose=(*STAND, *_NEAR, *_LOOKS_DOWN),
        other=(*STAND, *_FAR, *_LOOKS_DOWN),
        contacts=(*hands, eyes),
        aligns=(seen, upward),
        gaze=(0.0, -0.6, 0.8),
    )
    seated = replace(
        standing,
        name="read_seated",
        share=0.55,
        pose=(*lean(-0.1, 0.2), *SEATED_LEGS, *_NEAR, *_LOOKS_DOWN),
        other=(*lean(0.1, 0.3), *legs(1.6, 1.5, 0.08, 0.0), *_FAR, *_LOOKS_DOWN),
        ground=(),
        balance=(),
    )
    return standing, seated


def _show(size: Extent) -> tuple[Interaction, ...]:
    """A sign, a picture or a banner: its front faces away from the person, a hand at each side.

    What lies flat (a flag, a cushion) is held up by its sides, so that its top faces away.
    """
    flat = size.thin == "up"
    face, top, left = ("up", "forward", -1.0) if flat else ("forward", "up", 1.0)
    hands = (size.on({top: -0.2, "side": left}), size.on({top: -0.2, "side": -left}))
    row = replace(
        _HELD,
        name="show",
        verb="shows",
        pose=(*STAND, *_NEAR),
        other=(*STAND, *arm("left", 0.4, -0.3, 0.85, 1.0, -0.8), *arm("right", -0.4, -0.3, 0.85, 1.0, -0.8)),
        contacts=pair("palm", *hands, 0.01, 0.03),
        aligns=(
            Align(face, (0.0, 0.1, 1.0), spread_deg=12.0, sigma_deg=8.0),
            Align(top, (0.0, 1.0, 0.0), spread_deg=8.0, sigma_deg=8.0),
        ),
        gaze=(0.0, 0.0, 1.0),
    )
    return (row,)


def _palms(size: Extent, low: bool) -> tuple[tuple[Contact, ...], tuple[Align, ...]]:
    """Contacts and directions of a thing between the palms, its longer horizontal axis across the body."""
    across = size.level
    turn = Align("forward", (1.0, 0.0, 0.0), spread_deg=8.0, sigma_deg=6.0)
    if across == "side":
        turn = FACING_AHEAD
    height = -0.5 if low else 0.0
    contacts = pair(
        "palm", size.on({across: 0.98, "up": height}), size.on({across: -0.98, "up": height}), 0.01
    )
    return contacts, (
        UPRIGHT,
        turn,
        Align(across, (0.0, 1.0, 0.0), "left_hand", 8.0, 25.0),
        Align(across, (0.0, -1.0, 0.0), "right_hand", 8.0, 25.0),
    )


def _between_palms(size: Extent) -> tuple[Interaction, ...]:
    contacts, aligns = _palms(size, low=size.height_m > 0.25)
    held = replace(
        _HELD,
        name="between_palms",
        share=0.75,
        pose=(*STAND, *arm("left", 0.35, -0.9, 0.25, 1.3), *arm("right", -0.35, -0.9, 0.25, 1.3)),
        other=(*STAND, *arm("left", 0.4, -0.7, 0.6, 1.4), *arm("right", -0.4, -0.7, 0.6, 1.4)),
        contacts=contacts,
        aligns=aligns,
        gaze=(0.0, -0.3, 1.0),
        facing_deg=(-5.0, 5.0),
    )
    low = replace(
        held,
        name="between_palms_lift",
        verb="lifts",
        share=0.25,
        pose=(
            *lean(0.5, 0.5),
            *legs(1.1, 1.2, 0.2),
            *arm("left", 0.25, -0.75, 0.6, 0.3),
            *arm("right", -0.25, -0.75, 0.6, 0.3),
        ),
        other=(
            *lean(0.25, 0.3),
            *legs(0.6, 0.8, 0.18),
            *arm("left", 0.25, -0.7, 0.7, 0.4),
            *arm("right", -0.25, -0.7, 0.7, 0.4),
        ),
        gaze=(0.0, -0.6, 0.8),
    )
    return held, low


def _overhead(size: Extent) -> tuple[Interaction, ...]:
    contacts, aligns = _palms(size, low=False)
    wide = size.along(size.level) > 0.7  # hands grasp it from below
    if wide:
        reach = 0.5 / size.along(size.level)
        contacts = pair("palm", size.on({size.level: reach}), size.on({size.level: -reach}), size.least_m)
    row = replace(
        _HELD,
        name="overhead",
        verb="lifts overhead",
        pose=(
            *lean(-0.05, -0.05),
            *legs(0.15, 0.25, 0.1),
            *arm("left", 0.25, 0.9, 0.25, 0.6, -1.3),
            *arm("right", -0.25, 0.9, 0.25, 0.6, -1.3),
        ),
        other=(
            *lean(0.05, 0.05),
            *legs(0.1, 0.15, 0.1),
            *arm("left", 0.35, 0.6, 0.7, 0.6, -1.2),
            *arm("right", -0.35, 0.6, 0.7, 0.6, -1.2),
        ),
        contacts=contacts,
        aligns=aligns[: 2 if wide else 4],
        gaze=(0.0, 0.1, 1.0),
        facing_deg=(-5.0, 5.0),
    )
    return (row,)


def _from_below(size: Extent) -> tuple[Interaction, ...]:
    """A tray, a cake, a plate: level, on the palms of both hands."""
    across = size.level
    ahead = FACING_AHEAD if across == "side" else Align("forward", (1.0, 0.0, 0.0), spread_deg=8.0)
    spread = min(0.8, 0.34 / size.along(across))
    row = replace(
        _HELD,
        name="carry_level",
        verb="carries",
        pose=(*STAND, *_NEAR),
        other=(*lean(0.0, 0.05), *STRIDE, *_FAR),
        contacts=pair(
            "palm", size.on({across: spread, "up": -1.0}), size.on({across: -spread, "up": -1.0}), 0.01, 0.02
        ),
        aligns=(
            UPRIGHT,
            ahead,
            Align("up", (0.0, -1.0, 0.0), "left_hand", 8.0, 25.0),
            Align("up", (0.0, -1.0, 0.0), "right_hand", 8.0, 25.0),
        ),
        gaze=(0.0, -0.4, 1.0),
    )
    return (row,)


def _hug(size: Extent) -> tuple[Interaction, ...]:
    """Against the chest, both hands on its far side; a long thing lies across."""
    ahead = (0.0, 0.0, 1.0)
    chest = Contact("chest", size.spot(-1.0, 0.35), 0.0, 0.03)
    palms = pair("palm", size.spot(0.8, -0.35, 0.5), size.spot(0.8, -0.35, -0.5), 0.01, 0.035)
    if size.length_m > _ACROSS * size.width_m:  # forward to the left, so that its left side is at the chest
        ahead = (1.0, 0.0, 0.0)
        reach = min(0.5, 0.3 / size.length_m)
        chest = Contact("chest", size.spot(0.0, 0.35, 1.0), 0.0, 0.03)
        palms = pair("palm", size.spot(reach, -0.35, -0.8), size.spot(-reach, -0.35, -0.8), 0.01, 0.035)
    row = replace(
        _HELD,
        name="hug",
        verb="hugs",
        pose=(*STAND, *arm("left", 0.35, -0.9, 0.25, 1.9, 0.4), *arm("right", -0.35, -0.9, 0.25, 1.9, 0.4)),
        other=(
            *lean(0.0, 0.1),
            *STANDING_LEGS,
            *arm("left", 0.4, -0.75, 0.5, 1.8, 0.2),
            *arm("right", -0.4, -0.75, 0.5, 1.8, 0.2),
        ),
        contacts=(chest, *palms),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), spread_deg=12.0, sigma_deg=10.0),
            Align("forward", ahead, spread_deg=15.0, sigma_deg=12.0),
        ),
        gaze=(0.0, -0.2, 1.0),
    )
    return (row,)


def _under_arm(size: Extent) -> tuple[Interaction, ...]:
    """The broad face against the side, the long axis ahead, fingers around the lower edge."""
    thin, long = size.thin, size.long
    low = size.other(thin, long)
    row = replace(
        _HELD,
        name="under_arm_right",
        verb="carries",
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.45, -0.95, -0.05, 0.6)),
        other=(*lean(0.0, 0.05), *STRIDE, *LEFT_DOWN, *arm("right", -0.55, -0.85, -0.15, 1.0)),
        contacts=(
            Contact("right_palm", size.on({low: -0.9, thin: -0.4, long: 0.1}), 0.01, 0.02),
            Contact("right_flank", size.on({thin: 0.98, low: 0.3}), 0.0, 0.04),
        ),
        aligns=(
            Align(thin, (1.0, 0.0, 0.0), spread_deg=12.0, sigma_deg=8.0),
            Align(long, (0.0, 0.1, 1.0), spread_deg=14.0, sigma_deg=8.0),
        ),
        gaze=(0.0, 0.0, 1.0),
    )
    return two_sided(row)


ARCHETYPES = (
    Archetype("before_eyes", "looks through {it}", _before_eyes, (0.05, 0.5)),
    Archetype("read", "reads {it}", _read, (0.05, 0.9)),
    Archetype("show", "shows {it}", _show, (0.06, 1.3)),
    Archetype("between_palms", "holds {it} with both hands", _between_palms, (0.05, 1.1)),
    Archetype("overhead", "lifts {it} overhead", _overhead, (0.08, 3.0)),
    Archetype("carry_level", "carries {it} with both hands", _from_below, (0.12, 1.0)),
    Archetype("hug", "hugs {it}", _hug, (0.12, 1.2)),
    Archetype("under_arm", "carries {it} under one arm", _under_arm, (0.12, 3.0)),
)
