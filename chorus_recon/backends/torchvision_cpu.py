"""Make an installed torchvision usable with a CPU build of torch, or say how to fix it.

The torchvision wheel on PyPI is built for CUDA. With a CPU build of torch its compiled operators do not
load and importing it fails, and so do Detectron2, diffusers and the vision models of transformers. The few
operators that inference needs are declared here with kernels in plain torch.
"""

import importlib
import importlib.metadata
import importlib.util
import os

import torch
from torch import Tensor

from chorus_recon.errors import MissingBackend

_MODULES = ("boxes", "roi_align", "_utils", "deform_conv", "ps_roi_align", "ps_roi_pool", "roi_pool")
_libraries: list[torch.library.Library] = []  # registrations last as long as their library object


def install(reinstall: bool = False) -> str:
    """The command that installs the torchvision that matches the installed torch (0.28 for 2.13)."""
    minor = int(importlib.metadata.version("torch").split(".")[1])
    return f"pip install {'--force-reinstall ' if reinstall else ''}--no-deps 'torchvision==0.{minor + 15}.*'"


def require_if_installed(what: str) -> None:
    """The same as `require` if torchvision is installed, else nothing.

    Libraries for which torchvision is optional still import it when it is installed, and fail if it is
    broken.

    Raises:
        MissingBackend: torchvision is installed but broken.
    """
    if importlib.util.find_spec("torchvision") is not None:
        require(what)


def require(what: str) -> None:
    """Make `import torchvision` work; does nothing if it works already.

    Args:
        what: what needs torchvision, for the message.

    Raises:
        MissingBackend: torchvision is not installed, or broken in another way.
    """
    if importlib.util.find_spec("torchvision") is None:
        raise MissingBackend(f"{what} needs torchvision.", install())
    if torch.version.cuda is None and not _libraries:
        _declare()
    try:
        importlib.import_module("torchvision")
    except (ImportError, RuntimeError, OSError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise MissingBackend(
            f"{what} imports torchvision, which is installed but broken ({first}).", install(reinstall=True)
        ) from error
    if _libraries:
        _disable_operator_checks()


def _declare() -> None:
    """Declare the operators."""
    # torchvision compiles its fallback roi_align on the first call, which takes half a minute
    os.environ.setdefault("TORCHDYNAMO_DISABLE", "1")
    library = torch.library.Library("torchvision", "FRAGMENT")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define(
        "roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, "
        "SymInt pooled_width, int sampling_ratio, bool aligned) -> Tensor"
    )
    library.impl("nms", nms, "CPU")
    library.impl("roi_align", _roi_align, "CPU")
    _libraries.append(library)


def _disable_operator_checks() -> None:
    extension = importlib.import_module("torchvision.extension")
    extension._has_ops = lambda: True  # pyright: ignore[reportAttributeAccessIssue]
    extension._assert_has_ops = lambda: None  # pyright: ignore[reportAttributeAccessIssue]
    for name in _MODULES:
        module = importlib.import_module(f"torchvision.ops.{name}")
        if "_assert_has_ops" in vars(module):
            vars(module)["_assert_has_ops"] = lambda: None


def nms(dets: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Indices of boxes that no better box covers by more than the threshold, best first."""
    order = torch.argsort(scores, descending=True, stable=True)
    boxes = dets[order].double()
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    alive = torch.ones(len(boxes), dtype=torch.bool)
    kept: list[int] = []
    for row in range(len(boxes)):
        if not alive[row]:
            continue
        kept.append(row)
        rest = boxes[row + 1 :]
        side = torch.minimum(boxes[row, 2:], rest[:, 2:]) - torch.maximum(boxes[row, :2], rest[:, :2])
        shared = side.clamp_min(0).prod(-1)
        alive[row + 1 :] &= shared / (area[row] + area[row + 1 :] - shared) <= iou_threshold
    return order[torch.tensor(kept, dtype=torch.long)]


def _roi_align(
    features: Tensor, rois: Tensor, scale: float, height: int, width: int, samples: int, aligned: bool
) -> Tensor:
    kernel = importlib.import_module("torchvision.ops.roi_align")._roi_align
    return kernel(features, rois, scale, height, width, samples, aligned)
