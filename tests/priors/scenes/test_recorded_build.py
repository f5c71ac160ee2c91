"""A build from rendered scenes in a folder is the build in memory, however it is cut, ended and joined."""

from collections import Counter
from dataclasses import replace

import pytest
import torch

pytest.importorskip("pyarrow")

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.categories.own import Own
from chorus_recon.errors import ConfigError, PriorError
from chorus_recon.execution.executors import Local, choose
from chorus_recon.io.prior_files import save_prior
from chorus_recon.priors import build, deliver, factory, merge
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.build import Extent
from chorus_recon.priors.jobs import collect
from chorus_recon.priors.jobs.chunks import WHOLE, Share
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.priors.scenes import pieces, recorded, recorded_build, rendered
from chorus_recon.priors.scenes.pieces import BuildConfig
from chorus_recon.priors.scenes.subject import named, subject_of

NOUN = "dust broom"
SAID = Own(uses={"lean_on": 0.5, "shaft_one_hand": 0.5})
TINY = BuildConfig(scenes=3, views=2, steps=25, voxels=12, seed=3)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch):
    for module in (pieces, recorded_build):
        monkeypatch.setattr(module, "BLOCK", 2)


def run(folder, scenes=3, share=WHOLE, executor=None, tolerance=None, watch=None):
    chosen = recorded_build.settings_of(NOUN, SAID, TINY)
    context = recorded_build.context(chosen, SAID, voxels=TINY.voxels)
    return build.build(
        Storage(str(folder)),
        chosen,
        Extent(scenes, tolerance),
        recorded_build.plan(context, chosen),
        recorded_build.maker(NOUN, SAID, TINY),
        context,
        executor=executor or Local(),
        share=share,
        watch=watch,
    )


def bytes_of(prior, tmp_path):
    return save_prior(tmp_path / "prior.safetensors", prior).read_bytes()


@pytest.fixture(scope="module")
def in_memory(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "BLOCK", 2)
        prior = rendered.build(named(subject_of(NOUN, SAID), NOUN), TINY)
    return bytes_of(prior, tmp_path_factory.mktemp("memory"))


def test_a_folder_gives_the_same_file_and_resumes_after_any_end(tmp_path, in_memory):
    reports = []
    built = run(tmp_path / "a", watch=reports.append)
    assert bytes_of(built.prior, tmp_path) == in_memory
    there = sorted(collect.finished(Storage(str(tmp_path / "a"))))
    assert there == ["000000", "000001", "000002-002", "000003-002"]
    assert not list((tmp_path / "a").rglob("*.tar"))
    assert (reports[-1].stage, reports[-1].done) == ("counting", 4)
    pictures = [report for report in reports if report.stage == "pictures"]
    assert (pictures[-1].done, pictures[-1].total) == (12, 12)
    for name in ("000001", "000002-002"):
        (tmp_path / "a" / "shards" / f"{name}.parquet").unlink()
    made = []
    again = run(tmp_path / "a", watch=lambda report: made.append(report.found))
    assert bytes_of(again.prior, tmp_path) == in_memory
    assert max(made) == 6
    fewer = run(tmp_path / "a", 2).prior  # the first scenes of more
    assert fewer.provenance["scenes_asked"] == 2
    assert bytes_of(run(tmp_path / "a").prior, tmp_path) == in_memory


def test_shards_join_to_the_same_file(tmp_path, in_memory):
    parts = [tmp_path / "one", tmp_path / "two"]
    for number, part in enumerate(parts, 1):
        assert run(part, share=Share(number, 2)).missing == 2
    whole = Storage(str(tmp_path / "whole"))
    manifest, names, missing = merge.merge([Storage(str(part)) for part in parts], whole)
    assert missing == 0
    context = factory.context_of(whole, manifest.settings, Mode.ROBUST, TINY.voxels)
    built = build.finish(whole, manifest, names, context, Mode.ROBUST)
    assert bytes_of(built.prior, tmp_path) == in_memory
    path = deliver.deliver(whole, built, names, context)
    assert path.endswith("dust_broom.prior.safetensors")
    page = (tmp_path / "whole" / "report.html").read_text()
    assert "lean on right: " in page
    assert "pictures from each side" in page or "<svg" in page
    few = build.finish(whole, manifest, names[1:], context, Mode.ROBUST)
    assert few.prior.provenance["missing"] == 4
    other = replace(manifest.settings, seed=9)
    with pytest.raises(ConfigError, match="seed 3, not 9"):
        build.build(whole, other, Extent(3), lambda *_: [], lambda: None, context)
    strange = replace(manifest.settings, scenes=replace(manifest.settings.scenes, subject="other"))
    with pytest.raises(PriorError, match="another description"):
        factory.context_of(whole, strange, Mode.ROBUST)


@pytest.mark.sweep
def test_processes_give_the_same_file(tmp_path, monkeypatch):
    for module in (pieces, recorded_build):  # other processes have the real size
        monkeypatch.setattr(module, "BLOCK", 64)
    built = run(tmp_path / "a", executor=choose("process", 2))
    assert bytes_of(built.prior, tmp_path) == bytes_of(run(tmp_path / "b").prior, tmp_path)


def test_scenes_double_until_the_prior_stays_as_it_is(tmp_path):
    built = run(tmp_path, 16, tolerance=0.99)
    assert (built.images, len(built.changes)) == (4, 1)
    assert built.prior.provenance["scenes_asked"] == 4
    assert sum(built.prior.provenance["scenes_kept"].values()) <= 8


def test_records_give_back_their_scenes_bit_for_bit():
    chosen = recorded_build.settings_of(NOUN, SAID, TINY)
    context = recorded_build.context(chosen, SAID)
    shots = recorded_build.plan(context, chosen)(0, 2, Counter())
    (chunk, *_) = chosen.layout.cut(shots)
    maker = recorded_build.maker(NOUN, SAID, TINY)()
    told: Counter[str] = Counter()
    records = [record for record, _ in maker.records(chunk.shots, told.update)]
    assert told.total() == len(records) == 4
    shown = list(recorded.restore(records, DefaultBody(), EmbreeRenderer()))
    generator = torch.Generator().manual_seed(chunk.shots[0].seed)
    row = context.rows[0]
    posed = pieces.pose(maker.rig, row, context.subject.category, 2, TINY.steps, generator)
    assert len(shown) == len(posed) > 0
    for mine, theirs in zip(shown, posed, strict=True):
        assert torch.equal(mine.world_from_canon, theirs.world.cam_from_canon)
        for picture in mine.pictures:
            assert torch.isfinite(picture.body_depth).any()
            assert picture.object.any()
    failed = recorded.failed(chunk.shots[0])
    assert (failed.seen, failed.weight) == (None, 0.0)
