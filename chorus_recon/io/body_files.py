"""Convert a pickle or npz of an SMPL-family body to a plain npz of the arrays needed."""

import os
from pathlib import Path

import numpy as np

from chorus_recon.errors import InputError, OutputError
from chorus_recon.io import array_pickle
from chorus_recon.io.fetch import cache_dir

# Arrays of a model and their number of axes; V vertices, J joints, F faces, S shape components.
ARRAYS = {
    "v_template": 2,  # V 3
    "f": 2,  # F 3
    "weights": 2,  # V J
    "J_regressor": 2,  # J V
    "kintree_table": 2,  # 2 J
    "shapedirs": 3,  # V 3 S
    "posedirs": 3,  # V 3 9(J-1)
}
MAX_SHAPE = 300
_WHY = "Expected a model file as published by its makers."


def body_folder() -> Path:
    """The folder of converted models: `CHORUS_BODIES`, or `bodies` in the cache folder."""
    configured = os.environ.get("CHORUS_BODIES")
    return Path(configured).expanduser() if configured else cache_dir() / "bodies"


def convert(source: Path, target: Path | None = None) -> Path:
    """Convert a published model file (pkl or npz) to an npz of plain arrays.

    Args:
        source: SMPL_NEUTRAL.pkl, SMPLX_NEUTRAL.npz and the like.
        target: the npz to write. None: a file in `body_folder` with the source's name.

    Raises:
        InputError: the file is not a body model, or its pickle names anything but arrays.
        OutputError: the target cannot be written.
    """
    arrays = load_arrays(source)
    path = target or body_folder() / f"{source.stem}.npz"
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as stream:
            np.savez_compressed(stream, **arrays)  # pyright: ignore[reportArgumentType]
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(
            f"{path}: cannot be written ({error.strerror or error}).", "Choose another file with -o FILE."
        ) from error
    return path


def load_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read and check the arrays of a model file.

    Raises:
        InputError: the file is missing, unreadable or not a body model.
    """
    found = array_pickle.read(path) if path.suffix.lower() in (".pkl", ".pickle") else _read_npz(path)
    kept = {name: found[name] for name in ARRAYS if name in found}
    wrong = _fault(kept)
    if wrong:
        raise InputError(f"{path}: not a body model: {wrong}.", _WHY)
    return kept


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in ARRAYS if name in archive.files}
    except (OSError, ValueError, EOFError, AttributeError) as error:
        raise InputError(f"{path}: cannot be read as npz ({error}).", _WHY) from error


def _fault(arrays: dict[str, np.ndarray]) -> str:
    """Describe what is wrong with the arrays; "" if they are valid."""
    missing = [name for name in ARRAYS if name not in arrays]
    if missing:
        return f"{', '.join(missing)} is missing"
    for name, axes in ARRAYS.items():
        if arrays[name].ndim != axes:
            return f"{name} has {arrays[name].ndim} axes, expected {axes}"
    vertices, joints = len(arrays["v_template"]), len(arrays["J_regressor"])
    expected = {
        "v_template": (vertices, 3),
        "weights": (vertices, joints),
        "J_regressor": (joints, vertices),
        "kintree_table": (2, joints),
        "shapedirs": (vertices, 3, min(arrays["shapedirs"].shape[2], MAX_SHAPE + 100)),
        "posedirs": (vertices, 3, 9 * (joints - 1)),
    }
    for name, shape in expected.items():
        if arrays[name].shape != shape:
            return f"{name} is {arrays[name].shape}, expected {shape}"
    faces, tree = arrays["f"], arrays["kintree_table"][0, 1:].astype(np.int64)
    if faces.shape[1] != 3 or faces.size == 0 or int(faces.max()) >= vertices:
        return f"faces of shape {faces.shape} name vertices up to {faces.max() if faces.size else 0}"
    if (tree < 0).any() or (tree >= np.arange(1, joints)).any():
        return "a joint comes before its parent"
    if not all(np.isfinite(a).all() for a in arrays.values() if a.dtype.kind == "f"):
        return "some values are not finite"
    return ""
