"""Benchmark aggregation and placement on a device. python benchmarks/throughput.py [--device NAME]

`observations/s` aggregates 160 px pictures into the release's grid on the device, by both methods;
`placements/s` places the object of the analytic scene (64 starts), given person and masks. Placement always
runs on the CPU, in one process. benchmarks/synthesis.py measures text-to-image pipelines.
"""

import argparse
import json
import os
import platform
import sys
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch
from aggregation import field, photographs

from chorus_recon.backends.registry import Backends
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.geometry import grid as grids
from chorus_recon.pipeline import reconstruct as walk
from chorus_recon.priors.aggregation import aggregate
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.types import Observation
from tests import scenes
from tests.fakes import FakeBody


def moved(observation: Observation, device: str) -> Observation:
    camera = replace(
        observation.camera,
        focal_px=observation.camera.focal_px.to(device),
        center_px=observation.camera.center_px.to(device),
    )
    return replace(
        observation,
        camera=camera,
        cam_from_canon=observation.cam_from_canon.to(device),
        object=observation.object.to(device),
        body_depth=observation.body_depth.to(device),
    )


def counted(device: str, count: int) -> dict[str, float]:
    """Observations per second, the best of three runs, and the share of counts that differ from the CPU's."""
    weights = field(grids.PAPER_GRID)
    shots = list(photographs("on the back", 48, 160))
    there, on_device = [moved(observation, device) for observation in shots], weights.to(device)
    many = (there * (count // len(there) + 1))[:count]
    out: dict[str, float] = {}
    for mode in (Mode.ROBUST, Mode.PAPER):
        took = []
        for run in range(4):
            begun = time.perf_counter()
            done = aggregate.tally(many, grids.PAPER_GRID, on_device, mode=mode)
            _ = int(done.hits[0, 0])  # waits for the device
            if run:
                took.append(time.perf_counter() - begun)
        out[f"observations/s, {mode}"] = count / min(took)
        here = aggregate.tally(shots, grids.PAPER_GRID, weights, mode=mode)
        other = aggregate.tally(there, grids.PAPER_GRID, on_device, mode=mode)
        differ = (here.hits != other.hits.cpu()).float().mean()
        out[f"share of counts unlike the processor's, {mode}"] = float(differ)
    return out


def placed(runs: int) -> dict[str, float]:
    truth = scenes.world()

    class Shapes:
        name = "one"

        def shapes(self, category: str, photo: object = None, mask: object = None) -> list[object]:
            return [truth.shape]

    walk.load_prior = lambda category: scenes.prior_of(truth, seeds=True)
    walk.bundled = lambda: ["skateboard"]
    backends = Backends(truth.segmenter(), truth.estimator(), FakeBody(), EmbreeRenderer(), Shapes())
    seconds = [
        walk.reconstruct(truth.photo, walk.ReconstructConfig(seed=run), backends).seconds["place"]
        for run in range(runs + 1)
    ]
    return {"placements/s": 1.0 / min(seconds[1:])}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", default="auto")
    parser.add_argument(
        "--count", type=int, default=0, help="observations; 192, or 4800 on a GPU, by default"
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    device = ("cuda" if torch.cuda.is_available() else "cpu") if given.device == "auto" else given.device
    cuda = device.startswith("cuda")
    name = torch.cuda.get_device_name(device) if cuda else platform.processor() or platform.machine()
    table = counted(device, given.count or (4800 if cuda else 192)) | placed(given.runs)
    print(f"{name}, {torch.get_num_threads()} threads")
    for row, value in table.items():
        print(f"{row:50s} {value:12.4g}")
    if given.json:
        given.json.write_text(
            json.dumps({"device": name, "threads": torch.get_num_threads(), **table}, indent=1)
        )


if __name__ == "__main__":
    main()
