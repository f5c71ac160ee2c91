import math

import numpy as np
import pytest
import torch

from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.pipeline.output import overlay as picture
from chorus_recon.pipeline.output import stage
from chorus_recon.pipeline.output.shading import shade, solid
from chorus_recon.types import Detection, PosedField, Rigid, VoxelGrid
from tests import scenes

RENDERER = EmbreeRenderer()


@pytest.fixture(scope="module")
def truth():
    return scenes.fake_reconstruction()


@pytest.fixture(scope="module")
def sheet(truth):
    return np.asarray(picture.overlay(truth, RENDERER), dtype=float)


def test_size(sheet, truth):
    assert 1600 <= sheet.shape[1] <= 2200
    tall = picture._panel_sizes((480, 900), 1900)
    wide = picture._panel_sizes((2000, 400), 1900)
    for photo, view in (tall, wide):
        assert 2 * photo[0] + 2 * view[0] + 5 * picture._GAP <= 1902
        assert min(photo) > 100


def test_meshes_cover_their_masks_and_nothing_else(sheet, truth):
    (width, height), _ = picture._panel_sizes(truth.photo.size_px, picture.WIDTH_PX)
    top = picture._GAP
    left = picture._GAP
    photo = sheet[top : top + height, left : left + width]
    left += width + picture._GAP
    overlay = sheet[top : top + height, left : left + width]
    rows = np.arange(height) * truth.photo.size_px[1] // height
    columns = np.arange(width) * truth.photo.size_px[0] // width
    human = truth.human_mask.alpha.numpy()[rows][:, columns] > 0.5
    thing = truth.evidence.object.alpha.numpy()[rows][:, columns] > 0.5
    assert (overlay[human][:, 2] - overlay[human][:, 0]).mean() > 40  # blue
    assert (overlay[thing][:, 0] - overlay[thing][:, 2]).mean() > 60  # orange
    corner = overlay[:40, :40] - photo[:40, :40]
    assert np.ptp(overlay[:40, :40].mean(-1)) < 20  # the backdrop stays a plain sky
    assert abs(corner.mean()) < 25


def test_a_prior_glows_where_it_expects_the_object(truth):
    photo, camera = truth.photo, truth.camera
    place = torch.tensor([0.3, -0.2, 3.0])
    inside = torch.zeros(10, 10, 10)
    inside[3:7, 3:7, 3:7] = 1.0
    grid = VoxelGrid((-0.5, -0.5, -0.5), 0.1, (10, 10, 10))
    field = PosedField(grid, Rigid(torch.eye(3), place), inside, "held_high", 1.0)
    sheet = np.asarray(picture.prior_picture(truth, [field]), dtype=float)
    width = (picture.WIDTH_PX - 4 * picture._GAP) // 3
    height = round(width * photo.size_px[1] / photo.size_px[0])
    for column in (1, 2):  # all clusters, and the only one
        left = picture._GAP + column * (width + picture._GAP)
        panel = sheet[picture._GAP : picture._GAP + height, left : left + width]
        rows, columns = np.where(panel[..., 0] - panel[..., 2] > 120)
        u, v = (camera.focal_px * place[:2] / place[2] + camera.center_px) * width / photo.size_px[0]
        assert abs(columns.mean() - float(u)) < 0.02 * width
        assert abs(rows.mean() - float(v)) < 0.02 * width
        wide = 0.4 / 3.0 * float(camera.focal_px[0]) * width / photo.size_px[0]
        assert 0.8 * wide < np.ptp(columns) < 2.0 * wide  # it fades over a voxel


def test_side_views_share_their_scale_and_look_from_the_left(truth):
    shown = picture.solids(truth)
    left = truth.human.body.cam_from_body.rotation[:, 0]
    floor = -float(torch.cat([s.vertices for s in shown])[:, 1].max())
    side, above = stage.side_and_above(shown, left, RENDERER, (200, 240), floor)
    for view in (side, above):
        assert view.shape == (240, 200, 3)
        ink = (view.amax(-1) - view.amin(-1)) > 0.15  # coloured pixels: the meshes
        assert 0.03 < float(ink.float().mean()) < 0.6
        assert not ink[[0, -1]].any()
        assert not ink[:, [0, -1]].any()  # nothing is cut off
    # from the person's left, the toes (forward) point to the picture's left
    feet = stage.leftward(left)
    forward = torch.linalg.cross(feet, stage.UP)
    toe, heel = truth.body.joints[10], truth.body.joints[7]
    assert float((toe - heel) @ forward) > 0


@pytest.mark.parametrize("turned_deg", [0, 30, 60, 90, 135, 180, 270])
def test_a_side_view_never_repeats_the_photo(turned_deg):
    """The photo looks along z: from that side, how far away things are cannot be seen."""
    turn = math.radians(turned_deg)
    left = torch.tensor([math.cos(turn), 0.0, math.sin(turn)])
    assert abs(float(stage.sideways(left)[2])) <= 0.8
    assert torch.allclose(stage.leftward(left), left)


def test_a_lying_person_has_a_side_too():
    assert torch.allclose(stage.sideways(torch.tensor([0.0, -1.0, 0.0])).norm(), torch.tensor(1.0))
    assert float(stage.sideways(torch.tensor([0.6, 0.7, 0.0]))[1]) == 0


def test_shading_is_antialiased_and_lit_from_above():
    vertices, faces = scenes.sphere(0.5, rings=48)
    ball = solid(vertices + torch.tensor([0.0, 0.0, 2.5]), faces, torch.tensor([0.5, 0.5, 0.5]))
    out = shade([ball], scenes.camera((80, 60), 80.0), RENDERER, stage.UP)
    partial = (out.alpha > 0) & (out.alpha < 1)
    assert 10 < int(partial.sum()) < int((out.alpha == 1).sum())
    assert float(out.rgb[22, 40].mean()) > float(out.rgb[38, 40].mean())
    assert float(out.alpha[0, 0]) == 0


def test_human_alone_gets_a_picture(truth):
    from dataclasses import replace

    alone = picture.overlay(replace(truth, placements=()), RENDERER, credit="Photo: somebody", width_px=700)
    assert alone.width > 600


@pytest.mark.parametrize("size", [(233, 317), (501, 149)])
def test_any_photo_size_goes(size):
    image = picture.overlay(scenes.fake_reconstruction(size), RENDERER, width_px=500)
    assert 200 < image.height < 900


def test_people_are_numbered_left_to_right(truth):
    boxes = [
        Detection(torch.tensor([200.0, 40.0, 260.0, 220.0]), "person", 0.9),
        Detection(torch.tensor([20.0, 40.0, 80.0, 220.0]), "person", 0.8),
        Detection(torch.tensor([100.0, 150.0, 160.0, 200.0]), "skateboard", 0.7),
    ]
    image = np.asarray(picture.people_picture(truth.photo, boxes))
    assert image.shape == (240, 320, 3)
    assert tuple(image[130, 21]) == picture._PALETTE[0]  # number 0 stands on the left
    assert tuple(image[130, 201]) == picture._PALETTE[1]
    assert np.array_equal(np.asarray(picture.people_picture(truth.photo, [])), truth.photo.rgb.numpy())
