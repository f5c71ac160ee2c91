"""Data types of a rendered picture: meshes with materials, a sky and a sun."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, Int, UInt8

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Material:
    """How a surface reflects light. `rgb` is sRGB in [0, 1]; a texture or vertex colours override it.

    `texture` is tiled by the surface's uv, with its first row at v = 0. `cover` is the opacity; it is below
    1 for surfaces such as strings that are too fine to model.
    """

    rgb: Rgb = (0.5, 0.5, 0.5)
    rough: float = 0.6
    metallic: float = 0.0
    specular: float = 0.4
    coat: float = 0.0
    cover: float = 1.0
    texture: UInt8[np.ndarray, "h w 3"] | None = None


@dataclass(frozen=True, slots=True)
class Surface:
    """A mesh with a material. Without `normals`, all of it is shaded `smooth` or flat.

    `part` is its label in ground-truth masks: "person", "object" or "" (surroundings).
    """

    vertices: Float[np.ndarray, "v 3"]
    faces: Int[np.ndarray, "f 3"]
    material: Material = field(default_factory=Material)
    vertex_rgb: Float[np.ndarray, "v 3"] | None = None
    uv: Float[np.ndarray, "v 2"] | None = None
    normals: Float[np.ndarray, "v 3"] | None = None
    smooth: bool = True
    part: str = ""


@dataclass(frozen=True, slots=True)
class Light:
    """Sky and sun; `sun` is the unit vector towards the sun.

    `sky` is linear radiance by latitude and longitude: row 0 is the zenith, column 0 is towards -z, and
    longitude increases towards +x.
    """

    sky: Float[np.ndarray, "h w 3"]
    sun: Float[np.ndarray, " 3"]
    sun_rgb: Rgb


def linear(srgb: np.ndarray | Rgb) -> np.ndarray:
    """SRGB in [0, 1] to linear."""
    value = np.clip(np.asarray(srgb, np.float64), 0, 1)
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def encoded(value: np.ndarray) -> np.ndarray:
    """Linear to sRGB in [0, 1]."""
    value = np.clip(value, 0, 1)
    return np.where(value <= 0.0031308, 12.92 * value, 1.055 * value ** (1 / 2.4) - 0.055)
