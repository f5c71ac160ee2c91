import logging
import os

import pytest
from PIL import Image

from chorus_recon.io.photo_folders import find_photos, save_drawn


def picture(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8)).save(path)
    return path


def below(root, paths):
    return [path.relative_to(root).as_posix() for path in paths]


@pytest.fixture
def root(tmp_path):
    picture(tmp_path / "root" / "a.png")
    return tmp_path / "root"


def test_photos_behind_a_link_to_a_folder_are_found(root, tmp_path):
    picture(tmp_path / "elsewhere" / "deep" / "p.jpg")
    (root / "linked").symlink_to(tmp_path / "elsewhere")
    assert below(root, find_photos([root])) == ["a.png", "linked/deep/p.jpg"]
    assert find_photos([root / "linked"]) == [root / "linked" / "deep" / "p.jpg"]


def test_links_that_lead_back_are_left_out(root, tmp_path):
    picture(tmp_path / "beside.png")
    picture(root / "inner" / "b.png")
    (root / "inner" / "self").symlink_to(root / "inner")
    (root / "inner" / "back").symlink_to(root)
    (root / "inner" / "above").symlink_to(tmp_path)
    (root / "again").symlink_to(root / "inner")  # sorted before it, but the folder itself is listed
    (root / "gone").symlink_to(tmp_path / "gone")
    assert below(root, find_photos([root])) == ["a.png", "inner/b.png"]


def test_two_links_to_one_folder_give_its_photos_once(root, tmp_path):
    picture(tmp_path / "real" / "p.png")
    for name in ("one", "two"):
        (root / name).symlink_to(tmp_path / "real")
    assert below(root, find_photos([root])) == ["a.png", "one/p.png"]


def test_pictures_that_were_drawn_are_no_photos(root):
    save_drawn(Image.new("RGB", (8, 8)), root / "people.png")
    save_drawn(Image.new("RGB", (8, 8)), root / "tennis_racket_prior.png")
    assert below(root, find_photos([root])) == ["a.png"]
    assert find_photos([root / "people.png"]) == [root / "people.png"]  # named by the user


def test_a_folder_that_cannot_be_read_is_told(root, monkeypatch, caplog):
    def walk(folder, onerror):
        onerror(PermissionError(13, "Permission denied", str(root / "locked")))
        yield from real(folder, onerror=onerror)

    real = os.walk
    monkeypatch.setattr(os, "walk", walk)
    with caplog.at_level(logging.WARNING):
        assert below(root, find_photos([root])) == ["a.png"]
    assert "locked: this folder cannot be read (Permission denied)" in caplog.text
