import numpy as np
import pytest
import torch
import trimesh

from chorus_recon.backends.shape.mesh_file import load_mesh
from chorus_recon.backends.shape.templates import CATEGORIES, TemplateShapes
from chorus_recon.errors import InputError
from chorus_recon.geometry import transforms
from chorus_recon.geometry.mesh import sample_surface

PLAUSIBLE_M = {
    "skateboard": (0.6, 1.0), "snowboard": (1.2, 1.8), "surfboard": (1.3, 3.0), "tennis_racket": (0.6, 0.75),
    "skis": (1.3, 2.1), "baseball_bat": (0.7, 0.95), "golf_club": (0.8, 1.2), "umbrella": (0.7, 1.4), "frisbee": (0.19, 0.33), "bicycle": (1.45, 2.0), "motorcycle": (1.7, 2.5),
}  # fmt: skip


def shape_of(category):
    return TemplateShapes().shapes(category)[0]


@pytest.mark.parametrize("category", CATEGORIES)
def test_template_is_a_sound_mesh_of_plausible_size(category):
    shape = shape_of(category)
    low, high = PLAUSIBLE_M[category]
    for sign in (0.0, 2.0, -2.0):
        vertices = shape.vertices + sign * shape.modes.sum(0)
        mesh = trimesh.Trimesh(vertices.numpy(), shape.faces.numpy(), process=False)
        assert mesh.is_watertight
        assert mesh.volume > 0
        assert low < mesh.extents.max() < high
    assert (shape.vertices.amax(0) + shape.vertices.amin(0)).abs().max() < 1e-5
    assert len(shape.face_rgb) == len(shape.faces)
    assert len(shape.modes) == len(shape.mode_names)


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_mode_alone_changes_the_shape_and_keeps_its_pieces_solid(category):
    shape = shape_of(category)
    for mode in shape.modes:
        assert mode.norm(dim=-1).max() > 5e-4
        for sign in (2.5, -2.5):
            vertices = shape.vertices + sign * mode
            pieces = trimesh.Trimesh(vertices.numpy(), shape.faces.numpy(), process=False).split()
            assert all(piece.volume > 0 for piece in pieces)


@pytest.mark.parametrize("category", CATEGORIES)
def test_stated_symmetry_holds(category):
    shape = shape_of(category)
    points = sample_surface(shape.vertices, shape.faces, 1500).at(shape.vertices)
    size = float((shape.vertices.amax(0) - shape.vertices.amin(0)).max())
    for turn in transforms.symmetry_rotations(shape.symmetry, 6)[1:]:
        gap = torch.cdist(points @ turn.mT, points).amin(1).mean()
        assert gap < 0.03 * size


@pytest.mark.parametrize("category", CATEGORIES)
def test_anchors_lie_on_the_shape(category):
    shape = shape_of(category)
    low, high = shape.vertices.amin(0) - 1e-4, shape.vertices.amax(0) + 1e-4
    surface = sample_surface(shape.vertices, shape.faces, 4000).at(shape.vertices)
    for anchor in shape.anchors:
        place = shape.vertices[anchor.vertices].mean(0)
        assert ((place >= low) & (place <= high)).all()
        assert torch.cdist(place[None], surface).min() < 0.1, anchor.name
        assert anchor.direction.norm() == pytest.approx(1.0)


def test_the_riders_left_is_plus_x():
    shape = shape_of("bicycle")
    at = {a.name: shape.vertices[a.vertices].mean(0) for a in shape.anchors}
    assert at["left_grip"][0] > 0 > at["right_grip"][0]
    assert at["front_hub"][2] > at["saddle"][2] > at["rear_hub"][2]


def test_unknown_category_has_no_shapes_and_spelling_does_not_matter():
    assert TemplateShapes().shapes("zeppelin") == []
    assert TemplateShapes().shapes("Tennis Racket")[0].name == "tennis_racket"


def test_a_mesh_file_is_read_in_metres_and_upright(tmp_path):
    trimesh.creation.box((20, 30, 100)).export(tmp_path / "post.stl")
    shape = load_mesh(tmp_path / "post.stl", units="cm", up="z")
    extent = shape.vertices.amax(0) - shape.vertices.amin(0)
    assert torch.allclose(extent, torch.tensor([0.2, 1.0, 0.3]), atol=1e-5)
    mesh = trimesh.Trimesh(shape.vertices.numpy(), shape.faces.numpy(), process=False)
    assert mesh.volume == pytest.approx(0.06, rel=1e-4)


def test_units_are_guessed_or_left_open(tmp_path):
    trimesh.creation.box((300, 20, 20)).export(tmp_path / "bat.ply")
    guessed = load_mesh(tmp_path / "bat.ply")
    assert float(guessed.vertices.amax()) == pytest.approx(1.5, rel=1e-4)
    assert guessed.scale_sd > load_mesh(tmp_path / "bat.ply", units="cm").scale_sd


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.obj", None),
        ("empty.obj", b""),
        ("text.ply", b"hello"),
        ("points.obj", b"v 0 0 0\nv 1 0 0\n"),
    ],
)
def test_bad_mesh_files_are_explained(tmp_path, name, content):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_mesh(path)
    assert caught.value.hint


def test_wrong_units_axis_and_numbers_are_explained(tmp_path):
    path = tmp_path / "cube.obj"
    trimesh.creation.box().export(path)
    with pytest.raises(InputError, match="unit"):
        load_mesh(path, units="furlong")
    with pytest.raises(InputError, match="up axis"):
        load_mesh(path, up="w")
    broken = trimesh.creation.box()
    broken.vertices = np.where(broken.vertices > 0, np.nan, broken.vertices)
    broken.export(tmp_path / "nan.stl")
    with pytest.raises(InputError):
        load_mesh(tmp_path / "nan.stl")
