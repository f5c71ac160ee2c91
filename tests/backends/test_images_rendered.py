"""The path tracer and what it draws: laws of cloth, looks, light."""

import sys

import numpy as np
import pytest
import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.images.rendered import (
    garments,
    guides,
    head,
    person,
    scenery,
    sheet,
    sky,
    surroundings,
    textures,
    trace,
    wardrobe,
)
from chorus_recon.backends.images.rendered.surfaces import Light, Material, Surface, encoded, linear
from chorus_recon.errors import MissingBackend
from chorus_recon.types import Camera, Rigid


def flat_grid(n=9):
    x, z = np.meshgrid(np.linspace(0, 1, n), np.linspace(0, 1, n), indexing="ij")
    points = np.stack([x, np.zeros_like(x), z], -1).reshape(-1, 3)
    a = (np.arange(n - 1)[:, None] * n + np.arange(n - 1)).ravel()
    faces = np.concatenate([np.stack([a, a + 1, a + n], 1), np.stack([a + 1, a + n + 1, a + n], 1)])
    return sheet.Sheet(points, points * 2, faces)


def area(points, faces):
    a, b, c = (points[faces[:, k]] for k in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2


def skin():
    body = DefaultBody()
    template = body.template.double().numpy()
    return sheet.Sheet(template, template + np.array([0, 1, 0]), body.faces.numpy())


def test_a_cut_keeps_exactly_what_is_on_the_positive_side():
    cloth = flat_grid()
    part = sheet.cut(cloth, 0.33 - cloth.rest[:, 0])
    assert area(part.rest, part.faces) == pytest.approx(0.33)
    assert part.rest[:, 0].max() == pytest.approx(0.33)
    assert part.posed == pytest.approx(2 * part.rest)  # new vertices are between old ones in both places


def test_refining_keeps_the_surface_and_quarters_its_faces():
    cloth = flat_grid()
    fine = sheet.refine(cloth)
    assert len(fine.faces) == 4 * len(cloth.faces)
    assert area(fine.rest, fine.faces) == pytest.approx(1.0)
    assert len(np.unique(fine.rest, axis=0)) == len(fine.rest)


def test_smoothing_flattens_a_bump_and_leaves_the_rim_on_its_line():
    cloth = flat_grid()
    bumpy = cloth.rest.copy()
    bumpy[40, 1] = 1.0  # the middle
    smooth = sheet.smooth(bumpy, cloth.faces, 3)
    assert smooth[40, 1] < 0.4
    rim = (cloth.rest[:, 0] == 0) & (np.abs(cloth.rest[:, 2] - 0.5) < 0.2)
    assert smooth[rim][:, :2] == pytest.approx(0.0)


def test_clothes_lie_outside_the_tucked_skin():
    rng = np.random.default_rng(0)
    shirt = garments.Garment((1, 0, 0), sleeves=0.35, hem_m=-0.03)
    bare = skin()
    cloth = garments.sew(shirt, bare, [], rng)
    under = garments.tuck(bare, [shirt])
    middle = np.abs(cloth.vertices[:, 0]) < 0.1
    rest_of_body = under.posed[(np.abs(under.rest[:, 0]) < 0.1) & (garments.field(shirt, under.rest) > 0.05)]
    front = lambda points: points[points[:, 1] < 1.4][:, 2].max()  # noqa: E731
    assert front(cloth.vertices[middle]) > front(rest_of_body) + 0.01
    assert cloth.vertices[:, 1].min() == pytest.approx(1 - 0.03, abs=0.03)


def test_shirts_leave_head_hands_and_legs_bare():
    rest = skin().rest
    covered = garments.field(garments.Garment((1, 1, 1), sleeves=0.66), rest) > 0
    assert not covered[(rest[:, 1] > 0.6) | (rest[:, 1] < -0.05) | (np.abs(rest[:, 0]) > 0.67)].any()
    assert covered[(np.abs(rest[:, 0]) < 0.1) & (rest[:, 1] > 0.05) & (rest[:, 1] < 0.4)].all()


@pytest.mark.parametrize("occasion", ["rider"])
def test_an_occasion_dresses_a_person(occasion):
    rng = np.random.default_rng(3)
    bare = skin()
    figure = person.Figure(bare.rest, bare.posed, bare.faces, {"left": 2.5, "right": 0.4})
    made = person.draw(figure, wardrobe.dress(occasion, rng), rng)
    assert len(made) >= 4
    for surface in made:
        assert surface.part == "person"
        assert np.isfinite(surface.vertices).all()
        assert surface.faces.min() >= 0
        assert surface.faces.max() < len(surface.vertices)
        assert np.abs(surface.vertices[:, 1] - 1).max() < 1.1  # nothing flies off


def test_a_head_is_carried_by_the_map_of_its_skull():
    bare = skin()
    turn = np.array([[0.0, 0, 1], [0, 1, 0], [-1, 0, 0]])
    place = head.carry(sheet.Sheet(bare.rest, bare.rest @ turn.T + [1, 2, 3], bare.faces))
    assert place(head.EYES) == pytest.approx(head.EYES @ turn.T + [1, 2, 3])


@pytest.mark.parametrize("setting", ["street", "court", "beach", "sea", "slope", "room"])
def test_surroundings_stand_on_the_ground_and_leave_the_view_free(setting):
    stage = surroundings.Stage(
        0.0, np.array([0.0, 1.0, 0.0]), np.array([2.0, 1.5, 3.0]), 0.4, np.array([[-0.3, -1.0], [0.3, 1.0]])
    )
    made, light = surroundings.surround(setting, stage, np.random.default_rng(5))
    assert np.isfinite(light.sky).all()
    assert light.sky.min() >= 0
    between = np.linspace(stage.eye, stage.middle, 12)[:-1]
    for surface in made:
        near = np.linalg.norm(surface.vertices[::7, None] - between[None], axis=-1).min()
        assert near > 0.25
        low, high = surface.vertices.min(0), surface.vertices.max(0)
        assert (
            not ((between > low) & (between < high)).all(1).any()
            or setting == "sea"
            or len(surface.faces) > 12
        )


def test_textures_tile():
    picture = textures.ground("sand", np.random.default_rng(0)).astype(float)
    seam = np.abs(picture[:, 0] - picture[:, -1]).mean()
    assert seam < 1.5 * np.abs(picture[:, 1:] - picture[:, :-1]).mean()


def test_srgb_round_trip():
    values = np.linspace(0, 1, 50)
    assert encoded(linear(values)) == pytest.approx(values)


CAMERA = Camera(torch.tensor([20.0, 20.0]), torch.tensor([8.0, 6.0]), (16, 12))
AHEAD = Rigid(torch.diag(torch.tensor([1.0, -1.0, -1.0])), torch.zeros(3))  # at the origin, looking to -z


def wall(z, rgb, part):
    corners = np.array([[-9.0, -9, z], [9, -9, z], [9, 9, z], [-9, 9, z]])
    return Surface(corners, np.array([[0, 1, 2], [0, 2, 3]]), Material(rgb), smooth=False, part=part)


def test_guides_tell_parts_albedo_and_normals():
    half = wall(-2.0, (1.0, 0.0, 0.0), "object")
    half = Surface(
        half.vertices * [1, 1, 1] + [9, 0, 0], half.faces, half.material, smooth=False, part="object"
    )
    seen = guides.render([wall(-4.0, (0.0, 1.0, 0.0), "person"), half], CAMERA, AHEAD)
    assert seen.parts["object"][:, 8:].all()  # +x is right in the picture
    assert seen.parts["person"][:, :8].all()
    assert not (seen.parts["person"] * seen.parts["object"]).any()
    assert seen.albedo[3, 12] == pytest.approx([1, 0, 0])
    assert seen.normal[3, 3] == pytest.approx([0, 0, 1])


def even_light(value=1.0):
    return Light(np.full((32, 64, 3), value), np.array([0.0, 1.0, 0.0]), (0.0, 0.0, 0.0))


def test_without_mitsuba_the_pip_command_is_reported(monkeypatch):
    monkeypatch.setitem(sys.modules, "mitsuba", None)
    with pytest.raises(MissingBackend) as raised:
        trace.load_mitsuba()
    assert "chorus-recon[rendering]" in raised.value.hint


def traced(surfaces, light, samples=16):
    pytest.importorskip("mitsuba", reason="needs the rendering extra")
    pytest.importorskip("pyoidn", reason="needs the rendering extra")
    return trace.trace(surfaces, light, CAMERA, AHEAD, samples, 0, guides.render(surfaces, CAMERA, AHEAD))


def test_an_empty_world_shows_the_sky():
    assert traced([scenery.floor("sand", np.random.default_rng(0), -500.0, (0, 1), (0, 1))], even_light(0.7))[
        2, 2
    ] == pytest.approx([0.7] * 3, rel=0.1)


def test_the_sky_is_where_it_is_said_to_be():
    bright = even_light(0.0)
    bright.sky[:, 24:40] = 1.0  # longitude 0 at column 0 is -z: the middle is +z, behind the camera
    nothing = [scenery.floor("sand", np.random.default_rng(0), -500.0, (0, 1), (0, 1))]
    assert traced(nothing, bright, 1).max() < 0.05
    bright.sky[:] = 0.0
    bright.sky[:, :3] = bright.sky[:, -3:] = 1.0
    assert traced(nothing, bright, 1)[6, 8].min() > 0.9


def test_a_sunlit_wall_is_as_bright_as_the_law_of_cosines_says():
    light = Light(np.zeros((32, 64, 3)), np.array([0.0, 0.6, 0.8]), (3.0, 3.0, 3.0))
    surface = wall(-3.0, (0.5, 0.5, 0.5), "object")
    rough = Surface(
        surface.vertices,
        surface.faces,
        Material((0.5, 0.5, 0.5), 1.0, specular=0.0),
        smooth=False,
        part="object",
    )
    expected = 3.0 * 0.8 * float(linear((0.5, 0.5, 0.5))[0]) / np.pi
    assert traced([rough], light)[6, 8] == pytest.approx([expected] * 3, rel=0.15)


def test_every_occasion_has_a_look():
    for occasion in wardrobe.OCCASIONS:
        looks = [wardrobe.dress(occasion, np.random.default_rng(seed)) for seed in range(20)]
        assert len({look.skin for look in looks}) == 20
        assert all(look.garments for look in looks)


def test_textures_lie_where_the_guides_say():
    quarters = np.zeros((4, 4, 3), np.uint8)
    quarters[:2, :2], quarters[:2, 2:], quarters[2:, :2] = 255, (255, 0, 0), (0, 0, 255)
    plain = wall(-2.0, (0.5, 0.5, 0.5), "object")
    uv = plain.vertices[:, :2] / 1.8 + 0.5
    textured = Surface(
        plain.vertices, plain.faces, Material(rough=1.0, texture=quarters), uv=uv, smooth=False, part="object"
    )
    expected = guides.render([textured], CAMERA, AHEAD).albedo
    picture = traced([textured], even_light(1.0), 64)
    for v, u in ((2, 3), (2, 12), (9, 3), (9, 12)):
        assert np.abs(picture[v, u] - expected[v, u]).max() < 0.2


def test_skies_of_all_weathers_are_brighter_above_than_the_ground():
    for weather in sky.WEATHERS:
        made = sky.light(weather, (0.1, 0.1, 0.1), np.random.default_rng(1))
        assert made.sky[:40].mean() > made.sky[-40:].mean()
        assert np.linalg.norm(made.sun) == pytest.approx(1.0)
