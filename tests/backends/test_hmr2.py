"""HMR 2.0 for real, at full size, with random weights and a body of our own making."""

from pathlib import Path

import numpy as np
import pytest
import torch

from chorus_recon.backends import registry
from chorus_recon.errors import MissingBackend, WeightsError
from chorus_recon.geometry.camera import project
from chorus_recon.types import Camera, Detection, HumanEstimate, Photo
from tests import bodies

# the warnings are the library's own
pytestmark = [pytest.mark.named_stack, pytest.mark.filterwarnings("ignore")]

CONFIG = """
MODEL:
  IMAGE_SIZE: 256
  IMAGE_MEAN: [0.485, 0.456, 0.406]
  IMAGE_STD: [0.229, 0.224, 0.225]
  BACKBONE: {{TYPE: vit}}
  SMPL_HEAD:
    TYPE: transformer_decoder
    IN_CHANNELS: 2048
    TRANSFORMER_DECODER: {{depth: 6, heads: 8, mlp_dim: 1024, dim_head: 64, dropout: 0.0, emb_dropout: 0.0,
      norm: layer, context_dim: 1280}}
SMPL:
  {{MODEL_PATH: smpl, GENDER: neutral, NUM_BODY_JOINTS: 23, JOINT_REGRESSOR_EXTRA: x.pkl,
    MEAN_PARAMS: {mean}}}
EXTRA: {{FOCAL_LENGTH: 5000}}
LOSS_WEIGHTS: {{ADVERSARIAL: 0.0}}
"""


@pytest.fixture(scope="module")
def library():
    from chorus_recon.backends.human import hmr2

    try:
        return hmr2._load_library()
    except MissingBackend as error:
        pytest.skip(f"{error.message} {error.hint}")


@pytest.fixture(scope="module")
def checkpoint(library, tmp_path_factory):
    """A checkpoint laid out as published, settings object and all."""
    root = tmp_path_factory.mktemp("hmr2")
    mean = root / "smpl_mean_params.npz"
    upright = np.tile(np.array([1, 0, 0, 1, 0, 0], np.float32), 24)
    np.savez(mean, pose=upright, shape=np.zeros(10, np.float32), cam=np.array([0.9, 0, 0], np.float32))
    (root / "checkpoints").mkdir()
    (root / "model_config.yaml").write_text(CONFIG.format(mean=mean))
    torch.manual_seed(0)
    config = library.config(root / "model_config.yaml")
    parts = dict(zip(("backbone", "smpl_head"), library.build(config), strict=True))
    for layer in ("decpose", "decshape", "deccam"):  # stay near the mean person, in front of the camera
        getattr(parts["smpl_head"], layer).weight.data.mul_(0.02)
    state = {f"{name}.{k}": v for name, part in parts.items() for k, v in part.state_dict().items()}
    path = root / "checkpoints" / "last.ckpt"
    torch.save({"state_dict": state, "hyper_parameters": {"cfg": config}, "epoch": 35}, path)
    yield path
    path.unlink()


@pytest.fixture(scope="module")
def human(checkpoint, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bodies")
    arrays = bodies.arrays("smpl")
    np.savez(folder / "SMPL_NEUTRAL.npz", **arrays)
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


def test_vertices_land_where_the_library_puts_them(human, photo, library):
    from hmr2.utils.renderer import cam_crop_to_full

    focal = 5000.0 / 256 * 640
    camera = Camera(torch.tensor([focal, focal]), torch.tensor([320.0, 240.0]), (640, 480))
    found = human.estimate(photo, detections(), [None] * 3, camera)
    assert all(isinstance(one, HumanEstimate) for one in found)
    boxes = torch.stack([one.box_px for one in found])
    turns, shapes, crops, sides = human._network.run(photo, boxes)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    full = cam_crop_to_full(crops, middles, sides, torch.tensor([[640.0, 480.0]]).expand(3, 2), focal)
    for row, one in enumerate(found):
        # the library's own vertices: posed about the pelvis where the file has it, then moved
        still = human.body.pelvis(shapes[row])
        posed, _, _ = human.body._skin(
            torch.cat([torch.eye(3)[None], turns[row, 1:]]), _padded(shapes[row], human.body.num_shape)
        )
        theirs = posed @ turns[row, 0].mT + still + full[row]
        uv = focal * theirs[:, :2] / theirs[:, 2:] + torch.tensor([320.0, 240.0])
        ours, _ = project(camera, human.body.pose(one.body).vertices)
        assert float((ours - uv).abs().max()) < 0.01


def _padded(shape, count):
    out = torch.zeros(count)
    out[: min(count, len(shape))] = shape[:count]
    return out


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
