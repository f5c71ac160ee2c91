"""A placed mesh -> how right it looks: exact silhouette IoU, plausibility, contacts."""

import torch
from jaxtyping import Bool, Float
from scipy.spatial import KDTree
from torch import Tensor

from chorus_recon.backends.protocols import Renderer
from chorus_recon.geometry.mesh import sample_surface
from chorus_recon.types import Camera, ObjectShape, Placement, PosedBody


def exact_iou(
    vertices: Float[Tensor, "v 3"],
    shape: ObjectShape,
    camera: Camera,
    evidence_object: Float[Tensor, "h w"],
    known: Bool[Tensor, "h w"],
    renderer: Renderer,
) -> float:
    """Silhouette IoU by ray casting, over pixels where the person cannot hide the object."""
    seen = torch.isfinite(renderer.render(vertices, shape.faces, camera).depth)
    target = evidence_object > 0.5
    inter = (seen & target & known).sum()
    union = ((seen | target) & known).sum()
    return float(inter / union.clamp_min(1))


def plausibility(placement: Placement) -> float:
    """Probability that this is right given how it explains the photo, before alternatives share it."""
    score = 8.0 * (placement.silhouette_iou - 0.4) - 0.3 * (placement.losses.field - 2.5)
    score -= 8.0 * max(0.0, placement.losses.coverage - 0.5)  # far from wherever it was expected
    return float(torch.sigmoid(torch.tensor(score)))


def contacts(
    tree: KDTree, body: PosedBody, vertices: Float[Tensor, "v 3"], shape: ObjectShape, reach_m: float = 0.05
) -> tuple[Tensor, Tensor]:
    """Body vertices within `reach_m` of the object's surface, and object vertices near the body."""
    sample = sample_surface(vertices, shape.faces, 4000).at(vertices)
    gap, _ = tree.query(vertices.numpy(), distance_upper_bound=reach_m)
    on_object = torch.from_numpy(gap < reach_m).nonzero()[:, 0]
    gap, _ = KDTree(sample.numpy()).query(body.vertices.numpy(), distance_upper_bound=reach_m)
    return torch.from_numpy(gap < reach_m).nonzero()[:, 0], on_object
