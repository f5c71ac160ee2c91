"""What the interaction tables say of how things stand."""

import pytest

from chorus_recon.categories.index import categories
from chorus_recon.categories.standing import stance

UP = (0.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("category", "interaction", "shape"),
    [
        ("bicycle", "ride", "bicycle"),
        ("motorcycle", "ride", "motorcycle"),
        ("chair", "sit", "chair"),
        ("bench", "lie_head_left", "bench"),
        ("couch", "sit", "couch"),
        ("bed", "lie_on_back", "bed"),
        ("suitcase", "sit", "closed_suitcase"),
        ("skateboard", "ride_goofy", "skateboard"),
    ],
)
def test_things_that_bear_their_users_stand_level_on_the_ground(category, interaction, shape):
    found = stance(category, interaction, shape)
    assert found is not None
    assert found.axis == UP
    assert found.rests
    assert 0 < found.sigma_deg < 10


def test_a_jumping_skateboard_is_level_in_no_axis():
    found = stance("skateboard", "jump_regular", "skateboard")
    assert found is not None
    assert found.axis is None


def test_a_board_stands_on_its_tail_beside_its_owner():
    found = stance("surfboard", "beside_left", "surfboard")
    frame = categories()["surfboard"].frame
    assert found is not None
    assert found.axis == frame.forward
    assert found.rests
    assert found.user_grounded


def test_a_suitcase_carried_by_its_side_has_its_side_up():
    found = stance("suitcase", "carry_right", "closed_suitcase")
    assert found is not None
    assert found.axis == (1.0, 0.0, 0.0)  # up x forward
    assert not found.rests


def test_what_is_held_does_not_rest():
    found = stance("tennis_racket", "forehand", "tennis_racket")
    assert found is not None
    assert found.axis is None
    assert not found.rests


def test_an_unknown_interaction_stands_for_all_of_the_shape():
    every = stance("chair", "all", "chair")
    assert every is not None
    assert every.axis == UP  # whatever is done with a chair
    mixed = stance("suitcase", "all", "closed_suitcase")
    assert mixed is not None
    assert mixed.axis is None  # carried on its side, or sat on


def test_nothing_is_known_of_other_categories():
    assert stance("zorblax", "ride", "zorblax") is None
