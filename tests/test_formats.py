"""Files of earlier and of unknown versions are read, or refused by name with what to do."""

import io
import json

import pytest

from chorus_recon.categories import own
from chorus_recon.errors import ConfigError, PriorError
from chorus_recon.pipeline import batch, failures
from chorus_recon.pipeline.gallery import rows, tables
from chorus_recon.pipeline.gallery.overview import Overview
from chorus_recon.priors.jobs import manifest, settings
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.version import __version__
from tests.pipeline.gallery.results import make_result
from tests.priors import making

# What the first reconstruction.json files of schema 1 lack.
LATER_FIELDS = ("options", "versions", "category_probability", "considered", "use", "people", "things")


def early_result(folder, photo):
    """A result of schema 1 as it was first written."""
    facts = make_result(folder, photo)
    for name in LATER_FIELDS:
        facts.pop(name, None)
    facts["photo"] = {key: facts["photo"][key] for key in ("path", "size_px", "note")}
    (folder / "reconstruction.json").write_text(json.dumps(facts))
    return facts


def test_an_early_result_is_shown_and_done_again(tmp_path):
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"photo")
    facts = early_result(tmp_path / "out" / "a", photo)
    assert rows.of_result(facts, "a").path == str(photo)
    assert Overview(tmp_path / "out").write() == 1
    (job,) = batch.look_up(batch.plan([photo], [], tmp_path / "out"), {})
    assert not job.finished
    assert "version unknown" in job.note
    assert job.directory == tmp_path / "out" / "a"


def failure(**more):
    row = {"path": "a.jpg", "error": "NoPerson", "sha256": "1", "options": {}, "version": __version__}
    return row | more


@pytest.mark.parametrize(("more", "lasting"), [({}, True), ({"format": 1}, True), ({"format": 2}, False)])
def test_failures_without_a_format_count_and_unknown_ones_are_tried_again(tmp_path, more, lasting):
    (tmp_path / failures.NAME).write_text(json.dumps(failure(**more)) + "\n")
    (row,) = failures.read(tmp_path)
    assert failures.lasting(row, "1", {}, __version__) is lasting


def test_tables_of_every_version_are_ours(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "results.parquet"
    path.write_bytes(tables.parquet_bytes([]))
    metadata = parquet.read_schema(path).metadata
    assert metadata[b"version"] == b"1"
    early = arrow.table({"path": ["a.jpg"], "status": ["ok"]}).replace_schema_metadata(
        {"format": metadata[b"format"]}
    )
    parquet.write_table(early, path)
    assert tables.is_own_parquet(path.read_bytes())
    assert tables.is_own_csv(b"path,status,category,probability\n")


def test_a_description_may_say_its_version(tmp_path):
    path = tmp_path / "broom.toml"
    path.write_text('like = "broom"\n')
    early = own.read_file(path)
    path.write_text('version = 1\nlike = "broom"\n')
    assert own.read_file(path) == early
    path.write_text('version = 2\nlike = "broom"\n')
    with pytest.raises(ConfigError, match=r"broom\.toml: format version 2, this release reads 1"):
        own.read_file(path)


@pytest.mark.parametrize("version", [1, 3])
def test_the_settings_of_a_build_of_another_version_are_refused(tmp_path, version):
    folder = Storage(str(tmp_path))
    settings.save(folder, settings.BuildManifest(making.SETTINGS, 4))
    raw = json.loads((tmp_path / settings.FILE).read_text())
    assert settings.load(folder).images == 4
    (tmp_path / settings.FILE).write_text(json.dumps(raw | {"version": version}))
    with pytest.raises(PriorError, match=rf"{settings.FILE}: not a valid build file") as error:
        settings.load(folder)
    assert "Remove this file" in error.value.hint


def test_a_list_of_pictures_of_another_version_is_refused(tmp_path):
    folder = Storage(str(tmp_path))
    manifest.save(folder, [])
    raw = json.loads((tmp_path / manifest.FILE).read_text())
    assert manifest.load(folder) == ()
    (tmp_path / manifest.FILE).write_text(json.dumps(raw | {"version": 2}))
    with pytest.raises(PriorError, match="not a valid list of pictures"):
        manifest.load(folder)


def test_records_of_another_version_are_refused():
    parquet = pytest.importorskip("pyarrow.parquet")
    from chorus_recon.priors.jobs import record_table

    data = record_table.to_bytes(record_table.Table([], {}))
    assert record_table.from_bytes(data).records == []
    table = parquet.read_table(io.BytesIO(data)).replace_schema_metadata({"chorus": "chorus-recon-records 1"})
    parquet.write_table(table, held := io.BytesIO())
    with pytest.raises(PriorError, match=r"old\.parquet: .*expected chorus-recon-records 2, found") as error:
        record_table.from_bytes(held.getvalue(), "old.parquet")
    assert "run the build again" in error.value.hint
