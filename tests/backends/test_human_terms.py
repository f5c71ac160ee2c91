"""Parts of the fit of a person, at values calculated by hand."""

import math

import pytest
import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human import terms
from chorus_recon.backends.human.default import covered_share
from chorus_recon.backends.human.outline import agreed
from chorus_recon.backends.human.pose_prior import natural_pose
from chorus_recon.backends.human.support import joint_sigma, sight, trust


def test_masks_that_agree_are_averaged_and_where_they_differ_much_nothing_is_known():
    mask, other = torch.zeros(10, 10), torch.zeros(10, 10)
    mask[:, :8], other[:, 1:8] = 1.0, 0.8
    mean, unknown = agreed(mask, other)
    assert unknown is None
    torch.testing.assert_close(mean, (mask + other) / 2)
    other[:, 4:] = 0.0
    union, unknown = agreed(mask, other)
    assert unknown is not None
    assert union[:, :8].min() > 0.5
    assert torch.equal(unknown.any(0), torch.tensor([True] + [False] * 3 + [True] * 4 + [False] * 2))


def test_the_network_s_landmarks_at_the_photo_s_edge_are_not_believed():
    points = torch.tensor([[[100.0, 100.0], [100.0, 499.0], [100.0, 520.0], [100.0, 300.0]]])
    seen_ = sight(points, torch.tensor([[1.0, 1.0, 1.0, 0.5]]), torch.tensor([500.0, 500.0]))[0]
    assert seen_[0] == 1.0
    assert seen_[1] < 0.1
    assert seen_[2] == 0.0
    assert seen_[3] == 0.25


def test_the_prior_is_the_same_for_a_mirrored_pose():
    body = DefaultBody()
    prior = natural_pose(body.joint_names)
    pose = 0.5 * torch.randn(24, 3, generator=torch.Generator().manual_seed(0))
    twin = [
        body.joint_names.index(n.replace("left", "R").replace("right", "left").replace("R", "right"))
        for n in body.joint_names
    ]
    mirrored = pose[twin] * torch.tensor([1.0, -1.0, -1.0])
    costs = [(prior.matrix @ p.reshape(-1) - prior.target).square().sum() for p in (pose, mirrored)]
    torch.testing.assert_close(costs[0], costs[1])


def test_what_is_held_costs_by_its_own_deviation():
    held = terms.held(
        torch.tensor([[1.0, 2.0, 3.0]]), torch.tensor([[1.0, 1.0, 1.0]]), torch.tensor([[5.0, 2.0, 0.0]])
    )
    torch.testing.assert_close(held.cost, torch.tensor([2.0]))
    torch.testing.assert_close(held.gradient, torch.tensor([[0.0, 4.0, 0.0]]))
    torch.testing.assert_close(held.curvature, torch.diag(torch.tensor([25.0, 4.0, 0.0]))[None])


def test_cauchy_cost_and_gradient_at_a_hand_computed_value():
    one = torch.ones(1, 1, 1, dtype=torch.float64)
    part = terms.reduce(terms.Residuals(2.0 * one, 3.0 * one[..., None], one[..., 0]), kernel=2.0)
    assert float(part.cost) == pytest.approx(2.0 * math.log(2.0))  # w k^2/2 log(1 + (2/2)^2)
    assert float(part.gradient) == pytest.approx(3.0)  # J r / (1 + 1)
    assert float(part.curvature) == pytest.approx(4.5)  # J^2 / (1 + 1)


def test_a_hidden_landmark_is_believed_nearly_as_much_as_one_in_sight():
    points = torch.tensor([[[50.0, 20.0], [50.0, 80.0]]])
    visibility = torch.tensor([[0.25, 1.0]])
    size = torch.tensor([100.0, 100.0])
    assert trust(points, visibility, size).tolist() == [[0.5, 1.0]]
    assert sight(points, visibility, size).tolist() == [[0.0625, 1.0]]


def test_a_landmark_at_the_edge_of_the_photo_is_not_believed():
    points = torch.tensor([[[0.0, 20.0], [50.0, 80.0]]])
    assert trust(points, torch.ones(1, 2), torch.tensor([100.0, 100.0])).tolist() == [[0.0, 1.0]]


def test_the_error_of_a_joint_grows_with_the_spread_of_its_landmarks():
    spread = torch.tensor([[0.0, 0.1, 0.3]])
    names = ("left_wrist", "left_knee", "left_hip")
    sigma = joint_sigma(("left_wrist", "left_knee", "pelvis"), names, spread)[0]
    assert sigma[0] == pytest.approx(0.08)
    assert sigma[1] == pytest.approx((0.08**2 + 0.12**2) ** 0.5)
    assert sigma[2] == pytest.approx((0.08**2 + 0.36**2) ** 0.5)


def test_the_height_term_at_a_hand_computed_value():
    parameters = torch.zeros(2, 6)
    shape = torch.tensor([[1.0, 0.5], [1.0, 0.5]])
    parameters[:, 3:5] = shape
    per_shape = torch.tensor([0.1, -0.6])
    known = torch.tensor([1.7, math.nan])
    found = terms.height(parameters, shape, 1.8, per_shape, known, 0.1)
    assert float(found.cost[0]) == pytest.approx(
        0.5, abs=1e-5
    )  # 1.8 + 0.1 - 0.3 is 0.1 short, which is one deviation
    assert found.gradient[0].tolist() == pytest.approx([0, 0, 0, -1.0, 6.0, 0], abs=1e-4)
    assert found.cost[1] == 0
    assert not found.gradient[1].any()
    assert not found.curvature[1].any()


def test_the_covered_share_of_an_outline_at_a_hand_computed_value():
    alpha = torch.zeros(4, 8)
    alpha[1, :] = 1.0  # pixel centres at x = 0.5, 1.5 ... 7.5
    point = torch.tensor([[0.5, 1.5]])
    assert covered_share(alpha, point, 1.0) == pytest.approx(2 / 8)
    assert covered_share(alpha, point, 3.2) == pytest.approx(4 / 8)
    assert covered_share(torch.zeros(4, 8), point, 1.0) == 1.0
