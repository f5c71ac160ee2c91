"""CPU seconds of placement in two checkouts, as a ratio: python benchmarks/placement.py PHOTO... --other DIR

Both checkouts place the same objects in turn in one run, each in a process with one thread, since a shared
machine gives no two runs the same seconds. A photo's category is its folder's name; where
NAME.person_mask.png and NAME.object_mask.png lie beside it they are given to both, so that both search for
the same outline. `prior` carries the prior and measures the body, `place` searches; both are what
reconstruct() does, measured in CPU seconds. Without --other, the seconds of this checkout alone.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

STAGES = ("prior", "place")
HERE = Path(__file__).resolve().parent.parent


def work() -> None:
    """Answer each line {"photo", "seed"} on stdin with CPU seconds a stage on stdout."""
    import torch

    import chorus_recon.pipeline.reconstruct as walk
    from chorus_recon.backends.registry import load

    torch.set_num_threads(1)
    time.perf_counter = time.process_time  # what the stages' clock reads
    backends = load()
    for line in sys.stdin:
        asked = json.loads(line)
        photo = Path(asked["photo"])
        masks = {
            f"{kind}_mask": path
            for kind in ("human", "object")
            if (path := photo.with_name(f"{photo.stem}.{kind.replace('human', 'person')}_mask.png")).exists()
        }
        config = walk.ReconstructConfig(category=photo.parent.name, seed=asked["seed"], **masks)
        result = walk.reconstruct(photo, config, backends)
        best = result.placements[0]
        said = {"seconds": {name: result.seconds[name] for name in STAGES}, "iou": best.silhouette_iou}
        print(json.dumps(said), flush=True)


class Checkout:
    """A process that imports one checkout."""

    def __init__(self, folder: Path) -> None:
        environment = os.environ | {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve()), "--work"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder,
        )  # fmt: skip

    def ask(self, photo: Path, seed: int) -> dict:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"photo": str(photo.resolve()), "seed": seed}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{photo}: the checkout stopped, see above")
        return json.loads(line)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", nargs="*", type=Path)
    parser.add_argument("--other", type=Path, help="the checkout to compare with: its seconds over ours")
    parser.add_argument("-n", "--runs", type=int, default=2)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        return work()
    checkouts = [Checkout(folder.resolve()) for folder in (HERE, options.other) if folder is not None]
    for one in checkouts:
        one.ask(options.photos[0], 0)  # warms up
    rows = []
    for run in range(options.runs):
        for photo in options.photos:
            said: list[dict] = [{} for _ in checkouts]
            order = range(len(checkouts)) if run % 2 else reversed(range(len(checkouts)))
            for number in order:
                said[number] = checkouts[number].ask(photo, run)
            rows.append({"photo": str(photo), "seed": run, "answers": said})
    for stage in (*STAGES, "both"):
        seconds = [[_seconds(answer, stage) for answer in row["answers"]] for row in rows]
        text = " ".join(f"{statistics.mean(column):7.2f} s" for column in zip(*seconds, strict=True))
        if len(checkouts) > 1:
            ratios = [other / ours for ours, other in seconds]
            text += f"   other / ours: median {statistics.median(ratios):.2f}"
            text += f", from {min(ratios):.2f} to {max(ratios):.2f}"
        print(f"{stage:6s} {text}")
    ious = zip(*([answer["iou"] for answer in row["answers"]] for row in rows), strict=True)
    print("IoU    " + " ".join(f"{statistics.mean(column):9.3f}" for column in ious))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))


def _seconds(answer: dict, stage: str) -> float:
    return sum(answer["seconds"].values()) if stage == "both" else answer["seconds"][stage]


if __name__ == "__main__":
    main()
