"""With --all: which further things are placed, and which are only told."""

import pytest
import torch

from chorus_recon.perception.choice import Candidate, Choice
from chorus_recon.perception.look import Perceived
from chorus_recon.pipeline import find_object
from chorus_recon.pipeline.config import ReconstructConfig
from chorus_recon.pipeline.find_object import Found, find_others, next_best
from chorus_recon.types import Detection
from tests import scenes


def thing(label, left):
    return Detection(torch.tensor([left, 0.0, left + 10.0, 10.0]), label, 0.9)


@pytest.fixture
def perceived(monkeypatch):
    """Three people; the second probably uses a chair and perhaps a cup, the third perhaps a tie."""
    nothing = 0.1
    shares = {"chair": (1, 0.3), "cup": (1, 0.05), "tie": (2, 0.06), "book": (2, 0.01)}
    candidates = tuple(
        Candidate(person, thing(label, 20.0 * k), probability)
        for k, (label, (person, probability)) in enumerate(shares.items())
    )
    monkeypatch.setattr(find_object, "choose", lambda *args, **kwargs: Choice(candidates, nothing))
    human = scenes.fake_reconstruction((80, 60)).human
    return Perceived([], [], [], {}, dict.fromkeys(range(3), human), [], human.camera)


def test_what_is_rather_not_used_is_told_with_its_person_and_not_placed(perceived):
    config = ReconstructConfig(everyone=True)
    chair, alone = find_others(perceived, config, Found(0, thing("bench", 200.0)))
    assert (chair.person, chair.thing.label) == (1, "chair")
    assert [(one.category, round(one.probability, 2)) for one in chair.considered] == [("cup", 0.33)]
    assert (alone.person, alone.thing) == (2, None)
    assert [one.category for one in alone.considered] == ["tie"]  # a book is below --min-confidence
    assert alone.nothing == pytest.approx(1 - 0.06 / 0.16)


def test_a_thing_of_the_first_person_is_nobody_elses(perceived):
    found = find_others(perceived, ReconstructConfig(everyone=True), Found(0, thing("chair", 0.0)))
    assert [one.thing for one in found] == [None, None]


def test_after_a_thing_that_is_not_used_comes_the_next_probable_one(perceived):
    chair, cup = thing("chair", 0.0), thing("cup", 20.0)
    choice = Choice((Candidate(1, chair, 0.5), Candidate(2, chair, 0.1), Candidate(1, cup, 0.3)), 0.1)
    first = Found(1, chair, 0.6, choice.by_category(), 0.1, choice)
    second = next_best(first, perceived, ReconstructConfig())
    assert (second.person, second.thing, second.trust, second.unused) == (1, cup, 0.3, ("chair",))
    assert second.nothing == pytest.approx(0.7)
    none = next_best(second, perceived, ReconstructConfig())
    assert (none.thing, none.considered, none.unused) == (None, (), ("chair", "cup"))
    assert none.nothing == pytest.approx(1.0)
