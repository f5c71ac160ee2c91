"""BlazePose's person detector: anchors, decoding and alignment points."""

import math
from dataclasses import dataclass

import openvino
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from chorus_recon.geometry.squares import Squares, cut, to_picture

INPUT_PX = 224
STRIDES = (8, 16, 32, 32, 32)
ANCHORS_PER_LAYER = 2
LEAST_SCORE = 0.4
SAME_PERSON = 0.3  # hip centres nearer than this share of the circle's radius are one person
ROI_SCALE = 1.25  # the landmark network was trained with this much air around the body's circle


@dataclass(frozen=True, slots=True)
class RoughPeople:
    """Squares about whole bodies, upright in their own axes, best first."""

    squares: Squares
    scores: Float[Tensor, " n"]


def anchors() -> Float[Tensor, "2254 2"]:
    """Anchor centres in units of the input: two a cell and layer, layers of one stride cell by cell."""
    rows = []
    for stride in sorted(set(STRIDES)):
        cells = INPUT_PX // stride
        step = (torch.arange(cells) + 0.5) / cells
        v, u = torch.meshgrid(step, step, indexing="ij")
        centers = torch.stack([u, v], -1).reshape(-1, 2)
        rows.append(centers.repeat_interleave(ANCHORS_PER_LAYER * STRIDES.count(stride), 0))
    return torch.cat(rows)


def decode(raw: Float[Tensor, "2254 12"]) -> Float[Tensor, "2254 4 2"]:
    """The four alignment points of every anchor, in units of the input.

    The first is the hip centre, the second lies on a circle about the whole body. (Columns 0-3 are a
    box about the face, which is not used.)
    """
    return raw[:, 4:].reshape(-1, 4, 2) / INPUT_PX + anchors()[:, None]


def body_square(
    hip_px: Float[Tensor, "n 2"], circle_px: Float[Tensor, "n 2"], scale: float = ROI_SCALE
) -> Squares:
    """The square about the body's circle, turned so that the circle point is straight above the hip."""
    toward = circle_px - hip_px
    angle = torch.atan2(toward[:, 0], -toward[:, 1])
    angle = torch.where(angle > math.pi, angle - 2 * math.pi, angle)
    return Squares(hip_px, 2 * scale * toward.norm(dim=-1), angle)


def find(
    network: openvino.CompiledModel, picture: UInt8[Tensor, "3 h w"] | Float[Tensor, "3 h w"], window: Squares
) -> RoughPeople:
    """People in one upright square of a picture, of bytes or with values in [0, 1]."""
    crop = cut(picture, window, INPUT_PX) * 2 - 1
    # The detector wants black (-1) where there is no picture, which is what zeros became.
    result = network(crop.permute(0, 2, 3, 1).contiguous().numpy())
    raw, logit = (torch.from_numpy(result[i].copy())[0] for i in range(2))
    score = logit[:, 0].clamp(-100, 100).sigmoid()
    keep = score >= LEAST_SCORE
    points, score = decode(raw)[keep], score[keep]
    order = score.argsort(descending=True)
    points, score = points[order], score[order]
    kept: list[Tensor] = []
    best: list[float] = []
    left = torch.ones(len(score), dtype=torch.bool)
    for i in range(len(score)):
        if not left[i]:
            continue
        radius = (points[i, 1] - points[i, 0]).norm()
        near = left & ((points[:, 0] - points[i, 0]).norm(dim=-1) < SAME_PERSON * radius)
        share = score[near] / score[near].sum()
        kept.append((share[:, None, None] * points[near]).sum(0))
        best.append(float(score[i]))
        left &= ~near
    if not kept:
        return RoughPeople(window[:0], score)
    pixels = to_picture(window, torch.stack(kept).reshape(1, -1, 2)).reshape(-1, 4, 2)
    return RoughPeople(body_square(pixels[:, 0], pixels[:, 1]), torch.tensor(best))
