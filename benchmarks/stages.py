"""Time the stages of a reconstruction: python benchmarks/stages.py PHOTO... [-n RUNS] [--cpu] [--json FILE].

A photo's category is the name of its folder if there is a bundled prior for it. Prints medians over photos
and runs, in seconds, warm; `fresh` is a process that does the first photo alone, from its start to the saved
result. With --cpu all are CPU seconds of one thread, which a busy machine hardly changes. Compare two
checkouts on the same machine at the same time, as a ratio.
"""

import argparse
import json
import os
import resource
import statistics
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch

import chorus_recon.pipeline.reconstruct as walk
from chorus_recon.backends.registry import load
from chorus_recon.io.prior_files import bundled


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="+", type=Path)
    parser.add_argument("-n", "--runs", type=int, default=2)
    parser.add_argument("--cpu", action="store_true", help="CPU seconds of one thread")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    begun = time.perf_counter() - time.process_time()  # about when the process began
    clock = time.perf_counter
    if options.cpu:
        begun, clock = 0.0, time.process_time
        time.perf_counter = time.process_time  # what the stages' clock reads
        torch.set_num_threads(1)
    backends, known = load(), set(bundled())
    stages: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for run in range(options.runs + 1):
            for photo in options.photos:
                category = photo.parent.name if photo.parent.name in known else None
                start = clock()
                result = walk.reconstruct(photo, category=category, backends=backends)
                made = clock()
                result.save(Path(folder) / "result", overwrite=True)
                saved = clock()
                if "fresh" not in stages:
                    stages["fresh"] = [saved - begun]
                if run > 0:  # the first round warms up
                    seconds = {**result.seconds, "save": saved - made, "whole": saved - start}
                    for name, taken in seconds.items():
                        stages.setdefault(name, []).append(taken)
    table = {name: statistics.median(values) for name, values in stages.items()}
    for name, seconds in table.items():
        print(f"{name:10s} {seconds:7.3f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'peak':10s} {peak:7.0f} MiB")
    if options.json:
        options.json.write_text(json.dumps({"median_s": table, "peak_mib": peak}, indent=1))


if __name__ == "__main__":
    main()
