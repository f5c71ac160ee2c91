"""Credible interval of a share, given the number of independent observations behind it."""

import numpy as np
import torch
from jaxtyping import Float
from scipy.special import betaincinv
from torch import Tensor

MASS = 0.9  # of the posterior between the two ends
JEFFREYS = 0.5  # pseudo-counts of hits and of misses in the Jeffreys prior
_SHARE_STEPS = 1000
_EVIDENCE_STEPS = 32  # per octave; the rounding is small beside the width of an interval


def interval(
    share: Float[Tensor, "*b"], evidence: Float[Tensor, "*b"]
) -> tuple[Float[Tensor, "*b"], Float[Tensor, "*b"]]:
    """(low, high) of the Beta posterior of a share observed in `evidence` effective pictures.

    The tails are equal. The lower end is 0 where nothing was a hit and the upper end 1 where all were
    (Brown, Cai and DasGupta 2001). The interval always contains the share; without evidence it is [0, 1].
    """
    # Many voxels share few distinct (share, evidence) pairs, so the inverse is computed once per pair.
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
