import io
import math
import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image, ImageCms

from chorus_recon.errors import InputError
from chorus_recon.io import decoding, images
from chorus_recon.io.images import file_sha256, load_mask, load_photo
from chorus_recon.io.photo_folders import find_photos

RED, GREEN = (200, 30, 30), (30, 200, 30)


def _two_tone(width=64, height=48):
    """Red above, green below."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(GREEN, (0, height // 2, width, height))
    return image


def _exif(orientation=1, focal_35mm=None, size=None):
    exif = Image.Exif()
    exif[0x0112] = orientation
    details = exif.get_ifd(0x8769)
    if focal_35mm:
        details[0xA405] = focal_35mm
    if size:
        details[0xA002], details[0xA003] = size
    return exif


def test_plain_photo_keeps_its_pixels(tmp_path):
    path = tmp_path / "a.png"
    _two_tone().save(path)
    photo = load_photo(path)
    assert photo.rgb.dtype == torch.uint8
    assert photo.size_px == (64, 48)
    assert tuple(photo.rgb[0, 0].tolist()) == RED
    assert tuple(photo.rgb[-1, -1].tolist()) == GREEN
    assert (photo.focal_px, photo.note, photo.source) == (None, "", path)


# Where the top of the scene lies in the stored picture for each orientation: after loading it is up.
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied(tmp_path, orientation):
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = _two_tone()
    image.paste((0, 0, 255), (0, 0, 8, 8))  # a blue mark top left tells mirrored from turned
    stored = image.transpose(undo[orientation]) if orientation in undo else image
    path = tmp_path / "a.png"
    stored.save(path, exif=_exif(orientation))
    photo = load_photo(path)
    assert photo.size_px == (64, 48)
    assert photo.rgb[0, 0].tolist() == [0, 0, 255]
    assert tuple(photo.rgb[0, -1].tolist()) == RED
    assert tuple(photo.rgb[-1, 0].tolist()) == GREEN


def test_focal_is_by_diagonal_and_survives_a_turn(tmp_path):
    for orientation in (1, 6):
        path = tmp_path / f"{orientation}.jpg"
        _two_tone(400, 300).save(path, exif=_exif(orientation, 50, (400, 300)))
        expected = 50 / math.hypot(36, 24) * 500
        assert load_photo(path).focal_px == pytest.approx(expected)


@pytest.mark.parametrize(
    ("focal", "size"), [(0, None), (3, None), (50000, None), (50, (400, 200)), (None, None)]
)
def test_focal_is_not_trusted_when_odd_or_cropped(tmp_path, focal, size):
    path = tmp_path / "a.jpg"
    _two_tone(400, 300).save(path, exif=_exif(1, focal, size))
    assert load_photo(path).focal_px is None


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_large_photo_is_resized_with_its_focal(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    _two_tone(8200, 410).save(path, exif=_exif(1, 50))
    photo = load_photo(path)
    assert photo.size_px == (4096, 205)
    assert "8200x410" in photo.note
    assert photo.focal_px == pytest.approx(50 / math.hypot(36, 24) * math.hypot(4096, 205))
    mask = tmp_path / "m.png"
    Image.new("L", (8200, 410), 255).save(mask)
    assert load_mask(mask, photo.size_px).shape == (205, 4096)


@pytest.mark.parametrize("mode", ["L", "1", "CMYK", "LA", "RGBA", "I;16", "I", "F"])
def test_every_mode_becomes_rgb(tmp_path, mode):
    value = 180
    if mode == "I;16":
        image = Image.fromarray(np.full((40, 40), value * 257, np.uint16))
    elif mode in ("I", "F"):
        image = Image.fromarray(
            np.full(
                (40, 40),
                value * (257 if mode == "I" else 1),
                np.dtype(np.int32 if mode == "I" else np.float32),
            )
        )
    else:
        image = Image.new("RGB", (40, 40), (value,) * 3).convert(mode)
    path = tmp_path / "a.tif"
    image.save(path)
    pixel = load_photo(path).rgb[20, 20].tolist()
    if mode == "1":
        assert pixel[0] in (0, 255)
    else:
        assert pixel == pytest.approx([value] * 3, abs=2)


def test_palette_keeps_its_colours(tmp_path):
    path = tmp_path / "a.png"
    _two_tone().quantize(4).save(path)
    assert load_photo(path).rgb[0, 0].tolist() == pytest.approx(RED, abs=2)


def test_deep_grey_png_is_scaled_not_clipped(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)).save(path)
    grey = load_photo(path).rgb[..., 0].flatten().int()
    assert (int(grey[0]), int(grey[-1])) == (0, 255)
    assert int((grey[1:] - grey[:-1]).max()) <= 1


def test_transparent_is_shown_on_white(tmp_path):
    path = tmp_path / "a.png"
    image = Image.new("RGBA", (64, 64), (*RED, 255))
    image.paste((0, 0, 0, 0), (0, 0, 32, 64))
    image.save(path)
    photo = load_photo(path)
    assert photo.rgb[5, 5].tolist() == [255] * 3
    assert tuple(photo.rgb[5, 60].tolist()) == RED
    assert "white" in photo.note


def test_animation_gives_its_first_frame(tmp_path):
    path = tmp_path / "a.gif"
    frames = [Image.new("RGB", (40, 40), c) for c in (RED, GREEN)]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    photo = load_photo(path)
    assert photo.rgb[5, 5].tolist() == pytest.approx(RED, abs=3)
    assert "first frame" in photo.note


def test_profile_is_converted(tmp_path):
    path = tmp_path / "a.tif"
    context = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    Image.new("LAB", (40, 40), (128, 128, 128)).save(path, icc_profile=context.tobytes())
    pixel = load_photo(path).rgb[5, 5].tolist()
    assert max(pixel) - min(pixel) <= 3  # neutral in LAB is grey, not LAB's bytes
    assert 100 < pixel[0] < 135


def test_broken_profile_is_noted(tmp_path):
    path = tmp_path / "a.png"
    _two_tone().save(path, icc_profile=b"not a profile")
    photo = load_photo(path)
    assert tuple(photo.rgb[0, 0].tolist()) == RED
    assert "profile" in photo.note


def _bomb() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def _jpeg() -> bytes:
    stream = io.BytesIO()
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 255, (200, 200, 3), dtype=np.uint8)).save(stream, "JPEG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"this is no picture at all", "looks like text"),
        (b"%PDF-1.7 something", "PDF"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(64), "HEIC"),
        (_jpeg()[:4000], "cut short"),
        (_jpeg()[:30], "decoded"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), ""),
        (_bomb(), "megapixels"),
        (bytes(range(256)) * 4, "known format"),
    ],
)
def test_bad_files_say_what_is_wrong(tmp_path, content, says):
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_photo(path)
    assert says in str(caught.value)
    assert str(path) in caught.value.message
    assert caught.value.hint


def test_missing_folder_and_tiny(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        load_photo(tmp_path / "none.jpg")
    with pytest.raises(InputError, match="not a file"):
        load_photo(tmp_path)
    path = tmp_path / "a.png"
    Image.new("RGB", (200, 8)).save(path)
    with pytest.raises(InputError, match="200x8"):
        load_photo(path)


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGB", "RGBA", "I;16"])
def test_mask_of_any_mode(tmp_path, mode):
    grey = np.zeros((30, 20), np.uint8)
    grey[10:20, 5:15] = 255
    path = tmp_path / "m.png"
    image = (
        Image.fromarray(grey.astype(np.uint16) * 257)
        if mode == "I;16"
        else Image.fromarray(grey).convert(mode)
    )
    image.save(path)
    alpha = load_mask(path, (20, 30))
    assert alpha.shape == (30, 20)
    assert torch.equal(alpha, torch.from_numpy(grey > 0).float())


def test_mask_threshold_cut_out_size_and_empty(tmp_path):
    path = tmp_path / "m.png"
    Image.fromarray(np.array([[127, 128]], np.uint8)).save(path)
    assert load_mask(path, (2, 1)).tolist() == [[0.0, 1.0]]
    cut_out = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    cut_out.paste((10, 10, 10, 255), (0, 0, 2, 4))  # a dark thing on nothing
    cut_out.save(path)
    assert load_mask(path, (4, 4)).sum() == 8
    with pytest.raises(InputError, match="4x4 px, the photo 5x4"):
        load_mask(path, (5, 4))
    Image.new("L", (4, 4), 100).save(path)
    with pytest.raises(InputError, match="empty"):
        load_mask(path, (4, 4))


def test_find_photos(tmp_path):
    names = ["b/2.JPG", "b/1.png", "a.jpeg", ".hidden/x.jpg", "b/.y.jpg", "notes.txt", "b/1.person_mask.png"]
    names += ["b/1.object_mask.png", "out/overlay.png", "out/reconstruction.json"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    named = tmp_path / "notes.txt"
    found = find_photos([named, tmp_path, tmp_path / "b" / "1.png"])
    relative = [str(p.relative_to(tmp_path).as_posix()) for p in found]
    assert relative == ["notes.txt", "a.jpeg", "b/1.png", "b/2.JPG"]


def test_a_file_that_is_replaced_while_it_is_read_gives_one_picture_and_its_hash(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    Image.new("RGB", (64, 48), "red").save(path)
    red = file_sha256(path)
    decode = images.decode

    def replaced(*given):
        Image.new("RGB", (64, 48), "blue").save(path)
        return decode(*given)

    monkeypatch.setattr(images, "decode", replaced)
    photo = load_photo(path)
    assert photo.rgb[0, 0].tolist() == [255, 0, 0]
    assert photo.sha256 == red


def test_a_file_that_is_much_too_large_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(decoding, "MAX_BYTES", 100)
    (tmp_path / "a.jpg").write_bytes(bytes(101))
    with pytest.raises(InputError, match=r"a\.jpg: more than"):
        load_photo(tmp_path / "a.jpg")
