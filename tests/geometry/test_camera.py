"""The pinhole camera."""

import torch

from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import look


def test_a_level_camera_looks_along_its_direction():
    cam_from_world = look(torch.tensor([0.0, 1.0, 5.0]), torch.tensor([0.0, 0.0, -1.0]))
    points = torch.tensor([[0.0, 1.0, 0.0], [1.0, 1.0, 5.0], [0.0, 2.0, 5.0]])
    seen = transforms.apply(cam_from_world, points)
    assert torch.equal(seen, torch.tensor([[0.0, 0.0, 5.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]]))
