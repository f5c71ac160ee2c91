"""Read the hands of people whose pose is known: 21 landmarks each, their side, and how far to believe them.

MediaPipe's hand landmark network (Zhang et al., "MediaPipe Hands: On-device Real-time Hand Tracking", 2020)
looks at squares placed and turned by the pose's landmarks, so no palm detector is needed. A hand is kept only
where the network sees one, calls it the side that the pose expects there, and finds it of a plausible size.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn.functional import normalize

from chorus_recon.backends.human.landmarks import graph
from chorus_recon.backends.human.start import cam_from_ray
from chorus_recon.backends.openvino_runtime import RowNetwork
from chorus_recon.geometry.squares import Squares, cut, to_picture, to_unit, turn
from chorus_recon.io import fetch, weights
from chorus_recon.types import Camera, Hand, Keypoints

INPUT_PX = 224
COUNT = 21
WRIST, INDEX, MIDDLE, RING, PINKY = 0, 5, 9, 13, 17  # the fingers' rows are their knuckles
FINGERS = (INDEX, MIDDLE, RING, PINKY)
# The landmarks that do not move when fingers bend much; MediaPipe lays its next square about them.
_PALM = (0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18)
# The first square's side, in metres at the person's distance. Of sides and rules tried on 26 scenes with 3D
# truth it found most hands, and more than squares sized by the pose's own, very short, hands.
FIRST_SIDE_M = 0.25
_NEXT_SCALE = 2.0  # of the next square's side against the palm's
_NEXT_SHIFT = 0.1  # of its middle towards the fingers, in palms
_HOPE = 0.5  # of the presence asked for: below, another look does not help
_FIST_RAD = 4.54  # 260 degrees: 90 at the knuckle and 100 and 70 at the joints after it


@dataclass(frozen=True, slots=True)
class HandGate:
    """What a hand must meet to be kept; lengths are metres at the person's distance.

    On 26 scenes with 3D truth these limits keep 16 of 52 hands, whose palms are off by 18 degrees in the
    median. A hand that the network takes for the other side is mostly the person's other hand, or its
    palm and back are confused.
    """

    sight: float = 0.3  # the pose's visibility of the wrist, from which it is worth to look
    least_px: float = 16.0  # of the first square
    presence: float = 0.7
    side: float = 0.7  # the network's probability of the side
    palm_m: tuple[float, float] = (0.12, 0.30)  # sides of the triangle of wrist and outer knuckles, added up
    size: tuple[float, float] = (0.5, 2.0)  # the hand's pixels a metre against the body's
    apart_m: float = 0.15  # from the pose's wrist


@dataclass(frozen=True, slots=True)
class HandLooks:
    """What the network says, a row a square.

    `points_px` are pixels of the photo, `points_m` metres about the hand's middle with the photo's axes.
    `presence` and `right` are probabilities: of a hand, and of a right one.
    """

    points_px: Float[Tensor, "n 21 2"]
    points_m: Float[Tensor, "n 21 3"]
    presence: Float[Tensor, " n"]
    right: Float[Tensor, " n"]


class HandNetwork:
    """The landmark graph of MediaPipe's hand bundle.

    Args:
        run: [n 224 224 3] with values in [0, 1] to landmarks [n 63] (in the crop's pixels), presence [n 1],
            right hand [n 1] and landmarks [n 63] in metres.
    """

    def __init__(self, run: Callable[[np.ndarray], Mapping[Any, Any]]) -> None:
        self._run = run

    @classmethod
    def load(cls, task_path: Path) -> "HandNetwork":
        """Compile the graph of a bundle for the CPU."""
        landmarks = graph(task_path, "hand_landmarks_detector.tflite")
        return cls(RowNetwork(landmarks, (INPUT_PX, INPUT_PX, 3)))

    def look(
        self,
        picture: UInt8[Tensor, "3 h w"] | Float[Tensor, "3 h w"],
        squares: Squares,
        *,
        mirrored: bool = False,
    ) -> HandLooks:
        """Read the squares of a picture, of bytes or with values in [0, 1], or their mirror images."""
        crops = cut(picture, squares, INPUT_PX)
        crops = crops.flip(3) if mirrored else crops
        result = self._run(crops.permute(0, 2, 3, 1).contiguous().numpy())
        raw, presence, right, metres = (torch.from_numpy(result[i].copy()) for i in range(4))
        unit = raw.reshape(-1, COUNT, 3)[..., :2] / INPUT_PX
        metres = metres.reshape(-1, COUNT, 3)
        if mirrored:
            unit = torch.stack([1 - unit[..., 0], unit[..., 1]], -1)
            metres = metres * torch.tensor([-1.0, 1.0, 1.0])
            right = 1 - right
        upright = torch.cat([turn(squares, metres[..., :2]), metres[..., 2:]], -1)
        return HandLooks(to_picture(squares, unit), upright, presence[:, 0], right[:, 0])


@lru_cache(maxsize=1)
def _network(task_path: Path) -> HandNetwork:
    return HandNetwork.load(task_path)


class HandReader:
    """Reads the hands of people; the network is compiled for the first hand worth looking at.

    Args:
        network: what looks at squares; MediaPipe's by default, one a process. Without its file there are
            no hands.
        gate: what a hand must meet.
    """

    def __init__(self, network: HandNetwork | None = None, gate: HandGate | None = None) -> None:
        self._given = network
        self.gate = gate or HandGate()

    def read(
        self, photo_rgb: UInt8[Tensor, "h w 3"], people: Sequence[Keypoints | None], camera: Camera
    ) -> list[tuple[Hand, ...]]:
        """The believable hands of each person, left before right; none for a person without landmarks."""
        size = torch.tensor([photo_rgb.shape[1], photo_rgb.shape[0]])
        wanted = [
            (i, side)
            for i, seen in enumerate(people)
            if seen is not None
            for side in ("left", "right")
            if self._worth(seen, side, size)
        ]
        network = self._network() if wanted else None
        if network is None:
            return [()] * len(people)
        hands: list[list[Hand]] = [[] for _ in people]
        picture = photo_rgb.permute(2, 0, 1)
        for i, side in wanted:
            seen = people[i]
            assert seen is not None
            hand = self._hand(network, picture, seen, side, camera)
            if hand is not None:
                hands[i].append(hand)
        return [tuple(found) for found in hands]

    def _network(self) -> HandNetwork | None:
        if self._given is not None:
            return self._given
        path = fetch.ensure_optional(weights.HANDS.name)
        return None if path is None else _network(path)

    def _worth(self, seen: Keypoints, side: str, size_px: Tensor) -> bool:
        """Whether a hand may be seen at a wrist."""
        wrist = seen.names.index(f"{side}_wrist")
        inside = ((seen.points_px[wrist] > 0) & (seen.points_px[wrist] < size_px)).all()
        large = FIRST_SIDE_M * px_per_m(seen) >= self.gate.least_px
        return bool(inside) and large and float(seen.visibility[wrist]) >= self.gate.sight

    def _hand(
        self,
        network: HandNetwork,
        picture: UInt8[Tensor, "3 h w"] | Float[Tensor, "3 h w"],
        seen: Keypoints,
        side: str,
        camera: Camera,
    ) -> Hand | None:
        first = network.look(picture, first_square(seen, side))
        if float(first.presence) < _HOPE * self.gate.presence:
            return None
        square = next_square(first.points_px)
        looks = [network.look(picture, square, mirrored=mirrored) for mirrored in (False, True)]
        hand = _decoded(looks, side, camera)
        wrist_px = seen.points_px[seen.names.index(f"{side}_wrist")]
        return hand if believable(hand, wrist_px, px_per_m(seen), self.gate) else None


def px_per_m(seen: Keypoints) -> float:
    """Pixels a metre at the person's distance: the slope of the landmarks' pixels over their metres.

    Least squares over both picture axes, about the means, weighted by visibility; 0 without metres.
    """
    if seen.points_m is None:
        return 0.0
    weight = seen.visibility[:, None] / seen.visibility.sum().clamp_min(1e-6)
    pixels = seen.points_px - (weight * seen.points_px).sum(0)
    metres = seen.points_m[:, :2] - (weight * seen.points_m[:, :2]).sum(0)
    spread = (weight * metres.square()).sum().clamp_min(1e-9)
    return float(((weight * pixels * metres).sum() / spread).clamp_min(0.0))


def first_square(seen: Keypoints, side: str) -> Squares:
    """The square to look for a hand in: about the pose's knuckles, turned so that the fingers point up.

    As MediaPipe lays it from the pose (two parts index to one part little finger, from the wrist), but as
    large as hands are at the person's distance.
    """
    wrist, index, pinky = (
        seen.points_px[seen.names.index(f"{side}_{part}")] for part in ("wrist", "index", "pinky")
    )
    middle = (2 * index + pinky) / 3
    toward = middle - wrist
    return Squares(
        middle[None],
        torch.tensor([FIRST_SIDE_M * px_per_m(seen)]),
        torch.atan2(toward[0], -toward[1])[None],
    )


def next_square(points_px: Float[Tensor, "n 21 2"]) -> Squares:
    """The square to look again in, from a hand's landmarks: about the palm, knuckles above the wrist."""
    knuckles = ((points_px[:, INDEX] + points_px[:, RING]) / 2 + points_px[:, MIDDLE]) / 2
    toward = knuckles - points_px[:, WRIST]
    angle = torch.atan2(toward[:, 0], -toward[:, 1])
    axes = Squares(points_px[:, WRIST], torch.ones(len(points_px)), angle)
    palm = to_unit(axes, points_px[:, list(_PALM)])
    low, high = palm.amin(1), palm.amax(1)
    middle, extent = (low + high) / 2, high - low
    middle = middle - _NEXT_SHIFT * extent * torch.tensor([0.0, 1.0])
    return Squares(to_picture(axes, middle[:, None])[:, 0], _NEXT_SCALE * extent.amax(-1), angle)


def palm_axes(points_m: Float[Tensor, "21 3"], side: str) -> tuple[Float[Tensor, " 3"], Float[Tensor, " 3"]]:
    """Unit vectors: where the palm faces, and the grip axis, along the knuckles from little to index finger.

    A rod held in the fist lies along the grip axis. They are nearly, not exactly, at right angles.
    """
    index, pinky = points_m[INDEX] - points_m[WRIST], points_m[PINKY] - points_m[WRIST]
    palm = torch.linalg.cross(index, pinky)
    palm = palm if side == "right" else -palm
    return normalize(palm, dim=0), normalize(index - pinky, dim=0)


def closedness(points_m: Float[Tensor, "21 3"]) -> float:
    """How far the four fingers are bent, 0 (straight) to 1 (a fist).

    The mean over fingers of the angles between wrist to knuckle and the three bones after it, one to the
    next, against their sum in a fist.
    """
    bend = points_m.new_zeros(())
    for knuckle in FINGERS:
        chain = points_m[[WRIST, knuckle, knuckle + 1, knuckle + 2, knuckle + 3]]
        bones = normalize(chain.diff(dim=0), dim=-1)
        bend = bend + (bones[1:] * bones[:-1]).sum(-1).clamp(-1, 1).acos().sum()
    return float((bend / len(FINGERS) / _FIST_RAD).clamp(0, 1))


def believable(
    hand: Hand, wrist_px: Float[Tensor, " 2"], body_px_per_m: float, gate: HandGate | None = None
) -> bool:
    """Whether a hand is seen, of the right side, of a plausible size, and near the pose's wrist.

    Args:
        hand: what the network says.
        wrist_px: the pose's wrist.
        body_px_per_m: pixels a metre at the person's distance.
        gate: the limits.
    """
    gate = gate or HandGate()
    corners = hand.points_m[[WRIST, INDEX, PINKY]]
    palm_m = float((corners - corners.roll(1, 0)).norm(dim=-1).sum())
    spread = [(p - p.mean(0)).square().sum().sqrt() for p in (hand.points_px, hand.points_m[:, :2])]
    size = float(spread[0] / spread[1].clamp_min(1e-6)) / body_px_per_m
    apart = float((hand.points_px[WRIST] - wrist_px).norm()) / body_px_per_m
    return (
        hand.presence >= gate.presence
        and hand.side_probability >= gate.side
        and gate.palm_m[0] <= palm_m <= gate.palm_m[1]
        and gate.size[0] <= size <= gate.size[1]
        and apart <= gate.apart_m
    )


def _decoded(looks: Sequence[HandLooks], side: str, camera: Camera) -> Hand:
    """One hand from looks at the same square: the mean of what they say."""
    pixels = torch.cat([look.points_px for look in looks]).mean(0)
    metres = torch.cat([look.points_m for look in looks]).mean(0)
    right = float(torch.cat([look.right for look in looks]).mean())
    cam_from_wrist = cam_from_ray(camera, pixels[WRIST][None])[0]
    metres = (metres - metres[WRIST]) @ cam_from_wrist.mT
    palm, grip = palm_axes(metres, side)
    return Hand(
        side=side,
        presence=float(torch.cat([look.presence for look in looks]).mean()),
        side_probability=right if side == "right" else 1 - right,
        points_px=pixels,
        points_m=metres,
        palm=palm,
        grip=grip,
        closed=closedness(metres),
    )
