"""Which person uses which thing, or none."""

import pytest
import torch

from chorus_recon.perception.choice import choose, distinct, features, stature_px
from chorus_recon.types import BodyParams, Camera, Detection, HumanEstimate, Keypoints, Rigid

NAMES = ("left_shoulder", "right_shoulder", "left_hip", "right_hip", "left_wrist", "right_wrist")
STANDING = torch.tensor([[60.0, 60], [40, 60], [56, 120], [44, 120], [70, 115], [30, 115]])
PERSON = Detection(torch.tensor([25.0, 20.0, 75.0, 220.0]), "person", 0.95)


def estimate():
    body = BodyParams("any", torch.zeros(1), torch.eye(3)[None], Rigid(torch.eye(3), torch.zeros(3)))
    camera = Camera(torch.full((2,), 300.0), torch.tensor([160.0, 120.0]), (320, 240))
    return HumanEstimate(body, camera, keypoints(), PERSON.box_px, 0.0, torch.ones(1))


def keypoints(shift_px=0.0, visibility=1.0, names=NAMES):
    points = STANDING[[NAMES.index(n) for n in names]] + torch.tensor([shift_px, 0.0])
    metres = torch.nn.functional.pad(points / 120, (0, 1))
    return Keypoints(names, points, torch.full((len(names),), visibility), metres)


def thing(label, x0, y0, x1, y1, score=0.8):
    return Detection(torch.tensor([x0, y0, x1, y1]).float(), label, score)


def probability(choice, label):
    return sum(c.probability for c in choice.candidates if c.thing.label == label)


def test_probabilities_sum_to_one_with_nothing():
    things = [thing("cup", 65, 105, 80, 125), thing("book", 300, 10, 330, 40)]
    choice = choose([PERSON], {0: estimate()}, things)
    assert choice.nothing + sum(c.probability for c in choice.candidates) == pytest.approx(1.0)
    assert [c.thing.label for c in choice.candidates] == ["cup", "book"]
    assert choose([PERSON], {0: estimate()}, []).nothing == 1.0


def test_a_thing_in_the_hand_is_used_and_one_far_away_is_not():
    near, far = thing("cup", 65, 105, 80, 125), thing("cup", 300, 105, 315, 125)
    estimates = {0: estimate()}
    assert choose([PERSON], estimates, [near]).nothing < 0.5
    assert choose([PERSON], estimates, [far]).nothing > 0.9


def test_each_category_is_touched_with_its_own_part():
    at_hand, at_hip = (65, 105, 80, 125), (45, 118, 56, 190)
    keys = keypoints()
    for label, used, unused in (("cup", at_hand, at_hip), ("chair", at_hip, at_hand)):
        touch = [features(thing(label, *box), PERSON, keys)["touch"] for box in (used, unused)]
        assert touch[0] > touch[1]


def test_hidden_landmarks_touch_less():
    cup = thing("cup", 65, 105, 80, 125)
    touch = [features(cup, PERSON, keypoints(visibility=v))["touch"] for v in (1.0, 0.1)]
    assert touch[1] < touch[0]


def test_landmarks_without_the_part_that_is_used_fall_back_to_all():
    tie = thing("tie", 48, 65, 52, 110)
    assert features(tie, PERSON, keypoints(names=("left_wrist", "left_hip")))["touch"] > 0


def test_a_doubtful_box_leaves_it_open():
    cup = thing("cup", 65, 105, 80, 125, score=0.2)
    assert choose([PERSON], {0: estimate()}, [cup]).nothing > 0.5


def test_a_named_category_is_more_probable():
    cup = [thing("cup", 65, 105, 80, 125, score=0.3)]
    estimates = {0: estimate()}
    assert choose([PERSON], estimates, cup, named=True).nothing < choose([PERSON], estimates, cup).nothing


def test_another_label_in_its_place_matters_only_where_nothing_is_named():
    skateboard, suitcase = (
        thing("skateboard", 65, 105, 80, 125, 0.7),
        thing("suitcase", 65, 105, 80, 125, 0.5),
    )
    estimates = {0: estimate()}
    for named, doubted in ((False, True), (True, False)):
        alone = choose([PERSON], estimates, [suitcase], [suitcase], named=named).nothing
        beside = choose([PERSON], estimates, [suitcase], [suitcase, skateboard], named=named).nothing
        assert (beside > alone) == doubted


def test_things_of_a_category_add_up():
    cups = [thing("cup", 65, 105, 80, 125, 0.6), thing("cup", 25, 105, 38, 125, 0.6)]
    choice = choose([PERSON], {0: estimate()}, cups)
    (considered,) = choice.by_category()
    assert considered.probability == pytest.approx(probability(choice, "cup"))
    assert considered.box_px == tuple(choice.best_of("cup").thing.box_px.tolist())


def test_one_thing_under_two_names_counts_once():
    bat, racket = thing("baseball bat", 60, 60, 90, 120, 0.6), thing("tennis racket", 61, 60, 90, 121, 0.8)
    twin = thing("tennis racket", 60, 61, 90, 120, 0.5)
    assert distinct([bat, racket, twin]) == [racket, twin]


def test_stature_is_that_of_the_landmarks_scale():
    assert stature_px(keypoints()) == pytest.approx(1.7 * 120, rel=1e-4)


def test_of_equal_pairs_the_larger_person_is_reconstructed():
    child = Detection(torch.tensor([25.0, 100.0, 60.0, 220.0]), "person", 0.95)
    cup = thing("cup", 65, 105, 80, 125)
    estimates = {0: estimate(), 1: estimate()}
    assert choose([child, PERSON], estimates, [cup]).best_of("cup").person == 1
    assert choose([PERSON, child], estimates, [cup]).best_of("cup").person == 0
