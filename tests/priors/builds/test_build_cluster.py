"""The same bytes from a Ray cluster of two machines, also when a worker is killed: pytest -m cluster."""

import os
import signal
import threading
import time

import pytest

pytest.importorskip("pyarrow")

from chorus_recon.errors import InputError
from chorus_recon.execution import executors
from chorus_recon.execution.ray_cluster import RayCluster
from tests.clusters import two_machines
from tests.execution import test_executors as simple
from tests.priors import making
from tests.priors.builds.test_build import bytes_of, files, run

pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module", autouse=True)
def needs_ray():
    """Only for tests that run: importing ray takes a second, and these are not in the default suite."""
    pytest.importorskip("ray", reason="ray is not installed (pip install 'chorus-recon[cluster]')")


@pytest.fixture(scope="module")
def cluster():
    with two_machines() as made:
        yield made


def test_every_item_gets_its_result(cluster):
    found = simple.run(executors.choose("ray", 2), simple.make_square, range(5))
    assert sorted(found) == [0, 1, 4, 9, 16]
    assert simple.run(RayCluster(2), simple.make_square, []) == []


def test_an_expected_error_keeps_its_hint(cluster):
    with pytest.raises(InputError, match="three is refused") as error:
        simple.run(RayCluster(2), simple.make_strict, range(5))
    assert error.value.hint == "Take another."


def test_the_cluster_makes_the_same_bytes(cluster, tmp_path):
    expected = bytes_of(run(tmp_path / "a"), tmp_path)
    assert bytes_of(run(tmp_path / "b", executor=RayCluster(2)), tmp_path) == expected
    assert files(tmp_path / "b") == files(tmp_path / "a")


def test_a_relative_folder_is_the_drivers(cluster, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    expected = bytes_of(run("a"), tmp_path)
    assert bytes_of(run("b", executor=RayCluster(2)), tmp_path) == expected
    assert files(tmp_path / "b") == files(tmp_path / "a")


def test_a_killed_worker_loses_nothing(cluster, tmp_path):
    expected = bytes_of(run(tmp_path / "a"), tmp_path)
    killed: list[int] = []

    def kill():
        while not killed:
            time.sleep(0.05)
            pids = making.workers(tmp_path / "pids")
            if len(list((tmp_path / "b" / "shards").glob("*.parquet"))) >= 1 and pids:
                killed.append(pids[-1])
                os.kill(pids[-1], signal.SIGKILL)

    murderer = threading.Thread(target=kill, daemon=True)
    murderer.start()
    observer = making.Slow(0.1, tmp_path / "pids")
    assert bytes_of(run(tmp_path / "b", executor=RayCluster(2), observer=observer), tmp_path) == expected
    murderer.join(5)
    assert killed
    assert files(tmp_path / "b") == files(tmp_path / "a")
