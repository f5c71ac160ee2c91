"""The default segmenter: a photo in, boxes (PicoDet) and outlines (MobileSAM) of what is there out."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.segment.coco import NAMES, alike, canonical
from chorus_recon.backends.segment.mobile_sam import Embedding, MobileSam, at_photo_size
from chorus_recon.backends.segment.picodet import PicoDet
from chorus_recon.backends.segment.sam_decoder import BOTTOM_RIGHT, TOP_LEFT
from chorus_recon.geometry.boxes import padded
from chorus_recon.io import weights
from chorus_recon.types import Detection, Mask, Photo

LEAST_SCORE = 0.15  # who uses what is decided later, with the pose: keep doubtful boxes
ASKED_SCORE = 0.05  # somebody says it is there
ALIKE_DISCOUNT = 0.5
BOX_MARGIN = 0.06  # of the box's mean side: detectors cut thin ends off
BOX_MARGIN_PX = 3.0
SHARPNESS = 1.0  # alpha = sigmoid(SHARPNESS * logit)
BATCH = 4  # prompts decoded at once: more costs memory and saves no time


class DefaultSegmenter:
    """PicoDet and MobileSAM, loaded on first use; the photo last outlined keeps its embedding."""

    name = "picodet+mobilesam"

    def __init__(self) -> None:
        files = (weights.PICODET_GRAPH, weights.PICODET_PARAMS, weights.MOBILE_SAM)
        self.licences = {file.name: file.licence for file in files}
        self._detector: PicoDet | None = None
        self._outliner: MobileSam | None = None
        self._seen: tuple[Photo, Embedding] | None = None

    def detect(self, photo: Photo, query: str | None = None) -> list[Detection]:
        """Everything seen, best first, with COCO's names; or what may be a noun, labelled with it.

        A noun outside COCO's 80 classes (synonyms aside) finds nothing.
        """
        self._detector = self._detector or PicoDet()
        if query is None:
            return [
                Detection(row[2:], NAMES[int(row[0])], float(row[1]))
                for row in self._detector.boxes(photo.rgb, LEAST_SCORE)
            ]
        wanted = canonical(query)
        if wanted is None:
            return []
        label = query.replace("_", " ")
        others = alike(wanted)
        found = []
        for row in self._detector.boxes(photo.rgb, ASKED_SCORE, thorough=True):
            name, score = NAMES[int(row[0])], float(row[1])
            if name == wanted:
                found.append(Detection(row[2:], label, score))
            elif name in others:
                found.append(Detection(row[2:], label, score * ALIKE_DISCOUNT))
        return sorted(found, key=lambda d: -d.score)

    def segment(self, photo: Photo, detections: Sequence[Detection]) -> list[Mask]:
        """One soft outline a box, in order, at photo size; a box may come from anywhere."""
        if not detections:
            return []
        embedding = self._embedding(photo)
        masks: list[Mask] = []
        for start in range(0, len(detections), BATCH):
            batch = detections[start : start + BATCH]
            boxes = torch.stack([d.box_px.float() for d in batch])
            logits, quality = self._outline(embedding, boxes)
            alphas = (SHARPNESS * at_photo_size(logits, embedding)).sigmoid()
            alphas = alphas * _inside(padded(boxes, BOX_MARGIN, BOX_MARGIN_PX), embedding.size_px)
            masks += [
                Mask(alpha, d.label, d.score * float(q.clamp(0, 1)))
                for alpha, d, q in zip(alphas, batch, quality, strict=True)
            ]
        return masks

    def _outline(
        self, embedding: Embedding, boxes: Float[Tensor, "n 4"]
    ) -> tuple[Float[Tensor, "n 256 256"], Float[Tensor, " n"]]:
        assert self._outliner is not None  # there is an embedding, so it was loaded
        kinds = torch.tensor([[TOP_LEFT, BOTTOM_RIGHT]]).expand(len(boxes), -1).contiguous()
        logits, quality = self._outliner.decode(embedding, boxes.reshape(-1, 2, 2), kinds)
        best = quality.argmax(-1)
        rows = torch.arange(len(boxes))
        return logits[rows, best], quality[rows, best]

    def _embedding(self, photo: Photo) -> Embedding:
        if self._seen is None or self._seen[0] is not photo:
            self._outliner = self._outliner or MobileSam()
            self._seen = (photo, self._outliner.embed(photo.rgb))
        return self._seen[1]


def _inside(boxes_px: Float[Tensor, "n 4"], size_px: tuple[int, int]) -> Float[Tensor, "n h w"]:
    width, height = size_px
    u, v = torch.arange(width) + 0.5, torch.arange(height) + 0.5
    across = (u >= boxes_px[:, 0:1]) & (u <= boxes_px[:, 2:3])
    down = (v >= boxes_px[:, 1:2]) & (v <= boxes_px[:, 3:4])
    return (down[:, :, None] & across[:, None, :]).float()
