"""Photos on a Ray cluster of two machines, where a worker is killed: pytest -m cluster."""

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.kills import contents
from chorus_recon.execution import executors
from chorus_recon.io.images import load_photo
from chorus_recon.pipeline import batch, batch_run, failures, photo_worker
from chorus_recon.pipeline.batch import Job
from chorus_recon.pipeline.photo_worker import Outcome
from tests import scenes
from tests.clusters import two_machines

pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def cluster():
    pytest.importorskip("ray", reason="ray is not installed (pip install 'chorus-recon[cluster]')")
    with two_machines() as made:
        yield made


@dataclass(frozen=True)
class Workers:
    """Makes workers that answer with the analytic world's result, and that say who they are.

    Photos named `deadly` kill their worker.
    """

    pids: Path

    def __call__(self) -> Callable[[Job], Outcome]:
        answer = scenes.fake_reconstruction((80, 60))
        (self.pids / str(os.getpid())).touch()

        def reconstruct(photo: Path):
            if photo.stem == "deadly":
                os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(0.3)
            return replace(answer, photo=load_photo(photo))

        return lambda job: photo_worker.do(job, reconstruct, {})

    def lost(self, job: Job) -> Outcome:
        return photo_worker.PhotoWorkers.lost(self, job)  # pyright: ignore[reportArgumentType]


@pytest.fixture
def photos(tmp_path):
    (tmp_path / "in").mkdir()
    for number in range(8):
        picture = Image.new("RGB", (80, 60), (number * 20, 90, 120))
        picture.save(tmp_path / "in" / f"{number}.png")
    return sorted((tmp_path / "in").iterdir())


def run(name, photos, out, make):
    make.pids.mkdir(exist_ok=True)
    jobs = batch.look_up(batch.plan(photos, [], out), {})
    with executors.choose(name, None if name == "local" else 2).open(make, make.lost) as pool:
        return list(batch_run.run(jobs, out, pool, {}))


def test_a_killed_worker_costs_nothing_and_the_results_are_those_of_one_process(cluster, photos, tmp_path):
    run("local", photos, tmp_path / "local", Workers(tmp_path / "pids_local"))
    make, out, killed = Workers(tmp_path / "pids"), tmp_path / "ray", []

    def kill():
        while not killed:
            time.sleep(0.05)
            if len(list(out.glob("*/reconstruction.json"))) >= 2:
                killed.append(next(iter(make.pids.iterdir())).name)
                os.kill(int(killed[0]), signal.SIGKILL)

    murderer = threading.Thread(target=kill, daemon=True)
    murderer.start()
    outcomes = run("ray", photos, out, make)
    murderer.join(10)
    assert killed
    assert len(list(make.pids.iterdir())) > 2
    assert [outcome.failure for outcome in outcomes] == [None] * len(photos)
    assert contents(out) == contents(tmp_path / "local")


def test_a_photo_that_kills_each_worker_fails_alone(cluster, photos, tmp_path):
    deadly = tmp_path / "in" / "deadly.png"
    Image.new("RGB", (80, 60)).save(deadly)
    outcomes = run("ray", [deadly, *photos[:3]], tmp_path / "out", Workers(tmp_path / "pids"))
    failed = {outcome.job.photo.name: outcome.failure.error for outcome in outcomes if outcome.failure}
    assert failed == {"deadly.png": failures.LOST}
    assert [row["path"] for row in failures.read(tmp_path / "out")] == [str(deadly)]
