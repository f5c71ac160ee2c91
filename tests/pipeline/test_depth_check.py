"""A depth network as a witness, on the world whose depth is known."""

import math
from dataclasses import replace
from functools import partial

import pytest
import torch

from chorus_recon.backends.protocols import DepthEstimator
from chorus_recon.backends.registry import Backends
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.errors import PriorError
from chorus_recon.pipeline import depth_check
from chorus_recon.pipeline import reconstruct as walk
from chorus_recon.pipeline.output import report
from chorus_recon.pipeline.output.record import record
from chorus_recon.pipeline.placement.context import PlaceConfig
from chorus_recon.types import DepthMap
from tests import scenes
from tests.fakes import FakeBody, FakeDepth


@pytest.fixture(scope="module")
def truth():
    return scenes.world()


@pytest.fixture(scope="module")
def told(truth):
    return scenes.fake_reconstruction()


def ask(truth, told, estimator, placements=None):
    return depth_check.check(
        estimator.estimate(truth.photo), estimator.name, truth.camera, told.evidence, truth.body,
        placements or told.placements, EmbreeRenderer(),
    )  # fmt: skip


def test_a_depth_in_other_units_agrees_with_the_truth(truth, told):
    for scale in (0.4, 1.0, 2.5):
        found = ask(truth, told, FakeDepth(truth, scale=scale, noise=0.05))
        assert found.shifts[0] == pytest.approx(1.0, abs=0.03)
        kept, same = depth_check.weigh(told.placements[:1], replace(found, shifts=found.shifts[:1]))
        assert kept[0].probability == told.placements[0].probability
        assert depth_check.warnings(same, "skateboard") == []


@pytest.mark.parametrize(("shift", "words"), [(1.4, "farther away"), (0.7, "nearer")])
def test_what_it_contradicts_is_told_and_believed_less(truth, told, shift, words):
    found = ask(truth, told, FakeDepth(truth, object_shift=shift))
    assert found.shifts[0] == pytest.approx(shift, rel=0.02)
    kept, same = depth_check.weigh(told.placements, found)
    assert kept[0].probability < 0.6 * told.placements[0].probability
    assert kept[0].probability >= depth_check.FLOOR * told.placements[0].probability
    (line,) = depth_check.warnings(same, "skateboard")
    assert f"sees the skateboard {abs(shift - 1):.0%} {words}" in line


def test_the_placement_that_it_sees_comes_first(truth, told):
    best = told.placements[0]
    far = replace(best, vertices=best.vertices * 1.35, probability=0.5)
    right = replace(best, probability=0.45)
    found = ask(truth, told, FakeDepth(truth), (far, right))
    assert found.shifts[0] == pytest.approx(1 / 1.35, rel=0.02)
    ranked, found = depth_check.weigh((far, right), found)
    assert ranked[0].probability == 0.45
    assert found.shifts[0] == pytest.approx(1.0, abs=0.01)
    assert ranked[1].probability < 0.4


def test_the_persons_size_is_compared_where_the_focal_length_is_known(truth, told):
    focal = float(truth.camera.focal_px[0])
    assert ask(truth, told, FakeDepth(truth)).person_scale is None
    # twice the focal length, twice the depth: the same person
    same = ask(truth, told, FakeDepth(truth, scale=2.0, focal_px=2 * focal))
    assert same.person_scale == pytest.approx(1.0, abs=0.01)
    giant = ask(truth, told, FakeDepth(truth, scale=1.8, focal_px=focal))
    assert giant.person_scale == pytest.approx(1.8, rel=0.01)
    assert "1.8 times as large" in depth_check.warnings(giant, "skateboard")[0]


def test_too_little_to_see_is_no_opinion(truth, told):
    blind = FakeDepth(truth)
    nothing = blind.estimate(truth.photo)
    nothing = DepthMap(nothing.depth_m, torch.zeros_like(nothing.valid))
    found = depth_check.check(
        nothing, "blind", truth.camera, told.evidence, truth.body, told.placements, EmbreeRenderer()
    )
    assert found.shifts == (None, None)
    assert depth_check.belief(None, found.tolerance) == 1.0
    assert depth_check.warnings(found, "skateboard") == []
    kept, _ = depth_check.weigh(told.placements, found)
    assert kept == told.placements


def test_a_witness_that_contradicts_itself_is_believed_less(truth, told):
    shaky = ask(truth, told, FakeDepth(truth, noise=0.6))
    assert shaky.tolerance > 1.5 * depth_check.TOLERANCE
    assert ask(truth, told, FakeDepth(truth)).tolerance == depth_check.TOLERANCE


def test_belief_falls_smoothly():
    steps = [depth_check.belief(math.exp(x), 0.1) for x in (0.0, 0.1, 0.15, 0.3, 2.0)]
    assert steps[:2] == [1.0, 1.0]
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] == pytest.approx(depth_check.FLOOR)
    assert depth_check.belief(1.3, 0.1) == pytest.approx(depth_check.belief(1 / 1.3, 0.1))


def test_the_whole_walk_hears_it(truth, monkeypatch):
    class Shapes:
        name = "one"

        def shapes(self, category, photo=None, mask=None):
            return [truth.shape]

    def prior(category):
        if category != "skateboard":
            raise PriorError(category)
        return scenes.prior_of(truth, seeds=True)

    monkeypatch.setattr(walk, "load_prior", prior)
    monkeypatch.setattr(walk, "bundled", lambda: ["skateboard"])
    few = {"drawn": 96, "keep": 6, "exact": 4, "polished": 1}
    short = partial(PlaceConfig, steps=20, fine_steps=10, sharp_steps=2, polish_steps=2, **few)
    monkeypatch.setattr(walk, "PlaceConfig", short)
    optimise, found = walk.optimise.optimise, []

    def once(context):  # the search does not hear of the depth
        if not found:
            found.append(optimise(context))
        return found[0]

    monkeypatch.setattr(walk.optimise, "optimise", once)
    config = walk.ReconstructConfig(starts=12, seed=1)
    plain = Backends(truth.segmenter(), truth.estimator(), FakeBody(), EmbreeRenderer(), Shapes())
    deaf = walk.reconstruct(truth.photo, config, plain)
    assert deaf.depth is None
    assert record(deaf)["depth"] is None
    right, wrong = FakeDepth(truth, scale=1.2), FakeDepth(truth, object_shift=1.8)
    assert isinstance(right, DepthEstimator)
    good = walk.reconstruct(truth.photo, config, replace(plain, depth=right))
    assert good.placements[0].probability == pytest.approx(deaf.placements[0].probability)
    assert abs(math.log(good.depth.shifts[0])) < good.depth.tolerance
    assert {"depth"} <= good.seconds.keys()
    assert good.licences["fake depth"] == "Apache-2.0"
    bad = walk.reconstruct(truth.photo, config, replace(plain, depth=wrong))
    assert bad.placements[0].probability < 0.6 * deaf.placements[0].probability
    assert any("fake sees the skateboard" in line for line in bad.warnings)
    facts = record(bad)
    assert len(facts["depth"]["shifts"]) == len(bad.placements)
    assert "disagrees" in report._facts(facts)
    assert "agrees" in report._facts(record(good))
