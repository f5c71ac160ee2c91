"""Landmarks of several looks at the same person, joined into one answer.

Each look is one landmark network on the photo or on its mirror image. Their errors differ, so the median of
each landmark over the looks is better than any of them, and their spread tells how far to trust it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from chorus_recon.backends.human.landmarks import PoseLandmarker, PoseLandmarks
from chorus_recon.backends.human.support import other_side
from chorus_recon.geometry.squares import Squares
from chorus_recon.geometry.squares import joined as concatenated
from chorus_recon.io import fetch, weights
from chorus_recon.types import Keypoints


@runtime_checkable
class PoseNetwork(Protocol):
    """Finds the landmarks of the person in each box."""

    def detect(
        self, photo_rgb: UInt8[Tensor, "h w 3"], boxes_px: Float[Tensor, "n 4"]
    ) -> list[PoseLandmarks | None]:
        """One result a box, None where nobody is found."""
        ...

    def look_again(
        self, photo_rgb: UInt8[Tensor, "h w 3"], boxes_px: Float[Tensor, "n 4"], squares: Squares
    ) -> list[PoseLandmarks | None]:
        """The same where a square about each body is known."""
        ...


@dataclass(frozen=True, slots=True)
class Look:
    """One landmark network, on the photo as it is or on its mirror image."""

    network: PoseNetwork
    mirrored: bool


class SeveralLooks:
    """A landmarker that joins several looks: medians of points, means of visibility and mask.

    Args:
        looks: the looks, at least one. The default is the full and the heavy network, each on the photo and
            on its mirror image; without the heavy network's weights, the full one on both.
    """

    def __init__(self, looks: Sequence[Look] | None = None) -> None:
        self.looks = tuple(looks) if looks is not None else default_looks()

    def detect(
        self, photo_rgb: UInt8[Tensor, "h w 3"], boxes_px: Float[Tensor, "n 4"]
    ) -> list[PoseLandmarks | None]:
        """One result a person box, in order; None where no look shows a person."""
        first, *others = self.looks
        found = [_detect(first, photo_rgb, boxes_px)]
        found += [_look_again(look, photo_rgb, boxes_px, found[0]) for look in others]
        return [joined([seen for seen in people if seen is not None]) for people in zip(*found, strict=True)]


def _detect(
    look: Look, photo_rgb: UInt8[Tensor, "h w 3"], boxes_px: Float[Tensor, "n 4"]
) -> list[PoseLandmarks | None]:
    if not look.mirrored:
        return look.network.detect(photo_rgb, boxes_px)
    width = photo_rgb.shape[1]
    seen = look.network.detect(photo_rgb.flip(1), _mirrored_boxes(boxes_px, width))
    return [person and mirrored(person, width) for person in seen]


def _look_again(
    look: Look,
    photo_rgb: UInt8[Tensor, "h w 3"],
    boxes_px: Float[Tensor, "n 4"],
    known: Sequence[PoseLandmarks | None],
) -> list[PoseLandmarks | None]:
    """Start from the squares of the people already found; detect those who were not."""
    rows = [i for i, person in enumerate(known) if person is not None and person.square is not None]
    rest = [i for i in range(len(known)) if i not in rows]
    out: list[PoseLandmarks | None] = [None] * len(known)
    if rest:
        for i, person in zip(rest, _detect(look, photo_rgb, boxes_px[rest]), strict=True):
            out[i] = person
    if rows:
        squares = concatenated([known[i].square for i in rows])  # pyright: ignore[reportOptionalMemberAccess, reportArgumentType]
        boxes, width = boxes_px[rows], photo_rgb.shape[1]
        if look.mirrored:
            seen = look.network.look_again(
                photo_rgb.flip(1), _mirrored_boxes(boxes, width), _mirrored_squares(squares, width)
            )
            seen = [person and mirrored(person, width) for person in seen]
        else:
            seen = look.network.look_again(photo_rgb, boxes, squares)
        for i, person in zip(rows, seen, strict=True):
            out[i] = person
    return out


def default_looks() -> tuple[Look, ...]:
    """The full and the heavy network, plain and mirrored; the full one twice where heavy cannot be had."""
    networks = [PoseLandmarker()]
    heavy = fetch.ensure_optional(weights.POSE_HEAVY.name)
    if heavy is not None:
        networks.append(PoseLandmarker(landmarks_path=heavy))
    return tuple(Look(network, side) for network in networks for side in (False, True))


def joined(looks: Sequence[PoseLandmarks]) -> PoseLandmarks | None:
    """One person from the looks that found them; None without any.

    The metric points of each look are centred on its own hips, so their medians can be taken directly.
    """
    if not looks:
        return None
    points = torch.stack([look.keypoints.points_px for look in looks])
    metres = torch.stack([look.keypoints.points_m for look in looks if look.keypoints.points_m is not None])
    middle = _median(metres)
    keypoints = Keypoints(
        looks[0].keypoints.names,
        _median(points),
        torch.stack([look.keypoints.visibility for look in looks]).mean(0),
        middle,
        (metres - middle).square().sum(-1).mean(0).sqrt(),
    )
    score = sum(look.score for look in looks) / len(looks)
    return PoseLandmarks(keypoints, score, torch.stack([look.mask for look in looks]).mean(0))


def mirrored(person: PoseLandmarks, width: int) -> PoseLandmarks:
    """The person as seen in the mirror image of a photo `width` pixels wide: left and right exchanged."""
    keypoints = person.keypoints
    other = [keypoints.names.index(other_side(name)) for name in keypoints.names]
    points = keypoints.points_px[other] * torch.tensor([-1.0, 1.0]) + torch.tensor([float(width), 0.0])
    metres = None
    if keypoints.points_m is not None:
        metres = keypoints.points_m[other] * torch.tensor([-1.0, 1.0, 1.0])
    square = None if person.square is None else _mirrored_squares(person.square, width)
    turned = replace(keypoints, points_px=points, visibility=keypoints.visibility[other], points_m=metres)
    return PoseLandmarks(turned, person.score, person.mask.flip(1), square)


def _mirrored_squares(squares: Squares, width: int) -> Squares:
    center = squares.center_px * torch.tensor([-1.0, 1.0]) + torch.tensor([float(width), 0.0])
    return Squares(center, squares.side_px, -squares.angle_rad)


def _mirrored_boxes(boxes_px: Float[Tensor, "n 4"], width: int) -> Float[Tensor, "n 4"]:
    x0, y0, x1, y1 = boxes_px.unbind(-1)
    return torch.stack([width - x1, y0, width - x0, y1], -1)


def _median(values: Float[Tensor, "looks *n"]) -> Float[Tensor, " *n"]:  # noqa: F821
    """The median over the first axis; the mean of the middle two where their number is even."""
    return values.quantile(0.5, 0)
