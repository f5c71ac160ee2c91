import numpy as np
import pytest
import torch
import trimesh

from chorus_recon.errors import ConfigError
from chorus_recon.geometry.grid import cube
from chorus_recon.priors.inspection.export import export, surface
from chorus_recon.types import OccupancyPrior, PriorSet
from tests.fakes import FakeBody

GRID = cube(2.0, 20)


@pytest.fixture
def prior() -> PriorSet:
    """A cube of 0.4 m before the belly, at full occupancy."""
    occupancy = torch.zeros(GRID.shape)
    occupancy[8:12, 8:12, 12:16] = 0.8
    cluster = OccupancyPrior(GRID, occupancy, torch.ones(GRID.shape), "fake", "held", 1.0)
    return PriorSet("box", (cluster,), {})


def test_a_surface_lies_around_what_is_occupied(prior):
    found = surface(prior.clusters[0], 0.4)
    assert found is not None
    mesh = trimesh.Trimesh(found[0].numpy(), found[1])
    assert mesh.is_watertight
    assert mesh.volume == pytest.approx(0.4**3, rel=0.1)
    assert mesh.bounds == pytest.approx(np.array([[-0.2, -0.2, 0.2], [0.2, 0.2, 0.6]]), abs=0.01)
    assert surface(prior.clusters[0], 0.9) is None


def test_arrays_read_back(prior, tmp_path):
    with np.load(export(prior, "npz", tmp_path / "p.npz", FakeBody()), allow_pickle=False) as arrays:
        assert arrays["0_expected"] == pytest.approx(prior.clusters[0].expected.numpy())
        assert arrays["0_occupancy"] == pytest.approx(prior.clusters[0].occupancy.numpy())
        assert (str(arrays["0_name"]), str(arrays["category"])) == ("held", "box")
        assert arrays["0_origin_m"] == pytest.approx([-1.0] * 3)


def test_points_are_the_occupied_voxels(prior, tmp_path):
    cloud = trimesh.load(export(prior, "ply", tmp_path / "p.ply", FakeBody()))
    assert len(cloud.vertices) == 4**3
    assert cloud.vertices.mean(0) == pytest.approx([0.0, 0.0, 0.4], abs=1e-5)
    assert cloud.colors[0][0] > 2 * cloud.colors[0][2]


def test_a_scene_has_the_body_and_the_surfaces(prior, tmp_path):
    scene = trimesh.load_scene(export(prior, "glb", tmp_path / "p.glb", FakeBody()))
    assert set(scene.geometry) == {"body", "held: likely", "held: possible"}
    assert scene.geometry["body"].bounds[1][1] > 0.5  # upright
    assert scene.geometry["held: likely"].centroid == pytest.approx([0, 0, 0.4], abs=0.02)


def test_unknown_kind(prior, tmp_path):
    with pytest.raises(ConfigError, match="npz, ply, glb"):
        export(prior, "vdb", tmp_path / "p.vdb", FakeBody())
