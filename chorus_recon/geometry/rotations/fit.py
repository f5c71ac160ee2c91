"""The rotation nearest to a matrix, and the rotation, shift and scale that bring points onto others."""

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.types import Similarity


def nearest_rotation(matrix: Float[Tensor, "*b 3 3"]) -> Float[Tensor, "*b 3 3"]:
    """The rotation R with the largest trace of R' M (least squares)."""
    u, _, v = torch.linalg.svd(matrix)
    return _proper(u, v) @ v


def registration(
    source: Float[Tensor, "*b n 3"],
    target: Float[Tensor, "*b n 3"],
    weights: Float[Tensor, " n"] | None = None,
) -> Similarity:
    """The similarity target_from_source that brings corresponding points nearest (weighted least squares)."""
    share = torch.ones(source.shape[-2]).to(source) if weights is None else weights
    share = (share / share.sum())[:, None]
    middles = [(points * share).sum(-2) for points in (source, target)]
    a, b = (points - middle[..., None, :] for points, middle in zip((source, target), middles, strict=True))
    u, strength, v = torch.linalg.svd((b * share).mT @ a)
    proper = _proper(u, v)
    rotation = proper @ v
    kept = (proper.mT @ u).diagonal(dim1=-2, dim2=-1)  # -1 where a mirror image was avoided
    scale = (strength * kept).sum(-1) / (a.square() * share).sum((-1, -2))
    shift = middles[1] - scale[..., None] * (rotation @ middles[0][..., None])[..., 0]
    return Similarity(rotation, shift, scale)


def _proper(u: Float[Tensor, "*b 3 3"], v: Float[Tensor, "*b 3 3"]) -> Float[Tensor, "*b 3 3"]:
    """`u` with its last column turned round where u v would be a mirror image."""
    sign = torch.linalg.det(u @ v).sign()
    return torch.cat([u[..., :2], u[..., 2:] * sign[..., None, None]], -1)
