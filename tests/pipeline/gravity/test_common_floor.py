"""With several people, the others are made as tall as it takes to stand on the floor of the first."""

import math
from dataclasses import replace

import pytest

from chorus_recon.geometry import transforms, upright
from chorus_recon.geometry.stature import stature_m
from chorus_recon.pipeline.gravity.common_floor import height_on_floor, settled
from chorus_recon.pipeline.gravity.witnesses import Person
from tests import scenes
from tests.fakes import FakeBody
from tests.pipeline.gravity.test_world import LEVEL, estimate, stand


def person(estimated):
    return Person(estimated, FakeBody().pose(estimated.body))


def level(estimated):
    """A world with a level camera, and the floor below somebody."""
    body = FakeBody().pose(estimated.body)
    floor = -float(body.vertices[:, 1].max())
    place = upright.world_from_up(LEVEL, body.joints[0], floor)
    return replace(stand(estimated), world_from_cam=transforms.matrix(place))


def soles_m(someone):
    """How far the soles are below the camera."""
    return float(someone.body.vertices[:, 1].max())


@pytest.mark.parametrize("larger", [0.9, 1.1])
def test_somebody_too_near_or_too_far_gets_the_height_of_the_common_floor(larger):
    first = estimate(place=(0.0, 0.7, 4.0))
    floor_m = float(level(first).world_from_cam[1, 3])
    standing = person(estimate(place=(1.0, 0.7, 5.0)))
    moved = person(estimate(place=(1.0, 0.7 + floor_m / larger - soles_m(standing), 5.0)))
    height_m = height_on_floor(moved, level(first))
    assert height_m == pytest.approx(larger * stature_m(moved.body), rel=1e-3)


def test_feet_near_the_floor_are_put_on_it():
    first = estimate(place=(0.0, 0.7, 4.0))
    base = scenes.fake_reconstruction()
    result = replace(base, human=first, body=FakeBody().pose(first.body), world=level(first), placements=())
    for off_m, lands in ((0.04, True), (0.2, False)):
        other = estimate(place=(1.0, 0.7 - off_m, 5.0))
        made = replace(result, human=other, body=FakeBody().pose(other.body))
        after = settled(made, result, FakeBody())
        assert (soles_m(after) == pytest.approx(soles_m(result), abs=1e-4)) == lands
    assert settled(replace(made, placements=base.placements), result, FakeBody()).body is made.body


def test_nobody_changes_who_stands_there_sits_or_would_be_a_giant():
    first = estimate(place=(0.0, 0.7, 4.0))
    world = level(first)
    assert height_on_floor(person(estimate(place=(1.0, 0.7, 5.0))), world) is None
    sitting = estimate(place=(1.0, 0.55, 5.0), hip=math.pi / 2, knee=math.pi / 2)
    assert height_on_floor(person(sitting), world) is None
    assert height_on_floor(person(estimate(place=(1.0, -0.4, 5.0))), world) is None
