import torch

from chorus_recon.perception.evidence import split
from chorus_recon.types import Mask

PERSON = torch.zeros(40, 40)
PERSON[4:36, 10:30] = 0.99


def _thing(rows: slice, columns: slice) -> Mask:
    alpha = torch.zeros(40, 40)
    alpha[rows, columns] = 0.9  # less sure than the person everywhere
    return Mask(alpha, "skateboard", 0.9)


def test_what_lies_in_the_persons_mask_is_held_before_them():
    thing = _thing(slice(20, 26), slice(8, 28))
    found = split(thing, Mask(PERSON, "person", 1.0), [])
    assert torch.equal(found.object.alpha, thing.alpha)
    assert float(found.human.alpha[20:26, 10:28].max()) == 0
    assert float(found.human.alpha.sum()) > 0
    assert bool(found.known[20:26, 8:28].all())


def test_a_mask_that_reaches_far_beyond_the_person_is_behind_them():
    found = split(_thing(slice(20, 26), slice(0, 40)), Mask(PERSON, "person", 1.0), [])
    assert float(found.object.alpha[20:26, 10:30].max()) == 0
    assert float(found.object.alpha[20:26, :10].min()) > 0
    assert not bool(found.known[20:26, 10:30].any())


def test_a_mask_that_covers_the_person_is_the_person():
    found = split(_thing(slice(6, 34), slice(11, 29)), Mask(PERSON, "person", 1.0), [])
    assert float(found.object.alpha.max()) == 0


def test_pixels_that_only_one_network_gives_to_the_person_are_the_things():
    thing = _thing(slice(20, 26), slice(0, 40))
    slim = PERSON.clone()
    slim[20:26, 16:30] = 0.0  # the other network sees no person there
    found = split(thing, Mask(PERSON, "person", 1.0), [], slim)
    assert float(found.object.alpha[20:26, 16:30].min()) > 0
    assert float(found.object.alpha[20:26, 10:16].max()) == 0
    assert bool(found.known[20:26, 16:30].all())
    assert not bool(found.known[20:26, 10:16].any())


def test_what_neither_mask_gives_to_the_thing_stays_unknown():
    slim = torch.zeros_like(PERSON)
    found = split(_thing(slice(0, 3), slice(0, 9)), Mask(PERSON, "person", 1.0), [], slim)
    assert not bool(found.known[20:26, 16:30].any())
