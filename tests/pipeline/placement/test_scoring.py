"""How sure an answer says it is."""

from dataclasses import replace

import pytest

from chorus_recon.pipeline.placement.scoring import confidence, weighed, with_probabilities
from tests.scenes import fake_reconstruction


@pytest.fixture(scope="module")
def found():
    best = fake_reconstruction().placements[0]
    return replace(
        best, silhouette_iou=0.8, share=0.9, spread_m=0.03, losses=with_values(best.losses, field=1.5)
    )


def with_values(losses, **values):
    return replace(losses, values={**losses.values, **values})


def test_a_good_outline_where_it_was_expected_is_believed(found):
    assert confidence(found) > 0.65
    assert confidence(replace(found, silhouette_iou=0.3)) < 0.5


def test_a_good_outline_far_from_anywhere_expected_is_believed_less(found):
    away = replace(found, losses=with_values(found.losses, field=5.9))
    assert confidence(away) < confidence(found) - 0.1
    farther = replace(found, losses=with_values(found.losses, field=20.0))
    assert confidence(farther) > confidence(away) - 0.05  # beyond a point it makes no difference


def test_no_alternative_is_more_probable_than_the_best(found):
    likelier = [replace(found, silhouette_iou=0.4, share=share) for share in (0.3, 0.6)]
    best, other = with_probabilities(likelier)
    assert other.probability <= best.probability


def test_probabilities_fall_and_sum_to_one_at_most(found):
    answers = [replace(found, share=share) for share in (0.4, 0.35, 0.25)]
    told = [p.probability for p in with_probabilities(answers)]
    assert told == sorted(told, reverse=True)
    assert sum(told) <= 1.0
    assert told[0] == confidence(answers[0])
    assert with_probabilities([]) == []


def test_a_named_thing_is_believed_more_than_one_that_the_tool_named(found):
    (named,), (guessed,) = (weighed([found], 0.4, named=told) for told in (True, False))
    assert guessed.probability == pytest.approx(0.4 * found.probability)
    assert guessed.probability < named.probability < found.probability
    assert weighed([found], 1.0, named=True)[0].probability == found.probability
