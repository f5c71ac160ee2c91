import pytest
import torch

from chorus_recon.geometry.reach import bend, reaches

HIP, KNEE, ANKLE = (
    torch.tensor([0.0, 1.0, 0.0]),
    torch.tensor([0.05, 0.55, 0.1]),
    torch.tensor([0.0, 0.1, 0.0]),
)
HINGE = torch.tensor([1.0, 0.0, 0.0])


def bent(goal, leg=(HIP, KNEE, ANKLE)):
    upper, lower = bend(*leg, goal, HINGE)
    knee = leg[0] + upper @ (leg[1] - leg[0])
    return knee, knee + lower @ (leg[2] - leg[1])


@pytest.mark.parametrize("goal", [(0.0, 0.12, 0.1), (0.2, 0.3, -0.3), (0.1, 0.9, 0.4)])
def test_the_end_reaches_the_goal_and_bones_keep_their_lengths(goal):
    goal = torch.tensor(goal)
    assert reaches(HIP, KNEE, ANKLE, goal)
    knee, ankle = bent(goal)
    assert torch.allclose(ankle, goal, atol=1e-5)
    assert float((knee - HIP).norm()) == pytest.approx(float((KNEE - HIP).norm()), abs=1e-5)
    assert float((ankle - knee).norm()) == pytest.approx(float((ANKLE - KNEE).norm()), abs=1e-5)


def test_a_goal_where_the_end_is_changes_nothing():
    upper, lower = bend(HIP, KNEE, ANKLE, ANKLE, HINGE)
    assert torch.allclose(upper, torch.eye(3), atol=1e-4)
    assert torch.allclose(lower, torch.eye(3), atol=1e-4)


def test_a_straight_leg_bends_with_the_knee_in_front():
    leg = (HIP, torch.tensor([0.0, 0.55, 0.0]), torch.tensor([0.0, 0.1, 0.0]))
    knee, _ = bent(torch.tensor([0.0, 0.3, 0.0]), leg)
    assert float(knee[2]) > 0.1


def test_a_goal_out_of_reach_is_approached():
    goal = torch.tensor([0.0, -1.0, 0.0])
    assert not reaches(HIP, KNEE, ANKLE, goal)
    _, ankle = bent(goal)
    assert float(ankle[1]) < 0.09
    assert float(ankle[0]) == pytest.approx(0.0, abs=1e-4)
