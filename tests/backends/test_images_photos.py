import pytest
import torch
from PIL import Image

from chorus_recon.backends.images.photos import PhotoFolder
from chorus_recon.backends.protocols import ImageSource
from chorus_recon.errors import InputError
from chorus_recon.types import Prompt, Reason, Rejected, Shot


def shot(index):
    return Shot(index, Prompt("cup", "A person holds a cup", "holds", "verbs"), ", side view", "face", 5)


@pytest.fixture
def folder(tmp_path):
    """Three pictures in two folders, one of them broken, and things that are no pictures."""
    (tmp_path / "b").mkdir()
    Image.new("RGB", (64, 48), (200, 10, 10)).save(tmp_path / "b" / "red.png")
    Image.new("RGB", (48, 64), (10, 10, 200)).save(tmp_path / "a.jpg")
    (tmp_path / "c.jpg").write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / ".hidden.jpg").write_bytes(b"")
    return tmp_path


def test_each_shot_gets_the_picture_at_its_index(folder):
    source = PhotoFolder(str(folder))
    assert isinstance(source, ImageSource)
    assert source.names == ("a.jpg", "b/red.png", "c.jpg")
    blue, red, broken = source.generate([shot(0), shot(1), shot(2)])
    assert blue.photo.size_px == (48, 64)
    assert torch.equal(red.photo.rgb[0, 0], torch.tensor([200, 10, 10], dtype=torch.uint8))
    assert isinstance(broken, Rejected)
    assert (broken.item, broken.reason) == ("00000002", Reason.UNREADABLE)
    assert broken.detail.startswith("c.jpg: ")
    assert str(folder) not in broken.detail
    (again,) = PhotoFolder(str(folder)).generate([shot(1)])
    assert torch.equal(again.photo.rgb, red.photo.rgb)


def test_an_order_is_kept_and_what_is_gone_is_set_aside(folder):
    red, gone = PhotoFolder(str(folder), ("b/red.png", "z.png")).generate([shot(0), shot(1)])
    assert red.shot.prompt.text == "b/red.png"
    assert (gone.reason, gone.detail) == (Reason.UNREADABLE, "z.png no longer exists")


def test_a_picture_says_its_name_and_not_what_was_asked(folder):
    (made,) = PhotoFolder(str(folder)).generate([shot(1)])
    assert made.shot.prompt == Prompt("cup", "b/red.png", "", "photos")
    assert (made.shot.index, made.shot.view, made.shot.avoid) == (1, "", "")
    assert made.generator == "photos"


def test_a_shot_past_the_last_picture_is_set_aside(folder):
    (past,) = PhotoFolder(str(folder)).generate([shot(3)])
    assert isinstance(past, Rejected)
    assert "only 3 pictures" in past.detail


def test_a_folder_is_needed_with_pictures_in_it(tmp_path):
    for given in ("", str(tmp_path / "absent")):
        with pytest.raises(InputError, match="needs a folder"):
            PhotoFolder(given)
    with pytest.raises(InputError, match="no picture"):
        PhotoFolder(str(tmp_path))
