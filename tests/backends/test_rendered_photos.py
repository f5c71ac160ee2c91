"""Rendered photos as an image source: a picture depends on its shot alone, and its truth fits it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from chorus_recon.backends.images.rendered import source as rendered_photos
from chorus_recon.backends.images.rendered.source import RenderedConfig, RenderedPhotos
from chorus_recon.backends.images.scenes import scene
from chorus_recon.backends.protocols import ImageSource
from chorus_recon.errors import PriorError
from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import project
from chorus_recon.types import Prompt, Rigid, Shot, SynthImage

CONFIG = RenderedConfig((64, 48), samples=1, steps=60)


def shot(index=0, category="skateboard", verb="rides", seed=11):
    return Shot(index, Prompt(category, f"a person with a {category}", verb), "", "", seed)


@pytest.fixture(scope="module")
def source():
    return RenderedPhotos(CONFIG)


@pytest.fixture(scope="module")
def staged(source):
    return source.stage(shot())


def test_it_is_an_image_source(source):
    assert isinstance(source, ImageSource)


def test_the_verb_chooses_the_interaction(staged):
    assert staged.scene.interaction.startswith("ride_")


def test_a_noun_of_the_table_is_shown_with_the_shape_of_its_family(source):
    assert source.knows("broom")
    assert not source.knows("zorblax")
    prompt = Prompt("broom", "a person holds the broom in one hand", "holds")
    staged = source.stage(Shot(0, prompt, "", "", 3))
    assert staged.scene.interaction.startswith("shaft_one_hand")
    longest = (staged.scene.object_vertices.amax(0) - staged.scene.object_vertices.amin(0)).max()
    assert 1.0 < float(longest) < 2.0


def test_person_and_thing_are_framed_whole(source, staged):
    posed = source.rig.body.pose(scene.placed(staged.scene, staged.cam_from_world))
    pixels, valid = project(staged.camera, posed.vertices)
    assert bool(valid.all())
    assert bool(((pixels > 0) & (pixels < torch.tensor([64.0, 48.0]))).all())


def test_masks_agree_with_the_true_mesh(source, staged):
    masks = rendered_photos.true_masks(staged)
    thing = transforms.apply(
        transforms.compose(staged.cam_from_world, staged.scene.world_from_object),
        staged.scene.object_vertices,
    )
    low, high = project(staged.camera, thing)[0].aminmax(dim=0)
    rows, columns = np.nonzero(masks["object"])
    assert len(rows) > 5
    assert columns.min() >= float(low[0]) - 1
    assert columns.max() <= float(high[0]) + 1
    assert rows.min() >= float(low[1]) - 1
    assert not (masks["person"] & masks["object"]).any()
    joints = source.rig.body.pose(scene.placed(staged.scene, staged.cam_from_world)).joints
    u, v = project(staged.camera, joints)[0][0].long().tolist()
    assert masks["person"][v, u]  # the pelvis


def test_pictures_depend_on_their_shot_alone(source, staged):
    pytest.importorskip("mitsuba", reason="needs the rendering extra")
    pytest.importorskip("pyoidn", reason="needs the rendering extra")
    first_shot, second_shot = shot(), shot(1, seed=12)
    alone = torch.from_numpy(rendered_photos.take(staged, CONFIG))
    first, second = source.generate([second_shot, first_shot])
    assert isinstance(first, SynthImage)
    assert second.photo.rgb.equal(alone)
    assert second.shot == first_shot
    assert not first.photo.rgb.equal(alone)
    assert alone.shape == (48, 64, 3)
    assert float(alone.float().std()) > 10  # something is to be seen
    assert second.photo.focal_px is None  # the camera is to be found, not given


def test_the_view_asked_for_is_where_the_camera_stands(source, staged):
    rng = np.random.default_rng(0)
    turned = Rigid(transforms.rotation_about("y", 0.8), torch.zeros(3))
    for phrase, axis, sign in ((", front view", 2, 1), (", back view", 2, -1), (", seen from above", 1, 1)):
        for _ in range(10):
            away = turned.rotation.mT @ rendered_photos._away(phrase, turned, rng)
            assert float(away.norm()) == pytest.approx(1.0, abs=1e-5)
            assert sign * float(away[axis]) > 0.3


def test_an_unknown_category_is_reported(source):
    with pytest.raises(PriorError, match="spaceship"):
        source.stage(replace(shot(), prompt=Prompt("spaceship", "a person with a spaceship")))
