"""Every example runs, with the pipeline answering from the analytic world."""

import runpy
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
from PIL import Image

import chorus_recon.backends.segment.default as segmenters
import chorus_recon.pipeline.reconstruct as pipeline
from chorus_recon.backends import registry
from tests import scenes

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs(example, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (80, 60)).save("photo.jpg")
    answer = scenes.fake_reconstruction((80, 60))
    monkeypatch.setattr(pipeline, "reconstruct", lambda *args, **kwargs: answer)
    argument = "skateboard" if "prior" in example.stem else "photo.jpg"
    monkeypatch.setattr(sys, "argv", [example.name, argument])
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
