"""Data types of a rendered picture: meshes with materials, a sky and a sun."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, Int, UInt8

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Material:
    """How a surface answers light. `rgb` is sRGB in [0, 1], unless a texture or vertex colours say it.

    `texture` is tiled by the surface's uv, its first row at v = 0. A `cover` below 1 is the share of the
    light that is stopped (by strings too fine to draw).
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
    """A mesh; without `normals` it is `smooth` everywhere or nowhere.

    `part` says what it is in truth: "person", "object" or "" (surroundings).
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
    """`sky` is linear radiance over longitude and latitude (row 0 straight up); the sun comes from `sun`.

    Column 0 is towards -z, and longitude grows towards +x.
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
