import json
import math
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import trimesh
from PIL import Image

from chorus_recon.errors import OutputError
from chorus_recon.geometry import transforms
from chorus_recon.io import writing
from chorus_recon.io.images import load_mask
from chorus_recon.io.meshes import usd
from chorus_recon.io.photo_folders import find_photos
from chorus_recon.pipeline.gravity import world as gravity
from chorus_recon.pipeline.output import record, report, save, viewer, views  # noqa: F401  (views registers what `save` needs)
from chorus_recon.types import BodyParams, PriorSet, Rigid, Similarity
from tests import scenes
from tests.fakes import FakeBody
from tests.glb_files import Glb
from tests.io.test_writing import killed_while_writing
from tests.pipeline.output.worlds import tilted

ALL = {
    "scene.glb", "human.ply", "human.obj", "object.ply", "object.obj", "overlay.png",
    "reconstruction.json", "report.html", "alternative_1.glb", "body.npz", "masks",
    *(["scene.usdz"] if usd.available() else []),
}  # fmt: skip


@pytest.fixture(scope="module")
def truth():
    return scenes.fake_reconstruction()


@pytest.fixture(scope="module")
def saved(truth, tmp_path_factory):
    return truth.save(tmp_path_factory.mktemp("out") / "skater")


@pytest.fixture(autouse=True)
def no_picture(monkeypatch):
    """Only `saved` draws the real picture; the rest is about files."""
    monkeypatch.setattr(save.overlay, "overlay", lambda *_args, **_kwargs: Image.new("RGB", (8, 8)))


@pytest.fixture(scope="module")
def facts(saved):
    def refuse(word):
        raise AssertionError(f"{word} is not JSON")

    return json.loads((saved / "reconstruction.json").read_text(encoding="utf-8"), parse_constant=refuse)


def names(directory):
    return {path.name for path in directory.iterdir()}


def human_only(truth):
    return replace(truth, placements=(), evidence=None, category="", prior=None, warnings=())


def test_everything_is_there_and_nothing_else(saved):
    assert {p.name for p in saved.iterdir()} == ALL
    assert [p.name for p in saved.parent.iterdir()] == ["skater"]  # no workshop left behind


def test_glb_stands_upright_on_the_floor_in_metres(saved, truth):
    scene = trimesh.load(saved / "scene.glb")
    assert {"human", "object_skateboard"} <= set(scene.graph.nodes_geometry)
    person, thing = scene.geometry["human"], scene.geometry["object_skateboard"]
    assert np.allclose(person.extents, np.ptp(truth.body.vertices.numpy(), axis=0), atol=1e-5)
    assert np.allclose(thing.extents, np.ptp(truth.placements[0].vertices.numpy(), axis=0), atol=1e-5)
    head = float((truth.body.joints[0] - truth.body.joints[scenes.JOINT_NAMES.index("head")])[1])
    assert person.bounds[1][1] - person.bounds[0][1] > head > 0.5  # y down in cam
    assert thing.bounds[0][1] == pytest.approx(0.0, abs=0.01)
    assert thing.bounds[1][1] < 0.1 < person.bounds[1][1]  # the board lies on the floor
    assert person.volume > 0  # a rotation keeps faces looking outwards


def test_all_meshes_lie_in_the_recorded_world(truth, tmp_path):
    result = tilted(truth)
    where = result.save(tmp_path / "tilted")
    facts = json.loads((where / "reconstruction.json").read_text())["world"]
    world = np.array(facts["world_from_cam"])
    assert facts["up_cam"] == pytest.approx(world[1, :3])
    assert facts["up_sigma_deg"] == 5.0
    assert facts["witnesses"] == [
        {"name": "person: balance", "sigma_deg": 7.0, "off_deg": 1.5, "belief": pytest.approx(0.98)}
    ]
    assert facts["assumed"] is None
    expected = truth.body.vertices.numpy() @ world[:3, :3].T + world[:3, 3]
    assert expected[:, 1].min() == pytest.approx(0.0, abs=1e-5)
    for name in ("human.ply", "human.obj"):
        mesh = trimesh.load(where / name, process=False, maintain_order=True)
        assert np.allclose(mesh.vertices, expected, atol=2e-6), name
        assert mesh.volume > 0
    scene = trimesh.load(where / "scene.glb")
    assert np.allclose(scene.geometry["human"].bounds, [expected.min(0), expected.max(0)], atol=1e-5)


def test_the_glbs_camera_sees_what_the_photo_shows(truth, tmp_path):
    where = tilted(truth).save(tmp_path / "tilted")
    scene = trimesh.load(where / "scene.glb")
    pose, _ = scene.graph["photo_camera"]
    tree = glb_tree(where / "scene.glb")
    lens = tree["cameras"][tree["nodes"][scene_node(tree, "photo_camera")]["camera"]]["perspective"]
    seen = trimesh.transform_points(scene.geometry["human"].vertices, np.linalg.inv(pose))
    width, height = truth.photo.size_px
    scale = height / 2 / math.tan(lens["yfov"] / 2)  # pixels; the picture's centre is the lens's
    pixels = seen[:, :2] * [1, -1] / -seen[:, 2:] * scale + [width / 2, height / 2]
    box = truth.human.box_px.numpy()
    assert np.allclose([*pixels.min(0), *pixels.max(0)], box, atol=1.5)
    assert lens["aspectRatio"] == pytest.approx(width / height)


def glb_tree(path):
    data = path.read_bytes()
    return json.loads(data[20 : 20 + int.from_bytes(data[12:16], "little")])


def scene_node(tree, name):
    number = next(n for n, node in enumerate(tree["nodes"]) if node["name"] == name)
    (root,) = (n for n in tree["scenes"][0]["nodes"] if tree["nodes"][n]["name"] == "world")
    assert number in tree["nodes"][root]["children"]
    return number


def test_glb_is_what_the_standard_asks(saved, truth):
    data = (saved / "scene.glb").read_bytes()
    assert data[:4] == b"glTF"
    assert int.from_bytes(data[8:12], "little") == len(data)
    tree = glb_tree(saved / "scene.glb")
    view = tree["cameras"][0]["perspective"]
    width, height = truth.photo.size_px
    assert view["yfov"] == pytest.approx(2 * math.atan(height / 2 / float(truth.camera.focal_px[1])))
    assert view["aspectRatio"] == pytest.approx(width / height)
    assert any("camera" in node for node in tree["nodes"])
    assert [m["name"] for m in tree["materials"]] == ["human", "object_skateboard"]
    position = tree["accessors"][tree["meshes"][0]["primitives"][0]["attributes"]["POSITION"]]
    assert len(position["min"]) == len(position["max"]) == 3
    assert all(v["byteOffset"] % 4 == 0 for v in tree["bufferViews"])


def test_ply_is_the_template_carried_by_the_recorded_transform(saved, facts, truth):
    place = facts["object"]["cam_from_object"]
    cam_from_object = Similarity(*(torch.tensor(place[k]) for k in ("rotation", "translation_m", "scale")))
    shape = truth.placements[0].shape
    code = torch.tensor([facts["object"]["shape_code"][m] for m in shape.mode_names])
    in_cam = transforms.apply(cam_from_object, shape.vertices + torch.einsum("m,mvd->vd", code, shape.modes))
    world = torch.tensor(facts["world"]["world_from_cam"])
    expected = in_cam @ world[:3, :3].mT + world[:3, 3]
    for name in ("object.ply", "object.obj"):
        mesh = trimesh.load(saved / name, process=False, maintain_order=True)
        assert np.allclose(mesh.vertices, expected.numpy(), atol=2e-6), name
        assert np.array_equal(mesh.faces, shape.faces.numpy()), name
    assert b"y up" in (saved / "object.ply").read_bytes()[:600]
    assert "y up" in (saved / "object.obj").read_text()[:600]


def test_record_says_what_was_found(facts, truth):
    assert facts["schema_version"] == 1
    assert facts["photo"]["size_px"] == list(truth.photo.size_px)
    assert facts["category"] == facts["object"]["category"] == "skateboard"
    assert facts["object"]["probability"] == pytest.approx(0.83)
    assert [a["probability"] for a in facts["alternatives"]] == [pytest.approx(0.17)]
    assert facts["object"]["extent_m"][0] == pytest.approx(0.8)
    assert facts["alternatives"][0]["extent_m"][0] == pytest.approx(0.88)  # 1.1 times as large
    assert facts["object"]["contacts"]["human_vertices"]
    assert np.allclose(facts["human"]["joints_m"], truth.body.joints, atol=1e-5)
    assert facts["human"]["joint_names"] == list(scenes.JOINT_NAMES)
    assert facts["human"]["height_m"] == pytest.approx(scenes.HEIGHT_M * math.exp(0.012), abs=0.004)
    assert set(facts["object"]["losses"]) >= {"silhouette", "field", "total"}
    assert facts["seconds"] == truth.seconds
    assert facts["seed"] == 7
    assert facts["warnings"] == list(truth.warnings)


def test_a_number_that_is_not_finite_becomes_null(truth, tmp_path):
    odd = replace(truth.placements[0], silhouette_iou=math.nan)
    prior = PriorSet("skateboard", (), {"made": Path("here"), "odd": [math.inf]})
    where = replace(truth, placements=(odd,), prior=prior).save(tmp_path / "x")
    text = (where / "reconstruction.json").read_text()
    assert json.loads(text)["object"]["silhouette_iou"] is None
    assert json.loads(text)["prior"]["provenance"] == {"made": "here", "odd": [None]}
    page = re.sub(r"[A-Za-z0-9+/]{40,}=*", "", (where / "report.html").read_text())  # without files' bytes
    assert not re.search(r"\bNaN\b", page)


def test_human_alone(truth, tmp_path):
    where = human_only(truth).save(tmp_path / "alone")
    assert {p.name for p in where.iterdir()} == {
        n for n in ALL if not n.startswith(("object", "alternative"))
    }
    assert json.loads((where / "reconstruction.json").read_text())["object"] is None
    assert set(trimesh.load(where / "scene.glb").geometry) == {"human"}
    assert "object.ply" not in (where / "report.html").read_text()


@pytest.mark.parametrize("victim", ["write_scene", "write_obj", "_swap"])
def test_a_failed_write_leaves_nothing(truth, tmp_path, monkeypatch, victim):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(save, victim, full)
    with pytest.raises(OutputError, match="No space left") as caught:
        human_only(truth).save(tmp_path / "deep" / "x")
    assert caught.value.hint
    assert list((tmp_path / "deep").iterdir()) == []


def test_a_failed_replacement_keeps_the_old_results(truth, tmp_path, monkeypatch):
    where = human_only(truth).save(tmp_path / "x")
    before = (where / "reconstruction.json").read_bytes()

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(save, "write_scene", full)
    with pytest.raises(OutputError):
        human_only(truth).save(where, overwrite=True)
    assert (where / "reconstruction.json").read_bytes() == before
    assert list(tmp_path.iterdir()) == [where]


def test_results_are_replaced_only_when_asked(truth, tmp_path):
    where = human_only(truth).save(tmp_path / "x")
    with pytest.raises(OutputError, match="holds results already"):
        human_only(truth).save(where)
    (where / "notes.txt").write_text("mine")
    replace(human_only(truth), seed=99).save(where, overwrite=True)
    assert (where / "notes.txt").read_text() == "mine"
    assert json.loads((where / "reconstruction.json").read_text())["seed"] == 99
    assert list(tmp_path.iterdir()) == [where]


def test_other_peoples_files_are_never_replaced(truth, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("precious")
    with pytest.raises(OutputError, match=r"thesis\.txt"):
        human_only(truth).save(tmp_path / "home", overwrite=True)
    with pytest.raises(OutputError, match="is a file"):
        human_only(truth).save(tmp_path / "home" / "thesis.txt", overwrite=True)
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / "people.png").write_bytes(b"of a failed run")
    human_only(truth).save(tmp_path / "begun")
    assert not (tmp_path / "begun" / "people.png").exists()


def test_what_a_killed_run_left_is_cleared(truth, tmp_path):
    directory = tmp_path / "photo"
    truth.save(directory)
    (directory / "notes.txt").write_text("mine")
    directory.rename(tmp_path / "before")
    killed_while_writing(directory, "partial", "old")
    (aside,) = writing.leftovers(directory, "old")
    shutil.rmtree(aside)
    (tmp_path / "before").rename(aside)  # killed between putting the old results aside and the new in place
    save.prepare(directory, overwrite=True)
    assert {p.name for p in tmp_path.iterdir()} == {"photo"}
    assert {p.name for p in directory.iterdir()} == {*ALL, "notes.txt"}
    killed_while_writing(directory, "partial", "old")
    truth.save(directory, overwrite=True)
    assert {p.name for p in tmp_path.iterdir()} == {"photo"}
    assert {p.name for p in directory.iterdir()} == {*ALL, "notes.txt", "half.txt"}


def test_a_name_as_long_as_the_disk_allows_is_written(truth, tmp_path):
    name = "n" * 250
    assert truth.save(tmp_path / name).name == name
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_mesh_file_is_carried_to_the_photo(truth, tmp_path):
    own = Similarity(
        transforms.rotation_about("x", 0.4).double(),
        torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64),
        torch.tensor(0.01, dtype=torch.float64),
    )
    best = truth.placements[0]
    file_vertices = transforms.apply(own, best.shape.vertices.double())
    back = Similarity(own.rotation.mT, -100 * own.rotation.mT @ own.translation_m, 1 / own.scale)
    shape = replace(best.shape, object_from_file=back)
    truth.__class__.save(replace(truth, placements=(replace(best, shape=shape),)), tmp_path / "x")
    row = json.loads((tmp_path / "x" / "reconstruction.json").read_text())["object"]
    cam_from_file = torch.tensor(row["cam_from_file"], dtype=torch.float64)
    carried = file_vertices @ cam_from_file[:3, :3].mT + cam_from_file[:3, 3]
    assert torch.allclose(carried.float(), best.vertices, atol=1e-4)
    assert torch.allclose(
        torch.tensor(row["template"]["object_from_file"]), transforms.matrix(back).float(), atol=1e-3
    )


def test_a_template_comes_from_no_file(facts):
    assert facts["object"]["cam_from_file"] is None
    assert facts["object"]["template"]["object_from_file"] is None


def test_everybody_stands_in_one_scene(truth, tmp_path):
    """The same person with a second thing, and somebody with nothing."""
    closed = replace(truth.human.body, closed=(1.0, 0.0))  # about the second thing
    again = replace(truth, others=(), human=replace(truth.human, body=closed))
    somebody = replace(human_only(truth), human=replace(truth.human, residual_px=1.0), person=1)
    result = replace(truth, others=(again, somebody))
    where = result.save(tmp_path / "crowd")
    scene = trimesh.load(where / "scene.glb")
    expected = {"human", "human_2", "object_skateboard", "object_2_skateboard"}
    assert set(scene.graph.nodes_geometry) == expected
    assert {"human_2.ply", "object_2.obj", "body_2.npz", "object_2_alternative_1.glb"} <= names(where)
    assert names(where / "masks") == {"person.png", "person_2.png", "object.png", "object_2.png"}
    facts = json.loads((where / "reconstruction.json").read_text())
    assert [other["person"] for other in facts["others"]] == [0, 1]
    assert facts["others"][1]["object"] is None
    assert "Others in the scene" in (where / "report.html").read_text()
    truth.save(where, overwrite=True)
    assert names(where) == ALL
    assert names(where / "masks") == {"person.png", "object.png"}


def test_masks_can_be_given_back(saved, truth):
    for name, mask in (("person", truth.human_mask), ("object", truth.evidence.object)):
        read = load_mask(saved / "masks" / f"{name}.png", truth.photo.size_px)
        assert torch.equal(read > 0.5, mask.alpha > 0.5)
    assert find_photos([saved / "masks"]) == []  # they are no photos


def test_alternatives_lie_where_the_record_says(saved, truth):
    mesh = trimesh.load(saved / "alternative_1.glb").geometry["object_skateboard"]
    world = gravity.world_from_cam(truth)
    expected = transforms.apply(world, truth.placements[1].vertices).numpy()
    assert np.allclose(mesh.bounds, [expected.min(0), expected.max(0)], atol=1e-5)
    facts = Glb(saved / "alternative_1.glb").node("world")["extras"]
    assert facts["probability"] == pytest.approx(0.17)
    assert (saved / "alternative_1.glb").stat().st_size < 20_000


def test_the_bodys_parameters_pose_the_body_again(saved, truth):
    with np.load(saved / "body.npz", allow_pickle=False) as arrays:
        place = Rigid(torch.from_numpy(arrays["rotation"]), torch.from_numpy(arrays["translation_m"]))
        turns, shape = (torch.from_numpy(arrays[name]) for name in ("pose", "shape"))
        params = BodyParams(str(arrays["model"]), shape, turns, place)
        assert np.allclose(FakeBody().pose(params).vertices, truth.body.vertices, atol=1e-6)
        assert arrays["joint_names"].tolist() == list(scenes.JOINT_NAMES)
        assert arrays["world_from_cam"].shape == (4, 4)


def test_numbers_of_the_record_are_plain():
    value = {
        "whole": torch.tensor([[1, 2]]),
        "sure": torch.tensor(True),
        "real": torch.tensor([0.1, math.nan]),
    }
    assert record.plain(value) == {"whole": [[1, 2]], "sure": True, "real": [0.1, None]}
