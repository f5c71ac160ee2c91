import math

import pytest
import torch

from chorus_recon.geometry import transforms
from chorus_recon.pipeline.placement import objective


def test_splat_gradient_matches_finite_differences():
    g = torch.Generator().manual_seed(0)
    uv = (torch.rand(2, 5, 2, generator=g) * 8).double().requires_grad_()
    weight = torch.ones(2, 5).double()
    assert torch.autograd.gradcheck(
        lambda p: objective.splat(p, (8, 7), 1.3, weight), (uv,), eps=1e-5, atol=1e-6
    )


def test_splat_peaks_at_the_point():
    soft = objective.splat(torch.tensor([[[3.5, 2.5]]]), (8, 6), 1.0, torch.ones(1, 1))
    assert soft.shape == (1, 6, 8)
    assert divmod(int(soft.argmax()), 8) == (2, 3)
    assert float(soft.max()) == pytest.approx(1 - torch.exp(torch.tensor(-1.0)).item(), abs=1e-6)


def test_silhouette_is_zero_for_agreement_and_ignores_unknown():
    target = torch.zeros(4, 4)
    target[1:3, 1:3] = 1
    known = torch.ones(4, 4)
    assert float(objective.silhouette(target[None], target, known)) == pytest.approx(0, abs=1e-6)
    extra = target.clone()
    extra[0, 0] = 1
    assert float(objective.silhouette(extra[None], target, known)) == pytest.approx(0.2)
    known[0, 0] = 0
    assert float(objective.silhouette(extra[None], target, known)) == pytest.approx(0, abs=1e-6)


def test_outside_reads_the_distance_in_window_widths():
    distance = torch.zeros(10, 10)
    distance[:, 5:] = 2.0
    uv = torch.tensor([[[2.5, 2.5], [7.5, 2.5]]])
    value = objective.outside(uv, distance, torch.ones(1, 2, dtype=torch.bool))
    assert float(value) == pytest.approx(0.1)


def test_uncovered_is_the_mean_gap():
    uv = torch.tensor([[[0.0, 0.0]]])
    pixels = torch.tensor([[3.0, 4.0], [0.0, 0.0]])
    assert float(objective.uncovered(uv, pixels, 10)) == pytest.approx(0.25, abs=1e-3)


def test_depth_order_counts_both_ways():
    depth = torch.tensor([[2.0, 2.0, 2.0]])
    body = torch.tensor([[2.1, 1.9, torch.inf]])
    behind = torch.tensor([[True, False, True]])
    before = torch.tensor([[False, True, True]])
    assert float(objective.depth_order(depth, body, behind, before)) == pytest.approx(0.2 / 3)


def test_penetration_allows_a_soft_skin():
    assert float(objective.penetration(torch.tensor([[-0.03, -0.005, 0.2]]))) == pytest.approx(0.02 / 3)


def test_contact_runs_from_touching_to_out_of_reach():
    gap = torch.tensor([[0.0, 1.0], [0.085, 1.0], [0.5, 1.0]])
    assert objective.contact(gap).tolist() == pytest.approx([0.0, 0.5, 1.0])


def test_size_is_half_the_squared_score():
    value = objective.size(torch.tensor([0.1]), torch.tensor([0.1]), torch.tensor([[2.0]]))
    assert float(value) == pytest.approx(2.5)
    far = objective.size(torch.tensor([0.0]), torch.tensor([0.1]), torch.tensor([[3.5]]))
    assert float(far) == pytest.approx(0.5 * 3.5**2 + 5)


def test_field_likelihood_falls_where_the_prior_is_high():
    low = objective.field_likelihood(torch.tensor([[0.0]]))
    high = objective.field_likelihood(torch.tensor([[0.9]]))
    assert float(high) < 0.1 < float(low)


def test_upright_is_free_near_the_vertical_and_grows_with_lean():
    up = torch.nn.functional.normalize(torch.tensor([0.1, -1.0, 0.3]), dim=0)
    leaning = transforms.rotation_about("x", 0.2) @ up
    across = torch.linalg.cross(up, torch.tensor([1.0, 0.0, 0.0]))
    axes = torch.stack([up, leaning, across / across.norm(), -up])[:, None]
    value = objective.upright(axes, up, torch.full((4,), 0.03))
    assert value.tolist() == pytest.approx([0.0, 0.0, 0.97, 1.97], abs=1e-4)


def test_upright_takes_the_twin_that_leans_least():
    up = torch.tensor([0.0, -1.0, 0.0])
    twins = torch.stack([-up, up])[None]
    assert float(objective.upright(twins, up, torch.zeros(1))) == pytest.approx(0.0)


def test_pose_prior_is_zero_at_a_known_orientation_and_one_opposite():
    turned = transforms.rotation_about("y", 3.14159265)
    known = torch.eye(3)[None, None]
    assert float(objective.pose_prior(torch.eye(3)[None], known)) == pytest.approx(0, abs=1e-6)
    assert float(objective.pose_prior(turned[None], known)) == pytest.approx(1, abs=1e-6)


def test_hold_is_free_within_the_spread():
    value = objective.hold(torch.tensor([0.08, 0.25, 0.5]), torch.tensor([0.05, 0.05, torch.inf]))
    assert value.tolist() == pytest.approx([0.0, 0.5, 0.0])


def test_axis_prior_is_zero_along_and_grows_across():
    line = torch.tensor([0.0, 0.6, 0.8])
    axes = torch.outer(line, line)[torch.triu(torch.ones(3, 3)) > 0].expand(3, 6)
    across = torch.linalg.cross(line, torch.tensor([1.0, 0.0, 0.0]))
    found = objective.axis_prior(
        torch.cat([axes, torch.zeros(1, 6)]),
        torch.stack([line, -line, across, across]),
        torch.tensor([1.0, 1.0, 0.5, 1.0]),
    )
    assert found.tolist() == pytest.approx([0.0, 0.0, 0.5 / 1.1, 0.0], abs=1e-6)


def test_field_likelihood_is_the_mean_negative_log():
    value = objective.field_likelihood(torch.tensor([[0.98, 0.0]]))
    assert float(value) == pytest.approx(-math.log(0.02) / 2, abs=1e-6)


def test_coverage_saturates_with_distance():
    points = torch.tensor([[[0.0, 0.0, 0.0], [9.0, 0.0, 0.0]]])
    expected = torch.tensor([[[0.3, 0.0, 0.0], [0.0, 30.0, 0.0]]])
    wanted = ((1 - math.exp(-1)) + 1) / 2
    gap_m = objective.gaps_m(points, expected)
    assert gap_m[0].tolist() == pytest.approx([0.3, 30.0], abs=1e-4)
    assert float(objective.coverage(gap_m)) == pytest.approx(wanted, abs=1e-6)


def test_reach_is_free_near_one_expected_place_and_grows_without_limit():
    gap_m = torch.tensor([[0.2, 9.0], [0.8, 9.0], [8.3, 9.0]])
    assert objective.reach(gap_m).tolist() == pytest.approx([0.0, 0.5, 8.0])
