"""Limbs are bent towards the grips and rests of the object, as far as the photo allows."""

from dataclasses import replace

import pytest
import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.geometry.rotations import convert
from chorus_recon.pipeline.person.reaching import HAND_M, LEAST_SURE, LEFT_M, spots, with_limbs_at_spots
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
    shift = spot - grip(at_origin, shapes)
    return replace(at_origin, cam_from_object=Similarity(turn, shift, torch.tensor(1.0)))


def grip(best, shapes):
    (found,) = (spot.place for spot in spots(best, shapes, CATEGORY) if spot.part == "palm")
    return found


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
    _, bent = with_limbs_at_spots(human, body, model, placed(shapes, spot), shapes, CATEGORY)
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
    assert with_limbs_at_spots(human, body, model, best, shapes, CATEGORY)[1] is body
    guessed = replace(human, joint_confidence=torch.zeros(24))
    _, bent = with_limbs_at_spots(guessed, body, model, best, shapes, CATEGORY)
    assert gap_m(bent, model, spot) < HAND_M + LEFT_M


def test_nothing_is_bent_towards_a_doubtful_or_unknown_object(human, model, shapes):
    body = model.pose(human.body)
    spot = joint(body, model, "right_hand") - torch.tensor([0.0, 0.0, 0.15])
    doubtful = placed(shapes, spot, LEAST_SURE / 2)
    assert with_limbs_at_spots(human, body, model, doubtful, shapes, CATEGORY)[1] is body
    best = placed(shapes, spot)
    assert with_limbs_at_spots(human, body, model, best, [], CATEGORY)[1] is body
    assert not list(spots(replace(best, cluster="all"), shapes, CATEGORY))
    assert not list(spots(best, [replace(shapes[0], anchors=())], CATEGORY))


def skateboard(model, body, shift, cluster="ride_regular"):
    """A skateboard under the feet of a standing person who faces its side, moved by `shift` (cam, metres)."""
    best, (board, *_) = fake_reconstruction().placements[0], TemplateShapes().shapes("skateboard")
    nose_to_left = torch.tensor([[0.0, 0, -1], [0, -1, 0], [-1, 0, 0]])
    ankles = [joint(body, model, f"{side}_ankle") for side in ("left", "right")]
    deck = max(
        float(anchor.direction[1]) * float(board.vertices[anchor.vertices, 1].mean())
        for anchor in board.anchors
    )
    sole_m = float(body.vertices[:, 1].max())
    place = torch.stack(ankles).mean(0)
    place = torch.stack([place[0], torch.tensor(sole_m + deck), place[2]]) + shift
    placed = replace(
        best,
        shape=board,
        shape_code=torch.zeros(len(board.modes)),
        cam_from_object=Similarity(nose_to_left, place, torch.tensor(1.0)),
        cluster=cluster,
        probability=0.8,
    )
    return placed, [board]


def sole_gaps_m(body, model, best, shapes):
    """How far the lowest point of each foot is above the deck, metres."""
    gaps = []
    for spot in spots(best, shapes, "skateboard"):
        rows = [model.joint_names.index(f"{spot.side}_{part}") for part in ("ankle", "foot")]
        foot = body.vertices[model.skin_weights[:, rows].sum(1) > 0.5]
        gaps.append(float(((foot - spot.place) @ spot.normal).min()))
    return gaps


def crouching(human, model):
    """The person with bent hips and knees and level feet."""
    pose = human.body.pose.clone()
    for side in ("left", "right"):
        for part, angle in (("hip", -0.6), ("knee", 1.2), ("ankle", -0.6)):
            turn = convert.from_vector(torch.tensor([angle, 0.0, 0.0]))
            pose[model.joint_names.index(f"{side}_{part}")] = turn
    return replace(human, body=replace(human.body, pose=pose))


def seen_from_above(human, best, pitch_rad):
    """The person and the placement as a camera sees them that looks down by `pitch_rad`."""
    middle = human.body.cam_from_body.translation_m
    turn = convert.from_vector(torch.tensor([pitch_rad, 0.0, 0.0]))
    root, object_ = human.body.cam_from_body, best.cam_from_object
    tilted = Rigid(turn @ root.rotation, middle)
    place = turn @ (object_.translation_m - middle) + middle
    placed = Similarity(turn @ object_.rotation, place, object_.scale)
    return (
        replace(human, body=replace(human.body, cam_from_body=tilted)),
        replace(best, cam_from_object=placed),
    )


def test_feet_stand_flat_on_a_deck_that_is_too_near(human, model):
    human = crouching(human, model)
    best, board = skateboard(model, model.pose(human.body), torch.zeros(3))
    human, best = seen_from_above(human, best, 0.6)
    pose = best.cam_from_object
    near = replace(best, cam_from_object=replace(pose, translation_m=0.98 * pose.translation_m))
    body = model.pose(human.body)
    assert max(sole_gaps_m(body, model, near, board)) < -0.03  # the deck is in the feet
    _, bent = with_limbs_at_spots(human, body, model, near, board, "skateboard")
    assert max(abs(gap) for gap in sole_gaps_m(bent, model, near, board)) < 0.02
    assert torch.allclose(joint(bent, model, "left_hand"), joint(body, model, "left_hand"), atol=1e-5)


def test_feet_stay_where_the_photo_keeps_them_off_the_deck(human, model):
    body = model.pose(human.body)
    best, board = skateboard(model, body, torch.tensor([0.0, 0.35, 0.0]))  # far below the feet
    assert with_limbs_at_spots(human, body, model, best, board, "skateboard")[1] is body


def test_feet_on_the_ground_beside_the_object_stay(human, model):
    body = model.pose(human.body)
    best, board = skateboard(model, body, torch.zeros(3), "push_left_on")
    standing = [
        spot.side for spot in spots(best, board, "skateboard") if spot.normal is not None and spot.above
    ]
    assert standing == ["left"]
    _, bent = with_limbs_at_spots(human, body, model, best, board, "skateboard")
    assert torch.allclose(joint(bent, model, "right_ankle"), joint(body, model, "right_ankle"), atol=1e-5)


def test_feet_near_a_thing_are_not_on_it(model, human):
    best, board = skateboard(model, model.pose(human.body), torch.zeros(3))
    for cluster, count in (("stand_at", 4), ("stand_beside_left", 0)):
        assert len(list(spots(replace(best, cluster=cluster), board, "oven"))) == count
