from pathlib import Path

import pytest
import torch

from chorus_recon.errors import NoPerson
from chorus_recon.perception import evidence, people, things
from chorus_recon.types import Detection, Mask, Photo

PHOTO = Photo(torch.zeros(100, 200, 3, dtype=torch.uint8), Path("street.jpg"))


def box(label, x0, y0, x1, y1, score=0.9):
    return Detection(torch.tensor([x0, y0, x1, y1], dtype=torch.float32), label, score)


def test_the_person_with_the_thing_is_chosen_over_a_larger_bystander():
    near, far = box("person", 10, 10, 40, 90), box("person", 120, 5, 155, 95)
    board = box("skateboard", 8, 85, 45, 97)
    assert people.choose_people([near, far], PHOTO, None, [board])[0] == 0


def test_nobody_and_numbers_out_of_range_are_explained():
    with pytest.raises(NoPerson, match="found no person"):
        people.choose_people([], PHOTO, None, [])
    with pytest.raises(people.WhichPerson, match=r"found 1 person, --person 3 .* Pass --person 0 "):
        people.choose_people([box("person", 0, 0, 5, 9)], PHOTO, 3, [])


def test_people_alike_need_a_choice_only_where_no_thing_makes_it():
    twins = [box("person", 10, 10, 40, 90), box("person", 120, 10, 150, 90)]
    assert len(people.choose_people(twins, PHOTO, None, [])) == 2
    with pytest.raises(people.WhichPerson, match=r"found 2 people, 2 alike .* --person 0\|1"):
        people.choose_people(twins, PHOTO, None, [], alone=True)
    assert people.choose_people(twins, PHOTO, 1, [], alone=True) == [1]
    child = box("person", 120, 50, 140, 90)
    assert people.choose_people([child, twins[0]], PHOTO, None, [], alone=True) == [1]


def test_what_was_seen_is_listed_once_a_label():
    seen = [box("person", 10, 10, 40, 90), box("dog", 50, 60, 80, 90, 0.8), box("dog", 50, 60, 80, 90, 0.3)]
    assert things.listed(seen) == "dog 80%"
    assert things.listed(seen[:1]) == "nothing"


def test_spellings_of_a_category_agree():
    racket = box("tennis racket", 0, 0, 5, 5)
    assert things.candidate_things([racket], "Tennis_Racket", frozenset()) == [racket]
    assert things.candidate_things([racket], None, frozenset({"tennis_racket"})) == [racket]
    assert things.candidate_things([racket], None, frozenset({"umbrella"})) == []


def test_split_leaves_hidden_pixels_unknown():
    thing, person = torch.zeros(4, 6), torch.zeros(4, 6)
    thing[:, :3] = 0.9
    person[:, 2:5] = 0.8
    found = evidence.split(Mask(thing, "board", 1.0), Mask(person, "person", 1.0), [])
    assert found.object.alpha[0].tolist() == pytest.approx([0.9, 0.9, 0.9, 0, 0, 0])
    assert found.known[0].tolist() == [True, True, True, False, False, True]
