"""Time the stages of a reconstruction, warm: python benchmarks/stages.py PHOTO... [-n RUNS] [--json FILE].

A photo's category is the name of its folder if there is a bundled prior for it. Prints medians over photos
and runs, in seconds. Compare two checkouts on the same machine at the same time, as a ratio.
"""

import argparse
import json
import os
import resource
import statistics
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from chorus_recon import reconstruct
from chorus_recon.backends.registry import load
from chorus_recon.io.prior_files import bundled


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="+", type=Path)
    parser.add_argument("-n", "--runs", type=int, default=2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    backends, known = load(), set(bundled())
    stages: dict[str, list[float]] = {}
    for run in range(options.runs + 1):
        for photo in options.photos:
            category = photo.parent.name if photo.parent.name in known else None
            begun = time.perf_counter()
            result = reconstruct(photo, category=category, backends=backends)
            whole = time.perf_counter() - begun
            if run > 0:  # the first round warms up
                for name, seconds in {**result.seconds, "whole": whole}.items():
                    stages.setdefault(name, []).append(seconds)
    table = {name: statistics.median(values) for name, values in stages.items()}
    for name, seconds in table.items():
        print(f"{name:10s} {seconds:7.3f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'peak':10s} {peak:7.0f} MiB")
    if options.json:
        options.json.write_text(json.dumps({"median_s": table, "peak_mib": peak}, indent=1))


if __name__ == "__main__":
    main()
