"""A build whose answer is known: the capsule man holds a box, photographed from where a shot's seed says.

Every part is made from a shot alone, so that it works in any process.
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
from chorus_recon.priors.jobs.records import Record, Seen
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
)  # fmt: skip
from tests.capsules import JOINT_NAMES, box
from tests.fakes import FakeBody

SIZE = (64, 64)
PROMPTS = tuple(Prompt("box", f"A man {verb} a box", verb, "tests") for verb in ("holds", "lifts"))
SETTINGS = Settings("box", "fake", PROMPTS, balance=False, chunk=4)
GRID = cube(2.4, 16)
BOX_M = (0.4, 0.3, 0.3)
WHERE_M = (0.0, 0.1, 0.35)  # before the belly, body frame
_JOINT = {
    "head": "head", "hips": "pelvis", "neck": "neck", "spine": "spine1", "spine1": "spine2",
    "spine2": "spine3",
    "Shoulder": "collar", "Arm": "shoulder", "ForeArm": "elbow", "Hand": "wrist", "HandIndex1": "hand",
    "UpLeg": "hip", "Leg": "knee", "Foot": "ankle", "ToeBase": "foot",
}  # fmt: skip


class PartedBody(FakeBody):
    """The capsule man with the 24 named parts."""

    def __init__(self) -> None:
        super().__init__()
        owner = self.skin_weights.argmax(1)
        self.parts = {}
        for name in PARTS:
            side = next((one for one in ("left", "right") if name.startswith(one)), "")
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
    """A picture a shot; each eleventh seed gives none."""

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


def look(images: Sequence[SynthImage]) -> list[Record]:
    """The truth as a record; each seventh seed is set aside."""
    out = []
    for one in images:
        if one.shot.seed % 7 == 3:
            out.append(Record(one.shot, one.generator, SIZE, 0.0, None, Reason.MANY_PEOPLE, "3 people"))
            continue
        params, camera, thing, man = truth(one.shot.seed)
        drawn = masks.pack(thing.float()), masks.pack(man[::2, ::2].float())
        seen = Seen(params, camera, *drawn, 0.9, 0.8, 0.7, 1.5, 0.0)
        out.append(Record(one.shot, one.generator, SIZE, (one.shot.seed % 64 + 1) / 64, seen))
    return out


def observer() -> Observer:
    return Observer(FakeImages(), look, {"fake": "Apache-2.0"})


@dataclass(frozen=True)
class Slow:
    """Eyes that take their time, and leave their process's number in a folder."""

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
    """Processes that made Slow eyes, oldest first."""
    return [int(p.name) for p in sorted(pids.glob("*"), key=lambda p: p.stat().st_mtime)]


def restore(record: Record, body: FakeBody, renderer: EmbreeRenderer) -> Observation:
    seen = record.seen
    posed = body.pose(seen.body)
    depth = renderer.render(posed.vertices, body.faces, seen.camera).depth
    return Observation(
        seen.camera, posed.cam_from_canon, masks.unpack(seen.object), depth, record.weight,
        record.shot.prompt.text, record.shot.prompt.verb,
    )  # fmt: skip


@functools.cache
def context(longest: int | None = None) -> gather.AggregationContext:
    return gather.context(parted_body(), EmbreeRenderer(), restore, with_voxels(GRID, longest or 16))


def plan(start: int, end: int, seen: Counter[int]) -> list[Shot]:
    """Seeds and prompts in turn; a view that never came out is asked for by name."""
    rare = "" if not seen else f", bin {min(range(12), key=lambda n: (seen[n], n))}"
    return [Shot(n, PROMPTS[n % 2], rare, "", n * 3) for n in range(start, end)]


def hopeless(start: int, end: int) -> list[Shot]:
    """Shots that are all set aside."""
    return [Shot(n, PROMPTS[0], "", "", 3) for n in range(start, end)]
