"""How sure an answer says it is."""

from dataclasses import replace

import pytest

from chorus_recon.pipeline.placement.scoring import plausibility
from tests.scenes import fake_reconstruction


@pytest.fixture(scope="module")
def found():
    best = fake_reconstruction().placements[0]
    return replace(best, silhouette_iou=0.77, losses=with_values(best.losses, field=1.5, coverage=0.1))


def with_values(losses, **values):
    return replace(losses, values={**losses.values, **values})


def test_a_good_outline_where_it_was_expected_is_believed(found):
    assert plausibility(found) > 0.9
    assert plausibility(replace(found, silhouette_iou=0.3)) < 0.5


def test_a_good_outline_far_from_anywhere_expected_is_not(found):
    away = replace(found, losses=with_values(found.losses, field=3.9, coverage=1.0))
    assert plausibility(away) < 0.25
    near = replace(found, losses=with_values(found.losses, coverage=0.5))
    assert plausibility(near) == plausibility(found)
