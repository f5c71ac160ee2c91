from dataclasses import replace
from pathlib import Path

import pytest
import torch

from chorus_recon.backends import registry
from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human.joints import fit_joints
from chorus_recon.evaluation.true_human import TrueHuman, with_true_human
from chorus_recon.geometry.camera import default_camera
from chorus_recon.geometry.rotations import convert
from chorus_recon.types import BodyParams, Detection, Photo, Rigid


@pytest.fixture(scope="module")
def body():
    return DefaultBody()


def somebody(body, seed):
    """A person of any build in any moderate pose, turned and 3 m away."""
    generator = torch.Generator().manual_seed(seed)
    turns = 0.25 * torch.randn(len(body.joint_names), 3, generator=generator)
    turns[0] = 0.0
    for side, sign in (("left", -1.0), ("right", 1.0)):  # arms down, knees and elbows bent as they bend
        turns[body.joint_names.index(f"{side}_shoulder")] += torch.tensor([0.0, 0.0, sign])
        turns[body.joint_names.index(f"{side}_knee")] = torch.tensor([0.5, 0.0, 0.0])
        turns[body.joint_names.index(f"{side}_elbow")] = torch.tensor([0.0, sign * 0.6, 0.0])
    shape = 0.5 * torch.randn(body.num_shape, generator=generator)
    shape[-1] = 0.0
    root = convert.from_vector(torch.tensor([3.0, 0.4, 0.2]))
    return BodyParams(body.id, shape, convert.from_vector(turns), Rigid(root, torch.tensor([0.2, 0.1, 3.0])))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_bodys_own_joints_are_found_again(body, seed):
    joints = body.pose(somebody(body, seed)).joints
    found = body.pose(fit_joints(body, joints)).joints
    assert float((found - joints).norm(dim=-1).mean()) < 0.005


def test_every_box_gets_the_true_person_and_its_landmarks(body):
    joints = body.pose(somebody(body, 0)).joints
    human = TrueHuman(joints, body)
    camera = default_camera((640, 480), None)
    photo = Photo(torch.zeros(480, 640, 3, dtype=torch.uint8), Path("a.png"))
    (found,) = human.estimate(photo, [Detection(torch.tensor([0.0, 0, 9, 9]), "person", 1.0)], [None], camera)
    posed = body.pose(found.body)
    assert float((posed.joints - joints).norm(dim=-1).mean()) < 0.005
    wrist = joints[body.joint_names.index("left_wrist")]
    seen = found.keypoints.points_px[found.keypoints.names.index("left_wrist")]
    expected = wrist[:2] / wrist[2] * camera.focal_px + camera.center_px
    assert torch.allclose(seen, expected, atol=1e-3)


def test_the_true_joints_replace_the_human_backend_and_nothing_else(body):
    given = registry.load({}, "cpu")
    assert with_true_human(given, None) is given
    joints = body.pose(somebody(body, 0)).joints
    fed = with_true_human(given, joints)
    assert isinstance(fed.human, TrueHuman)
    assert replace(fed, human=given.human) == given
