"""SAM 3D Body through a stand-in with its interface: weights are on request and the library needs CUDA.

The stand-in's rig rests in another pose than the embedded body, with joints' axes of its own, as MHR does.
"""

import sys
from dataclasses import replace
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch

from chorus_recon.backends import registry, torchvision_cpu
from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human import sam3d_body
from chorus_recon.backends.protocols import BodyModel, HumanEstimator
from chorus_recon.errors import InputError, MissingBackend, WeightsError
from chorus_recon.geometry import transforms
from chorus_recon.geometry.rotations import convert
from chorus_recon.geometry.stature import stature_m
from chorus_recon.pipeline.field import repose
from chorus_recon.pipeline.output.record import record
from chorus_recon.types import BodyParams, Camera, Detection, HumanEstimate, Rejected, Rigid
from tests import scenes

LIKE = DefaultBody()
NAMES = list(LIKE.joint_names)
CAMERA = Camera(torch.tensor([700.0, 700.0]), torch.tensor([320.0, 240.0]), (640, 480))
AXES = convert.from_quaternion(torch.nn.functional.normalize(torch.randn(127, 4), dim=-1))  # each joint's own


def bent():
    pose = torch.eye(3).repeat(24, 1, 1)
    pose[NAMES.index("left_shoulder")] = transforms.rotation_about("z", -0.9)
    pose[NAMES.index("left_elbow")] = transforms.rotation_about("y", -1.0)
    pose[NAMES.index("right_hip")] = transforms.rotation_about("x", -0.8)
    pose[NAMES.index("right_knee")] = transforms.rotation_about("x", 1.1)
    pose[NAMES.index("spine2")] = transforms.rotation_about("x", 0.3)
    return pose


def hanging():
    """The rig's rest: arms 50 degrees down."""
    pose = torch.eye(3).repeat(24, 1, 1)
    pose[NAMES.index("left_shoulder")] = transforms.rotation_about("z", -0.87)
    pose[NAMES.index("right_shoulder")] = transforms.rotation_about("z", 0.87)
    return pose


def rigged(pose):
    """Vertices, MHR's 127 joints and their rotations in the rig's own world (y up, metres)."""
    carry, joints = LIKE.transforms(pose[None], torch.zeros(1, LIKE.num_shape))
    vertices = LIKE.vertices(pose[None], torch.zeros(1, LIKE.num_shape))[0]
    places, turns = torch.full((127, 3), torch.nan), AXES.clone()
    for name, number in sam3d_body._JOINTS.items():
        places[number] = joints[0, NAMES.index(name)]
        turns[number] = carry[0, NAMES.index(name), :3, :3] @ AXES[number]
    places[37] = 2 * joints[0, NAMES.index("spine3")] - places[36]  # between these two lies spine3
    return vertices, places, turns


TURN = transforms.rotation_about("y", 0.5)  # the person looks past the camera
MOVE = torch.tensor([0.1, 0.2, 4.0])
FLIP = torch.tensor([1.0, -1.0, -1.0])


class Estimator:
    def __init__(self, sam_3d_body_model, model_cfg):
        sys.stdout.write("No human detector is used...")
        self.model, self.faces = sam_3d_body_model, LIKE.faces.numpy().astype(np.int32)
        assert model_cfg.MODEL.MHR_HEAD.MHR_MODEL_PATH.endswith("mhr_model.pt")

    def process_one_image(self, img, bboxes=None, cam_int=None, inference_type="full"):
        sys.stdout.write("Using provided camera intrinsics...")
        assert img.dtype == np.uint8
        assert torch.allclose(cam_int[0, :2, 2], CAMERA.center_px)
        vertices, joints, turns = rigged(bent())
        out = []
        for number, _ in enumerate(bboxes):
            here = MOVE + torch.tensor([0.0, 0.0, float(number)])
            if number == 2:
                here = -here
            out.append({
                "pred_vertices": ((vertices @ TURN.mT) * FLIP).numpy(),
                "pred_joint_coords": ((joints @ TURN.mT) * FLIP).numpy(),
                "pred_global_rots": (TURN @ turns).numpy(), "pred_cam_t": here.numpy(),
                "pred_keypoints_2d": np.full((70, 2), 50.0, np.float32),
                "shape_params": np.zeros(45, np.float32),
            })  # fmt: skip
        return out


class Head:
    def mhr_forward(self, global_trans, global_rot, body_pose_params, hand_pose_params, scale_params,
                    shape_params, expr_params, return_joint_coords, return_joint_rotations):  # fmt: skip
        assert body_pose_params.shape == (1, 133)
        return tuple(part[None] for part in rigged(hanging()))


class Model:
    def __init__(self, config):
        self.head_pose = Head()

    def named_parameters(self):
        return iter([("weight", torch.zeros(1)), ("head_pose.mhr.rig", torch.zeros(1))])

    def load_state_dict(self, state, strict):
        absent = [name for name, _ in self.named_parameters() if name not in state]
        return SimpleNamespace(missing_keys=absent, unexpected_keys=[])

    def to(self, device):
        assert device == "cuda"
        return self

    def eval(self):
        return self


class Config(SimpleNamespace):
    def defrost(self):
        pass

    freeze = defrost


@pytest.fixture
def library(monkeypatch):
    parts = {name: ModuleType(name) for name in (
        "sam_3d_body", "sam_3d_body.models", "sam_3d_body.models.meta_arch", "sam_3d_body.utils",
        "sam_3d_body.utils.config",
    )}  # fmt: skip
    parts["sam_3d_body"].SAM3DBodyEstimator = Estimator
    parts["sam_3d_body.models.meta_arch"].SAM3DBody = Model
    parts["sam_3d_body.utils.config"].get_config = lambda path: Config(
        MODEL=SimpleNamespace(MHR_HEAD=SimpleNamespace(MHR_MODEL_PATH=""))
    )
    for name, part in parts.items():
        monkeypatch.setitem(sys.modules, name, part)
    monkeypatch.setattr(torchvision_cpu, "require", lambda what: None)
    monkeypatch.setattr(torch, "zeros", lambda *a, zeros=torch.zeros, device=None, **k: zeros(*a, **k))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "mhr_model.pt").write_bytes(b"")
    (tmp_path / "model_config.yaml").write_text("")
    torch.save({"state_dict": {"weight": torch.zeros(2)}}, tmp_path / "model.ckpt")
    return tmp_path


@pytest.fixture
def human(library, folder):
    return registry.make("human", f"sam3d_body:{folder}", "cuda")


@pytest.fixture
def people():
    return [Detection(torch.tensor([100.0, 50.0, 200.0, 400.0]), "person", 0.9)] * 3


@pytest.fixture
def truth():
    """The same person posed by the embedded body."""
    root = Rigid(torch.diag(FLIP) @ TURN, torch.zeros(3))
    pelvis = LIKE.joints_rest[0]
    place = Rigid(root.rotation, root.rotation @ pelvis + MOVE)
    return LIKE.pose(BodyParams(LIKE.id, torch.zeros(LIKE.num_shape), bent(), place))


def test_one_mesh_a_box_in_the_photos_camera(human, people, truth, capsys):
    assert isinstance(human, HumanEstimator)
    photo = scenes.world((64, 48)).photo
    found = human.estimate(photo, people, [None] * 3, CAMERA)
    assert isinstance(found[2], Rejected)  # behind the camera
    first = found[0]
    assert isinstance(first, HumanEstimate)
    assert first.camera is CAMERA
    posed = human.body.pose(first.body)
    assert torch.allclose(posed.vertices, truth.vertices, atol=1e-4)
    assert float((found[1].body.mesh.vertices - posed.vertices)[:, 2].mean()) == pytest.approx(1.0, abs=1e-4)
    assert torch.equal(first.body.pose[0], torch.eye(3))
    assert first.keypoints.names[-1] == "left_wrist"
    assert float(first.joint_confidence.mean()) > 0.5
    assert human.estimate(photo, [], [], CAMERA) == []
    assert capsys.readouterr().out == ""


def test_a_rig_that_rests_otherwise_carries_priors_like_the_embedded_body(human, people, truth):
    body = human.body
    assert isinstance(body, BodyModel)
    (first, *_) = human.estimate(scenes.world((64, 48)).photo, people, [None] * 3, CAMERA)
    posed = body.pose(first.body)
    vertices, joints = body.canonical()
    like_vertices, like_joints = LIKE.canonical()
    assert torch.allclose(joints, like_joints, atol=5e-3)
    assert (vertices - like_vertices).norm(dim=-1).median() < 0.01
    assert torch.allclose(posed.joints, truth.joints, atol=1e-3)
    turned = posed.cam_from_canon[:, :3, :3] @ truth.cam_from_canon[:, :3, :3].mT
    assert float(convert.to_vector(turned).norm(dim=-1).max()) < 0.12
    assert torch.allclose(first.body.pose, bent(), atol=0.12)
    prior = scenes.prior_of(scenes.world((64, 48)))
    clusters = tuple(replace(c, body_model=LIKE.id) for c in prior.clusters)
    mine, same = (repose(clusters, b, p)[0].probability for b, p in ((body, posed), (LIKE, truth)))
    assert float(torch.minimum(mine, same).sum() / torch.maximum(mine, same).sum()) > 0.9
    assert stature_m(posed) == pytest.approx(stature_m(truth), abs=0.03)


def test_its_mesh_is_written_and_no_other_can_be_posed(human, people):
    (first, *_) = human.estimate(scenes.world((64, 48)).photo, people, [None] * 3, CAMERA)
    whole = replace(scenes.fake_reconstruction(), human=first, body=human.body.pose(first.body))
    facts = record(whole)["human"]
    assert facts["body_model"] == "mhr"
    assert len(facts["pose"]) == 24
    with pytest.raises(InputError, match="posed by another library"):
        human.body.pose(replace(first.body, mesh=None))


def test_what_is_missing_is_told(library, folder, monkeypatch):
    with pytest.raises(MissingBackend, match="runs on CUDA only"):
        registry.make("human", f"sam3d_body:{folder}", "cpu")
    torch.save({"state_dict": {"head_pose.mhr.rig": torch.zeros(1)}}, folder / "model.ckpt")
    with pytest.raises(WeightsError, match="1 of SAM 3D Body's weights are missing, such as weight"):
        _ = registry.make("human", f"sam3d_body:{folder}", "cuda").body
    (folder / "model.ckpt").unlink()
    with pytest.raises(WeightsError, match=r"has no .*model\.ckpt"):
        _ = registry.make("human", f"sam3d_body:{folder}", "cuda").body
    monkeypatch.delitem(sys.modules, "sam_3d_body")
    monkeypatch.setitem(sys.modules, "sam_3d_body", None)
    with pytest.raises(MissingBackend, match="needs SAM 3D Body"):
        registry.make("human", "sam3d_body", "cuda")
