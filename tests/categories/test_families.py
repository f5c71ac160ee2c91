import numpy as np
import pytest

from chorus_recon.categories.archetypes.archetype import ANCHORS
from chorus_recon.categories.families.listed import FAMILIES

SIZES = ((0.5, 0.3, 0.2), (1.4, 0.3, 0.05), (0.1, 0.1, 0.25), (2.0, 0.9, 1.4))


@pytest.mark.parametrize("size", SIZES)
def test_shapes_are_closed_solid_and_of_the_size_asked_for(size):
    for name in FAMILIES:
        _check(name, size)


def _check(name, size):
    length, width, height = size
    made = FAMILIES[name].make(length, width, height)
    vertices, faces = np.concatenate(made.vertices), np.concatenate(made.faces)
    edges = np.concatenate([faces[:, [i, (i + 1) % 3]] for i in range(3)])
    there, back = np.sort(edges @ [1 << 32, 1]), np.sort(edges @ [1, 1 << 32])
    assert (np.diff(there) > 0).all(), name  # no edge is walked twice in one direction
    assert (there == back).all(), name  # and every edge is walked back
    for chunk in made.faces:
        a, b, c = vertices[chunk].transpose(1, 0, 2)
        assert (np.cross(a, b) * c).sum() > 0, name  # no piece is inside out
    used = vertices[np.unique(faces)]
    low, high = used.min(0), used.max(0)
    assert high - low == pytest.approx([width, height, length]), name
    assert (high + low) == pytest.approx(0, abs=1e-9), name
    assert len(faces) < 3600, name


def test_every_shape_has_all_points_near_it():
    for name, family in FAMILIES.items():
        made = family.make(0.9, 0.5, 0.1)
        assert set(made.anchors) == set(ANCHORS), name
        vertices = np.concatenate(made.vertices)
        for row, direction in made.anchors.values():
            assert (np.abs(vertices[row]) <= np.array([0.5, 0.1, 0.9]) / 2 + 0.15).all(), name
            assert np.linalg.norm(direction) == pytest.approx(1.0), name


def test_proportions_change_the_shape_and_not_its_size():
    broad = FAMILIES["shaft"].make(1.2, 0.3, 0.06, head=0.5)
    usual = FAMILIES["shaft"].make(1.2, 0.3, 0.06)
    a, b = np.concatenate(broad.vertices), np.concatenate(usual.vertices)
    assert a.max(0) == pytest.approx(b.max(0))
    assert np.abs(a - b).max() > 0.1


def test_the_grip_of_a_shaft_is_at_its_rear_and_the_tip_at_its_front():
    made = FAMILIES["shaft"].make(1.4, 0.3, 0.06)
    vertices = np.concatenate(made.vertices)
    grip, near, far, tip = (vertices[made.anchors[n][0]][2] for n in ("grip", "near_grip", "far_grip", "tip"))
    assert -0.7 < grip < near < far < tip
    assert tip == pytest.approx(0.7)


def test_the_wheels_of_a_cart_are_below_its_box():
    for deck, rear in ((0.45, 0.1), (0.8, -0.4)):
        made = np.concatenate(FAMILIES["cart"].make(1.4, 0.5, 1.0, deck=deck).vertices)
        wheels = made[made[:, 1] < -0.45]
        assert wheels[:, 2].min() == pytest.approx(rear, abs=0.12)
