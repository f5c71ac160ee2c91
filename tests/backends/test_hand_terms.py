import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch.nn.functional import normalize

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human import hand_terms
from chorus_recon.backends.human.default import DefaultHuman
from chorus_recon.backends.human.hand_terms import HandConfig, evidence, hand_points
from chorus_recon.backends.human.hands import INDEX, PINKY, WRIST, palm_axes
from chorus_recon.backends.human.model import fit_model
from chorus_recon.backends.human.start import Problem
from chorus_recon.geometry import kinematics
from chorus_recon.geometry.camera import default_camera, project
from chorus_recon.pipeline.output.record import record
from chorus_recon.types import Hand, HumanEstimate, Keypoints, Photo
from tests.scenes import fake_reconstruction

CAMERA = default_camera((640, 640), 1000.0)
UPRIGHT = torch.diag(torch.tensor([1.0, -1.0, -1.0]))  # facing the camera
PLACE = torch.tensor([0.1, 0.1, 3.5])


@pytest.fixture(scope="module")
def body():
    return DefaultBody()


@pytest.fixture(scope="module")
def model(body):
    return fit_model(body)


@pytest.fixture(scope="module")
def points(body):
    return hand_points(body)


def posed(model, turns):
    """A person whose joints are turned by degrees about the T-pose's axes."""
    rotvec = torch.zeros(1, 24, 3)
    for name, degrees in turns.items():
        rotvec[0, model.joint_names.index(name)] = torch.tensor(degrees) * math.pi / 180
    shape = torch.zeros(1, model.tree.joint_modes.shape[0]).double()
    place = PLACE[None].double()
    return kinematics.pose_joints(model.tree, UPRIGHT[None].double(), rotvec.double(), place, shape), shape


def read(corners, side, presence=1.0):
    """A hand whose wrist and outer knuckles are these points in cam, a fifth too small."""
    metres = torch.zeros(21, 3)
    metres[[WRIST, INDEX, PINKY]] = 0.8 * (corners - corners[0]).float()
    pixels = torch.zeros(21, 2)
    pixels[[WRIST, INDEX, PINKY]] = project(CAMERA, corners.float())[0]
    palm, grip = palm_axes(metres, side)
    return Hand(side, presence, 1.0, pixels, metres, palm, grip, 0.3)


STANDING = {"left_shoulder": (0, -8, -68), "right_shoulder": (0, 8, 68), "left_elbow": (0, -40, 0)}


def test_the_corners_are_the_knuckles_and_the_root_of_the_palm(body, points):
    rest = points.moments.sum(1).float()
    at = {name: body.landmark_weights[i] @ body.template for i, name in enumerate(body.landmark_names)}
    torch.testing.assert_close(rest[1], at["left_index"], atol=1e-5, rtol=0)
    torch.testing.assert_close(rest[5], at["right_pinky"], atol=1e-5, rtol=0)
    middle = (at["left_index"] + at["left_pinky"]) / 2
    torch.testing.assert_close(rest[0], 0.85 * at["left_wrist"] + 0.15 * middle, atol=1e-5, rtol=0)


def test_a_body_s_own_hands_pull_it_nowhere_and_half_a_hand_is_half_believed(model, points):
    pose, shape = posed(model, STANDING)
    corners = kinematics.place_points(pose, points, shape)[0][0]
    hands = (read(corners[:3], "left"), read(corners[3:], "right", 0.5))
    told = evidence(points, [hands], HandConfig(weight=4.0))
    assert told.weight.tolist() == [[4.0, 2.0]]
    flat, turned = hand_terms.residuals(model.tree, pose, shape, CAMERA, torch.tensor([285.0]).double(), told)
    assert (flat.value.shape, turned.value.shape) == ((1, 6, 2), (1, 2, 6))
    assert flat.weight.tolist() == [[4.0] * 3 + [2.0] * 3]
    assert float(flat.value.abs().max()) < 1e-3
    assert float(turned.value.abs().max()) < 0.01


def test_evidence_is_none_without_hands_and_nothing_for_a_person_without(model, points):
    assert evidence(points, [(), ()]) is None
    pose, shape = posed(model, STANDING)
    corners = kinematics.place_points(pose, points, shape)[0][0]
    told = evidence(points, [(), (read(corners[3:], "right"),)])
    assert (told.weight > 0).tolist() == [[False, False], [False, True]]


def test_the_turn_s_residual_at_a_hand_computed_value(points):
    corners = torch.tensor([[0.0, 0.0, 3.0], [0.04, -0.1, 3.0], [-0.04, -0.1, 3.0]]).double()
    told = evidence(points, [(read(corners, "left"),)], HandConfig(grip_m=0.03, aim_m=0.06))
    told = replace(
        told,
        aim_m=torch.tensor([[[0.0, -0.1, 0.0], [0.0, 0.0, 0.0]]]).double(),
        grip_m=torch.tensor([[[0.08, 0.0, 0.0], [0.0, 0.0, 0.0]]]).double(),
    )
    moved = corners.clone()
    moved[1] += torch.tensor([0.0, 0.0, 0.03])  # the index knuckle 3 cm back
    both = torch.cat([moved, torch.zeros(3, 3)])[None]
    parameters = torch.zeros(1, 6, 3, 1).double()
    parameters[0, 1, 2] = 1.0  # one parameter that moves the index knuckle back
    found = hand_terms.turned(both, parameters, told)
    # Aim: the middle is 1.5 cm back, a quarter of 6 cm. Grip: 3 cm back, one deviation.
    expected = torch.tensor([0.0, 0.0, 0.25, 0.0, 0.0, 1.0]).double()
    torch.testing.assert_close(found.value[0, 0], expected)
    slope = torch.tensor([0.0, 0.0, 0.5 / 0.06, 0.0, 0.0, 1 / 0.03]).double()
    torch.testing.assert_close(found.jacobian[0, 0, :, 0], slope)


def test_the_jacobian_is_the_slope_of_the_residuals(model, points):
    pose, shape = posed(model, STANDING)
    corners = kinematics.place_points(pose, points, shape)[0][0]
    shift = torch.tensor([[0.02, 0.0, 0.01], [0.0, 0.03, 0.0], [0.0, 0.0, -0.02]])
    told = evidence(points, [(read(corners[:3] + shift, "left"),)])
    scale = torch.tensor([285.0]).double()
    start = torch.zeros(1, 24, 3).double()
    for name, degrees in STANDING.items():
        start[0, model.joint_names.index(name)] = torch.tensor(degrees) * math.pi / 180

    def value(rotvec):
        now = kinematics.pose_joints(model.tree, UPRIGHT[None].double(), rotvec, PLACE[None].double(), shape)
        parts = hand_terms.residuals(model.tree, now, shape, CAMERA, scale, told)
        return torch.cat([part.value.flatten() for part in parts]), parts

    base, parts = value(start)
    jacobian = torch.cat([part.jacobian.flatten(0, 2) for part in parts])
    for name, axis in (("left_wrist", 0), ("left_elbow", 1), ("spine2", 2)):
        step = torch.zeros_like(start)
        step[0, model.joint_names.index(name), axis] = 1e-6
        slope = (value(start + step)[0] - base) / 1e-6
        column = 3 * model.joint_names.index(name) + axis
        torch.testing.assert_close(jacobian[:, column], slope, atol=1e-3, rtol=1e-4)


def test_a_hand_turns_the_palm_that_the_pose_s_landmarks_have_wrong(body, model, points):
    """A palm turned by 70 degrees, whose fingers the pose has as if it were not."""
    plain, shape = posed(model, STANDING)
    twisted, _ = posed(model, {**STANDING, "left_elbow": (45, -40, 0), "left_wrist": (25, 0, 0)})
    seen = kinematics.place_points(plain, model.landmarks, shape)[0][0].float()
    corners = kinematics.place_points(twisted, points, shape)[0][0]
    hips = torch.einsum("n,nd->d", model.pair("hip").float(), seen)
    names = model.landmark_names
    person = Keypoints(names, project(CAMERA, seen)[0], torch.ones(len(names)), seen - hips)
    photo = Photo(torch.zeros(640, 640, 3, dtype=torch.uint8), Path("person.png"))
    human, box = DefaultHuman(body), torch.tensor([[0.0, 0.0, 640.0, 640.0]])

    def off_deg(hands):
        (found,) = human.fit_keypoints(photo, box, [person], [None], CAMERA, hands=[hands])
        assert isinstance(found, HumanEstimate)
        assert found.hands == hands
        mesh = body.pose(found.body).vertices
        mine, true = (
            normalize(torch.linalg.cross(c[1] - c[0], c[2] - c[0]), dim=0)
            for c in (_corners(body, mesh), corners[:3].float())
        )
        return math.degrees(math.acos(float((mine * true).sum().clamp(-1, 1))))

    assert off_deg(()) > 40
    assert off_deg((read(corners[:3], "left"),)) < 15


def _corners(body, mesh):
    return torch.stack(
        [
            body.landmark_weights[body.landmark_names.index(f"left_{p}")] @ mesh
            for p in ("wrist", "index", "pinky")
        ]
    )


def test_the_pose_s_fingers_lose_what_the_hand_is_believed(points):
    names = (
        "left_wrist",
        "left_index",
        "right_index",
        "left_thumb",
        "left_pinky",
        "right_pinky",
        "right_thumb",
    )
    hand = replace(read(torch.eye(3), "left", 0.8), side_probability=0.5)
    told = evidence(points, [(), (hand,)])
    half, turns = torch.full((2, 7), 0.5).double(), torch.eye(3).expand(2, 3, 3)
    pixels, metres = torch.zeros(2, 7, 2), torch.zeros(2, 7, 3)
    problem = Problem(
        camera=CAMERA,
        root=turns,
        ray_from_cam=turns,
        seen_px=pixels,
        world_m=metres,
        sight=half,
        pixel_weight=half,
        world_weight=half,
        sigma_px=half,
        target=half,
        height_m=half[:, 0],
    )
    found = hand_terms.without_fingers(problem, names, told)
    expected = torch.tensor([[0.5] * 7, [0.5, 0.3, 0.5, 0.3, 0.3, 0.5, 0.5]]).double()
    torch.testing.assert_close(found.pixel_weight, expected)
    torch.testing.assert_close(found.world_weight, expected)
    torch.testing.assert_close(found.sight, half)


def test_hands_turn_no_other_limb(body, model, points):
    """A hand far from the pose's moves its own arm, and no other limb by a centimetre."""
    pose, shape = posed(model, STANDING)
    seen = kinematics.place_points(pose, model.landmarks, shape)[0][0].float()
    corners = kinematics.place_points(pose, points, shape)[0][0][:3] + torch.tensor([0.06, -0.06, 0.0])
    hips = torch.einsum("n,nd->d", model.pair("hip").float(), seen)
    names = model.landmark_names
    person = Keypoints(names, project(CAMERA, seen)[0], torch.ones(len(names)), seen - hips)
    photo = Photo(torch.zeros(640, 640, 3, dtype=torch.uint8), Path("person.png"))
    human, box = DefaultHuman(body), torch.tensor([[0.0, 0.0, 640.0, 640.0]])
    (without,), (with_,) = (
        human.fit_keypoints(photo, box, [person], [None], CAMERA, hands=[hands])
        for hands in ((), (read(corners, "left"),))
    )
    apart = (body.pose(with_.body).joints - body.pose(without.body).joints).norm(dim=-1)
    moved = dict(zip(body.joint_names, apart.tolist(), strict=True))
    assert moved["left_wrist"] > 0.02
    assert max(moved[name] for name in ("right_wrist", "left_knee", "right_ankle", "head")) < 0.01


def test_hands_are_written_to_the_record():
    result = fake_reconstruction()
    assert record(result)["human"]["hands"] == []
    corners = torch.tensor([[0.0, 0.0, 3.0], [0.04, -0.1, 3.0], [-0.04, -0.1, 3.0]])
    held = replace(result, human=replace(result.human, hands=(read(corners, "right", 0.75),)))
    (found,) = json.loads(json.dumps(record(held)))["human"]["hands"]
    assert (found["side"], found["confidence"], found["closed"]) == ("right", 0.75, 0.3)
    assert found["palm"] == pytest.approx([0.0, 0.0, -1.0])
    assert found["grip"] == pytest.approx([1.0, 0.0, 0.0])
    assert (len(found["points_px"]), len(found["points_m"][0])) == (21, 3)
