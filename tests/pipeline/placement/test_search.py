"""Descent and refinement on losses with known minima."""

from dataclasses import replace

import pytest
import torch

from chorus_recon.pipeline.placement import optimise, proposals, refine, state
from chorus_recon.pipeline.placement.descend import descend
from chorus_recon.pipeline.placement.scoring import exact_iou
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


@pytest.fixture(scope="module")
def refined():
    context = context_of(config=replace(SHORT, sharp_steps=15))
    problem, _ = optimise.make_problem(context)
    place = fake_reconstruction().placements[0].cam_from_object
    begun = candidates([(place.translation_m + torch.tensor([0.06, 0.02, 0.0])).tolist()], place.rotation)
    surfaces = list(context.shapes)

    def iou(current):
        vertices = state.vertices_of(current, current.similarity(), 0, surfaces[0])
        evidence = context.evidence
        return exact_iou(
            vertices, surfaces[0], context.camera, evidence.object.alpha, evidence.known, context.renderer
        )

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
    kept = refine.sharpen(problem, begun, list(problem.context.shapes))
    assert torch.equal(kept.shift, begun.shift)
