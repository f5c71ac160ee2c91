import os
import pickle

import pytest
import torch

from chorus_recon.errors import WeightsError
from chorus_recon.io.checkpoints import read_state


class Runs:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


class Settings(dict):
    """A class of its own, as training frameworks keep their settings in."""


def test_tensors_come_out_and_nothing_runs(tmp_path):
    weights = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.nn.Parameter(torch.ones(2)), "n": 3}
    whole = {
        "state_dict": weights,
        "hyper_parameters": Settings(depth=Settings(x=[1, 2])),
        "callbacks": [Runs(tmp_path / "touched"), {1, 2}],
        "half": torch.zeros(3, dtype=torch.float16),
    }
    torch.save(whole, tmp_path / "x.ckpt")
    found = read_state(tmp_path / "x.ckpt")
    assert found.keys() == {"a", "b"}
    assert torch.equal(found["a"], weights["a"])
    assert not (tmp_path / "touched").exists()
    torch.save({"w": torch.ones(1, dtype=torch.bfloat16)}, tmp_path / "bare.pt")
    assert read_state(tmp_path / "bare.pt")["w"].dtype == torch.bfloat16


def test_a_file_that_is_not_a_checkpoint_is_an_error(tmp_path):
    path = tmp_path / "x.ckpt"
    with pytest.raises(WeightsError, match="no such"):
        read_state(path)
    path.write_bytes(pickle.dumps([1]))
    with pytest.raises(WeightsError, match="not a checkpoint"):
        read_state(path)
    torch.save({"state_dict": {}}, path)
    with pytest.raises(WeightsError, match="no tensors"):
        read_state(path)
    torch.save({"a": torch.zeros(1000)}, path)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(WeightsError):
        read_state(path)
