"""View phrases that are appended to prompts, so that pictures show an interaction from many sides.

CHORUS (ICCV 2023) appends each of 22 phrases to every prompt.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """A view phrase, and the view that it names, if any.

    `azimuths_deg` are possible directions from the person to the camera (0: the person's left, 90: the
    front, as in `types.ViewBins`), `elevation_deg` is the camera's elevation, `avoid` the negative prompt.
    """

    phrase: str
    azimuths_deg: tuple[float, ...] = ()
    elevation_deg: float | None = None
    avoid: str = ""


_SIDES, _BACK, _FRONT = (0.0, 180.0), (270.0,), (90.0,)

# The published list, in its order. Selfies and faces are seen from the front.
VIEWS: tuple[View, ...] = (
    View(""),
    View(", side view", _SIDES),
    View(", back view", _BACK),
    View(", front view", _FRONT),
    View(", top view", (), 75.0),
    View(", bottom view", (), -30.0),
    View(", realistic photo"),
    View(", seen from side", _SIDES),
    View(", seen from back", _BACK),
    View(", seen from various views"),
    View(", seen from close view"),
    View(", seen from far away"),
    View(", scenic view"),
    View(", full body photo"),
    View(", hand photo"),
    View(", face photo", _FRONT),
    View(", photo taken close to hand"),
    View(", photo taken close to face", _FRONT),
    View(", selfie", _FRONT),
    View(", close-up photo"),
    View(", hand only"),
    View(", face only", _FRONT),
)

_PARTS = (  # phrases for pictures that do not show the whole body
    ", hand photo",
    ", face photo",
    ", photo taken close to hand",
    ", photo taken close to face",
    ", selfie",
    ", close-up photo",
    ", hand only",
    ", face only",
    ", seen from close view",
)
_DIAGONAL_FRONT, _DIAGONAL_BACK = (45.0, 135.0), (225.0, 315.0)

# Views of whole bodies (screening rejects pictures of a face or hand only), including the diagonal views
# that no published phrase names, with negative prompts for generators that accept them.
BODY_VIEWS: tuple[View, ...] = (
    *(view for view in VIEWS if view.phrase not in _PARTS and not view.azimuths_deg),
    View(", side view, full body", _SIDES, None, "front view, back view"),
    View(", seen from the side", _SIDES, None, "front view, back view"),
    View(", back view, full body", _BACK, None, "front view, face"),
    View(", seen from behind", _BACK, None, "front view, face"),
    View(", front view, full body", _FRONT, None, "back view, side view"),
    View(", three-quarter view from the front", _DIAGONAL_FRONT, None, "back view"),
    View(", three-quarter view from behind", _DIAGONAL_BACK, None, "front view, face"),
    View(", seen from above", (), 50.0, "eye level view"),
    View(", low angle shot", (), -25.0, "top view"),
)


def phrases(views: Sequence[View]) -> tuple[str, ...]:
    """The phrases of some views."""
    return tuple(view.phrase for view in views)
