"""HMR 2.0 for real, at full size, with random weights and a body of our own making."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from chorus_recon.backends import registry
from chorus_recon.errors import WeightsError
from chorus_recon.geometry.camera import project
from chorus_recon.types import Camera, Detection, HumanEstimate, Photo
from tests import bodies
from tests.backends import random_weights

# the warnings are the library's own
pytestmark = [pytest.mark.named_stack, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def library(checkpoint):
    from chorus_recon.backends.human import hmr2

    return hmr2._load_library()


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    path = random_weights.hmr2(tmp_path_factory.mktemp("hmr2"))
    yield path
    path.unlink()


@pytest.fixture(scope="module")
def human(checkpoint, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bodies")
    np.savez(folder / "SMPL_NEUTRAL.npz", **random_weights.smpl())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHORUS_BODIES", str(folder))
        return registry.make("human", f"hmr2:{checkpoint}")


@pytest.fixture(scope="module")
def photo():
    rgb = torch.randint(0, 255, (480, 640, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    return Photo(rgb, Path("noise.png"))


def detections():
    boxes = [[200.0, 100.0, 300.0, 400.0], [20.0, 40.0, 330.0, 470.0], [500.0, 200.0, 508.0, 209.0]]
    return [Detection(torch.tensor(b), "person", 0.9) for b in boxes]


@pytest.fixture
def theirs(human, checkpoint, library, photo, tmp_path, monkeypatch):
    """The library's own model, body and all, around the network that the adapter has loaded."""
    import hmr2.models.hmr2 as whole

    camera = Camera(torch.tensor([800.0, 800.0]), torch.tensor([320.0, 240.0]), (640, 480))
    human.estimate(photo, detections()[:1], [None], camera)  # loads it
    network = human._network
    monkeypatch.setattr(whole, "create_backbone", lambda config: network._backbone)
    monkeypatch.setattr(whole, "build_smpl_head", lambda config: network._head)
    (tmp_path / "SMPL_NEUTRAL.pkl").write_bytes(pickle.dumps(random_weights.smpl()))
    extra = tmp_path / "extra.pkl"
    extra.write_bytes(pickle.dumps(np.full((19, len(random_weights.smpl()["v_template"])), 1e-4)))
    config = library.config(checkpoint.parent.parent / "model_config.yaml")
    config.defrost()
    config.SMPL.MODEL_PATH, config.SMPL.JOINT_REGRESSOR_EXTRA = str(tmp_path), str(extra)
    config.freeze()
    return whole.HMR2(config, init_renderer=False).eval()


def test_vertices_land_where_the_library_puts_them(human, theirs, photo):
    from hmr2.utils.renderer import cam_crop_to_full

    focal = 5000.0 / 256 * 640
    camera = Camera(torch.tensor([focal, focal]), torch.tensor([320.0, 240.0]), (640, 480))
    found = human.estimate(photo, detections(), [None] * 3, camera)
    assert all(isinstance(one, HumanEstimate) for one in found)
    boxes = torch.stack([one.box_px for one in found])
    network = human._network
    images, sides = network._library.crops(network._config, photo, boxes)
    with torch.no_grad():
        out = theirs({"img": images})
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    sizes = torch.tensor([[640.0, 480.0]]).expand(3, 2)
    full = cam_crop_to_full(out["pred_cam"], middles, sides, sizes, focal)
    for row, one in enumerate(found):
        mesh = out["pred_vertices"][row] + full[row]
        uv = focal * mesh[:, :2] / mesh[:, 2:] + torch.tensor([320.0, 240.0])
        ours, _ = project(camera, human.body.pose(one.body).vertices)
        assert float((ours - uv).abs().max()) < 0.01


def test_sixteen_crops_a_batch_are_the_same_as_one_by_one(human, photo):
    box = torch.tensor([[200.0, 100.0, 300.0, 400.0]]) + torch.arange(17.0)[:, None]
    people = [Detection(b, "person", 0.9) for b in box]
    camera = Camera(torch.tensor([800.0, 800.0]), torch.tensor([320.0, 240.0]), (640, 480))
    sizes = []
    run = human._network.run
    human._network.run = lambda photo, boxes: (sizes.append(len(boxes)), run(photo, boxes))[1]
    try:
        together = human.estimate(photo, people, [None] * 17, camera)
    finally:
        human._network.run = run
    assert sizes == [16, 1]
    (alone,) = human.estimate(photo, people[:1], [None], camera)
    assert torch.allclose(together[0].body.pose, alone.body.pose, atol=1e-4)
    assert human.estimate(photo, [], [], camera) == []
    # the photo's camera, not the library's: nearer by the ratio of the focal lengths
    assert float(alone.body.cam_from_body.translation_m[2]) > 0
    assert alone.keypoints.names[10] == "left_foot_index"


def test_what_is_missing_is_told(checkpoint, tmp_path, photo, human):
    camera = Camera(torch.tensor([800.0, 800.0]), torch.tensor([320.0, 240.0]), (640, 480))
    with pytest.MonkeyPatch.context() as patch:
        np.savez(tmp_path / "SMPL_NEUTRAL.npz", **bodies.arrays("smpl"))
        patch.setenv("CHORUS_BODIES", str(tmp_path))
        gone = registry.make("human", f"hmr2:{tmp_path / 'gone' / 'x.ckpt'}")
        with pytest.raises(WeightsError, match="has no"):
            gone.estimate(photo, detections(), [None] * 3, camera)
        (tmp_path / "checkpoints").mkdir()
        other = tmp_path / "checkpoints" / "other.ckpt"
        torch.save({"state_dict": {"backbone.x": torch.zeros(2)}}, other)
        config = checkpoint.parent.parent / "model_config.yaml"
        (tmp_path / "model_config.yaml").write_text(config.read_text())
        with pytest.raises(WeightsError, match="not this network's weights"):
            registry.make("human", f"hmr2:{other}").estimate(photo, detections(), [None] * 3, camera)
