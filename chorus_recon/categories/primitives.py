"""Building blocks that the meshes of several categories share."""

from chorus_recon.geometry.meshes.primitives import plate, rounded
from chorus_recon.geometry.meshes.solid import Chunk


def slab(width: float, height: float, thick: float, corner: float) -> Chunk:
    """A sheet with rounded corners, facing z."""
    return plate(rounded(width / 2, height / 2, corner, 20), thick, (0, 0, 0), "z")
