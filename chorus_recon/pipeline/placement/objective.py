"""The terms of object placement: pure, batched functions of points, masks and fields.

`b` is the number of candidates, `n` object surface points, `m` mask pixels. Image-plane lengths are
in widths of the working window, so that terms do not depend on the photo's size.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

EPSILON = 1e-6
SLACK_M = 0.05  # what a body fitted to landmarks is off by
AXIS_KNOWN = 0.1  # mean strength of an axis at which half of it is believed
OFF_PX = 0.25  # `outside` of a point behind the camera, pixels
FLOOR = 0.02  # occupancy added before the logarithm: the prior is never sure that a place is empty
EXPECTED_REACH_M = 0.3  # from an expected place, beyond which more distance hardly counts
DEPTH_CAP_M = 0.5  # one point breaks the depth order by this at most: it may see past the body
SKIN_M = 0.01  # bodies give way
TOUCH_M = 0.02  # a gap that counts as touching
CONTACT_REACH_M = 0.15  # a gap that counts as not touching at all
USUAL_SD = 2.5  # standard scores up to here are usual
UNUSUAL = 5.0  # cost of a squared standard score beyond them
TOUCH_SLACK_M = 0.10  # what spots of another make of the object are off by, and the limbs
HOLD_HALF_M = 0.15  # beyond the slack, where `hold` is one half
FAR = -40.0  # exponents below this give denormal numbers, which are slow


class _Splat(torch.autograd.Function):
    """Sum of separable Gaussians as one batched matrix product, with its gradient by hand.

    Autograd would keep and re-read five arrays of b x n x size; this keeps two.
    """

    @staticmethod
    def forward(ctx, uv, weight, width, height, sigma):
        scale = sigma * 2**0.5
        dx = uv[..., 0:1] / scale - (torch.arange(width, device=uv.device) + 0.5) / scale
        dy = uv[..., 1:2] / scale - (torch.arange(height, device=uv.device) + 0.5) / scale
        gx = dx.square().neg_().clamp_min_(FAR).exp_()
        gy = dy.square().neg_().clamp_min_(FAR).exp_().mul_(weight[..., None])
        ctx.save_for_backward(dx, dy, gx, gy)
        ctx.scale = scale
        return gy.mT @ gx

    @staticmethod
    def backward(ctx, grad):
        dx, dy, gx, gy = ctx.saved_tensors
        du = (gy @ grad).mul_(gx).mul_(dx).sum(-1)
        dv = (gx @ grad.mT).mul_(gy).mul_(dy).sum(-1)
        return torch.stack([du, dv], -1) * (-2 / ctx.scale), None, None, None, None


def splat(
    uv: Float[Tensor, "b n 2"], size: tuple[int, int], sigma: float, weight: Float[Tensor, "b n"]
) -> Float[Tensor, "b h w"]:
    """Soft silhouette of points: 1 - exp(-sum of Gaussians).

    Args:
        uv: points in pixels of the window (corner origin).
        size: (width, height) of the window in pixels.
        sigma: standard deviation of a point in pixels.
        weight: how much of a pixel a point covers at its centre (no gradient).
    """
    total = _Splat.apply(uv, weight, size[0], size[1], sigma)
    return 1 - torch.exp(-total)  # pyright: ignore[reportOperatorIssue]


def silhouette(
    soft: Float[Tensor, "b h w"], target: Float[Tensor, "h w"], known: Float[Tensor, "h w"]
) -> Float[Tensor, " b"]:
    """1 - soft IoU over known pixels; 0 when they agree, 1 when they never meet."""
    inter = (soft * target * known).sum((-1, -2))
    union = ((soft + target - soft * target) * known).sum((-1, -2))
    return 1 - inter / union.clamp_min(EPSILON)


def outside(
    uv: Float[Tensor, "b n 2"], distance: Float[Tensor, "h w"], valid: Bool[Tensor, "b n"]
) -> Float[Tensor, " b"]:
    """Mean distance (window widths) by which points miss the object and unknown pixels."""
    height, width = distance.shape
    scale = torch.tensor([2 / width, 2 / height]).to(uv)
    where = (uv * scale - 1)[:, None]
    sampled = torch.nn.functional.grid_sample(
        distance.expand(uv.shape[0], 1, -1, -1), where, align_corners=False, padding_mode="border"
    )[:, 0, 0]
    return torch.where(valid, sampled, OFF_PX).mean(-1) / width


def _nearest(spots: Float[Tensor, "*b m d"], points: Float[Tensor, "b n d"]) -> Float[Tensor, "b m"]:
    """Distance from each spot to its nearest point; the gradient flows through that point alone."""
    with torch.no_grad():
        # squared distances without |s|^2, which is the same for all points: |p|^2 - 2 s.p
        far = torch.cat([-2 * points, points.square().sum(-1, keepdim=True)], -1).mT
        gap = torch.nn.functional.pad(spots, (0, 1), value=1.0) @ far
        which = torch.from_numpy(gap.cpu().numpy().argmin(-1))  # several times faster than torch's argmin
    chosen = points.gather(1, which[..., None].expand(-1, -1, points.shape[-1]))
    return (chosen - spots).square().sum(-1).clamp_min(EPSILON).sqrt()


def uncovered(uv: Float[Tensor, "b n 2"], pixels: Float[Tensor, "m 2"], width: int) -> Float[Tensor, " b"]:
    """Mean distance (window widths) from mask pixels to the nearest projected point."""
    return _nearest(pixels, uv).mean(-1) / width


def field_likelihood(probability: Float[Tensor, "b n"], floor: float = FLOOR) -> Float[Tensor, " b"]:
    """Mean negative log occupancy of surface points: low where the prior expects the object."""
    return -torch.log(probability.clamp_min(0) + floor).mean(-1)


def gaps_m(points: Float[Tensor, "b n 3"], expected: Float[Tensor, "b k 3"]) -> Float[Tensor, "b k"]:
    """Distance of each expected place from the object, metres."""
    return _nearest(expected, points)


def coverage(gap_m: Float[Tensor, "b k"], reach_m: float = EXPECTED_REACH_M) -> Float[Tensor, " b"]:
    """Mean distance (in units of `reach_m`, saturating) of expected places from the object."""
    return (1 - torch.exp(-(gap_m / reach_m).square())).mean(-1)


def reach(gap_m: Float[Tensor, "b k"], reach_m: float = EXPECTED_REACH_M) -> Float[Tensor, " b"]:
    """Metres beyond `reach_m` between the object and the nearest expected place, without saturation."""
    return torch.relu(gap_m.amin(-1) - reach_m)


def depth_order(
    depth: Float[Tensor, "b n"],
    body_depth: Float[Tensor, "b n"],
    behind: Bool[Tensor, "b n"],
    before: Bool[Tensor, "b n"],
) -> Float[Tensor, " b"]:
    """Mean metres by which points break the order seen in the photo.

    Args:
        depth: z of object points.
        body_depth: z of the body's front along the same ray, +inf where it is not hit.
        behind: the person is seen at this pixel, so the point must be deeper than the body.
        before: the object is seen at this pixel and the point faces the camera: it must be nearer.
    """
    finite = torch.isfinite(body_depth)
    body = torch.where(finite, body_depth, depth)
    wrong = torch.relu(body - depth) * behind + torch.relu(depth - body) * before
    return (wrong.clamp_max(DEPTH_CAP_M) * finite).mean(-1)


def penetration(signed_distance: Float[Tensor, "b n"], allowed_m: float = SKIN_M) -> Float[Tensor, " b"]:
    """Mean metres that points lie inside the body (negative distance) beyond a soft skin."""
    return torch.relu(-signed_distance - allowed_m).mean(-1)


def contact(signed_distance: Float[Tensor, "b n"], reach_m: float = CONTACT_REACH_M) -> Float[Tensor, " b"]:
    """How far the object is from touching: 0 at 2 cm or less, 1 at `reach_m` or more."""
    nearest = signed_distance.amin(-1)
    return ((nearest - TOUCH_M) / (reach_m - TOUCH_M)).clamp(0, 1)


def size(
    log_scale: Float[Tensor, " b"], scale_sd: Float[Tensor, " b"], code: Float[Tensor, "b m"]
) -> Float[Tensor, " b"]:
    """Half squared standard scores of scale and shape modes; steep past 2.5 s.d."""
    score = torch.cat([(log_scale / scale_sd)[:, None], code], -1)
    return 0.5 * score.square().sum(-1) + UNUSUAL * torch.relu(score.abs() - USUAL_SD).square().sum(-1)


def pose_prior(rotation: Float[Tensor, "b 3 3"], known: Float[Tensor, "b q 3 3"]) -> Float[Tensor, " b"]:
    """(1 - cos of the angle to the nearest known orientation) / 2: 0 alike, 1 turned by 180 degrees."""
    trace = torch.einsum("bij,bqij->bq", rotation, known).amax(-1)
    return (3 - trace) / 4


def upright(
    axis: Float[Tensor, "b t 3"], up: Float[Tensor, " 3"], free: Float[Tensor, " b"]
) -> Float[Tensor, " b"]:
    """1 - cos of the lean of the object's vertical axis beyond the free lean, the least over its twins.

    Args:
        axis: the axis that points up in use, for each of `t` symmetric twins; unit vectors in cam.
        up: the vertical, a unit vector in cam.
        free: 1 - cos of the lean that costs nothing.
    """
    return torch.relu(1 - (axis @ up).amax(-1) - free)


def hold(gap_m: Float[Tensor, " b"], spread_m: Float[Tensor, " b"]) -> Float[Tensor, " b"]:
    """How far the point that stays put in use has left its place: 0 within its spread, 1 far off."""
    return _far_off(gap_m - spread_m - SLACK_M)


def touch(gap_m: Float[Tensor, "b t k"], weight: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
    """How far places of the body are from their spots on the object: 0 within the slack, 1 far off.

    Args:
        gap_m: of each contact, for each symmetric twin of the object.
        weight: of each contact; 0 for none.

    Returns:
        The mean over the contacts, of the nearest twin; 0 without contacts.
    """
    far = _far_off(gap_m - TOUCH_SLACK_M) * weight[:, None]
    return (far.sum(-1) / weight.sum(-1, keepdim=True).clamp_min(1.0)).amin(-1)


def _far_off(beyond_m: Float[Tensor, "*b"]) -> Float[Tensor, "*b"]:
    """From the distance beyond what is free: 0 up to there, one half at `HOLD_HALF_M`, 1 far off."""
    beyond = torch.relu(beyond_m)
    return beyond / (beyond + HOLD_HALF_M)


def axis_prior(
    axes: Float[Tensor, "b 6"], direction: Float[Tensor, "b 3"], elongation: Float[Tensor, " b"]
) -> Float[Tensor, " b"]:
    """How far the object's long axis is from where the prior saw such axes: 0 along it, 1 across it.

    Args:
        axes: mean of strength * n n' (xx xy xz yy yz zz) where the object is; the trace is what is known.
        direction: the object's own long axis, a unit vector in the same frame.
        elongation: how much of an axis it has: 0 none, 1 a line.
    """
    tensor = axes[:, (0, 1, 2, 1, 3, 4, 2, 4, 5)].unflatten(-1, (3, 3))
    known = tensor.diagonal(dim1=-2, dim2=-1).sum(-1)
    along = torch.einsum("bi,bij,bj->b", direction, tensor, direction)
    return elongation * (known - along) / (known + AXIS_KNOWN)
