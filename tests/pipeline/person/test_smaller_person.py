"""Whether the object tells that the person is a child."""

from dataclasses import replace

import pytest
import torch

from chorus_recon.backends.registry import Backends
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.geometry.stature import stature_m
from chorus_recon.perception.look import Perceived
from chorus_recon.pipeline.config import ReconstructConfig
from chorus_recon.pipeline.person import smaller_person
from chorus_recon.pipeline.person.smaller_person import (
    CHILD_COST,
    height_by_object,
    height_is_open,
    posed_again,
)
from chorus_recon.types import OBJECT_HEIGHT
from chorus_recon.types.people import ADULT_HEIGHT
from tests.fakes import FakeBody, FakeHumanEstimator
from tests.pipeline.placement.contexts import context_of
from tests.scenes import fake_reconstruction, world


class Estimator(FakeHumanEstimator):
    """Uses heights, and keeps those it is asked for."""

    uses_height = True

    def estimate(self, photo, people, masks, camera):
        self.heights = [person.height_m for person in people]
        return super().estimate(photo, people, masks, camera)


def backends_of(truth):
    shapes = TemplateShapes()
    return Backends(truth.segmenter(), Estimator([truth.human]), FakeBody(), EmbreeRenderer(), shapes)


def answer(total: float, contact: float, near_m: float = 0.6):
    best = fake_reconstruction().placements[0]
    losses = replace(best.losses, values={**best.losses.values, "contact": contact}, total=total)
    return replace(best, losses=losses, vertices=best.vertices - torch.tensor([0.0, 0.0, near_m]))


def context():
    whole = context_of()
    return replace(whole, shapes=tuple(replace(shape, scale_sd=0.03) for shape in whole.shapes))


@pytest.fixture
def search(monkeypatch):
    """Makes the search answer by the size of the object: `costs` by how much larger it is."""
    costs: dict[float, float] = {}
    asked: list[float] = []

    def optimise(asked_of):
        larger = float(asked_of.shapes[0].vertices.abs().max() / context_of().shapes[0].vertices.abs().max())
        asked.append(round(larger, 3))
        return (answer(costs.get(round(larger, 3), 9.0), 0.0),)

    monkeypatch.setattr(smaller_person, "optimise", optimise)
    return costs, asked


def test_a_thing_out_of_reach_before_an_adult_is_a_childs(search):
    costs, asked = search
    costs[1.4] = 2.0
    placed = context()
    height = height_by_object(placed, (answer(2.0 + CHILD_COST + 0.1, contact=1.0),))
    scale = float(fake_reconstruction().placements[0].cam_from_object.scale)
    assert height == pytest.approx(stature_m(placed.body) / (1.4 * scale))
    assert asked == [1.2, 1.4]


def test_children_are_rare(search):
    costs, _ = search
    costs[1.4] = 2.0
    assert height_by_object(context(), (answer(2.0 + CHILD_COST - 0.1, contact=1.0),)) is None


@pytest.mark.parametrize(("contact", "near_m"), [(0.1, 0.6), (1.0, -0.6)])
def test_what_is_touched_or_behind_the_person_tells_no_height(search, contact, near_m):
    assert height_by_object(context(), (answer(5.0, contact, near_m),)) is None
    assert search[1] == []


def test_a_thing_of_unknown_size_tells_no_height(search):
    costs, asked = search
    costs[1.4] = 0.0
    assert context_of().shapes[0].scale_sd > smaller_person.KNOWN_SIZE_SD
    assert height_by_object(context_of(), (answer(5.0, contact=1.0),)) is None
    assert asked == []


def test_a_stated_height_or_a_doubtful_object_leaves_the_height_alone():
    backends = backends_of(world())
    human = replace(world().human, joint_confidence=torch.ones_like(world().human.joint_confidence))
    assert height_is_open(ReconstructConfig(), backends, human, trust=0.9)
    assert not height_is_open(ReconstructConfig(height_m=1.2), backends, human, trust=0.9)
    assert not height_is_open(ReconstructConfig(), backends, human, trust=0.5)
    hidden = replace(human, joint_confidence=torch.zeros_like(human.joint_confidence))
    assert not height_is_open(ReconstructConfig(), backends, hidden, trust=0.9)


def test_the_person_is_posed_again_with_the_height():
    truth = world()
    backends = backends_of(truth)
    people = [d for d in truth.detections if d.label == "person"]
    seen = Perceived([], people, [], {0: truth.human_mask}, {0: truth.human}, [], truth.camera)
    again = posed_again(truth.photo, seen, 0, 1.2, backends)
    assert backends.human.heights == [1.2]
    assert again.estimates[0].height_from == OBJECT_HEIGHT
    assert seen.estimates[0].height_from == ADULT_HEIGHT
