"""Depth networks of the transformers library: Depth Anything V2 (metric), Depth Pro and ZoeDepth.

Selected by `--backend depth=depth_pro[:MODEL]` and so on, where MODEL is a folder or a hub repository.
"""

from typing import Any

import torch
from PIL import Image
from torch import Tensor

from chorus_recon.backends.hub_models import load_pair, require
from chorus_recon.errors import WeightsError
from chorus_recon.types import DepthMap, Photo

DEPTH_ANYTHING = "depth-anything/Depth-Anything-V2-Metric-Outdoor-Small-hf"
DEPTH_PRO = "apple/DepthPro-hf"
ZOEDEPTH = "Intel/zoedepth-nyu-kitti"


class DepthAnything:
    """Depth by a metric model of Depth Anything V2 (Yang et al., 2024).

    Args:
        argument: a folder or a hub repository.
        device: where the network runs.
    """

    name = "depth_anything"

    def __init__(self, argument: str = "", device: str = "cpu") -> None:
        require("The depth backend 'depth_anything'", torchvision=False)
        # the small models are Apache-2.0, the base and large ones CC BY-NC
        self._source = argument or DEPTH_ANYTHING
        self._device = device
        self._loaded: tuple[Any, Any] | None = None
        self.licences = {self._source: "Apache-2.0 (small models; others CC BY-NC 4.0)"}

    def estimate(self, photo: Photo) -> DepthMap:
        """Metric depth; the focal length is not estimated.

        Raises:
            WeightsError: the model predicts relative depth.
        """
        model, processor = self._loaded = self._loaded or load_pair(
            "DepthAnythingForDepthEstimation", "AutoImageProcessor", self._source, self._device
        )
        if model.config.depth_estimation_type != "metric":
            raise WeightsError(
                f"{self._source}: predicts depth without a unit; a metric model was expected.",
                "Pass a metric model, such as depth-anything/Depth-Anything-V2-Metric-Indoor-Small-hf.",
            )
        outputs, size = _run(model, processor, photo, self._device)
        found = processor.post_process_depth_estimation(outputs, target_sizes=[size])[0]
        return _depth_map(found["predicted_depth"], None)


class DepthPro:
    """Depth and focal length (Bochkovskii et al., Depth Pro, 2024).

    Args:
        argument: a folder or a hub repository.
        device: where the network runs.
    """

    name = "depth_pro"

    def __init__(self, argument: str = "", device: str = "cpu") -> None:
        require("The depth backend 'depth_pro'", torchvision=True)
        self._source, self._device = argument or DEPTH_PRO, device
        self._loaded: tuple[Any, Any] | None = None
        self.licences = {self._source: "Apple's research licence (apple-amlr)"}

    def estimate(self, photo: Photo) -> DepthMap:
        """Metric depth, with the focal length that the network estimates."""
        model, processor = self._loaded = self._loaded or load_pair(
            "DepthProForDepthEstimation", "AutoImageProcessor", self._source, self._device
        )
        outputs, size = _run(model, processor, photo, self._device)
        found = processor.post_process_depth_estimation(outputs, target_sizes=[size])[0]
        focal = found["focal_length"]
        return _depth_map(found["predicted_depth"], None if focal is None else float(focal))


class ZoeDepth:
    """Depth by ZoeDepth (Bhat et al., 2023).

    Args:
        argument: a folder or a hub repository.
        device: where the network runs.
    """

    name = "zoedepth"

    def __init__(self, argument: str = "", device: str = "cpu") -> None:
        require("The depth backend 'zoedepth'", torchvision=True)  # its postprocessing uses torchvision
        self._source, self._device = argument or ZOEDEPTH, device
        self._loaded: tuple[Any, Any] | None = None
        self.licences = {self._source: "MIT (ZoeDepth)"}

    def estimate(self, photo: Photo) -> DepthMap:
        """Metric depth; the focal length is not estimated."""
        model, processor = self._loaded = self._loaded or load_pair(
            "ZoeDepthForDepthEstimation", "AutoImageProcessor", self._source, self._device
        )
        outputs, size = _run(model, processor, photo, self._device)
        found = processor.post_process_depth_estimation(outputs, source_sizes=[size], target_sizes=[size])
        return _depth_map(found[0]["predicted_depth"], None)


def _run(model: Any, processor: Any, photo: Photo, device: str) -> tuple[Any, tuple[int, int]]:
    """The network's outputs, and the photo's (height, width)."""
    inputs = processor(images=Image.fromarray(photo.rgb.numpy()), return_tensors="pt").to(device)
    with torch.no_grad():
        outputs = model(**inputs)
    return outputs, (int(photo.rgb.shape[0]), int(photo.rgb.shape[1]))


def _depth_map(depth: Tensor, focal_px: float | None) -> DepthMap:
    metres = depth.detach().float().cpu()
    return DepthMap(metres, torch.isfinite(metres) & (metres > 0), focal_px)
