"""Up from directions whose answer is known."""

import math

import pytest
import torch

from chorus_recon.geometry import transforms
from chorus_recon.geometry.upright import (
    LevelCamera,
    Sighting,
    angle_rad,
    estimate,
    off_rad,
    tilt,
    up_of,
    world_from_up,
)

PRIOR = LevelCamera(math.radians(10.0), math.radians(3.0))
WIDE = LevelCamera(math.radians(60.0), math.radians(60.0))
EXACT = math.radians(0.01)


def off_deg(estimated, up) -> float:
    return math.degrees(angle_rad(estimated.up, up))


@pytest.mark.parametrize(("pitch", "roll"), [(0.0, 0.0), (20.0, -4.0), (-35.0, 10.0), (60.0, 2.0)])
def test_pitch_and_roll_describe_up(pitch, roll):
    up = up_of(math.radians(pitch), math.radians(roll))
    assert float(up.norm()) == pytest.approx(1.0)
    assert [math.degrees(x) for x in tilt(up)] == pytest.approx([pitch, roll])


def test_a_camera_that_looks_down_sees_up_lean_towards_it():
    assert up_of(math.radians(30.0), 0.0).tolist() == pytest.approx([0.0, -math.sqrt(3) / 2, -0.5])


@pytest.mark.parametrize(("pitch", "roll"), [(25.0, 3.0), (-15.0, -6.0), (50.0, 0.0)])
def test_exact_witnesses_give_the_exact_up(pitch, roll):
    up = up_of(math.radians(pitch), math.radians(roll))
    found = estimate([Sighting(2.5 * up, EXACT), Sighting(up, EXACT)], PRIOR)
    assert off_deg(found, up) < 0.01
    assert min(found.beliefs) > 0.99
    assert math.degrees(found.sigma_rad) < 0.02


def test_two_level_lines_give_the_exact_up():
    up = up_of(math.radians(12.0), math.radians(-5.0))
    lines = [torch.linalg.cross(up, torch.eye(3, dtype=torch.float64)[k]) for k in (0, 2)]
    found = estimate([Sighting(line, EXACT, level=True) for line in lines], PRIOR)
    assert off_deg(found, up) < 0.01


def test_a_level_line_says_nothing_of_turns_about_it():
    across = torch.tensor([1.0, 0.0, 0.0])  # level whatever the pitch is
    found = estimate([Sighting(across, EXACT, level=True)], PRIOR)
    assert tilt(found.up) == pytest.approx((0.0, 0.0), abs=1e-9)
    assert math.degrees(found.sigma_rad) == pytest.approx(10.0, abs=0.01)  # roll is known, pitch is not


def test_one_outlier_does_not_break_it():
    up = up_of(math.radians(18.0), math.radians(2.0))
    true = [Sighting(up, math.radians(8.0)), Sighting(up, math.radians(10.0))]
    wrong = Sighting(up_of(math.radians(-40.0), math.radians(30.0)), math.radians(5.0))
    alone, disturbed = estimate(true, WIDE), estimate([wrong, *true], WIDE)
    assert off_deg(disturbed, alone.up) < 0.1
    assert disturbed.beliefs[0] < 0.01
    assert min(disturbed.beliefs[1:]) > 0.95


def test_nothing_gives_a_level_camera_with_the_priors_spread():
    found = estimate([], PRIOR)
    assert found.up.tolist() == [0.0, -1.0, 0.0]
    assert math.degrees(found.sigma_rad) == pytest.approx(math.hypot(10.0, 3.0))
    assert found.beliefs == ()


def test_witness_and_prior_are_weighed_by_their_variances():
    sigma = math.radians(10.0)
    found = estimate([Sighting(up_of(math.radians(6.0), 0.0), sigma, trust=1.0)], PRIOR)
    assert math.degrees(tilt(found.up)[0]) == pytest.approx(3.0, abs=1e-6)  # alike in variance: half way
    expected = math.hypot(10.0 / math.sqrt(2), 1 / math.hypot(1 / 3, 1 / 10))
    assert math.degrees(found.sigma_rad) == pytest.approx(expected, rel=0.01)


def test_off_is_measured_from_the_horizontal_for_level_lines():
    up = up_of(0.0, 0.0)
    slope = torch.tensor([math.cos(0.2), math.sin(0.2), 0.0])
    assert off_rad(Sighting(slope, 0.1, level=True), up) == pytest.approx(0.2)
    assert off_rad(Sighting(up_of(0.3, 0.0), 0.1), up) == pytest.approx(0.3)


@pytest.mark.parametrize(("pitch", "roll"), [(0, 0), (30, 5), (-20, -8), (90, 0), (-90, 0)])
def test_the_world_stands_on_its_floor(pitch, roll):
    up = up_of(math.radians(pitch), math.radians(roll)).float()
    pelvis = torch.tensor([0.3, -0.2, 4.0])
    below = pelvis - 0.9 * up
    world = world_from_up(up, pelvis, float(below @ up))
    assert torch.allclose(world.rotation @ world.rotation.mT, torch.eye(3), atol=1e-6)
    assert float(torch.linalg.det(world.rotation)) == pytest.approx(1.0, abs=1e-6)
    placed = transforms.apply(world, torch.stack([below, pelvis, pelvis + up]))
    assert torch.allclose(placed, torch.tensor([[0.0, 0, 0], [0, 0.9, 0], [0, 1.9, 0]]), atol=1e-5)
    ahead = world.rotation @ torch.tensor([0.0, 0.0, 1.0])
    if abs(pitch) < 90:
        assert abs(float(ahead[0])) < 1e-6  # the camera looks along -z, however it is tilted
        assert float(ahead[2]) < 0


def test_a_level_cameras_world_is_gltfs():
    world = world_from_up(torch.tensor([0.0, -1.0, 0.0]), torch.zeros(3), 0.0)
    assert torch.allclose(world.rotation, torch.diag(torch.tensor([1.0, -1.0, -1.0])))
