"""What the user says about a photo is checked, then believed."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from chorus_recon.backends.registry import Backends
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.errors import InputError
from chorus_recon.pipeline import given
from chorus_recon.pipeline import reconstruct as walk
from chorus_recon.pipeline.config import ReconstructConfig
from chorus_recon.pipeline.output.record import record
from chorus_recon.types import Detection
from tests.fakes import FakeBody, FakeSegmenter
from tests.scenes import world


@pytest.fixture(scope="module")
def truth():
    return world()  # 320 x 240


def mask(tmp_path, name, *boxes, size=(320, 240)):
    pixels = np.zeros((size[1], size[0]), np.uint8)
    for x0, y0, x1, y1 in boxes:
        pixels[y0:y1, x0:x1] = 255
    path = tmp_path / name
    Image.fromarray(pixels).save(path)
    return path


@pytest.mark.parametrize(
    ("box", "words", "hint"),
    [
        ((0.4, 0.3, 0.6, 0.5), "smaller than a pixel; give pixels", "it is 128,72,192,120"),
        ((40, 60, 40.5, 90), "smaller than a pixel", "in pixels"),
        ((700, 700, 900, 900), r"lies outside the photo \(320 x 240\)", "as shown upright"),
        ((-90, 10, -10, 60), "lies outside", "as shown upright"),
        ((200, 100, 900, 700), "lies mostly outside", "as shown upright"),
        ((200, 100, 40, 60), "right or lower edge before", "Not x,y,width,height"),
        ((math.nan, 1, 30, 40), "not four numbers", "left, upper"),
        ((0, 0, math.inf, 40), "not four numbers", "left, upper"),
    ],
)
def test_a_box_that_cannot_be_meant_is_refused(truth, box, words, hint):
    with pytest.raises(InputError, match=words) as caught:
        given.checked(ReconstructConfig(category="skateboard", object_box=box), truth.photo)
    assert hint in caught.value.hint


def test_a_box_over_the_edge_is_cut_there(truth):
    config = ReconstructConfig(object_box=(250.5, 100, 330, 245))
    assert given.checked(config, truth.photo).object_box == (250.5, 100, 320, 240)
    whole = ReconstructConfig(object_box=(1, 2, 30, 40))
    assert given.checked(whole, truth.photo).object_box == (1, 2, 30, 40)


def test_masks_that_cannot_be_meant_are_refused(truth, tmp_path):
    small = mask(tmp_path, "small.png", (1, 1, 9, 9), size=(160, 120))
    swapped = mask(tmp_path, "swapped.png", (0, 0, 320, 236))
    empty = mask(tmp_path, "empty.png")
    for path, words in ((small, "160x120 px, the photo 320x240"), (swapped, "98%"), (empty, "empty")):
        for name in ("human_mask", "object_mask"):
            with pytest.raises(InputError, match=words) as caught:
                given.checked(ReconstructConfig(**{name: path}), truth.photo)
            assert str(path) in caught.value.message
    same = mask(tmp_path, "same.png", (10, 10, 90, 90))
    nearly = mask(tmp_path, "nearly.png", (10, 10, 90, 92))
    with pytest.raises(InputError, match="show the same pixels"):
        given.checked(ReconstructConfig(human_mask=same, object_mask=nearly), truth.photo)
    apart = mask(tmp_path, "apart.png", (80, 10, 150, 92))
    config = ReconstructConfig(human_mask=same, object_mask=apart)
    assert given.checked(config, truth.photo) == config


@pytest.mark.parametrize("kind", ["box", "mask"])
def test_an_object_far_from_everybody_is_refused_but_for_kites(truth, tmp_path, kind):
    person = Detection(torch.tensor([10.0, 180, 30, 230]), "person", 1.0)  # 50 px tall
    near, far = (20, 120, 60, 150), (200, 10, 240, 40)

    def config(box, category):
        if kind == "box":
            return ReconstructConfig(category=category, object_box=box)
        path = mask(tmp_path, f"{category}-{box[0]}.png", box)
        return ReconstructConfig(category=category, object_mask=path)

    words = rf"{kind} \(200,10,240,40\) is far from everybody \(10,180,30,230\)"
    with pytest.raises(InputError, match=words):
        given.check_surroundings(config(far, "frisbee"), truth.photo, [person])
    given.check_surroundings(config(near, "frisbee"), truth.photo, [person])
    given.check_surroundings(config(far, "kite"), truth.photo, [person])
    other = Detection(torch.tensor([190.0, 60, 230, 150]), "person", 1.0)
    given.check_surroundings(config(far, "frisbee"), truth.photo, [person, other])
    given.check_surroundings(ReconstructConfig(category="frisbee"), truth.photo, [person])


def test_everything_is_checked_before_a_network_runs(truth, tmp_path, monkeypatch):
    class Never(FakeSegmenter):
        def detect(self, photo, query=None):
            raise AssertionError("a network was run")

    backends = Backends(Never([]), truth.estimator(), FakeBody(), EmbreeRenderer(), TemplateShapes())
    monkeypatch.setattr(walk, "bundled", lambda: ["skateboard"])
    broken = tmp_path / "mesh.glb"
    broken.write_bytes(b"glTF no more")
    fractions = ReconstructConfig(category="skateboard", object_box=(0.1, 0.1, 0.5, 0.5))
    for config, words in (
        (fractions, "give pixels"),
        (ReconstructConfig(human_mask=mask(tmp_path, "s.png", (1, 1, 9, 9), size=(64, 64))), "64x64"),
        (ReconstructConfig(category="skateboard", object_mesh=broken), "mesh.glb"),
        (replace(fractions, object_box=None, object_mask=tmp_path / "gone.png"), "no such file"),
    ):
        with pytest.raises(InputError, match=words):
            walk.reconstruct(truth.photo, config, backends)


def test_a_given_focal_length_comes_before_exif(truth):
    photo = truth.photo  # 320 px wide, with a focal length as from EXIF

    def focal(picture=photo, **chosen):
        camera, source = given.camera(ReconstructConfig(**chosen), picture)
        return float(camera.focal_px[0]), source

    assert focal() == (pytest.approx(photo.focal_px), "exif")
    assert focal(focal_px=500.0) == (500.0, "given")
    assert focal(fov_deg=90.0) == (pytest.approx(160.0), "given")
    width_deg = math.degrees(2 * math.atan(160 / focal(replace(photo, focal_px=None))[0]))
    assert width_deg == pytest.approx(46.0)
    assert focal(replace(photo, focal_px=None))[1] == "assumed"


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"focal_px": 28.0}, "28 px is not possible for a photo of 320 x 240"),
        ({"focal_px": math.nan}, "nan px is not possible"),
        ({"focal_px": math.inf}, "inf px is not possible"),
        ({"fov_deg": 0.7}, "0.7 degrees is not possible"),
        ({"fov_deg": math.nan}, "nan degrees is not possible"),
        ({"focal_px": 300.0, "fov_deg": 60.0}, "Both"),
    ],
)
def test_impossible_lenses_are_refused(truth, chosen, words):
    with pytest.raises(InputError, match=words) as caught:
        given.checked(ReconstructConfig(**chosen), truth.photo)
    assert caught.value.hint


def test_where_the_focal_length_is_from_is_recorded(truth):
    backends = Backends(truth.segmenter(), truth.estimator(), FakeBody(), EmbreeRenderer(), TemplateShapes())
    result = walk.reconstruct(truth.photo, ReconstructConfig(human_only=True), backends, fov_deg=50.0)
    assert record(result)["camera"]["focal_from"] == "given"
    assert float(result.camera.focal_px[0]) == pytest.approx(160 / math.tan(math.radians(25.0)))
