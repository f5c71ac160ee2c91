"""What every implementation of a Protocol must do; add a real backend to the `params` to hold it to this."""

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from chorus_recon.backends import registry
from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human.default import DefaultHuman
from chorus_recon.backends.human.retarget import Retargeted
from chorus_recon.backends.protocols import BodyModel, HumanEstimator, Renderer, Segmenter, SoftRenderer
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.backends.render.outline import swept_silhouette
from chorus_recon.backends.segment.default import DefaultSegmenter
from chorus_recon.errors import MissingBackend
from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import default_camera
from chorus_recon.geometry.stature import stature_m
from chorus_recon.io import fetch
from chorus_recon.io.images import load_photo
from chorus_recon.types import BodyParams, HumanEstimate, Mask, Rejected, Rigid
from tests import bodies, scenes
from tests.backends import random_weights
from tests.capsules import JOINT_NAMES
from tests.fakes import FakeBody, overlap


@pytest.fixture(scope="module")
def world():
    return scenes.world()


@pytest.fixture(params=["fake", "default", *bodies.COUNTS], scope="module")
def body_and_size(request, tmp_path_factory):
    """A body model and how many shape coefficients it takes."""
    if request.param in bodies.COUNTS:
        pytest.importorskip("smplx", reason="needs the extra [smpl]")
        path = tmp_path_factory.mktemp("body") / "body.npz"
        np.savez(path, **bodies.arrays(request.param))
        return registry.make("body", f"{request.param}:{path}"), 2
    return (FakeBody(), 1) if request.param == "fake" else (DefaultBody(), 10)


@pytest.fixture
def body(body_and_size):
    return body_and_size[0]


@pytest.fixture
def params_of(body_and_size):
    """Some pose: an arm down, a knee bent, the root turned and moved."""
    body, size = body_and_size

    def make(shape=0.0):
        pose = torch.eye(3).repeat(len(body.joint_names), 1, 1)
        names = list(body.joint_names)
        pose[names.index("left_shoulder")] = transforms.rotation_about("z", -1.1)
        pose[names.index("right_knee")] = transforms.rotation_about("x", 0.8)
        code = torch.zeros(size)
        code[0] = shape
        root = Rigid(transforms.rotation_about("x", 3.0), torch.tensor([0.2, -0.1, 3.0]))
        return BodyParams(body.id, code, pose, root)

    return make


@pytest.fixture(params=[0.0, 0.5], ids=["exact", "frayed"])
def segmenter(request, world):
    return world.segmenter(noise=request.param)


def named(name):
    """A backend of the named stack, on random weights: the warnings are its library's own."""
    return pytest.param(name, marks=[pytest.mark.named_stack, pytest.mark.filterwarnings("ignore")])


@pytest.fixture(
    params=[
        "fake",
        pytest.param("default", marks=pytest.mark.weights),
        *map(named, ("detectron2", "sam2", "sam3", "mask2former")),
    ],
    scope="module",
)
def any_segmenter(request, world, tmp_path_factory):
    """Whatever it sees: a network of random weights sees nonsense, but in the right form."""
    if request.param == "fake":
        yield world.segmenter(noise=0.2)
    elif request.param == "default":
        yield DefaultSegmenter()
    else:
        folder = getattr(random_weights, request.param)(tmp_path_factory.mktemp(request.param))
        module = "detectron2" if request.param == "detectron2" else "hub"
        with pytest.MonkeyPatch.context() as patch:
            for bound, value in {"ASKED_SCORE": 0.0, "LEAST_SCORE": 0.0, "SHORT_SIDE_PX": 256}.items():
                patch.setattr(f"chorus_recon.backends.segment.{module}.{bound}", value, raising=False)
            patch.setattr("chorus_recon.backends.segment.hub.bundled", lambda: [world.category])
            yield registry.make("segmenter", f"{request.param}:{folder}")


@pytest.fixture(
    params=[
        "exact",
        "noisy",
        "retargeted",
        pytest.param("default", marks=pytest.mark.weights),
        named("hmr2"),
    ],
    scope="module",
)
def estimator(request, world, tmp_path_factory):
    if request.param == "default":
        return DefaultHuman()
    if request.param == "hmr2":
        body = tmp_path_factory.mktemp("smpl")
        np.savez(body / "SMPL_NEUTRAL.npz", **random_weights.smpl())
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CHORUS_BODIES", str(body))
            return registry.make("human", f"hmr2:{random_weights.hmr2(tmp_path_factory.mktemp('hmr2'))}")
    noise = 0.05 if request.param == "noisy" else 0.0
    made = world.estimator(noise_rad=noise, noise_m=noise)
    return Retargeted(made, DefaultBody()) if request.param == "retargeted" else made


@pytest.fixture(scope="module")
def person(estimator, world):
    """A photo and its person: the analytic one, or a real one for who would see nobody in that."""
    if not isinstance(estimator, DefaultHuman):
        return world.photo, world.detections[0], world.camera
    photo = load_photo(fetch.ensure_example("snowboard"))
    found = [d for d in DefaultSegmenter().detect(photo) if d.label == "person"]
    return photo, found[0], default_camera(photo.size_px)


@pytest.fixture(params=registry.BUILT_IN["render"])
def renderer(request):
    try:
        return registry.make("render", request.param)
    except MissingBackend as error:
        pytest.skip(f"{error.message} {error.hint}")


class TestBodyModel:
    def test_satisfies_the_protocol(self, body):
        assert isinstance(body, BodyModel)
        assert body.joint_names == JOINT_NAMES  # the 24 SMPL names in order
        assert body.parents[0] == -1
        assert all(0 <= p < j for j, p in enumerate(body.parents) if j)
        assert body.licence

    def test_skin_weights_and_parts_fit_the_mesh(self, body):
        vertices, _ = body.canonical()
        assert body.skin_weights.shape == (len(vertices), 24)
        assert torch.allclose(body.skin_weights.sum(1), torch.ones(len(vertices)), atol=1e-3)
        assert 0 <= int(body.faces.min())
        assert int(body.faces.max()) < len(vertices)
        for name, ids in body.parts.items():
            assert len(ids), name
            assert int(ids.max()) < len(vertices), name

    def test_canonical_axes(self, body):
        vertices, joints = body.canonical()
        at = dict(zip(body.joint_names, joints, strict=True))
        assert torch.allclose(joints[0], torch.zeros(3), atol=1e-4)  # pelvis at the origin
        assert at["head"][1] > 0.3 > -0.3 > at["left_foot"][1]  # y up
        assert at["left_wrist"][0] > 0.3 > -0.3 > at["right_wrist"][0]  # x to the person's left
        assert at["left_foot"][2] > at["left_ankle"][2]  # z forward
        spread = torch.atan2((at["left_ankle"] - at["left_hip"])[0], -(at["left_ankle"] - at["left_hip"])[1])
        assert 0.35 < float(spread) < 0.75  # the star pose: legs 30 degrees apart each
        assert 1.4 < float(vertices[:, 1].max() - vertices[:, 1].min()) < 2.1  # metres

    def test_pelvis_goes_where_the_root_says(self, body, params_of):
        params = params_of()
        assert torch.allclose(body.pose(params).joints[0], params.cam_from_body.translation_m, atol=1e-4)

    def test_a_rigid_move_moves_everything_along(self, body, params_of):
        params = params_of()
        move = Rigid(transforms.rotation_about("y", 0.7), torch.tensor([0.3, 0.2, 0.5]))
        moved = BodyParams(
            params.model, params.shape, params.pose, transforms.compose(move, params.cam_from_body)
        )
        before, after = body.pose(params), body.pose(moved)
        assert torch.allclose(after.vertices, transforms.apply(move, before.vertices), atol=1e-4)
        assert torch.allclose(after.joints, transforms.apply(move, before.joints), atol=1e-4)
        expected = transforms.matrix(move) @ before.cam_from_canon
        assert torch.allclose(after.cam_from_canon, expected, atol=1e-4)

    @pytest.mark.parametrize("shape", [0.0, 1.5])
    def test_cam_from_canon_carries_joints_to_joints_rigidly(self, body, params_of, shape):
        posed = body.pose(params_of(shape))
        _, canonical = body.canonical()
        carried = (posed.cam_from_canon[:, :3, :3] @ canonical[..., None])[..., 0] + posed.cam_from_canon[
            :, :3, 3
        ]
        assert torch.allclose(carried, posed.joints, atol=1e-4)
        rotation = posed.cam_from_canon[:, :3, :3]
        assert torch.allclose(rotation @ rotation.mT, torch.eye(3).expand(24, 3, 3), atol=1e-4)
        assert (torch.linalg.det(rotation) > 0).all()

    @pytest.mark.parametrize("shape", [-1.0, 1.5])
    def test_stature_is_read_from_any_pose(self, body, params_of, shape):
        params = params_of(shape)
        straight = BodyParams(
            body.id, params.shape, torch.eye(3).expand(24, 3, 3), Rigid(torch.eye(3), torch.zeros(3))
        )
        standing = body.pose(straight).vertices[:, 1]
        assert stature_m(body.pose(params)) == pytest.approx(
            float(standing.max() - standing.min()), abs=0.015
        )

    def test_faces_look_outwards(self, body, params_of):
        posed = body.pose(params_of())
        a, b, c = posed.vertices[posed.faces].double().unbind(1)
        assert float((a * torch.linalg.cross(b, c)).sum()) > 0  # six times the enclosed volume


class TestSegmenter:
    def test_satisfies_the_protocol(self, segmenter):
        assert isinstance(segmenter, Segmenter)

    def test_detect_finds_the_person_and_the_thing(self, segmenter, world):
        found = segmenter.detect(world.photo)
        assert {"person", world.category} <= {d.label for d in found}
        assert [d.score for d in found] == sorted((d.score for d in found), reverse=True)
        width, height = world.photo.size_px
        for d in found:
            x0, y0, x1, y1 = d.box_px.tolist()
            assert 0 <= x0 < x1 <= width
            assert 0 <= y0 < y1 <= height

    def test_query_narrows(self, segmenter, world):
        found = segmenter.detect(world.photo, world.category)
        assert found
        assert all(d.label == world.category for d in found)

    def test_masks_come_in_order_at_photo_size(self, segmenter, world):
        found = segmenter.detect(world.photo)[::-1]
        masks = segmenter.segment(world.photo, found)
        width, height = world.photo.size_px
        assert [m.label for m in masks] == [d.label for d in found]
        truth = {m.label: m.alpha > 0.5 for m in (world.human_mask, world.object_mask)}
        for mask in masks:
            assert isinstance(mask, Mask)
            assert mask.alpha.shape == (height, width)
            assert 0 <= float(mask.alpha.min()) <= float(mask.alpha.max()) <= 1
            mine = mask.alpha > 0.5
            iou = float((mine & truth[mask.label]).sum() / (mine | truth[mask.label]).sum())
            assert iou > 0.8

    def test_satisfies_the_protocol_whatever_it_sees(self, any_segmenter):
        assert isinstance(any_segmenter, Segmenter)
        assert isinstance(any_segmenter.licences, dict)

    def test_detections_lie_in_the_photo_best_first(self, any_segmenter, world):
        found = any_segmenter.detect(world.photo)
        assert [d.score for d in found] == sorted((d.score for d in found), reverse=True)
        width, height = world.photo.size_px
        for d in found:
            x0, y0, x1, y1 = d.box_px.tolist()
            assert 0 <= x0 < x1 <= width
            assert 0 <= y0 < y1 <= height
            assert d.mask is None or d.mask.alpha.shape == (height, width)

    @pytest.mark.parametrize("noun", ["skateboard", "tennis_racket"])
    def test_a_noun_is_answered_in_its_own_words(self, any_segmenter, world, noun):
        assert {d.label for d in any_segmenter.detect(world.photo, noun)} <= {noun.replace("_", " ")}

    def test_boxes_from_elsewhere_are_outlined_in_order(self, any_segmenter, world):
        things = [
            replace(d, mask=None, label=label)
            for d, label in zip(world.detections, ("person", "cup"), strict=True)
        ]
        masks = any_segmenter.segment(world.photo, things)
        width, height = world.photo.size_px
        assert [m.label for m in masks] == ["person", "cup"]
        for mask in masks:
            assert isinstance(mask, Mask)
            assert mask.alpha.shape == (height, width)
            assert mask.alpha.dtype == torch.float32
            assert 0 <= float(mask.alpha.min()) <= float(mask.alpha.max()) <= 1

    def test_nothing_asked_nothing_given(self, any_segmenter, world):
        assert any_segmenter.segment(world.photo, []) == []


class TestHumanEstimator:
    def test_satisfies_the_protocol(self, estimator):
        assert isinstance(estimator, HumanEstimator)

    def test_one_result_a_box_in_the_given_camera(self, estimator, person):
        photo, seen, camera = person
        results = estimator.estimate(photo, [seen, seen], [None, None], camera)
        assert len(results) == 2
        for result in results:
            assert isinstance(result, HumanEstimate)
            assert result.camera is camera
            assert overlap(result.box_px, seen.box_px) > 0.5
            assert result.body.model == estimator.body.id
            assert result.body.pose.shape == (24, 3, 3)
            assert torch.allclose(result.body.pose[0], torch.eye(3), atol=1e-5)  # the root's is cam_from_body
            turns = torch.cat([result.body.pose, result.body.cam_from_body.rotation[None]])
            assert torch.allclose(turns @ turns.mT, torch.eye(3).expand(25, 3, 3), atol=1e-3)
            assert float(result.body.cam_from_body.translation_m[2]) > 0
            assert result.joint_confidence.shape == (24,)
            assert result.keypoints.points_px.shape == (len(result.keypoints.names), 2)
            assert estimator.body.pose(result.body).vertices.isfinite().all()

    def test_nobody_asked_nobody_given(self, estimator, person):
        assert estimator.estimate(person[0], [], [], person[2]) == []

    def test_an_empty_box_is_rejected_not_raised(self, estimator, person):
        photo, seen, camera = person
        empty = type(seen)(torch.tensor([0.0, 0.0, 12.0, 12.0]), "person", 0.3)
        (result,) = estimator.estimate(photo, [empty], [None], camera)
        if estimator.name != "hmr2":  # which always answers
            assert isinstance(result, Rejected)


class TestRenderer:
    def test_satisfies_the_protocol(self, renderer):
        assert isinstance(renderer, Renderer)

    def test_shapes_and_the_meaning_of_nothing(self, renderer):
        view = scenes.camera((40, 30), 40.0)
        vertices, faces = scenes.sphere(0.5, rings=16)
        result = renderer.render(vertices + torch.tensor([0.0, 0.0, 3.0]), faces, view)
        assert result.depth.shape == result.face.shape == (30, 40)
        assert ((result.face >= 0) == torch.isfinite(result.depth)).all()
        assert float(result.depth[15, 20]) == pytest.approx(2.5, abs=0.02)
        assert torch.isinf(result.depth[0, 0])

    def test_the_nearest_surface_wins(self, renderer):
        view = scenes.camera((40, 30), 40.0)
        vertices, faces = scenes.box((0.5, 0.5, 0.5))
        both = torch.cat([vertices + torch.tensor([0.0, 0.0, 4.0]), vertices + torch.tensor([0.0, 0.0, 2.0])])
        result = renderer.render(both, torch.cat([faces, faces + 8]), view)
        assert float(result.depth[15, 20]) == pytest.approx(1.75, abs=1e-4)
        assert int(result.face[15, 20]) >= 12

    def test_what_is_behind_the_camera_is_not_seen(self, renderer):
        view = scenes.camera((40, 30), 40.0)
        vertices, faces = scenes.sphere(0.5, rings=16)
        result = renderer.render(vertices - torch.tensor([0.0, 0.0, 3.0]), faces, view)
        assert (result.face == -1).all()

    @pytest.mark.parametrize("own", [True, False])
    def test_moving_a_mesh_sweeps_its_outline_as_the_gradient_says(self, renderer, own):
        if own and not isinstance(renderer, SoftRenderer):
            pytest.skip("gives no gradients of its own")
        view = scenes.camera((128, 96), 130.0)
        vertices, faces = scenes.sphere(0.5, rings=24)
        shift = torch.tensor([0.06, -0.04, 3.0], requires_grad=True)
        outline = renderer.soft_silhouette if own else partial(swept_silhouette, renderer)
        coverage = outline(vertices + shift, faces, view, 0.8)
        ramp = torch.arange(128.0).expand(96, 128)
        (across,) = torch.autograd.grad((coverage * ramp).sum(), shift, retain_graph=True)
        (grown,) = torch.autograd.grad(coverage.sum(), shift)
        area = math.pi * (0.5 * 130 / 3) ** 2
        assert float(coverage.detach().sum()) == pytest.approx(area, rel=0.05)
        assert float(across[0]) == pytest.approx(area * 130 / 3, rel=0.1)
        assert float(grown[2]) == pytest.approx(-2 * area / 3, rel=0.15)
        assert float(grown[:2].norm()) < 0.1 * area

    def test_agrees_with_the_default_within_half_a_pixel(self, renderer, world):
        exact = EmbreeRenderer()
        view = replace(world.camera, center_px=world.camera.center_px + torch.tensor([7.3, -4.6]))
        mine = renderer.render(world.body.vertices, world.body.faces, view)
        true = exact.render(world.body.vertices, world.body.faces, view)
        # a pixel may differ only where half a pixel's shift of the view changes it as well
        unsure = torch.zeros_like(true.face, dtype=torch.bool)
        for shift in torch.cartesian_prod(torch.tensor([-0.5, 0.5]), torch.tensor([-0.5, 0.5])):
            moved = replace(view, center_px=view.center_px + shift)
            unsure |= (exact.render(world.body.vertices, world.body.faces, moved).face >= 0) != (
                true.face >= 0
            )
        assert not (((mine.face >= 0) != (true.face >= 0)) & ~unsure).any()
        both = (mine.face >= 0) & (true.face >= 0)
        assert float((mine.depth - true.depth)[both].abs().median()) < 1e-4
        assert float((mine.face == true.face)[both].float().mean()) > 0.98
