"""The warp from canonical to posed space by blended skinning weights, for points and for grids of values."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from scipy.ndimage import gaussian_filter1d
from scipy.sparse import csc_array
from scipy.spatial import KDTree
from torch import Tensor

from chorus_recon.geometry import grid as voxels
from chorus_recon.geometry.transforms import rotation_about
from chorus_recon.types import VoxelGrid

NEIGHBOURS = 30  # CHORUS: inverse-distance blend of this many vertices
FAR_M = 0.8  # CHORUS: beyond this a voxel follows the root joint alone
SWEEPS = 30  # CHORUS: smoothing passes
KEEP = 0.7  # CHORUS: share of its own weights that a voxel keeps in a smoothing pass
STAR_HIP_RAD = math.radians(30.0)  # CHORUS: the canonical pose spreads the legs
CARRY_SMOOTH_VOXELS = 0.7  # standard deviation of the kernel that closes gaps between warped voxel centres
CARRY_THIN = 0.4  # density (warped voxels per voxel) below which values fade
_CHUNK = 32768
_GROUP = 8  # channels processed together, few enough to stay in the CPU cache


def star_pose(joint_names: Sequence[str]) -> Float[Tensor, "j 3 3"]:
    """Local joint rotations of the canonical pose: a T-pose with the legs 30 degrees apart each."""
    pose = torch.eye(3).repeat(len(joint_names), 1, 1)
    for name, angle in (("left_hip", STAR_HIP_RAD), ("right_hip", -STAR_HIP_RAD)):
        pose[list(joint_names).index(name)] = rotation_about("z", angle)
    return pose


def rigid_between(
    turns_a: Float[Tensor, "j 3 3"],
    joints_a: Float[Tensor, "j 3"],
    turns_b: Float[Tensor, "j 3 3"],
    joints_b: Float[Tensor, "j 3"],
) -> Float[Tensor, "j 4 4"]:
    """b_from_a of each joint: maps its position and rotation in pose a to those in pose b, unscaled."""
    turn = turns_b @ turns_a.mT
    shift = joints_b - (turn @ joints_a[..., None])[..., 0]
    out = torch.eye(4).to(turn).repeat(len(turn), 1, 1)
    out[:, :3, :3], out[:, :3, 3] = turn, shift
    return out


def weight_field(
    vertices: Float[Tensor, "v 3"], skin_weights: Float[Tensor, "v j"], grid: VoxelGrid
) -> Float[Tensor, "x y z j"]:
    """Skin weights of every voxel around a body; rows sum to 1, joint 0 is the root.

    Near the body a voxel has the weights of its nearest vertices. With distance they blend into the root
    joint, and beyond `FAR_M` a voxel follows the root alone (CHORUS, ICCV 2023).
    """
    count = min(NEIGHBOURS, len(vertices))
    skin = skin_weights.detach().float()
    flat = voxels.centers(grid).reshape(-1, 3)
    tree = KDTree(vertices.detach().cpu().double().numpy())
    nearest = _nearest_m(tree, flat)
    active = torch.from_numpy(np.flatnonzero(nearest <= FAR_M))
    field = torch.zeros(len(flat), skin.shape[1])
    field[:, 0] = 1.0
    for part in active.split(_CHUNK):
        distance, ids = tree.query(flat[part].double().numpy(), k=count)
        field[part] = _blend(
            torch.from_numpy(distance.reshape(len(part), count)).float(),
            torch.from_numpy(ids.reshape(len(part), count)),
            skin.cpu(),
        )
    near = torch.zeros(len(flat), dtype=torch.bool)
    near[active] = True
    smooth = _smooth(field.reshape(*grid.shape, -1), near.reshape(grid.shape))
    return (smooth / smooth.sum(-1, keepdim=True)).to(vertices.device)


def forward(
    points_canon: Float[Tensor, "*b 3"], weights: Float[Tensor, "*b j"], transforms: Float[Tensor, "j 4 4"]
) -> Float[Tensor, "*b 3"]:
    """Map canonical points by the blend of `transforms` (posed from canonical, one per joint)."""
    blended = _affine(weights, transforms)
    return (blended[..., :3] @ points_canon[..., None])[..., 0] + blended[..., 3]


def turn(
    directions_canon: Float[Tensor, "*b 3"],
    weights: Float[Tensor, "*b j"],
    transforms: Float[Tensor, "j 4 4"],
) -> Float[Tensor, "*b 3"]:
    """Map canonical unit directions by the linear part of the blend that `forward` uses, normalised again."""
    blended = _affine(weights, transforms)[..., :3]
    return torch.nn.functional.normalize((blended @ directions_canon[..., None])[..., 0], dim=-1)


def carry(
    values: Float[Tensor, "c x y z"],
    grid: VoxelGrid,
    weights: Float[Tensor, "x y z j"],
    transforms: Float[Tensor, "j 4 4"],
) -> Float[Tensor, "c x y z"]:
    """Map canonical values to a posed body, onto the same grid in the transforms' target frame.

    Voxels are pushed forward by `forward`, the warp that the values were counted with, so an object held
    in both hands ends up between them. The published method looks posed points up in canonical space
    instead, which also leaves values where the canonical arm was.

    Values average where several canonical voxels reach one place, and fade where canonical space is
    stretched.

    Args:
        values: one grid per channel.
        grid: where the canonical voxels are, and in the result those of the posed frame.
        weights: skin weights of canonical space; they do not depend on the pose.
        transforms: posed from canonical, one per joint.
    """
    push = _push(forward(voxels.centers(grid), weights, transforms).reshape(-1, 3), grid)
    present = _blurred(torch.from_numpy(push.sum(1)).reshape(1, *grid.shape)).clamp_min(CARRY_THIN)
    out = torch.empty_like(values)
    for start in range(0, len(values), _GROUP):
        part = values[start : start + _GROUP].flatten(1)
        filled = torch.nonzero((part != 0).any(0))[:, 0].numpy()
        sums = torch.from_numpy(push[:, filled] @ part[:, filled].T.contiguous().numpy())
        out[start : start + _GROUP] = _blurred(sums.T.reshape(-1, *grid.shape)).div_(present)
    return out


def _push(points: Float[Tensor, "n 3"], grid: VoxelGrid) -> csc_array:
    """The sparse matrix [voxels, n] that distributes `n` values to the 8 voxels around their points."""
    size = torch.tensor(grid.shape, dtype=torch.int32)
    unit = (points - torch.tensor(grid.origin_m)) / grid.voxel_m - 0.5
    low = unit.floor()
    cell = low.int()[..., None] + torch.tensor([0, 1], dtype=torch.int32)  # of each axis, on both sides
    within = (cell >= 0) & (cell < size[:, None])
    share = torch.stack([1 - (unit - low), unit - low], -1)

    def at_corners(of_axes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The x, y and z values [n 3 2], shaped to meet at the 2 x 2 x 2 corners of each point."""
        x, y, z = of_axes.unbind(1)
        return x[:, :, None, None], y[:, None, :, None], z[:, None, None, :]

    x, y, z = at_corners(within)
    inside = (x & y & z).flatten(1)
    x, y, z = at_corners(share)
    part = (x * y * z).flatten(1)
    x, y, z = at_corners(cell)
    where = ((x * size[1] + y) * size[2] + z).flatten(1)
    ends = torch.nn.functional.pad(inside.sum(-1).cumsum(0), (1, 0)).int()
    shape = (int(size.prod()), len(points))
    return csc_array((part[inside].numpy(), where[inside].numpy(), ends.numpy()), shape=shape)


def _blurred(values: Float[Tensor, "c x y z"]) -> Float[Tensor, "c x y z"]:
    """As scipy's `gaussian_filter` of each channel, but as one matrix product per axis."""
    along_x, along_y, along_z = (
        torch.from_numpy(gaussian_filter1d(np.eye(n), CARRY_SMOOTH_VOXELS, axis=0)).to(values)
        for n in values.shape[1:]
    )
    return along_y @ (along_x @ values.flatten(2)).reshape(values.shape) @ along_z.mT


def identity_share(distance_m: Float[Tensor, "*b"]) -> Float[Tensor, "*b"]:
    """Weight of the root joint against the nearest vertices: 0 on the body, 1 at `FAR_M` and beyond.

    This is 1 - exp(-artanh(rho) / 2) in closed form, with rho the distance over `FAR_M`.
    """
    rho = (distance_m / FAR_M).clamp(0.0, 1.0)
    return 1.0 - ((1.0 - rho) / (1.0 + rho)) ** 0.25


def _affine(weights: Float[Tensor, "*b j"], transforms: Float[Tensor, "j 4 4"]) -> Float[Tensor, "*b 3 4"]:
    joints = transforms.shape[0]
    return (weights @ transforms[:, :3].reshape(joints, 12)).reshape(*weights.shape[:-1], 3, 4)


def _nearest_m(tree: KDTree, points: Float[Tensor, "n 3"]) -> np.ndarray:
    # The bound makes far points cheap; their distance is returned as infinity.
    bound = np.nextafter(FAR_M, 1.0)
    return tree.query(points.double().numpy(), k=1, distance_upper_bound=bound)[0]


def _blend(distance: Float[Tensor, "n k"], ids: Tensor, skin: Float[Tensor, "v j"]) -> Float[Tensor, "n j"]:
    inverse = torch.where(distance[:, :1] > 0, 1.0 / distance, (distance == 0).float())
    inverse = inverse / inverse.sum(-1, keepdim=True)
    near = torch.nn.functional.embedding_bag(ids, skin, per_sample_weights=inverse, mode="sum")
    root = identity_share(distance[:, :1])
    near = near * (1.0 - root)
    near[:, :1] += root
    return near


def _smooth(field: Float[Tensor, "x y z j"], near: Tensor) -> Float[Tensor, "x y z j"]:
    """Jacobi sweeps inside the box of near voxels; the outermost layer and far voxels do not change."""
    box = []
    for axis, size in enumerate(near.shape):
        others = [a for a in range(3) if a != axis]
        hit = torch.nonzero(near.any(others[1]).any(others[0]))
        if not len(hit):
            return field
        box.append((max(1, int(hit[0])), min(size - 2, int(hit[-1])) + 1))
    (x0, x1), (y0, y1), (z0, z1) = box
    if x0 >= x1 or y0 >= y1 or z0 >= z1:
        return field
    work = field[x0 - 1 : x1 + 1, y0 - 1 : y1 + 1, z0 - 1 : z1 + 1].clone()
    free = near[x0:x1, y0:y1, z0:z1, None].to(work)
    inner = work[1:-1, 1:-1, 1:-1]
    around = torch.empty_like(inner)
    for _ in range(SWEEPS):
        torch.add(work[2:, 1:-1, 1:-1], work[:-2, 1:-1, 1:-1], out=around)
        around += work[1:-1, 2:, 1:-1]
        around += work[1:-1, :-2, 1:-1]
        around += work[1:-1, 1:-1, 2:]
        around += work[1:-1, 1:-1, :-2]
        around.mul_(1.0 / 6.0).sub_(inner).mul_((1.0 - KEEP) * free)
        inner += around
    field = field.clone()
    field[x0 - 1 : x1 + 1, y0 - 1 : y1 + 1, z0 - 1 : z1 + 1] = work
    return field
