"""Segmenters of the transformers library: SAM 3 and SAM 2 (any noun), Mask2Former (COCO).

Selected by `--backend segmenter=sam3[:MODEL]` and so on, where MODEL is a folder or a hub repository.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from chorus_recon.backends.hub_models import load_pair, require
from chorus_recon.backends.segment.coco import NAMES, canonical
from chorus_recon.backends.segment.default import DefaultSegmenter
from chorus_recon.geometry.boxes import bounds, pairwise_iou
from chorus_recon.io import category_names
from chorus_recon.io.prior_files import bundled
from chorus_recon.types import Detection, Mask, Photo

LEAST_SCORE = 0.5
ASKED_SCORE = 0.3  # for a noun asked for, which is likely to be in the photo
SAME_IOU = 0.5  # least IoU at which a given box is identified with a detection
SAM2 = "facebook/sam2.1-hiera-large"
GROUNDING = "IDEA-Research/grounding-dino-tiny"
SAM_LICENCE = "SAM License (Meta; ask for access to the weights on the hub)"


class Sam3Segmenter:
    """Detection and segmentation of noun phrases by SAM 3 (Carion et al., 2025).

    Without a noun, it searches for people and for each category with a bundled prior.

    Args:
        argument: a folder or a hub repository.
        device: where the network runs.
    """

    name = "sam3"

    def __init__(self, argument: str = "", device: str = "cpu") -> None:
        require("The segmenter 'sam3'", torchvision=True)
        self._source, self._device = argument or "facebook/sam3", device
        self._loaded: tuple[Any, Any] | None = None
        self._seen: tuple[Photo, Any] | None = None
        self.licences = {self._source: SAM_LICENCE}

    def detect(self, photo: Photo, query: str | None = None) -> list[Detection]:
        """Detections with masks, best first."""
        if query is not None:
            return self._search(photo, category_names.words(query), ASKED_SCORE)
        nouns = ["person", *(category_names.words(name) for name in bundled())]
        found = [d for noun in nouns for d in self._search(photo, noun, LEAST_SCORE)]
        return sorted(found, key=lambda d: -d.score)

    def segment(self, photo: Photo, detections: Sequence[Detection]) -> list[Mask]:
        """The mask of each detection; for a box without a mask, that of the best match of its noun."""
        return [d.mask if d.mask is not None else self._mask_of_box(photo, d) for d in detections]

    def _mask_of_box(self, photo: Photo, thing: Detection) -> Mask:
        found = self._search(photo, thing.label, 0.05)
        if found:
            boxes = torch.stack([d.box_px for d in found])
            overlap = pairwise_iou(thing.box_px[None].float(), boxes)[0]
            best = found[int(overlap.argmax())]
            if float(overlap.max()) > SAME_IOU and best.mask is not None:
                return Mask(best.mask.alpha, thing.label, thing.score * best.score)
        return _empty_mask(photo, thing)

    def _search(self, photo: Photo, noun: str, least: float) -> list[Detection]:
        model, processor = self._loaded = self._loaded or load_pair(
            "Sam3Model", "Sam3Processor", self._source, self._device
        )
        picture = Image.fromarray(photo.rgb.numpy())
        with torch.no_grad():
            if self._seen is None or self._seen[0] is not photo:
                image = processor(images=picture, return_tensors="pt").to(self._device)
                self._seen = photo, (model.get_vision_features(pixel_values=image["pixel_values"]))
            words = processor(text=noun, return_tensors="pt").to(self._device)
            outputs = model(vision_embeds=self._seen[1], **words)
        width, height = photo.size_px
        found = processor.post_process_instance_segmentation(
            outputs, threshold=least, target_sizes=[(height, width)]
        )[0]
        masks, boxes, scores = (list(found[key]) for key in ("masks", "boxes", "scores"))
        return _detections(masks, boxes, scores, [noun] * len(scores))


class Sam2Segmenter:
    """Boxes from the default detector, or from Grounding DINO for nouns it does not know; masks from SAM 2.

    Ravi et al., SAM 2, 2024; Liu et al., Grounding DINO, ECCV 2024.

    Args:
        argument: folder or hub repository of SAM 2 and, after a comma, of Grounding DINO.
        device: where the networks run.
    """

    name = "sam2"

    def __init__(self, argument: str = "", device: str = "cpu") -> None:
        require("The segmenter 'sam2'", torchvision=True)
        source, _, grounding = argument.partition(",")
        self._source, self._device = source or SAM2, device
        self._grounding = grounding or GROUNDING
        self._loaded: tuple[Any, Any] | None = None
        self._grounder: tuple[Any, Any] | None = None
        self._detector = DefaultSegmenter()
        self.licences = {self._source: "Apache-2.0 (SAM 2)", **self._detector.licences}

    def detect(self, photo: Photo, query: str | None = None) -> list[Detection]:
        """Detections of the default detector, or of Grounding DINO for a noun outside COCO, best first."""
        if query is None or canonical(query) is not None:
            return self._detector.detect(photo, query)
        return self._search(photo, category_names.words(query))

    def _search(self, photo: Photo, noun: str) -> list[Detection]:
        model, processor = self._grounder = self._grounder or load_pair(
            "AutoModelForZeroShotObjectDetection", "AutoProcessor", self._grounding, self._device
        )
        self.licences[self._grounding] = "Apache-2.0 (Grounding DINO)"
        picture = Image.fromarray(photo.rgb.numpy())
        inputs = processor(images=picture, text=f"{noun.lower()}.", return_tensors="pt").to(self._device)
        with torch.no_grad():
            outputs = model(**inputs)
        width, height = photo.size_px
        found = processor.post_process_grounded_object_detection(
            outputs,
            inputs["input_ids"],
            threshold=ASKED_SCORE,
            text_threshold=0.0,
            target_sizes=[(height, width)],
        )[0]
        limit = torch.tensor([width, height, width, height], dtype=torch.float32)
        boxes = torch.minimum(found["boxes"].float().cpu().clamp_min(0), limit)
        made = [
            Detection(box, noun, float(score))
            for box, score in zip(boxes, found["scores"], strict=True)
            if bool((box[2:] > box[:2]).all())
        ]
        return sorted(made, key=lambda d: -d.score)

    def segment(self, photo: Photo, detections: Sequence[Detection]) -> list[Mask]:
        """One soft mask per box, in order."""
        if not detections:
            return []
        model, processor = self._loaded = self._loaded or load_pair(
            "Sam2Model", "Sam2Processor", self._source, self._device
        )
        boxes = [[d.box_px.tolist() for d in detections]]
        picture = Image.fromarray(photo.rgb.numpy())
        inputs = processor(images=picture, input_boxes=boxes, return_tensors="pt").to(self._device)
        with torch.no_grad():
            outputs = model(**inputs, multimask_output=False)
        logits = processor.post_process_masks(
            outputs.pred_masks.float().cpu(), inputs["original_sizes"].cpu(), binarize=False
        )[0][:, 0]
        quality = outputs.iou_scores.float().cpu()[0, :, 0].clamp(0, 1).tolist()
        return [
            Mask(torch.sigmoid(mask_logits), d.label, d.score * iou)
            for mask_logits, d, iou in zip(logits, detections, quality, strict=True)
        ]


class Mask2FormerSegmenter:
    """Detection and segmentation of COCO's classes by Mask2Former (Cheng et al., CVPR 2022).

    Args:
        argument: a folder or hub repository of a model for COCO instances.
        device: where the network runs.
    """

    name = "mask2former"

    def __init__(self, argument: str = "", device: str = "cpu") -> None:
        require("The segmenter 'mask2former'", torchvision=False)
        self._source = argument or "facebook/mask2former-swin-large-coco-instance"
        self._device = device
        self._loaded: tuple[Any, Any] | None = None
        self._seen: tuple[Photo, list[Detection]] | None = None
        self.licences = {self._source: "MIT (Mask2Former)"}

    def knows(self, noun: str) -> bool:
        """Whether it is one of COCO's classes, or a synonym."""
        return canonical(noun) is not None

    def detect(self, photo: Photo, query: str | None = None) -> list[Detection]:
        """Detections with masks, best first; a noun outside COCO's classes gives none."""
        found = self._run(photo)
        if query is None:
            return [d for d in found if d.score >= LEAST_SCORE]
        wanted, label = canonical(query), category_names.words(query)
        return [Detection(d.box_px, label, d.score, d.mask) for d in found if d.label == wanted]

    def segment(self, photo: Photo, detections: Sequence[Detection]) -> list[Mask]:
        """The mask of each detection; for a box without a mask, that of the instance it overlaps most."""
        return [d.mask if d.mask is not None else self._mask_of_box(photo, d) for d in detections]

    def _mask_of_box(self, photo: Photo, thing: Detection) -> Mask:
        alike = [d for d in self._run(photo) if d.label == canonical(thing.label)]
        if alike:
            overlap = pairwise_iou(thing.box_px[None].float(), torch.stack([d.box_px for d in alike]))[0]
            best = alike[int(overlap.argmax())]
            if float(overlap.max()) > SAME_IOU and best.mask is not None:
                return Mask(best.mask.alpha, thing.label, thing.score * best.score)
        return _empty_mask(photo, thing)

    def _run(self, photo: Photo) -> list[Detection]:
        if self._seen is not None and self._seen[0] is photo:
            return self._seen[1]
        model, processor = self._loaded = self._loaded or load_pair(
            "Mask2FormerForUniversalSegmentation", "AutoImageProcessor", self._source, self._device
        )
        inputs = processor(images=Image.fromarray(photo.rgb.numpy()), return_tensors="pt").to(self._device)
        with torch.no_grad():
            outputs = model(**inputs)
        width, height = photo.size_px
        found = processor.post_process_instance_segmentation(
            outputs, threshold=ASKED_SCORE, target_sizes=[(height, width)], return_binary_maps=True
        )[0]
        masks, rows = found["segmentation"], found["segments_info"]
        if masks is None:  # there are no detections
            masks, rows = [], []
        names = [_coco_name(model.config.id2label, int(row["label_id"])) for row in rows]
        kept = [k for k, row in enumerate(rows) if names[k] and bool(masks[row["id"]].any())]
        solid = [masks[rows[k]["id"]] > 0.5 for k in kept]
        boxes = [bounds(mask) for mask in solid]
        made = _detections(solid, boxes, [rows[k]["score"] for k in kept], [names[k] for k in kept])
        self._seen = photo, made
        return made


def _detections(
    masks: Sequence[Tensor], boxes: Sequence[Tensor], scores: Sequence[Any], labels: Sequence[str]
) -> list[Detection]:
    found = [
        Detection(box.float().cpu(), label, float(score), Mask(mask.float().cpu(), label, float(score)))
        for mask, box, score, label in zip(masks, boxes, scores, labels, strict=True)
    ]
    return sorted(found, key=lambda d: -d.score)


def _coco_name(labels: Mapping[int, str], number: int) -> str:
    """COCO name of a class. Models spell some names differently, but models of 80 classes share the order."""
    return NAMES[number] if len(labels) == len(NAMES) else canonical(labels[number]) or ""


def _empty_mask(photo: Photo, thing: Detection) -> Mask:
    width, height = photo.size_px
    return Mask(torch.zeros(height, width), thing.label, 0.0)
