"""Descent and refinement on losses with known minima."""

from dataclasses import replace

import pytest
import torch

from chorus_recon.pipeline.placement import optimise, proposals, refine, state
from chorus_recon.pipeline.placement.descend import BETAS, LAST_PACE, TURN_RATE_RAD, descend
from chorus_recon.pipeline.placement.scoring import exact_iou
from chorus_recon.pipeline.placement.surfaces import surfaces_of
from tests.pipeline.placement.contexts import SHORT, context_of
from tests.scenes import fake_reconstruction


def candidates(translation_m, rotation=None):
    count = len(translation_m)
    index = torch.zeros(count, dtype=torch.long)
    turn = torch.eye(3) if rotation is None else rotation
    return state.fresh(
        proposals.Candidates(
            shape=index,
            cluster=index,
            rotation=turn.expand(count, 3, 3),
            translation_m=torch.tensor(translation_m),
            scale=torch.ones(count),
        ),
        1,
    )


def test_descend_reaches_the_minimum_of_a_quadratic():
    wanted_m = torch.tensor([0.2, -0.1, 3.3])

    def loss(current, blur):
        pose = current.similarity()
        off = (pose.translation_m - wanted_m).square().sum(-1)
        return off + (pose.scale - 1.1).square() + (current.code - 0.5).square().sum(-1)

    begun = candidates([[0.0, 0.0, 3.0], [0.4, 0.1, 3.6]])
    moved, _ = descend(loss, begun, context_of().window, 150, 1.0, 1.0)
    pose = moved.similarity()
    assert torch.allclose(pose.translation_m, wanted_m.expand(2, 3), atol=0.01)
    assert torch.allclose(pose.scale, torch.tensor(1.1), atol=0.01)
    assert torch.allclose(moved.code, torch.tensor(0.5), atol=0.02)
    assert not moved.shift.requires_grad


def test_descend_narrows_the_blur_geometrically_and_survives_gradients_that_are_not_finite():
    blurs = []

    def loss(current, blur):
        blurs.append(blur)
        return current.log_scale.square() + (current.turn.square().sum(-1)).sqrt()  # no gradient at 0

    moved, _ = descend(loss, candidates([[0.0, 0.0, 3.0]]), context_of().window, 3, 4.0, 1.0)
    assert blurs == pytest.approx([4.0, 2.0, 1.0])
    assert torch.isfinite(moved.turn).all()


def test_descend_steps_as_adam_does_and_candidates_that_stop_do_not_change_the_others():
    wanted = torch.tensor([[0.1, -0.2, 0.3], [0.5, 0.0, 0.0], [0.0, 0.4, 0.1]])

    def loss(current, blur):
        rows = current.start.translation_m[:, 2].long() - 3
        return (current.turn - wanted[rows]).square().sum(-1) + current.shift.abs().sum(-1)

    begun = candidates([[0.0, 0.0, 3.0], [0.0, 0.0, 4.0], [0.0, 0.0, 5.0]])
    turn = begun.turn.clone().requires_grad_()
    adam = torch.optim.Adam([turn], betas=BETAS)
    for step in range(9):
        adam.param_groups[0]["lr"] = 0.7 * TURN_RATE_RAD * (LAST_PACE + (1 - LAST_PACE) * (1 - step / 8))
        adam.zero_grad()
        (turn - wanted).square().sum().backward()
        adam.step()
    window = context_of().window
    moved, rows = descend(loss, begun, window, 9, 1.0, 1.0, pace=0.7)
    assert rows.tolist() == [0, 1, 2]
    assert torch.allclose(moved.turn, turn, atol=1e-6)
    fewer, rows = descend(
        loss, begun, window, 9, 1.0, 1.0, pace=0.7, keep={4: lambda _: torch.tensor([2, 0])}
    )
    assert rows.tolist() == [2, 0]
    assert torch.allclose(fewer.turn, moved.turn[rows], atol=1e-6)
    assert torch.equal(fewer.start.translation_m, begun.start.translation_m[rows])


@pytest.fixture(scope="module")
def refined():
    context = context_of(config=replace(SHORT, sharp_steps=15))
    problem, _ = optimise.make_problem(context)
    place = fake_reconstruction().placements[0].cam_from_object
    begun = candidates([(place.translation_m + torch.tensor([0.06, 0.02, 0.0])).tolist()], place.rotation)
    surfaces = surfaces_of(context.shapes, context.renderer)

    def iou(current):
        seen = surfaces[0].seen(current, current.similarity(), 0, context.camera)
        return exact_iou(seen, context.evidence.object.alpha, context.evidence.known)

    return iou(begun), iou(refine.sharpen(problem, begun, surfaces))


def test_refine_improves_the_exact_iou_of_a_shifted_board(refined):
    before, after = refined
    assert before < 0.8
    assert after > before + 0.1


def test_refine_keeps_a_candidate_that_would_get_worse(monkeypatch):
    problem, _ = optimise.make_problem(context_of())
    place = fake_reconstruction().placements[0].cam_from_object
    begun = candidates([place.translation_m.tolist()], place.rotation)
    away = replace(begun, shift=torch.tensor([[0.2, 0.0, 0.0]]))
    monkeypatch.setattr(refine, "descend", lambda *_: (away, torch.tensor([0])))
    context = problem.context
    kept = refine.sharpen(problem, begun, surfaces_of(context.shapes, context.renderer))
    assert torch.equal(kept.shift, begun.shift)


def test_the_best_candidates_go_on_and_the_others_stay():
    context = context_of(config=replace(SHORT, sharp_steps=2, polished=1, polish_steps=25))
    problem, _ = optimise.make_problem(context)
    place = fake_reconstruction().placements[0].cam_from_object
    near = place.translation_m + torch.tensor([0.04, 0.02, 0.0])
    far = place.translation_m + torch.tensor([0.3, 0.0, 0.0])
    begun = candidates([far.tolist(), near.tolist()], place.rotation)
    surfaces = surfaces_of(context.shapes, context.renderer)
    longer = refine.sharpen(problem, begun, surfaces)
    short_problem, _ = optimise.make_problem(replace(context, config=replace(context.config, polish_steps=0)))
    shorter = refine.sharpen(short_problem, begun, surfaces)
    off = [(each.similarity().translation_m[1] - place.translation_m).norm() for each in (shorter, longer)]
    assert off[1] < 0.6 * off[0]
    assert torch.equal(longer.shift[0], shorter.shift[0])


def test_a_candidate_that_goes_farther_keeps_its_outline():
    begun = candidates([[0.3, -0.2, 3.0], [0.0, 0.1, 2.0]])
    gone = begun.farther(torch.tensor([0.1, 0.0]))
    before, after = begun.similarity(), gone.similarity()
    factor = torch.tensor([0.1, 0.0]).exp()
    assert torch.allclose(after.translation_m, before.translation_m * factor[:, None])
    assert torch.allclose(after.scale, before.scale * factor)


def test_the_best_candidate_goes_to_the_expected_depth_as_far_as_its_cost_allows():
    problem, _ = optimise.make_problem(context_of())
    place = fake_reconstruction().placements[0].cam_from_object
    begun = candidates([place.translation_m.tolist()], place.rotation)
    small, large = (
        float((optimise._moved(problem, begun, change).similarity().scale[0]).log())
        for change in (0.004, 0.6)
    )
    assert small == pytest.approx(0.004, abs=1e-5)
    assert 0.0 <= large < 0.6
