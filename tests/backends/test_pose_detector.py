import math

import torch

from chorus_recon.backends.human import landmarks, pose_detector
from chorus_recon.geometry.squares import to_picture


def test_anchors_cover_the_input():
    anchors = pose_detector.anchors()
    assert anchors.shape == (2254, 2)
    assert torch.allclose(anchors[:3] * 224, torch.tensor([[4.0, 4], [4, 4], [12, 4]]))  # 2 a cell, stride 8
    assert torch.allclose(anchors[1568] * 224, torch.tensor([8.0, 8]))  # stride 16 begins
    assert torch.allclose(anchors[1960:1966] * 224, torch.tensor([16.0, 16]).expand(6, 2))  # 3 layers of 32
    assert torch.allclose(anchors[-1] * 224, torch.tensor([208.0, 208]))


def test_decode_adds_offsets_to_the_anchor():
    raw = torch.zeros(2254, 12)
    raw[0, 4:8] = torch.tensor([22.4, 0, 0, -22.4])
    points = pose_detector.decode(raw)
    assert torch.allclose(points[0, :2] - pose_detector.anchors()[0], torch.tensor([[0.1, 0], [0, -0.1]]))


def test_body_square_puts_the_circle_point_above_the_hip():
    hip = torch.tensor([[50.0, 50.0]]).repeat(4, 1)
    circle = hip + 20 * torch.tensor([[0.0, -1], [1, 0], [0.6, 0.8], [-1, 0]])
    squares = pose_detector.body_square(hip, circle)
    assert torch.allclose(squares.side_px, torch.full((4,), 50.0))
    assert torch.allclose(squares.angle_rad[:2], torch.tensor([0.0, math.pi / 2]), atol=1e-6)
    above = to_picture(squares, torch.tensor([0.5, 0.5 - 20 / 50]).expand(4, 1, 2))[:, 0]
    assert torch.allclose(above, circle, atol=1e-4)


def test_heatmap_moves_a_point_only_near_and_when_clear():
    unit = torch.tensor([[[0.5, 0.5], [0.5, 0.5], [1.2, 0.5]]])
    heat = torch.full((1, 64, 64, 3), -20.0)
    heat[0, 31, 34, 0] = 4.0  # within three cells of (32, 32)
    heat[0, 31, 50, 0] = 9.0  # too far to count
    heat[0, 31, 34, 1] = -1.0  # too weak
    heat[0, :, 60:, 2] = 9.0  # of a point outside the crop
    out = landmarks.refined(unit, heat)[0]
    assert torch.allclose(out[0], torch.tensor([34 / 64, 31 / 64]), atol=1e-3)
    assert torch.equal(out[1:], unit[0, 1:])


def test_names_are_paired():
    left = [n for n in landmarks.NAMES if "left" in n]
    assert len(landmarks.NAMES) == 33
    assert [n.replace("left", "right") for n in left] == [n for n in landmarks.NAMES if "right" in n]
