from dataclasses import replace

import pytest
import torch

from chorus_recon.geometry.transforms import rotation_about
from chorus_recon.pipeline.output.differences import difference
from chorus_recon.types import Use
from tests import scenes


@pytest.fixture(scope="module")
def best():
    placement = scenes.fake_reconstruction((80, 60)).placements[0]
    shape = replace(placement.shape, symmetry="y180")
    return replace(placement, shape=shape, use=Use("rides {it}", 0.9))


def moved(placement, offset):
    return replace(placement, vertices=placement.vertices + offset)


def turned(placement, axis, angle_rad):
    place = placement.cam_from_object
    rotation = place.rotation @ rotation_about(axis, angle_rad)
    return replace(placement, cam_from_object=replace(place, rotation=rotation))


def test_depth_and_side_are_told_apart(best):
    low, high = best.vertices.amin(0), best.vertices.amax(0)
    sight = torch.nn.functional.normalize((low + high) / 2, dim=0)
    across = torch.nn.functional.normalize(torch.linalg.cross(sight, torch.tensor([0.0, 1.0, 0.0])), dim=0)
    assert difference(best, best, "skateboard") == "nearly the same place"
    assert difference(best, moved(best, 0.12 * sight), "skateboard") == "12 cm farther away"
    said = difference(best, moved(best, 0.4 * across - 1.2 * sight), "skateboard")
    assert said == "1.2 m nearer to the camera, 40 cm to the side"


def test_a_turn_counts_but_for_the_shapes_symmetry(best):
    assert difference(best, turned(best, "y", torch.pi), "skateboard") == "nearly the same place"
    assert difference(best, turned(best, "x", torch.pi / 2), "skateboard") == "turned by 90°"


def test_use_shape_and_size_are_named(best):
    other = replace(best, use=Use("carries {it}, left arm", 0.2))
    assert difference(best, other, "skateboard") == "carries the skateboard, left arm"
    place = best.cam_from_object
    larger = replace(best, cam_from_object=replace(place, scale=1.2 * place.scale))
    assert difference(best, larger, "skateboard") == "20% larger"
    assert difference(larger, best, "skateboard") == "17% smaller"
    long = replace(best, shape=replace(best.shape, name="long_board"))
    assert difference(best, long, "skateboard") == "another shape (long board)"
    usual = replace(best, shape=replace(best.shape, name="skateboard"))
    assert difference(long, usual, "skateboard") == "the usual shape"
