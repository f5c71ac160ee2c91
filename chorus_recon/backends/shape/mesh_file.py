"""A user's own mesh file in, an ObjectShape out."""

from pathlib import Path

import numpy as np
import torch
import trimesh

from chorus_recon.errors import InputError
from chorus_recon.types import ObjectShape

UNITS_M = {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254}
PLAUSIBLE_M = (0.03, 6.0)  # a thing a person uses
MAX_FACES = 2_000_000
UPRIGHT = {
    "y": np.eye(3),
    "-y": np.diag([1.0, -1, -1]),
    "z": np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]),
    "-z": np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]),
    "x": np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]),
    "-x": np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]]),
}


def load_mesh(path: str | Path, *, units: str | None = None, up: str | None = None) -> ObjectShape:
    """Read any mesh trimesh reads, in metres and y up, centred at its bounding box.

    Args:
        path: the file; a scene's parts are merged.
        units: one of m, cm, mm, in. When None, metres if that gives a plausible size, else the unit
            that does; if none does the scale is left to the photo.
        up: the file's up axis (x, y, z, -x, -y, -z); y when None, as glTF and OBJ have it.

    Raises:
        InputError: the file is missing, unreadable, empty, not a surface or absurdly large.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(
            f"Mesh {path} does not exist or is not a file.", "Pass an OBJ, PLY, STL or GLB file."
        )
    if units is not None and units not in UNITS_M:
        raise InputError(f"Unknown mesh unit '{units}'.", f"Pass one of {', '.join(UNITS_M)}.")
    if up is not None and up not in UPRIGHT:
        raise InputError(f"Unknown up axis '{up}'.", f"Pass one of {', '.join(UPRIGHT)}.")
    mesh = _read(path)
    vertices = np.asarray(mesh.vertices) @ UPRIGHT[up or "y"].T
    extent = float((vertices.max(0) - vertices.min(0)).max())
    if extent <= 0:
        raise InputError(f"Mesh {path} has no size.", "Pass a mesh with a surface.")
    factor, known = _metres(extent, units)
    vertices = (vertices - (vertices.min(0) + vertices.max(0)) / 2) * factor
    said = f"in {units}" if units else ("units guessed" if known else "scale unknown")
    return ObjectShape(
        name=path.stem,
        vertices=torch.from_numpy(vertices).float(),
        faces=torch.from_numpy(np.asarray(mesh.faces)).long(),
        face_rgb=torch.from_numpy(_colours(mesh)),
        modes=torch.zeros(0, len(vertices), 3),
        mode_names=(),
        symmetry="none",
        scale_sd=0.02 if units else (0.15 if known else 0.5),
        source=f"{path.name} ({said}, {up or 'y'} up)",
    )


def _read(path: Path) -> trimesh.Trimesh:
    try:
        mesh = trimesh.load(path, force="mesh", process=False)
    except Exception as error:
        raise InputError(
            f"Mesh {path} could not be read: {type(error).__name__}: {error}.",
            "Pass an OBJ, PLY, STL or GLB file.",
        ) from error
    if not isinstance(mesh, trimesh.Trimesh) or len(mesh.faces) == 0:
        raise InputError(f"Mesh {path} has no faces.", "Pass a triangle mesh, not a point cloud.")
    if len(mesh.faces) > MAX_FACES:
        raise InputError(
            f"Mesh {path} has {len(mesh.faces)} faces, more than {MAX_FACES}.", "Decimate it first."
        )
    if not np.isfinite(mesh.vertices).all():
        raise InputError(f"Mesh {path} has vertices that are not finite numbers.", "Repair the file.")
    return mesh


def _metres(extent: float, units: str | None) -> tuple[float, bool]:
    """Factor to metres, and whether the size can be believed."""
    if units is not None:
        return UNITS_M[units], True
    for factor in UNITS_M.values():
        if PLAUSIBLE_M[0] <= extent * factor <= PLAUSIBLE_M[1]:
            return factor, factor == 1.0
    return 1.0 / extent, False


def _colours(mesh: trimesh.Trimesh) -> np.ndarray:
    """One colour a face, where the file has any."""
    try:
        rgba = np.asarray(mesh.visual.to_color().face_colors)  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
    except (AttributeError, ValueError, IndexError):
        rgba = np.full((len(mesh.faces), 4), 180)
    if rgba.shape[0] != len(mesh.faces):
        rgba = np.full((len(mesh.faces), 4), 180)
    return rgba[:, :3].astype(np.uint8)
