from pathlib import Path

import pytest
import torch

from chorus_recon.backends.segment import default, mobile_sam, sam_decoder, tiny_vit
from chorus_recon.types import Detection, Photo


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def test_attention_bias_depends_on_the_absolute_offset_only():
    index = tiny_vit.WindowAttention(8, 2, 3).offset_index
    assert torch.equal(index, index.T)
    assert (index.diagonal() == 0).all()
    assert index[0].tolist() == list(range(9))
    assert index[4].tolist() == [4, 3, 4, 1, 0, 1, 4, 3, 4]


def test_windows_do_not_see_each_other():
    block = tiny_vit.Block(8, 2, 3).eval()
    x = torch.randn(1, 8, 6, 6)
    moved = x.clone()
    moved[..., 4:, 4:] += 1.0
    with torch.inference_mode():
        change = (block._attend(moved) - block._attend(x)).abs().amax(1)[0]
    assert change[3:, 3:].min() > 0
    assert change[:3].max() == change[:, :3].max() == 0


def test_uneven_maps_are_padded_and_cut_back():
    block = tiny_vit.Block(8, 2, 3).eval()
    assert block(torch.randn(2, 8, 5, 7)).shape == (2, 8, 5, 7)


def test_decoder_rows_are_independent_and_order_free():
    encoder, decoder = sam_decoder.PromptEncoder().eval(), sam_decoder.MaskDecoder().eval()
    encoder.pe_layer.positional_encoding_gaussian_matrix.normal_()
    image = torch.randn(1, 64 * 64, 256)
    points = torch.rand(2, 2, 2) * 1024
    kinds = torch.tensor([[2, 3], [1, 0]])
    with torch.inference_mode():
        positions = encoder.image_positions()
        masks, quality = decoder(image, positions, encoder(points, kinds))
        alone, _ = decoder(image, positions, encoder(points[1:], kinds[1:]))
        swapped, _ = decoder(image, positions, encoder(points[1:].flip(1), kinds[1:].flip(1)))
    assert masks.shape == (2, 4, 256, 256)
    assert quality.shape == (2, 4)
    assert torch.allclose(masks[1:], alone, atol=1e-4)
    assert torch.allclose(alone, swapped, atol=1e-4)


def test_unused_points_say_nothing_of_their_place():
    encoder = sam_decoder.PromptEncoder().eval()
    encoder.pe_layer.positional_encoding_gaussian_matrix.normal_()
    kinds = torch.full((1, 1), sam_decoder.UNUSED)
    with torch.inference_mode():
        here = encoder(torch.tensor([[[0.0, 0]]]), kinds)
        there = encoder(torch.tensor([[[900.0, 20]]]), kinds)
    assert torch.equal(here, there)


def test_preparation_keeps_aspect_and_pads_with_the_mean():
    rgb = torch.full((100, 200, 3), 255, dtype=torch.uint8)
    picture, scale = mobile_sam.prepare(rgb)
    assert picture.shape == (1, 3, 1024, 1024)
    assert scale == pytest.approx(5.12)
    assert picture[0, 0, 511, 1023] == pytest.approx((255 - 123.675) / 58.395, abs=1e-4)
    assert picture[0, :, 512:].abs().max() == 0


def test_logits_line_up_with_the_photo():
    embedding = mobile_sam.Embedding(torch.zeros(1, 256, 64, 64), 1024 / 400, (400, 200))
    logits = torch.full((1, 256, 256), -1.0)
    logits[0, :64, :128] = 1.0  # the left half, the upper half of the photo's 128 rows
    up = mobile_sam.at_photo_size(logits, embedding)[0]
    assert up.shape == (200, 400)
    assert (up[:98, :198] > 0).all()
    assert (up[102:] < 0).all()
    assert (up[:, 202:] < 0).all()


def test_photos_are_distinguished_by_identity(monkeypatch):
    asked = []

    class Outliner:
        def embed(self, rgb):
            asked.append(rgb)
            return mobile_sam.Embedding(torch.zeros(1, 256, 64, 64), 1.0, (rgb.shape[1], rgb.shape[0]))

    monkeypatch.setattr(default, "MobileSam", Outliner)
    segmenter = default.DefaultSegmenter()
    first, second = (Photo(torch.zeros(4, 4, 3, dtype=torch.uint8), Path("x")) for _ in range(2))
    for photo in (first, first, second):
        segmenter._embed(photo)
    assert len(asked) == 2
    assert segmenter.segment(first, []) == []


def test_points_inside_a_mask_are_deep_and_apart():
    mask = torch.zeros(40, 60, dtype=torch.bool)
    mask[5:26, 5:26] = True
    mask[10:21, 40:51] = True
    mask[35, 0:50] = True  # too thin to be sure of
    points = default.inner_points(mask, 5)
    assert points[0].tolist() == [15.5, 15.5]
    assert [45.5, 15.5] in points.tolist()
    assert points[:, 1].max() < 30
    assert default.inner_points(mask & False, 3).shape == (0, 2)


def same(logits):
    return logits


def test_a_thing_takes_the_candidate_that_fills_its_box_and_a_person_the_vote():
    logits = torch.full((4, 20, 20), -8.0)
    logits[0, 4:8, 4:8] = 8.0  # a part, that the network likes best
    logits[1:, 4:16, 4:16] = 8.0
    quality = torch.tensor([0.95, 0.9, 0.9, 0.9])
    box = torch.tensor([4.0, 4, 16, 16])
    thing = default.choose(logits, quality, Detection(box, "cup", 1.0), same)
    assert int(thing.shape.sum()) == 144
    assert thing.box_iou == pytest.approx(1)
    person = default.choose(logits, quality, Detection(box, "person", 1.0), same)
    assert int(person.shape.sum()) == 144
    assert float(person.logits[12, 12]) < 8


class _Prompted:
    """Decodes a box to a filled box, without the rows above `from_row` if it is told what not to show."""

    def __init__(self, from_row: int) -> None:
        self.from_row = from_row

    def embed(self, rgb):
        return mobile_sam.Embedding(torch.zeros(1, 256, 64, 64), 1024 / 40, (rgb.shape[1], rgb.shape[0]))

    def decode(self, embedding, points_px, kinds):
        logits = torch.full((len(points_px), 4, 256, 256), -8.0)
        for row, (points, kind) in enumerate(zip(points_px, kinds, strict=True)):
            x0, y0, x1, y1 = (points[:2].reshape(-1) * 256 / 40).round().int().tolist()
            logits[row, :, y0:y1, x0:x1] = 8.0
            if sam_decoder.NEGATIVE in kind.tolist():
                logits[row, :, : round(self.from_row * 256 / 40)] = -8.0
        return logits, torch.full((len(points_px), 4), 0.9)


@pytest.mark.parametrize(
    ("box", "from_row", "rows"),
    [
        ([12.0, 10, 28, 24], 12, 14),  # held before the person: what is left after a cut is theirs as well
        ([6.0, 10, 34, 36], 13, 23),  # ridden: the first mask includes the rider's legs
    ],
)
def test_the_person_is_cut_out_of_a_thing_but_not_a_thing_out_of_the_person(monkeypatch, box, from_row, rows):
    monkeypatch.setattr(default, "MobileSam", lambda: _Prompted(from_row))
    monkeypatch.setattr(
        default.DefaultSegmenter,
        "detect",
        lambda self, photo, query=None: [Detection(torch.tensor([10.0, 2, 30, 30]), "person", 0.9)],
    )
    photo = Photo(torch.zeros(40, 40, 3, dtype=torch.uint8), Path("x"))
    thing = Detection(torch.tensor(box), "skateboard", 0.9)
    mask = default.DefaultSegmenter().segment(photo, [thing])[0].alpha > 0.5
    assert int(mask.any(1).sum()) == rows


def test_people_of_a_photo_are_detected_and_outlined_once(monkeypatch):
    decoded, looked = [], []

    class Counting(_Prompted):
        def decode(self, embedding, points_px, kinds):
            decoded.append(len(points_px))
            return super().decode(embedding, points_px, kinds)

    class Detector:
        def boxes(self, rgb, least):
            looked.append(rgb)
            return torch.tensor(
                [[0.0, 0.9, 10, 2, 30, 30], [0, 0.8, 30, 20, 38, 30], [36, 0.9, 6, 10, 34, 36]]
            )

    monkeypatch.setattr(default, "PicoDet", Detector)
    monkeypatch.setattr(default, "MobileSam", lambda: Counting(13))
    photo = Photo(torch.zeros(40, 40, 3, dtype=torch.uint8), Path("x"))
    segmenter = default.DefaultSegmenter()
    person, _, thing = segmenter.detect(photo)
    segmenter.segment(photo, [person])
    mask = segmenter.segment(photo, [thing])[0].alpha > 0.5
    assert decoded == [1, 1, 1, 1]  # the person, the thing, the other person, the thing without the person
    assert len(looked) == 1
    fresh = default.DefaultSegmenter()
    assert torch.equal(fresh.segment(photo, [fresh.detect(photo)[2]])[0].alpha > 0.5, mask)
    segmenter.detect(Photo(photo.rgb, Path("y")))
    assert len(looked) == 3
