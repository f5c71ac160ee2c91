"""Interactions with a mobile phone. The screen is its front."""

from dataclasses import replace

from chorus_recon.categories.mirror import left_twins
from chorus_recon.categories.poses import LEFT_DOWN, SEATED_LEGS, SOLES, STAND, arm, lean
from chorus_recon.categories.schema import Align, Contact, Interaction

_IN_HAND = (  # the palm behind it, the top between the fingers and the thumb
    Align("forward", (0.0, -1.0, 0.0), "right_hand", 8.0, 15.0),
    Align("up", (-0.7, 0.0, 0.7), "right_hand", 12.0, 20.0),
)
_BENT = ("neck", (0.3, 0.0, 0.0))
_BOTH = (
    Contact("right_palm", (-1.0, -0.5, 0.8), 0.01, 0.025),
    Contact("left_palm", (-1.0, -0.5, -0.8), 0.01, 0.025),
)
_READ = Interaction(
    "read_right",
    "looks at",
    0.15,
    pose=(*STAND, *LEFT_DOWN, *arm("right", -0.2, -0.95, 0.2, 1.6), _BENT),
    other=(*STAND, *LEFT_DOWN, *arm("right", -0.15, -0.85, 0.5, 1.7), _BENT),
    contacts=(Contact("right_palm", (-1.0, -0.25, 0.0), 0.005),),
    aligns=(
        Align("forward", (0.05, 0.6, -0.8), spread_deg=12.0, sigma_deg=10.0),
        Align("up", (0.0, 0.8, 0.6), spread_deg=12.0, sigma_deg=12.0),
        *_IN_HAND,
    ),
    ground=SOLES,
    own_ground=True,
    balance=SOLES,
    gaze=(0.0, -0.6, 0.8),
)


def cell_phone() -> tuple[Interaction, ...]:
    """Looking at it in one hand or both, standing or seated; talking; taking a picture or a selfie."""
    seated = replace(
        _READ,
        name="read_seated_right",
        share=0.08,
        pose=(*lean(0.0, 0.2), *SEATED_LEGS, *arm("left", 0.25, -0.9, 0.3, 0.9), *_READ.pose[-3:]),
        other=(*lean(0.1, 0.3), *SEATED_LEGS, *arm("left", 0.25, -0.9, 0.3, 0.9), *_READ.other[-3:]),
        ground=(),
        balance=(),
    )
    talk = replace(
        _READ,
        name="talk_right",
        verb="talks on",
        share=0.17,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.45, -0.8, 0.35, 2.4, -0.3)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.75, -0.55, 0.35, 2.4, -0.6)),
        contacts=(*_READ.contacts, Contact("right_ear", (1.0, 0.6, 0.0), 0.0, 0.01)),
        aligns=(
            Align("forward", (1.0, 0.0, -0.15), "head", 8.0, 8.0),
            Align("up", (0.0, 0.85, -0.5), "head", 12.0, 12.0),
            *_IN_HAND,
        ),
        gaze=(0.0, -0.05, 1.0),
    )
    selfie = replace(
        _READ,
        name="selfie_right",
        verb="takes a selfie with",
        share=0.07,
        pose=(*STAND, *LEFT_DOWN, *arm("right", -0.3, 0.0, 0.95, 0.3, -1.0)),
        other=(*STAND, *LEFT_DOWN, *arm("right", -0.45, 0.3, 0.85, 0.4, -1.0)),
        aligns=(
            Align("forward", (0.25, -0.2, -0.95), spread_deg=10.0, sigma_deg=10.0),
            Align("up", (0.0, 1.0, 0.0), spread_deg=12.0, sigma_deg=12.0),
            Align("forward", (0.0, -1.0, 0.0), "right_hand", 8.0, 30.0),
        ),
        gaze=(-0.2, 0.15, 1.0),
    )
    both = replace(
        _READ,
        name="read_both",
        verb="types on",
        share=0.2,
        pose=(*STAND, *arm("left", 0.2, -0.95, 0.2, 1.6), *arm("right", -0.2, -0.95, 0.2, 1.6), _BENT),
        other=(*STAND, *arm("left", 0.15, -0.8, 0.5, 1.6), *arm("right", -0.15, -0.8, 0.5, 1.6), _BENT),
        contacts=_BOTH,
        aligns=_READ.aligns[:2],
    )
    picture = replace(
        both,
        name="photograph_both",
        verb="takes a picture with",
        share=0.12,
        pose=(*STAND, *arm("left", 0.2, -0.4, 0.85, 1.3, -0.9), *arm("right", -0.2, -0.4, 0.85, 1.3, -0.9)),
        other=(*STAND, *arm("left", 0.2, -0.1, 0.95, 0.9, -0.9), *arm("right", -0.2, -0.1, 0.95, 0.9, -0.9)),
        aligns=(
            Align("forward", (0.0, 0.0, -1.0), spread_deg=10.0, sigma_deg=8.0),
            Align("up", (0.0, 1.0, 0.0), spread_deg=10.0, sigma_deg=10.0),
        ),
        gaze=(0.0, -0.05, 1.0),
    )
    rows = (_READ, seated, talk, selfie)
    left = [0.06, 0.04, 0.08, 0.03]
    return (
        *rows,
        both,
        picture,
        *left_twins(rows, left),
    )
