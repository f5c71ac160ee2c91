"""Pictures that are not quite whole, from memory, or with more than one frame."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from chorus_recon.errors import InputError
from chorus_recon.io.images import load_mask, load_photo

RED, GREEN = (200, 30, 30), (30, 200, 30)


def noise(width=80, height=64, seed=0):
    return np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)


def encoded(kind, image=None, **options):
    held = io.BytesIO()
    (image or Image.fromarray(noise())).save(held, kind, **options)
    return held.getvalue()


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("missing", [1, 2])
def test_a_jpeg_without_its_end_mark_is_read_whole(tmp_path, progressive, missing):
    whole = encoded("JPEG", quality=90, progressive=progressive)
    path = tmp_path / "a.jpg"
    path.write_bytes(whole[:-missing])
    photo = load_photo(path)
    assert torch.equal(photo.rgb, load_photo(whole).rgb)
    assert "end mark" in photo.note


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("missing", [40, 400, 4000])
def test_a_jpeg_without_some_of_its_pixels_is_refused(tmp_path, progressive, missing):
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded("JPEG", quality=90, progressive=progressive)[:-missing])
    with pytest.raises(InputError, match="cut short") as caught:
        load_photo(path)
    assert str(path) in caught.value.message


@pytest.mark.parametrize(("kind", "suffix"), [("MPO", "jpg"), ("TIFF", "tif")])
def test_a_second_picture_in_a_file_is_no_animation(tmp_path, kind, suffix):
    path = tmp_path / f"a.{suffix}"
    preview = Image.new("RGB", (40, 32), GREEN)
    Image.new("RGB", (80, 64), RED).save(path, kind, save_all=True, append_images=[preview])
    with Image.open(path) as stored:
        assert stored.n_frames == 2
    photo = load_photo(path)
    assert (photo.size_px, photo.note) == ((80, 64), "")
    assert photo.rgb[5, 5].tolist() == pytest.approx(RED, abs=3)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_says_so(tmp_path, kind):
    path = tmp_path / "a"
    frames = [Image.new("RGB", (40, 40), c) for c in (RED, GREEN)]
    frames[0].save(path, kind, save_all=True, append_images=frames[1:])
    assert load_photo(path).note == "animated: only the first frame is used"


def test_a_tiff_is_turned_once(tmp_path):
    path = tmp_path / "a.tif"
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.new("RGB", (64, 48), GREEN)
    image.paste(RED, (0, 0, 16, 48))  # the left of the stored picture is its top
    image.save(path, exif=exif)
    photo = load_photo(path)
    assert photo.size_px == (48, 64)
    assert tuple(photo.rgb[0, 20].tolist()) == RED
    assert tuple(photo.rgb[-1, 20].tolist()) == GREEN


def test_a_photo_may_come_from_memory(tmp_path):
    pixels = noise()
    png = encoded("PNG")
    named = tmp_path / "named.png"
    named.write_bytes(png)
    with Image.open(named) as opened:
        photos = [load_photo(source) for source in (named, str(named), png, opened, pixels)]
    assert all(torch.equal(photo.rgb, torch.from_numpy(pixels)) for photo in photos)
    assert [photo.source.name for photo in photos] == [
        "named.png",
        "named.png",
        "bytes",
        "named.png",
        "array",
    ]
    exif = Image.Exif()
    exif[0x0112] = 3
    turned = Image.open(io.BytesIO(encoded("JPEG", Image.new("RGB", (64, 48), RED), exif=exif)))
    turned.paste(GREEN, (0, 0, 64, 24))
    assert load_photo(turned).rgb[-1, -1].tolist() == pytest.approx(GREEN, abs=3)
    assert turned.getpixel((0, 0)) == pytest.approx(GREEN, abs=3)  # the caller's picture stays as it is


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((40, 40, 3)),
        np.zeros((40, 40, 4), np.uint8),
        np.zeros((3, 40, 40), np.uint8),
        np.zeros((0, 40, 3), np.uint8),
        np.zeros(40, np.uint8),
    ],
)
def test_an_array_of_another_kind_says_what_is_expected(array):
    with pytest.raises(InputError, match=r"expected uint8 of shape \(H, W, 3\)") as caught:
        load_photo(array)
    assert str(array.shape) in caught.value.message


def test_empty_and_wrong_bytes_are_explained():
    with pytest.raises(InputError, match="bytes: the file is empty"):
        load_photo(b"")
    with pytest.raises(InputError, match=r"bytes: .* looks like text"):
        load_photo(b"hello, this is no picture")


def test_damaged_metadata_does_not_cost_the_picture(tmp_path, monkeypatch):
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded("JPEG"))

    def broken(self):
        raise TypeError("a tag of another type")

    monkeypatch.setattr(Image.Image, "getexif", broken)
    photo = load_photo(path)
    assert photo.size_px == (80, 64)
    assert "EXIF data could not be read" in photo.note


def test_a_mask_of_zeros_and_ones_is_read_and_a_map_of_labels_is_not(tmp_path):
    path = tmp_path / "m.png"
    labels = np.zeros((40, 50), np.uint8)
    labels[10:20, 10:20] = 1
    Image.fromarray(labels).save(path)
    assert load_mask(path, (50, 40)).sum() == 100
    labels[30:, :] = 7
    Image.fromarray(labels).save(path)
    with pytest.raises(InputError, match="3 values up to 7") as caught:
        load_mask(path, (50, 40))
    assert "map of labels" in caught.value.hint
