"""The default segmenter: PicoDet for boxes and MobileSAM for masks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from jaxtyping import Bool, Float, Int
from scipy import ndimage
from torch import Tensor

from chorus_recon.backends.segment.coco import NAMES, alike, canonical, stand_ins
from chorus_recon.backends.segment.mobile_sam import Embedding, MobileSam, at_photo_size
from chorus_recon.backends.segment.picodet import PicoDet
from chorus_recon.backends.segment.sam_decoder import BOTTOM_RIGHT, NEGATIVE, TOP_LEFT
from chorus_recon.geometry.boxes import area, bounds, padded, pairwise_iou
from chorus_recon.geometry.outlines import lies_before
from chorus_recon.io import category_names, weights
from chorus_recon.types import Detection, Mask, Photo

LEAST_SCORE = 0.15  # low, because pairing with people's poses decides later which object is used
ASKED_SCORE = 0.05  # for a noun asked for, which is likely to be in the photo
ALIKE_DISCOUNT = 0.5
BOX_MARGIN = 0.06  # share of the box's mean side, because detectors cut off thin ends
BOX_MARGIN_PX = 3.0
VOTE_SHARPNESS = 20.0  # inverse temperature of the softmax over predicted IoU
PEOPLE = 3  # how many of the largest people are kept out of objects' masks
PERSON_SCORE = 0.4
PERSON_SHARE = 0.5  # share of an object's mask in a person's above which it is segmented again
AWAY_POINTS = 3
LEAST_DEPTH_PX = 3.0
BOX_IOU_LOSS = 0.15


@dataclass(slots=True)
class _Seen:
    """The last photo, its embedding, and masks of people, computed when first needed.

    `outlined` has the masks of the people who were asked for, by their boxes.
    """

    photo: Photo
    embedding: Embedding
    people: list[Bool[Tensor, "h w"]] | None = None
    outlined: dict[tuple[float, ...], Bool[Tensor, "h w"]] = field(default_factory=dict)

    def at_photo_size(self, logits: Float[Tensor, "n a b"]) -> Float[Tensor, "n h w"]:
        """The network's logits at the photo's pixels."""
        return at_photo_size(logits, self.embedding)


@dataclass(frozen=True, slots=True)
class _Outline:
    """A segmentation: `inside` is the box with margin, `box_iou` the IoU of the box and the mask's box."""

    logits: Float[Tensor, "h w"]
    inside: Bool[Tensor, "h w"]
    quality: float
    box_iou: float

    @property
    def shape(self) -> Bool[Tensor, "h w"]:
        """The binary mask."""
        return (self.logits > 0) & self.inside


class DefaultSegmenter:
    """PicoDet and MobileSAM, loaded on first use. Boxes, embedding and people of the last photo are kept."""

    name = "picodet+mobilesam"

    def __init__(self) -> None:
        files = (weights.PICODET_GRAPH, weights.PICODET_PARAMS, weights.MOBILE_SAM)
        self.licences = {file.name: file.licence for file in files}
        self._detector: PicoDet | None = None
        self._outliner: MobileSam | None = None
        self._found: tuple[Photo, list[Detection]] | None = None
        self._seen: _Seen | None = None

    def knows(self, noun: str) -> bool:
        """Whether it is one of COCO's classes, or a synonym."""
        return canonical(noun) is not None

    def detect(self, photo: Photo, query: str | None = None) -> list[Detection]:
        """All detections with COCO's names, best first; with `query` those that may be that noun.

        A noun that is no COCO class or synonym gives what the detector takes such things for, at a discount,
        or nothing.
        """
        self._detector = self._detector or PicoDet()
        if query is None:
            if self._found is None or self._found[0] is not photo:
                rows = self._detector.boxes(photo.rgb, LEAST_SCORE)
                self._found = photo, [Detection(r[2:], NAMES[int(r[0])], float(r[1])) for r in rows]
            return list(self._found[1])
        wanted = canonical(query)
        others = alike(wanted) if wanted is not None else stand_ins(query)
        if wanted is None and not others:
            return []
        label = category_names.words(query)
        found = []
        for row in self._detector.boxes(photo.rgb, ASKED_SCORE, thorough=True):
            name, score = NAMES[int(row[0])], float(row[1])
            if name == wanted:
                found.append(Detection(row[2:], label, score))
            elif name in others:
                found.append(Detection(row[2:], label, score * ALIKE_DISCOUNT))
        return sorted(found, key=lambda d: -d.score)

    def segment(self, photo: Photo, detections: Sequence[Detection]) -> list[Mask]:
        """One soft mask per box, in order, at photo size; boxes need not come from `detect`.

        The box of an object often contains the person using it. If the object's mask includes the person, it
        is segmented again with negative points on the person.
        """
        if not detections:
            return []
        seen = self._embed(photo)
        outlines = self._outline(seen, detections)
        masks = []
        for thing, outline in zip(detections, outlines, strict=True):
            if thing.label == "person":
                seen.outlined[_key(thing)] = outline.shape
            else:
                outline = self._without_person(photo, seen, thing, outline)
            alpha = torch.sigmoid(outline.logits) * outline.inside
            masks.append(Mask(alpha, thing.label, thing.score * outline.quality))
        return masks

    def _outline(self, seen: _Seen, things: Sequence[Detection]) -> list[_Outline]:
        boxes = torch.stack([d.box_px.float() for d in things])
        kinds = torch.tensor([[TOP_LEFT, BOTTOM_RIGHT]]).expand(len(boxes), -1).contiguous()
        coarse, quality = self._decode(seen, boxes.reshape(-1, 2, 2), kinds)
        return [choose(coarse[i], quality[i], thing, seen.at_photo_size) for i, thing in enumerate(things)]

    def _without_person(self, photo: Photo, seen: _Seen, thing: Detection, outline: _Outline) -> _Outline:
        mine = outline.shape
        for person in self._people(photo, seen):
            if float((mine & person).sum()) <= PERSON_SHARE * float(mine.sum()):
                continue
            away = inner_points(person & outline.inside, AWAY_POINTS)
            points = torch.cat([thing.box_px.float().reshape(2, 2), away])[None]
            kinds = torch.tensor([[TOP_LEFT, BOTTOM_RIGHT] + [NEGATIVE] * len(away)])
            coarse, quality = self._decode(seen, points, kinds)
            again = choose(coarse[0], quality[0], thing, seen.at_photo_size)
            if lies_before(again.shape, person) and lies_before(mine, person):
                return outline  # the cut took nothing away: the person's mask includes the thing
            # A new mask that fits the box much worse means that the object is inside the person's mask.
            if again.box_iou >= outline.box_iou - BOX_IOU_LOSS:
                return again
        return outline

    def _people(self, photo: Photo, seen: _Seen) -> list[Bool[Tensor, "h w"]]:
        if seen.people is None:
            found = [d for d in self.detect(photo) if d.label == "person" and d.score >= PERSON_SCORE]
            found = sorted(found, key=lambda d: -float(area(d.box_px)))[:PEOPLE]
            new = [d for d in found if _key(d) not in seen.outlined]
            made = self._outline(seen, new) if new else []
            known = seen.outlined | {_key(d): o.shape for d, o in zip(new, made, strict=True)}
            seen.people = [known[_key(d)] for d in found]
        return seen.people

    def _decode(
        self, seen: _Seen, points_px: Float[Tensor, "n p 2"], kinds: Int[Tensor, "n p"]
    ) -> tuple[Float[Tensor, "n 4 256 256"], Float[Tensor, "n 4"]]:
        assert self._outliner is not None  # there is an embedding, so it was loaded
        return self._outliner.decode(seen.embedding, points_px, kinds)

    def _embed(self, photo: Photo) -> _Seen:
        if self._seen is None or self._seen.photo is not photo:
            self._outliner = self._outliner or MobileSam()
            self._seen = _Seen(photo, self._outliner.embed(photo.rgb))
        return self._seen


def choose(
    coarse: Float[Tensor, "4 a b"],
    quality: Float[Tensor, " 4"],
    thing: Detection,
    resampled: Callable[[Float[Tensor, "n a b"]], Float[Tensor, "n h w"]],
) -> _Outline:
    """Combine the network's four candidate masks; `resampled` brings their logits to the photo's size.

    For a person this is their mean, weighted by predicted IoU, because the candidates differ in clothes and
    hair and the mean is right more often. For an object it is the candidate with the best sum of predicted
    IoU and box IoU, because the candidates are parts and wholes.
    """
    box = padded(thing.box_px.float(), BOX_MARGIN, BOX_MARGIN_PX)
    if thing.label == "person":
        share = torch.softmax(VOTE_SHARPNESS * quality, 0)
        mixed = resampled((share[:, None, None] * coarse).sum(0)[None])[0]
        inside = _inside(box, (mixed.shape[1], mixed.shape[0]))
        return _Outline(mixed, inside, float((share * quality).sum()), float(_fill(mixed, inside, thing)))
    logits = resampled(coarse)
    inside = _inside(box, (logits.shape[2], logits.shape[1]))
    fill = torch.cat([_fill(candidate, inside, thing) for candidate in logits])
    best = int((quality + fill).argmax())
    return _Outline(logits[best], inside, float(quality[best].clamp(0, 1)), float(fill[best]))


def inner_points(mask: Bool[Tensor, "h w"], count: int) -> Float[Tensor, "n 2"]:
    """At most `count` pixels (x, y) deep inside a mask and far from each other, deepest first."""
    depth = torch.from_numpy(ndimage.distance_transform_edt(mask.numpy()))
    v, u = torch.meshgrid(torch.arange(depth.shape[0]), torch.arange(depth.shape[1]), indexing="ij")
    points = []
    while len(points) < count and float(depth.max()) >= LEAST_DEPTH_PX:
        y, x = divmod(int(depth.argmax()), depth.shape[1])
        points.append([x + 0.5, y + 0.5])
        depth = depth * ((v - y) ** 2 + (u - x) ** 2 >= (2 * depth[y, x]) ** 2)
    return torch.tensor(points).reshape(-1, 2)


def _key(thing: Detection) -> tuple[float, ...]:
    return tuple(thing.box_px.tolist())


def _fill(logits: Float[Tensor, "h w"], inside: Bool[Tensor, "h w"], thing: Detection) -> Float[Tensor, " 1"]:
    return pairwise_iou(bounds((logits > 0) & inside)[None], thing.box_px.float()[None])[0]


def _inside(box_px: Float[Tensor, " 4"], size_px: tuple[int, int]) -> Bool[Tensor, "h w"]:
    u, v = torch.arange(size_px[0]) + 0.5, torch.arange(size_px[1]) + 0.5
    across = (u >= box_px[0]) & (u <= box_px[2])
    down = (v >= box_px[1]) & (v <= box_px[3])
    return down[:, None] & across[None]
