"""Arms are bent towards the grips of the object, as far as the photo allows."""

from dataclasses import replace

import pytest
import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.pipeline.person.reaching import HAND_M, LEAST_SURE, LEFT_M, grips, with_hands_at_grips
from chorus_recon.types import BodyParams, Rigid, Similarity
from tests.scenes import fake_reconstruction

CATEGORY = "umbrella"


@pytest.fixture(scope="module")
def model():
    return DefaultBody()


@pytest.fixture(scope="module")
def shapes():
    return TemplateShapes().shapes(CATEGORY)


@pytest.fixture(scope="module")
def human(model):
    """Somebody who stands before the camera, all joints seen."""
    upright = torch.tensor([[-1.0, 0, 0], [0, -1, 0], [0, 0, 1]])
    place = Rigid(upright, torch.tensor([0.0, 0.0, 4.0]))
    pose = torch.eye(3).repeat(24, 1, 1)
    found = fake_reconstruction().human
    params = BodyParams(model.id, torch.zeros(model.num_shape), pose, place)
    return replace(found, body=params, joint_confidence=torch.ones(24))


def placed(shapes, spot, probability=0.8):
    """The umbrella with its grip at a point in cam, held in the right hand."""
    best = fake_reconstruction().placements[0]
    shape, turn = shapes[0], torch.diag(torch.tensor([1.0, -1.0, -1.0]))
    code = torch.zeros(len(shape.modes))
    at_origin = replace(
        best,
        shape=shape,
        shape_code=code,
        cam_from_object=Similarity(turn, torch.zeros(3), torch.tensor(1.0)),
        cluster="hold_right",
        probability=probability,
    )
    shift = spot - grips(at_origin, shapes, CATEGORY)["right"]
    return replace(at_origin, cam_from_object=Similarity(turn, shift, torch.tensor(1.0)))


def joint(body, model, name):
    return body.joints[model.joint_names.index(name)]


def gap_m(body, model, spot):
    return float((joint(body, model, "right_hand") - spot).norm())


def test_a_hand_goes_to_the_grip_along_the_line_of_sight(human, model, shapes):
    body = model.pose(human.body)
    hand, shoulder = joint(body, model, "right_hand"), joint(body, model, "right_shoulder")
    spot = (
        hand + 0.06 * torch.nn.functional.normalize(shoulder - hand, dim=0) - torch.tensor([0.0, 0.0, 0.15])
    )
    _, bent = with_hands_at_grips(human, body, model, placed(shapes, spot), shapes, CATEGORY)
    assert gap_m(body, model, spot) > 0.14
    assert gap_m(bent, model, spot) < HAND_M + LEFT_M
    before, after = (joint(b, model, "right_wrist") for b in (body, bent))
    across = (after[:2] / after[2] - before[:2] / before[2]) * before[2]
    assert float(across.norm()) < 0.05
    assert torch.allclose(joint(bent, model, "left_hand"), joint(body, model, "left_hand"), atol=1e-5)
    assert torch.allclose(joint(bent, model, "head"), joint(body, model, "head"), atol=1e-5)


def test_a_seen_arm_stays_where_the_grip_is_beside_it(human, model, shapes):
    body = model.pose(human.body)
    spot = joint(body, model, "right_hand") + torch.tensor([0.0, 0.3, 0.0])  # 30 cm across the line of sight
    best = placed(shapes, spot)
    assert with_hands_at_grips(human, body, model, best, shapes, CATEGORY)[1] is body
    guessed = replace(human, joint_confidence=torch.zeros(24))
    _, bent = with_hands_at_grips(guessed, body, model, best, shapes, CATEGORY)
    assert gap_m(bent, model, spot) < HAND_M + LEFT_M


def test_nothing_is_bent_towards_a_doubtful_or_unknown_object(human, model, shapes):
    body = model.pose(human.body)
    spot = joint(body, model, "right_hand") - torch.tensor([0.0, 0.0, 0.15])
    doubtful = placed(shapes, spot, LEAST_SURE / 2)
    assert with_hands_at_grips(human, body, model, doubtful, shapes, CATEGORY)[1] is body
    best = placed(shapes, spot)
    assert with_hands_at_grips(human, body, model, best, [], CATEGORY)[1] is body
    assert grips(replace(best, cluster="all"), shapes, CATEGORY) == {}
    assert grips(best, [replace(shapes[0], anchors=())], CATEGORY) == {}
