import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.cli import main
from chorus_recon.errors import InputError, NoObject, NoPerson
from chorus_recon.evaluation import naming, run, summary
from chorus_recon.evaluation.score import Scores
from chorus_recon.evaluation.truth import find_items
from chorus_recon.types import Considered
from tests import scenes
from tests.evaluation.scene_folder import write_photo, write_scene


@pytest.fixture(scope="module")
def world():
    return scenes.world((160, 120))


@pytest.fixture
def answers(monkeypatch, world):
    """`evaluate` with a stand-in for the pipeline that says what its dictionary has for a photo's name."""
    stated = {}

    def reconstruct(photo, config, backends, oracle):
        assert config.category is None
        name = photo.source.name
        result = scenes.fake_reconstruction((160, 120))
        answer = stated.get(name, (result.category, 0.9))
        if isinstance(answer, Exception):
            raise answer
        category, probability = answer
        placements = tuple(replace(p, probability=probability / 2) for p in result.placements)
        if not probability:  # "" is nothing, a category is considered and not placed
            seen = (Considered(category, 1, (0.0, 0.0, 9.0, 9.0), 0.15),) if category else ()
            return replace(result, category="", placements=(), considered=seen)
        return replace(result, category=category, placements=placements, category_probability=probability)

    monkeypatch.setattr(run, "reconstruct", reconstruct)
    monkeypatch.setattr(run, "bundled", lambda: ["skateboard", "snowboard", "tennis_racket"])
    return stated


@pytest.fixture
def backends(world):
    people = world.estimator()
    return run.Backends(world.segmenter(), people, scenes.FakeBody(), EmbreeRenderer(), TemplateShapes())


def evaluated(root, out, backends):
    plan = run.Plan(root, out, unnamed=True)
    rows = list(run.evaluate(plan, backends=backends))
    return {row.item: row for row in rows}, run.write(plan, rows)


def plain_photo(folder, world, name):
    write_photo(folder, world, name)
    for mask in folder.glob(f"{name}.*_mask.png"):
        mask.unlink()


def test_names_are_scored_with_and_without_masks(tmp_path, world, answers, backends):
    root = tmp_path / "truth"
    write_photo(root / "skateboard", world, "masked")
    plain_photo(root / "skateboard", world, "plain")
    write_scene(root / "scenes" / "one", world)
    plain_photo(root / "kite", world, "man")
    answers["photo.png"] = ("snowboard", 0.6)
    rows, facts = evaluated(root, tmp_path / "out", backends)
    named = {item: (row.named, row.named_right) for item, row in rows.items() if row.status == "ok"}
    assert named == {
        "skateboard/masked": ("skateboard", "right"),
        "skateboard/plain": ("skateboard", "right"),
        "scenes/one": ("snowboard", "wrong"),
    }
    assert (rows["scenes/one"].named_probability, rows["scenes/one"].probability) == (0.6, 0.3)
    assert rows["kite/man"].status == "skipped"
    assert rows["skateboard/masked"].object_iou == pytest.approx(1.0, abs=0.02)
    assert rows["skateboard/plain"].object_iou is None
    assert rows["scenes/one"].cd_object_human_cm is not None
    assert rows["scenes/one"].rotation_deg is None  # a snowboard's axes are no skateboard's
    assert facts["naming"]["top1"] == pytest.approx(2 / 3)
    assert "named right: 67%" in summary.table(facts)


def test_no_object_is_an_answer_and_no_person_a_failure(tmp_path, world, answers, backends):
    root = tmp_path / "skateboard"
    for name in ("a", "b", "c", "d"):
        plain_photo(root, world, name)
    answers |= {
        "a.png": NoObject("nothing seen", "hint"),
        "b.png": ("", 0.0),
        "c.png": ("skateboard", 0.0),
        "d.png": NoPerson("nobody", "hint"),
    }
    rows, facts = evaluated(root, tmp_path / "out", backends)
    assert [(row.status, row.named, row.named_right) for row in rows.values()] == [
        ("ok", "none", "none"),
        ("ok", "none", "none"),
        ("ok", "unsure", "none"),
        ("failed", None, None),
    ]
    assert rows["a"].reason == "nothing seen"
    assert facts["naming"]["not_named"] == 4
    assert facts["naming"]["brier"] is None
    assert "named right: 0%" in summary.table(facts)


def test_also_adds_right_answers_for_photos_and_scenes(tmp_path, world, answers, backends):
    root = tmp_path / "truth"
    plain_photo(root / "kite", world, "man")
    plain_photo(root / "kite", world, "woman")
    write_scene(root / "one", world, category="snowboard")
    write_scene(root / "two", world, category="snowboard")
    (root / "kite" / "also.json").write_text(json.dumps({"man.png": ["Skateboard"]}))
    (root / "also.json").write_text(json.dumps({"one": ["tennis-racket", "skateboard"]}))
    (root / "two" / "also.json").write_text(json.dumps({"photo.png": ["tennis racket"]}))
    assert naming.accepted(find_items(root)[1]) == {"snowboard", "tennis racket"}
    rows, _ = evaluated(root, tmp_path / "out", backends)
    assert {item: row.named_right for item, row in rows.items()} == {
        "kite/man": "right",
        "kite/woman": None,  # no prior for a kite here, and no other answer
        "one": "right",
        "two": "wrong",
    }


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "cannot be read as JSON"),
        ('["skateboard"]', "expected lists of categories"),
        ('{"man.png": "skateboard"}', "expected lists of categories"),
        ('{"men.png": ["skateboard"]}', "names men.png, which is not there"),
    ],
)
def test_a_bad_also_file_is_told_before_anything_runs(tmp_path, world, answers, backends, content, words):
    plain_photo(tmp_path / "kite", world, "man")
    (tmp_path / "kite" / "also.json").write_text(content)
    with pytest.raises(InputError, match=words):
        evaluated(tmp_path, tmp_path / "out", backends)


def test_the_summary_by_hand():
    rows = [
        Scores("a", "x", "ok", named_probability=0.9, named="x", named_right="right"),
        Scores("b", "x", "ok", named_probability=0.7, named="y", named_right="wrong"),
        Scores("c", "x", "ok", named_probability=0.4, named="x", named_right="right"),
        Scores("d", "x", "ok", named="none", named_right="none"),
        Scores("e", "x", "failed", "NoPerson: nobody"),
    ]
    assert naming.summarise(rows) == {
        "top1": pytest.approx(2 / 5),
        "right_of_sure": pytest.approx(1 / 2),
        "sure_and_right": pytest.approx(1 / 5),
        "sure_and_wrong": 1,
        "not_named": 2,
        "expected_calibration_error": pytest.approx((0.1 + 0.7 + 0.6) / 3),
        "brier": pytest.approx((0.01 + 0.49 + 0.36) / 3),
    }
    assert naming.summarise([Scores("a", "x", "ok", probability=0.9)]) is None


@pytest.mark.parametrize("option", ["--oracle=masks", "--oracle=shape", "--oracle=all", "--human-only"])
def test_options_that_leave_nothing_to_name_are_refused(tmp_path, option):
    done = CliRunner().invoke(main, ["eval", str(tmp_path), "--unnamed", option])
    assert done.exit_code == 2
    assert "--unnamed does not go with" in done.output
