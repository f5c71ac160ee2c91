"""Views, soft masks, evidence, mirrors, axes and devices of the tally."""

import math
from dataclasses import replace

import pytest
import torch

from chorus_recon.geometry import credible
from chorus_recon.geometry import grid as voxels
from chorus_recon.geometry.camera import pixel_centers, rays
from chorus_recon.priors.aggregation import aggregate, orientation, views
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.jobs.records import WEIGHT_STEPS
from chorus_recon.types import Camera, Observation, ViewBins
from tests.priors import mirror

GRID = voxels.cube(1.0, 20)
WEIGHTS = torch.ones(*GRID.shape, 1)
CAMERA = Camera(torch.tensor([110.0, 110.0]), torch.tensor([48.0, 48.0]), (96, 96))


def look_from(azimuth: float, elevation: float = 0.0, distance: float = 3.0) -> torch.Tensor:
    """cam_from_canon [1 4 4] of a camera that looks at the pelvis."""
    flat = math.cos(elevation)
    away = torch.tensor([flat * math.cos(azimuth), math.sin(elevation), flat * math.sin(azimuth)])
    right = torch.nn.functional.normalize(torch.linalg.cross(-away, torch.tensor([0.0, 1.0, 0.0])), dim=0)
    out = torch.eye(4)[None].clone()
    out[0, :3, :3] = torch.stack([right, torch.linalg.cross(-away, right), -away])
    out[0, :3, 3] = -out[0, :3, :3] @ (away * distance)
    return out


def rod(azimuth: float, axis: torch.Tensor, elevation: float = 0.0, middle=(0.1, 0.05, 0.0)) -> Observation:
    """A picture of a rod 0.7 m long and 8 cm thick."""
    place = look_from(azimuth, elevation)[0]
    center, line = place[:3, :3] @ torch.tensor(middle) + place[:3, 3], place[:3, :3] @ axis
    through = torch.nn.functional.normalize(rays(CAMERA, pixel_centers(CAMERA.size_px)), dim=-1)
    across = torch.linalg.cross(through, line.expand_as(through))
    gap = (across * center).sum(-1) / across.norm(dim=-1)
    towards = center - (through * center).sum(-1, keepdim=True) * through
    flat = line - (through * line).sum(-1, keepdim=True) * through
    along = (towards * flat).sum(-1) / flat.square().sum(-1)
    mask = (gap.abs() < 0.04) & (along.abs() < 0.35)
    return Observation(CAMERA, place[None], mask, torch.full(mask.shape, math.inf))


def blank(azimuth: float, elevation: float = 0.0, level: float = 1.0) -> Observation:
    mask = torch.full((96, 96), level)
    return Observation(CAMERA, look_from(azimuth, elevation), mask, torch.full((96, 96), math.inf))


def test_elevation_is_told_apart():
    shots = [blank(0.2, math.radians(e)) for e in (-30, 0, 10, 40)]
    total = aggregate.tally(shots, GRID, WEIGHTS, bins=views.BANDED_BINS)
    assert total.count.reshape(3, 12)[:, 0].tolist() == [1, 2, 1]


def test_coverage_names_what_is_missing_and_thin():
    mass = torch.full((12,), 20.0)
    mass[0], mass[2] = 1.0, 0.0
    found = views.coverage(mass, 201, views.PAPER_BINS)
    assert found.missing == ("the front (60-90 deg)",)
    assert found.thin == ("the left (0-30 deg)",)
    assert found.text.splitlines()[0] == "201 pictures from 11 of 12 views"
    assert "no picture from the front" in found.text
    assert found.share.sum() == pytest.approx(1.0)


def test_coverage_names_a_missing_band_or_side_once():
    mass = torch.full((3, 12), 5.0)
    mass[0], mass[:, 4], mass[2, 9:11] = 0.0, 0.0, 0.0
    found = views.coverage(mass.flatten(), 105, views.BANDED_BINS)
    assert found.missing == (
        "below -10 deg",
        "the front right (120-150 deg)",
        "above 25 deg at the back to back left (270-330 deg)",
    )
    assert found.text.splitlines()[0] == "105 pictures from 20 of 36 views"


def test_a_bin_of_very_few_pictures_is_not_weighed_up_to_a_full_one():
    yes, no = blank(0.1), blank(2.0, level=0.0)
    shots = [yes] + [no] * 100
    fair = aggregate.finish(aggregate.tally([yes, no], GRID, WEIGHTS)).occupancy.max()
    rare = aggregate.finish(aggregate.tally(shots, GRID, WEIGHTS)).occupancy.max()
    paper = aggregate.finish(
        aggregate.tally(shots, GRID, WEIGHTS, mode=Mode.PAPER), Mode.PAPER
    ).occupancy.max()
    assert fair == pytest.approx(0.5)
    assert paper == pytest.approx(0.5)
    assert rare == pytest.approx((1 / 5.05) / (1 / 5.05 + 1), rel=1e-3)


def test_support_is_whole_where_every_picture_saw_the_voxel():
    shots = [blank(0.1)] + [blank(2.0, level=0.0)] * 100
    for mode in Mode:
        done = aggregate.finish(aggregate.tally(shots, GRID, WEIGHTS, mode=mode), mode)
        assert done.support.max() == pytest.approx(1.0)
    aside = replace(blank(2.0), body_depth=torch.full((96, 96), 1.0))  # the person hides everything
    seen = aggregate.finish(aggregate.tally([blank(0.1)] * 3 + [aside] * 3, GRID, WEIGHTS)).support
    assert seen.max() == pytest.approx(0.5)


def test_weighed_pictures_count_as_if_taken_so():
    shots = [blank(0.1), rod(0.2, torch.tensor([0.0, 1.0, 0.0])), blank(2.0, level=0.5)]
    whole = aggregate.weighed(aggregate.tally(shots, GRID, WEIGHTS), 24)
    light = aggregate.tally([replace(shot, weight=24 / 64) for shot in shots], GRID, WEIGHTS)
    for name in ("hits", "views", "squares", "count", "mass"):
        assert torch.equal(getattr(whole, name), getattr(light, name))


def test_soft_masks_and_weights_give_a_weighted_mean():
    shots = [replace(blank(0.1, level=0.75), weight=0.5), replace(blank(0.1, level=0.25), weight=1.0)]
    done = aggregate.finish(aggregate.tally(shots, GRID, WEIGHTS))
    assert done.occupancy[10, 10, 10] == pytest.approx((0.5 * 0.75 + 0.25) / 1.5, abs=1e-6)
    assert done.evidence[10, 10, 10] == pytest.approx(1.5**2 / 1.25, rel=1e-5)
    alike = aggregate.finish(aggregate.tally([blank(0.1)] * 7, GRID, WEIGHTS))
    assert alike.evidence[10, 10, 10] == pytest.approx(7.0, rel=1e-5)


def test_the_published_count_knows_no_weights_and_no_soft_edges():
    shots = [replace(blank(0.1, level=0.75), weight=0.5), blank(0.1, level=0.25)]
    done = aggregate.finish(aggregate.tally(shots, GRID, WEIGHTS, mode=Mode.PAPER), Mode.PAPER)
    assert done.occupancy[10, 10, 10] == 0.5


def test_an_interval_holds_the_truth_as_often_as_it_says():
    generator = torch.Generator().manual_seed(0)
    held = []
    for truth in (0.1, 0.5, 0.8):
        drawn = (torch.rand(4000, 40, generator=generator) < truth).float().mean(1)
        low, high = credible.interval(drawn, torch.full((4000,), 40.0))
        assert (low <= drawn).all()
        assert (high >= drawn).all()
        held.append(float(((low <= truth) & (truth <= high)).float().mean()))
    assert sum(held) / 3 == pytest.approx(credible.MASS, abs=0.03)


def test_more_pictures_make_the_interval_narrower():
    few, many = (aggregate.finish(aggregate.tally([blank(0.1)] * n, GRID, WEIGHTS)) for n in (3, 60))
    at = (10, 10, 10)
    assert many.low[at] > 0.95 > few.low[at]
    assert many.high[at] == few.high[at] == 1.0


def test_only_voxels_within_reach_are_tallied_and_they_count_the_same():
    within = voxels.centers(GRID).norm(dim=-1) < 0.3
    shots = [rod(0.5 * k, torch.tensor([0.0, 1.0, 0.0])) for k in range(5)]
    part = aggregate.tally(shots, GRID, WEIGHTS, within=within)
    assert part.hits.shape[1] == int(within.sum())
    whole = aggregate.finish(aggregate.tally(shots, GRID, WEIGHTS)).occupancy
    assert torch.equal(aggregate.finish(part).occupancy, whole * within)


@pytest.mark.parametrize("axis", [(0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (0.6, 0.64, 0.48)])
def test_the_axis_of_a_rod_is_found(axis):
    axis = torch.nn.functional.normalize(torch.tensor(axis), dim=0)
    shots = [rod(0.7 * k, axis, elevation=0.3 * (k % 3)) for k in range(18)]
    done = aggregate.finish(aggregate.tally(shots, GRID, WEIGHTS))
    inside = done.occupancy > 0.9
    assert inside.any()
    assert (done.axes.axis[inside] @ axis).abs().min() > math.cos(math.radians(8))
    assert done.axes.strength[inside].mean() > 0.25
    one_side = aggregate.finish(aggregate.tally(shots[:1] * 18, GRID, WEIGHTS))
    assert one_side.axes.strength.max() < 0.05  # a single view leaves a plane open


def test_a_round_or_cut_mask_has_no_axis():
    away = ((pixel_centers((96, 96)) - 48).norm(dim=-1) < 20).to(torch.uint8) * 64
    assert orientation.long_axis(away)[1] < 0.05
    cut = torch.zeros(96, 96, dtype=torch.uint8)
    cut[40:50, :60] = 64
    assert orientation.long_axis(cut)[1] == 0.0
    direction, elongation = orientation.long_axis(cut.roll(20, 1))
    assert elongation > 0.7
    assert abs(float(direction[0])) == pytest.approx(1.0, abs=1e-3)


def test_mirroring_pictures_or_their_tally_is_the_same():
    axis = torch.nn.functional.normalize(torch.tensor([0.6, 0.64, 0.48]), dim=0)
    shots = [rod(0.21 + 0.7 * k, axis, elevation=0.3 * (k % 3)) for k in range(9)]
    bins = ViewBins(12, (0.2,))
    turned = aggregate.mirrored(aggregate.tally(shots, GRID, WEIGHTS, bins=bins))
    shown = aggregate.tally(
        [mirror.observation(shot, ["pelvis"]) for shot in shots], GRID, WEIGHTS, bins=bins
    )
    assert torch.equal(turned.count, shown.count)
    assert torch.equal(turned.mass, shown.mass)
    assert (turned.hits != shown.hits).float().mean() < 1e-3  # pixels at an edge fall to the other side
    done, other = aggregate.finish(turned), aggregate.finish(shown)
    sure = (done.axes.strength > 0.3) & (other.axes.strength > 0.3)
    assert (done.axes.axis * other.axes.axis).sum(-1).abs()[sure].min() > 0.99
    again = aggregate.mirrored(turned)
    assert torch.equal(again.hits, aggregate.tally(shots, GRID, WEIGHTS, bins=bins).hits)


def test_gates_balance_after_and_the_release_before():
    left = torch.zeros(GRID.shape, dtype=torch.bool)
    left[16:] = True
    side = rod(math.pi / 2, torch.tensor([0.0, 1.0, 0.0]), middle=(0.4, 0.0, 0.0))
    off = rod(math.pi / 2, torch.tensor([0.0, 1.0, 0.0]), middle=(-0.4, 0.0, 0.0))
    rule = [aggregate.Gate("left", (left,))]
    ours = aggregate.tally_clusters([side, off, off], GRID, WEIGHTS, rule)["left"]
    paper = aggregate.tally_clusters([side, off, off], GRID, WEIGHTS, rule, mode=Mode.PAPER)["left"]
    assert int(ours.count.sum()) == 1
    assert int(ours.mass.sum()) == WEIGHT_STEPS
    assert int(paper.count.sum()) == 3
    assert torch.equal(ours.hits, paper.hits)


@pytest.mark.gpu
def test_the_same_counts_on_a_gpu():
    shots = [rod(0.5 * k, torch.tensor([0.0, 1.0, 0.0])) for k in range(20)]
    there = [
        replace(
            shot,
            camera=Camera(shot.camera.focal_px.cuda(), shot.camera.center_px.cuda(), shot.camera.size_px),
            cam_from_canon=shot.cam_from_canon.cuda(),
            object=shot.object.cuda(),
            body_depth=shot.body_depth.cuda(),
        )
        for shot in shots
    ]
    here, other = aggregate.tally(shots, GRID, WEIGHTS), aggregate.tally(there, GRID, WEIGHTS.cuda())
    assert (here.hits != other.hits.cpu()).float().mean() < 1e-3
    assert torch.equal(here.mass, other.mass.cpu())
    assert aggregate.finish(other).occupancy.is_cuda
