"""Data types of a category of objects: its interactions, its words and how it is rendered.

Each category has a table of interactions, one `Interaction` per row. Inverse kinematics turns the rows into
scenes (`backends/images/scenes`). The world's y axis is up. An unturned person faces +z, with the left at +x.
The axes `forward` and `up` of an object are those of `Category.frame`; `side` is its left.

Poses are rotation vectors (radians) about the axes of the T-pose. An arm hangs down at z = -1.3 (left) or
+1.3 (right); a left elbow bends by -y and a right one by +y; hips flex by -x and knees by +x. Tables list one
side; the functions of `mirror.py` make the other.
"""

from collections.abc import Callable
from dataclasses import dataclass

from chorus_recon.categories.template import Template
from chorus_recon.geometry.grid import PAPER_GRID, cube
from chorus_recon.types import VoxelGrid

Vector = tuple[float, float, float]
Between = tuple[str, str, float]  # two anchors, and the fraction of the way from the first to the second
# A point of the object: an anchor's name, a point between two anchors, or (forward, up, side) in the bounding
# box, whose faces are at -1 and 1. Values beyond them are outside the object.
Spot = str | Between | Vector


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact between a place of the body and a spot of the object.

    Attributes:
        place: a place of the body, a key of `ik.Rig.slices`.
        spot: a point of the object.
        lift_m: gap along the normal of the skin, metres.
        sigma_m: standard deviation of the distance, metres.
        turning: the spot is on a crank (a pedal), whose angle is drawn at random.
    """

    place: str
    spot: Spot
    lift_m: float = 0.0
    sigma_m: float = 0.01
    turning: bool = False


@dataclass(frozen=True, slots=True)
class Align:
    """The direction of an axis of the object.

    Attributes:
        axis: "forward", "up" or "side".
        direction: where the axis points, in the axes of `frame`.
        frame: "world", or a joint's name for its T-pose axes.
        spread_deg: scatter of the direction over the scenes, degrees.
        sigma_deg: standard deviation of the angle to the direction in one scene, degrees.
    """

    axis: str
    direction: Vector
    frame: str = "world"
    spread_deg: float = 8.0
    sigma_deg: float = 4.0


@dataclass(frozen=True, slots=True)
class Interaction:
    """One way in which one person uses one object.

    Attributes:
        name: unique within the category; it becomes the name of the cluster.
        verb: in third person, such as "sits on".
        said: what is done, with `{it}` for the object, where verb and contacts do not say it (`words.said`).
        share: how often people use the object in this way, as a fraction of all uses.
        pose: rotation vectors of joints, radians. The key pose of a scene is a random point between `pose`
            and `other`.
        contacts: contacts of body and object.
        aligns: directions of the object.
        other: the other end of the key poses; empty for `pose` alone.
        ground: soles or balls of the feet that stand on the ground.
        balance: places whose mean is below the trunk; empty where the person is not in balance.
        across: hands that close around the grip. Their fingers are perpendicular to it.
        gaze: direction of the face in the world.
        facing_deg: interval of the turn of the person about y, degrees.
        loose_rad: standard deviation of the noise on the key pose, radians.
        own_ground: the ground is below the feet, not below the object.
        shift_m: opposite corners (forward, up, side) of a box in the object's axes, metres. Each scene moves
            the spots of all contacts by one random point of it, so that the object is near the body but in no
            fixed place. None: the spots stay.
        around: joints of the limbs that a garment is worn around; it yields to them, so it may run into them.
        twin_of: the name of the interaction that this one mirrors.
        kinds: names of the shapes to use; empty for all shapes that have the anchors.
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
    shift_m: tuple[Vector, Vector] | None = None
    around: tuple[str, ...] = ()
    said: str = ""
    twin_of: str = ""
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """The axes of an object's mesh that the tables call forward and up."""

    forward: Vector
    up: Vector


LEVEL_FRAME = Frame(forward=(0.0, 0.0, 1.0), up=(0.0, 1.0, 0.0))
BAR = Frame(forward=(1.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))
SHAFT = Frame(forward=(0.0, 1.0, 0.0), up=(0.0, 0.0, 1.0))  # grip to head; the normal of the face
# The space around the pelvis that hands reach (right, up, forward). A cup is larger than a voxel.
HANDS = VoxelGrid((-1.155, -0.84, -0.595), 0.035, (66, 58, 46))
WIDE = cube(3.5, 52)  # for objects far from the pelvis: a raised racket, a ball in play, the line of a kite


@dataclass(frozen=True, slots=True)
class Predicate:
    """What a person does with an object.

    Attributes:
        text: in third person, with `{it}` for the object.
        shows: names of the interactions of the category that show it; empty where none does.
    """

    text: str
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Category:
    """Everything the package knows about a category of objects.

    Attributes:
        name: the key, lower case with underscores.
        longest_side_m: the longest side of the smallest and the largest object in use.
        used_with: the parts of the person that touch it in use: hands, feet, hips, chest, head.
        templates: parametric shapes, most likely first. Means and spreads are of things on sale and in use
            (makers' size charts), not of any data set.
        interactions: returns the table of interactions.
        predicates: what people do with it, the most frequent first.
        frame: the axes of the mesh that the interactions call forward and up.
        grid: contains the object around the canonical and around any posed body. Voxels of 6 cm match the
            accuracy of a fitted pose; smaller ones help only for objects that fit in a hand.
        thicken_px: by how many pixels masks of objects thinner than a voxel are grown in rendered views.
        far_from_body: a tenth or more of it is further from the body than `warp.FAR_M`, where canonical space
            no longer bends with the body.
        noun: the word for it in prompts, if it is not the name.
        synonyms: other nouns for the same thing.
        loosely: wider and narrower nouns by which people call it ("mug" for a cup).
        related: nouns of other, similar things, for which it is suggested.
        lookalikes: COCO classes that a detector confuses it with.
        settings: surroundings of rendered photos, from `surroundings.SETTINGS`.
        occasions: clothing in rendered photos, from `wardrobe.OCCASIONS`.
        afloat: prefixes of the names of the interactions that are on water.
        held_by_edge: hands hold it flat, without closing around it.
        printed: rendered photos may change the colour of its white parts.
        sheer_rgb: colours of the parts that are partly transparent, such as a string bed.
    """

    name: str
    longest_side_m: tuple[float, float]
    templates: tuple[Template, ...]
    interactions: Callable[[], tuple[Interaction, ...]]
    used_with: tuple[str, ...] = ("hands",)
    predicates: tuple[Predicate, ...] = ()
    frame: Frame = LEVEL_FRAME
    grid: VoxelGrid = PAPER_GRID
    thicken_px: int = 0
    far_from_body: bool = False
    noun: str = ""
    synonyms: tuple[str, ...] = ()
    loosely: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
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
