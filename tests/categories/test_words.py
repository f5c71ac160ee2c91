import pytest

from chorus_recon.categories.index import categories
from chorus_recon.categories.words import said


def row(category: str, name: str):
    return next(row for row in categories()[category].interactions() if row.name == name)


@pytest.mark.parametrize(
    ("category", "name", "text"),
    [
        ("chair", "sit", "sits on {it}"),
        ("skateboard", "ride_goofy", "rides {it}, right foot in front"),
        ("chair", "sit_left_leg_over", "sits on {it}, left leg over right"),
        ("tennis_racket", "forehand_left_handed", "hits a forehand with {it}, left hand"),
        ("tennis_racket", "backhand_two_handed", "hits a two-handed backhand with {it}"),
        ("sports_ball", "kick_left", "kicks {it}, left foot"),
        ("bench", "sit_at_right", "sits on {it}, at its right end"),
    ],
)
def test_what_is_done_and_with_which_side(category: str, name: str, text: str):
    assert said(row(category, name)) == text


@pytest.mark.parametrize("category", categories())
def test_every_row_says_what_is_done_with_the_object_once(category: str):
    for each in categories()[category].interactions():
        assert said(each).count("{it}") == 1
        assert said(each).replace("{it}", "").strip()
