"""Places of the body are at their spots on the object where it is used as the interaction says."""

from dataclasses import replace

import pytest
import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.pipeline.placement import energy, objective, optimise, proposals, state
from chorus_recon.pipeline.placement.touches import find_touches
from chorus_recon.types import BodyParams, Rigid
from tests.pipeline.placement.contexts import context_of


@pytest.fixture(scope="module")
def standing():
    """A person who stands before the camera and faces it, and a skateboard."""
    model = DefaultBody()
    facing = torch.diag(torch.tensor([1.0, -1.0, -1.0]))
    params = BodyParams(
        model.id,
        torch.zeros(model.num_shape),
        torch.eye(3).repeat(24, 1, 1),
        Rigid(facing, torch.tensor([0.0, 0, 4])),
    )
    return context_of(
        body=model.pose(params),
        joint_names=model.joint_names,
        canon_joints=model.canonical()[1],
        category="skateboard",
        shapes=tuple(TemplateShapes().shapes("skateboard")[:1]),
    )


def using(context, *names):
    return replace(context, clusters=tuple(replace(context.clusters[0], cluster=name) for name in names))


def test_soles_are_below_the_feet_and_meet_the_deck(standing):
    touches = find_touches(using(standing, "ride_regular"))
    assert touches.weight[0, 0].tolist() == [1.0, 1.0]
    body = standing.body
    lowest = float(body.vertices[:, 1].max())
    for place, side in zip(touches.place[0], ("left", "right"), strict=True):
        ankle = body.joints[standing.joint_names.index(f"{side}_ankle")]
        assert float((place - ankle).norm()) < 0.15
        assert float(place[1]) == pytest.approx(lowest, abs=0.03)
    front, back = touches.spot[0, 0, 0]
    assert float(front[2]) > 0.1 > -0.1 > float(back[2])  # the nose is at +z


def test_uses_with_one_contact_or_unknown_ones_have_none(standing):
    touches = find_touches(using(standing, "by_nose_left", "grouped by hand", "ride_regular"))
    assert touches.weight.sum((1, 2)).tolist() == [0.0, 0.0, 2.0]


def test_what_is_near_in_no_fixed_place_has_none(standing):
    keyboard = replace(using(standing, "hands_on", "on_table"), category="keyboard")
    assert find_touches(keyboard).weight.sum((1, 2)).tolist() == [2.0, 0.0]


@pytest.mark.parametrize("symmetry", ["none", "y180"])
def test_a_board_the_wrong_way_round_costs_more_unless_both_ends_are_alike(standing, symmetry):
    board = replace(standing.shapes[0], symmetry=symmetry)
    context = replace(using(standing, "ride_regular"), shapes=(board,))
    problem, _ = optimise.make_problem(context)
    touches = problem.touches
    middle = touches.place[0].mean(0) - torch.tensor([0.0, -0.02, 0.0])
    values = []
    for sign in (1.0, -1.0):  # the nose towards the left foot, at +x, or towards the right
        turn = torch.tensor([[0.0, 0, sign], [0, -1, 0], [sign, 0, 0]])
        spots = touches.spot[0, 0, 0] @ turn.mT
        index = torch.zeros(1, dtype=torch.long)
        place = middle - spots.mean(0)
        start = proposals.Candidates(index, index, turn[None], place[None], torch.ones(1))
        begun = state.fresh(start, problem.sampled.modes.shape[1])
        values.append(float(energy.terms_of(problem, begun, 1.0)["touch"]))
    assert values[0] < 0.1
    assert values[1] > values[0] + 0.2 if symmetry == "none" else values[1] == values[0]


def test_spots_move_with_the_modes_of_the_shape(standing):
    context = using(standing, "ride_regular")
    shape = context.shapes[0]
    touches = find_touches(context)
    longer = replace(shape, vertices=shape.vertices + shape.modes[0])
    moved = find_touches(replace(context, shapes=(longer,)))
    assert torch.allclose(moved.spot, touches.spot + touches.modes[:, :, :, 0], atol=1e-5)
    assert not torch.allclose(moved.spot, touches.spot, atol=1e-3)


def test_touch_is_the_mean_over_contacts_of_the_nearest_twin():
    gap = torch.tensor([[[0.05, 0.25], [0.05, 0.55]], [[0.9, 0.9], [0.9, 0.9]]])
    weight = torch.tensor([[1.0, 1.0], [0.0, 0.0]])
    assert objective.touch(gap, weight).tolist() == pytest.approx([0.25, 0.0])
