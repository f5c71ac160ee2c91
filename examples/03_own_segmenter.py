"""Use your own segmenter: any object with these two methods can fill the backend slot."""

import sys
from collections.abc import Sequence
from dataclasses import replace

import torch

from chorus_recon import reconstruct
from chorus_recon.backends.registry import load
from chorus_recon.types import Detection, Mask, Photo


class Squares:
    """Wraps another segmenter and hands out boxes as masks: bad, but valid."""

    name = "squares"
    licences = {"squares": "Apache-2.0"}  # noqa: RUF012

    def __init__(self, detector) -> None:
        self.detector = detector

    def detect(self, photo: Photo, query: str | None = None) -> list[Detection]:
        return self.detector.detect(photo, query)

    def segment(self, photo: Photo, detections: Sequence[Detection]) -> list[Mask]:
        masks = []
        for seen in detections:
            alpha = torch.zeros(photo.rgb.shape[:2])
            x0, y0, x1, y1 = (int(v) for v in seen.box_px)
            alpha[y0:y1, x0:x1] = 1.0
            masks.append(Mask(alpha, seen.label, seen.score))
        return masks


def main(photo: str, category: str | None = None) -> None:
    backends = load()
    backends = replace(backends, segmenter=Squares(backends.segmenter))
    result = reconstruct(photo, category=category, backends=backends)
    print(result.category, f"{result.placements[0].probability:.0%}")


if __name__ == "__main__":
    main(*sys.argv[1:])
