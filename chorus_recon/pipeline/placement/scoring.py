"""Scores of a placed mesh: exact silhouette IoU, plausibility and contacts."""

import torch
from jaxtyping import Bool, Float
from scipy.spatial import KDTree
from torch import Tensor

from chorus_recon.backends.protocols import Rendered
from chorus_recon.geometry.mesh import SurfaceSamples
from chorus_recon.types import Placement, PosedBody

ON_MASK = 0.5  # alpha above which a pixel is the object's
# `plausibility` is the logistic function of the log odds that these give.
IOU_SLOPE = 8.0  # log odds for 1 of IoU
IOU_EVEN = 0.4  # IoU at which an answer is as likely right as wrong
FIELD_SLOPE = 0.3  # log odds for a nat of the `field` term
FIELD_EVEN_NATS = 2.5  # `field` of a usual placement: a mean occupancy of about 6 %
COVERAGE_SLOPE = 8.0  # log odds for 1 of the `coverage` term
COVERAGE_FREE = 0.5  # `coverage` up to which nothing is lost
CONTACT_REACH_M = 0.05  # surfaces nearer than this touch: the error of a body fitted to landmarks


def exact_iou(rendered: Rendered, evidence_object: Float[Tensor, "h w"], known: Bool[Tensor, "h w"]) -> float:
    """Silhouette IoU by ray casting, over pixels where the person cannot hide the object."""
    seen = torch.isfinite(rendered.depth)
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
    samples: SurfaceSamples,
    reach_m: float = CONTACT_REACH_M,
) -> tuple[Tensor, Tensor]:
    """Indices of body vertices near the object's surface, and of object vertices near the body.

    Args:
        tree: of the body's vertices.
        body: the posed person, cam.
        vertices: the placed object, cam.
        samples: of the object's surface, which body vertices are compared with.
        reach_m: distance up to which two surfaces touch.
    """
    low, high = body.vertices.amin(0) - reach_m, body.vertices.amax(0) + reach_m
    close = ((vertices > low) & (vertices < high)).all(-1).nonzero()[:, 0]
    gap, _ = tree.query(vertices[close].numpy(), distance_upper_bound=reach_m)
    on_object = close[torch.from_numpy(gap < reach_m)]
    gap, _ = KDTree(samples.at(vertices).numpy()).query(body.vertices.numpy(), distance_upper_bound=reach_m)
    return torch.from_numpy(gap < reach_m).nonzero()[:, 0], on_object
