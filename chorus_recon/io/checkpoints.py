"""Read the tensors of a PyTorch checkpoint without running any code in it.

Training frameworks store settings, optimisers and callbacks beside the weights, in classes that
`torch.load(weights_only=True)` cannot read. Only the tensors matter here.
"""

import collections
import pickle
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
import torch._utils
from torch import Tensor

from chorus_recon.errors import WeightsError

_REBUILD = frozenset({"_rebuild_tensor_v2", "_rebuild_parameter"})
_READ_ERRORS = (
    RuntimeError,
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    AttributeError,
    OSError,
    IndexError,
    pickle.UnpicklingError,
)


class _Inert(dict):
    """Stands for an object of any class. It accepts any calls and keeps nothing."""

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__()

    def __setstate__(self, state: Any) -> None:
        """Ignore the state."""

    def append(self, item: Any) -> None:
        """Ignore the item."""

    def extend(self, items: Any) -> None:
        """Ignore the items."""

    def add(self, item: Any) -> None:
        """Ignore the item."""


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Return tensor and dictionary classes as they are, and `_Inert` for every other name."""
        if module == "torch._utils" and name in _REBUILD:
            return getattr(torch._utils, name)
        if module in ("torch", "torch.storage") and name.endswith("Storage") and "." not in name:
            return getattr(torch.storage if module == "torch.storage" else torch, name)
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        return _Inert


def read_state(path: Path) -> dict[str, Tensor]:
    """Read the tensors of a checkpoint's `state_dict`, by name (of the whole file if it has no `state_dict`).

    Raises:
        WeightsError: the file is missing, truncated, or holds no tensors.
    """
    if not path.is_file():
        raise WeightsError(f"{path}: there is no such checkpoint.", "Check the path.")
    if not zipfile.is_zipfile(path):
        raise WeightsError(
            f"{path}: not a checkpoint of PyTorch 1.6 or later, or cut short.", "Fetch it again."
        )
    module: Any = SimpleNamespace(Unpickler=_Reader, load=pickle.load, __name__="pickle")
    try:
        whole = torch.load(path, map_location="cpu", pickle_module=module, weights_only=False, mmap=True)
    except _READ_ERRORS as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise WeightsError(f"{path}: cannot be read as a checkpoint ({first}).", "Fetch it again.") from error
    inner = whole.get("state_dict", whole) if isinstance(whole, dict) else {}
    tensors = (
        {str(k): v for k, v in inner.items() if isinstance(v, Tensor)} if isinstance(inner, dict) else {}
    )
    if not tensors:
        raise WeightsError(f"{path}: holds no tensors.", "Pass a model's checkpoint.")
    return tensors
