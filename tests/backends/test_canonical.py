import torch

from chorus_recon.backends.body import canonical
from chorus_recon.geometry import grid as voxels
from chorus_recon.geometry import warp
from tests.fakes import FakeBody

GRID = voxels.cube(2.4, 16)


def test_weights_are_kept_exactly_and_made_again_when_damaged(tmp_path, monkeypatch):
    monkeypatch.setenv("CHORUS_CACHE", str(tmp_path))
    body = FakeBody()
    expected = warp.weight_field(body.canonical()[0], body.skin_weights, GRID)
    canonical._weights_of.cache_clear()
    assert torch.equal(canonical.skin_weights(body, GRID), expected)
    (kept,) = (tmp_path / "canon").glob("*/*.safetensors")
    canonical._weights_of.cache_clear()
    monkeypatch.setattr(warp, "weight_field", None)  # must not be made again
    assert torch.equal(canonical.skin_weights(body, GRID), expected)
    monkeypatch.undo()
    monkeypatch.setenv("CHORUS_CACHE", str(tmp_path))
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")
    canonical._weights_of.cache_clear()
    assert torch.equal(canonical.skin_weights(body, GRID), expected)
    canonical._weights_of.cache_clear()


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("CHORUS_CACHE", str(blocked))
    canonical._weights_of.cache_clear()
    assert canonical.skin_weights(FakeBody(), GRID).shape == (*GRID.shape, len(FakeBody().joint_names))
    canonical._weights_of.cache_clear()


def test_bodies_of_one_form_share_their_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("CHORUS_CACHE", str(tmp_path))
    canonical._weights_of.cache_clear()
    assert canonical.skin_weights(FakeBody(), GRID) is canonical.skin_weights(FakeBody(), GRID)
    canonical._weights_of.cache_clear()
