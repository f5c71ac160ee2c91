"""Rasterisation and differentiable silhouettes with PyTorch3D, on a CPU or GPU."""

# pyright: reportMissingImports=false

from dataclasses import replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.backends.render.embree import RenderResult
from chorus_recon.backends.render.outline import swept_silhouette
from chorus_recon.errors import MissingBackend
from chorus_recon.geometry.camera import NEAR_M, project
from chorus_recon.types import Camera

INSTALL = (
    "pip install 'setuptools<81' wheel ninja && "
    "pip install --no-build-isolation git+https://github.com/facebookresearch/pytorch3d.git"
)


class Pytorch3dRenderer:
    """Rasterises at pixel centres; satisfies the Renderer protocol, and adds `soft_silhouette`.

    Args:
        device: where the mesh is rasterised; without CUDA a picture takes seconds.

    Raises:
        MissingBackend: pytorch3d is not installed.
    """

    name = "pytorch3d"

    def __init__(self, device: str = "cpu") -> None:
        try:
            from pytorch3d.renderer.mesh.rasterize_meshes import rasterize_meshes
            from pytorch3d.structures import Meshes
        except (ImportError, OSError) as error:
            raise MissingBackend(
                f"The render backend 'pytorch3d' needs pytorch3d ({error}).", INSTALL
            ) from error
        self._rasterize, self._meshes = rasterize_meshes, Meshes
        self._device = torch.device(device)

    def render(
        self, vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"], camera: Camera
    ) -> RenderResult:
        """Depth and face index seen through each pixel's centre; vertices in cam, metres."""
        with torch.no_grad():
            face, depth, _ = self._cast(vertices, faces, camera, 0.0, 1)
        face, depth = face[..., 0].cpu(), depth[..., 0].cpu()
        return RenderResult(torch.where(face >= 0, depth, torch.inf), face)

    def soft_silhouette(
        self,
        vertices: Float[Tensor, "v 3"],
        faces: Int[Tensor, "f 3"],
        camera: Camera,
        sigma_px: float = 1.0,
        layers: int = 16,
    ) -> Float[Tensor, "h w"]:
        """Coverage of each pixel in [0, 1], with gradients to `vertices` (Soft Rasterizer, Liu et al. 2019).

        Args:
            vertices: in cam, metres.
            faces: triangles.
            camera: the view.
            sigma_px: the distance from an edge within which it affects a pixel.
            layers: number of faces considered per pixel.
        """
        if self._device.type == "cpu":  # the rasteriser's blur takes minutes on a CPU
            return swept_silhouette(self, vertices, faces, camera, sigma_px)
        unit = 2.0 / min(camera.size_px)  # a pixel in the rasterizer's coordinates
        sigma = (sigma_px * unit) ** 2
        _, _, distance = self._cast(vertices, faces, camera, 9.2 * sigma, layers)
        # squared distances, negative inside; -1 where there is no face
        share = torch.where(distance == -1.0, torch.zeros_like(distance), torch.sigmoid(-distance / sigma))
        return 1.0 - (1.0 - share).prod(-1)

    def _cast(
        self,
        vertices: Float[Tensor, "v 3"],
        faces: Int[Tensor, "f 3"],
        camera: Camera,
        blur: float,
        layers: int,
    ) -> tuple[Int[Tensor, "h w k"], Float[Tensor, "h w k"], Float[Tensor, "h w k"]]:
        """Face index, depth and squared distance to the face's edge, nearest first; -1 for no face."""
        width, height = camera.size_px
        points = vertices.to(self._device)
        faces = faces.to(self._device)
        in_front = (points[:, 2] > NEAR_M)[faces].all(1)
        kept = torch.nonzero(in_front)[:, 0]
        empty = torch.full((height, width, layers), -1.0, device=self._device)
        if not len(kept):
            return empty.long(), empty, empty
        here = replace(camera, focal_px=camera.focal_px.to(points), center_px=camera.center_px.to(points))
        pixels, _ = project(here, points)
        middle = points.new_tensor([width / 2, height / 2])
        # x to the left and y up, the short side from -1 to 1
        ndc = (middle - pixels) * 2.0 / min(width, height)
        mesh = self._meshes([torch.cat([ndc, points[:, 2:].clamp_min(NEAR_M)], -1)], [faces[kept]])
        face, depth, _, distance = self._rasterize(
            mesh,
            (height, width),
            blur_radius=blur,
            faces_per_pixel=layers,
            bin_size=None if blur else 0,
            perspective_correct=True,
            clip_barycentric_coords=blur > 0,
            cull_backfaces=False,
        )
        return torch.where(face[0] >= 0, kept[face[0].clamp_min(0)], -1), depth[0], distance[0]
