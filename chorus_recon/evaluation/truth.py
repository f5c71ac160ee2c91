"""Read folders of truth: photos with masks, and scenes with known 3D."""

import difflib
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import trimesh
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.errors import InputError
from chorus_recon.io import category_names
from chorus_recon.io.images import load_mask
from chorus_recon.io.photo_folders import PHOTO_SUFFIXES, find_photos
from chorus_recon.types import Camera, Photo

SYMMETRIES = (
    "none", "x180", "y180", "z180", "xyz180", "axis_x", "axis_y", "axis_z", "sphere",
)  # fmt: skip
_KEYS = ("category", "camera", "human", "object", "masks", "up_cam")
_JOINTS = 24


@dataclass(frozen=True, slots=True)
class Mesh:
    """A triangle mesh in the frame its name says."""

    vertices: Float[Tensor, "v 3"]
    faces: Int[Tensor, "f 3"]


@dataclass(frozen=True, slots=True)
class Item:
    """Something to score: `truth_file` is None for a photo with masks beside it."""

    name: str
    category: str
    photo: Path
    truth_file: Path | None


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of an item; None where it is not. Meshes and joints in cam, metres.

    `rest` is the object in its own axes (y up), `cam_from_rest` [4 4] puts it in place; `height_m` is the
    person's standing height; `up_cam` points up and may have any length.
    """

    item: Item
    person_mask: Float[Tensor, "h w"] | None
    object_mask: Float[Tensor, "h w"] | None
    camera: Camera | None = None
    human: Mesh | None = None
    joints: Float[Tensor, "24 3"] | None = None
    height_m: float | None = None
    object: Mesh | None = None
    rest: Mesh | None = None
    cam_from_rest: Float[Tensor, "4 4"] | None = None
    symmetry: str = "none"
    up_cam: Float[Tensor, " 3"] | None = None


def find_items(directory: str | Path, *, without_masks: bool = False) -> list[Item]:
    """Every item below a folder, sorted by name.

    A folder with a truth.json is one scene; elsewhere a photo counts when a mask lies beside it,
    and its category is its folder's name.

    Args:
        directory: where to look.
        without_masks: photos count even if no mask lies beside them.

    Raises:
        InputError: the folder does not exist or holds nothing to score.
    """
    directory = Path(directory)
    if not directory.is_dir():
        raise InputError(f"{directory}: there is no such folder.", "Pass a folder with photos and truth.")
    scenes = sorted(directory.rglob("truth.json"))
    items = [_scene(path, directory) for path in scenes]
    held = {path.parent for path in scenes}
    for photo in find_photos([directory]):
        known = without_masks or any(_mask_path(photo, kind).exists() for kind in _MASKS)
        if known and not held.intersection(photo.parents):
            name = photo.relative_to(directory).with_suffix("").as_posix()
            items.append(Item(name, _plain(photo.resolve().parent.name), photo, None))
    if not items:
        photo = "photo" if without_masks else "photo with a mask beside it"
        raise InputError(
            f"{directory}: nothing to score: no truth.json, and no {photo}.",
            "Name masks NAME.person_mask.png and NAME.object_mask.png; see docs/conventions.md.",
        )
    return sorted(items, key=lambda item: item.name)


def read_truth(item: Item, photo: Photo) -> Truth:
    """Everything known of an item, checked.

    Raises:
        InputError: a file that truth.json names is missing, unreadable or not as described.
    """
    if item.truth_file is None:
        masks = {kind: _mask(_mask_path(photo.source, kind), photo) for kind in _MASKS}
        return Truth(item, masks["person"], masks["object"])
    path = item.truth_file
    raw = _read_json(path)
    human, thing, masks = (_section(raw, key, path) for key in ("human", "object", "masks"))
    return Truth(
        item,
        _mask(_beside(path, masks, "person"), photo),
        _mask(_beside(path, masks, "object"), photo),
        _camera(raw, path, photo),
        _mesh(_beside(path, human, "mesh")),
        _array(human, "joints_m", (_JOINTS, 3), path),
        _number(human, "height_m", path),
        _mesh(_beside(path, thing, "mesh")),
        _mesh(_beside(path, thing, "rest_mesh")),
        _array(thing, "cam_from_rest", (4, 4), path),
        _symmetry(thing, path),
        _direction(raw, "up_cam", path),
    )


_MASKS = ("person", "object")


def _scene(path: Path, root: Path) -> Item:
    raw = _read_json(path)
    for key in raw:
        near = difflib.get_close_matches(key, _KEYS, 1, 0.75)
        if key not in _KEYS and near:
            raise InputError(f"{path}: unknown key '{key}'.", f"Did you mean '{near[0]}'?")
    category = raw.get("category")
    if not isinstance(category, str) or not category:
        raise InputError(f"{path}: 'category' is missing.", "Say what the object is, as a noun.")
    photos = [p for p in sorted(path.parent.glob("photo.*")) if p.suffix.lower() in PHOTO_SUFFIXES]
    if not photos:
        raise InputError(f"{path}: there is no photo.png beside it.", "Put the scene's photo there.")
    name = path.parent.relative_to(root).as_posix()
    return Item(path.parent.resolve().name if name == "." else name, _plain(category), photos[0], path)


def _plain(category: str) -> str:
    return category_names.words(category_names.resolve(category))


def _mask_path(photo: Path, kind: str) -> Path:
    return photo.with_name(f"{photo.stem}.{kind}_mask.png")


def _mask(path: Path | None, photo: Photo) -> Float[Tensor, "h w"] | None:
    return load_mask(path, photo.size_px) if path is not None and path.exists() else None


def _read_json(path: Path) -> dict[str, Any]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as JSON: {error}.", "Mend or remove the file.") from error
    if not isinstance(raw, dict):
        raise InputError(f"{path}: expected a JSON object.", "See docs/conventions.md for the layout.")
    return raw


def _section(raw: dict[str, Any], key: str, path: Path) -> dict[str, Any]:
    value = raw.get(key, {})
    if not isinstance(value, dict):
        raise InputError(f"{path}: '{key}' should be an object.", "See docs/conventions.md for the layout.")
    return value


def _beside(path: Path, section: dict[str, Any], key: str) -> Path | None:
    if key not in section:
        return None
    file = path.parent / str(section[key]).replace("\0", "")
    if not file.is_file():
        raise InputError(f"{path}: names {file.name}, which is not there.", "Add the file or drop the key.")
    return file


def _mesh(path: Path | None) -> Mesh | None:
    if path is None:
        return None
    try:
        mesh = trimesh.load(path, force="mesh", process=False)
    except Exception as error:  # what trimesh raises depends on where a file is damaged
        raise InputError(f"{path}: cannot be read as a mesh: {error}.", "Save it as PLY or OBJ.") from error
    if not isinstance(mesh, trimesh.Trimesh) or len(mesh.faces) == 0:
        raise InputError(f"{path}: holds no triangles.", "Save it as a triangle mesh.")
    return Mesh(
        torch.from_numpy(np.array(mesh.vertices, dtype=np.float64)),
        torch.from_numpy(np.array(mesh.faces, dtype=np.int64)),
    )


def _direction(section: dict[str, Any], key: str, path: Path) -> Float[Tensor, " 3"] | None:
    found = _array(section, key, (3,), path)
    if found is not None and float(found.norm()) == 0:
        raise InputError(f"{path}: '{key}' is zero.", "Give the up direction in the axes of the camera.")
    return found


def _array(
    section: dict[str, Any], key: str, shape: tuple[int, ...], path: Path
) -> Float[Tensor, "..."] | None:
    if key not in section:
        return None
    try:
        values = torch.tensor(section[key], dtype=torch.float64)
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise InputError(f"{path}: '{key}' is not a table of numbers.", f"Expected {shape}.") from error
    if tuple(values.shape) != shape or not bool(torch.isfinite(values).all()):
        raise InputError(
            f"{path}: '{key}' is {tuple(values.shape)}, expected {shape} finite numbers.",
            "See docs/conventions.md for the layout.",
        )
    return values


def _number(section: dict[str, Any], key: str, path: Path) -> float | None:
    value = section.get(key)
    usable = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf
    if value is not None and not usable:
        raise InputError(f"{path}: '{key}' is {value!r}, expected a number.", "Give it in metres.")
    return None if value is None else float(value)


def _symmetry(section: dict[str, Any], path: Path) -> str:
    symmetry = section.get("symmetry", "none")
    if symmetry not in SYMMETRIES:
        raise InputError(f"{path}: symmetry {symmetry!r} is unknown.", f"One of: {', '.join(SYMMETRIES)}.")
    return symmetry


def _camera(raw: dict[str, Any], path: Path, photo: Photo) -> Camera | None:
    if "camera" not in raw:
        return None
    section = _section(raw, "camera", path)
    wrong = InputError(
        f"{path}: 'camera' needs focal_px, center_px and size_px, two numbers each.",
        "See docs/conventions.md for the layout.",
    )
    try:
        focal, center, size = (
            torch.tensor([float(v) for v in section[key]]) for key in ("focal_px", "center_px", "size_px")
        )
    except (KeyError, TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise wrong from error
    numbers = torch.cat([focal, center, size])
    if len(focal) != 2 or len(center) != 2 or len(size) != 2 or not bool(torch.isfinite(numbers).all()):
        raise wrong
    if float(focal.min()) <= 0 or float(size.min()) < 1:
        raise wrong
    factor = photo.size_px[0] / float(size[0])  # a very large photo is resized on loading
    return Camera(focal * factor, center * factor, photo.size_px)
