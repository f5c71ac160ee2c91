"""What people do with things: one table of interactions a category, written for inverse kinematics.

World axes: y up; a person with no turn faces +z, their left is +x. An object's `forward` and `up`
are those of `FRAMES`. Rotation vectors are radians about the T-pose axes: an arm comes down by
z = -1.3 (left) or +1.3 (right), a left elbow bends by -y, a right one by +y, hips flex by -x, knees
by +x. Mirror twins are made by `mirrored`, not written down.
"""

from collections.abc import Callable
from dataclasses import dataclass

from chorus_recon.categories.template import Template
from chorus_recon.geometry.grid import PAPER_GRID, cube
from chorus_recon.types import VoxelGrid

Vector = tuple[float, float, float]
Between = tuple[str, str, float]  # a share of the way from one anchor to another
# An anchor's name, a place between two, or one in the bounding box: (forward, up, side) in [-1, 1].
Spot = str | Between | Vector


@dataclass(frozen=True, slots=True)
class Contact:
    """A place of the body on a spot of the object.

    `lift_m` is the gap left along the skin's normal, `sigma_m` how exactly it must hold. With
    `turning` the spot rides on a crank that stands at any angle (pedals).
    """

    place: str
    spot: Spot
    lift_m: float = 0.0
    sigma_m: float = 0.01
    turning: bool = False


@dataclass(frozen=True, slots=True)
class Align:
    """An axis of the object points in a direction fixed in the world or on a joint (T-pose axes)."""

    axis: str
    direction: Vector
    frame: str = "world"
    spread_deg: float = 8.0
    sigma_deg: float = 4.0


@dataclass(frozen=True, slots=True)
class Interaction:
    """How one person uses one thing.

    The starting pose lies anywhere between `pose` and `other`, loosened by `loose_rad`. `ground` are
    soles that stand on the ground: the one under the object, or (`own_ground`) whatever the feet
    find. `balance` are the places whose middle carries the pelvis, `across` hands whose fingers close
    around the grip rather than point along it. `facing_deg` turns the person about y. `kinds` names the
    shapes of the category that it is done with; none means all that have the anchors.
    """

    name: str
    verb: str
    share: float
    pose: tuple[tuple[str, Vector], ...]
    contacts: tuple[Contact, ...]
    aligns: tuple[Align, ...]
    other: tuple[tuple[str, Vector], ...] = ()
    ground: tuple[str, ...] = ()
    balance: tuple[str, ...] = ()
    across: tuple[str, ...] = ()
    gaze: Vector = (0.0, -0.1, 1.0)
    facing_deg: tuple[float, float] = (-10.0, 10.0)
    loose_rad: float = 0.12
    own_ground: bool = False
    twin_of: str = ""  # the row that this one mirrors
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """Which axes of an object's own frame the tables mean by forward and up."""

    forward: Vector
    up: Vector


LEVEL_FRAME = Frame(forward=(0.0, 0.0, 1.0), up=(0.0, 1.0, 0.0))
BAR = Frame(forward=(1.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))
SHAFT = Frame(forward=(0.0, 1.0, 0.0), up=(0.0, 0.0, 1.0))  # from the grip to the head; the face's normal
# what hands reach about the pelvis (right, up, forward), in voxels of which a cup fills more than one
HANDS = VoxelGrid((-1.155, -0.84, -0.595), 0.035, (66, 58, 46))
WIDE = cube(3.5, 52)  # for what reaches far from the pelvis: a raised racket, a ball in play, a kite's line


@dataclass(frozen=True, slots=True)
class Predicate:
    """What a person does with a thing, in third person; `{it}` marks the place of the thing.

    `shows` names the interactions of the category that show it. It is empty where none can.
    """

    text: str
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Category:
    """Everything known of a category of objects.

    Attributes:
        name: the key, lower case with underscores.
        templates: parametric shapes, most likely first. Means and spreads are of things on sale and in use
            (makers' size charts), not of any data set.
        interactions: gives the table of interactions.
        predicates: what people do with it. The first are done most.
        frame: the object's axes that the interactions mean by forward and up.
        grid: holds the object around the canonical and around any posed body. Voxels of 6 cm match the
            accuracy of a fitted pose; smaller ones help only for what fits in a hand.
        thicken_px: widens in pictures what is thinner than a voxel; 0 leaves it as it is.
        far_from_body: a tenth or more of it lies further from the body than canonical space bends with it
            (`warp.FAR_M`).
        noun: the word in prompts where speech has a plainer one than the name.
        synonyms: other nouns for it.
        lookalikes: COCO classes that a detector takes it for.
        settings: surroundings of rendered photos, from `surroundings.SETTINGS`.
        occasions: clothing in rendered photos, from `wardrobe.OCCASIONS`.
        afloat: beginnings of the names of interactions on the water.
        held_by_edge: hands lie flat on it rather than close around it.
        printed: its white parts are often another colour.
        sheer_rgb: colours of parts that let light through, such as a string bed.
    """

    name: str
    templates: tuple[Template, ...]
    interactions: Callable[[], tuple[Interaction, ...]]
    predicates: tuple[Predicate, ...] = ()
    frame: Frame = LEVEL_FRAME
    grid: VoxelGrid = PAPER_GRID
    thicken_px: int = 0
    far_from_body: bool = False
    noun: str = ""
    synonyms: tuple[str, ...] = ()
    lookalikes: tuple[str, ...] = ()
    settings: tuple[str, ...] = ("plaza", "park", "room")
    occasions: tuple[str, ...] = ("street",)
    afloat: tuple[str, ...] = ()
    held_by_edge: bool = False
    printed: bool = False
    sheer_rgb: tuple[tuple[int, int, int], ...] = ()

    @property
    def spoken(self) -> str:
        """The noun in prompts."""
        return self.noun or self.name.replace("_", " ")
