"""Render the meshes of the candidate shapes in many poses."""

from collections.abc import Sequence

from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.backends.protocols import HoldsMeshes, Rendered, Renderer, SoftRenderer
from chorus_recon.backends.render.outline import coverage_of, swept_silhouette
from chorus_recon.geometry import transforms
from chorus_recon.geometry.mesh import SurfaceSamples, is_solid, sample_surface, surface_of
from chorus_recon.pipeline.placement.state import State, row_of, vertices_of
from chorus_recon.types import Camera, ObjectShape, Similarity

CONTACT_SAMPLES = 4000  # surface samples that body vertices are compared with


class Surface:
    """The mesh of a shape, and how it is rendered.

    A shape without modes is rigid. A renderer that can prepare rigid meshes then does so once, and the cost
    of a rendering hardly depends on the number of faces.

    Args:
        shape: a candidate shape.
        renderer: the renderer. Its own soft silhouettes are used if it has them.
    """

    def __init__(self, shape: ObjectShape, renderer: Renderer) -> None:
        self.shape = surface_of(shape)
        self._renderer = renderer
        vertices, faces = self.shape.vertices, self.shape.faces
        self._still = (
            renderer.still(vertices, faces)
            if not len(self.shape.modes) and isinstance(renderer, HoldsMeshes)
            else None
        )
        self._samples: SurfaceSamples | None = None
        self._solid = self._still is None and is_solid(vertices, faces)

    def seen(self, state: State, pose: Similarity, row: int, camera: Camera) -> Rendered:
        """Depth and faces of one candidate, without gradients."""
        if self._still is not None:
            return self._still.render(_detached(row_of(pose, row)), camera)
        vertices = vertices_of(state, pose, row, self.shape).detach()
        return self._renderer.render(vertices, self.shape.faces, camera)

    def outline(
        self, state: State, pose: Similarity, row: int, camera: Camera, blur_px: float
    ) -> Float[Tensor, "h w"]:
        """Blurred coverage of one candidate, with gradients to its state."""
        faces = self.shape.faces
        if isinstance(self._renderer, SoftRenderer):
            vertices = vertices_of(state, pose, row, self.shape)
            return self._renderer.soft_silhouette(vertices, faces, camera, blur_px).cpu()
        if self._still is None:
            vertices = vertices_of(state, pose, row, self.shape)
            return swept_silhouette(self._renderer, vertices, faces, camera, blur_px, self._solid)
        own_pose = row_of(pose, row)

        def corners_of(face: Int[Tensor, " n"]) -> Float[Tensor, "n 3 3"]:
            return transforms.apply_scale_first(own_pose, self.shape.vertices[faces[face]])

        return coverage_of(self.seen(state, pose, row, camera), corners_of, camera, blur_px)

    def samples(self, vertices: Float[Tensor, "v 3"]) -> SurfaceSamples:
        """Area-weighted samples of the mesh with the given vertices."""
        if self._samples is None or len(self.shape.modes):  # modes change the areas of faces
            self._samples = sample_surface(vertices, self.shape.faces, CONTACT_SAMPLES)
        return self._samples


def surfaces_of(shapes: Sequence[ObjectShape], renderer: Renderer) -> list[Surface]:
    """One surface per shape, in order."""
    return [Surface(shape, renderer) for shape in shapes]


def _detached(pose: Similarity) -> Similarity:
    return Similarity(pose.rotation.detach(), pose.translation_m.detach(), pose.scale.detach())
