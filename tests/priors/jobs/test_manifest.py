import pytest
from PIL import Image

pytest.importorskip("pyarrow")

from chorus_recon.backends.images.photos import PhotoFolder
from chorus_recon.errors import ConfigError, PriorError
from chorus_recon.priors.jobs import manifest
from chorus_recon.priors.jobs.storage import Storage


@pytest.fixture
def photos(tmp_path):
    (tmp_path / "photos").mkdir()
    for number in range(3):
        picture(tmp_path / "photos" / f"p{number}.png", number)
    return tmp_path / "photos"


def picture(path, value):
    Image.new("RGB", (32, 24), (value * 9, 0, 0)).save(path)


def taken(photos, build):
    made = manifest.take(build, PhotoFolder(str(photos)))
    manifest.save(build, made.entries)
    return made


def test_a_picture_keeps_its_place_when_others_come_and_go(photos, tmp_path):
    build = Storage(str(tmp_path / "build"))
    assert taken(photos, build).names == ("p0.png", "p1.png", "p2.png")
    picture(photos / "a_new.png", 7)
    (photos / "p1.png").unlink()
    grown = taken(photos, build)
    assert (grown.names, grown.gone) == (("p0.png", "p1.png", "p2.png", "a_new.png"), ("p1.png",))
    picture(photos / "p0.png", 8)
    assert taken(photos, build).changed == ("p0.png",)


def test_a_renamed_picture_is_no_other(photos, tmp_path):
    build = Storage(str(tmp_path / "build"))
    taken(photos, build)
    (photos / "p1.png").rename(photos / "z.png")
    made = taken(photos, build)
    assert (made.names, made.gone, made.changed) == (("p0.png", "z.png", "p2.png"), (), ())


def test_other_pictures_of_another_folder_are_refused(photos, tmp_path):
    build = Storage(str(tmp_path / "build"))
    taken(photos, build)
    for number in range(3):
        picture(photos / f"p{number}.png", 20 + number)
    assert manifest.take(build, PhotoFolder(str(photos))).changed == (), "nobody looked at the others"
    build.write("shards/000000-003.parquet", b"")
    with pytest.raises(ConfigError, match="a build of other pictures"):
        taken(photos, build)


def test_shards_agree_on_which_picture_is_where(photos, tmp_path):
    parts = [Storage(str(tmp_path / name)) for name in "abc"]
    taken(photos, parts[0])
    picture(photos / "q.png", 9)
    taken(photos, parts[1])
    out = Storage(str(tmp_path / "out"))
    manifest.join(parts, out)
    assert [entry.name for entry in manifest.load(out)] == ["p0.png", "p1.png", "p2.png", "q.png"]
    picture(photos / "a.png", 10)
    taken(photos, parts[2])
    with pytest.raises(ConfigError, match=r"picture 0 is a\.png, in another part it is p0\.png"):
        manifest.join(parts, out)


def test_a_file_that_is_not_a_manifest_is_an_error(photos, tmp_path):
    build = Storage(str(tmp_path / "build"))
    build.write(manifest.FILE, b"[]")
    with pytest.raises(PriorError, match=r"pictures\.json: not a valid list of pictures"):
        manifest.load(build)


def test_models_are_told_apart_by_their_files_and_not_by_their_place(tmp_path):
    for name, size in (("a", 10), ("b", 10), ("c", 11)):
        (tmp_path / name / "unet").mkdir(parents=True)
        (tmp_path / name / "unet" / "w.safetensors").write_bytes(b"0" * size)
    (tmp_path / "b" / "README.md").write_text("kept beside it")
    a, b, c = (manifest.fingerprint(tmp_path / name) for name in "abc")
    assert a == b != c
    digest = manifest.fingerprint(tmp_path / "a" / "unet" / "w.safetensors")
    assert digest == manifest.fingerprint(tmp_path / "b" / "unet" / "w.safetensors")
