import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from chorus_recon.geometry import grid as voxels
from chorus_recon.geometry.camera import pixel_centers, rays
from chorus_recon.geometry.rotations import convert
from chorus_recon.priors.aggregation import aggregate, views
from chorus_recon.priors.jobs.records import WEIGHT_STEPS
from chorus_recon.types import Camera, Observation, OccupancyTally

GRID = voxels.cube(1.0, 20)
CENTER = torch.tensor([0.15, 0.1, 0.1])
RADIUS = 0.2
CAMERA = Camera(torch.tensor([180.0, 180.0]), torch.tensor([64.0, 48.0]), (128, 96))


def view(azimuth: float, distance: float = 3.0) -> torch.Tensor:
    """cam_from_canon [1 4 4] of a camera at this azimuth that looks at the pelvis."""
    center = distance * torch.tensor([math.cos(azimuth), 0.0, math.sin(azimuth)])
    forward = -center / distance
    down = torch.tensor([0.0, -1.0, 0.0])
    rotation = torch.stack([torch.linalg.cross(down, forward), down, forward])
    out = torch.eye(4)[None].clone()
    out[0, :3, :3] = rotation
    out[0, :3, 3] = -rotation @ center
    return out


def photograph(azimuth: float, wall_m: float = math.inf) -> Observation:
    """A sphere seen from an azimuth; the "person" is a wall at this depth."""
    place = view(azimuth)
    center = place[0, :3, :3] @ CENTER + place[0, :3, 3]
    directions = torch.nn.functional.normalize(rays(CAMERA, pixel_centers(CAMERA.size_px)), dim=-1)
    along = directions @ center
    hit = (center.square().sum() - along.square()) < RADIUS**2
    depth = torch.full(hit.shape, wall_m)
    visible = hit & (along * directions[..., 2] < depth)
    return Observation(CAMERA, place, visible, depth)


def on_grid(values: torch.Tensor, total: OccupancyTally) -> torch.Tensor:
    """Tallied numbers, summed over the views, laid on the grid."""
    flat = torch.zeros(math.prod(total.grid.shape), dtype=torch.float64)
    flat[total.voxels] = values.sum(0).double()
    return flat.reshape(total.grid.shape)


@pytest.fixture(scope="module")
def weights():
    return torch.ones(*GRID.shape, 1)


def test_azimuth_runs_from_the_persons_left_over_the_front():
    for degrees in (0, 90, 180, 270, 359):
        seen = math.degrees(views.azimuth_rad(view(math.radians(degrees))))
        assert seen == pytest.approx(degrees, abs=1e-3) or seen == pytest.approx(degrees + 360, abs=1e-3)


def test_a_sphere_is_recovered_from_twelve_azimuths(weights):
    total = aggregate.tally((photograph(math.radians(30 * k + 15)) for k in range(12)), GRID, weights)
    finished = aggregate.finish(total)
    occupancy, support = finished.occupancy, finished.support
    assert total.count.tolist() == [1] * 12
    assert support.min() == 1.0
    away = (voxels.centers(GRID) - CENTER).norm(dim=-1)
    assert occupancy[away < RADIUS - 0.03].min() == 1.0
    level = away[:, 11:13]  # around the sphere's own height, where a ring of cameras carves it free
    assert occupancy[:, 11:13][level > RADIUS + 0.06].max() < 1.0
    assert occupancy[away > 0.45].max() < 0.5


def soft(count: int) -> list[Observation]:
    """Pictures of different weights and sizes, with soft edges and a wall before some of them."""
    generator = torch.Generator().manual_seed(5)
    shots = []
    for k in range(count):
        shot = photograph(0.37 * k, wall_m=3.0 if k % 3 else math.inf)
        alpha = shot.object * (0.5 + 0.5 * torch.rand(shot.object.shape, generator=generator))
        shots.append(replace(shot, object=alpha, weight=(1 + 7 * k % WEIGHT_STEPS) / WEIGHT_STEPS))
    return shots


def same(first: OccupancyTally, second: OccupancyTally) -> bool:
    names = ("hits", "views", "squares", "axes", "count", "mass")
    return all(torch.equal(getattr(first, name), getattr(second, name)) for name in names)


@settings(max_examples=6, deadline=None)
@given(order=st.permutations(range(21)), cut=st.integers(0, 21))
def test_any_order_and_any_shards_give_the_same_bits(order, cut):
    shots, weights = soft(21), torch.ones(*GRID.shape, 1)
    whole = aggregate.tally(shots, GRID, weights)
    shuffled = [shots[k] for k in order]
    parts = [aggregate.tally(part, GRID, weights) for part in (shuffled[:cut], shuffled[cut:])]
    assert same(whole, parts[1] + parts[0])
    assert whole.mass.sum() == sum(round(64 * shot.weight) for shot in shots)


@pytest.mark.parametrize("weight", [0.0, 0.01, 1.5, -1.0, math.nan])
def test_weights_are_whole_64ths(weights, weight):
    with pytest.raises(ValueError, match="multiple of 1/64"):
        aggregate.tally([replace(photograph(0.1), weight=weight)], GRID, weights)


def test_every_azimuth_counts_the_same_however_often_it_was_seen(weights):
    first, second = photograph(0.1), photograph(2.0)
    once = aggregate.finish(aggregate.tally([first, second], GRID, weights))
    often = aggregate.finish(aggregate.tally([first] * 5 + [second], GRID, weights))
    assert torch.allclose(once.occupancy, often.occupancy, atol=1e-6)
    assert torch.allclose(once.support, often.support, atol=1e-6)


def test_what_the_person_hides_is_not_seen(weights):
    total = aggregate.tally([photograph(0.1, wall_m=2.9)], GRID, weights)
    place = view(0.1)[0]
    depth = (voxels.centers(GRID) @ place[:3, :3].T + place[:3, 3])[..., 2]
    assert on_grid(total.views, total)[depth > 3.0].max() == 0
    assert on_grid(total.views, total)[depth < 2.85].min() == WEIGHT_STEPS


def test_voxels_behind_the_camera_are_not_seen(weights):
    shot = photograph(0.0)
    close = view(0.0, distance=0.3)
    total = aggregate.tally(
        [Observation(CAMERA, close, torch.ones_like(shot.object), shot.body_depth)], GRID, weights
    )
    depth = (voxels.centers(GRID) @ close[0, :3, :3].T + close[0, :3, 3])[..., 2]
    assert on_grid(total.hits, total)[depth <= 0].max() == 0
    assert total.hits.sum() > 0


def test_turning_person_and_camera_together_changes_only_the_frame(weights):
    shot = photograph(0.7)
    moved = shot.cam_from_canon.clone()
    turn = convert.from_vector(torch.tensor([0.0, math.pi / 2, 0.0]))
    moved[0, :3, :3] = moved[0, :3, :3] @ turn
    turned = aggregate.tally([Observation(CAMERA, moved, shot.object, shot.body_depth)], GRID, weights)
    plain = aggregate.tally([shot], GRID, weights)
    # x_old = turn @ x_new: the new grid is the old one with x' = -z, z' = x
    back = on_grid(turned.hits, turned).transpose(0, 2).flip(2)
    assert (back != on_grid(plain.hits, plain)).float().mean() < 2e-3


def test_nothing_seen_is_zero_not_nan(weights):
    finished = aggregate.finish(aggregate.empty(GRID))
    for values in (finished.occupancy, finished.support, finished.evidence, finished.low):
        assert values.max() == 0.0
    assert finished.high.min() == 1.0
    assert finished.axes.strength.max() == 0.0
