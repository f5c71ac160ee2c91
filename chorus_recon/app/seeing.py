"""What is seen in an uploaded photo: people and things, outlined and numbered, to be clicked."""

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from PIL import Image

from chorus_recon.backends.protocols import Segmenter
from chorus_recon.errors import InputError
from chorus_recon.io.images import load_photo
from chorus_recon.perception.look import seen_people
from chorus_recon.perception.things import NEVER_USED
from chorus_recon.pipeline.output.overlay import PEOPLE_PX, people_picture
from chorus_recon.types import Detection, Photo

LEAST = 0.25  # score of things that are shown
MOST = 12  # people, and things, that are outlined

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Seen:
    """A photo and what is in it.

    Attributes:
        path: the uploaded file.
        photo: as read.
        people: from left to right, so that the index is the person's number.
        things: the surest first.
    """

    path: Path
    photo: Photo
    people: list[Detection]
    things: list[Detection]

    def person_at(self, x: float, y: float) -> int | None:
        """The number of the person at a point of the photo, in pixels."""
        return _at(self.people, x, y)

    def thing_at(self, x: float, y: float) -> int | None:
        """The index of the thing at a point of the photo, in pixels."""
        return _at(self.things, x, y)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user has clicked: the person's number, and a thing by its index or a box of their own."""

    person: int | None = None
    thing: int | None = None
    box_px: Box | None = None


def see(path: Path, segmenter: Segmenter) -> Seen:
    """Read a photo, and find and outline its people and things.

    Raises:
        InputError: the file is no photo that can be read.
    """
    photo = load_photo(path)
    found = segmenter.detect(photo)
    people = sorted(seen_people(found), key=lambda one: float(one.box_px[0] + one.box_px[2]))
    things = [one for one in found if one.label.replace(" ", "_") not in NEVER_USED and one.score >= LEAST]
    things = sorted(things, key=lambda one: -one.score)[:MOST]
    outlined = [*sorted(people, key=lambda one: -one.score)[:MOST], *things]
    without = [one for one in outlined if one.mask is None]
    masks = dict(zip(map(id, without), segmenter.segment(photo, without), strict=True)) if without else {}
    people, things = (
        [replace(one, mask=one.mask or masks.get(id(one))) for one in group] for group in (people, things)
    )
    return Seen(path, photo, people, things)


def draw(seen: Seen, choice: Choice) -> Image.Image:
    """The photo with everybody and everything outlined, the chosen ones thicker."""
    return people_picture(
        seen.photo, [*seen.people, *seen.things], choice.person, thing=choice.thing, box_px=choice.box_px
    )


def factor(seen: Seen) -> float:
    """Pixels of the picture that `draw` makes a pixel of the photo."""
    return min(1.0, PEOPLE_PX / max(seen.photo.size_px))


def parse_box(text: str) -> Box:
    """Four numbers, x0,y0,x1,y1 in pixels of the photo.

    Raises:
        InputError: it is something else.
    """
    try:
        x0, y0, x1, y1 = (float(part) for part in text.strip("[]() ").replace(",", " ").split())
    except ValueError:
        raise InputError(
            f"{text!r} is not four numbers.", "Write x0,y0,x1,y1, such as 40,60,200,180."
        ) from None
    return x0, y0, x1, y1


def _at(found: list[Detection], x: float, y: float) -> int | None:
    """The smallest detection at a point: by its mask where it has one, else by its box."""
    hit = [index for index, one in enumerate(found) if _covers(one, x, y)]
    return min(hit, key=lambda index: _area(found[index]), default=None)


def _covers(one: Detection, x: float, y: float) -> bool:
    x0, y0, x1, y1 = (float(v) for v in one.box_px)
    if not (x0 <= x <= x1 and y0 <= y <= y1):
        return False
    if one.mask is None:
        return True
    height, width = one.mask.alpha.shape
    reach = max(3, round(0.01 * max(height, width)))  # thin things are hard to hit
    row, column = min(int(y), height - 1), min(int(x), width - 1)
    near = one.mask.alpha[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1]
    return bool(torch.any(near > 0.5))


def _area(one: Detection) -> float:
    if one.mask is not None:
        return float((one.mask.alpha > 0.5).sum())
    x0, y0, x1, y1 = (float(v) for v in one.box_px)
    return (x1 - x0) * (y1 - y0)
