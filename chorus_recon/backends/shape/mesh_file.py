"""Object shapes from a user's mesh file."""

import io
import math
import warnings
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
import trimesh
from trimesh.visual.texture import TextureVisuals

from chorus_recon.backends.shape.alike import find_symmetry, turn_towards
from chorus_recon.errors import InputError
from chorus_recon.geometry.meshes.specks import specks
from chorus_recon.io.meshes.gltf_reading import plain_glb
from chorus_recon.types import ObjectShape, Similarity

UNITS_M = {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254}
USABLE_M = (0.005, 30.0)  # range of sizes outside which a stated unit is an error
PLAUSIBLE_M = (0.03, 6.0)  # range of sizes of things that people use
TYPICAL_FACTOR = 1.6  # largest ratio to the template's size at which a unit is accepted
MAX_FACES = 2_000_000
LARGEST = 1e12  # in the file's units; larger numbers are a damaged file's
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

    Specks that float far from the mesh are left out. `object_from_file` of the shape takes the coordinates of
    the file (of a glTF scene: after the transforms of its nodes) to the shape's.

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
    found = _checked(Path(path), units, up)
    turn = UPRIGHT[up or "y"]
    corners = found.vertices @ turn.T
    low, high = corners.min(0), corners.max(0)
    factor, scale_sd, said = _metres(found.path, float((high - low).max()), units, like)
    middle = (low + high) / 2
    vertices = torch.from_numpy((corners - middle) * factor).float()
    about = [said, f"{up or 'y'} up", *([found.note] if found.note else [])]
    shape = ObjectShape(
        name=found.path.stem,
        vertices=vertices,
        faces=torch.from_numpy(found.faces),
        face_rgb=torch.from_numpy(found.face_rgb),
        modes=torch.zeros(0, len(vertices), 3),
        mode_names=(),
        symmetry="none",
        scale_sd=scale_sd,
        source=f"{found.path.name} ({', '.join(about)})",
        object_from_file=Similarity(
            torch.from_numpy(turn), torch.from_numpy(-factor * middle), torch.tensor(factor).double()
        ),
    )
    if like is not None:
        shape = _turned(shape, like, keep_up=up is not None)
    return replace(shape, symmetry=find_symmetry(shape.vertices, shape.faces))


def check_mesh(path: str | Path, *, units: str | None = None, up: str | None = None) -> None:
    """Check that `load_mesh` will be able to use a file; the next `load_mesh` of it need not read it again.

    Raises:
        InputError: as `load_mesh` does.
    """
    found = _checked(Path(path), units, up)
    _metres(found.path, float(np.ptp(found.vertices, 0).max()), units, None)


@dataclass(frozen=True, slots=True)
class _Found:
    """The used part of a mesh file, in the file's own coordinates and units."""

    path: Path
    vertices: np.ndarray  # [v 3] float64
    faces: np.ndarray  # [f 3] int64
    face_rgb: np.ndarray  # [f 3] uint8
    note: str


def _checked(path: Path, units: str | None, up: str | None) -> _Found:
    if not path.is_file():
        raise InputError(f"Mesh {path} does not exist or is not a file.", _FORMATS)
    if units is not None and units not in UNITS_M:
        raise InputError(f"Unknown mesh unit '{units}'.", f"Pass one of {', '.join(UNITS_M)}.")
    if up is not None and up not in UPRIGHT:
        raise InputError(f"Unknown up axis '{up}'.", f"Pass one of {', '.join(UPRIGHT)}.")
    facts = path.stat()
    return _read(path, facts.st_mtime_ns, facts.st_size)


def _turned(shape: ObjectShape, like: ObjectShape, keep_up: bool) -> ObjectShape:
    turn = turn_towards(shape.vertices, shape.faces, like.vertices, like.faces, keep_up)
    shape = replace(shape, upright=like.upright)
    if torch.equal(turn, torch.eye(3)):
        return shape
    before = shape.object_from_file
    assert before is not None  # load_mesh sets it
    return replace(
        shape,
        vertices=shape.vertices @ turn.mT,
        source=f"{shape.source}, turned to the axes of {like.name}",
        object_from_file=replace(
            before,
            rotation=turn.double() @ before.rotation,
            translation_m=turn.double() @ before.translation_m,
        ),
    )


@lru_cache(maxsize=1)  # one mesh serves every photo of a folder
def _read(path: Path, modified_ns: int, size_bytes: int) -> _Found:
    mesh = _parsed(path)
    if not isinstance(mesh, trimesh.Trimesh) or len(mesh.faces) == 0:
        raise InputError(f"Mesh {path} has no faces.", "Pass a triangle mesh, not a point cloud.")
    if len(mesh.faces) > MAX_FACES:
        raise InputError(
            f"Mesh {path} has {len(mesh.faces)} faces, more than {MAX_FACES}.", "Decimate it first."
        )
    if mesh.faces.min() < 0 or mesh.faces.max() >= len(mesh.vertices):
        raise InputError(f"Mesh {path} has faces of vertices it does not have.", "Repair the file.")
    all_vertices, all_faces = np.asarray(mesh.vertices, np.float64), np.asarray(mesh.faces, np.int64)
    if all_vertices.shape[1:] != (3,) or all_faces.shape[1:] != (3,):
        raise InputError(f"Mesh {path} is not made of triangles in 3D.", "Repair the file.")
    if not np.isfinite(all_vertices[all_faces]).all():
        raise InputError(f"Mesh {path} has vertices that are not finite numbers.", "Repair the file.")
    if not 0 < float(np.ptp(all_vertices[all_faces.reshape(-1)], 0).max()) < LARGEST:
        raise InputError(f"Mesh {path} has no size that can be used.", "Pass a mesh with a surface.")
    floating = specks(torch.from_numpy(all_vertices), torch.from_numpy(all_faces)).numpy()
    used, faces = np.unique(all_faces[~floating], return_inverse=True)
    note = f"without {int(floating.sum())} faces that float far from it" if floating.any() else ""
    return _Found(path, all_vertices[used], faces.reshape(-1, 3), _colours(mesh)[~floating], note)


def _parsed(path: Path) -> Any:
    """What trimesh reads; its own errors and warnings about a damaged file become one error."""
    try:
        plain = plain_glb(path) if path.suffix.lower() in (".glb", ".gltf") else None
        source: Any = path if plain is None else io.BytesIO(plain)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return trimesh.load(
                source, file_type=path.suffix.lower().lstrip("."), force="mesh", process=False
            )
    except InputError:
        raise
    except Exception as error:
        said = " ".join(str(error).split())[:200].rstrip(".")
        raise InputError(
            f"Mesh {path} could not be read: {type(error).__name__}: {said}.", _FORMATS
        ) from error


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
