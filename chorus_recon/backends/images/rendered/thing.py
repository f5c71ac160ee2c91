"""Assign materials (paint, metal, rubber, plastic) to the parts of an object's mesh by their colours."""

import colorsys

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from trimesh.grouping import unique_rows

from chorus_recon.backends.images.rendered.surfaces import Material, Surface
from chorus_recon.categories.schema import Category
from chorus_recon.geometry.meshes import creases

DARK, COLOURED = 0.27, 0.22  # value below which a part is rubber; saturation above which it is paint


def draw(
    vertices: Float[np.ndarray, "v 3"],
    local: Float[np.ndarray, "v 3"],
    faces: Int[np.ndarray, "f 3"],
    face_rgb: UInt8[np.ndarray, "f 3"],
    category: Category,
    rng: np.random.Generator,
) -> list[Surface]:
    """The surfaces of an object; `vertices` are in the world, `local` the same vertices in the object frame.

    Painted parts get random colours; parts of the same hue keep a common hue.
    """
    turn, fade, bright = rng.uniform(0, 1), rng.uniform(0.45, 1.15), rng.uniform(0.7, 1.25)
    colours, which = np.unique(face_rgb, axis=0, return_inverse=True)
    made = []
    for number, colour in enumerate(colours):
        mine = faces[which.ravel() == number]
        used, mine = np.unique(mine, return_inverse=True)
        made.append(
            _part(
                vertices[used],
                local[used],
                mine.reshape(-1, 3),
                colour / 255.0,
                category,
                (turn, fade, bright),
                rng,
            )
        )
    return made


def _part(
    vertices: np.ndarray,
    local: np.ndarray,
    faces: np.ndarray,
    rgb: np.ndarray,
    category: Category,
    repaint: tuple[float, float, float],
    rng: np.random.Generator,
) -> Surface:
    hue, saturation, value = colorsys.rgb_to_hsv(*rgb)
    if tuple((rgb * 255).round()) in category.sheer_rgb:
        return _shaded(vertices, faces, Material(tuple(rgb), 0.5, cover=0.4))
    if category.printed and value > 0.8 and saturation < 0.1 and rng.random() < 0.5:
        new = colorsys.hsv_to_rgb(rng.uniform(), rng.uniform(0.1, 0.8), rng.uniform(0.6, 0.95))
        return _shaded(vertices, faces, Material(new, 0.25, specular=0.5, coat=1.0))
    if saturation > COLOURED and not 0.05 < hue < 0.12:  # paint; what is brown is wood or leather
        new = colorsys.hsv_to_rgb(
            (hue + repaint[0]) % 1, min(saturation * repaint[1], 1), min(value * repaint[2], 1)
        )
        return _shaded(vertices, faces, Material(new, 0.25, specular=0.5, coat=1.0))
    if value < DARK:
        return _shaded(vertices, faces, Material(tuple(rgb), 0.55, specular=0.4))
    if saturation < 0.1 and value < 0.75:
        return _shaded(vertices, faces, Material(tuple(rgb), 0.28, metallic=0.85))
    return _shaded(vertices, faces, Material(tuple(rgb), 0.35, specular=0.5, coat=0.5))


def _shaded(vertices: np.ndarray, faces: np.ndarray, material: Material) -> Surface:
    """A surface with smooth normals on round parts and sharp creases; vertices at creases are split."""
    corners = creases.corner_normals(torch.from_numpy(vertices), torch.from_numpy(faces)).reshape(-1, 3)
    first, which = unique_rows(np.column_stack([vertices[faces].reshape(-1, 3), corners.numpy()]), digits=5)
    points = vertices[faces].reshape(-1, 3)[first]
    return Surface(points, which.reshape(-1, 3), material, normals=corners.numpy()[first], part="object")
