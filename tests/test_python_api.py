"""What `import chorus_recon` offers."""

import html
import io
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import trimesh
from PIL import Image

import chorus_recon
from chorus_recon.backends.registry import Backends
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.categories.index import categories
from chorus_recon.errors import ConfigError
from chorus_recon.geometry.grid import cube
from chorus_recon.geometry.threads import calm
from chorus_recon.pipeline.gravity import world as gravity
from chorus_recon.priors import factory
from tests import scenes
from tests.fakes import FakeBody

QUICK = """
import os, sys
import chorus_recon
assert not {"torch", "numpy", "PIL"} & set(sys.modules)
assert set(chorus_recon.__all__) <= set(dir(chorus_recon))
assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
"""
LATE = """
import os, sys
sys.modules["torch"] = None  # stands for a torch that was loaded before
import chorus_recon
assert "OMP_WAIT_POLICY" not in os.environ
"""


@pytest.fixture(scope="module")
def truth():
    return scenes.world((160, 120))


@pytest.fixture
def backends(truth):
    return Backends(truth.segmenter(), truth.estimator(), FakeBody(), EmbreeRenderer(), TemplateShapes())


ALONE = chorus_recon.ReconstructConfig(human_only=True)


@pytest.mark.parametrize("code", [QUICK, LATE])
def test_importing_is_light_and_sets_what_the_command_line_sets(code):
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


def test_every_name_is_there_and_the_package_is_typed():
    for name in chorus_recon.__all__:
        assert getattr(chorus_recon, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'recontsruct'"):
        chorus_recon.recontsruct  # noqa: B018
    assert (Path(chorus_recon.__file__).parent / "py.typed").is_file()


def test_threads_that_would_spin_are_not_used(monkeypatch):
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")
        with calm():
            assert torch.get_num_threads() == 2
        monkeypatch.delenv("OMP_WAIT_POLICY")
        with calm():
            assert torch.get_num_threads() == 1
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_a_photo_may_be_a_path_bytes_an_image_or_an_array(truth, backends, tmp_path):
    pixels = truth.photo.rgb.numpy()
    path = tmp_path / "skater.png"
    Image.fromarray(pixels).save(path)
    for photo in (path, str(path), path.read_bytes(), Image.fromarray(pixels), pixels, truth.photo):
        result = chorus_recon.reconstruct(photo, ALONE, backends)
        assert torch.equal(result.photo.rgb, truth.photo.rgb)
        assert result.options == {"human_only": True}
    assert len(result.photo.sha256) in (0, 64)


def test_models_are_kept_for_many_photos_and_failures_are_told(truth, backends, tmp_path):
    for name in ("a", "b"):
        Image.fromarray(truth.photo.rgb.numpy()).save(tmp_path / f"{name}.png")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    models = chorus_recon.Reconstructor(ALONE, backends=backends)
    assert models.backends is backends
    done = list(models.run(tmp_path))
    assert [attempt.photo.name for attempt in done] == ["a.png", "b.png", "broken.png"]
    assert [attempt.result is None for attempt in done] == [False, False, True]
    assert done[2].failure.error == "InputError"
    assert "broken.png" in done[2].failure.message
    for photo, result, failure in models.run([np.zeros((4, 4), np.float32), tmp_path / "a.png"]):
        assert (result is None) == isinstance(photo, np.ndarray)
        assert (failure is None) == isinstance(photo, Path)
    assert repr(models) == "Reconstructor(segmenter=fake, human=fake, body=capsule-man-v1, device='cpu')"
    assert models(tmp_path / "a.png").placements == ()


def test_a_result_is_told_in_a_line_and_read_by_name(truth):
    result = scenes.fake_reconstruction((160, 120))
    said = "skateboard, 83% sure, outline match 97%, 2 placements, 1 warnings"
    assert repr(result) == f"Reconstruction(skater.png: {said})"
    assert "the person only" in repr(replace(result, placements=(), warnings=()))
    best = result.placements[0]
    assert repr(best).startswith("Placement(board: 83% sure, outline match 97%, cluster 'all', ")
    assert "\n" not in repr(best)
    assert torch.equal(result.joints["left_wrist"], result.body.joints[20])
    assert len(result.joints) == 24
    assert bool(best.contact)
    assert torch.equal(best.contact.human_near, best.body_contacts)
    assert torch.equal(best.contact.object_near, best.object_contacts)
    assert 0 < len(best.contact.human_vertices) < len(best.contact.human_near)
    assert not replace(best, body_gaps_m=best.body_gaps_m.clamp_min(0.03)).contact
    prior = scenes.prior_of(truth)
    assert repr(prior) == "PriorSet(skateboard: 48 x 48 x 48 voxels of 6.2 cm: ride 100%)"


def test_a_result_is_a_scene_for_trimesh():
    result = scenes.fake_reconstruction((160, 120))
    scene = result.to_scene()
    assert isinstance(scene, trimesh.Scene)
    world = gravity.world_of(result).world_from_cam
    placed = torch.from_numpy(np.array(scene.geometry["object_skateboard"].vertices)).float()
    assert torch.allclose(placed, transforms_by(world, result.placements[0].vertices), atol=1e-5)
    person = scene.geometry["human"]
    assert len(person.vertices) == len(result.body.vertices)
    assert abs(scene.bounds[0][1]) < 0.02  # it stands on the floor
    looking = -scene.camera_transform[:3, 2]  # along its own -z
    towards = person.centroid - scene.camera_transform[:3, 3]
    assert looking @ towards / np.linalg.norm(towards) > 0.9


def transforms_by(matrix, points):
    return points @ matrix[:3, :3].mT + matrix[:3, 3]


def test_a_notebook_shows_picture_and_scene():
    page = scenes.fake_reconstruction((160, 120))._repr_html_()
    assert page.startswith("<iframe ")
    inside = html.unescape(page.split('srcdoc="')[1].split('" width')[0])
    assert inside.count("data:image/jpeg;base64,") >= 2
    assert "A person with a skateboard" in inside
    assert "<canvas" in inside
    assert 'href="scene.glb"' not in inside  # there are no files beside it
    assert "{{" not in inside


def test_a_prior_is_built_from_scenes(tmp_path, monkeypatch, hasty_scenes):
    pytest.importorskip("pyarrow")
    tie = categories()["tie"]  # one way of use will do: each takes seconds
    small = replace(tie, interactions=lambda: tie.interactions()[:1], grid=cube(2.0, 16))
    monkeypatch.setitem(categories(), "tie", small)
    told = []
    built = chorus_recon.build_prior(
        "neckties", tmp_path, scenes=1, views=1, progress=lambda *step: told.append(step)
    )
    assert built.category == "tie"
    assert [step for step in told if step[1] == step[2]][-1] == ("counting", 1, 1)
    assert ("pictures", 1, 1) in told
    again = chorus_recon.load_prior(tmp_path / "tie.prior.safetensors")
    assert again.provenance == built.provenance
    assert [c.cluster for c in again.clusters] == [c.cluster for c in built.clusters]


def test_a_prior_is_built_from_photos(tmp_path, monkeypatch):
    pytest.importorskip("pyarrow")
    from tests.priors import making

    folder = tmp_path / "p"
    folder.mkdir()
    for number in range(3):
        Image.new("RGB", (64, 64)).save(folder / f"{number}.png")

    monkeypatch.setattr(factory, "check", lambda *_: None)
    monkeypatch.setattr(factory, "context", lambda chosen: making.context())
    monkeypatch.setattr(factory, "observer", lambda chosen, backends, device: making.observer)
    built = chorus_recon.build_prior("box", tmp_path / "out", source=f"photos:{folder}")
    assert built.provenance["images"] == 3
    assert (tmp_path / "out" / "box.prior.safetensors").is_file()
    assert (tmp_path / "out" / "report.html").is_file()


def test_arguments_that_decide_nothing_are_refused(tmp_path):
    for arguments, words in (
        ({"images": 5}, "images does not apply"),
        ({"source": "photos:x", "scenes": 2, "folder": tmp_path}, "scenes and views apply to"),
        ({"source": f"photos:{tmp_path}"}, "needs a folder"),
    ):
        with pytest.raises(ConfigError, match=words):
            chorus_recon.build_prior("box", **arguments)
    with pytest.raises(ConfigError, match="Invalid category name"):
        chorus_recon.build_prior("a/b")


def test_bytes_of_a_file_are_named_in_errors(backends):
    held = io.BytesIO()
    Image.new("RGB", (8, 8)).save(held, "PNG")
    with pytest.raises(chorus_recon.ChorusError, match="bytes: the picture is 8x8 px"):
        chorus_recon.reconstruct(held.getvalue(), ALONE, backends)
