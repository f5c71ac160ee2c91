"""Small pictures for the overview: the person and the object of a result, or the photo of a failure."""

import base64
import io
import itertools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from PIL import Image
from torch import Tensor

from chorus_recon.errors import InputError
from chorus_recon.io.images import load_photo
from chorus_recon.pipeline.output.overlay import fitted_panel

SIZE_PX = (288, 216)
_QUALITY = 62
_MARGIN = 0.12  # of the person's and the object's box, left around them
_URL = re.compile(r"(data:image/webp;base64,[A-Za-z0-9+/]+=*)?")


def of_result(folder: Path, record: Mapping[str, Any]) -> str:
    """A data URL of the meshes over the photo, cut to the person and the object; empty if there is none."""
    try:
        width, height = (int(n) for n in record["photo"]["size_px"])
        with Image.open(folder / "overlay.png") as picture:
            panel = fitted_panel(picture, (width, height))
        low, high = _region(record)
    except (OSError, ValueError, KeyError, TypeError, IndexError, Image.DecompressionBombError):
        return ""
    scale = panel.width / width
    return _encoded(panel.crop(_window(low * scale, high * scale, panel.size)))


def of_photo(path: Path) -> str:
    """A data URL of a photo; empty if it cannot be read."""
    try:
        return _encoded(Image.fromarray(load_photo(path).rgb.numpy()))
    except (InputError, OSError):
        return ""


def is_thumbnail(url: object) -> bool:
    """Whether a value is what these functions return."""
    return isinstance(url, str) and _URL.fullmatch(url) is not None


def _region(record: Mapping[str, Any]) -> tuple[Float[Tensor, " 2"], Float[Tensor, " 2"]]:
    """Two corners, in photo pixels, of what the person and the object cover."""
    points = torch.tensor(record["human"]["box_px"], dtype=torch.float32).reshape(2, 2)
    placed, camera = record["object"], record["camera"]
    if placed is not None:
        half = torch.tensor(placed["extent_m"]) / 2
        corners = torch.tensor(list(itertools.product((-1.0, 1.0), repeat=3))) * half
        pose = placed["cam_from_object"]
        seen = corners @ torch.tensor(pose["rotation"]).mT + torch.tensor(pose["translation_m"])
        pixels = seen[:, :2] / seen[:, 2:].clamp_min(0.1) * torch.tensor(camera["focal_px"])
        points = torch.cat([points, pixels + torch.tensor(camera["center_px"])])
    return points.amin(0), points.amax(0)


def _window(
    low: Float[Tensor, " 2"], high: Float[Tensor, " 2"], size: tuple[int, int]
) -> tuple[int, int, int, int]:
    """The part of a picture to show: the region and a margin, in the thumbnail's proportions if possible."""
    whole = torch.tensor(size, dtype=torch.float32)
    low, high = low.clamp_min(0).minimum(whole), high.clamp_min(0).minimum(whole)
    extent = (high - low).clamp_min(1) * (1 + 2 * _MARGIN)
    shape = torch.tensor(SIZE_PX, dtype=torch.float32)
    extent = (shape * float((extent / shape).amax())).minimum(whole)
    start = ((low + high) / 2 - extent / 2).clamp_min(0).minimum(whole - extent)
    left, top, right, bottom = [round(float(x)) for x in torch.cat([start, start + extent])]
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _encoded(image: Image.Image) -> str:
    image = image.convert("RGB")
    image.thumbnail(SIZE_PX, Image.Resampling.LANCZOS)
    held = io.BytesIO()
    image.save(held, "WEBP", quality=_QUALITY)
    return f"data:image/webp;base64,{base64.b64encode(held.getvalue()).decode('ascii')}"
