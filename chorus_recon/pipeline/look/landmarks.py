"""Where the photo shows the surface of a person, if the landmarks are beside those of the fitted body."""

from functools import cache

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human.model import FitModel, fit_model, landmarks_of
from chorus_recon.geometry.camera import project
from chorus_recon.types import HumanEstimate, PosedBody

SEEN = 0.5  # visibility from which a landmark counts
LOOSE = 0.02  # of the person's height in the photo: how far a landmark may be off without a word
LOOSE_FACE = 0.004  # the same of eyes, ears and nose, which clothes do not hide
LEAST_FACE = 3  # landmarks that must be seen
BLUR_M = 0.04  # how soon the shift of a landmark gives way to that of the next
FACE = ("nose", "left_eye", "right_eye", "left_ear", "right_ear")


def shown(body: PosedBody, human: HumanEstimate) -> Float[Tensor, "v 3"]:
    """The vertices (cam, metres), moved across the line of sight to where the photo shows them.

    The body follows the landmarks only roughly: a face that is off by two centimetres has its eyes on the
    cheeks. Between landmarks the shift is interpolated along the body.
    """
    if human.body.model != DefaultBody.id:
        return body.vertices
    model, near = _known()
    names = human.keypoints.names
    rows = [names.index(name) if name in names else -1 for name in model.landmark_names]
    at = torch.tensor(rows)
    seen = (at >= 0) & (human.keypoints.visibility[at.clamp_min(0)] > SEEN)
    face = torch.tensor([name in FACE for name in model.landmark_names])
    if int((seen & face).sum()) < LEAST_FACE:
        seen &= ~face
    if not bool(seen.any()):
        return body.vertices
    pixels = project(human.camera, landmarks_of(model, human.body).float())[0]
    off = human.keypoints.points_px[at.clamp_min(0)] - pixels
    tall = float((human.box_px[2:] - human.box_px[:2]).max())
    loose = torch.where(face, LOOSE_FACE, LOOSE) * tall
    off = off * (1 - loose / off.norm(dim=-1).clamp_min(1e-6)).clamp_min(0)[:, None]
    weight = near[:, seen]
    shift_px = (weight / weight.sum(1, keepdim=True)) @ off[seen]
    moved = body.vertices.clone()
    moved[:, :2] += shift_px / human.camera.focal_px * body.vertices[:, 2:]
    return moved


@cache
def _known() -> tuple[FitModel, Float[Tensor, "v k"]]:
    """The body as it is fitted, and how near each landmark is to each vertex, along the body."""
    body = DefaultBody()
    canon = body.canonical()[0]
    apart = torch.cdist(canon, body.landmark_weights @ canon)
    return fit_model(body), (apart.square() + BLUR_M**2).pow(-2)
