"""What every test gets: few threads, and a cache folder of its own unless it needs the networks."""

import gc
import os
from itertools import count

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve each other on busy machines

import fsspec
import pytest
import torch

from tests import check_anew

torch.set_num_threads(1 if "PYTEST_XDIST_WORKER" in os.environ else 2)


gc.disable()  # until all tests are imported: that makes millions of objects, and searching them takes seconds


def pytest_collection_finish():
    gc.enable()


def pytest_runtest_logstart():
    check_anew()


@pytest.fixture(scope="session")
def caches(tmp_path_factory):
    """Where tests have their caches; each folder is made by the first test that writes there."""
    return tmp_path_factory.mktemp("caches"), count()


@pytest.fixture(autouse=True)
def own_cache(request, caches, monkeypatch):
    """No test reads or fills the user's cache, nor the network, except those marked for it."""
    if any(request.node.get_closest_marker(mark) for mark in ("weights", "network", "named_stack")):
        return
    root, numbers = caches
    monkeypatch.setenv("CHORUS_CACHE", str(root / str(next(numbers))))
    monkeypatch.setenv("CHORUS_OFFLINE", "1")


@pytest.fixture
def hasty_scenes(monkeypatch):
    """People of rendered scenes are posed in a few steps: for what does not hang on how well they hold."""
    from chorus_recon.priors.scenes import pieces

    pose = pieces.pose

    def hasty(rig, row, category, count, steps, generator):
        return pose(rig, row, category, count, min(steps, 25), generator)

    monkeypatch.setattr(pieces, "pose", hasty)


@pytest.fixture
def memory():
    """An empty file system in memory."""
    files = fsspec.filesystem("memory")
    files.store.clear()
    files.pseudo_dirs[:] = [""]
    return files
