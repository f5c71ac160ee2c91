import math
from dataclasses import replace

import pytest
import torch
import trimesh
from scipy.spatial import cKDTree

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.geometry import transforms
from chorus_recon.geometry.rotations import convert
from chorus_recon.types import BodyParams, Rigid


@pytest.fixture(scope="module")
def body():
    return DefaultBody()


def random_pose(seed, spread=0.4):
    g = torch.Generator().manual_seed(seed)
    return convert.from_vector(spread * torch.randn(1, 24, 3, generator=g))


def test_identity_pose_is_the_template(body):
    pose = torch.eye(3).expand(1, 24, 3, 3)
    assert torch.allclose(body.vertices(pose, torch.zeros(1, body.num_shape))[0], body.template, atol=1e-6)


def test_mesh_is_closed_and_outward(body):
    mesh = trimesh.Trimesh(body.template.numpy(), body.faces.numpy(), process=False)
    assert mesh.is_watertight
    assert 0.05 < mesh.volume < 0.09


def test_low_poly_skin_is_a_closed_part_of_the_mesh(body):
    pose, shape = random_pose(7), torch.zeros(1, body.num_shape)
    low = body.vertices(pose, shape, low=True)[0]
    assert torch.allclose(low, body.vertices(pose, shape)[0, body.low_rows], atol=1e-6)
    assert torch.equal(body.low_rows[body.low_mesh_faces], body.low_faces)
    mesh = trimesh.Trimesh(low.numpy(), body.low_mesh_faces.numpy(), process=False)
    assert mesh.is_watertight
    assert 3000 < len(low) < 3500


def height(body, component, value):
    shape = torch.zeros(1, body.num_shape)
    shape[0, component] = value
    low, high = body.rest(shape)[0][0, :, 1].aminmax()
    return float(high - low)


def test_heights_are_human(body):
    assert height(body, 0, 0.0) == pytest.approx(1.69, abs=0.02)
    assert height(body, 0, 2.0) == pytest.approx(1.88, abs=0.02)
    assert height(body, 0, -2.0) == pytest.approx(1.51, abs=0.02)
    assert height(body, -1, 1.0) == pytest.approx(1.10, abs=0.02)
    grown = [height(body, -1, child) for child in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert grown == sorted(grown, reverse=True)


def test_builds_leave_stature_alone_and_stay_human(body):
    for component in range(1, body.num_shape - 1):
        for value in (-2.0, 2.0):
            assert height(body, component, value) == pytest.approx(height(body, 0, 0.0), abs=0.01)
            shape = torch.zeros(1, body.num_shape)
            shape[0, component] = value
            mesh = trimesh.Trimesh(body.rest(shape)[0][0].numpy(), body.faces.numpy(), process=False)
            assert 15 < 985 * mesh.volume / height(body, 0, 0.0) ** 2 < 33  # kg / m^2


def test_left_mirrors_right(body):
    flip = torch.tensor([-1.0, 1, 1])
    swap = {"left": "right", "right": "left"}
    for names, points in ((body.joint_names, body.joints_rest), (body.landmark_names, rest_landmarks(body))):
        for name, point in zip(names, points, strict=True):
            side, _, part = name.partition("_")
            twin = names.index(f"{swap[side]}_{part}" if side in swap else name)
            assert torch.allclose(point * flip, points[twin], atol=1e-3), name
            assert side != "left" or point[0] > 0, name
    gap, _ = cKDTree(body.template).query(body.template * flip)
    assert gap.max() < 1e-3
    low, high = body.joint_limits.unbind(-1)
    for name in ("hip", "elbow", "shoulder"):
        left, right = (body.joint_names.index(f"{side}_{name}") for side in ("left", "right"))
        assert torch.equal(low[right, 1:], -high[left, 1:])


def rest_landmarks(body):
    return body.landmarks(torch.eye(3).expand(1, 24, 3, 3), torch.zeros(1, body.num_shape))[0]


def turned(body, **degrees):
    rotvec = torch.zeros(1, 24, 3)
    for name, angles in degrees.items():
        rotvec[0, body.joint_names.index(name)] = torch.tensor(angles, dtype=torch.float32).deg2rad()
    joints = body.transforms(convert.from_vector(rotvec), torch.zeros(1, body.num_shape))[1][0]
    return dict(zip(body.joint_names, joints - body.joints_rest, strict=True))


def test_limits_allow_the_ways_that_people_bend(body):
    """The sign of each hinge: where the limb's end goes, and that the limits go that way."""
    ways = (
        ("left_knee", (80, 0, 0), "left_ankle", 2, -1),  # the heel goes back
        ("right_knee", (80, 0, 0), "right_ankle", 2, -1),
        ("left_elbow", (0, -80, 0), "left_wrist", 2, 1),  # the hand comes forward
        ("right_elbow", (0, 80, 0), "right_wrist", 2, 1),
        ("left_hip", (-80, 0, 0), "left_knee", 2, 1),  # the knee comes up and forward
        ("left_hip", (0, 0, 40), "left_knee", 0, 1),  # and out
        ("right_hip", (0, 0, -40), "right_knee", 0, -1),
        ("left_shoulder", (0, 0, -80), "left_elbow", 1, -1),  # the arm hangs
        ("right_shoulder", (0, 0, 80), "right_elbow", 1, -1),
        ("left_shoulder", (0, -80, 0), "left_elbow", 2, 1),  # and reaches
        ("spine1", (30, 0, 0), "head", 2, 1),  # a bow
        ("left_ankle", (30, 0, 0), "left_foot", 1, -1),  # toes down
    )
    for joint, angles, end, axis, sign in ways:
        assert turned(body, **{joint: angles})[end][axis] * sign > 0.03, joint
        low, high = body.joint_limits[body.joint_names.index(joint)].unbind(-1)
        radians = torch.tensor(angles, dtype=torch.float32).deg2rad()
        assert bool(((radians >= low) & (radians <= high)).all()), joint


def test_hands_rest_half_closed(body):
    """Fingertips lie well below the palm, which faces down in T-pose."""
    for side in ("left", "right"):
        palm = body.template[body.places[f"{side}_palm"]][:, 1].mean()
        tips = body.template[body.parts[f"{side}HandIndex1"]][:, 1].amin()
        assert palm - tips > 0.03


def test_hands_close_and_nothing_else_moves(body):
    pose, shape = random_pose(4)[0], torch.zeros(body.num_shape)
    params = BodyParams(body.id, shape, pose, Rigid(torch.eye(3), torch.zeros(3)))
    relaxed = body.pose(params)
    hand = torch.cat([body.parts[name] for name in ("leftHand", "leftHandIndex1", "leftForeArm")])
    tips = body.parts["leftHandIndex1"]
    palm = relaxed.joints[body.joint_names.index("left_hand")]
    reach = [(relaxed.vertices[tips] - palm).norm(dim=-1).max()]
    for closed in (0.5, 1.0):
        posed = body.pose(replace(params, closed=(closed, 0.0)))
        moved = (posed.vertices - relaxed.vertices).norm(dim=-1)
        assert set(moved.nonzero()[:, 0].tolist()) <= set(hand.tolist())
        reach.append((posed.vertices[tips] - palm).norm(dim=-1).max())
        assert torch.equal(posed.joints, relaxed.joints)
    assert reach[0] > reach[1] > reach[2]  # fingers fold towards the palm


def test_landmarks_equal_those_of_the_full_mesh(body):
    shape = torch.randn(1, body.num_shape, generator=torch.Generator().manual_seed(1))
    pose = random_pose(2)
    slow = torch.einsum("lv,bvd->bld", body.landmark_weights, body.vertices(pose, shape))
    assert torch.allclose(body.landmarks(pose, shape), slow, atol=1e-5)


def test_root_turn_moves_everything_rigidly(body):
    shape = torch.zeros(1, body.num_shape)
    pose = random_pose(3)
    pose[:, 0] = torch.eye(3)
    turn = transforms.rotation_about("y", 1.1)
    turned = pose.clone()
    turned[:, 0] = turn
    assert torch.allclose(body.vertices(turned, shape), body.vertices(pose, shape) @ turn.mT, atol=1e-5)


def test_parts_partition_the_vertices(body):
    joined = torch.cat(list(body.parts.values()))
    assert len(body.parts) == 24
    assert torch.equal(joined.sort().values, torch.arange(len(body.template)))


def test_places_are_where_they_say(body):
    centre = {name: body.template[rows].mean(0) for name, rows in body.places.items()}
    assert centre["left_palm"][0] > 0.6
    assert centre["right_sole"][1] < -0.8
    assert centre["seat"][2] < 0
    assert centre["head_top"][1] > 0.6


def test_canonical_transforms_carry_joints(body):
    _, canon = body.canonical()
    shape = torch.randn(body.num_shape, generator=torch.Generator().manual_seed(4)) * 0.5
    place = Rigid(transforms.rotation_about("x", 3.0), torch.tensor([0.1, 0.2, 3.0]))
    posed = body.pose(BodyParams(body.id, shape, random_pose(5)[0], place))
    ones = torch.ones(24, 1)
    carried = torch.einsum("jab,jb->ja", posed.cam_from_canon, torch.cat([canon, ones], 1))
    assert torch.allclose(carried[:, :3], posed.joints, atol=1e-5)


def test_gradients_reach_pose_and_shape(body):
    pose = random_pose(6).requires_grad_()
    shape = torch.zeros(1, body.num_shape, requires_grad=True)
    body.vertices(pose, shape).square().sum().backward()
    assert pose.grad.abs().sum() > 0
    assert shape.grad.abs().sum() > 0


def sharpest_fold_deg(body, vertices, faces):
    """The largest angle between two faces that share an edge."""
    mesh = trimesh.Trimesh(vertices.numpy(), body.faces[faces].numpy(), process=False)
    return math.degrees(mesh.face_adjacency_angles.max())


@pytest.mark.parametrize("shape", [{}, {1: 2.0, 2: 2.0}, {1: -2.0, 2: 2.0}, {9: 1.0}])
def test_a_mannequin_has_a_plain_trunk_and_the_same_hands_feet_and_joints(body, shape):
    code = torch.zeros(body.num_shape)
    for component, value in shape.items():
        code[component] = value
    params = BodyParams(body.id, code, random_pose(3)[0], Rigid(torch.eye(3), torch.zeros(3)))
    bare, plain = body.pose(params), body.pose(replace(params, mannequin=True))
    assert torch.equal(bare.joints, plain.joints)
    limbs = torch.cat([rows for name, rows in body.parts.items() if "Hand" in name or "Toe" in name])
    assert torch.equal(bare.vertices[limbs], plain.vertices[limbs])
    trunk = torch.isin(body.faces, torch.cat([body.parts[n] for n in ("spine", "spine1", "spine2", "hips")]))
    rest = body.rest(code[None])[0][0]
    assert sharpest_fold_deg(body, rest, trunk.all(1)) > 110
    upright = replace(params, pose=torch.eye(3).repeat(24, 1, 1), mannequin=True)
    assert sharpest_fold_deg(body, body.pose(upright).vertices, trunk.all(1)) < 55


def test_a_mannequin_is_the_same_left_and_right(body):
    straight = torch.eye(3).repeat(24, 1, 1)
    place = Rigid(torch.eye(3), torch.zeros(3))
    plain = body.pose(
        BodyParams(body.id, torch.zeros(body.num_shape), straight, place, mannequin=True)
    ).vertices
    assert torch.allclose(plain[body.twin] * torch.tensor([-1.0, 1.0, 1.0]), plain, atol=2e-4)
