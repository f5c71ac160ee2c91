"""The data type of a shape family, and the named points that every shape of one has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from chorus_recon.geometry.meshes.solid import Point, Solid

X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Family:
    """Shapes of one kind: x is the object's left, y is up, z is forward; the bounding box is centred.

    Attributes:
        name: the key in the table of nouns.
        build: makes the mesh from length_m (z), width_m (x), height_m (y) and the proportions, by keyword. It
            may miss these sizes a little; `make` corrects that.
        proportions: the shape's parameters and their defaults, as fractions unless the name ends in _m.
        round_about: "x", "y" or "z" for solids of revolution, "xyz" for a ball, "" for other shapes. They are
            round if their sizes across that axis are equal.
        upright: as in `ObjectShape`.
    """

    name: str
    build: Callable[..., Solid]
    proportions: Mapping[str, float] = field(default_factory=dict)
    round_about: str = ""
    upright: float = 0.0

    def make(self, length_m: float, width_m: float, height_m: float, **proportions: float) -> Solid:
        """The mesh of exactly this size, metres; proportions that are not given have their defaults."""
        given = {**self.proportions, **proportions}
        made = self.build(length_m=length_m, width_m=width_m, height_m=height_m, **given)
        used = np.unique(np.concatenate(made.faces))
        corners = np.concatenate(made.vertices)[used]
        low, high = corners.min(0), corners.max(0)
        factor = np.array([width_m, height_m, length_m]) / (high - low)
        made.vertices = [(chunk - (low + high) / 2) * factor for chunk in made.vertices]
        return made


def finish(
    made: Solid, length_m: float, width_m: float, height_m: float, **given: Point | tuple[Point, Point]
) -> Solid:
    """Name the points of the shape: those given, as a place or as (place, direction), and the usual ones.

    The usual ones are where hands, feet and bodies meet a thing that fills its bounding box: the grip near
    its rear end, the seat on its top, the handles at its rear upper edge.
    """
    for name, (place, direction) in usual(length_m, width_m, height_m).items():
        chosen = given.get(name, place)
        if isinstance(chosen[0], tuple) and isinstance(chosen[1], tuple):
            made.anchor(name, chosen[0], chosen[1])
        else:
            made.anchor(name, chosen, direction)  # pyright: ignore[reportArgumentType]
    return made


def usual(length_m: float, width_m: float, height_m: float) -> dict[str, tuple[Point, Point]]:
    """Name -> (place, direction) of the points of a thing that fills its bounding box."""
    rear, top = -length_m / 2, height_m / 2
    grip = rear + min(max(0.06, 0.1 * length_m), 0.35 * length_m)
    near = min(grip + 0.1, 0.2 * length_m)
    far = min(grip + max(0.1, 0.38 * length_m), 0.35 * length_m)
    side = width_m / 2
    return {
        "grip": ((0.0, 0.0, grip), Z),
        "near_grip": ((0.0, 0.0, near), Z),
        "far_grip": ((0.0, 0.0, far), Z),
        "middle": ((0.0, 0.0, 0.0), Z if length_m >= height_m else Y),
        "tip": ((0.0, 0.0, -rear), Z),
        "handle": ((0.0, top, 0.0), Z),
        "lip": ((0.0, top, 0.95 * rear), Y),
        "seat": ((0.0, top, 0.0), Y),
        "left_seat": ((0.55 * side, top, 0.0), Y),
        "right_seat": ((-0.55 * side, top, 0.0), Y),
        "back": ((0.0, 0.5 * top, rear), Z),
        "saddle": ((0.0, top, 0.2 * rear), Y),
        "left_handle": ((min(0.25, 0.8 * side), 0.9 * top, rear), X),
        "right_handle": ((-min(0.25, 0.8 * side), 0.9 * top, rear), X),
        "left_pedal": ((side, -0.3 * top, 0.0), Y),
        "right_pedal": ((-side, -0.3 * top, 0.0), Y),
    }
