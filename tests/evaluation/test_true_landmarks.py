from dataclasses import replace
from pathlib import Path

import pytest
import torch

from chorus_recon.backends import registry
from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human.default import DefaultHuman
from chorus_recon.backends.human.model import fit_model, landmarks_of
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.evaluation.body_metrics import joint_errors
from chorus_recon.evaluation.true_landmarks import TrueLandmarks, with_true_landmarks
from chorus_recon.geometry.camera import default_camera, project
from chorus_recon.geometry.stature import JOINT_NAMES
from chorus_recon.types import Detection, Photo
from tests.evaluation.test_true_human import somebody

CAMERA = default_camera((640, 480), 700.0)


@pytest.fixture(scope="module")
def body():
    return DefaultBody()


def person(body, stature):
    params = somebody(body, 0)
    shape = params.shape.clone()
    shape[0] = stature
    return replace(params, shape=shape)


def told(body, params):
    landmarker = TrueLandmarks(body.pose(params).joints, CAMERA, torch.ones(480, 640), body)
    photo = torch.zeros(480, 640, 3, dtype=torch.uint8)
    return landmarker.detect(photo, torch.zeros(1, 4))[0].keypoints


def _outline(body):
    posed = body.pose(person(body, 1.5))
    return EmbreeRenderer().render(posed.vertices, posed.faces, CAMERA).depth.isfinite().float()


def test_landmarks_are_where_the_network_would_put_them_on_the_true_body(body):
    params = person(body, 1.5)
    expected = project(CAMERA, landmarks_of(fit_model(body), params).float())[0]
    far = (told(body, params).points_px - expected).norm(dim=-1)
    limbs = [i for i, name in enumerate(fit_model(body).landmark_names) if name in JOINT_NAMES]
    assert float(far[limbs].max()) < 3.0  # at 230 pixels a metre


def test_metric_landmarks_do_not_tell_how_tall_the_person_is(body):
    small, tall = (person(body, stature) for stature in (-1.5, 1.5))
    apart = (told(body, small).points_m - told(body, tall).points_m).norm(dim=-1)
    truly = (landmarks_of(fit_model(body), small) - landmarks_of(fit_model(body), tall)).norm(dim=-1)
    assert float(truly.max()) > 0.12
    assert float(apart.max()) < 0.05  # proportions change a little with the stature


def test_the_fit_on_true_landmarks_comes_near_and_with_the_height_nearer(body):
    joints = body.pose(person(body, 1.5)).joints
    human = DefaultHuman(body, landmarker=TrueLandmarks(joints, CAMERA, _outline(body), body))
    photo = Photo(torch.zeros(480, 640, 3, dtype=torch.uint8), Path("a.png"))
    errors = []
    for height in (None, 1.70 + 1.5 * 0.0895):
        seen = Detection(torch.tensor([100.0, 50, 500, 450]), "person", 1.0, height_m=height)
        (found,) = human.estimate(photo, [seen], [None], CAMERA)
        errors.append(joint_errors(body.pose(found.body).joints, joints).mpjpe_cm)
    assert errors[1] < errors[0]
    assert errors[1] < 3.0


def test_without_true_joints_or_masks_nothing_is_replaced():
    backends = registry.load({}, "cpu")
    assert with_true_landmarks(backends, None, CAMERA, torch.ones(480, 640)) is backends
    assert with_true_landmarks(backends, torch.zeros(24, 3), CAMERA, None) is backends
