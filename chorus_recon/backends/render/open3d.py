"""Ray casting with Open3D, with the same results as the default renderer, and a window for meshes."""

import ctypes
import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.backends.render.embree import RenderResult
from chorus_recon.errors import InputError, MissingBackend
from chorus_recon.geometry.camera import pixel_centers, rays
from chorus_recon.types import Camera

_RGB = {"human": (0.36, 0.53, 0.77), "object": (0.93, 0.55, 0.24)}


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
        """Depth and face index seen through each pixel's centre; vertices in cam, metres."""
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


def show(meshes: Sequence[Path], title: str) -> None:
    """Show meshes in cam in a window, from the photo's camera; returns when the window is closed.

    Raises:
        MissingBackend: Open3D is not installed, or there is no display.
        InputError: a file contains no mesh.
    """
    if sys.platform.startswith("linux") and not {"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ):
        raise MissingBackend(  # without this check Open3D hangs
            "Open3D cannot open a window: there is no display.",
            "Run it on a desktop, or use --viewer browser.",
        )
    open3d = load_open3d()
    window = open3d.visualization.Visualizer()
    if not window.create_window(title, 1280, 800):
        raise MissingBackend("Open3D cannot open a window here.", "Use --viewer browser.")
    try:
        for path in meshes:
            mesh = open3d.io.read_triangle_mesh(str(path))
            if not len(mesh.triangles):
                raise InputError(
                    f"{path}: contains no mesh that Open3D can read.", "Pass a PLY, OBJ, GLB or STL file."
                )
            mesh.compute_vertex_normals()
            if not mesh.has_vertex_colors():
                mesh.paint_uniform_color(_RGB.get(path.stem, _RGB["object"]))
            window.add_geometry(mesh)
        eye = window.get_view_control()
        eye.set_front([0.0, 0.0, -1.0])  # from the camera, whose y points down
        eye.set_up([0.0, -1.0, 0.0])
        window.run()
    finally:
        window.destroy_window()


def load_open3d() -> Any:
    """Import open3d.

    Its wheels link libusb, which headless machines often lack; it is then loaded from libusb-package.

    Raises:
        MissingBackend: open3d is not installed or cannot be imported.
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
            "pip install 'chorus-recon[open3d]' (includes libusb), or install the missing system library.",
        ) from error
