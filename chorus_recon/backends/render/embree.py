"""Ray casting with Embree: depth and index of the visible face for each pixel."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.geometry.camera import NEAR_M, pixel_centers, project, rays
from chorus_recon.types import Camera


@dataclass(frozen=True, slots=True)
class RenderResult:
    """`depth` is z in metres (+inf: nothing hit); `face` the index of the face hit (-1: none)."""

    depth: Float[Tensor, "h w"]
    face: Int[Tensor, "h w"]


class EmbreeRenderer:
    """Casts one ray through each pixel's centre; satisfies the Renderer protocol."""

    name = "embree"

    def render(
        self, vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"], camera: Camera
    ) -> RenderResult:
        """Depth and face index seen through each pixel's centre; vertices in cam, metres.

        Both sides of a triangle are visible. Nothing behind the camera is.
        """
        width, height = camera.size_px
        depth = torch.full((height, width), torch.inf)
        face = torch.full((height, width), -1, dtype=torch.int64)
        vertices = vertices.detach().cpu().float()
        faces = faces.cpu()
        window = _window(vertices, faces, camera)
        if window is None:
            return RenderResult(depth, face)
        x0, y0, x1, y1 = window
        offset = torch.tensor([x0, y0], dtype=torch.float32)
        directions = rays(camera, pixel_centers((x1 - x0, y1 - y0)) + offset).float().reshape(-1, 3)
        scene = EmbreeScene()
        _ = TriangleMesh(scene, vertices.numpy(), faces.int().numpy())  # registers itself with the scene
        origins = torch.zeros_like(directions)
        hit = scene.run(origins.numpy(), directions.numpy(), query="INTERSECT", output=True)
        ids = torch.from_numpy(hit["primID"]).long().view(y1 - y0, -1)
        distance = torch.from_numpy(hit["tfar"]).view(y1 - y0, -1)
        depth[y0:y1, x0:x1] = torch.where(ids >= 0, distance, torch.inf)
        face[y0:y1, x0:x1] = ids
        return RenderResult(depth, face)

    def render_layers(
        self,
        meshes: Sequence[tuple[Float[Tensor, "v 3"], Int[Tensor, "f 3"]]],
        camera: Camera,
    ) -> list[RenderResult]:
        """Render each mesh on its own, without the others."""
        return [self.render(vertices, faces, camera) for vertices, faces in meshes]


def _window(
    vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"], camera: Camera
) -> tuple[int, int, int, int] | None:
    """The pixels (x0, y0, x1, y1) that a mesh may cover; None if it is not visible."""
    width, height = camera.size_px
    in_front = (vertices[:, 2] > NEAR_M)[faces]
    seen = faces[in_front.all(1)]
    if bool((in_front.any(1) & ~in_front.all(1)).any()):  # the mesh crosses the camera plane: no bound
        return 0, 0, width, height
    if not len(seen):
        return None
    pixels, _ = project(camera, vertices[seen.unique()])
    low = torch.floor(pixels.amin(0)).clamp_min(0)
    high = torch.minimum(torch.ceil(pixels.amax(0)), torch.tensor([width, height]))
    if not bool((low < high).all()):
        return None
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])
