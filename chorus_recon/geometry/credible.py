"""Credible interval of a share, given the number of independent observations behind it."""

import numpy as np
import torch
from jaxtyping import Float
from scipy.special import betaincinv
from torch import Tensor

MASS = 0.9  # of the posterior between the two ends
JEFFREYS = 0.5  # hits and misses believed before any picture
_SHARE_STEPS = 1000
_EVIDENCE_STEPS = 32  # an octave: finer than an interval is worth


def interval(
    share: Float[Tensor, "*b"], evidence: Float[Tensor, "*b"]
) -> tuple[Float[Tensor, "*b"], Float[Tensor, "*b"]]:
    """(low, high) of the Beta posterior of a share seen in `evidence` effective pictures.

    Equal tails; an end lies at 0 or 1 where none or all were hits (Brown, Cai and DasGupta 2001),
    and the interval always holds the share itself. Without evidence it is [0, 1].
    """
    # few different pairs, many voxels: the inverse is worked out once a pair
    steps = (share.detach().cpu().double() * _SHARE_STEPS).round().long()
    octaves = ((1 + evidence.detach().cpu().double()).log2() * _EVIDENCE_STEPS).round().long()
    keys, back = np.unique((octaves * (_SHARE_STEPS + 1) + steps).numpy().reshape(-1), return_inverse=True)
    p = keys % (_SHARE_STEPS + 1) / _SHARE_STEPS
    n = np.exp2(keys // (_SHARE_STEPS + 1) / _EVIDENCE_STEPS) - 1
    hits, misses, tail = p * n, (1 - p) * n, (1 - MASS) / 2
    low = np.where(hits <= 0, 0.0, betaincinv(hits + JEFFREYS, misses + JEFFREYS, tail))
    high = np.where(misses <= 0, 1.0, betaincinv(hits + JEFFREYS, misses + JEFFREYS, 1 - tail))
    first, second = (torch.from_numpy(end[back].reshape(share.shape)).to(share) for end in (low, high))
    return torch.minimum(first, share), torch.maximum(second, share)
