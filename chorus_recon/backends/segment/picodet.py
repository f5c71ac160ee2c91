"""PicoDet: labelled boxes in the whole photo and in crops around people."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn import functional

from chorus_recon.backends.openvino_runtime import compile_cpu
from chorus_recon.backends.segment.coco import NAMES
from chorus_recon.geometry.boxes import grown, overlap_share, pairwise_iou
from chorus_recon.io import fetch, weights

INPUT_PX = 416
MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)
CLOSE_LOOKS = 2  # number of crops around people; each costs as much as the whole photo
CLOSE_SCORE = 0.4
CLOSE_MARGIN = 0.25  # margin on each side, as a share of the person's longer side
CLOSE_SHARE = 0.7  # crops larger than this share of the photo are skipped
BORDER_PX = 4.0
SAME_IOU = 0.6
FUSE_IOU = 0.75

PERSON = NAMES.index("person")

# Columns: class, score, x0, y0, x1, y1 (photo pixels).
Rows = Float[Tensor, "n 6"]


class PicoDet:
    """The compiled detector."""

    def __init__(self) -> None:
        fetch.ensure(weights.PICODET_PARAMS.name)  # OpenVINO finds it beside the graph
        self._network = compile_cpu(fetch.ensure(weights.PICODET_GRAPH.name))

    def boxes(
        self, rgb: UInt8[Tensor, "h w 3"], least_score: float, thorough: bool = False
    ) -> Float[Tensor, "m 6"]:
        """Merged boxes, best first.

        The network's input is 416 px, so small things are searched for in crops around the largest people,
        and with `thorough` also in four overlapping quarters.
        """
        height, width = rgb.shape[:2]
        found = [self._detect(rgb)]
        windows = _close_windows(found[0], width, height)
        if thorough:
            windows += _quarters(width, height)
        found += [self._detect_in(rgb, window) for window in windows]
        rows = torch.cat(found)
        return merged(rows[rows[:, 1] >= least_score])

    def _detect(self, rgb: UInt8[Tensor, "h w 3"]) -> Rows:
        height, width = rgb.shape[:2]
        pixels = rgb.permute(2, 0, 1)[None].float()
        small = functional.interpolate(pixels, (INPUT_PX, INPUT_PX), mode="bilinear", antialias=True)
        unit = (small / 255 - torch.tensor(MEAN)[:, None, None]) / torch.tensor(DEVIATION)[:, None, None]
        factor = torch.tensor([[INPUT_PX / height, INPUT_PX / width]])
        result = self._network({"image": unit.numpy(), "scale_factor": factor.numpy()})
        rows = torch.from_numpy(result[0].copy())
        limit = torch.tensor([width, height, width, height], dtype=rows.dtype)
        rows[:, 2:] = torch.minimum(rows[:, 2:].clamp_min(0), limit)
        return rows[((rows[:, 4:] - rows[:, 2:4]) > 1).all(-1)]

    def _detect_in(self, rgb: UInt8[Tensor, "h w 3"], window: tuple[int, int, int, int]) -> Rows:
        x0, y0, x1, y1 = window
        rows = self._detect(rgb[y0:y1, x0:x1].contiguous())
        height, width = rgb.shape[:2]
        # Boxes at the crop's edge are truncated; the whole photo has the complete boxes.
        cut = (rows[:, 2] < BORDER_PX) & (x0 > 0)
        cut |= (rows[:, 3] < BORDER_PX) & (y0 > 0)
        cut |= (rows[:, 4] > x1 - x0 - BORDER_PX) & (x1 < width)
        cut |= (rows[:, 5] > y1 - y0 - BORDER_PX) & (y1 < height)
        rows[:, 2:] += torch.tensor([x0, y0, x0, y0])
        return rows[~cut]


def merged(rows: Rows) -> Float[Tensor, "m 6"]:
    """Merge boxes of a class that show the same thing; the result is sorted best first.

    The best box of a group keeps its score; its sides become the score-weighted mean of similar boxes.
    """
    rows = rows[rows[:, 1].argsort(descending=True, stable=True)]
    iou = pairwise_iou(rows[:, 2:], rows[:, 2:])
    inside = overlap_share(rows[:, 2:], rows[:, 2:]).T  # [i, j]: the share of box j that box i covers
    alike = rows[:, None, 0] == rows[None, :, 0]
    # The box of a part lies inside the box of the whole; a child in front of an adult overlaps far less.
    same = alike & ((iou > SAME_IOU) | ((inside > 0.9) & (iou > 0.35)))
    left = torch.ones(len(rows), dtype=torch.bool)
    kept = []
    for i in range(len(rows)):
        if not left[i]:
            continue
        close = left & alike[i] & (iou[i] > FUSE_IOU)
        share = rows[close, 1:2] ** 2
        box = (share * rows[close, 2:]).sum(0) / share.sum()
        kept.append(torch.cat([rows[i, :2], box]))
        left &= ~same[i]
    return torch.stack(kept) if kept else rows


def _close_windows(rows: Rows, width: int, height: int) -> list[tuple[int, int, int, int]]:
    people = rows[(rows[:, 0] == PERSON) & (rows[:, 1] >= CLOSE_SCORE)]
    largest = (people[:, 4:] - people[:, 2:4]).prod(-1).argsort(descending=True)[:CLOSE_LOOKS]
    windows = [_whole_pixels(grown(people[i, 2:], CLOSE_MARGIN), width, height) for i in largest]
    return [w for w in windows if (w[2] - w[0]) * (w[3] - w[1]) < CLOSE_SHARE * width * height]


def _quarters(width: int, height: int) -> list[tuple[int, int, int, int]]:
    across, down = round(0.6 * width), round(0.6 * height)
    return [(x, y, x + across, y + down) for x in (0, width - across) for y in (0, height - down)]


def _whole_pixels(box: Sequence[float] | Tensor, width: int, height: int) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = (round(float(v)) for v in box)
    return max(0, x0), max(0, y0), min(width, x1), min(height, y1)
