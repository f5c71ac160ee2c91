"""Detect the 33 BlazePose landmarks (pixels and metres) and a mask for each person box."""

import hashlib
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import openvino
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from chorus_recon.backends.human import pose_detector
from chorus_recon.backends.human.pose_detector import body_square
from chorus_recon.backends.openvino_runtime import RowNetwork, compile_cpu
from chorus_recon.errors import WeightsError
from chorus_recon.geometry.boxes import grown, padded
from chorus_recon.geometry.squares import Squares, cut, joined, paste, to_picture, turn
from chorus_recon.io import fetch, weights
from chorus_recon.io.cache.derived import kept
from chorus_recon.types import Keypoints

NAMES: tuple[str, ...] = tuple(
    "nose left_eye_inner left_eye left_eye_outer right_eye_inner right_eye right_eye_outer left_ear "
    "right_ear mouth_left mouth_right left_shoulder right_shoulder left_elbow right_elbow left_wrist "
    "right_wrist left_pinky right_pinky left_index right_index left_thumb right_thumb left_hip right_hip "
    "left_knee right_knee left_ankle right_ankle left_heel right_heel left_foot_index "
    "right_foot_index".split()
)
INPUT_PX = 256
COUNT = 39  # 33 named points, the hip centre, a point on the body's circle, four for the hands
HIP_CENTER, CIRCLE_POINT = 33, 34
HEATMAP_PX = 64
WINDOW = 3  # cells each way that refine a point
LEAST_PEAK = 0.5  # a heatmap weaker than this does not move its point
LEAST_SCORE = 0.5  # the network's own "there is a person here"
PASSES = 2  # looks with the square of the landmarks just found
DETECTOR_MARGIN = 0.15
BOX_SCALE = 1.25
WIDER_SCALES = (1.5, 2.0)  # tried where the usual squares find no clear person: part of them is hidden
CLEAR = 0.6  # score times agreement of a clear person


@dataclass(frozen=True, slots=True)
class PoseLandmarks:
    """One person.

    `score` is the network's belief in a person, `mask` their alpha at photo size, `square` the turned square
    about the whole body by which another network can look at the same person.
    """

    keypoints: Keypoints
    score: float
    mask: Float[Tensor, "h w"]
    square: Squares | None = None


@dataclass(frozen=True, slots=True)
class _Look:
    """What one pass of the network says, a row a square."""

    squares: Squares
    points_px: Float[Tensor, "n 39 2"]
    visibility: Float[Tensor, "n 39"]
    world_m: Float[Tensor, "n 39 3"]
    score: Float[Tensor, " n"]
    mask_logits: Float[Tensor, "n 256 256"]


class PoseLandmarker:
    """The detector and landmark graphs of MediaPipe's pose bundle, run by OpenVINO."""

    def __init__(self, task_path: Path | None = None, landmarks_path: Path | None = None) -> None:
        self._task = task_path or fetch.ensure(weights.POSE.name)
        landmarks = landmarks_path or graph(self._task, "pose_landmarks_detector.tflite")
        self._landmarks = RowNetwork(landmarks, (INPUT_PX, INPUT_PX, 3))

    @cached_property
    def _detector(self) -> openvino.CompiledModel:
        """Compiled when first needed: a network that only looks again does without."""
        return compile_cpu(graph(self._task, "pose_detector.tflite"))

    def detect(
        self, photo_rgb: UInt8[Tensor, "h w 3"], boxes_px: Float[Tensor, "n 4"]
    ) -> list[PoseLandmarks | None]:
        """One result a person box, in order; None where no person shows."""
        if not len(boxes_px):
            return []
        picture, boxes = _picture(photo_rgb), boxes_px.float()
        look, fit = self._best(picture, boxes, [self._starts(picture, box) for box in boxes])
        for row in torch.nonzero(fit < CLEAR).flatten().tolist():
            again, better = self._best(picture, boxes[row : row + 1], [_wider(boxes[row])])
            if better[0] > fit[row]:
                rows = torch.arange(len(boxes))
                rows[row] = len(boxes)
                look = _rows(_both(look, again), rows)
        return self._refined(picture, look, boxes, PASSES)

    def _best(
        self, picture: UInt8[Tensor, "3 h w"], boxes_px: Float[Tensor, "n 4"], tries: list[Squares]
    ) -> tuple[_Look, Float[Tensor, " n"]]:
        """The best look for each box among its squares, and its score times its agreement with the box."""
        look = self._look(picture, joined(tries))
        fit = look.score * _agreement(look, boxes_px.repeat_interleave(_lengths(tries), 0))
        best, first = [], 0
        for squares in tries:
            best.append(first + int(fit[first : first + len(squares)].argmax()))
            first += len(squares)
        rows = torch.tensor(best)
        return _rows(look, rows), fit[rows]

    def look_again(
        self, photo_rgb: UInt8[Tensor, "h w 3"], boxes_px: Float[Tensor, "n 4"], squares: Squares
    ) -> list[PoseLandmarks | None]:
        """The same where a square about each body is known, by which the detector is not needed."""
        picture = _picture(photo_rgb)
        return self._refined(picture, self._look(picture, squares), boxes_px.float(), PASSES - 1)

    def _refined(
        self, picture: UInt8[Tensor, "3 h w"], look: _Look, boxes_px: Float[Tensor, "n 4"], passes: int
    ) -> list[PoseLandmarks | None]:
        """The people of a look, after further passes with the squares of the landmarks found."""
        for _ in range(passes):
            look = _better(look, self._look(picture, _body_squares(look)), boxes_px)
        alphas = paste(look.mask_logits.sigmoid(), look.squares, (picture.shape[2], picture.shape[1]))
        squares = _body_squares(look)
        return [
            _person(look, i, alphas[i], squares[i : i + 1]) if look.score[i] >= LEAST_SCORE else None
            for i in range(len(look.score))
        ]

    def _starts(self, picture: UInt8[Tensor, "3 h w"], box_px: Float[Tensor, " 4"]) -> Squares:
        """Squares to try for one box: what the detector finds there, and the box itself, upright."""
        window = _upright(grown(box_px, DETECTOR_MARGIN))
        found = pose_detector.find(self._detector, picture, window)
        height, width = box_px[3] - box_px[1], box_px[2] - box_px[0]
        own = _upright(grown(box_px, (BOX_SCALE - 1) / 2))
        if not len(found.scores):
            return own
        # Of several people in the window, the one whose hips are nearest the box's middle.
        middle = (box_px[:2] + box_px[2:]) / 2
        far = (found.squares.center_px - middle).norm(dim=-1) / torch.maximum(height, width)
        pick = (found.scores * torch.exp(-4 * far**2)).argmax().reshape(1)
        return joined([found.squares[pick], own])

    def _look(self, picture: UInt8[Tensor, "3 h w"], squares: Squares) -> _Look:
        crops = cut(picture, squares, INPUT_PX).permute(0, 2, 3, 1).contiguous()
        result = self._landmarks(crops.numpy())
        raw, score, mask, heat, world = (torch.from_numpy(result[i]) for i in range(5))
        table = raw.reshape(-1, COUNT, 5)
        unit = refined(table[..., :2] / INPUT_PX, heat)
        metres = world.reshape(-1, COUNT, 3)
        upright = torch.cat([turn(squares, metres[..., :2]), metres[..., 2:]], -1)
        return _Look(
            squares,
            to_picture(squares, unit),
            table[..., 3].sigmoid() * table[..., 4].sigmoid(),
            upright,
            score[:, 0],
            mask[..., 0],
        )


def refined(
    unit: Float[Tensor, "n k 2"], heat_logits: Float[Tensor, "n size size k"]
) -> Float[Tensor, "n k 2"]:
    """Points moved to the centre of mass of their heatmap about them, where its peak is clear.

    As the landmark graph was trained to be read: cells count from 0 to size, not by their centres.
    """
    size = heat_logits.shape[1]
    heat = heat_logits.sigmoid().permute(0, 3, 1, 2)
    cell = (unit * size).floor()
    steps = torch.arange(size, dtype=unit.dtype)
    near_u = (steps - cell[..., :1]).abs() <= WINDOW
    near_v = (steps - cell[..., 1:]).abs() <= WINDOW
    local = heat * (near_v[..., :, None] & near_u[..., None, :])
    total = local.sum((-1, -2))
    clear = (local.amax((-1, -2)) >= LEAST_PEAK) & ((cell >= 0) & (cell < size)).all(-1)
    u = (local.sum(-2) * steps).sum(-1) / total.clamp_min(1e-9) / size
    v = (local.sum(-1) * steps).sum(-1) / total.clamp_min(1e-9) / size
    return torch.where(clear[..., None], torch.stack([u, v], -1), unit)


def _agreement(look: _Look, boxes_px: Float[Tensor, "n 4"]) -> Float[Tensor, " n"]:
    """The visible share of the named points that lies in the person's box."""
    box = padded(boxes_px, 0.1)[:, None]
    points = look.points_px[:, : len(NAMES)]
    inside = ((points >= box[..., :2]) & (points <= box[..., 2:])).all(-1).float()
    seen = look.visibility[:, : len(NAMES)]
    return (inside * seen).sum(-1) / seen.sum(-1).clamp_min(1e-6)


def _better(old: _Look, new: _Look, boxes_px: Float[Tensor, "n 4"]) -> _Look:
    """The new look where it holds, the old one where that lost the person."""
    worse = new.score * _agreement(new, boxes_px) < 0.9 * old.score * _agreement(old, boxes_px)
    count = len(worse)
    return _rows(_both(new, old), torch.arange(count) + count * worse.long())


def _both(first: _Look, second: _Look) -> _Look:
    return _Look(
        joined([first.squares, second.squares]),
        torch.cat([first.points_px, second.points_px]),
        torch.cat([first.visibility, second.visibility]),
        torch.cat([first.world_m, second.world_m]),
        torch.cat([first.score, second.score]),
        torch.cat([first.mask_logits, second.mask_logits]),
    )


def _rows(look: _Look, rows: Tensor) -> _Look:
    return _Look(
        look.squares[rows],
        look.points_px[rows],
        look.visibility[rows],
        look.world_m[rows],
        look.score[rows],
        look.mask_logits[rows],
    )


def _picture(photo_rgb: UInt8[Tensor, "h w 3"]) -> UInt8[Tensor, "3 h w"]:
    return photo_rgb.permute(2, 0, 1)


def _body_squares(look: _Look) -> Squares:
    return body_square(look.points_px[:, HIP_CENTER], look.points_px[:, CIRCLE_POINT])


def _person(look: _Look, row: int, alpha: Float[Tensor, "h w"], square: Squares) -> PoseLandmarks:
    count = len(NAMES)
    keypoints = Keypoints(
        NAMES, look.points_px[row, :count], look.visibility[row, :count], look.world_m[row, :count]
    )
    return PoseLandmarks(keypoints, float(look.score[row]), alpha, square)


def _upright(box_px: Float[Tensor, " 4"]) -> Squares:
    return Squares((box_px[:2] + box_px[2:])[None] / 2, (box_px[2:] - box_px[:2]).max()[None], torch.zeros(1))


def _wider(box_px: Float[Tensor, " 4"]) -> Squares:
    return joined([_upright(grown(box_px, (scale - 1) / 2)) for scale in WIDER_SCALES])


def _lengths(tries: list[Squares]) -> Tensor:
    return torch.tensor([len(squares) for squares in tries])


def graph(task: Path, member: str) -> Path:
    """A graph of a MediaPipe task bundle (a zip), unpacked once into the cache.

    Raises:
        WeightsError: the bundle does not hold it.
        OutputError: the cache cannot be written.
    """
    with task.open("rb") as stream:
        key = hashlib.file_digest(stream, "sha256").hexdigest()[:12]

    def unpack(folder: Path) -> None:
        try:
            with zipfile.ZipFile(task) as archive:
                (folder / member).write_bytes(archive.read(member))
        except (zipfile.BadZipFile, KeyError) as error:
            raise WeightsError(
                f"{task} is not a MediaPipe task bundle: it has no {member}.",
                "Run `chorus-recon models fetch`.",
            ) from error

    return kept("graphs", f"{key}-{Path(member).stem}", unpack) / member
