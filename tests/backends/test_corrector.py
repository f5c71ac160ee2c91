from dataclasses import replace

import pytest
import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human.corrector import LandmarkCorrector, bundled, features
from chorus_recon.backends.human.default import DefaultHuman
from chorus_recon.backends.human.model import fit_model, landmarks_of
from chorus_recon.backends.human.support import other_side
from chorus_recon.geometry.camera import default_camera, project
from chorus_recon.types import Keypoints
from tests.evaluation.test_true_human import somebody

CAMERA = default_camera((640, 480), 700.0)
NAMES = fit_model(DefaultBody()).landmark_names
HIPS = [NAMES.index("left_hip"), NAMES.index("right_hip")]


def constant(shift):
    """A corrector that moves every landmark by the same shift but the hips, which stay the origin."""
    bias = torch.tensor(shift).repeat(len(NAMES), 1)
    bias[HIPS] = 0.0
    return LandmarkCorrector(NAMES, [(torch.zeros(3 * len(NAMES), 5 * len(NAMES)), bias.flatten())])


@pytest.fixture(scope="module")
def person():
    body = DefaultBody()
    points = landmarks_of(fit_model(body), somebody(body, 0)).float()
    metres = points - points[HIPS].mean(0)
    return Keypoints(NAMES, project(CAMERA, points)[0], torch.ones(len(NAMES)), metres)


def test_a_shift_along_the_depth_is_added_and_one_to_the_side_cancels_in_the_mirror(person):
    before = constant([0.0, 0.0, 0.0]).correct(person, CAMERA).points_m
    torch.testing.assert_close(before, person.points_m, atol=1e-5, rtol=0)
    wrist = NAMES.index("left_wrist")
    deeper = constant([0.0, 0.0, 0.1]).correct(person, CAMERA).points_m
    torch.testing.assert_close(
        deeper[wrist] - before[wrist], torch.tensor([0.0, 0.0, 0.1]), atol=1e-5, rtol=0
    )
    aside = constant([0.1, 0.0, 0.0]).correct(person, CAMERA).points_m
    torch.testing.assert_close(aside[wrist], before[wrist], atol=1e-5, rtol=0)


def test_features_are_hip_centred_and_do_not_depend_on_where_the_person_stands(person):
    flat, solid = features(NAMES, person.points_px[None], person.points_m[None], CAMERA)
    assert float(flat[0, HIPS].mean(0).abs().max()) < 1e-6
    assert float(solid[0, HIPS].mean(0).abs().max()) < 1e-6
    larger, _ = features(
        NAMES, 2 * person.points_px[None], person.points_m[None], default_camera((1280, 960), 1400.0)
    )
    torch.testing.assert_close(larger, flat, atol=1e-4, rtol=0)


def test_the_bundled_weights_fit_the_landmarks_and_treat_both_sides_alike(person):
    corrector = bundled()
    assert corrector.names == NAMES
    other = [NAMES.index(other_side(name)) for name in NAMES]
    turned = torch.tensor([-1.0, 1.0])
    mirror = replace(
        person,
        points_px=person.points_px[other] * turned + torch.tensor([640.0, 0.0]),
        points_m=person.points_m[other] * torch.tensor([-1.0, 1.0, 1.0]),
    )
    straight, reflected = (corrector.correct(seen, CAMERA).points_m for seen in (person, mirror))
    torch.testing.assert_close(reflected, straight[other] * torch.tensor([-1.0, 1.0, 1.0]), atol=1e-4, rtol=0)
    assert 0.001 < float((straight - person.points_m).norm(dim=-1).mean()) < 0.2


def test_landmarks_that_are_not_numbers_stay_as_they_are(person):
    broken = replace(person, points_px=person.points_px * torch.nan)
    assert bundled().correct(broken, CAMERA) is broken
    flat = replace(person, points_m=None)
    assert bundled().correct(flat, CAMERA) is flat


def test_another_landmarker_is_not_corrected():
    class Nobody:
        def detect(self, photo_rgb, boxes_px):
            return [None] * len(boxes_px)

    assert DefaultHuman(landmarker=Nobody())._corrector is None
    assert DefaultHuman()._corrector is bundled()
