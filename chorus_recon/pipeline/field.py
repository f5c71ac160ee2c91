"""Occupancy and signed distance of the object around a posed person, from priors."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from scipy.spatial import KDTree
from torch import Tensor

from chorus_recon.backends import registry
from chorus_recon.backends.body import canonical
from chorus_recon.backends.body.canonical import canon_between
from chorus_recon.backends.protocols import BodyModel
from chorus_recon.errors import MissingBackend, PriorError
from chorus_recon.geometry import grid as grids
from chorus_recon.geometry import mesh, transforms, warp
from chorus_recon.geometry.camera import project, scaled
from chorus_recon.types import ALL, Camera, OccupancyPrior, PosedBody, PosedField, Rigid, VoxelGrid

OUTSIDE_M = 0.2  # the signed distance reported beyond the grid


@dataclass(frozen=True, slots=True)
class BodyDistance:
    """Signed distance to the body's surface (negative inside) on a grid in cam axes, metres."""

    grid: VoxelGrid
    cam_from_grid: Rigid
    distance: Float[Tensor, "x y z"]


def body_distance(body: PosedBody, voxel_m: float = 0.025, margin_m: float = 0.15) -> BodyDistance:
    """Signed distance by the nearest vertex and its normal, around the posed body.

    Voxels farther than `OUTSIDE_M` from every vertex get that distance: the normal of a distant vertex does
    not tell inside from outside.
    """
    low = body.vertices.amin(0) - margin_m
    extent = body.vertices.amax(0) + margin_m - low
    voxel_m = max(voxel_m, float((extent.prod() / 2e5) ** (1 / 3)))
    shape = tuple(int(n) for n in torch.ceil(extent / voxel_m))
    grid = VoxelGrid((0.0, 0.0, 0.0), voxel_m, (shape[0], shape[1], shape[2]))
    points = (grids.centers(grid) + low).reshape(-1, 3)
    normals = mesh.vertex_normals(body.vertices, body.faces)
    close = grids.near(grid, body.vertices - low, OUTSIDE_M + voxel_m).flatten().nonzero()[:, 0]
    # with a bound, distant points cost little; they get an infinite distance and no vertex
    gap, nearest = KDTree(body.vertices.numpy()).query(
        points[close].numpy(), distance_upper_bound=OUTSIDE_M, workers=-1
    )
    found = torch.from_numpy(gap < OUTSIDE_M)
    close, which = close[found], torch.from_numpy(nearest)[found]
    side = ((points[close] - body.vertices[which]) * normals[which]).sum(-1).sign()
    distance = torch.full((len(points),), OUTSIDE_M)
    distance[close] = torch.from_numpy(gap)[found].float() * torch.where(side == 0, 1.0, side)
    return BodyDistance(grid, Rigid(torch.eye(3), low), distance.reshape(shape))


def repose(priors: tuple[OccupancyPrior, ...], model: BodyModel, body: PosedBody) -> tuple[PosedField, ...]:
    """Carry every cluster of a prior to a posed body, by the warp it was counted with (CHORUS, ICCV 2023).

    The posed grid is the prior's own, laid in the person's root frame. A prior that was built on
    another body than `model` goes by joint names: its canonical joints are put on the model's.

    Raises:
        PriorError: the prior was built on a body that is neither `model` nor to be had here.
    """
    model, cam_from_root, root_from_canon = frames(priors[0].body_model, model, body)
    carried: dict[int, PosedField] = {}
    for grid in {prior.grid for prior in priors}:  # one warp serves all that share a grid
        rows = [row for row, prior in enumerate(priors) if prior.grid == grid]
        fields = _carried([priors[row] for row in rows], grid, model, cam_from_root, root_from_canon)
        carried |= dict(zip(rows, fields, strict=True))
    return tuple(carried[row] for row in range(len(priors)))


def frames(
    built_on: str, model: BodyModel, body: PosedBody
) -> tuple[BodyModel, Rigid, Float[Tensor, "j 4 4"]]:
    """(the body a prior was built on, cam_from_root, root_from_canon a joint) to pose the prior by.

    Raises:
        PriorError: it was built on a body that is neither `model` nor to be had here.
    """
    cam_from_root = Rigid(body.cam_from_canon[0, :3, :3], body.joints[0])
    root_from_canon = torch.linalg.inv(transforms.matrix(cam_from_root)) @ body.cam_from_canon
    source = _built_on(built_on, model)
    if source.id != model.id:
        root_from_canon = root_from_canon @ canon_between(source, model)
    return source, cam_from_root, root_from_canon


def _carried(
    priors: Sequence[OccupancyPrior],
    grid: VoxelGrid,
    model: BodyModel,
    cam_from_root: Rigid,
    root_from_canon: Float[Tensor, "j 4 4"],
) -> list[PosedField]:
    weights = canonical.skin_weights(model, grid)
    counts = [1 if prior.axes is None else 7 for prior in priors]
    rest = torch.zeros(sum(counts), *grid.shape)
    for prior, channels in zip(priors, rest.split(counts), strict=True):
        channels[0] = prior.expected
        if prior.axes is not None:
            known = prior.axes.strength > 0
            x, y, z = warp.turn(prior.axes.axis[known], weights[known], root_from_canon).unbind(-1)
            line = torch.stack([x * x, x * y, x * z, y * y, y * z, z * z])
            channels[1:, known] = line * prior.axes.strength[known]
    moved = warp.carry(rest, grid, weights, root_from_canon).split(counts)
    return [
        PosedField(
            grid=grid,
            cam_from_grid=cam_from_root,
            probability=values[0],
            cluster=prior.cluster,
            share=prior.share,
            seeds=prior.seeds,
            axes=values[1:] if prior.axes is not None else None,
            uses=prior.uses,
        )
        for prior, values in zip(priors, moved, strict=True)
    ]


def _built_on(name: str, model: BodyModel) -> BodyModel:
    """The body of a prior, which another body may carry where both have the same joints."""
    if name == model.id:
        return model
    try:
        source = registry.body_of(name)
    except MissingBackend as error:
        raise PriorError(
            f"The prior was built on the body '{name}', this run uses '{model.id}', and to carry it over "
            f"'{name}' is needed: {error.message}",
            f"{error.hint} Or rebuild the prior on '{model.id}'.",
        ) from error
    if source.joint_names != model.joint_names:
        raise PriorError(
            f"The prior was built on the body '{name}', whose joints are not those of '{model.id}'.",
            f"Rebuild it, or choose a human backend that poses '{name}'.",
        )
    return source


def whole(fields: Sequence[PosedField]) -> PosedField:
    """A prior's whole where it is among its clusters (`ALL`), else these added up by their shares.

    Those on another grid than the first are left out.
    """
    total = next((field for field in fields if field.cluster == ALL), None)
    if total is not None:
        return total
    same = [f for f in fields if f.grid == fields[0].grid]
    weight = torch.tensor([f.share for f in same])
    total = torch.einsum("c,cxyz->xyz", weight / weight.sum(), torch.stack([f.probability for f in same]))
    return PosedField(same[0].grid, same[0].cam_from_grid, total, "all", 1.0)


def points_of(field: PosedField, threshold: float) -> tuple[Float[Tensor, "n 3"], Float[Tensor, " n"]]:
    """Voxel centres (cam) at least as probable as `threshold`, with their probability."""
    chosen = field.probability >= threshold
    centers = grids.centers(field.grid)[chosen]
    return transforms.apply(field.cam_from_grid, centers), field.probability[chosen]


def splat_image(field: PosedField, camera: Camera, size: int = 64) -> tuple[Float[Tensor, "h w"], Camera]:
    """Max projection of a field into a small picture with `size` px on its long side.

    Each voxel fills its own footprint, so that near people leave no holes.
    """
    small = scaled(camera, size / max(camera.size_px))
    width, height = small.size_px
    points, probability = points_of(field, 0.02)
    if len(points) == 0:
        return torch.zeros(height, width), small
    uv, front = project(small, points)
    half = small.focal_px[0] * field.grid.voxel_m / points[:, 2].clamp_min(0.1) / 2
    reach = int(torch.ceil(half.median()).clamp(1, 6))
    radius = (half + 0.5).floor().clamp_max(reach)
    cell = torch.floor(uv).long() + reach  # the margin holds centres outside the picture
    image = torch.zeros(height + 2 * reach, width + 2 * reach)
    room = torch.tensor([image.shape[1], image.shape[0]])
    inside = front & (cell >= 0).all(-1) & (cell < room).all(-1)
    for size_px in range(reach, -1, -1):
        # a square drawn in one iteration grows by a pixel on each side in every later one
        image = torch.nn.functional.max_pool2d(image[None, None], 3, 1, 1)[0, 0]
        chosen = inside & (radius == size_px)
        where = cell[chosen, 1] * image.shape[1] + cell[chosen, 0]
        image.view(-1).scatter_reduce_(0, where, probability[chosen], "amax")
    return image[reach : reach + height, reach : reach + width].contiguous(), small


def hot_box(field: PosedField, camera: Camera, level: float = 0.5) -> Float[Tensor, " 4"] | None:
    """Box (photo pixels) of where a field is at least `level` of its peak; None off the picture."""
    image, small = splat_image(field, camera, 96)
    hot = image >= max(level * float(image.max()), 0.02)
    if not hot.any():
        return None
    rows, cols = torch.where(hot.any(1))[0], torch.where(hot.any(0))[0]
    corners = torch.stack([cols[0], rows[0], cols[-1] + 1, rows[-1] + 1]).float()
    return corners * camera.size_px[0] / small.size_px[0]
