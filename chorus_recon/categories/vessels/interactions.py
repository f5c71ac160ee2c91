"""How people use bottles, cups and wine glasses, as data: see `interactions.py`. Cups face their handles."""

from dataclasses import replace

from chorus_recon.categories.poses import LEFT_DOWN, RIGHT_DOWN, STAND, arm, lean, legs
from chorus_recon.categories.schema import Align, Contact, Interaction, Spot, mirrored

_SOLES = ("left_sole", "right_sole")
_IN_FIST = Align("up", (-0.15, 0.0, 1.0), "right_hand", 8.0, 12.0)  # out of it on the thumb's side
_BY_HANDLE = (  # the cup beyond the knuckles
    Align("forward", (-0.8, 0.0, -0.4), spread_deg=15.0, sigma_deg=20.0),
    Align("forward", (0.6, 0.8, 0.0), "right_hand", 8.0, 20.0),
)
_SEATED = (*legs(1.45, 1.4, 0.12, 0.0), *arm("left", 0.25, -0.9, 0.3, 0.9))
_NEAR, _FAR = arm("right", -0.3, -0.95, 0.1, 1.5), arm("right", -0.25, -0.8, 0.5, 1.3)
_TO_MOUTH = arm("right", -0.5, -0.75, 0.45, 2.1, -0.3)
_HOLD = Interaction(
    "hold_right",
    "holds",
    0.2,
    pose=(*STAND, *LEFT_DOWN, *_NEAR),
    other=(*STAND, *LEFT_DOWN, *_FAR),
    contacts=(),
    aligns=(Align("up", (0.0, 1.0, 0.0), spread_deg=8.0, sigma_deg=6.0), _IN_FIST),
    across=("right_hand",),
    ground=_SOLES,
    own_ground=True,
    balance=_SOLES,
    gaze=(0.0, -0.05, 1.0),
    facing_deg=(-20.0, 20.0),
)


def bottle() -> tuple[Interaction, ...]:
    """Held, drunk from, poured from and carried."""
    hold, seated, drink = _common("grip", (0.0, 1.0, 0.0), (0.0, 0.0, -1.0))
    pour = replace(
        hold,
        name="pour_right",
        verb="pours from",
        share=0.14,
        pose=(*lean(0.1, 0.1), *STAND[4:], *LEFT_DOWN, *arm("right", -0.35, -0.7, 0.5, 1.1)),
        other=(*lean(0.1, 0.1), *STAND[4:], *LEFT_DOWN, *arm("right", -0.4, -0.4, 0.8, 0.9)),
        aligns=(Align("up", (0.8, -0.3, 0.4), spread_deg=15.0, sigma_deg=10.0), _IN_FIST),
        gaze=(0.2, -0.4, 0.9),
    )
    side = replace(
        hold,
        name="carry_right",
        verb="carries",
        share=0.2,
        pose=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.3, -0.95, 0.1, 0.6)),
        aligns=(Align("up", (0.0, 0.6, 0.8), spread_deg=20.0, sigma_deg=20.0), _IN_FIST),
    )
    return _both_hands(
        (replace(hold, share=0.24), replace(seated, share=0.12), replace(drink, share=0.3), pour, side)
    )


def wine_glass() -> tuple[Interaction, ...]:
    """Held standing or seated by stem or bowl, drunk from, raised to a toast."""
    hold, seated, drink = _common("stem", (-0.85, 1.0, 0.0), (0.0, 0.7, -0.75))
    bowl = replace(hold, name="cradle_right", share=0.14, contacts=(Contact("right_palm", "bowl", 0.04),))
    toast = replace(
        hold,
        name="toast_right",
        verb="raises",
        share=0.14,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.4, -0.3, 0.9, 1.0, -0.7)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.3, 0.1, 0.95, 0.5, -0.7)),
        gaze=(-0.1, 0.05, 1.0),
    )
    return _both_hands(
        (replace(hold, share=0.3), bowl, replace(seated, share=0.18), replace(drink, share=0.24), toast)
    )


def cup() -> tuple[Interaction, ...]:
    """Held by its handle standing or seated, drunk from; warmed by both hands."""
    rows = _common("handle", (0.0, 1.0, -0.8), (0.0, 0.8, -0.6))
    shares = (0.3, 0.22, 0.28)
    one_hand = tuple(
        replace(one, share=share, aligns=(*one.aligns[:2], *_BY_HANDLE))
        for one, share in zip(rows, shares, strict=True)
    )
    warm = replace(
        _HOLD,
        name="hold_both",
        pose=(*STAND, *arm("left", 0.25, -0.9, 0.2, 1.7), *arm("right", -0.25, -0.9, 0.2, 1.7)),
        other=(*STAND, *arm("left", 0.3, -0.8, 0.4, 1.9), *arm("right", -0.3, -0.8, 0.4, 1.9)),
        contacts=(
            Contact("right_palm", (-0.25, 0.0, -0.95), 0.01, 0.015),
            Contact("left_palm", (-0.25, 0.0, 0.95), 0.01, 0.015),
        ),
        aligns=(
            Align("up", (0.0, 1.0, 0.0), spread_deg=8.0, sigma_deg=6.0),
            Align("forward", (0.0, 0.0, 1.0), spread_deg=15.0, sigma_deg=15.0),
            Align("side", (0.0, 1.0, 0.0), "left_hand", 8.0, 20.0),
            Align("side", (0.0, -1.0, 0.0), "right_hand", 8.0, 20.0),
        ),
        across=(),
    )
    return (*_both_hands(one_hand), warm)


def _common(
    grip: str, lip: Spot, tilt: tuple[float, float, float]
) -> tuple[Interaction, Interaction, Interaction]:
    """Held standing, held seated and drunk from: `lip` at the mouth, the vessel's top along `tilt`."""
    hold = replace(_HOLD, contacts=(Contact("right_palm", grip, 0.02, 0.015),))
    seated = replace(
        hold,
        name="hold_seated_right",
        pose=(*lean(0.0, 0.1), *_SEATED, *_NEAR),
        other=(*lean(0.1, 0.2), *_SEATED, *_FAR),
        ground=(),
        balance=(),
    )
    drink = replace(
        hold,
        name="drink_right",
        verb="drinks from",
        pose=(*STAND, *LEFT_DOWN, *_TO_MOUTH),
        other=(*lean(0.0, -0.1), *STAND[4:], *LEFT_DOWN, *arm("right", -0.75, -0.4, 0.5, 2.1, -0.7)),
        contacts=(*hold.contacts, Contact("mouth", lip, 0.0, 0.012)),
        aligns=(
            Align("up", tilt, spread_deg=14.0, sigma_deg=10.0),
            replace(_IN_FIST, sigma_deg=25.0),
            Align("forward", (0.0, 0.5, 1.0), spread_deg=10.0, sigma_deg=40.0),
        ),
        gaze=(0.0, 0.15, 1.0),
    )
    return hold, seated, drink


def _both_hands(rows: tuple[Interaction, ...]) -> tuple[Interaction, ...]:
    """Two in three with the right hand, the rest mirrored."""
    return tuple(
        row
        for one in rows
        for row in (
            replace(one, share=round(one.share * 2 / 3, 4)),
            mirrored(one, one.name.replace("right", "left"), round(one.share / 3, 4)),
        )
    )
