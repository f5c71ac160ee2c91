"""Benchmark the aggregation of pictures. python benchmarks/aggregation.py [PART...] [--json FILE]

Each part runs in its own process, so that its memory can be measured; by default all parts run. Times are
the best of several runs, in seconds of wall clock and of processor time; on a busy machine only processor
time is meaningful. The anchors are the published release's times on two threads of a comparable machine.
"""

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.geometry import grid as grids
from chorus_recon.geometry import transforms, warp
from chorus_recon.geometry.camera import default_camera
from chorus_recon.io.prior_files import load_prior, save_prior
from chorus_recon.priors.aggregation import aggregate, gates, paper
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.types import BodyParams, Observation, OccupancyPrior, PriorSet, Rigid, VoxelGrid

ANCHOR = {"observation_ms": 14.5, "prepare_s": 36.6, "prepare_mib": 15579, "carry_s": 30.5, "disk_mib": 38.0}
THREADS = 2
Result = dict[str, float]


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def best(work: Callable[[], object], runs: int) -> tuple[float, float]:
    """The least wall-clock and processor seconds of some runs."""
    walls, cpus = [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return min(walls), min(cpus)


def person() -> tuple[DefaultBody, BodyParams]:
    body = DefaultBody()
    pose = warp.star_pose(body.joint_names)
    return body, BodyParams(body.id, torch.zeros(body.num_shape), pose, transforms.identity())


def box(
    low: tuple[float, float, float], high: tuple[float, float, float]
) -> tuple[torch.Tensor, torch.Tensor]:
    corners = torch.cartesian_prod(*[torch.tensor(pair) for pair in zip(low, high, strict=True)])
    walls = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [face for a, b, c, d in walls for face in ([a, b, c], [a, c, d])]
    return corners, torch.tensor(faces)


# boxes (low and high corner) in the body frame, metres
THINGS = {
    "on the back": ((-0.17, -0.05, -0.36), (0.17, 0.42, -0.12)),
    "before the belly": ((-0.2, -0.1, 0.14), (0.2, 0.2, 0.44)),
    "at the side": ((-0.75, -0.9, -0.15), (-0.45, 0.1, 0.15)),
}


def photographs(thing: str, count: int, size_px: int, seed: int = 0) -> Iterator[Observation]:
    """Pictures of a standing person with a box, from random directions; the person hides part of the box."""
    generator = torch.Generator().manual_seed(seed)
    body, params = person()
    posed, renderer = body.pose(params), EmbreeRenderer()
    corners, faces = box(*THINGS[thing])
    camera = default_camera((size_px, size_px))
    for _ in range(count):
        turn, lift, near = torch.rand(3, generator=generator).tolist()
        azimuth, elevation = 2 * math.pi * turn, math.radians(-10 + 50 * lift)
        flat = math.cos(elevation)
        away = torch.tensor([flat * math.cos(azimuth), math.sin(elevation), flat * math.sin(azimuth)])
        right = torch.nn.functional.normalize(torch.linalg.cross(-away, torch.tensor([0.0, 1.0, 0.0])), dim=0)
        rotation = torch.stack([right, torch.linalg.cross(-away, right), -away])
        place = Rigid(rotation, -rotation @ (away * (2.8 + 1.4 * near)))
        front = renderer.render(transforms.apply(place, posed.vertices), body.low_faces, camera).depth
        depth = renderer.render(transforms.apply(place, corners), faces, camera).depth
        visible = torch.isfinite(depth) & (depth < front)
        yield Observation(camera, transforms.matrix(place) @ posed.cam_from_canon, visible, front)


def field(grid: VoxelGrid) -> torch.Tensor:
    body = DefaultBody()
    return warp.weight_field(body.canonical()[0], body.skin_weights, grid)


def speed() -> Result:
    weights, out = field(grids.PAPER_GRID), {}
    for size in (512, 160):
        shots = list(photographs("on the back", 48, size)) * 4
        for mode in (Mode.PAPER, Mode.ROBUST):
            for threads in (1, THREADS):
                torch.set_num_threads(threads)
                wall, cpu = best(lambda: aggregate.tally(shots, grids.PAPER_GRID, weights, mode=mode), 5)  # noqa: B023
                name = f"{mode} {size} px {threads} threads"
                out[f"{name} ms"] = wall / len(shots) * 1e3
                out[f"{name} processor ms"] = cpu / len(shots) * 1e3
    out["times faster than the release"] = (
        ANCHOR["observation_ms"] / out[f"paper 512 px {THREADS} threads ms"]
    )
    return out


def memory() -> Result:
    """Peak memory after 1,000 and after 50,000 observations."""
    torch.set_num_threads(THREADS)
    grid = grids.cube(3.0, 24)  # growth of memory does not depend on the grid
    weights = field(grid)
    shots = list(photographs("on the back", 40, 64))
    repeat = lambda count: (shots[k % len(shots)] for k in range(count))  # noqa: E731
    aggregate.tally(repeat(1000), grid, weights)
    first = peak_mib()
    aggregate.tally(repeat(50_000), grid, weights)
    return {"1,000 observations MiB": first, "50,000 observations MiB": peak_mib()}


def prepare() -> Result:
    from chorus_recon.backends.body import canonical

    torch.set_num_threads(THREADS)
    before = peak_mib()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CHORUS_CACHE"] = folder
        cold, cpu = best(lambda: canonical.skin_weights(DefaultBody(), grids.PAPER_GRID), 1)
        after = peak_mib()
        canonical.skin_weights.cache_clear()
        warm, warm_cpu = best(lambda: canonical.skin_weights(DefaultBody(), grids.PAPER_GRID), 3)
    return {
        "cold s": cold,
        "cold processor s": cpu,
        "cold peak MiB, all told": after,
        "cold peak MiB beyond the imports": after - before,
        "cached s": warm,
        "cached processor s": warm_cpu,
    }


def carry() -> Result:
    torch.set_num_threads(THREADS)
    body, params = person()
    weights = field(grids.PAPER_GRID)
    values = load_prior("surfboard").clusters[0].expected
    posed = body.pose(params)
    ours, cpu = best(lambda: warp.carry(values[None], grids.PAPER_GRID, weights, posed.cam_from_canon), 8)
    args = (values, grids.PAPER_GRID, posed.vertices, body.skin_weights, posed.cam_from_canon)
    theirs, their_cpu = best(lambda: paper.carry(*args), 2)
    return {
        "ours s": ours,
        "ours processor s": cpu,
        "as published s": theirs,
        "as published processor s": their_cpu,
        "times faster than the release": ANCHOR["carry_s"] / ours,
        "times faster than the release, as published": ANCHOR["carry_s"] / theirs,
    }


def recovery() -> Result:
    """IoU of a box recovered from 300 pictures, at the best threshold, by both methods."""
    torch.set_num_threads(THREADS)
    out: Result = {}
    body = DefaultBody()
    for count in (48, 96):
        grid = grids.cube(3.0, count)
        weights = field(grid)
        within = gates.region(body.canonical()[0], grid, 0.5) if count > 48 else None
        centers = grids.centers(grid)
        for thing, (low, high) in THINGS.items():
            solid = ((centers > torch.tensor(low)) & (centers < torch.tensor(high))).all(-1)
            shots = list(photographs(thing, 300, 256))
            for mode in (Mode.ROBUST, Mode.PAPER):
                done = aggregate.finish(aggregate.tally(shots, grid, weights, mode=mode, within=within), mode)
                out[f"{count}^3 {thing}, {mode}"] = _iou(done.occupancy, solid)
        for mode in (Mode.ROBUST, Mode.PAPER):
            out[f"{count}^3 mean, {mode}"] = sum(out[f"{count}^3 {t}, {mode}"] for t in THINGS) / len(THINGS)
    return out


def _iou(occupancy: torch.Tensor, solid: torch.Tensor) -> float:
    levels = torch.arange(1, 100) / 100
    return max(float((solid & (occupancy >= t)).sum() / (solid | (occupancy >= t)).sum()) for t in levels)


def disk() -> Result:
    torch.set_num_threads(THREADS)
    weights = field(grids.PAPER_GRID)
    done = aggregate.finish(aggregate.tally(photographs("on the back", 100, 160), grids.PAPER_GRID, weights))
    plain = OccupancyPrior(
        grid=grids.PAPER_GRID,
        occupancy=done.occupancy,
        support=done.support,
        body_model="chorus-body-v1",
        cluster="worn",
        share=1.0,
    )
    rich = replace(plain, evidence=done.evidence, low=done.low, high=done.high, axes=done.axes)
    with tempfile.TemporaryDirectory() as folder:
        sizes = [
            save_prior(Path(folder) / f"{k}.prior.safetensors", PriorSet("backpack", (c,), {})).stat().st_size
            for k, c in enumerate((plain, rich))
        ]
    return {"occupancy and support MiB": sizes[0] / 2**20, "with interval and axis MiB": sizes[1] / 2**20}


PARTS = {part.__name__: part for part in (speed, memory, prepare, carry, disk, recovery)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="all of them if none is named")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(PARTS[options.parts[0]]()))
        return
    table = {}
    for part in options.parts or PARTS:
        command = [sys.executable, __file__, part, "--inside"]
        table[part] = json.loads(
            subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        )
        for name, value in table[part].items():
            print(f"{part:9s} {name:46s} {value:10.3f}", flush=True)
    if options.json:
        options.json.write_text(json.dumps({"anchor": ANCHOR, **table}, indent=1))


if __name__ == "__main__":
    main()
