import math

import pytest
import torch

from chorus_recon.geometry.rotations import convert
from chorus_recon.priors.observations.calibrate import calibrate
from tests import parity

SIZE = (512, 384)


def people(count: int = 12, seed: int = 0, fov_deg: tuple[float, float] = (25.0, 80.0)):
    """Joints, pixels, sizes, a rotation near the truth, and the truth."""
    random = torch.Generator().manual_seed(seed)
    joints = torch.randn(count, 24, 3, generator=random) * torch.tensor([0.25, 0.5, 0.2])
    turn = convert.from_vector(torch.randn(count, 3, generator=random))
    share = torch.linspace(0, 1, count)
    fov = torch.deg2rad(fov_deg[0] + share * (fov_deg[1] - fov_deg[0]))
    focal = SIZE[0] / 2 / torch.tan(fov / 2)
    place = torch.stack([0.2 * share, -0.1 * share, 1.6 + focal / 400], -1)
    points = joints @ turn.mT + place[:, None]
    pixels = focal[:, None, None] * points[..., :2] / points[..., 2:] + torch.tensor(SIZE) / 2
    start = convert.from_vector(0.15 * torch.randn(count, 3, generator=random)) @ turn
    return joints, pixels, torch.tensor([SIZE] * count).float(), start, (turn, place, focal)


def test_the_camera_that_made_the_pixels_is_found():
    joints, pixels, size, start, (turn, place, focal) = people()
    found = calibrate(joints, pixels, size, start)
    assert found.converged.all()
    assert float(found.residual_px.max()) < 1e-3
    torch.testing.assert_close(found.focal_px, focal, rtol=1e-4, atol=0)
    torch.testing.assert_close(found.cam_from_body.rotation, turn, rtol=0, atol=1e-4)
    torch.testing.assert_close(found.cam_from_body.translation_m, place, rtol=1e-3, atol=1e-3)


def test_nobody_depends_on_whom_they_are_fitted_with():
    joints, pixels, size, start, _ = people()
    pixels = pixels + torch.randn(pixels.shape, generator=torch.Generator().manual_seed(1))
    together = calibrate(joints, pixels, size, start)
    alone = calibrate(joints[3:4], pixels[3:4], size[3:4], start[3:4])
    torch.testing.assert_close(alone.focal_px, together.focal_px[3:4], rtol=1e-4, atol=0)


def test_the_residual_is_the_rms_and_a_minimum():
    joints, pixels, size, start, _ = people(4)
    pixels = pixels + 3 * torch.randn(pixels.shape, generator=torch.Generator().manual_seed(1))
    found = calibrate(joints, pixels, size, start)
    place = found.cam_from_body

    def rms(translation: torch.Tensor) -> torch.Tensor:
        points = joints @ place.rotation.mT + translation[:, None]
        seen = found.focal_px[:, None, None] * points[..., :2] / points[..., 2:] + size[:, None] / 2
        return (seen - pixels).square().sum(-1).mean(-1).sqrt()

    best = rms(place.translation_m)
    torch.testing.assert_close(found.residual_px, best, rtol=1e-3, atol=1e-3)
    for step in torch.eye(3):
        assert (rms(place.translation_m + 0.02 * step) >= best - 1e-4).all()
        assert (rms(place.translation_m - 0.02 * step) >= best - 1e-4).all()


def test_the_focal_length_stays_within_bounds():
    joints, pixels, size, start, _ = people(6, fov_deg=(95.0, 110.0))
    found = calibrate(joints, pixels, size, start)
    widest = SIZE[0] / 2 / math.tan(math.radians(45))
    assert float(found.focal_px.min()) >= widest * (1 - 1e-5)
    assert found.residual_px.isfinite().all()
    assert (found.cam_from_body.translation_m[:, 2] > 0).all()


def test_joints_without_weight_do_not_count():
    joints, pixels, size, start, (_, _, focal) = people(5)
    wrong = pixels.clone()
    wrong[:, 7] += 150.0
    weight = torch.ones(5, 24)
    weight[:, 7] = 0.0
    blind = calibrate(joints, wrong, size, start, weight)
    torch.testing.assert_close(blind.focal_px, focal, rtol=1e-3, atol=0)


def test_a_joint_without_weight_may_lie_behind_the_camera():
    joints, pixels, size, start, (turn, place, _) = people(4)
    joints = joints.clone()
    joints[:, 7] = -(turn.mT @ (place + torch.tensor([0.0, 0.0, 2.0]))[..., None])[..., 0]  # 2 m behind
    weight = torch.ones(4, 24)
    weight[:, 7] = 0.0
    found = calibrate(joints, pixels, size, start, weight)
    assert found.converged.all()
    assert float(found.residual_px.max()) < 1e-2


@parity.needed
def test_no_worse_than_the_release():
    release = parity.arrays("cam")
    size = torch.tensor(release["cam_hw"]).flip(-1).float()
    found = calibrate(
        torch.tensor(release["cam_J0"]),
        torch.tensor(release["cam_j_img"]),
        size,
        convert.from_vector(torch.tensor(release["cam_r0"])),
    )
    assert found.converged.all()
    loss = found.residual_px.double() / math.sqrt(24)
    bound = torch.tensor(release["cam_min_loss"])
    assert (loss[:9] <= bound[:9] + 1e-4).all()
    # without noise, the truth; the release stops early there
    widths = found.focal_px / size[:, 0]
    torch.testing.assert_close(
        widths[:3].double(), torch.tensor(release["cam_f_true"])[:3], rtol=1e-3, atol=0
    )
    assert 0.5 < float(widths[9]) < 2.84  # 12 px of noise: within bounds, and that is all


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_pixels_that_are_no_numbers_spoil_nobody_else(bad):
    joints, pixels, size, start, (_, _, focal) = people(3)
    pixels = pixels.clone()
    pixels[1, 0, 0] = bad
    found = calibrate(joints, pixels, size, start)
    assert found.converged.tolist() == [True, False, True]
    torch.testing.assert_close(found.focal_px[[0, 2]], focal[[0, 2]], rtol=1e-3, atol=0)
