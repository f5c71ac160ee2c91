"""Detectron2: PointRend for COCO's classes, and Mask R-CNN with LVIS's classes for other nouns.

The folder given (or `detectron2` in the cache folder) must contain the files of Detectron2's model zoo:
`model_final_edd263.pkl` (PointRend R50-FPN 3x) and, for nouns outside COCO, `model_final_5e3439.pkl`
(Mask R-CNN X-101-FPN, LVIS v0.5). Only arrays are unpickled from them.
"""

# pyright: reportMissingImports=false

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool
from PIL import Image
from torch import Tensor

from chorus_recon.backends import torchvision_cpu
from chorus_recon.backends.segment.coco import NAMES, canonical
from chorus_recon.errors import MissingBackend, WeightsError
from chorus_recon.geometry.boxes import pairwise_iou
from chorus_recon.io import array_pickle, category_names
from chorus_recon.io.fetch import cache_dir
from chorus_recon.types import Detection, Mask, Photo

INSTALL = (
    "pip install 'setuptools<81' wheel && "
    "pip install --no-build-isolation git+https://github.com/facebookresearch/detectron2.git"
)
COCO_FILE = "model_final_edd263.pkl"
LVIS_FILE = "model_final_5e3439.pkl"
_ZOO = "https://dl.fbaipublicfiles.com/detectron2"
URLS = {
    COCO_FILE: f"{_ZOO}/PointRend/InstanceSegmentation/pointrend_rcnn_R_50_FPN_3x_coco/164955410/{COCO_FILE}",
    LVIS_FILE: f"{_ZOO}/LVISv0.5-InstanceSegmentation/mask_rcnn_X_101_32x8d_FPN_1x/144219108/{LVIS_FILE}",
}
LEAST_SCORE = 0.8  # CHORUS
ASKED_SCORE = 0.3  # for a noun asked for, which is likely to be in the photo
SHORT_SIDE_PX, LONG_SIDE_PX = 800, 1333  # as both networks were trained


@dataclass(frozen=True, slots=True)
class _Network:
    """A model and the nouns of its classes."""

    model: Any
    names: tuple[str, ...]


class Detectron2Segmenter:
    """Detection and segmentation with Detectron2; networks are read when first used.

    Args:
        argument: the folder of the model files.
        device: where the networks run.

    Raises:
        MissingBackend: detectron2 or torchvision is not installed.
    """

    name = "detectron2"

    def __init__(self, argument: str = "", device: str = "cpu") -> None:
        torchvision_cpu.require("The segmenter 'detectron2'")
        # Detectron2 uses a name that Pillow removed
        Image.LINEAR = Image.Resampling.BILINEAR  # pyright: ignore[reportAttributeAccessIssue]
        try:
            import detectron2  # noqa: F401
        except ImportError as error:
            raise MissingBackend(
                f"The segmenter 'detectron2' needs detectron2 ({error}).", INSTALL
            ) from error
        self._folder = Path(argument).expanduser() if argument else cache_dir() / "detectron2"
        self._device = device
        self._networks: dict[str, _Network] = {}
        self._seen: tuple[Photo, list[Detection]] | None = None
        self.licences = {file: "Apache-2.0 (Detectron2 model zoo)" for file in URLS}

    def knows(self, noun: str) -> bool:
        """Whether the noun is a class of COCO or LVIS."""
        return canonical(noun) is not None or category_names.words(noun).lower() in lvis_names()

    def detect(self, photo: Photo, query: str | None = None) -> list[Detection]:
        """COCO detections with masks, best first; with `query` those of a noun, from LVIS if needed."""
        if query is None:
            return [d for d in self._coco(photo) if d.score >= LEAST_SCORE]
        wanted = canonical(query)
        label = category_names.words(query)
        if wanted is not None:
            found = [d for d in self._coco(photo) if d.label == wanted]
            return [Detection(d.box_px, label, d.score, d.mask) for d in found]
        network = self._network(LVIS_FILE)
        known = {category_names.words(name).lower() for name in network.names}
        if label.lower() not in known:
            return []
        found = self._run(photo, network)
        return [d for d in found if d.label == label.lower() and d.score >= ASKED_SCORE]

    def segment(self, photo: Photo, detections: Sequence[Detection]) -> list[Mask]:
        """The mask of each detection; for a box without a mask, that of the mask head."""
        return [d.mask if d.mask is not None else self._mask_of_box(photo, d) for d in detections]

    def _coco(self, photo: Photo) -> list[Detection]:
        if self._seen is None or self._seen[0] is not photo:
            self._seen = photo, self._run(photo, self._network(COCO_FILE))
        return self._seen[1]

    def _run(self, photo: Photo, network: _Network) -> list[Detection]:
        with torch.no_grad():
            found = network.model([self._input(photo)])[0]["instances"].to("cpu")
        scores, kinds = found.scores.tolist(), found.pred_classes.tolist()
        rows = zip(found.pred_boxes.tensor, scores, kinds, found.pred_masks, strict=True)
        made = [_detection(box, network.names[kind], score, mask) for box, score, kind, mask in rows]
        return sorted((d for d in made if d.score >= ASKED_SCORE), key=lambda d: -d.score)

    def _mask_of_box(self, photo: Photo, thing: Detection) -> Mask:
        """The mask head's mask for a box of a COCO class; else that of the detection that overlaps most."""
        width, height = photo.size_px
        kind = canonical(thing.label)
        if kind is None:
            near = [d for d in self._coco(photo) if d.label != "person"]
            shared = [float(pairwise_iou(d.box_px[None], thing.box_px[None].float())[0, 0]) for d in near]
            if shared and max(shared) > 0.3:
                best = near[shared.index(max(shared))].mask
                if best is not None:
                    return Mask(best.alpha, thing.label, thing.score * max(shared))
            return Mask(torch.zeros(height, width), thing.label, 0.0)
        from detectron2.modeling.postprocessing import detector_postprocess
        from detectron2.structures import Boxes, Instances

        network = self._network(COCO_FILE)
        given = self._input(photo)
        rows, columns = given["image"].shape[1:]
        box = thing.box_px.float() * torch.tensor([columns / width, rows / height]).repeat(2)
        asked = Instances((rows, columns))
        asked.pred_boxes = Boxes(box[None].to(self._device))
        asked.pred_classes = torch.tensor([NAMES.index(kind)], device=self._device)
        asked.scores = torch.ones(1, device=self._device)
        with torch.no_grad():
            made = network.model.inference([given], [asked], do_postprocess=False)[0]
        mask = detector_postprocess(made, height, width).pred_masks.cpu()
        alpha = mask[0].float() if len(mask) else torch.zeros(height, width)
        return Mask(alpha, thing.label, thing.score)

    def _input(self, photo: Photo) -> dict[str, Any]:
        """The networks' input: BGR, short side 800 px, but long side at most 1333 px."""
        width, height = photo.size_px
        scale = min(SHORT_SIDE_PX / min(width, height), LONG_SIDE_PX / max(width, height))
        size = (int(width * scale + 0.5), int(height * scale + 0.5))
        resized = Image.fromarray(photo.rgb.numpy()).resize(size, Image.Resampling.BILINEAR)
        pixels = np.ascontiguousarray(np.asarray(resized)[:, :, ::-1].transpose(2, 0, 1))
        return {"image": torch.from_numpy(pixels.astype(np.float32)), "height": height, "width": width}

    def _network(self, file: str) -> _Network:
        if file not in self._networks:
            path = self._folder / file
            if not path.is_file():
                raise WeightsError(
                    f"The segmenter 'detectron2' has no {path}.", f"Put it there from {URLS[file]}"
                )
            model = point_rend(self._device) if file == COCO_FILE else mask_rcnn_lvis(self._device)
            load_checkpoint(model, array_pickle.read(path), str(path))
            names = NAMES if file == COCO_FILE else lvis_names()
            self._networks[file] = _Network(model, names)
        return self._networks[file]


def point_rend(device: str) -> Any:
    """PointRend R50-FPN for COCO's 80 classes, without weights."""
    from detectron2.projects.point_rend import add_pointrend_config

    config = _config("COCO-InstanceSegmentation/mask_rcnn_R_50_FPN_3x.yaml", device, add_pointrend_config)
    head = config.MODEL.ROI_MASK_HEAD
    head.NAME, head.POOLER_TYPE = "PointRendMaskHead", ""
    head.FC_DIM, head.NUM_FC, head.OUTPUT_SIDE_RESOLUTION = 1024, 2, 7
    head.IN_FEATURES, head.POINT_HEAD_ON = ["p2"], True
    points = config.MODEL.POINT_HEAD
    points.FC_DIM, points.NUM_FC, points.IN_FEATURES = 256, 3, ["p2"]
    points.NUM_CLASSES = config.MODEL.ROI_HEADS.NUM_CLASSES
    return _built(config)


def mask_rcnn_lvis(device: str) -> Any:
    """Mask R-CNN X-101-32x8d-FPN for LVIS v0.5's classes, without weights."""
    return _built(_config("LVISv0.5-InstanceSegmentation/mask_rcnn_X_101_32x8d_FPN_1x.yaml", device))


def lvis_names() -> tuple[str, ...]:
    """LVIS v0.5's nouns in the order of the network's classes."""
    from detectron2.data.datasets.lvis import get_lvis_instances_meta

    nouns = get_lvis_instances_meta("lvis_v0.5_train")["thing_classes"]
    return tuple(category_names.words(noun).lower() for noun in nouns)


def load_checkpoint(model: Any, arrays: Mapping[str, np.ndarray], where: str) -> None:
    """Load a checkpoint's arrays (named "model/..." or without the prefix) into a network.

    Raises:
        WeightsError: the checkpoint is of another network.
    """
    inner = {key.removeprefix("model/"): value for key, value in arrays.items() if key.startswith("model/")}
    state = {key: torch.from_numpy(np.ascontiguousarray(v)) for key, v in (inner or dict(arrays)).items()}
    try:
        missing, _ = model.load_state_dict(state, strict=False)
    except RuntimeError as error:
        raise WeightsError(
            f"{where}: weights of another network ({error}).", "Fetch this file again."
        ) from error
    # buffers that are not parameters (anchors, pixel means) are rebuilt
    learned = ("backbone.", "roi_heads.", "proposal_generator.rpn_head.")
    absent = [key for key in missing if key.startswith(learned)]
    if absent:
        raise WeightsError(
            f"{where}: {len(absent)} of the network's weights are missing, such as {absent[0]}.",
            "Fetch this file again.",
        )


def _config(file: str, device: str, extend: Any = None) -> Any:
    import detectron2
    from detectron2.config import get_cfg

    config = get_cfg()
    if extend is not None:
        extend(config)
    # the model zoo's own lookup needs a module that setuptools removed
    config.merge_from_file(str(Path(detectron2.__file__).parent / "model_zoo" / "configs" / file))
    config.MODEL.DEVICE, config.MODEL.WEIGHTS = device, ""
    config.MODEL.ROI_HEADS.SCORE_THRESH_TEST = ASKED_SCORE
    if device == "cpu":
        # without compiled kernels an adaptive ratio is slow and takes hundreds of gigabytes for large boxes
        config.MODEL.ROI_BOX_HEAD.POOLER_SAMPLING_RATIO = config.MODEL.ROI_MASK_HEAD.POOLER_SAMPLING_RATIO = 2
    return config


def _built(config: Any) -> Any:
    from detectron2.modeling import build_model

    return build_model(config).eval()


def _detection(box: Tensor, name: str, score: float, mask: Bool[Tensor, "h w"]) -> Detection:
    return Detection(box.float(), name, score, Mask(mask.float(), name, score))
