"""Parts that the meshes of boards and skis share."""

import numpy as np

from chorus_recon.geometry.meshes.primitives import plank
from chorus_recon.geometry.meshes.solid import Rgb, Solid, two_tone


def stations(count: int) -> np.ndarray:
    """Coordinates in [-1, 1], denser towards the ends."""
    return np.sin(np.linspace(-1, 1, count) * np.pi / 2)


def board(
    made: Solid,
    z: np.ndarray,
    half: np.ndarray,
    height: np.ndarray,
    thick: float | np.ndarray,
    top: Rgb,
    rest: Rgb,
) -> None:
    """A plank whose upper side has its own colour."""
    vertices, faces = plank(z, half, height, thick)
    upper = np.isin(faces % 8, (4, 5, 6)).all(1)
    made.add((vertices, faces), two_tone(upper, top, rest))


def board_anchors(
    made: Solid, spot: float, width: float, top: float, length: float, rise: float, back: float | None = None
) -> None:
    """The anchors of every board: where feet stand, where hands hold it, and its ends."""
    rear = -spot if back is None else -back * length
    made.anchor("deck_front", (0, top, spot), (0, 1, 0))
    made.anchor("deck_back", (0, top, rear), (0, 1, 0))
    made.anchor("deck_center", (0, top, 0), (0, 1, 0))
    made.anchor("rail_left", (width / 2, 0, 0), (1, 0, 0))
    made.anchor("rail_right", (-width / 2, 0, 0), (-1, 0, 0))
    made.anchor("nose", (0, rise * 0.9, length / 2), (0, 0, 1))
    made.anchor("tail", (0, rise * 0.4, -length / 2), (0, 0, -1))
