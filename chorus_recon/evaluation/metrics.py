"""Metrics that compare a predicted with a true shape, mask or contact set; lengths in metres.

Everything is computed in double precision, so that truth given as the prediction scores exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from chorus_recon.evaluation.truth import Mesh
from chorus_recon.geometry.mesh import sample_surface
from chorus_recon.geometry.meshes.proximity import inside, nearest_m
from chorus_recon.geometry.rotations.fit import registration
from chorus_recon.types import Similarity

SAMPLES = 10_000  # surface samples a mesh
CONTACT_M = 0.05  # a body vertex this near the object touches it
FLIP_DEG = 90.0
BINS = 10  # of stated probability, for the calibration error
_DIGITS = 9  # a nanometre: below it lies the noise of a fitted identity


@dataclass(frozen=True, slots=True)
class ContactScore:
    """Precision, recall and F1 of touched body vertices; None where nothing could be got right."""

    precision: float | None
    recall: float | None
    f1: float | None


def surface_points(mesh: Mesh) -> Float[Tensor, "n 3"]:
    """The 10,000 area-weighted samples that stand for a mesh; alike for alike meshes."""
    return sample_surface(mesh.vertices.float(), mesh.faces, SAMPLES).at(mesh.vertices.double())


def chamfer_cm(a_m: Float[Tensor, "n 3"], b_m: Float[Tensor, "m 3"]) -> float:
    """Mean nearest distance a to b, plus b to a (a sum, un-squared)."""
    both = nearest_m(a_m, b_m)[0].mean() + nearest_m(b_m, a_m)[0].mean()
    return round(100.0 * float(both), _DIGITS)


def procrustes(
    source: Float[Tensor, "n 3"], target: Float[Tensor, "n 3"], weights: Float[Tensor, " n"] | None = None
) -> Similarity:
    """The similarity target_from_source that brings corresponding points nearest (least squares)."""
    return registration(source.double(), target.double(), None if weights is None else weights.double())


def contact_vertices(
    body_m: Float[Tensor, "v 3"], object_points_m: Float[Tensor, "n 3"]
) -> Bool[Tensor, " v"]:
    """Which body vertices lie within 5 cm of the object (its surface samples)."""
    return nearest_m(body_m, object_points_m)[0] <= CONTACT_M


def contact_score(predicted: Bool[Tensor, " v"], true: Bool[Tensor, " v"]) -> ContactScore:
    """Precision, recall and F1 over the body's vertices.

    Nothing predicted where there is contact is precision 0; nothing predicted where there is none is
    right in every respect; contact invented where there is none is precision 0 and has no recall.
    """
    return score_of_counts(*(int(x.sum()) for x in (predicted & true, predicted, true)))


def score_of_counts(hit: int, said: int, real: int) -> ContactScore:
    """Precision, recall and F1 of `said` items, `hit` of which are among the `real` ones."""
    if said == 0 and real == 0:
        return ContactScore(1.0, 1.0, 1.0)
    precision = hit / said if said else 0.0
    recall = hit / real if real else None
    return ContactScore(precision, recall, 2 * hit / (said + real))


def collision(object_points_m: Float[Tensor, "n 3"], body: Mesh) -> tuple[float, float]:
    """Share of the object's surface inside the body, and the mean depth of that share in cm."""
    within = inside(object_points_m, body.vertices, body.faces)
    if not bool(within.any()):
        return 0.0, 0.0
    depth = nearest_m(object_points_m[within], surface_points(body))[0].mean()
    return float(within.double().mean()), round(100.0 * float(depth), _DIGITS)


def spread_m(points_m: Float[Tensor, "n 3"]) -> Float[Tensor, ""]:
    """Size without regard to pose: the root mean square distance of surface points from their mean."""
    return (points_m - points_m.mean(0)).square().sum(-1).mean().sqrt()


def size_error(predicted_m: Float[Tensor, "n 3"], true_m: Float[Tensor, "n 3"]) -> float:
    """|predicted size / true size - 1|, sizes as `spread_m` of surface points."""
    return round(abs(float(spread_m(predicted_m) / spread_m(true_m)) - 1.0), _DIGITS)


def mask_iou(
    predicted: Bool[Tensor, "h w"], true: Bool[Tensor, "h w"], left_out: Bool[Tensor, "h w"]
) -> float | None:
    """Intersection over union outside the pixels left out; None where nothing is left to compare."""
    union = int(((predicted | true) & ~left_out).sum())
    return int((predicted & true & ~left_out).sum()) / union if union else None


def calibration_error(probability: Sequence[float], right: Sequence[bool]) -> float | None:
    """Expected calibration error: |share right - mean stated probability|, over ten equal bins."""
    if not probability:
        return None
    stated = torch.tensor(probability, dtype=torch.float64)
    correct = torch.tensor(right, dtype=torch.float64)
    which: Int[Tensor, " n"] = (stated * BINS).long().clamp(0, BINS - 1)
    gaps = [
        (correct[which == b] - stated[which == b]).sum().abs() / len(stated) for b in which.unique().tolist()
    ]
    return round(float(torch.stack(gaps).sum()), _DIGITS)


def confident_half(probability: Sequence[float], error: Sequence[float]) -> float | None:
    """Mean error of the half with the highest stated probability, over the mean error of all."""
    if len(error) < 2 or sum(error) == 0:
        return None
    order = sorted(range(len(error)), key=lambda i: -probability[i])
    half = [error[i] for i in order[: (len(order) + 1) // 2]]
    return (sum(half) / len(half)) / (sum(error) / len(error))
