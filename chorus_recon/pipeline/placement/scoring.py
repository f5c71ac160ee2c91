"""Scores of a placed mesh: exact silhouette IoU, plausibility and contacts."""

import torch
from jaxtyping import Bool, Float
from scipy.spatial import KDTree
from torch import Tensor

from chorus_recon.backends.protocols import Renderer
from chorus_recon.geometry.mesh import sample_surface
from chorus_recon.types import Camera, ObjectShape, Placement, PosedBody

ON_MASK = 0.5  # alpha above which a pixel is the object's
# `plausibility` is the logistic function of the log odds that these give.
IOU_SLOPE = 8.0  # log odds for 1 of IoU
IOU_EVEN = 0.4  # IoU at which an answer is as likely right as wrong
FIELD_SLOPE = 0.3  # log odds for a nat of the `field` term
FIELD_EVEN_NATS = 2.5  # `field` of a usual placement: a mean occupancy of about 6 %
COVERAGE_SLOPE = 8.0  # log odds for 1 of the `coverage` term
COVERAGE_FREE = 0.5  # `coverage` up to which nothing is lost
CONTACT_REACH_M = 0.05  # surfaces nearer than this touch: the error of a body fitted to landmarks
CONTACT_SAMPLES = 4000  # of the object's surface, that body vertices are compared with


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
    target = evidence_object > ON_MASK
    inter = (seen & target & known).sum()
    union = ((seen | target) & known).sum()
    return float(inter / union.clamp_min(1))


def plausibility(placement: Placement) -> float:
    """Probability that a placement is right given how it explains the photo; alternatives share it."""
    losses = placement.losses
    score = IOU_SLOPE * (placement.silhouette_iou - IOU_EVEN)
    score -= FIELD_SLOPE * (losses["field"] - FIELD_EVEN_NATS)
    score -= COVERAGE_SLOPE * max(0.0, losses["coverage"] - COVERAGE_FREE)
    return float(torch.sigmoid(torch.tensor(score)))


def contacts(
    tree: KDTree,
    body: PosedBody,
    vertices: Float[Tensor, "v 3"],
    shape: ObjectShape,
    reach_m: float = CONTACT_REACH_M,
) -> tuple[Tensor, Tensor]:
    """Indices of body vertices near the object's surface, and of object vertices near the body.

    Args:
        tree: of the body's vertices.
        body: the posed person, cam.
        vertices: the placed object, cam.
        shape: the object's faces.
        reach_m: distance up to which two surfaces touch.
    """
    sample = sample_surface(vertices, shape.faces, CONTACT_SAMPLES).at(vertices)
    gap, _ = tree.query(vertices.numpy(), distance_upper_bound=reach_m)
    on_object = torch.from_numpy(gap < reach_m).nonzero()[:, 0]
    gap, _ = KDTree(sample.numpy()).query(body.vertices.numpy(), distance_upper_bound=reach_m)
    return torch.from_numpy(gap < reach_m).nonzero()[:, 0], on_object
