"""Projective Average Precision of a posed field against an object mask (CHORUS, ICCV 2023)."""

import math

import torch
from jaxtyping import Bool, Float
from scipy.ndimage import gaussian_filter
from torch import Tensor
from torch.nn.functional import max_pool3d

from chorus_recon.geometry import camera as cameras
from chorus_recon.geometry import grid as voxels
from chorus_recon.geometry import transforms
from chorus_recon.types import Camera, PapScore, PosedField

SHORT_SIDE_PX = 32  # CHORUS: the canvas on which fields and masks are compared
KERNEL_M = 0.03  # standard deviation of the kernel: half a published voxel
THRESHOLDS = torch.arange(1, 100).double().div(100).float()


def pap(
    field: PosedField,
    camera: Camera,
    object_mask: Float[Tensor, "h w"] | Bool[Tensor, "h w"],
    body_vertices_cam: Float[Tensor, "v 3"],
    image_id: str,
) -> PapScore:
    """Score a field against the object's mask, vanilla and strict, with and without the person's pixels.

    Vanilla extends the curve down to recall 0 where nothing is predicted; strict does not.
    """
    centers = transforms.apply(field.cam_from_grid, voxels.centers(field.grid).reshape(-1, 3))
    return pap_of_points(
        centers, field.probability.reshape(-1), camera, object_mask, body_vertices_cam, image_id
    )


def pap_of_points(
    points_cam: Float[Tensor, "n 3"],
    probability: Float[Tensor, " n"],
    camera: Camera,
    object_mask: Float[Tensor, "h w"] | Bool[Tensor, "h w"],
    body_vertices_cam: Float[Tensor, "v 3"],
    image_id: str,
) -> PapScore:
    """`pap` of bare voxel centres."""
    height, width = object_mask.shape
    scale = SHORT_SIDE_PX / min(height, width)
    # the size is truncated but the intrinsics are not: the release's figures need it so
    small = Camera(
        camera.focal_px * scale, camera.center_px * scale, (int(width * scale), int(height * scale))
    )
    target = area_resize(object_mask.float() > 0.5, small.size_px)
    strongest = _strongest(small, points_cam, probability)
    human = _strongest(small, body_vertices_cam, torch.ones(len(body_vertices_cam))) > 0
    vanilla, strict = curve_area(strongest, target)
    free = target & ~human
    vanilla_hoa, strict_hoa = curve_area(torch.where(human, -1.0, strongest), free)
    target_px, free_px = int(target.sum()), int(free.sum())
    return PapScore(
        image_id,
        vanilla,
        strict,
        vanilla_hoa if free_px else None,
        strict_hoa if free_px else None,
        target_px,
        free_px,
    )


def pap_smooth(
    field: PosedField,
    camera: Camera,
    object_mask: Float[Tensor, "h w"] | Bool[Tensor, "h w"],
    body_vertices_cam: Float[Tensor, "v 3"],
    image_id: str,
) -> PapScore:
    """`pap` of the field smoothed by a Gaussian kernel of `KERNEL_M`, between its voxel centres too.

    The smoothed field is sampled so finely that neighbours land in neighbouring pixels: a near person's
    voxels leave no holes, and unlike the published variants the score hardly changes with their size.
    """
    depth = float(transforms.apply(field.cam_from_grid, torch.zeros(1, 3))[0, 2].clamp_min(0.3))
    scale = SHORT_SIDE_PX / min(object_mask.shape)
    footprint_px = field.grid.voxel_m * float(camera.focal_px.max()) * scale / depth
    parts = min(4, max(1, math.ceil(1.5 * footprint_px)))
    steps = (torch.arange(parts) + 0.5) / parts - 0.5
    offsets = torch.cartesian_prod(steps, steps, steps).reshape(-1, 3) * field.grid.voxel_m
    kernel = gaussian_filter(field.probability.numpy(), KERNEL_M / field.grid.voxel_m, mode="constant")
    smooth = torch.from_numpy(kernel)
    # a voxel all of whose neighbours are below the least threshold cannot reach it in between
    hot = (max_pool3d(smooth[None], 3, 1, 1)[0] >= THRESHOLDS[0]).reshape(-1)
    points = (voxels.centers(field.grid).reshape(-1, 1, 3)[hot] + offsets).reshape(-1, 3)
    values = voxels.sample(smooth[None], field.grid, points)[..., 0]
    return pap_of_points(
        transforms.apply(field.cam_from_grid, points),
        values,
        camera,
        object_mask,
        body_vertices_cam,
        image_id,
    )


def curve_area(strongest: Float[Tensor, "h w"], target: Bool[Tensor, "h w"]) -> tuple[float, float]:
    """(vanilla, strict) interpolated average precision of a picture of probabilities.

    Args:
        strongest: the largest probability along each pixel's ray, negative where there is none.
        target: the object's pixels.
    """
    predicted = strongest.reshape(1, -1) >= THRESHOLDS[:, None]  # float32 on both sides, as published
    area = predicted.sum(-1)
    overlap = (predicted & target.reshape(1, -1)).sum(-1).double()
    precision = overlap / area.clamp_min(1)
    recall = overlap / max(1, int(target.sum()))
    best_before = precision.cummax(0).values[:-1]
    steps = (recall[:-1] - recall[1:]) * best_before
    return float(steps.sum()), float(steps[area[1:] > 0].sum())


def area_resize(mask: Bool[Tensor, "h w"], size_px: tuple[int, int]) -> Bool[Tensor, "r c"]:
    """Shrink a mask by area averaging; a pixel is set where more than half of it is covered."""
    width, height = size_px
    rows, columns = _overlaps(mask.shape[0], height), _overlaps(mask.shape[1], width)
    # doubles are exact enough that a coverage of one half stays one half
    return rows @ mask.double() @ columns.mT > 0.5 + 1e-9


def _overlaps(source: int, count: int) -> Float[Tensor, "c s"]:
    """Share of each target cell's length that each source pixel covers."""
    edges = torch.arange(count + 1).double() * source / count
    pixels = torch.arange(source + 1).double()
    low = torch.maximum(edges[:-1, None], pixels[None, :-1])
    high = torch.minimum(edges[1:, None], pixels[None, 1:])
    return (high - low).clamp_min(0) * count / source


def _strongest(
    camera: Camera, points_cam: Float[Tensor, "n 3"], values: Float[Tensor, " n"]
) -> Float[Tensor, "h w"]:
    """Largest value among the points that land in each pixel, -1 where none does."""
    width, height = camera.size_px
    pixels, valid = cameras.project(camera, points_cam)
    cell = torch.trunc(pixels)  # toward zero, as the published metric does
    valid &= (cell >= 0).all(-1) & (cell[:, 0] < width) & (cell[:, 1] < height)
    where = (cell[valid, 1] * width + cell[valid, 0]).long()
    out = torch.full((height * width,), -1.0)
    out.scatter_reduce_(0, where, values[valid].float(), "amax")
    return out.reshape(height, width)
