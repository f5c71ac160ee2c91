import math

import pytest
import torch

from chorus_recon.evaluation import metrics
from chorus_recon.evaluation.truth import Mesh
from chorus_recon.geometry import transforms
from chorus_recon.geometry.rotations.angles import rotation_deg
from chorus_recon.geometry.transforms import rotation_about
from chorus_recon.types import Similarity
from tests.capsules import box


def cube(side=1.0, at=(0.0, 0.0, 0.0)):
    vertices, faces = box((side, side, side))
    return Mesh((vertices + torch.tensor(at)).double(), faces)


def test_chamfer_sums_both_ways_in_centimetres():
    a, b = torch.tensor([[0.0, 0, 0]]), torch.tensor([[0.03, 0, 0], [0.05, 0, 0]])
    assert metrics.chamfer_cm(a, b) == pytest.approx(3.0 + (3.0 + 5.0) / 2)


def test_surface_points_are_ten_thousand_and_on_the_surface():
    points = metrics.surface_points(cube())
    assert points.shape == (10_000, 3)
    assert torch.allclose(points.abs().amax(-1), torch.full((10_000,), 0.5, dtype=torch.float64))


def test_procrustes_finds_the_similarity_that_was_applied():
    points = torch.rand(20, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    applied = Similarity(
        rotation_about("y", 0.7).double(), torch.tensor([1.0, -2.0, 3.0]).double(), torch.tensor(1.3).double()
    )
    found = metrics.procrustes(points, transforms.apply(applied, points))
    assert torch.allclose(found.rotation, applied.rotation, atol=1e-6)
    assert float(found.scale) == pytest.approx(1.3, rel=1e-6)


def test_a_heavy_point_pulls_the_alignment():
    source = torch.tensor([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]).double()
    target = source.clone()
    target[3, 2] = 2.0  # cannot be met by a similarity that keeps the others
    error = [
        float((transforms.apply(metrics.procrustes(source, target, w), source) - target)[3].norm())
        for w in (torch.ones(4), torch.tensor([1.0, 1, 1, 50]))
    ]
    assert error[1] < error[0] / 2


def test_contact_counts_body_vertices_within_five_centimetres():
    body = torch.tensor([[0.0, 0, 0], [0.049, 0, 0], [0.051, 0, 0]])
    assert metrics.contact_vertices(body, torch.zeros(1, 3)).tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("said", "real", "expected"),
    [
        ((1, 1, 0, 0), (1, 0, 1, 0), (0.5, 0.5, 0.5)),
        ((1, 1, 1, 0), (1, 1, 0, 0), (2 / 3, 1.0, 0.8)),
        ((0, 0, 0, 0), (1, 0, 0, 0), (0.0, 0.0, 0.0)),
        ((1, 0, 0, 0), (0, 0, 0, 0), (0.0, None, 0.0)),
        ((0, 0, 0, 0), (0, 0, 0, 0), (1.0, 1.0, 1.0)),
    ],
)
def test_contact_precision_recall_f1(said, real, expected):
    got = metrics.contact_score(torch.tensor(said).bool(), torch.tensor(real).bool())
    assert (got.precision, got.recall, got.f1) == pytest.approx(expected)


def test_collision_is_the_share_of_the_surface_inside():
    body = cube(1.0)
    half = metrics.surface_points(cube(0.2, at=(0.5, 0.0, 0.0)))  # half of it in, the cut not being surface
    share, depth = metrics.collision(half, body)
    assert share == pytest.approx(0.5, abs=0.01)
    # one face lies 10 cm deep, four half faces 5 cm in the mean: (1 * 10 + 2 * 5) / 3
    assert depth == pytest.approx(20 / 3, rel=0.05)
    assert metrics.collision(half + 5.0, body) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("turn", "symmetry", "expected"),
    [
        (("y", 90.0), "none", 90.0),
        (("y", 180.0), "none", 180.0),
        (("y", 180.0), "y180", 0.0),
        (("y", 170.0), "y180", 10.0),
        (("x", 180.0), "y180", 180.0),
        (("z", 180.0), "xyz180", 0.0),
        (("y", 123.0), "axis_y", 0.0),
        (("x", 33.0), "axis_y", 33.0),
        (("x", 180.0), "axis_y", 180.0),
        (("x", 77.0), "sphere", 0.0),
    ],
)
def test_rotation_error_is_the_least_over_the_symmetry(turn, symmetry, expected):
    true = rotation_about("x", 0.3) @ rotation_about("z", 1.1)
    predicted = true @ rotation_about(turn[0], math.radians(turn[1]))
    assert rotation_deg(predicted, true, symmetry) == pytest.approx(expected, abs=0.05)


def test_a_rotation_is_exactly_itself():
    turn = rotation_about("x", 0.3)
    for symmetry in ("none", "x180", "axis_z", "sphere"):
        assert rotation_deg(turn, turn, symmetry) == 0.0


def test_size_error_does_not_depend_on_pose():
    true = metrics.surface_points(cube())
    grown = 1.2 * true @ rotation_about("y", 0.6).double().mT + 4.0
    assert metrics.size_error(grown, true) == pytest.approx(0.2)


def test_iou_leaves_pixels_out():
    predicted = torch.tensor([[1, 1, 0, 0]]).bool()
    true = torch.tensor([[0, 1, 1, 0]]).bool()
    nothing = torch.zeros(1, 4).bool()
    assert metrics.mask_iou(predicted, true, nothing) == pytest.approx(1 / 3)
    assert metrics.mask_iou(predicted, true, torch.tensor([[1, 0, 0, 0]]).bool()) == pytest.approx(1 / 2)
    assert metrics.mask_iou(predicted, true, torch.ones(1, 4).bool()) is None


def test_calibration_error_by_hand():
    # bin .9: two stated .9, one right: |1 - 1.8| / 4; bin .2: two stated .2, none right: .4 / 4
    assert metrics.calibration_error([0.9, 0.9, 0.2, 0.2], [True, False, False, False]) == pytest.approx(0.3)
    assert metrics.calibration_error([1.0, 1.0], [True, True]) == 0.0
    assert metrics.calibration_error([], []) is None


def test_the_confident_half_over_all():
    assert metrics.confident_half([0.9, 0.1, 0.8, 0.2], [1.0, 5.0, 1.0, 5.0]) == pytest.approx(1 / 3)
    assert metrics.confident_half([0.9], [1.0]) is None
