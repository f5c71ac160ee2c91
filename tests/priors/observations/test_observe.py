import math
from dataclasses import replace

import pytest
import torch

from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.errors import ConfigError, WeightsError
from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import project, resized
from chorus_recon.geometry.rotations import convert
from chorus_recon.priors.aggregation import aggregate
from chorus_recon.priors.jobs import masks, record_table
from chorus_recon.priors.jobs.records import WEIGHT_STEPS, Record, Seen
from chorus_recon.priors.observations import anchor, calibrate, observe
from chorus_recon.types import BodyParams, Photo, PosedBody, Prompt, Reason, Rigid, Shot, SynthImage
from tests import scenes
from tests.capsules import JOINT_NAMES
from tests.fakes import FakeBody, FakeHumanEstimator, FakeSegmenter

PROMPT = Prompt("skateboard", "A man rides a skateboard", "rides", "tests")


@pytest.fixture(scope="module")
def truth() -> scenes.World:
    return scenes.world()


def picture_shot(index: int) -> Shot:
    return Shot(index, PROMPT, ", side view", "", 3)


def picture(truth: scenes.World, index: int = 7) -> SynthImage:
    return SynthImage(picture_shot(index), truth.photo, "fake 1")


def look(truth, how: str, segmenter=None, human=None, images=None, camera="anchored", **changes):
    human = human or truth.estimator()
    return observe.observe(
        images or [picture(truth)],
        "skateboard",
        segmenter or truth.segmenter(),
        human,
        human.body,
        replace(observe.config(how, camera), **changes),
    )


@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (64, 3)])
def test_masks_come_back_to_an_eighth_and_on_their_side_of_a_half(shape):
    for mask in (torch.zeros(shape), torch.ones(shape), torch.rand(shape, generator=torch.Generator())):
        packed = masks.pack(mask)
        assert packed.size_px == (shape[1], shape[0])
        again = masks.unpack(packed)
        assert (again - mask).abs().max() <= 1 / 8
        assert torch.equal(again > 0.5, mask > 0.5)
        assert masks.unpack(masks.pack(again)).equal(again)


def test_runs_that_do_not_fill_a_mask_are_refused():
    packed = masks.pack(torch.ones(4, 4))
    with pytest.raises(ValueError, match="runs of 15"):
        masks.unpack(replace(packed, code=packed.code - 1))


def test_a_kept_picture_takes_less_than_four_kilobytes(truth):
    """Real outlines: a bicycle's wheels and bars from 16 sides, each with a person of its own."""
    pytest.importorskip("pyarrow")
    (bicycle, *_) = TemplateShapes().shapes("bicycle")
    camera, random = scenes.camera((640, 480), 620.0), torch.Generator().manual_seed(0)
    small = resized(camera, (256, 192))
    records = []
    for n in range(16):
        turn = transforms.rotation_about("y", 2 * math.pi * n / 16) @ torch.diag(torch.tensor([1.0, -1, -1]))
        place = Rigid(turn, torch.tensor([0.0, 0.0, 2.2]))
        seen = EmbreeRenderer().render(transforms.apply(place, bicycle.vertices), bicycle.faces, camera)
        alpha = torch.isfinite(seen.depth).float()
        thing = torch.nn.functional.interpolate(alpha[None, None], (192, 256), mode="area")[0, 0]
        pose = convert.from_quaternion(torch.nn.functional.normalize(torch.randn(24, 4), dim=-1))
        body = BodyParams("body", torch.randn(10, generator=random), pose, place)
        man = transforms.apply(place, truth.body.vertices - truth.body.joints[0])
        outline = torch.isfinite(EmbreeRenderer().render(man, truth.body.faces, small).depth)[::2, ::2]
        drawn = masks.pack(thing), masks.pack(outline.float())
        kept = Seen(body, small, *drawn, 0.9, 0.9, 0.9, 1.5, 0.1)
        records.append(Record(picture_shot(n), "fake 1", (640, 480), 0.5, kept))
    size = len(record_table.to_bytes(record_table.Table(records, {}))) / len(records)
    assert 1000 < size < 4096


def test_a_clear_picture_is_kept_with_its_person_and_thing(truth):
    (record,) = look(truth, "soft", mask_px=160)
    assert record.reason is None
    assert record.weight * WEIGHT_STEPS == int(record.weight * WEIGHT_STEPS)
    assert record.weight > 0.9
    assert record.seen is not None
    assert record.seen.camera.size_px == (160, 120)
    small = torch.nn.functional.avg_pool2d(truth.object_mask.alpha[None], 2)[0]
    kept = masks.unpack(record.seen.object)
    assert (kept - small).abs().max() <= 1 / 8
    assert ((kept > 0) & (kept < 1)).sum() > 20  # its edge


def test_what_is_restored_is_what_was_seen(truth):
    (record,) = look(truth, "soft", camera="estimator")
    body = truth.estimator().body
    seen = observe.restore(record, body, EmbreeRenderer())
    assert (seen.weight, seen.prompt, seen.verb) == (record.weight, PROMPT.text, "rides")
    assert seen.object.shape == seen.body_depth.shape == (192, 256)
    torch.testing.assert_close(seen.cam_from_canon, truth.body.cam_from_canon)
    stands = torch.isfinite(seen.body_depth)
    drawn = torch.nn.functional.interpolate(truth.human_mask.alpha[None, None], (192, 256), mode="area") > 0.5
    assert (stands & drawn[0, 0]).sum() > 0.97 * drawn.sum()
    from chorus_recon.geometry.grid import cube
    from chorus_recon.geometry.warp import weight_field

    grid = cube(2.4, 16)
    total = aggregate.tally([seen], grid, weight_field(body.canonical()[0], body.skin_weights, grid))
    assert int(total.count.sum()) == 1
    assert int(total.hits.sum()) > 0


def test_the_published_calibration_takes_a_mean_body_to_where_the_joints_were(truth):
    (record,) = look(truth, "paper")
    assert record.weight == 1.0
    assert record.seen is not None
    assert not record.seen.body.shape.any()
    posed = truth.estimator().body.pose(record.seen.body)
    pixels, _ = project(record.seen.camera, posed.joints)
    wanted, _ = project(truth.camera, truth.body.joints)
    error = pixels / record.seen.camera.size_px[0] - wanted / truth.camera.size_px[0]
    assert float(error.norm(dim=-1).max()) < 0.01
    assert record.seen.residual_px < 1.0


def test_the_camera_is_chosen_apart_from_the_screening(truth):
    (own,) = look(truth, "paper", camera="estimator")
    assert own.seen.body.shape.any()
    torch.testing.assert_close(own.seen.camera.focal_px, 0.8 * truth.camera.focal_px)  # masks: 256 of 320 px
    (fitted,) = look(truth, "soft", camera="anchored")
    assert not fitted.seen.body.shape.any()
    assert 0 < fitted.weight <= 1
    assert observe.config("paper:7", "anchored").screen.rule == 7
    assert observe.config("paper:3").screen.name == "paper"
    assert observe.config("paper:12").screen.name == "paper:12"
    for words in (("paper:16",), ("paper:",), ("soft:3",), ("soft", "free")):
        with pytest.raises(ConfigError, match="There is no"):
            observe.config(*words)


def test_all_cameras_of_a_piece_are_fitted_at_once(truth, monkeypatch):
    sizes = []

    def counted(joints, *rest):
        sizes.append(len(joints))
        return calibrate.calibrate(joints, *rest)

    monkeypatch.setattr(anchor, "calibrate", counted)
    records = look(truth, "soft", camera="anchored", images=[picture(truth, n) for n in range(5)])
    assert sizes == [5]
    alone = look(truth, "soft", camera="anchored")
    assert records[3].weight == alone[0].weight


class LongArmed(FakeBody):
    """His left arm's joints lie where the shape says, this many metres further out."""

    def pose(self, params: BodyParams) -> PosedBody:
        posed = FakeBody.pose(self, params)
        joints = posed.joints.clone()
        joints[LEFT_ARM] += params.shape[0] * params.cam_from_body.rotation[:, 0]
        return replace(posed, joints=joints)


LEFT_ARM = [JOINT_NAMES.index(f"left_{name}") for name in ("elbow", "wrist", "hand")]


def long_armed(truth: scenes.World, reach_m: float, confidence: float = 1.0) -> FakeHumanEstimator:
    sure = torch.ones(24)
    sure[LEFT_ARM] = confidence
    body = replace(truth.human.body, shape=torch.tensor([reach_m]))
    return FakeHumanEstimator([replace(truth.human, body=body, joint_confidence=sure)], body=LongArmed())


def test_a_camera_that_does_not_fit_weighs_less_and_far_off_nothing(truth):
    seen = [look(truth, "soft", human=long_armed(truth, m), camera="anchored")[0] for m in (0.0, 0.3, 1.5)]
    assert seen[0].weight > seen[1].weight > 0
    assert seen[0].seen.residual_px < 0.1 < seen[1].seen.residual_px
    assert (seen[2].weight, seen[2].reason) == (0.0, Reason.BAD_CALIBRATION)
    (published,) = look(truth, "paper", human=long_armed(truth, 1.5))
    assert published.weight == 1.0


def test_a_fit_that_does_not_converge_is_set_aside_except_by_the_published_rules(truth):
    hasty = calibrate.CalibrateConfig(steps=1)
    human = long_armed(truth, 0.3)
    (record,) = look(truth, "soft", human=human, camera="anchored", fit=hasty)
    assert (record.reason, record.detail) == (Reason.BAD_CALIBRATION, "the camera's fit did not converge")
    (record,) = look(truth, "paper", human=human, fit=hasty)
    assert record.reason is None


def test_joints_that_the_picture_does_not_show_hardly_move_the_camera(truth):
    def residual(confidence: float, how: str) -> float:
        human = long_armed(truth, 0.3, confidence)
        (record,) = look(truth, how, human=human, camera="anchored")
        return record.seen.residual_px

    assert residual(0.0, "soft") < 0.6 * residual(1.0, "soft")
    assert residual(math.nan, "soft") == residual(0.0, "soft")
    assert residual(0.0, "paper") == residual(1.0, "paper")  # as published, all joints are alike


def test_clothes_hide_what_the_bare_body_does_not(truth):
    """The outline is told wider than the body: what lies behind its rim is not seen, and before it is."""
    inf = torch.inf
    depth = torch.tensor([[inf, inf, 2.0, 3.0, inf]])
    wide = torch.tensor([[False, True, True, True, True]])
    assert observe.dressed(depth, wide).tolist() == [[inf, 2.0, 2.0, 3.0, 3.0]]
    assert observe.dressed(torch.full((1, 5), inf), wide).isinf().all()
    grown = torch.nn.functional.max_pool2d(truth.human_mask.alpha[None], 9, 1, 4)[0]
    coat = replace(truth.detections[0], mask=replace(truth.human_mask, alpha=grown))
    (record,) = look(truth, "soft", FakeSegmenter([coat, truth.detections[1]]), camera="estimator")
    (bare,) = look(truth, "soft", camera="estimator")
    body = truth.estimator().body
    depths = [observe.restore(kept, body, EmbreeRenderer()).body_depth for kept in (bare, record)]
    assert depths[1].isfinite().sum() > 1.2 * depths[0].isfinite().sum()


def changed(truth: scenes.World, **scores: float) -> FakeSegmenter:
    """The truth with other scores."""
    return FakeSegmenter([replace(d, score=scores.get(d.label, d.score)) for d in truth.detections])


@pytest.mark.parametrize(
    ("how", "segmenter", "reason"),
    [
        ("soft", lambda t: FakeSegmenter([]), Reason.NO_PERSON),
        ("paper", lambda t: FakeSegmenter([]), Reason.NO_PERSON),
        ("soft", lambda t: FakeSegmenter(t.detections[:1]), Reason.NO_OBJECT),
        ("paper", lambda t: changed(t, skateboard=0.7), Reason.NO_OBJECT),
        ("soft", lambda t: changed(t, skateboard=0.7), None),
        (
            "soft",
            lambda t: FakeSegmenter(
                [t.detections[0], replace(t.detections[1], box_px=torch.tensor([318.0, 0, 320, 2]))]
            ),
            Reason.NO_OVERLAP,
        ),
    ],
)
def test_what_is_set_aside_says_why(truth, how, segmenter, reason):
    (record,) = look(truth, how, segmenter(truth))
    assert record.reason is reason
    if reason is not None:
        assert (record.weight, record.seen) == (0.0, None)
        assert record.detail
        assert record.image_id == "00000007"


def test_nobody_can_be_posed_or_too_few_keypoints_are_sure(truth):
    nobody = replace(truth.estimator(), truth=[])
    for how in ("soft", "paper"):
        (record,) = look(truth, how, human=nobody)
        assert record.reason is Reason.NO_POSE
    keys = replace(truth.human.keypoints, visibility=torch.full((24,), 0.03))
    blurred = replace(truth.estimator(), truth=[replace(truth.human, keypoints=keys)])
    for how in ("soft", "paper"):
        (record,) = look(truth, how, human=blurred)
        assert record.reason is Reason.FEW_KEYPOINTS


class Choking(FakeSegmenter):
    """Fails on black pictures, as networks do on strange ones."""

    def detect(self, photo: Photo, query: str | None = None):
        if not photo.rgb.any():
            raise RuntimeError("shape mismatch")
        return FakeSegmenter.detect(self, photo, query)


@pytest.mark.parametrize("how", ["soft", "paper"])
def test_one_bad_picture_stops_nothing(truth, how):
    black = replace(truth.photo, rgb=torch.zeros_like(truth.photo.rgb))
    images = [picture(truth), replace(picture(truth, 8), photo=black), picture(truth, 9)]
    first, bad, last = look(truth, how, Choking(truth.detections), images=images)
    assert [first.reason, last.reason] == [None, None]
    assert bad.reason is Reason.UNREADABLE
    assert "shape mismatch" in bad.detail
    with pytest.raises(ValueError, match="nothing to restore"):
        observe.restore(bad, truth.estimator().body, EmbreeRenderer())


class Bare(FakeSegmenter):
    """Its weights are missing."""

    def detect(self, photo: Photo, query: str | None = None):
        raise WeightsError("no weights")


def test_missing_weights_are_not_a_picture_s_fault(truth):
    with pytest.raises(WeightsError):
        look(truth, "soft", Bare([]))


def test_screenings_have_names():
    with pytest.raises(ConfigError, match="loose"):
        observe.config("loose")
