"""A segmenter from another package: boxes of the default detector, handed out as masks."""

from collections.abc import Sequence

import torch

from chorus_recon.backends.registry import make
from chorus_recon.types import Detection, Mask, Photo


class WholeBox:
    """Satisfies chorus_recon's Segmenter protocol; `argument` is what stands after the name's colon."""

    name = "whole_box"

    def __init__(self, argument: str = "default") -> None:
        self._detector = make("segmenter", argument)
        self.licences = {"whole_box": "Apache-2.0", **self._detector.licences}

    def detect(self, photo: Photo, query: str | None = None) -> list[Detection]:
        """What the detector sees."""
        return self._detector.detect(photo, query)

    def segment(self, photo: Photo, detections: Sequence[Detection]) -> list[Mask]:
        """The inside of each box."""
        masks = []
        for seen in detections:
            alpha = torch.zeros(photo.rgb.shape[:2])
            x0, y0, x1, y1 = (max(0, int(v)) for v in seen.box_px)
            alpha[y0:y1, x0:x1] = 1.0
            masks.append(Mask(alpha, seen.label, seen.score))
        return masks
