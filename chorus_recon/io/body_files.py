"""Convert a pickle or npz of an SMPL-family body to a plain npz of the arrays needed."""

import os
import re
import tokenize
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from chorus_recon.errors import InputError, MissingBackend, OutputError
from chorus_recon.io import array_pickle
from chorus_recon.io.decoding import DECODE_ERRORS
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
_GENDERS = {
    "neutral": "NEUTRAL",
    "n": "NEUTRAL",
    "male": "MALE",
    "m": "MALE",
    "female": "FEMALE",
    "f": "FEMALE",
}


@dataclass(frozen=True, slots=True)
class Published:
    """A body model as its makers publish it: number of joints, where to register, and the neutral file."""

    joints: int
    site: str
    file: str


PUBLISHED = {
    "smpl": Published(24, "smpl.is.tue.mpg.de", "basicmodel_neutral_lbs_10_207_0_v1.1.0.pkl"),
    "smplh": Published(52, "mano.is.tue.mpg.de", "neutral/model.npz"),  # "extended SMPL+H for AMASS"
    "smplx": Published(55, "smpl-x.is.tue.mpg.de", "SMPLX_NEUTRAL.npz"),
}
_WHY = "Expected a model file as published by its makers."


def body_folder() -> Path:
    """The folder of converted models: `CHORUS_BODIES`, or `bodies` in the cache folder."""
    configured = os.environ.get("CHORUS_BODIES")
    return Path(configured).expanduser() if configured else cache_dir() / "bodies"


def convert(source: Path, target: Path | None = None) -> Path:
    """Convert a published model file (pkl or npz) to an npz of plain arrays.

    Args:
        source: the file under the name that it was published with.
        target: the npz to write. None: a file in `body_folder` named by model and gender, such as
            SMPLH_NEUTRAL.npz, which the body backends find.

    Raises:
        InputError: the file is not a body model, or its pickle names anything but arrays.
        OutputError: the target cannot be written.
    """
    arrays = load_arrays(source)
    path = target or body_folder() / _own_name(source, len(arrays["J_regressor"]))
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


def default_file(model: str) -> Path:
    """The converted file of a model: the neutral one, or the only one.

    Raises:
        MissingBackend: there is none, or several of which none is neutral.
    """
    folder, published = body_folder(), PUBLISHED[model]
    neutral = folder / f"{model.upper()}_NEUTRAL.npz"
    found = [neutral] if neutral.is_file() else sorted(folder.glob(f"{model.upper()}_*.npz"))
    if len(found) == 1:
        return found[0]
    if found:
        raise MissingBackend(
            f"There are several files of the body '{model}': {', '.join(path.name for path in found)}.",
            f"Choose one: --backend body={model}:{found[0]}",
        )
    raise MissingBackend(
        f"The body backend '{model}' has no model file ({neutral}).",
        f"Register at {published.site}, then: chorus-recon models convert {published.file}",
    )


def _own_name(source: Path, joints: int) -> str:
    """MODEL_GENDER.npz, by the number of joints and by the words in the file's and its folder's name."""
    model = next((name.upper() for name, known in PUBLISHED.items() if known.joints == joints), "")
    if not model:
        return f"{source.stem}.npz"
    for text in (source.stem, source.absolute().parent.name):
        for word in re.split("[^a-z]+", text.lower()):
            if word in _GENDERS:
                return f"{model}_{_GENDERS[word]}.npz"
    stem = source.stem.upper()
    return f"{stem if stem.startswith(f'{model}_') else f'{model}_{stem}'}.npz"


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
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            return {name: archive[name] for name in ARRAYS if name in archive.files}
    except (*DECODE_ERRORS, zipfile.BadZipFile, tokenize.TokenError) as error:
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
