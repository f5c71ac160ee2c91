import math

import pytest
import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.geometry import bones
from chorus_recon.geometry.rotations import convert
from chorus_recon.types import BodyParams, Rigid

BODY = DefaultBody()
NAMES = BODY.joint_names
UP = torch.tensor([0.0, 1.0, 0.0])


def joints(seed: int = 0, spread: float = 0.4) -> torch.Tensor:
    """A person in a random pose, in the body's frame."""
    generator = torch.Generator().manual_seed(seed)
    turn = convert.from_vector(spread * torch.randn(24, 3, generator=generator))
    turn[0] = torch.eye(3)
    body = BodyParams(BODY.id, torch.zeros(BODY.num_shape), turn, Rigid(torch.eye(3), torch.zeros(3)))
    return BODY.pose(body).joints


def test_directions_do_not_depend_on_place_size_or_camera():
    turn = convert.from_vector(torch.tensor([0.7, -1.1, 2.0]))
    here = bones.directions(joints(), NAMES, UP)
    there = bones.directions(1.3 * joints() @ turn.mT + torch.tensor([1.0, 2.0, 3.0]), NAMES, turn @ UP)
    assert here.shape == (len(bones.NAMES), 3)
    assert torch.allclose(here, there, atol=1e-5)
    assert torch.allclose(here.norm(dim=-1), torch.ones(len(here)))


def test_the_trunk_of_a_t_pose_has_the_bodys_axes():
    still = joints(spread=0.0)
    assert torch.allclose(bones.trunk_frame(still, NAMES), torch.eye(3), atol=0.15)
    found = bones.directions(still, NAMES, UP)
    upper_arm = bones.BONES.index(("left_shoulder", "left_elbow"))
    assert found[upper_arm] @ torch.tensor([1.0, 0.0, 0.0]) > 0.95
    assert found[-1] @ UP > 0.98


def test_mirrored_directions_are_those_of_the_mirrored_person():
    flip = torch.tensor([-1.0, 1.0, 1.0])
    sides = {"left": "right", "right": "left"}
    other = ["_".join(sides.get(part, part) for part in name.split("_")) for name in NAMES]
    image = (joints() * flip)[[NAMES.index(name) for name in other]]
    found = bones.mirrored(bones.directions(joints(), NAMES, UP))
    assert torch.allclose(found, bones.directions(image, NAMES, UP), atol=1e-5)
    assert torch.allclose(bones.mirrored(found), bones.directions(joints(), NAMES, UP), atol=1e-6)


@pytest.mark.parametrize("focus", [0.0, 0.01, 0.3, 0.8, 0.99])
def test_a_density_is_one_on_average_over_all_directions_and_has_its_focus(focus: float):
    cosine = (torch.arange(200_000).double() + 0.5) / 100_000 - 1  # uniform for uniform directions
    density = bones.log_density(cosine, torch.full_like(cosine, focus)).exp()
    assert float(density.mean()) == pytest.approx(1.0, abs=2e-3)
    # Banerjee's concentration is an approximation
    assert float((density * cosine).mean()) == pytest.approx(focus, abs=0.02)


def test_a_small_error_has_the_focus_of_its_standard_deviation():
    generator = torch.Generator().manual_seed(0)
    sigma = 0.2
    off = sigma * torch.randn(20_000, 2, generator=generator)
    drawn = torch.nn.functional.normalize(torch.cat([off, torch.ones(len(off), 1)], 1), dim=-1)
    expected = float(bones.focus_of(torch.tensor(sigma)))
    assert float(drawn.mean(0).norm()) == pytest.approx(expected, abs=0.01)
    assert expected == pytest.approx(math.exp(-0.04))
