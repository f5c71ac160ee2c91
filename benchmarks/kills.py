"""Kill a run over a folder at random moments, go on with the same command, and compare with an unbroken run.

    python benchmarks/kills.py PHOTOS OUT [--kills 15] [--workers 2] [--seed 0]

PHOTOS is a folder; OUT must not exist. Each kill is SIGKILL to the whole run, some seconds after its start.
Prints a line a kill, and at the end what was redone, lost, left over or different. The exit code is 0 if
nothing was.
"""

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

TIMES = ("seconds",)  # fields of reconstruction.json that may differ
OVERVIEW = ("index.html", "results.csv", "results.parquet")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--kills", type=int, default=15)
    parser.add_argument("--workers", default="2")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--longest", type=float, default=60.0, help="seconds a run lives at most")
    given = parser.parse_args()
    broken, whole = given.out / "broken", given.out / "whole"
    draw, redone, seen = random.Random(given.seed), 0, {}
    for number in range(given.kills):
        seconds = draw.uniform(1.0, given.longest)
        ended = killed_after(command(given, broken), seconds)
        now = finished(broken)
        lost = sorted(set(seen) - set(now))
        changed = sorted(name for name in seen if name in now and now[name] != seen[name])
        redone += len(changed) + len(lost)
        print(f"kill {number + 1}: after {seconds:.1f} s, {len(now)} finished,", end=" ")
        print(f"redone {changed}, lost {lost}", flush=True)
        seen = now
        if ended:
            print("the run ended before it was killed; the next begins anew")
            subprocess.run(["rm", "-rf", str(broken)], check=True)
            seen = {}
    subprocess.run(command(given, broken), check=False, stdout=subprocess.DEVNULL)
    after = finished(broken)
    redone += sum(after.get(name) != stamp for name, stamp in seen.items())
    subprocess.run(command(given, whole), check=False, stdout=subprocess.DEVNULL)
    left = [str(path) for path in broken.rglob(".*")]
    one, other = contents(broken), contents(whole)
    differing = sorted(name for name in {*one, *other} if one.get(name) != other.get(name))
    print(f"photos finished: {len(after)}; redone or lost: {redone}")
    print(f"left over: {left}; differing: {differing}")
    return int(bool(redone or left or differing))


def command(given: argparse.Namespace, out: Path) -> list[str]:
    run = [sys.executable, "-m", "chorus_recon.cli", str(given.photos), "-o", str(out), "-q"]
    return [*run, "--workers", given.workers]


def killed_after(run: list[str], seconds: float) -> bool:
    """Start a run and kill it with its workers; whether it ended by itself before."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(run, start_new_session=True, stdout=quiet, stderr=quiet)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        time.sleep(0.2)
        return False
    return True


def finished(out: Path) -> dict[str, int]:
    """The finished photos by folder, with the time at which they were finished.

    A folder whose name begins with a dot is being written: a kill may fall between its last file and its
    renaming.
    """
    found = (path for path in out.rglob("reconstruction.json") if not path.parent.name.startswith("."))
    return {str(path.parent): path.stat().st_mtime_ns for path in found}


def contents(out: Path) -> dict[str, str]:
    """The SHA-256 of each file, without times and the overview."""
    found = {}
    for path in sorted(p for p in out.rglob("*") if p.is_file() and p.name not in OVERVIEW):
        data = path.read_bytes()
        if path.name == "reconstruction.json":
            row = {key: value for key, value in json.loads(data).items() if key not in TIMES}
            data = json.dumps(row, sort_keys=True).encode()
        elif path.name == "report.html":
            continue  # repeats the times
        found[str(path.relative_to(out))] = hashlib.sha256(data).hexdigest()
    return found


if __name__ == "__main__":
    sys.exit(main())
