"""Damaged files of a build are told by name, with what to do."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("pyarrow")

import pyarrow
from pyarrow import parquet

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.errors import PriorError
from chorus_recon.priors import build
from chorus_recon.priors.build import Extent
from chorus_recon.priors.inspection import contact
from chorus_recon.priors.jobs import record_table
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.priors.observations import observe
from tests.priors import making


@pytest.fixture
def built(tmp_path):
    folder = Storage(str(tmp_path / "b"))
    build.build(folder, making.SETTINGS, Extent(4), making.plan, making.observer, making.context())
    return folder


def spoil(folder: Storage, column: str, value: object) -> Path:
    """Another value in the first kept row of the first piece."""
    path = Path(folder.url, "shards", "000000.parquet")
    table = parquet.read_table(path)
    rows = table.to_pylist()
    next(row for row in rows if row["reason"] is None)[column] = value
    parquet.write_table(pyarrow.Table.from_pylist(rows, table.schema), path)
    return path


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("object_code", b"\x0f\x0f"),
        ("object_code", b""),
        ("object_code", b"\xff" * 256),
        ("human_code", b"\x00"),
        ("pose", [1.0, 0.0, 0.0]),
        ("pose", []),
        ("shape", None),
        ("focal_px", [60.0]),
        ("cam_from_body_rotation", [1.0] * 8),
        ("cam_from_body_translation_m", [0.0, 0.0, float("nan")]),
        ("mask_width_px", -64),
        ("weight_steps", 200),
        ("body_model", None),
    ],
)
def test_damaged_records_are_told_by_their_file(built, column, value):
    path = spoil(built, column, value)
    with pytest.raises(PriorError, match=r"shards/000000\.parquet: not readable as records") as error:
        build.build(built, making.SETTINGS, Extent(4), making.plan, making.observer, making.context())
    assert "remove it and run the build again" in error.value.hint
    path.unlink()
    again = build.build(built, making.SETTINGS, Extent(4), making.plan, making.observer, making.context())
    assert again.prior is not None


def test_records_that_are_none_are_told_where_they_are_joined():
    with pytest.raises(PriorError, match="here: not readable as records"):
        record_table.join(io.BytesIO(), [("here", b"PAR1 no more")])


def test_a_pose_of_another_body_is_told(built):
    spoil(built, "pose", [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0] * 23)
    path = Path(built.url, "shards", "000000.parquet")
    record = next(record for record in record_table.from_bytes(path.read_bytes()).records if record.seen)
    context = making.context()
    record = replace(record, seen=replace(record.seen, body=replace(record.seen.body, model="default")))
    with pytest.raises(PriorError, match="its pose does not fit the body"):
        observe.restore(record, DefaultBody(), context.renderer)


def test_a_damaged_shard_is_told_by_name(built):
    path = Path(built.url, "shards", "000000.tar")
    whole = path.read_bytes()
    path.write_bytes(b"no tar" * 200)
    with pytest.raises(PriorError, match=r"shards/000000\.tar: cannot be read"):
        contact.sheet(built, ["000000"], True, 9)
    path.write_bytes(whole.replace(b"\xff\xd8\xff", b"\x00\x00\x00"))
    with pytest.raises(PriorError, match=r"shards/000000\.tar: a picture in it cannot be read"):
        contact.sheet(built, ["000000"], True, 9)


def test_what_could_not_be_read_has_an_empty_place_on_the_sheet(cli):
    assert cli("build", "box", "--source", "fake", "--images", 12, "-o", "b").exit_code == 0
    folder, names = Storage("b"), ["000000-012"]
    aside = [(r, p) for r, p in contact._first(folder, names, False, 99)]
    unread = [record for record, picture in aside if picture is None]
    assert [record.reason.value for record in unread] == ["unreadable"]
    assert [record.shot.index for record, _ in aside] == sorted(record.shot.index for record, _ in aside)
    sheet = contact.sheet(folder, names, False, 99)
    assert sheet.width == contact.CELL_PX * min(contact.COLUMNS, len(aside))
