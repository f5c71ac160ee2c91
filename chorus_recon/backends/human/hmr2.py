"""The HMR 2.0 (4D-Humans) human estimator: SMPL bodies in the photo's camera.

The network's backbone and head are built by the library and read from its published checkpoint; the mesh
is posed by this package's SMPL body, so that no SMPL pickle is opened and no renderer is needed.
Goel et al., Humans in 4D: Reconstructing and Tracking Humans with Transformers, ICCV 2023.
"""

# pyright: reportMissingImports=false

import contextlib
import io
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends import torchvision_cpu
from chorus_recon.backends.body.smpl import JOINT_NAMES, Smpl, SmplBody
from chorus_recon.errors import MissingBackend, WeightsError
from chorus_recon.geometry.camera import project
from chorus_recon.io.body_files import body_folder
from chorus_recon.io.checkpoints import read_state
from chorus_recon.types import (
    BodyParams,
    Camera,
    Detection,
    HumanEstimate,
    Keypoints,
    Mask,
    Photo,
    Rejected,
    Rigid,
)

INSTALL = (
    "pip install --no-deps git+https://github.com/shubham-goel/4D-Humans.git && pip install --no-deps "
    "yacs einops timm pytorch-lightning torchmetrics lightning-utilities webdataset braceexpand "
    "opencv-python-headless pandas"
)
CACHE = Path("~/.cache/4DHumans")
CHECKPOINT = CACHE / "logs/train/multiruns/hmr2/0/checkpoints/epoch=35-step=1000000.ckpt"
ARCHIVE = "https://people.eecs.berkeley.edu/~jathushan/projects/4dhumans/hmr2_data.tar.gz"
CROP_PX = 256
TRAINED_FOCAL_PX = 5000.0  # of a crop's camera
BATCH = 16
_LEAST_BOX_PX = 20.0


class Hmr2Human:
    """Satisfies the HumanEstimator protocol; the network is read when first used.

    Args:
        argument: the checkpoint; `model_config.yaml` lies two folders above it, as published.
        device: where the network runs.
        smpl: the body it poses; by default that of the converted file, or of the library's own cache folder.

    Raises:
        MissingBackend: the library, or the SMPL model file, is missing.
    """

    name = "hmr2"

    def __init__(self, argument: str = "", device: str = "cpu", smpl: SmplBody | None = None) -> None:
        self._library = _load_library()
        self._checkpoint = Path(argument).expanduser() if argument else CHECKPOINT.expanduser()
        self._device = torch.device(device)
        self._network: _Network | None = None
        theirs = (CACHE / "data/smpl/SMPL_NEUTRAL.pkl").expanduser()
        ours = body_folder() / "SMPL_NEUTRAL.npz"
        self.body: SmplBody = smpl or Smpl(str(theirs) if theirs.is_file() and not ours.is_file() else "")
        self.licences = {"HMR2 checkpoint": "MIT (4D-Humans)", "smpl": self.body.licence}

    def estimate(
        self,
        photo: Photo,
        people: Sequence[Detection],
        masks: Sequence[Mask | None],
        camera: Camera,
    ) -> list[HumanEstimate | Rejected]:
        """One body a box, in order, all in the given camera. Masks are not looked at."""
        if not people:
            return []
        network = self._network = self._network or _Network(self._library, self._checkpoint, self._device)
        # what the network cannot use is still given a result: a tiny box gets a rough one
        boxes = torch.stack([_at_least(d.box_px.float(), _LEAST_BOX_PX) for d in people])
        out: list[HumanEstimate | Rejected] = []
        for start in range(0, len(boxes), BATCH):
            some = boxes[start : start + BATCH]
            turns, shapes, crops, sides = network.run(photo, some)
            for row, box in enumerate(some):
                params = self._params(turns[row], shapes[row], crops[row], box, float(sides[row]), camera)
                out.append(self._told(params, camera, box))
        return out

    def _params(
        self,
        turns: Float[Tensor, "24 3 3"],
        shape: Float[Tensor, " 10"],
        crop: Float[Tensor, " 3"],
        box: Float[Tensor, " 4"],
        side: float,
        camera: Camera,
    ) -> BodyParams:
        """Parameters with the root's rotation taken out, its pelvis joint at the origin."""
        middle = (box[:2] + box[2:]) / 2
        place = full_translation(crop, middle, side, camera)
        pose = turns.clone()
        pose[0] = torch.eye(3)
        # the library turns the body about its pelvis where it stands, and then moves it
        return BodyParams("smpl", shape, pose, Rigid(turns[0], place + self.body.pelvis(shape)))

    def _told(self, params: BodyParams, camera: Camera, box: Float[Tensor, " 4"]) -> HumanEstimate:
        joints, front = project(camera, self.body.pose(params).joints)
        width, height = camera.size_px
        inside = (joints >= 0).all(-1) & (joints[:, 0] < width) & (joints[:, 1] < height) & front
        names = tuple(f"{n}_index" if n.endswith("_foot") else n for n in JOINT_NAMES)
        # the network says nothing of what it saw: inside the frame counts as seen
        seen = inside.float()
        return HumanEstimate(params, camera, Keypoints(names, joints, seen), box, 0.0, seen)


def full_translation(
    crop: Float[Tensor, " 3"], middle_px: Float[Tensor, " 2"], side_px: float, camera: Camera
) -> Float[Tensor, " 3"]:
    """Where a crop's weak-perspective camera (s, tx, ty) puts the body in the photo's camera, metres."""
    size = float(crop[0]) * side_px + 1e-9
    across = 2.0 * (middle_px - camera.center_px) / size + crop[1:]
    return torch.cat([across, 2.0 * camera.focal_px.mean()[None] / size])


class _Network:
    """Backbone and head, as published."""

    def __init__(self, library: "_Library", checkpoint: Path, device: torch.device) -> None:
        config_file = checkpoint.parent.parent / "model_config.yaml"
        for path in (checkpoint, config_file):
            if not path.is_file():
                raise WeightsError(
                    f"The human backend 'hmr2' has no {path}.",
                    f"Unpack {ARCHIVE} in {CACHE.expanduser()}, or pass --backend human=hmr2:CHECKPOINT.",
                )
        config = library.config(config_file)
        backbone, head = library.build(config)
        state = read_state(checkpoint)
        for part, prefix in ((backbone, "backbone."), (head, "smpl_head.")):
            mine = {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
            try:
                part.load_state_dict(mine)
            except RuntimeError as error:
                first = str(error).splitlines()[1 if "\n" in str(error) else 0].strip()
                raise WeightsError(
                    f"{checkpoint}: not this network's weights ({first}).", f"Unpack {ARCHIVE} again."
                ) from error
        for part in (backbone, head):
            part.to(device)
            part.eval()
        self._backbone, self._head = backbone, head
        self._library, self._config, self._device = library, config, device

    def run(self, photo: Photo, boxes: Float[Tensor, "b 4"]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Rotations [b 24 3 3], shapes [b 10], crop cameras (s, tx, ty) [b 3], crops' sides in px [b]."""
        images, sides = self._library.crops(self._config, photo, boxes)
        with torch.no_grad():
            features = self._backbone(images.to(self._device)[:, :, :, 32:-32])
            params, crop, _ = self._head(features)
        count = len(boxes)
        turns = torch.cat([params[key].reshape(count, -1, 3, 3) for key in ("global_orient", "body_pose")], 1)
        return turns.cpu().float(), params["betas"].cpu().float(), crop.cpu().float(), sides


@dataclass(frozen=True, slots=True)
class _Library:
    """What is used of the hmr2 package."""

    create_backbone: Callable[[Any], Any]
    build_smpl_head: Callable[[Any], Any]
    get_config: Callable[..., Any]
    dataset: Callable[..., Any]

    def config(self, path: Path) -> Any:
        """The published settings; files they name are looked for in the cache folder."""
        config = self.get_config(str(path), update_cachedir=True)
        config.defrost()
        if "BBOX_SHAPE" not in config.MODEL:
            config.MODEL.BBOX_SHAPE = [192, 256]
        config.MODEL.BACKBONE.pop("PRETRAINED_WEIGHTS", None)  # of training; the checkpoint has them all
        config.freeze()
        mean = Path(config.SMPL.MEAN_PARAMS)
        if not mean.is_file():
            raise WeightsError(
                f"The human backend 'hmr2' has no {mean}.", f"Unpack {ARCHIVE} in {CACHE.expanduser()}."
            )
        return config

    def build(self, config: Any) -> tuple[Any, Any]:
        """The backbone and the head, without weights."""
        return self.create_backbone(config), self.build_smpl_head(config)

    def crops(
        self, config: Any, photo: Photo, boxes: Float[Tensor, "b 4"]
    ) -> tuple[Float[Tensor, "b 3 s s"], Float[Tensor, " b"]]:
        """Normalised square crops about the boxes, and their sides in photo pixels."""
        bgr = np.ascontiguousarray(photo.rgb.numpy()[:, :, ::-1])
        with contextlib.redirect_stdout(io.StringIO()):  # the library prints each crop's factor
            dataset = self.dataset(config, bgr, boxes.numpy())
            rows = [dataset[k] for k in range(len(boxes))]
        images = torch.from_numpy(np.stack([row["img"] for row in rows])).float()
        return images, torch.tensor([float(row["box_size"]) for row in rows])


def _load_library() -> _Library:
    torchvision_cpu.require("The human backend 'hmr2'")
    absent = "pyrender" not in sys.modules
    if absent:  # imported by the library for pictures that are never drawn here
        stand_in = ModuleType("pyrender")
        stand_in.Node = object  # pyright: ignore[reportAttributeAccessIssue]
        sys.modules["pyrender"] = stand_in
    try:
        from hmr2.configs import get_config
        from hmr2.datasets.vitdet_dataset import ViTDetDataset
        from hmr2.models.backbones import create_backbone
        from hmr2.models.heads import build_smpl_head
    except ImportError as error:
        raise MissingBackend(f"The human backend 'hmr2' needs 4D-Humans ({error}).", INSTALL) from error
    finally:
        if absent:
            del sys.modules["pyrender"]
    return _Library(create_backbone, build_smpl_head, get_config, ViTDetDataset)


def _at_least(box: Float[Tensor, " 4"], side_px: float) -> Float[Tensor, " 4"]:
    middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]).clamp_min(side_px) / 2
    return torch.cat([middle - half, middle + half])
