"""A run that is killed again and again, and resumed, ends as one that never was."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.kills import contents, finished

PHOTOS = 40
KILLS = int(os.environ.get("CHORUS_KILLS", "15"))


def run(photos: Path, out: Path, seconds: float | None) -> bool:
    """Whether a run ends by itself before it is killed with its workers."""
    command = [sys.executable, "-m", "tests.pipeline.killed_run", str(photos), str(out)]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        assert process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False
    return True


@pytest.mark.sweep
def test_runs_that_are_killed_lose_and_repeat_nothing(tmp_path):
    photos, broken, whole = tmp_path / "in", tmp_path / "broken", tmp_path / "whole"
    photos.mkdir()
    for number in range(PHOTOS):
        Image.new("RGB", (80, 60), (number * 5, 90, 120)).save(photos / f"{number:02}.png")
    draw, before, kills, latest = random.Random(0), {}, 0, 3.0
    while kills < KILLS:
        ended = run(photos, broken, draw.uniform(0.2, latest))
        now = finished(broken)
        assert {name: now.get(name) for name in before} == before  # nothing lost, nothing done again
        latest = latest + 1.0 if len(now) == len(before) else latest  # until photos are finished in time
        before, kills = now, kills + (not ended)
        if ended:
            break
    assert run(photos, broken, None)
    assert len(finished(broken)) == PHOTOS
    assert {name: finished(broken)[name] for name in before} == before
    assert [str(path) for path in broken.rglob(".*")] == []
    assert run(photos, whole, None)
    assert contents(broken) == contents(whole)
