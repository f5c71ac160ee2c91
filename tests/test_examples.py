"""Every example runs, with the pipeline answering from the analytic world."""

import runpy
import shutil
import sys
import tomllib
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

import chorus_recon.backends.segment.default as segmenters
import chorus_recon.pipeline.reconstruct as pipeline
from chorus_recon.backends import registry
from chorus_recon.categories.index import categories
from chorus_recon.priors.scenes import rendered
from tests import scenes

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))
ONE_VIEW = ("1", "1")  # of one scene: each takes seconds
ARGUMENTS = {
    "02_inspect_prior": ("skateboard",),
    "04_build_tiny_prior": ("skateboard", *ONE_VIEW),
    "05_new_category": ("snow shovel", *ONE_VIEW),
}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs(example, tmp_path, monkeypatch, hasty_scenes):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (80, 60)).save("photo.jpg")
    answer = scenes.fake_reconstruction((80, 60))
    monkeypatch.setattr(pipeline, "reconstruct", lambda *args, **kwargs: answer)
    row = categories()["skateboard"]  # its first way of use will do: each takes seconds
    monkeypatch.setitem(categories(), "skateboard", replace(row, interactions=lambda: row.interactions()[:1]))
    monkeypatch.setattr(rendered, "BuildConfig", partial(rendered.BuildConfig, voxels=16))
    monkeypatch.setattr(sys, "argv", [example.name, *ARGUMENTS.get(example.stem, ("photo.jpg",))])
    runpy.run_path(str(example), run_name="__main__")
    assert len(example.read_text().splitlines()) < 60


def test_a_separate_packages_segmenter_works_by_its_entry_point(tmp_path, monkeypatch):
    folder = EXAMPLES[0].parent / "plugin"
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    # what an installer would write: the module, and metadata that names its entry points
    site, info = tmp_path / "site", tmp_path / "site" / "whole_box-0.1.dist-info"
    info.mkdir(parents=True)
    shutil.copy(folder / "whole_box.py", site)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 0.1\n")
    points = project["entry-points"][registry.GROUP]
    lines = [f"{name} = {place}" for name, place in points.items()]
    (info / "entry_points.txt").write_text("\n".join([f"[{registry.GROUP}]", *lines]))
    monkeypatch.syspath_prepend(site)
    world = scenes.world((80, 60))
    monkeypatch.setattr(segmenters, "DefaultSegmenter", world.segmenter)
    backends = registry.load({"segmenter": "whole_box:default"})
    assert isinstance(backends.segmenter, registry.Segmenter)
    seen = backends.segmenter.detect(world.photo)
    (mask,) = backends.segmenter.segment(world.photo, seen[:1])
    width, height = (seen[0].box_px[2:] - seen[0].box_px[:2]).tolist()
    assert float(mask.alpha.sum()) == pytest.approx(width * height)


def test_the_triposr_tool_makes_a_shape_without_a_compiler(tmp_path, monkeypatch):
    """With a stand-in for the network; the surface comes from a volume the way TripoSR asks for it."""
    tool = EXAMPLES[0].parent / "shape_tools" / "triposr.py"
    (tmp_path / "tsr").mkdir()
    (tmp_path / "tsr" / "__init__.py").touch()
    (tmp_path / "tsr" / "system.py").write_text(STAND_IN)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    world = scenes.world((160, 120))
    command = f"{sys.executable} {tool} {{image}} {{mask}} {{out}} --resolution 48"
    (shape,) = registry.make("shape", f"command:{command}").shapes("umbrella", world.photo, world.object_mask)
    size = shape.vertices.amax(0) - shape.vertices.amin(0)
    assert float(size.argmax()) == 1  # a pole along its z stands upright
    assert len(shape.faces) > 100


STAND_IN = """
import numpy as np, torch, trimesh
import rembg
from torchmcubes import marching_cubes

class TSR:
    class renderer:
        set_chunk_size = staticmethod(lambda size: None)
    from_pretrained = classmethod(lambda cls, name, config_name, weight_name: cls())
    to = lambda self, device: self

    def __call__(self, images, device):
        assert abs(images[0].width - images[0].height) == 0
        return torch.zeros(1)

    def extract_mesh(self, codes, colors, resolution):
        x, y, z = torch.meshgrid(*[torch.linspace(-1, 1, resolution)] * 3, indexing="ij")
        vertices, faces = marching_cubes((x / 0.2) ** 2 + (y / 0.3) ** 2 + (z / 0.9) ** 2 - 1, 0.0)
        vertices = vertices[..., [2, 1, 0]] / (resolution - 1) * 2 - 1
        return [trimesh.Trimesh(vertices.numpy(), faces.numpy())]
"""
