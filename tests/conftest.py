"""What every test gets: few threads, and a cache folder of its own unless it needs the networks."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve each other on busy machines

import pytest
import torch

torch.set_num_threads(1 if "PYTEST_XDIST_WORKER" in os.environ else 2)


@pytest.fixture(autouse=True)
def own_cache(request, tmp_path, monkeypatch):
    """No test reads or fills the user's cache, nor the network, except those marked for it."""
    if any(request.node.get_closest_marker(mark) for mark in ("weights", "network", "named_stack")):
        return
    monkeypatch.setenv("CHORUS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CHORUS_OFFLINE", "1")
