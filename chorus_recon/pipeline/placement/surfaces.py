"""The meshes of the candidate shapes, as they are rendered again and again."""

from collections.abc import Sequence

from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.backends.protocols import HoldsMeshes, Rendered, Renderer, SoftRenderer
from chorus_recon.backends.render.outline import coverage_of, swept_silhouette
from chorus_recon.geometry import transforms
from chorus_recon.geometry.mesh import SurfaceSamples, is_solid, sample_surface, surface_of
from chorus_recon.pipeline.placement.state import State, row_of, vertices_of
from chorus_recon.types import Camera, ObjectShape, Similarity

CONTACT_SAMPLES = 4000  # of a surface: what body vertices are compared with


class Surface:
    """A shape's mesh in the hands of a renderer.

    A shape without modes keeps its form: where the renderer can hold it, it is prepared once, and costs
    the same however many faces it has.

    Args:
        shape: a candidate shape.
        renderer: casts the rays; gradients of one that has its own are used.
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
        """Exact visibility of one candidate."""
        if self._still is not None:
            return self._still.render(_detached(row_of(pose, row)), camera)
        vertices = vertices_of(state, pose, row, self.shape).detach()
        return self._renderer.render(vertices, self.shape.faces, camera)

    def outline(
        self, state: State, pose: Similarity, row: int, camera: Camera, blur_px: float
    ) -> Float[Tensor, "h w"]:
        """The blurred coverage of one candidate, with gradients to its state."""
        faces = self.shape.faces
        if isinstance(self._renderer, SoftRenderer):
            vertices = vertices_of(state, pose, row, self.shape)
            return self._renderer.soft_silhouette(vertices, faces, camera, blur_px).cpu()
        if self._still is None:
            vertices = vertices_of(state, pose, row, self.shape)
            return swept_silhouette(self._renderer, vertices, faces, camera, blur_px, self._solid)
        one = row_of(pose, row)

        def corners_of(face: Int[Tensor, " n"]) -> Float[Tensor, "n 3 3"]:
            return transforms.apply_scale_first(one, self.shape.vertices[faces[face]])

        return coverage_of(self.seen(state, pose, row, camera), corners_of, camera, blur_px)

    def samples(self, vertices: Float[Tensor, "v 3"]) -> SurfaceSamples:
        """Points all over the mesh with its vertices placed, spread by area."""
        if self._samples is None or len(self.shape.modes):  # which change the areas
            self._samples = sample_surface(vertices, self.shape.faces, CONTACT_SAMPLES)
        return self._samples


def surfaces_of(shapes: Sequence[ObjectShape], renderer: Renderer) -> list[Surface]:
    """The surface of each shape, in order."""
    return [Surface(shape, renderer) for shape in shapes]


def _detached(pose: Similarity) -> Similarity:
    return Similarity(pose.rotation.detach(), pose.translation_m.detach(), pose.scale.detach())
