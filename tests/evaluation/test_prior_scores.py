import json
from dataclasses import replace

import pytest
import torch
from click.testing import CliRunner

from chorus_recon.backends import registry
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.cli import main
from chorus_recon.errors import InputError
from chorus_recon.evaluation import prior_scores
from chorus_recon.evaluation.truth import find_items
from chorus_recon.geometry import transforms
from chorus_recon.geometry.grid import PAPER_GRID
from chorus_recon.io.prior_files import save_prior
from chorus_recon.priors.aggregation import paper
from chorus_recon.priors.clustering import gather
from chorus_recon.types import PapScore
from tests import scenes
from tests.evaluation.scene_folder import write_photo
from tests.fakes import FakeBody, FakeHumanEstimator


@pytest.fixture(scope="module")
def world():
    return scenes.world((160, 120))


@pytest.fixture(scope="module")
def backends(world):
    seen = world.segmenter(), world.estimator()
    return registry.Backends(*seen, FakeBody(), EmbreeRenderer(), TemplateShapes())


@pytest.fixture
def folder(tmp_path, world):
    write_photo(tmp_path / "truth" / "skateboard", world)
    write_photo(tmp_path / "truth" / "kite", world)
    return tmp_path / "truth"


def test_the_true_prior_beats_the_baselines(folder, world, backends):
    prior = scenes.prior_of(world)
    elsewhere = replace(prior.clusters[0], occupancy=prior.clusters[0].occupancy.flip(1), cluster="overhead")
    both = replace(prior, clusters=(elsewhere, prior.clusters[0]))
    rows = list(prior_scores.score_priors(find_items(folder), {"prior": {"skateboard": both}}, backends))
    assert [row.category for row in rows] == ["skateboard"]  # kites have no prior: not counted
    facts = prior_scores.summarise(rows)
    score = {name: one["pap_strict_hoa"] for name, one in facts.items()}
    assert score["best_cluster"] > 3 * score["body_distance"] > 0
    assert score["best_cluster"] > score["prior"] > 0
    assert score["smooth"] > score["prior"]
    assert 0 < score["ball"] < score["body_distance"]


def test_a_category_counts_once_however_many_photos_it_has():
    one = PapScore("a", 1.0, 1.0, None, None, 5, 0)
    rows = [
        prior_scores.PriorScores("a/1", "a", {"prior": one}),
        prior_scores.PriorScores("a/2", "a", {"prior": replace(one, pap=0.0, pap_hoa=0.5)}),
        prior_scores.PriorScores("b/1", "b", {"prior": one}),
        prior_scores.PriorScores("b/2", "b", {"prior": replace(one, target_px=0, pap=0.0)}),
    ]
    facts = prior_scores.summarise(rows)["prior"]
    assert facts["pap"] == pytest.approx(0.75)
    assert facts["pap_hoa"] == pytest.approx(0.5)
    assert facts["count"] == 3


def test_an_item_that_fails_is_a_row_with_its_reason(folder, world, backends):
    blind = replace(backends, human=FakeHumanEstimator([]))
    sets = {"prior": {"skateboard": scenes.prior_of(world)}}
    rows = list(prior_scores.score_priors(find_items(folder), sets, blind))
    assert rows[0].scores == {}
    assert "NoPerson" in rows[0].reason


def test_the_command_writes_the_documented_json(folder, tmp_path, world, backends, monkeypatch):
    file = save_prior(tmp_path / "mine.prior.safetensors", scenes.prior_of(world))
    monkeypatch.setattr(registry, "load", lambda choices: backends)
    monkeypatch.setattr("chorus_recon.commands.priors.eval.ready", lambda config, slots: None)
    out = tmp_path / "scores.json"
    ran = CliRunner().invoke(main, ["prior", "eval", str(file), "--truth", str(folder), "--json", str(out)])
    assert ran.exit_code == 0, ran.output
    assert "pap_strict_hoa" in ran.stdout
    facts = json.loads(out.read_text())
    assert "paper" not in facts  # there is no build beside the file
    for name in ("prior", "posed", "best_cluster", "smooth", "body_distance", "ball"):
        assert {"pap", "pap_strict", "pap_hoa", "pap_strict_hoa"} <= facts[name].keys()
    assert facts["prior"]["categories"]["skateboard"]["count"] == 1
    assert facts["items"][0]["item"] == "skateboard/man"


def test_one_cluster_is_chosen_for_all_measures():
    one = PapScore("a", 0.9, 0.8, 0.1, 0.1, 5, 3)
    other = PapScore("a", 0.3, 0.2, 0.4, 0.4, 5, 3)
    assert prior_scores.best([one, other]) is other
    covered = [replace(score, pap_hoa=None, pap_strict_hoa=None, target_px_hoa=0) for score in (other, one)]
    assert prior_scores.best(covered) is covered[1]


def test_two_priors_of_one_category_are_refused(folder, tmp_path, world):
    names = [str(save_prior(tmp_path / f"{n}.prior.safetensors", scenes.prior_of(world))) for n in "ab"]
    with pytest.raises(InputError, match=r"a\.prior.*and.*b\.prior.*both priors of 'skateboard'"):
        prior_scores.load_sets(names, find_items(folder))


def test_the_published_way_is_carried_the_published_way(world):
    prior = scenes.prior_of(world)
    fields = prior_scores.predictors({"prior": prior, "paper": prior}, FakeBody(), world.body)
    cam_from_root = fields["paper"][0].cam_from_grid
    vertices = transforms.apply(transforms.inverse(cam_from_root), world.body.vertices)
    place = torch.linalg.inv(transforms.matrix(cam_from_root)) @ world.body.cam_from_canon
    one = prior.clusters[0]
    values = paper.carry(one.occupancy, one.grid, vertices, FakeBody().skin_weights, place)
    assert torch.equal(fields["paper"][0].probability, values)
    assert set(values.unique().tolist()) == {0.0, 1.0}  # to the nearest voxel, not in between
    assert not torch.equal(fields["prior"][0].probability, values)


def test_a_file_is_never_compared_with_anothers_pictures(folder, tmp_path, world, caplog):
    file = save_prior(tmp_path / "mine.prior.safetensors", scenes.prior_of(world))
    assert "paper" not in prior_scores.load_sets([str(file)], find_items(folder))
    assert "mine.prior.safetensors: not compared with the published way" in caplog.text
    bundled = prior_scores.load_sets(["skateboard"], find_items(folder))
    assert bundled["paper"]["skateboard"].provenance["aggregation"] == "paper"


def test_a_builds_records_are_counted_the_published_way(tmp_path, monkeypatch, caplog):
    pytest.importorskip("pyarrow")
    from chorus_recon.evaluation import published
    from chorus_recon.priors import build
    from chorus_recon.priors.aggregation.aggregate import Mode
    from chorus_recon.priors.jobs.storage import Storage
    from tests.priors import making

    made = build.build(
        Storage(str(tmp_path)),
        making.SETTINGS,
        build.Extent(12),
        making.plan,
        making.observer,
        making.context(),
    )
    file = save_prior(tmp_path / "box.prior.safetensors", made.prior)
    context = gather.context(making.parted_body(), EmbreeRenderer(), making.restore, PAPER_GRID)
    monkeypatch.setattr(published.factory, "context_of", lambda folder, chosen, mode: context)
    counted = published.counted(str(file), made.prior)
    again = build.build(
        Storage(str(tmp_path)),
        making.SETTINGS,
        build.Extent(12),
        making.plan,
        making.observer,
        context,
        mode=Mode.PAPER,
    )
    assert torch.equal(counted.clusters[0].occupancy, again.prior.clusters[0].occupancy)
    assert counted.clusters[0].smoothed is None
    more = replace(made.prior, provenance={**made.prior.provenance, "images": 11})
    assert published.counted(str(file), more) is None
    assert "holds other pictures" in caplog.text


def test_priors_that_no_photo_asks_for_are_told(folder):
    with pytest.raises(InputError, match="No photo shows any of: surfboard"):
        prior_scores.load_sets(["surfboard"], find_items(folder))


def test_smooth_pap_does_not_depend_on_the_voxels(world):
    prior = scenes.prior_of(world)
    field = prior_scores.whole(prior_scores.repose(prior.clusters, FakeBody(), world.body))
    seen = prior_scores.pap_smooth(
        field, world.camera, world.object_mask.alpha, world.body.vertices[:1], "near"
    )
    halved, doubled = field.grid.voxel_m / 2, tuple(2 * n for n in field.grid.shape)
    values = field.probability
    for axis in range(3):
        values = values.repeat_interleave(2, axis)
    fine = replace(field, grid=replace(field.grid, voxel_m=halved, shape=doubled), probability=values)
    again = prior_scores.pap_smooth(
        fine, world.camera, world.object_mask.alpha, world.body.vertices[:1], "fine"
    )
    assert seen.pap == pytest.approx(again.pap, abs=0.06)
    assert torch.isfinite(torch.tensor(seen.pap))
