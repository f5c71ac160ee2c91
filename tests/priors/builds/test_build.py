import contextlib
import itertools
import json
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch

pytest.importorskip("pyarrow")

from chorus_recon.errors import ChorusError, ConfigError, OutputError, PriorError
from chorus_recon.geometry import grid as voxels
from chorus_recon.io.prior_files import save_prior
from chorus_recon.priors import build, merge
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.build import Extent
from chorus_recon.priors.jobs import collect, record_table, settings
from chorus_recon.priors.jobs.chunks import Share
from chorus_recon.priors.jobs.collect import Outcome
from chorus_recon.priors.jobs.records import Record
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.types import OccupancyPrior, Reason
from chorus_recon.version import __version__
from tests.priors import making


def run(folder, images=20, chosen=making.SETTINGS, **more):
    return build.build(
        Storage(str(folder)),
        chosen,
        Extent(images, more.pop("tolerance", None)),
        more.pop("plan", making.plan),
        more.pop("observer", making.observer),
        making.context(),
        **more,
    )


def bytes_of(built, path: Path) -> bytes:
    assert built.prior is not None
    return save_prior(path / "p.prior.safetensors", built.prior).read_bytes()


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    built = run(folder)
    return folder, built, bytes_of(built, tmp_path_factory.mktemp("prior"))


def test_the_box_is_found_where_it_was_held(whole):
    _, built, _ = whole
    facts = built.prior.provenance
    assert (facts["images"], facts["kept"]) == (20, 20 - sum(facts["rejected"].values()))
    assert set(facts["rejected"]) == {"many_people", "unreadable"}
    assert facts["licences"] == {"fake": "Apache-2.0"}
    likely = max(built.prior.clusters, key=lambda c: c.share)
    centers = voxels.centers(likely.grid)
    best = centers[likely.occupancy > 0.8 * likely.occupancy.max()].mean(0)
    assert (best - torch.tensor(making.WHERE_M)).norm() < 0.15
    assert sum(c.share for c in built.prior.clusters) == pytest.approx(1.0)


def test_a_folder_holds_a_row_a_picture(whole):
    folder, built, _ = whole
    records = record_table.from_bytes((folder / build.RECORDS).read_bytes()).records
    assert [record.shot.index for record in records] == list(range(20))
    assert Counter(map(collect.became, records)) == built.gathered.statistics.counts
    assert json.loads((folder / settings.FILE).read_text())["images"] == 20


def test_run_again_makes_nothing_again(whole, tmp_path):
    folder, _, expected = whole

    def none():
        raise AssertionError("a model was made")

    before = files(folder)
    assert bytes_of(run(folder, observer=none), tmp_path) == expected
    assert files(folder) == before


@pytest.mark.parametrize("stop", range(1, 11, 3))
def test_stopped_anywhere_and_run_again_is_the_same(whole, tmp_path, monkeypatch, stop):
    folder, _, expected = whole
    real, writes = Storage.writing, []

    def writing(self, name):
        writes.append(name)
        if len(writes) == stop + 1:
            raise KeyboardInterrupt
        return real(self, name)

    monkeypatch.setattr(Storage, "writing", writing)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "b")
    assert len(files(tmp_path / "b")) == stop
    assert bytes_of(run(tmp_path / "b"), tmp_path) == expected
    assert files(tmp_path / "b") == files(folder)


def test_more_pictures_go_on_from_fewer(whole, tmp_path):
    folder, _, expected = whole
    run(tmp_path / "b", images=9)
    assert collect.finished(Storage(str(tmp_path / "b"))) == {"000000", "000001", "000002-001"}
    assert bytes_of(run(tmp_path / "b", images=20), tmp_path) == expected
    assert files(tmp_path / "b") == files(folder), "the piece that was cut short is gone"


@pytest.mark.parametrize("stop", [1, 2])
def test_no_picture_is_lost_nor_twice_where_a_build_is_stopped_as_it_tidies(
    whole, tmp_path, monkeypatch, stop
):
    folder, _, expected = whole
    here = Storage(str(tmp_path / "b"))
    run(tmp_path / "b", images=9)
    removed = []

    def remove(self, name):
        removed.append(name)
        if len(removed) == stop:
            raise KeyboardInterrupt
        return real(self, name)

    with monkeypatch.context() as patched:
        real = Storage.remove
        patched.setattr(Storage, "remove", remove)
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path / "b")
    assert collect.current(here) == [f"{n:06d}" for n in range(5)]
    assert bytes_of(run(tmp_path / "b"), tmp_path) == expected
    assert files(tmp_path / "b") == files(folder)


def test_a_smaller_build_keeps_what_a_larger_one_made(whole, tmp_path):
    run(tmp_path / "b")
    run(tmp_path / "b", images=9)
    assert collect.finished(Storage(str(tmp_path / "b"))) == {*(f"{n:06d}" for n in range(5)), "000002-001"}
    assert collect.current(Storage(str(tmp_path / "b"))) == [f"{n:06d}" for n in range(5)]


def test_other_settings_are_refused(whole):
    folder, _, _ = whole
    with pytest.raises(ConfigError, match="seed 0, not 1"):
        run(folder, chosen=replace(making.SETTINGS, seed=1))
    with pytest.raises(ConfigError, match="prompts"):
        run(folder, chosen=replace(making.SETTINGS, prompts=making.PROMPTS[:1]))


def test_two_releases_records_do_not_mix(whole, tmp_path):
    older = Storage(str(tmp_path / "b"))
    run(older.url, images=9)
    settings.save(older, replace(settings.load(older), chorus_recon="0.0.9"))
    with pytest.raises(ConfigError, match=rf"by chorus-recon 0\.0\.9, the others by {__version__}") as error:
        run(older.url)
    assert "chorus-recon==0.0.9" in error.value.hint
    counted = run(older.url, images=9).prior  # again: that is no mixture
    assert counted.provenance["records_by"] == "chorus-recon 0.0.9"
    with pytest.raises(ConfigError, match=r"0\.0\.9"):
        merge.merge([Storage(str(whole[0])), older], Storage(str(tmp_path / "c")))


def test_a_merge_keeps_the_release_that_made_the_records(whole, tmp_path):
    parts = [Storage(str(tmp_path / name)) for name in "ab"]
    for number, part in enumerate(parts):
        run(part.url, share=Share(number + 1, 2))
        settings.save(part, replace(settings.load(part), chorus_recon="0.1.7"))
    out = Storage(str(tmp_path / "c"))
    manifest, names, missing = merge.merge(parts, out)
    assert (missing, settings.load(out).chorus_recon) == (0, "0.1.7")
    built = build.finish(out, manifest, names, making.context(), Mode.ROBUST)
    assert built.prior.provenance["records_by"] == "chorus-recon 0.1.7"
    assert "missing" not in built.prior.provenance
    few = build.finish(out, manifest, names[:3], making.context(), Mode.ROBUST)
    assert few.prior.provenance["missing"] == 8


def test_shards_in_one_folder_make_the_whole(whole, tmp_path):
    _, _, expected = whole
    first = run(tmp_path / "b", share=Share(1, 2))
    assert (first.prior, first.missing) == (None, 2)
    assert bytes_of(run(tmp_path / "b", share=Share(2, 2)), tmp_path) == expected


def test_shards_cannot_balance(tmp_path):
    with pytest.raises(ConfigError, match="balance"):
        run(tmp_path, chosen=replace(making.SETTINGS, balance=True), share=Share(1, 2))
    with pytest.raises(ConfigError, match="3 of 2"):
        Share(3, 2)


def test_views_are_balanced_from_whole_rounds(tmp_path):
    asked: list[Counter[int]] = []

    def plan(start, end, seen):
        asked.append(Counter(seen))
        return making.plan(start, end, seen)

    chosen = replace(making.SETTINGS, balance=True, chunk=1)
    balanced = run(tmp_path / "a", 20, chosen, plan=plan)
    assert [sum(c.values()) for c in asked] == [0, 6, 12]
    run(tmp_path / "b", 13, chosen)
    assert bytes_of(run(tmp_path / "b", 20, chosen), tmp_path) == bytes_of(balanced, tmp_path)


def test_it_stops_when_pictures_no_longer_change_the_prior(tmp_path):
    chosen = replace(making.SETTINGS, chunk=1)
    built = run(tmp_path / "a", 64, chosen, tolerance=0.5)
    images = built.prior.provenance["images"]
    assert images in (16, 32)
    assert built.changes[-1] < 0.5
    assert all(change >= 0.5 for change in built.changes[:-1])
    manifest, names, missing = merge.merge([Storage(str(tmp_path / "a"))], Storage(str(tmp_path / "m")))
    assert (manifest.images, len(names), missing) == (images, images, 0)
    again = run(tmp_path / "a", 64, chosen, tolerance=0.5)
    assert bytes_of(again, tmp_path) == bytes_of(built, tmp_path)


def test_the_delivered_prior_is_judged_in_the_way_it_is_counted(tmp_path, monkeypatch):
    judged = []
    real = build.change
    monkeypatch.setattr(build, "change", lambda *both: (judged.append(both), real(*both))[1])
    chosen = replace(making.SETTINGS, chunk=1)
    run(tmp_path, 33, chosen, tolerance=0.0, mode=Mode.PAPER)
    assert [[c.cluster for c in clusters] for pair in judged for clusters in pair] == [["all"]] * 4
    delivered = run(tmp_path, 32, chosen, mode=Mode.PAPER).prior.clusters
    assert torch.equal(judged[-1][1][0].occupancy, delivered[0].occupancy)


def test_a_change_counts_each_interaction_by_its_share():
    def cluster(name, share, *occupied):
        values = torch.zeros(2, 2, 2)
        for place in occupied:
            values[place] = 0.5
        return OccupancyPrior(voxels.cube(1.0, 2), values, values, "b", name, share)

    held, worn = cluster("held", 0.75, (0, 0, 0)), cluster("worn", 0.25, (0, 0, 1))
    assert build.change([held, worn], [replace(worn, cluster="carried"), held]) == 0.0
    assert build.change([held], [worn]) == 1.0
    assert build.change([replace(held, share=1.0)], [held, worn]) == pytest.approx(0.4)
    even = [replace(held, share=0.5), replace(worn, share=0.5)]
    assert build.change([held, worn], even) == pytest.approx(0.4)


def test_models_are_made_once_for_all_rounds(tmp_path):
    made = []

    def observer():
        made.append(1)
        return making.observer()

    run(tmp_path, 20, replace(making.SETTINGS, balance=True, chunk=1), observer=observer)
    assert len(made) == 1


def broken(first, errors):
    """An observer that fails from its `first` picture on, with these errors in turn."""
    numbers = itertools.count()

    def record_of(image):
        if (number := next(numbers)) < first:
            return making.look([image])[0]
        error = errors[number % len(errors)]
        return Record(image.shot, "fake", making.SIZE, 0.0, None, Reason.UNREADABLE, error)

    def look(images):
        return [record_of(image) for image in images]

    return lambda: replace(making.observer(), look=look)


def test_a_broken_device_stops_the_build_and_spoils_no_picture(whole, tmp_path):
    _, _, expected = whole
    with pytest.raises(ChorusError, match=r"8 pictures in a row.*device-side assert"):
        run(tmp_path / "b", observer=broken(6, ["RuntimeError: CUDA error: device-side assert triggered"]))
    kept = collect.finished(Storage(str(tmp_path / "b")))
    assert kept == {"000000"}  # the second one had begun to fail, and is made again with the rest
    assert bytes_of(run(tmp_path / "b"), tmp_path) == expected


def test_pictures_that_fail_in_their_own_ways_are_set_aside(tmp_path):
    built = run(tmp_path, observer=broken(0, ["ValueError: no box", "ValueError: too small"]))
    assert built.gathered.statistics.counts == {"unreadable": 20}


@dataclass(frozen=True)
class Elsewhere:
    """A cluster of one machine, whose worker is in another folder, or on another disk altogether."""

    place: Path
    forgets: bool = False
    name: str = "ray"

    @contextlib.contextmanager
    def open(self, make):
        def work(items):
            with contextlib.chdir(self.place):
                for item in items:
                    yield Outcome(item.name, Counter()) if self.forgets else make()(item)

        yield work


def test_workers_with_another_working_directory_write_into_the_same_folder(whole, tmp_path, monkeypatch):
    _, _, expected = whole
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    assert bytes_of(run("b", executor=Elsewhere(tmp_path / "there")), tmp_path) == expected
    assert not list((tmp_path / "there").iterdir())


def test_chunks_on_disks_of_other_machines_are_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(collect, "LAGS_S", (0.0, 0.0))
    with pytest.raises(OutputError, match="5 chunks that workers wrote are not here") as error:
        run(tmp_path, executor=Elsewhere(tmp_path, forgets=True))
    assert "machines of the cluster share" in error.value.hint


def test_the_paper_counts_all_as_one(whole):
    folder, _, _ = whole
    (cluster,) = run(folder, mode=Mode.PAPER).prior.clusters
    assert (cluster.cluster, cluster.share) == ("all", 1.0)


def test_nothing_kept_is_told(tmp_path):
    built = run(tmp_path, 1, plan=lambda a, b, seen: [replace(s, seed=3) for s in making.plan(a, b, seen)])
    assert built.prior is None
    assert built.gathered.statistics.counts == {"many_people": 1}


def test_memory_folder(whole, tmp_path):
    _, _, expected = whole
    assert bytes_of(run("memory://build-test"), tmp_path) == expected
    assert Storage("memory://build-test").names("shards", ".tar") == {f"{n:06d}" for n in range(5)}


def test_no_build_in_a_folder(tmp_path):
    with pytest.raises(PriorError, match=r"build\.json is missing"):
        settings.load(Storage(str(tmp_path)))
    (tmp_path / settings.FILE).write_text("{}")
    with pytest.raises(PriorError, match="chorus-recon-build"):
        settings.load(Storage(str(tmp_path)))
