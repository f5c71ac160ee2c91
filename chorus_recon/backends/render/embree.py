"""Ray casting with Embree: depth and index of the visible face for each pixel."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import NEAR_M, pixel_centers, project, rays
from chorus_recon.types import Camera, Similarity


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
        vertices = vertices.detach().cpu().float()
        faces = faces.cpu()
        return _cast(lambda: _scene(vertices, faces), _window(vertices, faces, camera), camera, None)

    def still(self, vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"]) -> "StillMesh":
        """Prepare a mesh for many renderings in different poses; vertices in the mesh's own frame."""
        return StillMesh(vertices, faces)

    def render_layers(
        self,
        meshes: Sequence[tuple[Float[Tensor, "v 3"], Int[Tensor, "f 3"]]],
        camera: Camera,
    ) -> list[RenderResult]:
        """Render each mesh on its own, without the others."""
        return [self.render(vertices, faces, camera) for vertices, faces in meshes]


class StillMesh:
    """A rigid mesh whose acceleration structure is built once. Rays are transformed instead of vertices.

    Satisfies the StillMesh protocol.
    """

    def __init__(self, vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"]) -> None:
        vertices = vertices.detach().cpu().float()
        self._scene = _scene(vertices, faces.cpu())
        self._box = torch.cartesian_prod(*torch.stack([vertices.amin(0), vertices.amax(0)], 1))

    def render(self, cam_from_mesh: Similarity, camera: Camera) -> RenderResult:
        """As `EmbreeRenderer.render` for the mesh's vertices transformed to cam."""
        window = _window(transforms.apply(cam_from_mesh, self._box), torch.arange(8)[None], camera)
        return _cast(lambda: self._scene, window, camera, cam_from_mesh)


def _scene(vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"]) -> EmbreeScene:
    scene = EmbreeScene()
    # It registers itself with the scene. Embree's binding copies number by number through Python, which is
    # faster where the numbers are Python's own already.
    _ = TriangleMesh(scene, vertices.numpy().astype(object), faces.numpy().astype(object))
    return scene


def _cast(
    scene_of: Callable[[], EmbreeScene],
    window: tuple[int, int, int, int] | None,
    camera: Camera,
    cam_from_mesh: Similarity | None,
) -> RenderResult:
    """Cast rays through the pixels of a window, in the frame of the mesh; other pixels are empty."""
    width, height = camera.size_px
    depth = torch.full((height, width), torch.inf)
    face = torch.full((height, width), -1, dtype=torch.int64)
    if window is None:
        return RenderResult(depth, face)
    x0, y0, x1, y1 = window
    offset = torch.tensor([x0, y0], dtype=torch.float32)
    directions = rays(camera, pixel_centers((x1 - x0, y1 - y0)) + offset).float().reshape(-1, 3)
    origins = torch.zeros_like(directions)
    if cam_from_mesh is not None:  # a similarity keeps the ray parameter, so it is still the depth in cam
        turn = cam_from_mesh.rotation / cam_from_mesh.scale
        origins = origins - cam_from_mesh.translation_m @ turn
        directions = directions @ turn
    hit = scene_of().run(origins.numpy(), directions.numpy(), query="INTERSECT", output=True)
    ids = torch.from_numpy(hit["primID"]).long().view(y1 - y0, -1)
    distance = torch.from_numpy(hit["tfar"]).view(y1 - y0, -1)
    depth[y0:y1, x0:x1] = torch.where(ids >= 0, distance, torch.inf)
    face[y0:y1, x0:x1] = ids
    return RenderResult(depth, face)


def _window(
    vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f k"], camera: Camera
) -> tuple[int, int, int, int] | None:
    """The pixels (x0, y0, x1, y1) that faces of k corners may cover; None if they are not visible."""
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
