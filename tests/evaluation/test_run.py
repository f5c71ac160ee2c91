import csv
import json
import math
from dataclasses import replace

import pytest
import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.errors import InputError, NoObject
from chorus_recon.evaluation import metrics, registration, run, summary
from chorus_recon.evaluation.score import Scores, predicted, score
from chorus_recon.evaluation.truth import find_items, read_truth
from chorus_recon.geometry import transforms
from chorus_recon.io.images import load_photo
from chorus_recon.types import Detection, World
from tests import scenes
from tests.evaluation.scene_folder import wedge_mesh, write_photo, write_scene

ERRORS = (
    "cd_object_joint_cm", "cd_human_joint_cm", "cd_object_human_cm", "best5_cd_object_human_cm",
    "rotation_deg", "translation_cm", "size_error", "up_deg",
)  # fmt: skip
RIGHT = ("human_iou", "object_iou", "contact_precision", "contact_recall", "contact_f1")


@pytest.fixture(scope="module")
def world():
    return scenes.world((160, 120))


@pytest.fixture(autouse=True)
def fewer_samples(monkeypatch):
    """Surfaces are compared by fewer points, which takes a fraction of the time."""
    for module in (metrics, registration):
        monkeypatch.setattr(module, "SAMPLES", 2000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, world):
    root = tmp_path_factory.mktemp("truth")
    write_scene(root / "scenes" / "one", world, up_cam=[0.0, -2.0, 0.5])
    write_photo(root / "tennis_racket", world)
    return root


def truth_of(folder, number):
    item = find_items(folder)[number]
    return read_truth(item, load_photo(item.photo))


def test_both_layouts_are_found(folder):
    items = find_items(folder)
    assert [(i.name, i.category) for i in items] == [
        ("scenes/one", "skateboard"),
        ("tennis_racket/man", "tennis racket"),
    ]


def test_truth_as_prediction_scores_exact_zeros_and_ones(folder, tmp_path):
    plan = run.Plan(folder, tmp_path)
    scene, photo = run.self_test(plan)
    assert {name: getattr(scene, name) for name in ERRORS} == dict.fromkeys(ERRORS, 0.0)
    assert {name: getattr(scene, name) for name in RIGHT} == dict.fromkeys(RIGHT, 1.0)
    assert scene.flipped is False
    assert (photo.human_iou, photo.object_iou) == (1.0, 1.0)
    assert photo.cd_object_joint_cm is None


def test_scores_are_written_under_the_documented_columns(folder, tmp_path):
    plan = run.Plan(folder, tmp_path)
    run.write(plan, list(run.self_test(plan)), all_oracles=True)
    with (tmp_path / "scores.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    documented = (
        "item, category, status, reason, human_iou, object_iou, probability, pap, pap_strict, pap_hoa, "
        "pap_strict_hoa, pap_hoa_posed, pap_strict_hoa_posed, "
        "cd_object_joint_cm, cd_human_joint_cm, cd_object_human_cm, "
        "best5_cd_object_human_cm, rotation_deg, flipped, translation_cm, size_error, contact_precision, "
        "contact_recall, contact_f1, collision, seconds, mpjpe_cm, pa_mpjpe_cm, "
        "wrist_cm, trunk_deg, head_deg, lean_deg, height_error, girth_error, "
        "contact_part_f1, up_deg, named, named_right, named_probability"
    )
    assert list(rows[0]) == documented.split(", ")
    assert rows[0]["cd_object_joint_cm"] == "0.0"
    assert rows[1]["cd_object_joint_cm"] == ""
    whole = json.loads((tmp_path / "scores.json").read_text())
    assert whole["oracles"] == ["all"]
    assert whole["summary"]["all"]["median"]["human_iou"] == 1.0


def test_a_shifted_object_is_wrong_by_its_shift(folder, world):
    result = scenes.fake_reconstruction((160, 120))
    best = result.placements[0]
    moved = replace(best, vertices=best.vertices + torch.tensor([0.0, 0.0, 0.2]))
    turned = replace(best, cam_from_object=result.placements[1].cam_from_object)
    renderer, truth = EmbreeRenderer(), truth_of(folder, 0)
    row = score(predicted(replace(result, placements=(moved,)), renderer), truth, renderer)
    assert row.translation_cm == pytest.approx(20.0, abs=0.01)
    assert row.rotation_deg == pytest.approx(0.0, abs=0.1)
    assert row.cd_object_human_cm is not None
    assert row.cd_object_human_cm > row.cd_object_joint_cm > 0
    ranked = score(predicted(replace(result, placements=(moved, best)), renderer), truth, renderer)
    assert ranked.best5_cd_object_human_cm == pytest.approx(0.0, abs=1e-3)
    flipped = score(predicted(replace(result, placements=(turned,)), renderer), truth, renderer)
    assert flipped.flipped


def test_the_same_place_in_other_axes_is_not_turned(folder):
    """A template that looks along another axis than the true rest mesh is judged by its shape."""
    result, renderer, truth = scenes.fake_reconstruction((160, 120)), EmbreeRenderer(), truth_of(folder, 0)
    best = result.placements[0]
    wedge = wedge_mesh()
    cam_from_rest = transforms.matrix(best.cam_from_object).double()
    truth = replace(truth, rest=wedge, cam_from_rest=cam_from_rest)
    turn = transforms.rotation_about("y", math.pi / 2)
    shape = replace(
        best.shape,
        vertices=wedge.vertices.float() @ turn.mT,
        faces=wedge.faces,
        face_rgb=torch.zeros(len(wedge.faces), 3, dtype=torch.uint8),
        modes=torch.zeros(0, len(wedge.vertices), 3),
        mode_names=(),
        anchors=(),
    )
    own = replace(best.cam_from_object, rotation=best.cam_from_object.rotation @ turn.mT)
    placed = transforms.apply(own, shape.vertices)
    same = replace(best, shape=shape, shape_code=torch.zeros(0), vertices=placed, cam_from_object=own)
    row = score(predicted(replace(result, placements=(same,)), renderer), truth, renderer)
    assert row.rotation_deg == pytest.approx(0.0, abs=1.0)
    half = transforms.rotation_about("y", math.pi)
    wrong = replace(same, cam_from_object=replace(own, rotation=own.rotation @ half))
    row = score(predicted(replace(result, placements=(wrong,)), renderer), truth, renderer)
    assert row.rotation_deg == pytest.approx(180.0, abs=1.0)
    assert row.flipped


def test_the_error_of_the_vertical_needs_its_truth(folder, world):
    result, renderer, truth = scenes.fake_reconstruction((160, 120)), EmbreeRenderer(), truth_of(folder, 0)
    level = torch.eye(4)
    level[1, :3] = torch.tensor([0.0, -1.0, 0.0])
    result = replace(result, world=World(level, up_sigma_deg=5.0))
    row = score(predicted(result, renderer), truth, renderer)
    assert row.up_deg == pytest.approx(math.degrees(math.atan2(0.5, 2.0)))
    assert score(predicted(result, renderer), replace(truth, up_cam=None), renderer).up_deg is None


def test_joints_stand_in_where_the_true_body_is_another(tmp_path, world):
    vertices, faces = scenes.box((0.4, 1.7, 0.3))
    other = replace(world, body=replace(world.body, vertices=vertices, faces=faces))
    write_scene(tmp_path / "one", other)
    result, renderer, truth = scenes.fake_reconstruction((160, 120)), EmbreeRenderer(), truth_of(tmp_path, 0)
    row = score(predicted(result, renderer), truth, renderer)
    assert row.cd_object_human_cm == pytest.approx(0.0, abs=1e-2)
    assert row.contact_f1 == 0.0  # carried by the joints: no side of the box lies on the body
    without = score(predicted(result, renderer), replace(truth, joints=None), renderer)
    assert without.cd_object_human_cm is None
    assert without.contact_f1 is None  # no corresponding vertices


def test_masks_come_from_the_meshes_where_none_are_given(tmp_path, world):
    write_scene(tmp_path / "one", world, masks=None)
    truth, renderer = truth_of(tmp_path, 0), EmbreeRenderer()
    row = score(predicted(scenes.fake_reconstruction((160, 120)), renderer), truth, renderer)
    assert row.human_iou == pytest.approx(1.0, abs=0.01)
    assert row.object_iou == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"camera": {"focal_px": [1, 1]}}, "center_px"),
        ({"category": None}, "'category' is missing"),
        ({"human": {"mesh": "gone.ply"}}, "gone.ply, which is not there"),
        ({"human": {"joints_m": [[0, 0, 1]]}}, "expected \\(24, 3\\)"),
        ({"object": {"symmetry": "y90"}}, "'y90' is unknown"),
        ({"mask": {}}, "Did you mean 'masks'"),
        ({"masks": "person.png"}, "should be an object"),
        ({"up_cam": [0, 1]}, "expected \\(3,\\)"),
        ({"up_cam": [0, 0, 0]}, "'up_cam' is zero"),
    ],
)
def test_bad_truth_is_told(tmp_path, world, changes, words):
    write_scene(tmp_path / "one", world, **changes)
    with pytest.raises(InputError, match=words):
        truth_of(tmp_path, 0)


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(InputError, match="nothing to score"):
        find_items(tmp_path)


@pytest.fixture
def quick(monkeypatch, world):
    """`evaluate` with a stand-in for the pipeline; returns the calls it got."""
    calls = []

    def reconstruct(photo, config, backends, oracle):
        calls.append((photo.source.name, config.category, oracle))
        if photo.source.name == "bad.png":
            raise NoObject("bad.png: nothing", "hint")
        return scenes.fake_reconstruction((160, 120))

    monkeypatch.setattr(run, "reconstruct", reconstruct)
    monkeypatch.setattr(run, "bundled", lambda: ["skateboard", "tennis_racket"])
    return calls


@pytest.fixture
def backends(world):
    people = world.estimator()
    return run.Backends(world.segmenter(), people, scenes.FakeBody(), EmbreeRenderer(), TemplateShapes())


def test_evaluate_scores_and_records_failures_and_skips(folder, tmp_path, world, quick, backends):
    root = tmp_path / "truth"
    write_photo(root / "skateboard", world, "good")
    write_photo(root / "skateboard", world, "bad")
    write_photo(root / "kite", world)
    plan = run.Plan(root, tmp_path / "out", overlays=True)
    rows = list(run.evaluate(plan, backends=backends))
    assert [(r.item, r.status) for r in rows] == [
        ("kite/man", "skipped"),
        ("skateboard/bad", "failed"),
        ("skateboard/good", "ok"),
    ]
    assert rows[1].reason == "NoObject: bad.png: nothing"
    assert rows[2].object_iou == pytest.approx(1.0, abs=0.02)
    assert rows[2].seconds is not None
    facts = run.write(plan, rows)
    assert facts["all"]["coverage"] == 0.5
    assert facts["skipped"] == 1
    assert "skateboard" in summary.table(facts)
    assert [p.name for p in (tmp_path / "out" / "overlays").iterdir()] == ["skateboard__good.png"]


def test_an_interrupted_run_is_taken_up_again_and_a_finished_one_is_not(tmp_path, world, quick, backends):
    root = tmp_path / "truth"
    write_photo(root / "skateboard", world, "a")
    write_photo(root / "skateboard", world, "b")
    plan = run.Plan(root, tmp_path / "out")
    first = next(run.evaluate(plan, backends=backends))
    rows = list(run.evaluate(plan, backends=backends))
    assert rows[0] == first
    assert [name for name, *_ in quick] == ["a.png", "b.png"]
    run.write(plan, rows)
    list(run.evaluate(plan, backends=backends))
    assert len(quick) == 4
    other = run.Plan(root, tmp_path / "out", seed=1)
    next(run.evaluate(other, backends=backends))
    assert len(quick) == 5


def test_oracles_feed_the_truth_and_nothing_else(folder):
    truth = truth_of(folder, 0)
    masks = run.oracle_of(truth, run.Oracles(masks=True))
    assert masks.object_mask is truth.object_mask
    assert (masks.camera, masks.object_shape) == (None, None)
    rest = run.oracle_of(truth, run.Oracles(human=True, shape=True))
    assert rest.object_mask is None
    assert torch.equal(rest.camera.focal_px, truth.camera.focal_px)
    shape = rest.object_shape
    assert torch.allclose(shape.vertices.amax(0), -shape.vertices.amin(0))
    photo = run.oracle_of(truth_of(folder, 1), run.Oracles(True, True, True))
    assert photo.human_mask is not None
    assert photo.object_shape is None


def test_calibration_is_judged_by_iou_on_photos_and_by_distance_in_scenes():
    rows = [
        Scores("a", "x", "ok", probability=1.0, object_iou=0.6),
        Scores("b", "x", "ok", probability=1.0, object_iou=0.4),
        Scores("c", "y", "ok", probability=1.0, object_iou=0.1, cd_object_human_cm=14.0),
    ]
    facts = summary.summarise(rows)
    assert facts["categories"]["x"]["expected_calibration_error"] == pytest.approx(0.5)
    assert facts["categories"]["y"]["expected_calibration_error"] == 0.0


def test_the_similarity_of_truth_may_hold_a_scale(folder):
    """A rotation is read off cam_from_rest even where that also scales."""
    truth = truth_of(folder, 0)
    scaled = replace(
        truth, cam_from_rest=truth.cam_from_rest @ torch.diag(torch.tensor([2.0, 2, 2, 1]).double())
    )
    renderer = EmbreeRenderer()
    row = score(predicted(scenes.fake_reconstruction((160, 120)), renderer), scaled, renderer)
    assert row.rotation_deg == pytest.approx(0.0, abs=0.1)


def test_the_human_oracle_feeds_the_body_and_changes_the_result(tmp_path, world, backends, monkeypatch):
    write_scene(tmp_path / "truth" / "one", world)
    backends = replace(backends, body=DefaultBody())
    fitted = []

    def reconstruct(photo, config, backends, oracle):
        box = Detection(torch.tensor([0.0, 0.0, 160.0, 120.0]), "person", 1.0)
        (person,) = backends.human.estimate(photo, [box], [None], oracle.camera or world.camera)
        fitted.append(person.body)
        return scenes.fake_reconstruction((160, 120))

    monkeypatch.setattr(run, "reconstruct", reconstruct)
    for number, human in enumerate((True, False)):
        plan = run.Plan(tmp_path / "truth", tmp_path / f"out{number}", run.Oracles(human=human))
        (row,) = run.evaluate(plan, backends=backends)
        assert row.status == "ok", row.reason
    true, found = fitted
    joints = backends.body.pose(true).joints
    assert float((joints - world.body.joints).norm(dim=-1).mean()) < 0.05  # another skeleton's proportions
    assert found.model != true.model
