"""The answer of least expected error."""

import pytest
import torch

from chorus_recon.pipeline.placement import posterior


@pytest.fixture(scope="module")
def ball():
    return 0.1 * torch.nn.functional.normalize(
        torch.randn(200, 3, generator=torch.Generator().manual_seed(0)), dim=-1
    )


def at(ball, *depths_m):
    return torch.stack([ball + torch.tensor([0.0, 0.0, depth]) for depth in depths_m])


def test_probabilities_follow_costs_and_add_up_to_one():
    found = posterior.probabilities(torch.tensor([1.0, 1.7, 1e6]), 0.7)
    assert float(found.sum()) == pytest.approx(1.0)
    assert float(found[1] / found[0]) == pytest.approx(float(torch.tensor(-1.0).exp()))
    assert float(found[2]) == 0.0


def test_gaps_are_chamfer_distances_both_ways(ball):
    gaps = posterior.gaps_m(at(ball, 2.0, 2.0, 5.0))
    assert torch.equal(gaps, gaps.T)
    assert float(gaps[0, 1]) < 1e-3
    assert float(gaps[0, 2]) == pytest.approx(3.0, abs=0.15)


def test_the_middle_of_equally_cheap_answers_is_expected_to_be_least_wrong(ball):
    gaps = posterior.gaps_m(at(ball, 1.8, 2.0, 2.15))
    spread = posterior.spreads_m(gaps, posterior.probabilities(torch.tensor([1.0, 1.1, 1.05]), 0.7))
    assert int(spread.argmin()) == 1


def test_a_much_cheaper_answer_wins_though_others_agree(ball):
    gaps = posterior.gaps_m(at(ball, 1.8, 2.1, 2.12))
    spread = posterior.spreads_m(gaps, posterior.probabilities(torch.tensor([1.0, 6.0, 6.0]), 0.7))
    assert int(spread.argmin()) == 0
    assert float(spread[0]) < 0.01


def test_of_answers_in_one_place_the_cheapest_is_taken(ball):
    gaps = posterior.gaps_m(at(ball, 2.0, 2.01, 2.5))
    spreads, costs = torch.tensor([0.02, 0.03, 0.2]), torch.tensor([1.2, 1.1, 1.0])
    assert posterior.choose(spreads, gaps, costs) == 1
    assert posterior.choose(spreads.flip(0), gaps, costs) == 2


def test_a_little_nearer_to_the_others_does_not_outweigh_a_worse_fit(ball):
    gaps = posterior.gaps_m(at(ball, 2.0, 2.1))
    spreads = torch.tensor([0.05, 0.045])
    assert posterior.choose(spreads, gaps, torch.tensor([1.0, 1.1])) == 1
    assert posterior.choose(spreads, gaps, torch.tensor([1.0, 1.5])) == 0


def test_the_depth_is_the_mean_of_the_answers_near(ball):
    depths = torch.tensor([2.0, 2.2, 6.0])
    gaps = posterior.gaps_m(at(ball, *depths.tolist()))
    even = torch.full((3,), 1 / 3)
    change = posterior.depth_change(0, gaps, even, depths)
    assert change == pytest.approx(float(torch.tensor(1.1).log()) / 2, abs=1e-5)
    assert posterior.depth_change(2, gaps, even, depths) == 0.0
