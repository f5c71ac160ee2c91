"""Every example runs, with the pipeline answering from the analytic world."""

import runpy
import sys
from pathlib import Path

import pytest
from PIL import Image

import chorus_recon.pipeline.reconstruct as pipeline
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
