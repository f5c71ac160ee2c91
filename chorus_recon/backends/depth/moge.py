"""MoGe: depth, focal length and validity from one photo, by its own library (Wang et al., MoGe-2, 2025)."""

# pyright: reportMissingImports=false

import importlib
from pathlib import Path
from typing import Any

import torch

from chorus_recon.backends import torchvision_cpu
from chorus_recon.errors import MissingBackend, WeightsError
from chorus_recon.io.fetch import is_offline
from chorus_recon.types import DepthMap, Photo

INSTALL = (
    "pip install --no-deps git+https://github.com/microsoft/MoGe.git "
    "git+https://github.com/EasternJournalist/utils3d.git@3fab839f"
)
DEFAULT = "Ruicheng/moge-2-vitl-normal"


class Moge:
    """Depth and focal length by MoGe-2.

    Args:
        argument: a checkpoint (`model.pt`), or a hub repository of MoGe-2.
        device: where the network runs.
    """

    name = "moge"

    def __init__(self, argument: str = "", device: str = "cpu") -> None:
        torchvision_cpu.require("The depth backend 'moge'")
        try:
            self._library: Any = importlib.import_module("moge.model.v2").MoGeModel
        except ImportError as error:
            raise MissingBackend(f"The depth backend 'moge' needs MoGe ({error}).", INSTALL) from error
        self._source, self._device = argument or DEFAULT, device
        self._model: Any = None
        self.licences = {self._source: "MIT (MoGe)"}

    def estimate(self, photo: Photo) -> DepthMap:
        """Metric depth where the network predicts it (not of the sky), with the estimated focal length."""
        model = self._model = self._model or self._load()
        picture = photo.rgb.permute(2, 0, 1).float() / 255.0
        # not all CPU operators support half precision
        found = model.infer(picture.to(self._device), use_fp16=self._device.startswith("cuda"))
        depth = found["depth"].float().cpu()
        valid = torch.isfinite(depth) & (depth > 0)
        focal = float(found["intrinsics"][0, 0]) * photo.size_px[0]  # given as a share of the width
        return DepthMap(torch.where(valid, depth, torch.inf), valid, focal)

    def _load(self) -> Any:
        try:
            if is_offline() and not Path(self._source).expanduser().exists():
                raise OSError("CHORUS_OFFLINE is set")
            path = Path(self._source).expanduser()
            model = self._library.from_pretrained(str(path) if path.exists() else self._source)
        except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
            first = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise WeightsError(
                f"{self._source}: no MoGe-2 model can be loaded from there ({first}).",
                "Pass --backend depth=moge:FILE with a model.pt of MoGe-2.",
            ) from error
        return model.to(self._device).eval()
