"""A run over a folder with two workers, real files and a stand-in for the networks: PHOTOS OUT."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from chorus_recon.execution.processes import Processes
from chorus_recon.io.images import load_photo
from chorus_recon.io.photo_folders import find_photos
from chorus_recon.pipeline import batch, batch_run, photo_worker
from chorus_recon.pipeline.batch import Job
from chorus_recon.pipeline.photo_worker import Outcome
from tests import scenes


@dataclass(frozen=True)
class FakeWorkers:
    """Makes workers that answer with the analytic world's result."""

    def __call__(self) -> Callable[[Job], Outcome]:
        answer = scenes.fake_reconstruction((80, 60))
        return lambda job: photo_worker.do(job, lambda photo: replace(answer, photo=load_photo(photo)), {})


def main(photos: Path, out: Path) -> None:
    jobs = batch.look_up(batch.plan(find_photos([photos]), [photos], out), {})
    with Processes(2).open(FakeWorkers()) as pool:
        for outcome in batch_run.run(jobs, out, pool, {}):
            assert outcome.failure is None, outcome.failure.trace


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
