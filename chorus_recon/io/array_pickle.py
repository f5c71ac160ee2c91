"""Read the arrays of a pickle without running any code in it.

The published SMPL files and Detectron2 checkpoints are pickles of NumPy arrays, SciPy sparse matrices and
chumpy arrays. The classes and functions that such a file names are replaced by the stand-ins below. Any other
name is an error.
"""

import io
import pickle
import pickletools
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from chorus_recon.errors import InputError

MAX_FILE_BYTES = 2 << 30
_PICKLE_ERRORS = (
    pickle.UnpicklingError,
    EOFError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    MemoryError,
    OverflowError,
    RecursionError,
    SystemError,
    ImportError,
)
_WHY = "Only files as published by their makers are read. Do not trust this file if it comes from elsewhere."


class _ArrayType:
    """Stands for numpy.ndarray, which is named but never called."""


class _Array(np.ndarray):
    """An empty array that takes its state from the pickle."""

    def __reduce__(self) -> Any:
        raise TypeError("not for pickling")


@dataclass
class _Holder:
    """Keeps the state of an object whose class is not loaded."""

    state: dict[str, Any] = field(default_factory=dict)

    def __setstate__(self, state: Any) -> None:
        # an object with slots gives (dict, slots)
        self.state = state[0] if isinstance(state, tuple) else state


class _Sparse(_Holder):
    """A SciPy compressed matrix."""


class _Columns(_Sparse):
    """Compressed by columns; otherwise by rows."""


class _Chumpy(_Holder):
    """A chumpy array: `x`, or the entries `idxs` of another."""


def read(path: Path) -> dict[str, np.ndarray]:
    """Read the numeric arrays of a pickled dictionary, by name ("outer/inner" where it is nested).

    Values that are not numeric arrays are left out.

    Raises:
        InputError: not a pickle, too large, or one that names anything but arrays.
    """
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise InputError(f"{path}: {size / 1e9:.1f} GB, expected at most 2 GB.", _WHY)
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).", "Check the path.") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd escapes in a damaged file
            _check_memo(raw)
            whole = _Reader(io.BytesIO(raw), encoding="latin1").load()
        if not isinstance(whole, dict):
            raise InputError(
                f"{path}: holds a {type(whole).__name__}, expected a dictionary of arrays.", _WHY
            )
        found = dict(_flat(whole))
    except _Refused as error:
        raise InputError(f"{path}: refused: it asks for {error}, which arrays never need.", _WHY) from error
    except _PICKLE_ERRORS as error:
        raise InputError(f"{path}: not a readable pickle ({type(error).__name__}: {error}).", _WHY) from error
    return {key: value for key, value in found.items() if value is not None}


def _check_memo(raw: bytes) -> None:
    """Refuse numbers of remembered objects that no writer gives: memory is taken for as many as the largest.

    Raises:
        ValueError: there is such a number, or the opcodes cannot be read.
    """
    for opcode, argument, position in pickletools.genops(raw):
        if "PUT" in opcode.name and isinstance(argument, int) and argument > (position or 0):
            raise ValueError(f"object number {argument} at byte {position}")


def _flat(whole: dict[Any, Any], prefix: str = "") -> Iterator[tuple[str, np.ndarray | None]]:
    for key, value in whole.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}/")
        else:
            yield f"{prefix}{key}", _value(value)


class _Refused(Exception):
    """The pickle names something that is not allowed."""


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Return the stand-in for a name; raise an error for any other name."""
        known = _KNOWN.get((module, name))
        if known is None and module.partition(".")[0] == "chumpy":
            known = _Chumpy
        if known is None:
            raise _Refused(f"{module}.{name}")
        return known

    def persistent_load(self, pid: Any) -> Any:
        """Refuse objects stored outside the file."""
        raise _Refused("an outside object")


def _reconstruct(kind: type, shape: Any, code: Any) -> np.ndarray:
    if kind is not _ArrayType:
        raise _Refused("an array of another class")
    return np.ndarray.__new__(_Array, (0,), "b")


def _frombuffer(raw: bytes | bytearray, dtype: np.dtype, shape: Any, order: str) -> np.ndarray:
    return np.frombuffer(raw, dtype).reshape(shape, order="F" if order == "F" else "C")


def _reconstructor(kind: type, base: Any, state: Any) -> _Holder:
    if not (isinstance(kind, type) and issubclass(kind, _Holder)):
        raise _Refused("an object of another class")
    return kind()


def _scalar(dtype: np.dtype, value: Any = b"") -> Any:
    if dtype.hasobject or not isinstance(value, bytes | str):
        raise _Refused("an object as a number")
    return np.frombuffer(value.encode("latin1") if isinstance(value, str) else value, dtype)[0]


def _encode(text: str, encoding: str = "") -> bytes:
    if encoding not in ("latin1", "latin-1"):
        raise _Refused(f"the encoding {encoding!r}")
    return text.encode("latin1")


def _names() -> dict[tuple[str, str], Callable[..., Any] | type]:
    known: dict[tuple[str, str], Any] = {
        ("numpy", "ndarray"): _ArrayType,
        ("numpy", "dtype"): np.dtype,
        ("_codecs", "encode"): _encode,
        ("collections", "OrderedDict"): dict,
    }
    for core in ("numpy.core.multiarray", "numpy._core.multiarray"):
        known[core, "_reconstruct"] = _reconstruct
        known[core, "scalar"] = _scalar
    for core in ("numpy.core.numeric", "numpy._core.numeric"):
        known[core, "_frombuffer"] = _frombuffer
    for registry, builtins in (("copy_reg", "__builtin__"), ("copyreg", "builtins")):
        known[registry, "_reconstructor"] = _reconstructor
        known[builtins, "object"] = _ArrayType
    for by, kind in (("csc", _Columns), ("csr", _Sparse)):
        for module in (f"scipy.sparse.{by}", f"scipy.sparse._{by}"):
            known[module, f"{by}_matrix"] = kind
            known[module, f"{by}_array"] = kind
    return known


_KNOWN = _names()


def _value(value: Any) -> np.ndarray | None:
    if isinstance(value, _Sparse):
        return _dense(value)
    if isinstance(value, _Chumpy):
        return _chumpy(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return np.array(value, subok=False)
    return None


def _chumpy(held: _Chumpy) -> np.ndarray | None:
    if "x" in held.state:
        return _value(held.state["x"])
    source, chosen = (_value(held.state.get(key)) for key in ("a", "idxs"))
    if source is None or chosen is None:
        return None
    taken = source.reshape(-1)[chosen.astype(np.int64)]
    shape = held.state.get("preferred_shape")
    return taken.reshape(tuple(int(n) for n in shape)) if shape is not None else taken


def _dense(held: _Sparse) -> np.ndarray:
    state = held.state
    shape = tuple(int(n) for n in state.get("_shape", state.get("shape", ())))
    indices, starts, data = (np.asarray(state[key]) for key in ("indices", "indptr", "data"))
    if len(shape) != 2 or shape[0] * shape[1] > MAX_FILE_BYTES // 8:
        raise ValueError(f"a sparse matrix of shape {shape}")
    if (np.diff(starts) < 0).any() or starts[-1] - starts[0] != len(data):
        raise ValueError(f"a sparse matrix of {len(data)} entries whose rows end at {starts[-1]}")
    out = np.zeros(shape, np.float64)
    major = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    rows, columns = (indices, major) if isinstance(held, _Columns) else (major, indices)
    np.add.at(out, (rows, columns), data)
    return out
