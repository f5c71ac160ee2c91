import math

import pytest
import torch

from chorus_recon.evaluation import body_metrics
from chorus_recon.evaluation.truth import Mesh
from chorus_recon.geometry.stature import JOINT_NAMES
from chorus_recon.geometry.transforms import rotation_about
from tests.capsules import box


def skeleton() -> torch.Tensor:
    """An upright person in cam (y down), 3 m away; every joint at a place of its own."""
    joints = torch.rand(24, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 0.4
    for name, at in {
        "left_hip": (0.1, 0.0, 3.0),
        "right_hip": (-0.1, 0.0, 3.0),
        "left_shoulder": (0.2, -0.5, 3.0),
        "right_shoulder": (-0.2, -0.5, 3.0),
        "neck": (0.0, -0.55, 3.0),
        "head": (0.0, -0.65, 3.0),
    }.items():
        joints[JOINT_NAMES.index(name)] = torch.tensor(at, dtype=torch.float64)
    return joints


def test_the_truth_has_no_error_wherever_it_stands():
    true = skeleton()
    errors = body_metrics.joint_errors(true + torch.tensor([1.0, 2.0, 3.0]), true)
    assert errors.mpjpe_cm == pytest.approx(0.0, abs=1e-6)
    assert errors.trunk_deg == pytest.approx(0.0, abs=1e-6)
    assert errors.lean_deg == pytest.approx(0.0, abs=1e-6)


def test_one_wrist_moved_by_twelve_centimetres():
    true = skeleton()
    mine = true.clone()
    mine[JOINT_NAMES.index("left_wrist"), 0] += 0.12
    errors = body_metrics.joint_errors(mine, true)
    # centring takes 1 cm of the 12 from the wrist and gives it to the eleven others
    assert errors.mpjpe_cm == pytest.approx((11.0 + 11 * 1.0) / 12)
    assert errors.wrist_cm == pytest.approx((11.0 + 1.0) / 2)
    assert errors.trunk_deg == pytest.approx(0.0, abs=1e-6)


def test_a_larger_and_turned_skeleton_is_alike_after_alignment():
    true = skeleton()
    mine = 1.2 * true @ rotation_about("y", 0.5).double().mT
    errors = body_metrics.joint_errors(mine, true)
    assert errors.pa_mpjpe_cm == pytest.approx(0.0, abs=1e-5)
    assert errors.mpjpe_cm > 5


def test_leaning_towards_the_camera_is_positive():
    true = skeleton()
    mine = true.clone()
    turn = math.radians(10)
    for side in ("left", "right"):
        number = JOINT_NAMES.index(f"{side}_shoulder")
        mine[number] = true[number] + torch.tensor([0.0, 0.5 - 0.5 * math.cos(turn), -0.5 * math.sin(turn)])
    errors = body_metrics.joint_errors(mine, true)
    assert errors.trunk_deg == pytest.approx(10.0)
    assert errors.lean_deg == pytest.approx(10.0)


def test_the_head_is_judged_by_its_direction():
    true = skeleton()
    mine = true.clone()
    mine[JOINT_NAMES.index("head")] = mine[JOINT_NAMES.index("neck")] + torch.tensor([0.0, 0.0, -0.1])
    assert body_metrics.joint_errors(mine, true).head_deg == pytest.approx(90.0)


def test_girth_is_volume_over_height_cubed():
    vertices, faces = box((0.2, 2.0, 0.3))
    assert body_metrics.girth(Mesh(vertices.double(), faces), 2.0) == pytest.approx(0.12 / 8)
    assert body_metrics.girth(Mesh(3 * vertices.double(), faces), 6.0) == pytest.approx(0.12 / 8)
