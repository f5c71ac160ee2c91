"""The data types of archetypes: the size of an object, and a way to use objects of such a size."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from chorus_recon.categories.mirror import mirrored
from chorus_recon.categories.poses import LEFT_DOWN, RIGHT_DOWN, SOLES, STAND
from chorus_recon.categories.schema import Align, Contact, Interaction, Spot, Vector

# Named points that every shape has, whether a family, a template or a mesh of the user's: see `places.py`.
ANCHORS = (
    "grip",
    "near_grip",
    "far_grip",
    "middle",
    "tip",
    "handle",
    "lip",
    "seat",
    "left_seat",
    "right_seat",
    "back",
    "saddle",
    "left_handle",
    "right_handle",
    "left_pedal",
    "right_pedal",
)
HELD_RIGHT = 0.62  # of things held in one hand; people also hold things in the other hand
SKILLED_RIGHT = 0.85  # of strokes, throws, kicks and tools


@dataclass(frozen=True, slots=True)
class Extent:
    """The typical size of an object along its own axes, metres.

    Attributes:
        length_m: along forward: front to back, or from the grip to the head of a tool.
        width_m: along side.
        height_m: along up.
    """

    length_m: float
    width_m: float
    height_m: float

    def along(self, axis: str) -> float:
        """The size along "forward", "up" or "side"."""
        return {"forward": self.length_m, "up": self.height_m, "side": self.width_m}[axis]

    @property
    def long(self) -> str:
        """The axis of the largest size."""
        return max(("forward", "up", "side"), key=self.along)

    @property
    def thin(self) -> str:
        """The axis of the smallest size."""
        return min(("up", "side", "forward"), key=self.along)

    @property
    def level(self) -> str:
        """The longer horizontal axis of an object that stands upright."""
        return "forward" if self.length_m > self.width_m else "side"

    def other(self, *axes: str) -> str:
        """The first axis that is none of `axes`."""
        return next(axis for axis in ("up", "forward", "side") if axis not in axes)

    @property
    def least_m(self) -> float:
        """Half of the smallest size: how far a palm on the broad face is from the middle."""
        return self.along(self.thin) / 2

    def spot(self, forward: float = 0.0, up: float = 0.0, side: float = 0.0, **metres: float) -> Vector:
        """A point in the bounding box, whose faces are at -1 and 1, moved by `metres` along named axes."""
        box = {"forward": forward, "up": up, "side": side}
        f, u, s = (box[axis] + metres.get(axis + "_m", 0.0) / (self.along(axis) / 2) for axis in box)
        return f, u, s

    def on(self, places: dict[str, float]) -> Vector:
        """A point in the bounding box given by axis names, such as {"side": 1.0}."""
        return places.get("forward", 0.0), places.get("up", 0.0), places.get("side", 0.0)


@dataclass(frozen=True, slots=True)
class Archetype:
    """A way to use things.

    Attributes:
        name: the key in the table of nouns, such as "shaft_two_hands".
        text: what the person does, in third person, with `{it}` for the object.
        rows: the interactions for an object of this size. Their shares sum to 1, and no other archetype has
            their names.
        longest_m: the smallest and the largest longest side of things that can be used so.
    """

    name: str
    text: str
    rows: Callable[[Extent], tuple[Interaction, ...]]
    longest_m: tuple[float, float] = (0.01, 3.0)


STANDING = Interaction(
    name="",
    verb="",
    share=1.0,
    pose=(*STAND, *LEFT_DOWN, *RIGHT_DOWN),
    contacts=(),
    aligns=(),
    ground=SOLES,
    own_ground=True,
    balance=SOLES,
    gaze=(0.0, -0.05, 1.0),
    facing_deg=(-20.0, 20.0),
)
UPRIGHT = Align("up", (0.0, 1.0, 0.0), spread_deg=6.0, sigma_deg=5.0)
FACING_AHEAD = Align("forward", (0.0, 0.0, 1.0), spread_deg=14.0, sigma_deg=8.0)
FACING_USER = Align("forward", (0.0, 0.0, -1.0), spread_deg=14.0, sigma_deg=8.0)


def two_sided(*rows: Interaction, right: float = HELD_RIGHT) -> tuple[Interaction, ...]:
    """Each right-sided row with its mirror image; the word "right" of its name becomes "left".

    `right` is the right-sided rows' part of the share.
    """
    made: list[Interaction] = []
    for row in rows:
        part = round(right * row.share, 6)
        made.append(_share(row, part))
        made.append(mirrored(row, _other_side(row.name), round(row.share - part, 6)))
    return tuple(made)


def either_side(*rows: Interaction) -> tuple[Interaction, ...]:
    """Each row with its mirror image, half of the share each; the word "left" of its name becomes "right"."""
    made: list[Interaction] = []
    for row in rows:
        made.append(_share(row, row.share / 2))
        made.append(mirrored(row, _other_side(row.name), row.share / 2))
    return tuple(made)


def pair(
    place: str, left: Spot, right: Spot, lift_m: float = 0.0, sigma_m: float = 0.01
) -> tuple[Contact, Contact]:
    """The same contact of the left and the right `place`, such as "palm"."""
    return (
        Contact(f"left_{place}", left, lift_m, sigma_m),
        Contact(f"right_{place}", right, lift_m, sigma_m),
    )


def _other_side(name: str) -> str:
    swapped = {"left": "right", "right": "left"}
    return "_".join(swapped.get(word, word) for word in name.split("_"))


def _share(row: Interaction, share: float) -> Interaction:
    return replace(row, share=share)
