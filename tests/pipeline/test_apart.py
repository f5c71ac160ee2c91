"""What is out of reach is told from what is in use."""

from dataclasses import replace

import pytest
import torch

from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.geometry import transforms
from chorus_recon.pipeline import apart
from chorus_recon.pipeline.placement.optimise import optimise
from chorus_recon.pipeline.placement.window import make_window
from chorus_recon.types import Evidence, Mask
from tests.pipeline.placement.contexts import SHORT, context_of
from tests.scenes import world

FAR = torch.tensor([1.0, -0.3, 5.5])  # metres, in cam: 2.3 m behind the skater and to the right
LONGER = replace(SHORT, starts=24, drawn=96, steps=60, fine_steps=40, sharp_steps=4)


@pytest.fixture(scope="module")
def elsewhere():
    """The skater with the board in the air behind them, and the placements in use."""
    truth, renderer = world(), EmbreeRenderer()
    place = replace(truth.cam_from_object, translation_m=FAR)
    seen = renderer.render(transforms.apply(place, truth.shape.vertices), truth.shape.faces, truth.camera)
    mask = Mask(torch.isfinite(seen.depth).float(), "skateboard", 0.9)
    known = (truth.human_mask.alpha < 0.5) | (mask.alpha > 0.5)
    evidence = Evidence(mask, truth.human_mask, known)
    window = make_window(truth.camera, evidence, truth.body, renderer)
    context = context_of(evidence=evidence, window=window, config=LONGER)
    return context, optimise(context)


def test_a_thing_that_no_use_explains_is_placed_by_its_outline_and_size(elsewhere):
    context, in_use = elsewhere
    found = apart.placed_apart(context, in_use)
    assert (found[0].cluster, found[0].use.text) == (apart.CLUSTER, apart.TEXT)
    assert float((found[0].vertices.mean(0) - FAR).norm()) < 0.9  # size, hence depth, is known to 10 %
    assert found[0].silhouette_iou > in_use[0].silhouette_iou
    assert sum(p.probability for p in found) <= 1.0 + 1e-6
    assert in_use[0].cluster in {p.cluster for p in found[1:]}  # the use stays an alternative


def test_a_thing_in_use_is_left_where_it_is(monkeypatch):
    monkeypatch.setattr(apart, "LEAST", -apart.MORE)  # search out of use all the same
    context = context_of()
    assert apart.placed_apart(context, optimise(context)) == ()


def test_a_misfit_within_reach_is_not_called_unused(elsewhere, monkeypatch):
    monkeypatch.setattr(apart, "REACH_M", 10.0)
    assert apart.placed_apart(*elsewhere) == ()


@pytest.mark.parametrize(("category", "away"), [("kite", True), ("frisbee", True), ("chair", False)])
def test_what_is_thrown_or_flies_is_used_from_afar(category, away):
    assert apart.used_from_afar(category) is away
