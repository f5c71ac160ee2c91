"""Object shapes from a user's mesh file."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import trimesh
from trimesh.visual.texture import TextureVisuals

from chorus_recon.backends.shape.alike import find_symmetry, turn_towards
from chorus_recon.errors import InputError
from chorus_recon.types import ObjectShape

UNITS_M = {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254}
USABLE_M = (0.005, 30.0)  # range of sizes outside which a stated unit is an error
PLAUSIBLE_M = (0.03, 6.0)  # range of sizes of things that people use
TYPICAL_FACTOR = 1.6  # largest ratio to the template's size at which a unit is accepted
MAX_FACES = 2_000_000
UPRIGHT = {
    "y": np.eye(3),
    "-y": np.diag([1.0, -1, -1]),
    "z": np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]),
    "-z": np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]),
    "x": np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]),
    "-x": np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]]),
}
_FORMATS = "Pass an OBJ, PLY, STL or GLB file."


def load_mesh(
    path: str | Path,
    *,
    units: str | None = None,
    up: str | None = None,
    like: ObjectShape | None = None,
) -> ObjectShape:
    """Read a mesh in any format of trimesh as a shape in metres, y up, with its bounding box centred.

    Args:
        path: the file; the parts of a scene are merged.
        units: one of m, cm, mm, in. If None, the unit with which the size is about that of `like`, or
            without `like` a plausible size, trying metres first. If there is none, the scale is left
            to be estimated from the photo.
        up: the file's up axis (x, y, z, -x, -y, -z). If None, the axis that agrees best with `like`,
            or without `like` y, as in glTF and OBJ.
        like: a template of the category. The mesh is rotated to its axes (front and up); its anchors
            and shape modes are not used.

    Raises:
        InputError: an option is invalid, or the file is missing, unreadable, empty, without faces or too
            large.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"Mesh {path} does not exist or is not a file.", _FORMATS)
    if units is not None and units not in UNITS_M:
        raise InputError(f"Unknown mesh unit '{units}'.", f"Pass one of {', '.join(UNITS_M)}.")
    if up is not None and up not in UPRIGHT:
        raise InputError(f"Unknown up axis '{up}'.", f"Pass one of {', '.join(UPRIGHT)}.")
    mesh = _read(path)
    used = np.unique(mesh.faces)
    corners = np.asarray(mesh.vertices)[used] @ UPRIGHT[up or "y"].T
    low, high = corners.min(0), corners.max(0)
    extent = float((high - low).max())
    if not math.isfinite(extent) or extent <= 0:
        raise InputError(f"Mesh {path} has no size.", "Pass a mesh with a surface.")
    factor, scale_sd, said = _metres(path, extent, units, like)
    vertices = torch.from_numpy((corners - (low + high) / 2) * factor).float()
    shape = ObjectShape(
        name=path.stem,
        vertices=vertices,
        faces=torch.from_numpy(np.searchsorted(used, mesh.faces)).long(),
        face_rgb=torch.from_numpy(_colours(mesh)),
        modes=torch.zeros(0, len(vertices), 3),
        mode_names=(),
        symmetry="none",
        scale_sd=scale_sd,
        source=f"{path.name} ({said}, {up or 'y'} up)",
    )
    if like is not None:
        shape = _turned(shape, like, keep_up=up is not None)
    return replace(shape, symmetry=find_symmetry(shape.vertices, shape.faces))


def _turned(shape: ObjectShape, like: ObjectShape, keep_up: bool) -> ObjectShape:
    turn = turn_towards(shape.vertices, shape.faces, like.vertices, like.faces, keep_up)
    shape = replace(shape, upright=like.upright)
    if torch.equal(turn, torch.eye(3)):
        return shape
    return replace(
        shape, vertices=shape.vertices @ turn.mT, source=f"{shape.source}, turned to the axes of {like.name}"
    )


def _read(path: Path) -> trimesh.Trimesh:
    try:
        mesh = trimesh.load(path, force="mesh", process=False)
    except Exception as error:
        raise InputError(
            f"Mesh {path} could not be read: {type(error).__name__}: {error}.", _FORMATS
        ) from error
    if not isinstance(mesh, trimesh.Trimesh) or len(mesh.faces) == 0:
        raise InputError(f"Mesh {path} has no faces.", "Pass a triangle mesh, not a point cloud.")
    if len(mesh.faces) > MAX_FACES:
        raise InputError(
            f"Mesh {path} has {len(mesh.faces)} faces, more than {MAX_FACES}.", "Decimate it first."
        )
    if mesh.faces.min() < 0 or mesh.faces.max() >= len(mesh.vertices):
        raise InputError(f"Mesh {path} has faces of vertices it does not have.", "Repair the file.")
    if not np.isfinite(mesh.vertices[mesh.faces]).all():
        raise InputError(f"Mesh {path} has vertices that are not finite numbers.", "Repair the file.")
    return mesh


def _metres(
    path: Path, extent: float, units: str | None, like: ObjectShape | None
) -> tuple[float, float, str]:
    """Factor to metres, remaining standard deviation of ln(scale), and a description of the choice."""
    if units is not None:
        size = extent * UNITS_M[units]
        if not USABLE_M[0] <= size <= USABLE_M[1]:
            raise InputError(
                f"Mesh {path} is {size:g} m long when its unit is {units}.", "Pass its unit: m, cm, mm or in."
            )
        return UNITS_M[units], 0.02, f"in {units}"
    if like is not None:
        typical = float((like.vertices.amax(0) - like.vertices.amin(0)).max())
        off = {unit: abs(math.log(extent * factor / typical)) for unit, factor in UNITS_M.items()}
        unit = min(off, key=lambda u: off[u])
        if off[unit] < math.log(TYPICAL_FACTOR):
            return UNITS_M[unit], 0.1, f"taken to be in {unit}"
        return typical / extent, 0.5, f"scale unknown, made as long as a {like.name}"
    for unit, factor in UNITS_M.items():
        if PLAUSIBLE_M[0] <= extent * factor <= PLAUSIBLE_M[1]:
            return factor, 0.15 if unit == "m" else 0.5, f"taken to be in {unit}"
    return 1.0 / extent, 0.5, "scale unknown, made 1 m long"


def _colours(mesh: trimesh.Trimesh) -> np.ndarray:
    """One colour per face; grey if the file has none."""
    count = len(mesh.faces)
    visual: Any = mesh.visual
    try:
        if isinstance(visual, TextureVisuals) and visual.uv is not None:
            corners = visual.uv[mesh.faces]  # [f 3 2]; a face's colour is that of its middle and edges
            spots = np.concatenate(
                [corners.mean(1, keepdims=True), (corners + np.roll(corners, 1, 1)) / 2], 1
            )
            rgba = visual.material.to_color(spots.reshape(-1, 2)).reshape(count, -1, 4).mean(1)
        else:
            rgba = np.asarray(visual.to_color().face_colors)
    except (AttributeError, ValueError, IndexError, TypeError):
        rgba = np.full((count, 4), 180)
    if len(rgba) != count:
        rgba = np.full((count, 4), 180)
    return rgba[:, :3].astype(np.uint8)
