"""What people do with things: one table of interactions a category, written for inverse kinematics.

World axes: y up; a person with no turn faces +z, their left is +x. An object's `forward` and `up`
are those of `FRAMES`. Rotation vectors are radians about the T-pose axes: an arm comes down by
z = -1.3 (left) or +1.3 (right), a left elbow bends by -y, a right one by +y, hips flex by -x, knees
by +x. Mirror twins are made by `mirrored`, not written down.
"""

from dataclasses import dataclass, replace

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


def mirrored(one: Interaction, name: str, share: float) -> Interaction:
    """The same with left and right exchanged."""
    return replace(
        one,
        name=name,
        share=share,
        twin_of=one.name,
        pose=tuple((_swap(j), (r[0], -r[1], -r[2])) for j, r in one.pose),
        other=tuple((_swap(j), (r[0], -r[1], -r[2])) for j, r in one.other),
        contacts=tuple(replace(c, place=_swap(c.place), spot=_swap_spot(c.spot)) for c in one.contacts),
        aligns=tuple(
            replace(a, direction=_flip(a.direction, a.axis == "side"), frame=_swap(a.frame))
            for a in one.aligns
        ),
        ground=tuple(map(_swap, one.ground)),
        balance=tuple(map(_swap, one.balance)),
        across=tuple(map(_swap, one.across)),
        gaze=_flip(one.gaze),
        facing_deg=(-one.facing_deg[1], -one.facing_deg[0]),
    )


def _swap(name: str) -> str:
    if name.startswith("left_"):
        return "right_" + name.removeprefix("left_")
    if name.startswith("right_"):
        return "left_" + name.removeprefix("right_")
    return name


def _swap_spot(spot: Spot) -> Spot:
    if isinstance(spot, str):
        return _swap(spot)
    if isinstance(spot[0], str) and isinstance(spot[1], str):
        return _swap(spot[0]), _swap(spot[1]), spot[2]
    return spot[0], spot[1], -spot[2]  # pyright: ignore[reportReturnType]


def _flip(direction: Vector, negative: bool = False) -> Vector:
    x, y, z = direction
    return (x, -y, -z) if negative else (-x, y, z)
