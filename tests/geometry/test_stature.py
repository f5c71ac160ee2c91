import math

import pytest
import torch

from chorus_recon.geometry.stature import JOINT_NAMES, stature_m
from chorus_recon.types import BodyParams, Rigid
from tests import capsules, scenes
from tests.fakes import SIZE_PER_SHAPE, FakeBody


def test_names_are_the_bodys():
    assert JOINT_NAMES == capsules.JOINT_NAMES


@pytest.mark.parametrize("shape", [-1.0, 0.0, 2.0])
def test_a_crouching_mans_height_is_his_standing_height(shape):
    params = scenes.skater()
    posed = FakeBody().pose(
        BodyParams(params.model, torch.tensor([shape]), params.pose, params.cam_from_body)
    )
    assert stature_m(posed) == pytest.approx(capsules.HEIGHT_M * math.exp(SIZE_PER_SHAPE * shape), abs=0.004)


def test_standing_straight_it_is_the_extent():
    pose = torch.eye(3).repeat(24, 1, 1)
    posed = FakeBody().pose(BodyParams("x", torch.zeros(1), pose, Rigid(torch.eye(3), torch.zeros(3))))
    extent = float(posed.vertices[:, 1].max() - posed.vertices[:, 1].min())
    assert stature_m(posed) == pytest.approx(extent, abs=1e-4)
