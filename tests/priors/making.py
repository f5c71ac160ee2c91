"""A build with a known result: the capsule man holds a box, seen from the direction that a shot's seed gives.

Every part depends only on the shot, so that it works in any process.
"""

import functools
import math
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch

from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.geometry import transforms
from chorus_recon.geometry.grid import cube, with_voxels
from chorus_recon.priors.clustering import gather
from chorus_recon.priors.clustering.cluster import PARTS
from chorus_recon.priors.jobs import masks
from chorus_recon.priors.jobs.collect import Observer
from chorus_recon.priors.jobs.records import PackedMask, Record, Seen
from chorus_recon.priors.jobs.settings import Settings
from chorus_recon.types import (
    BodyParams,
    Camera,
    Observation,
    Photo,
    Prompt,
    Reason,
    Rejected,
    Rigid,
    Shot,
    SynthImage,
)
from tests.capsules import JOINT_NAMES, box
from tests.fakes import FakeBody

SIZE = (64, 64)
PROMPTS = tuple(Prompt("box", f"A man {verb} a box", verb, "tests") for verb in ("holds", "lifts"))
SETTINGS = Settings("box", "fake", PROMPTS, balance=False, chunk=4)
GRID = cube(2.4, 16)
BOX_M = (0.4, 0.3, 0.3)
WHERE_M = (0.0, 0.1, 0.35)  # before the belly, body frame
_JOINT = {
    "head": "head",
    "hips": "pelvis",
    "neck": "neck",
    "spine": "spine1",
    "spine1": "spine2",
    "spine2": "spine3",
    "Shoulder": "collar",
    "Arm": "shoulder",
    "ForeArm": "elbow",
    "Hand": "wrist",
    "HandIndex1": "hand",
    "UpLeg": "hip",
    "Leg": "knee",
    "Foot": "ankle",
    "ToeBase": "foot",
}


class PartedBody(FakeBody):
    """The capsule man with the 24 named parts."""

    def __init__(self) -> None:
        super().__init__()
        owner = self.skin_weights.argmax(1)
        self.parts = {}
        for name in PARTS:
            side = next((word for word in ("left", "right") if name.startswith(word)), "")
            joint = _JOINT[name.removeprefix(side)]
            index = JOINT_NAMES.index(f"{side}_{joint}" if side else joint)
            self.parts[name] = (owner == index).nonzero()[:, 0]


@functools.cache
def parted_body() -> PartedBody:
    return PartedBody()


@functools.cache
def truth(seed: int) -> tuple[BodyParams, Camera, torch.Tensor, torch.Tensor]:
    """The person, the camera and both visible masks of a picture."""
    body, renderer = parted_body(), EmbreeRenderer()
    yaw = 2 * math.pi * (seed * 0.618 % 1.0)
    turn = torch.diag(torch.tensor([-1.0, -1.0, 1.0])) @ transforms.rotation_about("y", yaw)
    params = BodyParams(
        body.id, torch.zeros(1), torch.eye(3).repeat(24, 1, 1), Rigid(turn, torch.tensor([0.0, 0.1, 3.0]))
    )
    camera = Camera(torch.tensor([60.0, 60.0]), torch.tensor([32.0, 32.0]), SIZE)
    posed = body.pose(params)
    corners, faces = box(BOX_M)
    thing = transforms.apply(params.cam_from_body, corners + torch.tensor(WHERE_M))
    man, held = (
        renderer.render(v, f, camera).depth for v, f in ((posed.vertices, body.faces), (thing, faces))
    )
    return params, camera, torch.isfinite(held) & (held < man), torch.isfinite(man) & (man <= held)


@dataclass(frozen=True)
class FakeImages:
    """One picture per shot; seeds that leave 10 modulo 11 give none."""

    name: str = "fake"
    licences: dict[str, str] = field(default_factory=lambda: {"fake": "Apache-2.0"})

    def generate(self, shots: Sequence[Shot]) -> Iterator[SynthImage | Rejected]:
        for shot in shots:
            if shot.seed % 11 == 10:
                yield Rejected(f"{shot.index:08d}", Reason.UNREADABLE, "the generator gave noise")
                continue
            _, _, thing, man = truth(shot.seed)
            rgb = torch.stack([man, thing, ~(man | thing)], -1).to(torch.uint8) * 200
            yield SynthImage(shot, Photo(rgb, Path(f"{shot.index:08d}.png")), "fake 1")


@functools.cache
def drawn(seed: int) -> tuple[PackedMask, PackedMask]:
    """The masks of the thing and the person as a record holds them."""
    _, _, thing, man = truth(seed)
    return masks.pack(thing.float()), masks.pack(man[::2, ::2].float())


def look(images: Sequence[SynthImage]) -> list[Record]:
    """The truth as a record; seeds that leave 3 modulo 7 are set aside."""
    out = []
    for image in images:
        if image.shot.seed % 7 == 3:
            out.append(Record(image.shot, image.generator, SIZE, 0.0, None, Reason.MANY_PEOPLE, "3 people"))
            continue
        params, camera, _, _ = truth(image.shot.seed)
        seen = Seen(params, camera, *drawn(image.shot.seed), 0.9, 0.8, 0.7, 1.5, 0.0)
        out.append(Record(image.shot, image.generator, SIZE, (image.shot.seed % 64 + 1) / 64, seen))
    return out


def observer() -> Observer:
    return Observer(FakeImages(), look, {"fake": "Apache-2.0"})


@dataclass(frozen=True)
class Slow:
    """A slow observer that writes its process id into a folder."""

    seconds: float
    pids: Path

    def __call__(self) -> Observer:
        self.pids.mkdir(exist_ok=True)
        (self.pids / str(os.getpid())).touch()

        def slowly(images: Sequence[SynthImage]) -> list[Record]:
            time.sleep(self.seconds)
            return look(images)

        return Observer(FakeImages(), slowly, observer().licences)


def workers(pids: Path) -> list[int]:
    """Ids of the processes that made a `Slow` observer, oldest first."""
    return [int(p.name) for p in sorted(pids.glob("*"), key=lambda p: p.stat().st_mtime)]


_posed: dict[tuple, tuple[torch.Tensor, torch.Tensor]] = {}


def posed_depth(
    params: BodyParams, camera: Camera, body: FakeBody, renderer: EmbreeRenderer
) -> tuple[torch.Tensor, torch.Tensor]:
    """Frames and depth of a person, made once: builds restore the same records often."""
    place = params.cam_from_body
    parts = (params.shape, params.pose, place.rotation, place.translation_m)
    values = (*parts, camera.focal_px, camera.center_px)
    key = (camera.size_px, *(tuple(value.flatten().tolist()) for value in values))
    if key not in _posed:
        posed = body.pose(params)
        depth = renderer.render(posed.vertices, body.faces, camera).depth
        _posed[key] = posed.cam_from_canon, depth
    return _posed[key]


def restore(record: Record, body: FakeBody, renderer: EmbreeRenderer) -> Observation:
    seen = record.seen
    cam_from_canon, depth = posed_depth(seen.body, seen.camera, body, renderer)
    return Observation(
        camera=seen.camera,
        cam_from_canon=cam_from_canon,
        object=masks.unpack(seen.object),
        body_depth=depth,
        weight=record.weight,
        prompt=record.shot.prompt.text,
        verb=record.shot.prompt.verb,
    )


@functools.cache
def context(longest: int | None = None) -> gather.AggregationContext:
    return gather.context(parted_body(), EmbreeRenderer(), restore, with_voxels(GRID, longest or 16))


def plan(start: int, end: int, seen: Counter[int]) -> list[Shot]:
    """Seeds and prompts in turn; the view phrase names the rarest view so far."""
    rare = "" if not seen else f", bin {min(range(12), key=lambda n: (seen[n], n))}"
    return [Shot(n, PROMPTS[n % 2], rare, "", n * 3) for n in range(start, end)]


def hopeless(start: int, end: int) -> list[Shot]:
    """Shots that are all set aside."""
    return [Shot(n, PROMPTS[0], "", "", 3) for n in range(start, end)]
