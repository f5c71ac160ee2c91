"""The page of a result."""

import json
import math
import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from chorus_recon.geometry import upright
from chorus_recon.pipeline.output import report, viewer
from chorus_recon.pipeline.output.words import summary
from chorus_recon.types import Use
from tests import scenes
from tests.pipeline.output.worlds import tilted


@pytest.fixture(scope="module")
def truth():
    return scenes.fake_reconstruction()


@pytest.fixture(scope="module")
def saved(truth, tmp_path_factory):
    return truth.save(tmp_path_factory.mktemp("out") / "skater")


def test_report_is_self_contained(saved):
    page = (saved / "report.html").read_text(encoding="utf-8")
    assert len(page) < 5_000_000
    assert "{{" not in page
    markup = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    for url in re.findall(r"""(?:src|href)\s*=\s*["']?([^"'\s>]+)""", markup):
        assert url.startswith("data:") or (saved / url).exists(), url
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|import\s*\(", page)
    assert "default-src 'none'" in page
    assert "83%" in page
    assert "confident" in page


def test_report_shows_hostile_names_as_text(truth, saved, tmp_path):
    photo = replace(truth.photo, source=Path("</script><b>{{scene}}.png"))
    where = replace(truth, photo=photo, warnings=("a <i>warning</i>",)).save(tmp_path / "x")
    page = (where / "report.html").read_text()
    assert "<b>{{scene}}" not in page
    assert "<i>warning" not in page
    assert page.count("</script>") == (saved / "report.html").read_text().count("</script>")


def test_a_name_that_is_no_text_is_kept_in_the_record(truth, tmp_path):
    """Disks written elsewhere have names in other encodings."""
    source = Path(os.fsdecode(b"/photos/caf\xe9.jpg"))
    result = replace(truth, photo=replace(truth.photo, source=source))
    folder = result.save(tmp_path / os.fsdecode(b"caf\xe9"))
    facts = json.loads((folder / "reconstruction.json").read_text("utf-8"))
    assert facts["photo"]["path"] == str(source)
    assert "caf?.jpg" in (folder / "report.html").read_text("utf-8")


def test_viewer_arrays_decode_to_the_meshes(truth):
    import base64

    scene = viewer.scene(truth)
    assert len(scene["objects"]) == 2
    mesh = scene["objects"][0]
    grid = np.frombuffer(base64.b64decode(mesh["positions"]), "<u2").reshape(-1, 3)
    positions = np.array(mesh["low"]) + grid / 65535 * np.array(mesh["span"])
    ids = np.frombuffer(base64.b64decode(mesh["faces"]), "<u2").reshape(-1, 3)
    best = truth.placements[0]
    assert np.allclose(positions[ids], best.vertices[best.shape.faces].numpy(), atol=2e-5)
    touched = np.frombuffer(base64.b64decode(mesh["human_contacts"]), np.uint8)
    assert len(touched) * 3 == len(base64.b64decode(scene["human"]["normals"]))
    assert len(base64.b64decode(scene["human"]["colors"])) == 3  # blue, all of it
    assert 0 < (touched > 0).mean() < 0.5


def test_the_viewers_meshes_are_turned_level_and_its_camera_tilted(truth):
    level, turned = viewer.scene(truth), viewer.scene(tilted(truth))
    assert level["tilt"] == pytest.approx({"pitch": 0.0, "roll": 0.0})
    assert turned["tilt"] == pytest.approx({"pitch": math.radians(25.0), "roll": math.radians(6.0)}, abs=1e-5)
    lowest = [s["human"]["low"][1] + s["human"]["span"][1] for s in (level, turned)]  # y down
    up = upright.up_of(math.radians(25.0), math.radians(6.0)).float()
    assert turned["floor"] == pytest.approx(-lowest[1], abs=1e-4)
    assert lowest[1] == pytest.approx(-float((truth.body.vertices @ up).min()), abs=1e-4)
    assert lowest[0] == pytest.approx(float(truth.body.vertices[:, 1].max()), abs=1e-4)


@pytest.mark.parametrize(
    ("probability", "words"), [(0.9, "confident"), (0.5, "fairly sure"), (0.0, "unsure")]
)
def test_confidence_in_words(probability, words):
    assert report.confidence(probability) == words


@pytest.mark.parametrize(
    ("noun", "said"),
    [
        ("skateboard", "a skateboard"),
        ("umbrella", "an umbrella"),
        ("skis", "skis"),
        ("wine glass", "a wine glass"),
    ],
)
def test_headline_reads_like_english(noun, said):
    assert report._with_article(noun) == said


@pytest.mark.parametrize(("share", "stated"), [(0.6, True), (0.02, False)])
def test_an_improbable_use_is_not_stated(truth, tmp_path, share, stated):
    best = replace(truth.placements[0], use=Use("rides {it}", share))
    result = replace(truth, placements=(best, *truth.placements[1:]))
    assert ("rides the skateboard (60%)" in summary(result)) == stated
    assert ("unsure how it is used" in summary(result)) != stated
    page = (result.save(tmp_path / "a") / "report.html").read_text()
    assert ("<dt>What is done</dt><dd>rides the skateboard<" in page) == stated
