import numpy as np
import pytest
import torch
import trimesh
from PIL import Image
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from chorus_recon.backends.shape.alike import axis_turns, find_symmetry
from chorus_recon.backends.shape.mesh_file import load_mesh
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.categories.index import categories
from chorus_recon.categories.template import realise
from chorus_recon.errors import InputError
from chorus_recon.geometry import transforms
from chorus_recon.geometry.mesh import sample_surface
from tests.sweeps import sampled

# Anchors that every shape of a category has.
ANCHORS = {
    "backpack": "back_panel left_strap right_strap handle",
    "baseball_bat": "grip upper_grip barrel",
    "baseball_glove": "hand pocket back tip",
    "bed": "hips shoulders pillow headboard left_edge",
    "bench": "seat left_seat seat_rear",
    "bicycle": "saddle left_grip right_grip left_pedal right_pedal left_handlebar top_tube rear_rack",
    "book": "spine base",
    "chair": "seat back left_back_top",
    "couch": "seat left_seat back left_arm",
    "dumbbell": "grip",
    "frisbee": "rim rim_opposite center",
    "golf_club": "grip lower_grip head",
    "guitar": "strings neck back left_waist",
    "handbag": "front side",
    "hat": "brow nape crown brim right_brim",
    "horse": "saddle back left_neck head muzzle tail left_rein left_stirrup lead",
    "kite": "nose middle left_spar right_spar",
    "laptop": "base",
    "motorcycle": "saddle left_grip right_grip left_peg right_peg",
    "remote": "grip tip",
    "skateboard": "deck_front deck_back deck_center rail_left rail_right nose tail",
    "skis": "left_foot right_foot",
    "snowboard": "deck_front deck_back deck_center rail_left rail_right nose tail",
    "suitcase": "handle top_handle side_handle top",
    "surfboard": "deck_front deck_back deck_center rail_left rail_right nose tail",
    "tennis_racket": "grip throat head",
    "tie": "knot chest low",
    "umbrella": "grip canopy_top",
}
ALWAYS = ("bicycle/0", "cup/0", "tennis_racket/0")
SHAPES = [f"{name}/{i}" for name in sorted(categories()) for i in range(len(categories()[name].templates))]


@pytest.fixture(params=sampled(SHAPES, ALWAYS.__contains__))
def named(request):
    """A category and one of its shapes."""
    category, _, number = request.param.partition("/")
    return category, TemplateShapes().shapes(category)[int(number)]


def at(shape, name):
    (found,) = (shape.vertices[a.vertices].mean(0) for a in shape.anchors if a.name == name)
    return found


def extent(vertices):
    return vertices.amax(0) - vertices.amin(0)


def chunks(count, faces):
    """The connected piece of every face."""
    ends = faces.numpy()
    rows, columns = ends[:, :2].ravel(), ends[:, 1:].ravel()
    links = coo_array((np.ones(len(rows)), (rows, columns)), shape=(count, count))
    return np.unique(connected_components(links, directed=False)[1][ends[:, 0]], return_inverse=True)[1]


def volumes(vertices, faces, chunk):
    """Volume of every piece; negative where it is inside out."""
    a, b, c = vertices.double()[faces].unbind(-2)
    return np.bincount(chunk, ((torch.linalg.cross(a, b) * c).sum(-1) / 6).numpy())


def test_meshes_are_closed_small_finite_and_centred(named):
    _, shape = named
    edges = np.concatenate([shape.faces.numpy()[:, [i, (i + 1) % 3]] for i in range(3)])
    there, back = np.sort(edges @ [1 << 32, 1]), np.sort(edges @ [1, 1 << 32])
    assert (np.diff(there) > 0).all()  # no edge is walked twice in one direction
    assert (there == back).all()  # and every edge is walked back
    assert len(shape.faces) < 3600
    assert len(shape.face_rgb) == len(shape.faces)
    assert torch.isfinite(shape.vertices).all()
    assert torch.isfinite(shape.modes).all()
    assert (shape.vertices.amax(0) + shape.vertices.amin(0)).abs().max() < 1e-5
    assert len({a.name for a in shape.anchors}) == len(shape.anchors)


def test_sizes_stay_plausible_and_pieces_solid_over_the_codes_range(named):
    category, shape = named
    low, high = categories()[category].longest_side_m
    generator = torch.Generator().manual_seed(3)
    count = len(shape.modes)
    assert count == len(shape.mode_names)
    alone = 2.5 * torch.cat([torch.eye(count), -torch.eye(count)])
    mixed = torch.randn(4, count, generator=generator).clamp(-2.0, 2.0)
    chunk = chunks(len(shape.vertices), shape.faces)
    for code in (torch.zeros(count), *alone, *mixed):
        vertices = shape.vertices + torch.einsum("m,mvc->vc", code, shape.modes)
        assert low < extent(vertices).max() < high
        assert volumes(vertices, shape.faces, chunk).min() > 0
    assert shape.modes.norm(dim=-1).amax(1).min() > 5e-4  # every mode does something


def test_stated_symmetry_holds(named):
    _, shape = named
    points = sample_surface(shape.vertices, shape.faces, 1500).at(shape.vertices)
    tree = KDTree(points.numpy())
    for turn in transforms.symmetry_rotations(shape.symmetry, 6)[1:]:
        gap = tree.query((points @ turn.mT).numpy())[0].mean()
        assert gap < 0.03 * extent(shape.vertices).max()


def test_anchors_lie_on_the_shape_and_the_known_ones_are_there(named):
    category, shape = named
    low, high = shape.vertices.amin(0) - 1e-4, shape.vertices.amax(0) + 1e-4
    surface = KDTree(sample_surface(shape.vertices, shape.faces, 8000).at(shape.vertices).numpy())
    for anchor in shape.anchors:
        place = shape.vertices[anchor.vertices].mean(0)
        assert ((place >= low) & (place <= high)).all()
        assert surface.query(place.numpy())[0] < 0.065, anchor.name
        assert anchor.direction.norm() == pytest.approx(1.0)
    assert set(ANCHORS.get(category, "").split()) <= {a.name for a in shape.anchors}


@pytest.mark.parametrize("category", ["bicycle", "motorcycle"])
def test_the_riders_left_is_plus_x_and_the_front_plus_z(category):
    for shape in TemplateShapes().shapes(category):
        assert at(shape, "left_grip")[0] > 0 > at(shape, "right_grip")[0]
        assert at(shape, "front_hub")[2] > at(shape, "saddle")[2] > at(shape, "rear_hub")[2]
        assert at(shape, "saddle")[1] > at(shape, "front_hub")[1]


def test_a_mode_changes_the_size_it_is_named_after():
    board = TemplateShapes().shapes("skateboard")[0]
    longer = board.vertices + board.modes[board.mode_names.index("length")]
    assert float((extent(longer) - extent(board.vertices))[2]) == pytest.approx(0.035, abs=1e-5)
    bicycle = TemplateShapes().shapes("bicycle")[0]
    raised = bicycle.modes[bicycle.mode_names.index("saddle_height")]
    saddle = next(a for a in bicycle.anchors if a.name == "saddle")
    assert float(raised[saddle.vertices].mean(0)[1]) == pytest.approx(0.05, abs=1e-5)


def test_a_category_is_found_however_it_is_spelt_and_built_alike_twice():
    assert TemplateShapes().shapes("zeppelin") == []
    (first,) = TemplateShapes().shapes("Tennis Racket")
    second = realise("tennis_racket", categories()["tennis_racket"].templates[0])
    assert first.name == TemplateShapes().shapes("tennis-racket")[0].name == "tennis_racket"
    assert torch.equal(first.vertices, second.vertices)
    assert torch.equal(first.modes, second.modes)


def test_a_mesh_file_is_read_in_metres_and_upright(tmp_path):
    trimesh.creation.box((20, 30, 100)).export(tmp_path / "post.stl")
    shape = load_mesh(tmp_path / "post.stl", units="cm", up="z")
    assert torch.allclose(extent(shape.vertices), torch.tensor([0.2, 1.0, 0.3]), atol=1e-5)
    assert volumes(shape.vertices, shape.faces, np.zeros(12, int)).sum() == pytest.approx(0.06, rel=1e-4)
    assert shape.symmetry == "xyz180"


def test_units_are_guessed_or_left_open(tmp_path):
    trimesh.creation.box((300, 20, 20)).export(tmp_path / "pole.ply")
    guessed = load_mesh(tmp_path / "pole.ply")
    assert float(guessed.vertices.amax()) == pytest.approx(1.5, rel=1e-4)
    assert guessed.scale_sd > load_mesh(tmp_path / "pole.ply", units="cm").scale_sd
    trimesh.creation.box((1e5, 20, 20)).export(tmp_path / "far.ply")
    assert "unknown" in load_mesh(tmp_path / "far.ply").source


def test_a_template_gives_the_unit_and_the_axes(tmp_path):
    board = TemplateShapes().shapes("surfboard")[0]
    for number, turn in enumerate(axis_turns(keep_up=False)[[5, 17]]):
        lying = board.vertices @ turn.mT * 1000
        path = tmp_path / f"board{number}.obj"
        trimesh.Trimesh(lying.numpy(), board.faces.numpy(), process=False).export(path)
        shape = load_mesh(path, like=board)
        assert "in mm" in shape.source
        used = board.faces.unique()
        assert torch.allclose(shape.vertices, board.vertices[used], atol=2e-3)
        alone = load_mesh(path)
        assert alone.scale_sd > shape.scale_sd


def test_symmetry_is_found():
    for mesh, symmetry in (
        (trimesh.creation.icosphere(3), "sphere"),
        (trimesh.creation.cylinder(0.2, 1.0, sections=48), "axis_z"),
        (trimesh.creation.box((0.3, 0.5, 1.0)), "xyz180"),
    ):
        vertices = torch.from_numpy(np.array(mesh.vertices)).float()
        assert find_symmetry(vertices, torch.from_numpy(np.array(mesh.faces))) == symmetry
    bicycle = TemplateShapes().shapes("bicycle")[0]
    assert find_symmetry(bicycle.vertices, bicycle.faces) == "none"


def test_scenes_are_merged_and_textures_become_face_colours(tmp_path):
    picture = Image.new("RGB", (2, 1), (200, 10, 10))
    picture.putpixel((1, 0), (10, 10, 200))
    box = trimesh.creation.box((0.4, 0.4, 0.4))
    uv = np.full((len(box.vertices), 2), (0.1, 0.5))
    box.visual = trimesh.visual.TextureVisuals(uv, image=picture)
    post = trimesh.creation.box((0.1, 1.0, 0.1))
    post.visual.face_colors = (20, 180, 20, 255)
    scene = trimesh.Scene([box])
    scene.add_geometry(post, transform=trimesh.transformations.translation_matrix((2, 0, 0)))
    scene.export(tmp_path / "both.glb")
    shape = load_mesh(tmp_path / "both.glb")
    assert torch.allclose(extent(shape.vertices), torch.tensor([2.25, 1.0, 0.4]), atol=1e-5)
    box.export(tmp_path / "box.glb")
    assert (load_mesh(tmp_path / "box.glb").face_rgb == torch.tensor([200, 10, 10])).all()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.obj", None),
        ("empty.obj", b""),
        ("text.ply", b"hello"),
        ("cut.glb", b"glTF\x02\x00\x00\x00"),
        ("points.obj", b"v 0 0 0\nv 1 0 0\n"),
        ("one_place.obj", b"v 1 1 1\nv 1 1 1\nv 1 1 1\nf 1 2 3\n"),
        ("beyond.obj", b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9\n"),
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
    trimesh.creation.box((300, 300, 300)).export(path)
    with pytest.raises(InputError, match="unit"):
        load_mesh(path, units="furlong")
    with pytest.raises(InputError, match="300 m long"):
        load_mesh(path, units="m")
    with pytest.raises(InputError, match="up axis"):
        load_mesh(path, up="w")
    broken = trimesh.creation.box()
    broken.vertices = np.where(broken.vertices > 0, np.nan, broken.vertices)
    broken.export(tmp_path / "nan.stl")
    with pytest.raises(InputError):
        load_mesh(tmp_path / "nan.stl")
