"""Measure the time, memory and bytes per picture of a prior build: python -m benchmarks.prior_build_scale

A small bank of drawn pictures is used repeatedly, so that only the build itself is measured: writing,
reading, grouping and counting, on a coarse grid.
"""

import argparse
import functools
import json
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.geometry.grid import cube
from chorus_recon.geometry.rotations import convert
from chorus_recon.priors import build
from chorus_recon.priors.build import Extent
from chorus_recon.priors.clustering import gather
from chorus_recon.priors.jobs import masks
from chorus_recon.priors.jobs.collect import Observer
from chorus_recon.priors.jobs.records import Record, Seen
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.types import Camera, Observation, Photo, SynthImage
from tests.priors import making

BANK = 48
MASK_PX = 160


@functools.cache
def bank(which: int) -> tuple[Record, Photo, Observation]:
    """A record with masks of a typical size and a random pose, its picture and its observation."""
    params, camera, thing, man = making.truth(which)
    grown = [_resized(mask) for mask in (thing, man)]
    noise = torch.Generator().manual_seed(which)
    grown = [m ^ ((torch.rand(m.shape, generator=noise) < 0.02) & edge(m)) for m in grown]
    turns = convert.from_vector(0.3 * torch.randn(24, 3, generator=noise))
    small = Camera(camera.focal_px * 2.5, camera.center_px * 2.5, (MASK_PX, MASK_PX))
    packed = [masks.pack(mask.float()) for mask in (grown[0], grown[1][::2, ::2])]
    seen = Seen(replace(params, pose=turns), small, packed[0], packed[1], 0.9, 0.8, 0.7, 1.5, 0.0)
    shot = making.plan(which, which + 1, making.Counter())[0]
    record = Record(shot, "bank", (512, 512), 1.0, seen)
    carry = making.parted_body().pose(params).cam_from_canon
    depth = torch.where(grown[1], 3.0, torch.inf)
    photo = Photo((torch.rand(96, 96, 3, generator=noise) * 255).to(torch.uint8), Path("x.png"))
    return record, photo, Observation(small, carry, grown[0], depth, 1.0, "", shot.prompt.verb)


def _resized(mask: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.interpolate(mask[None, None].float(), (MASK_PX, MASK_PX))[0, 0] > 0.5


def edge(mask: torch.Tensor) -> torch.Tensor:
    """Pixels next to the outline, which get noise."""
    wide = torch.nn.functional.max_pool2d(mask[None, None].float(), 3, 1, 1)[0, 0] > 0.5
    return wide & ~(-torch.nn.functional.max_pool2d(-mask[None, None].float(), 3, 1, 1)[0, 0] > 0.5)


@dataclass(frozen=True)
class BankSource:
    name: str = "bank"
    licences: dict[str, str] = field(default_factory=dict)

    def generate(self, shots: Sequence) -> Iterator[SynthImage]:
        for shot in shots:
            yield SynthImage(shot, bank(shot.index % BANK)[1], "bank")


def look(images: Sequence[SynthImage]) -> list[Record]:
    return [replace(bank(image.shot.index % BANK)[0], shot=image.shot) for image in images]


def restore(record: Record, body: object, renderer: object) -> Observation:
    return bank(record.shot.index % BANK)[2]


@dataclass
class Clock:
    """Processor time of the last progress report of each stage, in seconds."""

    marks: dict[str, float] = field(default_factory=dict)

    def update(self, now: build.Progress) -> None:
        self.marks[now.stage] = time.process_time()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, nargs="+", default=[1000, 10000, 50000])
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    context = gather.context(making.parted_body(), EmbreeRenderer(), restore, cube(2.4, 16))
    settings = replace(making.SETTINGS, chunk=32)
    for which in range(BANK):
        bank(which)
    rows = []
    with tempfile.TemporaryDirectory() as held:
        done = 0
        for images in chosen.images:  # each build extends the one before; counting starts over
            clock = Clock()
            begun = time.process_time()
            build.build(
                Storage(held),
                settings,
                Extent(images),
                making.plan,
                lambda: Observer(BankSource(), look, {}),
                context,
                watch=clock.update,
            )
            # the chunks, not the merged table, in whose large row groups the repeated bank compresses well
            chunks = sum(path.stat().st_size for path in Path(held).glob("shards/*.parquet"))
            rows.append(
                {
                    "images": images,
                    "collect_ms": 1e3 * (clock.marks["pictures"] - begun) / (images - done),
                    "count_ms": 1e3 * (clock.marks["counting"] - clock.marks["pictures"]) / images,
                    "record_bytes": chunks / images,
                    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                }
            )
            done = images
            print("  ".join(f"{key} {value:,.2f}" for key, value in rows[-1].items()), flush=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
