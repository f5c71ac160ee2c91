"""Exact visibility by Open3D's ray casting: the same answer as the default, for those who have it already."""

import ctypes
import importlib
import importlib.util
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.backends.render.embree import RenderResult
from chorus_recon.errors import MissingBackend
from chorus_recon.geometry.camera import pixel_centers, rays
from chorus_recon.types import Camera


class Open3dRenderer:
    """Casts one ray through each pixel's centre; satisfies the Renderer protocol.

    Raises:
        MissingBackend: Open3D is not installed, or a system library that it links is missing.
    """

    name = "open3d"

    def __init__(self) -> None:
        self._open3d = load_open3d()

    def render(
        self, vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"], camera: Camera
    ) -> RenderResult:
        """Depth and face id seen through each pixel's centre; vertices in cam, metres."""
        directions = rays(camera, pixel_centers(camera.size_px)).float()
        scene = self._open3d.t.geometry.RaycastingScene()
        core = self._open3d.core
        scene.add_triangles(
            core.Tensor(np.ascontiguousarray(vertices.detach().cpu().float().numpy())),
            core.Tensor(np.ascontiguousarray(faces.cpu().numpy().astype(np.uint32))),
        )
        cast = torch.cat([torch.zeros_like(directions), directions], -1)
        hit = scene.cast_rays(core.Tensor(cast.numpy()))
        depth = torch.from_numpy(hit["t_hit"].numpy())  # directions have z = 1, so t is depth
        ids = torch.from_numpy(hit["primitive_ids"].numpy().astype(np.int64))
        seen = torch.isfinite(depth) & (depth > 0)
        return RenderResult(torch.where(seen, depth, torch.inf), torch.where(seen, ids, -1))


def load_open3d() -> Any:
    """The open3d module.

    Its wheels link libusb, which a headless machine lacks; the package libusb-package brings one.
    """
    if importlib.util.find_spec("open3d") is None:
        raise MissingBackend(
            "The render backend 'open3d' needs open3d.", "pip install 'chorus-recon[open3d]'"
        )
    if importlib.util.find_spec("libusb_package") is not None:
        path = importlib.import_module("libusb_package").get_library_path()
        if path:
            ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL)
    try:
        return importlib.import_module("open3d")
    except (ImportError, OSError) as error:
        raise MissingBackend(
            f"open3d is installed but does not import ({error}).",
            "pip install 'chorus-recon[open3d]' (brings libusb), or install the system library it names.",
        ) from error
