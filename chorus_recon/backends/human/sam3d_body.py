"""The SAM 3D Body (Meta) human estimator: MHR meshes, hands included, in the photo's camera.

The body is posed by the library; what carries priors to it is its skeleton, by joint names. Weights are under
the SAM License, and asked for on the hub. Yang et al., SAM 3D Body, 2025.
"""

# pyright: reportMissingImports=false

import contextlib
import importlib
import io
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends import torchvision_cpu
from chorus_recon.backends.body.mesh import MeshBody, RestState
from chorus_recon.errors import MissingBackend, WeightsError
from chorus_recon.geometry.camera import project
from chorus_recon.geometry.stature import JOINT_NAMES
from chorus_recon.io.checkpoints import read_state
from chorus_recon.io.fetch import is_offline
from chorus_recon.types import (
    Camera,
    Detection,
    HumanEstimate,
    Keypoints,
    Mask,
    Photo,
    Reason,
    Rejected,
)

INSTALL = (
    "git clone https://github.com/facebookresearch/sam-3d-body.git && pip install --no-deps yacs omegaconf "
    "antlr4-python3-runtime==4.9.3 einops timm opencv-python-headless pytorch-lightning torchmetrics "
    "lightning-utilities braceexpand && export PYTHONPATH=$PWD/sam-3d-body"
)
DEFAULT = "facebook/sam-3d-body-vith"  # the other, -dinov3, fetches its backbone's code when run
LICENCE = "SAM License (Meta; ask for access to the weights on the hub)"
# of MHR's 127 joints: whose rotation each of the 24 has, and whose mean position where that is another
_JOINTS = {
    "pelvis": 1, "left_hip": 2, "right_hip": 18, "spine1": 35, "left_knee": 3, "right_knee": 19, "spine2": 36,
    "left_ankle": 4, "right_ankle": 20, "spine3": 37, "left_foot": 8, "right_foot": 24, "neck": 110,
    "left_collar": 74, "right_collar": 38, "head": 113, "left_shoulder": 75, "right_shoulder": 39,
    "left_elbow": 76, "right_elbow": 40, "left_wrist": 78, "right_wrist": 42, "left_hand": 88,
    "right_hand": 52,
}  # fmt: skip
_BETWEEN = {"spine3": (36, 37)}  # the upper chest, below the last joint of MHR's spine
# of its 70 keypoints, those that other estimators have as well
_KEYPOINTS = {
    "nose": 0, "left_eye": 1, "right_eye": 2, "left_ear": 3, "right_ear": 4, "left_shoulder": 5,
    "right_shoulder": 6, "left_elbow": 7, "right_elbow": 8, "left_hip": 9, "right_hip": 10, "left_knee": 11,
    "right_knee": 12, "left_ankle": 13, "right_ankle": 14, "left_foot_index": 15, "left_heel": 17,
    "right_foot_index": 18, "right_heel": 20, "right_wrist": 41, "left_wrist": 62,
}  # fmt: skip
_FLIP = torch.tensor([1.0, -1.0, -1.0])  # its world has y up and looks along -z


class Sam3dBodyHuman:
    """Satisfies the HumanEstimator protocol; weights are read at once, since they hold the body.

    Args:
        argument: a folder with `model.ckpt`, `model_config.yaml` and `assets/mhr_model.pt`, or a repository
            of the hub.
        device: must be a CUDA device: the library moves its input to one.

    Raises:
        MissingBackend: the library or a CUDA device is missing.
        WeightsError: the weights are.
    """

    name = "sam3d_body"

    def __init__(self, argument: str = "", device: str = "cpu") -> None:
        torchvision_cpu.require("The human backend 'sam3d_body'")
        try:
            self._library: Any = importlib.import_module("sam_3d_body")
        except ImportError as error:
            raise MissingBackend(
                f"The human backend 'sam3d_body' needs SAM 3D Body ({error}).", INSTALL
            ) from error
        if not device.startswith("cuda"):
            raise MissingBackend(
                f"The human backend 'sam3d_body' runs on CUDA only; --device {device} was asked for.",
                "Pass --device cuda on a machine with a GPU, or use --backend human=hmr2.",
            )
        self._source, self._device = argument or DEFAULT, device
        self.licences = {self._source: LICENCE, "mhr": "Apache-2.0 (Meta, Momentum Human Rig)"}

    @cached_property
    def _estimator(self) -> Any:
        folder = _folder(self._source)
        for name in ("model.ckpt", "model_config.yaml", "assets/mhr_model.pt"):
            if not (folder / name).is_file():
                raise WeightsError(
                    f"The human backend 'sam3d_body' has no {folder / name}.",
                    f"Pass --backend human=sam3d_body:FOLDER with what huggingface.co/{DEFAULT} holds.",
                )
        architecture = importlib.import_module("sam_3d_body.models.meta_arch")
        with _quiet():
            read = importlib.import_module("sam_3d_body.utils.config").get_config
            config = read(str(folder / "model_config.yaml"))
            config.defrost()
            config.MODEL.MHR_HEAD.MHR_MODEL_PATH = str(folder / "assets" / "mhr_model.pt")
            config.freeze()
            model = architecture.SAM3DBody(config)
            _load(model, folder / "model.ckpt")
            model = model.to(self._device).eval()
            return self._library.SAM3DBodyEstimator(sam_3d_body_model=model, model_cfg=config)

    @cached_property
    def body(self) -> MeshBody:
        """MHR's mean person, with the skeleton that priors are carried to."""
        return MeshBody("mhr", "Apache-2.0 (Meta, Momentum Human Rig)", self._rest())

    def estimate(
        self,
        photo: Photo,
        people: Sequence[Detection],
        masks: Sequence[Mask | None],
        camera: Camera,
    ) -> list[HumanEstimate | Rejected]:
        """One mesh a box, in order, all in the given camera. Masks are not looked at."""
        if not people:
            return []
        intrinsics = torch.eye(3)
        intrinsics[0, 0], intrinsics[1, 1] = camera.focal_px
        intrinsics[:2, 2] = camera.center_px
        boxes = torch.stack([d.box_px.float() for d in people])
        with _quiet(), torch.no_grad():
            found = self._estimator.process_one_image(
                photo.rgb.numpy(), bboxes=boxes.numpy(), cam_int=intrinsics[None], inference_type="full"
            )
        return [
            self._told(row, camera, box, number)
            for number, (row, box) in enumerate(zip(found, boxes, strict=True))
        ]

    def _told(
        self, row: dict[str, Any], camera: Camera, box: Float[Tensor, " 4"], number: int
    ) -> HumanEstimate | Rejected:
        move = _real(row["pred_cam_t"])
        vertices = _real(row["pred_vertices"]) + move
        if not bool(torch.isfinite(vertices).all()) or float(vertices[:, 2].median()) <= 0:
            return Rejected(f"person {number}", Reason.NO_POSE, "no body in front of the camera")
        joints = _chosen(_real(row["pred_joint_coords"])) + move
        # positions come turned into the camera's axes, rotations do not
        turns = _FLIP[:, None] * _real(row["pred_global_rots"])[list(_JOINTS.values())]
        params = self.body.params_of(vertices, joints, turns, _real(row["shape_params"]))
        keypoints = _real(row["pred_keypoints_2d"])[list(_KEYPOINTS.values())]
        return HumanEstimate(
            params,
            camera,
            Keypoints(tuple(_KEYPOINTS), keypoints, _inside(keypoints, camera)),
            box,
            0.0,
            # the network says nothing of what it saw: inside the frame counts as seen
            _inside(project(camera, joints)[0], camera),
        )

    def _rest(self) -> RestState:
        """The mean person at rest, as the network's own rig has it."""
        head = self._estimator.model.head_pose
        zero = lambda *shape: torch.zeros(*shape, device=self._device)  # noqa: E731
        with _quiet(), torch.no_grad():
            vertices, joints, turns = head.mhr_forward(
                global_trans=zero(1, 3),
                global_rot=zero(1, 3),
                body_pose_params=zero(1, 133),
                hand_pose_params=None,
                scale_params=zero(1, 28),
                shape_params=zero(1, 45),
                expr_params=zero(1, 72),
                return_joint_coords=True,
                return_joint_rotations=True,
            )
        faces = torch.from_numpy(np.asarray(self._estimator.faces, np.int64))
        turns = _real(turns)[0][list(_JOINTS.values())]
        return RestState(_real(vertices)[0], faces, _chosen(_real(joints)[0]), turns)


def _load(model: Any, checkpoint: Path) -> None:
    """Put a checkpoint into the network; the body's own arrays come from its file instead."""
    absent = set(model.load_state_dict(read_state(checkpoint), strict=False).missing_keys)
    learned = [key for key, _ in model.named_parameters() if key in absent and ".mhr." not in f".{key}"]
    if learned:
        raise WeightsError(
            f"{checkpoint}: {len(learned)} of SAM 3D Body's weights are missing, such as {learned[0]}.",
            f"Fetch it again from huggingface.co/{DEFAULT}.",
        )


def _chosen(joints: Float[Tensor, "127 3"]) -> Float[Tensor, "24 3"]:
    return torch.stack([joints[list(_BETWEEN.get(name, (_JOINTS[name],)))].mean(0) for name in JOINT_NAMES])


def _inside(pixels: Float[Tensor, "n 2"], camera: Camera) -> Float[Tensor, " n"]:
    return ((pixels >= 0) & (pixels < torch.tensor(camera.size_px))).all(-1).float()


def _real(values: Any) -> Tensor:
    return torch.as_tensor(values).detach().float().cpu()


def _folder(source: str) -> Path:
    """Where the files are: a folder, or what the hub's repository was fetched to."""
    local = Path(source).expanduser()
    if local.is_dir():
        return local
    try:
        hub = importlib.import_module("huggingface_hub")
        return Path(hub.snapshot_download(repo_id=source, local_files_only=is_offline()))
    except (ImportError, OSError, ValueError) as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise WeightsError(
            f"{source}: SAM 3D Body's weights are not there ({first}).",
            f"Ask for access at huggingface.co/{DEFAULT}, then `hf auth login`; or pass a folder.",
        ) from error


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The library prints what it does."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield
