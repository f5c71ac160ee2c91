import math

import pytest
import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.geometry import bones, transforms
from chorus_recon.priors.clustering import poses
from chorus_recon.types import Camera, Observation, Use

N = len(bones.NAMES)


def people(count: int, seed: int, spread: float = 0.1) -> torch.Tensor:
    """Directions around random means."""
    generator = torch.Generator().manual_seed(seed)
    middle = torch.nn.functional.normalize(torch.randn(N, 3, generator=generator), dim=-1)
    noise = spread * torch.randn(count, N, 3, generator=generator)
    return torch.nn.functional.normalize(middle + noise, dim=-1)


def test_two_ways_of_doing_it_are_two_typical_poses_with_their_shares():
    found = poses.typical(torch.cat([people(60, 1), people(20, 2)]), most=2)
    assert found.weight.tolist() == pytest.approx([0.75, 0.25])
    for pose, seed in enumerate((1, 2)):
        middle = torch.nn.functional.normalize(people(500, seed).mean(0), dim=-1)
        assert float((found.mean[pose] * middle).sum(-1).min()) > 0.99
    assert found.focus.min() > 0.9


def test_weights_count_as_so_many_people():
    rows = torch.cat([people(30, 1), people(30, 2)])
    weights = torch.cat([torch.full((30,), 3.0), torch.ones(30)])
    assert poses.typical(rows, weights, most=2).weight.tolist() == pytest.approx([0.75, 0.25])


def test_a_scattered_bone_has_little_focus():
    rows = people(400, 1)
    rows[:, 0] = torch.nn.functional.normalize(torch.randn(400, 3), dim=-1)
    found = poses.typical(rows, most=1)
    assert float(found.focus[0, 0]) < 0.2 < 0.9 < float(found.focus[0, 1:].min())


def test_few_people_are_one_typical_pose():
    assert len(poses.typical(people(1, 1)).weight) == 1
    assert len(poses.typical(people(poses.LEAST_PEOPLE * 2 - 1, 1)).weight) == 1
    assert float(poses.typical(people(1, 1)).focus.max()) < 1


def test_mirrored_poses_are_those_of_mirrored_people():
    rows = people(64, 3, spread=0.5)
    found = poses.mirrored(poses.typical(rows))
    expected = poses.typical(bones.mirrored(rows))
    assert torch.allclose(found.mean, expected.mean, atol=1e-5)
    assert torch.allclose(found.focus, expected.focus, atol=1e-5)


def picture(turn_rad: float, verb: str) -> Observation:
    """A person in the canonical pose, upright in the picture."""
    carry = torch.eye(4).repeat(24, 1, 1)
    carry[:, :3, :3] = transforms.rotation_about("x", math.pi) @ transforms.rotation_about("y", turn_rad)
    carry[:, 2, 3] = 4.0
    camera = Camera(torch.tensor([50.0, 50.0]), torch.tensor([8.0, 8.0]), (16, 16))
    return Observation(camera, carry, torch.zeros(16, 16), torch.full((16, 16), math.inf), verb=verb)


def test_the_people_of_pictures_are_added_up_with_the_mirror_images_of_their_twins():
    body = DefaultBody()
    crowd = poses.People(body)
    for number in range(4):
        crowd.add(picture(1.5 * number, "holds" if number else ""))
    alone, both = crowd.typical([1, 2]), crowd.typical([1], [2])
    expected = bones.directions(body.canonical()[1], body.joint_names, torch.tensor([0.0, 1.0, 0.0]))
    assert torch.allclose(alone.mean[0], expected, atol=1e-4)
    assert torch.allclose(both.mean[0], expected, atol=0.05)  # the body is symmetric
    assert crowd.uses([0, 1]) == (Use("holds {it}", 0.5),)
    assert crowd.uses([0]) == ()
