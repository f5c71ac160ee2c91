import math
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human.default import DefaultHuman
from chorus_recon.backends.human.fit import FitConfig, fit
from chorus_recon.backends.human.model import fit_model
from chorus_recon.backends.human.outline import outlines
from chorus_recon.backends.human.start import Observed
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.geometry import kinematics, transforms
from chorus_recon.geometry.camera import default_camera, project
from chorus_recon.geometry.rotations import convert
from chorus_recon.geometry.rotations.fit import registration
from chorus_recon.types import BodyParams, Detection, HumanEstimate, Keypoints, Mask, Photo, Rejected, Rigid

CAMERA = default_camera((640, 640), 1000.0)
UPRIGHT = torch.diag(torch.tensor([1.0, -1.0, -1.0]))  # facing the camera
POSES = {  # degrees about the T-pose's axes
    "bike": {
        "pelvis": (25, 0, 0), "spine1": (10, 0, 0), "spine2": (8, 0, 0), "neck": (-15, 0, 0),
        "left_hip": (-95, 0, 0), "left_knee": (85, 0, 0), "right_hip": (-50, 0, 0), "right_knee": (50, 0, 0),
        "left_shoulder": (0, -75, -35), "right_shoulder": (0, 75, 35), "left_elbow": (0, -25, 0),
        "right_elbow": (0, 25, 0),
    },
    "sit": {
        "left_hip": (-88, 0, 8), "right_hip": (-88, 0, -8), "left_knee": (88, 0, 0), "right_knee": (88, 0, 0),
        "left_shoulder": (0, -20, -65), "right_shoulder": (0, 20, 65), "left_elbow": (0, -60, 0),
        "right_elbow": (0, 60, 0),
    },
    "crouch": {
        "pelvis": (20, 0, 0), "spine1": (12, 0, 0), "spine2": (10, 0, 0), "left_hip": (-80, 0, 25),
        "right_hip": (-70, 0, -25), "left_knee": (95, 0, 0), "right_knee": (85, 0, 0),
        "left_ankle": (-20, 0, 0), "right_ankle": (-20, 0, 0), "left_shoulder": (0, -10, -20),
        "right_shoulder": (0, 10, 30),
        "left_elbow": (0, -30, 0), "right_elbow": (0, 40, 0),
    },
    "swing": {
        "spine1": (5, 12, 0), "spine2": (5, 12, 0), "spine3": (5, 10, 0), "neck": (0, -15, 0),
        "left_hip": (-20, 0, 12), "right_hip": (5, 0, -12), "left_knee": (25, 0, 0), "right_knee": (15, 0, 0),
        "left_shoulder": (0, -70, 20), "right_shoulder": (0, 100, 10), "left_elbow": (0, -15, 0),
        "right_elbow": (0, 70, 0),
    },
    "stand": {
        "left_shoulder": (0, -8, -68), "right_shoulder": (0, 8, 68), "left_elbow": (0, -20, 0),
        "right_elbow": (0, 20, 0),
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def body():
    return DefaultBody()


@pytest.fixture(scope="module")
def model(body):
    return fit_model(body)


def people(body, yaws=(0.0, 0.9, -2.4)):
    """Local rotation vectors, roots and places of every pose, seen from a few sides."""
    rotvec, roots = [], []
    for pose in POSES.values():
        for yaw in yaws:
            local = torch.zeros(24, 3)
            for name, degrees in pose.items():
                local[body.joint_names.index(name)] = torch.tensor(degrees) * math.pi / 180
            around = convert.from_vector(torch.tensor([0.0, yaw, 0.0]))
            roots.append(UPRIGHT @ around @ convert.from_vector(local[0]))
            local[0] = 0.0
            rotvec.append(local)
    return torch.stack(rotvec), torch.stack(roots), torch.tensor([0.1, 0.1, 3.5]).repeat(len(roots), 1)


def landmarks(model, rotvec, root, place, shape=None):
    """The network's landmarks of posed bodies, in cam, and the joints."""
    shape = torch.zeros(len(root), model.tree.joint_modes.shape[0]) if shape is None else shape
    posed = kinematics.pose_joints(model.tree, root.double(), rotvec.double(), place.double(), shape.double())
    return kinematics.place_points(posed, model.landmarks, shape.double())[0].float(), posed.joints.float()


def seen(model, points, noise_px=0.0, noise_m=0.0):
    """What a network would say of them, its depth three times noisier; hands and feet unstretched."""
    g = torch.Generator().manual_seed(1)
    pixels = project(CAMERA, points)[0]
    pixels = pixels + noise_px * torch.randn(pixels.shape, generator=g)
    hips = torch.einsum("n,bnd->bd", model.pair("hip").float(), points)
    spread = noise_m * torch.tensor([0.5, 0.5, 1.5])
    world = points - hips[:, None] + spread * torch.randn(points.shape, generator=g)
    count = points.shape[:2]
    return Observed(pixels, world, torch.ones(count), torch.ones(count), torch.full(count[:1], math.nan))


def fitted_joints(model, fits):
    rotvec = convert.to_vector(fits.pose)
    return landmarks(
        model, rotvec, fits.cam_from_body.rotation, fits.cam_from_body.translation_m, fits.shape
    )[1]


def aligned_error_m(found, truth):
    """Mean joint error of each body after the best similarity."""
    errors = []
    for a, b in zip(found, truth, strict=True):
        errors.append((transforms.apply(registration(a, b), a) - b).norm(dim=-1).mean())
    return torch.stack(errors)


@pytest.mark.parametrize(
    ("noise_px", "noise_m", "mean_m", "worst_m"), [(0.0, 0.0, 0.018, 0.035), (4.0, 0.03, 0.032, 0.06)]
)
def test_known_bodies_come_back(body, model, noise_px, noise_m, mean_m, worst_m):
    rotvec, root, place = people(body)
    points, joints = landmarks(model, rotvec, root, place)
    fits = fit(model, seen(model, points, noise_px, noise_m), CAMERA)
    error = aligned_error_m(fitted_joints(model, fits), joints)
    assert error.mean() < mean_m
    assert error.max() < worst_m
    assert (fits.cam_from_body.translation_m - place).norm(dim=-1).mean() < 0.12


def test_several_people_at_once_equal_one_by_one(body, model):
    rotvec, root, place = people(body, yaws=(0.4,))
    observed = seen(model, landmarks(model, rotvec, root, place)[0], 2.0, 0.02)
    together = fit(model, observed, CAMERA)
    for i in (0, 3):
        rows = slice(i, i + 1)
        one = Observed(
            observed.points_px[rows],
            observed.world_m[rows],
            observed.weight[rows],
            observed.sight[rows],
            observed.height_m[rows],
        )
        alone = fit(model, one, CAMERA)
        torch.testing.assert_close(alone.pose[0], together.pose[i], atol=2e-3, rtol=0)


def test_hidden_legs_rest_within_their_limits(body, model):
    rotvec, root, place = people(body, yaws=(0.0,))
    observed = seen(model, landmarks(model, rotvec, root, place)[0])
    legs = [
        i
        for i, n in enumerate(model.landmark_names)
        if n.split("_")[-1] in ("knee", "ankle", "heel", "index")
    ]
    legs = [i for i in legs if model.landmark_names[i] not in ("left_index", "right_index")]
    observed.weight[:, legs] = 0.0
    observed.world_m[:, legs] = torch.randn(len(rotvec), len(legs), 3)  # invented: must not matter
    found = convert.to_vector(fit(model, observed, CAMERA).pose)
    low, high = body.joint_limits[..., 0], body.joint_limits[..., 1]
    assert (found >= low - 0.05).all()
    assert (found <= high + 0.05).all()
    knees = found[:, [body.joint_names.index(f"{side}_knee") for side in ("left", "right")], 0]
    assert (knees < 0.6).all()


def standing(body, model):
    """Somebody's landmarks, mask and place."""
    rotvec, root, place = people(body, yaws=(0.5,))
    row = list(POSES).index("stand")
    turns, rows = convert.from_vector(rotvec[row]), slice(row, row + 1)
    mesh = body.pose(BodyParams(body.id, torch.zeros(body.num_shape), turns, Rigid(root[row], place[row])))
    mask = (EmbreeRenderer().render(mesh.vertices, mesh.faces, CAMERA).face >= 0).float()
    observed = seen(model, landmarks(model, rotvec[rows], root[rows], place[rows])[0])
    return observed, mask, place[row]


def test_the_outline_corrects_landmarks_that_are_beside_the_person(body, model):
    observed, mask, place = standing(body, model)
    beside = replace(observed, points_px=observed.points_px + torch.tensor([12.0, 0.0]))
    without, within = fit(model, beside, CAMERA), fit(model, beside, CAMERA, outlines([mask], [None]))
    off = [abs(float(f.cam_from_body.translation_m[0, 0] - place[0])) for f in (without, within)]
    assert off[1] < 0.5 * off[0]


def test_the_outline_fills_a_broad_body_and_leaves_the_landmarks_where_they_are(body, model):
    rotvec, root, place = people(body, yaws=(0.5,))
    stand = list(POSES).index("stand")
    rows = slice(stand, stand + 1)
    shape = torch.zeros(1, body.num_shape)
    shape[0, :2] = torch.tensor([0.5, 2.0])
    turns = convert.from_vector(rotvec[stand])

    def outline(shape, pose, place):
        mesh = body.pose(BodyParams(body.id, shape, pose, place))
        return EmbreeRenderer().render(mesh.vertices, mesh.faces, CAMERA).face >= 0

    mask = outline(shape[0], turns, Rigid(root[stand], place[stand]))
    points = landmarks(model, rotvec[rows], root[rows], place[rows], shape)[0]
    observed = seen(model, points, noise_px=3.0, noise_m=0.03)
    fits = [fit(model, observed, CAMERA, kept) for kept in (None, outlines([mask.float()], [None]))]
    found = [
        outline(f.shape[0], f.pose[0], Rigid(f.cam_from_body.rotation[0], f.cam_from_body.translation_m[0]))
        for f in fits
    ]
    iou = [float((f & mask).sum() / (f | mask).sum()) for f in found]
    error = [(project(CAMERA, f.landmarks_m)[0] - observed.points_px).norm(dim=-1).median() for f in fits]
    assert iou[1] > max(0.9, iou[0]), iou
    assert error[1] < 1.2 * error[0] + 0.5, error


def test_clothes_make_a_body_broader_but_neither_smaller_nor_nearer(body, model):
    observed, mask, _ = standing(body, model)
    dressed = torch.nn.functional.max_pool2d(mask[None], 15, 1, 7)[0]
    free = FitConfig(hold_depth=1e6, hold_stature=1e6, hold_child=1e6)
    bare, held, loose = (
        fit(model, observed, CAMERA, outlines([alpha], [None]), config)
        for alpha, config in ((mask, None), (dressed, None), (dressed, free))
    )
    depth = [float(f.cam_from_body.translation_m[0, 2]) for f in (bare, held, loose)]
    assert depth[1] > 0.96 * depth[0] > depth[2], depth
    shoulders = [model.landmark_names.index(f"{side}_shoulder") for side in ("left", "right")]
    hips = [model.landmark_names.index(f"{side}_hip") for side in ("left", "right")]
    trunk = [f.landmarks_m[0, shoulders].mean(0) - f.landmarks_m[0, hips].mean(0) for f in (bare, held)]
    assert trunk[1].norm() > 0.97 * trunk[0].norm(), trunk


@dataclass
class Found:
    keypoints: Keypoints
    mask: torch.Tensor


def test_a_mask_that_the_network_contradicts_moves_nobody_but_one_that_was_given_does(body, model):
    observed, mask, _ = standing(body, model)
    wrong = mask.roll(25, 1)
    key = keypoints(model, observed.points_px[0], observed.world_m[0], torch.ones(len(model.landmark_names)))

    class Network:
        def detect(self, photo_rgb, boxes_px):
            return [Found(key, mask)] * len(boxes_px)

    human = DefaultHuman(body, Network())
    photo = Photo(torch.zeros(640, 640, 3, dtype=torch.uint8), Path("people.png"))

    def place(alpha, given):
        told = Mask(alpha, "person", 0.9)
        person = Detection(torch.tensor([0.0, 0.0, 640.0, 640.0]), "person", 0.9, told if given else None)
        return human.estimate(photo, [person], [told], CAMERA)[0].body.cam_from_body.translation_m

    true, guessed, given = place(mask, False), place(wrong, False), place(wrong, True)
    assert (guessed - true)[:2].norm() < 0.02
    assert (given - true)[0] > 2 * (guessed - true)[0]


def test_a_body_with_somebody_elses_landmarks_is_no_pose(body, model):
    observed, mask, _ = standing(body, model)
    key = keypoints(model, observed.points_px[0], observed.world_m[0], torch.ones(len(model.landmark_names)))
    photo = Photo(torch.zeros(640, 640, 3, dtype=torch.uint8), Path("people.png"))

    class Network:
        def detect(self, photo_rgb, boxes_px):
            return [Found(key, mask)] * len(boxes_px)

    neighbour = Mask(mask.roll(200, 1), "person", 0.9)
    detection = Detection(torch.tensor([0.0, 0.0, 640.0, 640.0]), "person", 0.9)
    own, other = (
        DefaultHuman(body, Network()).estimate(photo, [detection], [outline], CAMERA)[0]
        for outline in (Mask(mask, "person", 0.9), neighbour)
    )
    assert isinstance(own, HumanEstimate)
    assert isinstance(other, Rejected)
    assert "outside of the person's outline" in other.detail


def keypoints(model, points_px, world_m, visibility):
    return Keypoints(model.landmark_names, points_px, visibility, world_m)


def test_people_in_sight_are_estimated_and_the_others_rejected(body, model):
    rotvec, root, place = people(body, yaws=(0.0,))
    observed = seen(model, landmarks(model, rotvec, root, place)[0])
    whole = torch.ones(len(model.landmark_names))
    good = keypoints(model, observed.points_px[1], observed.world_m[1], whole)
    dark = keypoints(model, observed.points_px[1], observed.world_m[1], 0.0 * whole)
    broken = keypoints(model, observed.points_px[1] * math.nan, observed.world_m[1], whole)
    human = DefaultHuman(body)
    photo = Photo(torch.zeros(640, 640, 3, dtype=torch.uint8), Path("people.png"))
    found = human.fit_keypoints(photo, torch.zeros(4, 4), [dark, good, None, broken], [None] * 4, CAMERA)
    assert [type(f) for f in found] == [Rejected, HumanEstimate, Rejected, Rejected]
    assert found[1].residual_px < 6.0
    assert found[1].joint_confidence.min() > 0.9
    torch.testing.assert_close(found[1].body.pose[0], torch.eye(3))
    assert human.fit_keypoints(photo, torch.zeros(0, 4), [], [], CAMERA) == []


def test_landmarks_that_no_body_can_meet_are_no_pose(body, model):
    rotvec, root, place = people(body, yaws=(0.0,))
    observed = seen(model, landmarks(model, rotvec, root, place)[0])
    shuffled = torch.randperm(len(model.landmark_names), generator=torch.Generator().manual_seed(0))
    whole = torch.ones(len(model.landmark_names))
    points = observed.points_px[1]
    box = torch.cat([points.amin(0), points.amax(0)])[None]
    photo = Photo(torch.zeros(640, 640, 3, dtype=torch.uint8), Path("people.png"))
    nonsense = keypoints(model, points[shuffled], observed.world_m[1], whole)
    (found,) = DefaultHuman(body).fit_keypoints(photo, box, [nonsense], [None], CAMERA)
    assert isinstance(found, Rejected)
    assert "misses the joints" in found.detail


@pytest.mark.parametrize("height_m", [1.2, 1.6, 1.92])
def test_a_known_height_is_the_height_of_the_body(body, model, height_m):
    rotvec, root, place = people(body, yaws=(0.4,))
    observed = seen(model, landmarks(model, rotvec, root, place)[0])
    known = replace(observed, height_m=torch.full_like(observed.height_m, height_m))
    fits = fit(model, known, CAMERA)
    rest = body.rest(fits.shape)[0][..., 1]
    assert torch.allclose(rest.amax(1) - rest.amin(1), torch.tensor(height_m), atol=0.02)
    # The same picture of a person of another size: so many times nearer or farther.
    mean_m = float(body.template[:, 1].max() - body.template[:, 1].min())
    depth = fits.cam_from_body.translation_m[:, 2] / place[:, 2]
    assert float((depth * mean_m / height_m - 1).abs().max()) < 0.12
    childhood = fits.shape[:, -1]
    assert bool((childhood > 0.5).all()) if height_m < 1.45 else bool((childhood < 0.1).all())


def test_a_known_height_of_one_person_leaves_the_others_alone(body, model):
    rotvec, root, place = people(body, yaws=(0.4,))
    observed = seen(model, landmarks(model, rotvec, root, place)[0])
    known = observed.height_m.clone()
    known[0] = 1.9
    free, held = fit(model, observed, CAMERA), fit(model, replace(observed, height_m=known), CAMERA)
    torch.testing.assert_close(held.shape[1:], free.shape[1:], atol=1e-3, rtol=0)
    assert float((held.shape[0] - free.shape[0]).abs().max()) > 1.0
