"""Builds from a folder of photos of which some are odd."""

import os
from pathlib import Path

import pytest
from PIL import Image

pytest.importorskip("pyarrow")

from chorus_recon.backends.images.photos import PhotoFolder
from chorus_recon.priors import factory
from chorus_recon.priors.jobs import collect, manifest
from chorus_recon.priors.jobs.collect import Observer
from chorus_recon.priors.jobs.records import Record
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.types import Reason


def nobody(images):
    """Each picture is set aside."""
    return [Record(i.shot, "photos", (64, 64), 0.0, None, Reason.NO_PERSON) for i in images]


@pytest.fixture
def shown(cli, monkeypatch):
    """`cli` that looks at the pictures named, and finds nobody on them."""

    def observer(chosen, backends, device):
        source = PhotoFolder(backends.images.partition(":")[2], backends.order)
        return lambda: Observer(source, nobody, source.licences)

    monkeypatch.setattr(factory, "observer", observer)
    return cli


def picture(path: Path, level: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 64), (level, 0, 0)).save(path)


def test_a_name_that_is_not_utf_8_is_written_out(shown):
    odd = os.fsdecode(b"\xff\xfe.png")
    picture(Path("p/a.png"))
    picture(Path("p", odd), 9)
    for _ in range(2):
        done = shown("build", "box", "--source", "photos:p", "-o", "b")
        assert "no picture could be used (2 no_person)" in done.stderr, done.output
    assert [entry.name for entry in manifest.load(Storage("b"))] == ["a.png", r"\xff\xfe.png"]
    records = collect.read(Storage("b"), "000000-002").records
    assert [record.shot.prompt.text for record in records] == ["a.png", r"\xff\xfe.png"]
    Path("p", odd).unlink()
    gone = shown("build", "box", "--source", "photos:p", "-o", "b")
    assert r"(such as \xff\xfe.png)" in gone.stderr


def test_what_cannot_be_read_has_its_name_and_no_place(shown):
    tables = []
    for place in ("p", "elsewhere/p"):
        picture(Path(place, "a.png"))
        Path(place, "b.jpg").write_bytes(b"no picture")
        shown("build", "box", "--source", f"photos:{place}", "-o", f"of-{place}")
        tables.append(Path(f"of-{place}/shards/000000-002.parquet").read_bytes())
        broken = collect.read(Storage(f"of-{place}"), "000000-002").records[1]
        assert (broken.shot.prompt.text, broken.shot.prompt.source) == ("b.jpg", "photos")
        assert broken.detail.startswith("b.jpg: ")
    assert tables[0] == tables[1]


def test_no_more_pictures_are_taken_than_there_are(shown):
    for name in "abc":
        picture(Path("p", f"{name}.png"))
    done = shown("build", "box", "--source", "photos:p", "--images", 8, "-o", "b")
    assert "There are 3 pictures, not 8" in done.stderr
    assert "no picture could be used (3 no_person)" in done.stderr


def test_fewer_pictures_than_before_are_told(cli):
    words = ("build", "box", "--source", "fake", "--no-balance", "-o", "b", "--images")
    assert "become those" not in cli(*words, 8).stderr
    done = cli(*words, 4)
    assert done.exit_code == 0, done.output
    assert "This build had 8 pictures: its prior and records will use the first 4." in done.stderr
