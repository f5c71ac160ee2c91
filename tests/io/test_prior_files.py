import json
import math
import struct
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save

from chorus_recon.errors import PriorError
from chorus_recon.geometry import bones, smoothing, transforms
from chorus_recon.geometry import grid as voxels
from chorus_recon.geometry.grid import PAPER_GRID
from chorus_recon.io import prior_files
from chorus_recon.types import AxisField, OccupancyPrior, PlacementSeed, PriorSet, Rigid, TypicalPoses, Use
from tests.sweeps import sampled


@pytest.fixture
def prior() -> PriorSet:
    generator = torch.Generator().manual_seed(3)
    grid = voxels.cube(1.2, 8)
    seed = PlacementSeed(
        "right_hand", Rigid(transforms.rotation_about("y", 0.7), torch.tensor([0.1, -0.2, 0.3])), 1.1, 0.6
    )
    clusters = tuple(
        OccupancyPrior(
            grid,
            torch.rand(grid.shape, generator=generator),
            torch.rand(grid.shape, generator=generator),
            "body-v1",
            name,
            0.5,
            (seed,),
        )
        for name in ("hold", "swing")
    )
    return PriorSet("tennis racket", clusters, {"source": "rendered", "seed": 0})


def test_round_trip(tmp_path: Path, prior: PriorSet):
    path = prior_files.save_prior(tmp_path / "a" / "racket.prior.safetensors", prior)
    back = prior_files.load_prior(path)
    assert back.category == prior.category
    assert back.provenance == prior.provenance
    for ours, theirs in zip(back.clusters, prior.clusters, strict=True):
        assert (ours.occupancy - theirs.occupancy).abs().max() <= 0.5 / 100 + 1e-6
        assert (ours.support.sqrt() - theirs.support.sqrt()).abs().max() <= 0.5 / 15 + 1e-6
        assert (ours.grid, ours.cluster, ours.share, ours.body_model) == (
            theirs.grid,
            theirs.cluster,
            theirs.share,
            theirs.body_model,
        )
        assert torch.allclose(
            ours.seeds[0].joint_from_object.rotation, theirs.seeds[0].joint_from_object.rotation, atol=1e-5
        )
        assert ours.seeds[0].joint == "right_hand"
        assert ours.seeds[0].scale == pytest.approx(1.1)


def full(prior: PriorSet) -> PriorSet:
    """The prior with the evidence behind it and the object's axes."""
    generator = torch.Generator().manual_seed(4)
    rich = []
    for cluster in prior.clusters:
        evidence = 2000 * torch.rand(cluster.grid.shape, generator=generator) ** 3
        axis = torch.nn.functional.normalize(torch.randn(*cluster.grid.shape, 3, generator=generator), dim=-1)
        field = AxisField(axis, torch.rand(cluster.grid.shape, generator=generator))
        rich.append(replace(cluster, evidence=evidence, axes=field))
    return replace(prior, clusters=tuple(rich))


def test_evidence_interval_and_axes_survive(tmp_path: Path, prior: PriorSet):
    rich = full(prior)
    path = prior_files.save_prior(tmp_path / "r.prior.safetensors", rich)
    back = prior_files.load_prior(path)
    for ours, theirs in zip(back.clusters, rich.clusters, strict=True):
        assert ((1 + ours.evidence) / (1 + theirs.evidence)).log2().abs().max() <= 1 / 6 + 1e-3
        assert (ours.low <= ours.occupancy).all()
        assert (ours.high >= ours.occupancy).all()
        much, little = ours.evidence > 1000, ours.evidence < 5
        assert (ours.high - ours.low)[much].max() < 0.06
        assert (ours.high - ours.low)[little].min() > 0.06
        there = ours.axes.strength > 0
        assert there.any()
        assert (ours.axes.strength - theirs.axes.strength)[ours.occupancy > 0].abs().max() <= 0.5 / 7 + 1e-6
        off = (ours.axes.axis * theirs.axes.axis).sum(-1).abs()[there].clamp(max=1).acos()
        assert off.max() < math.radians(10)
    again = prior_files.save_prior(tmp_path / "s.prior.safetensors", back)
    assert again.read_bytes() == path.read_bytes()


def test_a_mirrored_axis_costs_no_arrays(tmp_path: Path, prior: PriorSet):
    stored = prior_files.load_prior(
        prior_files.save_prior(tmp_path / "o.prior.safetensors", full(prior))
    ).clusters[0]
    flipped = AxisField(
        stored.axes.axis.flip(0) * torch.tensor([-1.0, 1.0, 1.0]), stored.axes.strength.flip(0)
    )
    twin = replace(
        stored,
        cluster="twin",
        occupancy=stored.occupancy.flip(0),
        support=stored.support.flip(0),
        evidence=stored.evidence.flip(0),
        axes=flipped,
    )
    both = prior_files.save_prior(tmp_path / "b.prior.safetensors", replace(prior, clusters=(stored, twin)))
    alone = prior_files.save_prior(tmp_path / "a.prior.safetensors", replace(prior, clusters=(stored,)))
    assert both.stat().st_size < alone.stat().st_size + 500
    back = prior_files.load_prior(both).clusters[1]
    assert torch.equal(back.evidence, stored.evidence.flip(0))
    there = back.axes.strength > 0
    assert (back.axes.axis * flipped.axis).sum(-1).abs()[there].min() > 0.9999


def posed(prior: PriorSet) -> PriorSet:
    """The prior with typical poses and uses; the second cluster has none."""
    generator = torch.Generator().manual_seed(5)
    directions = torch.nn.functional.normalize(
        torch.randn(2, len(bones.NAMES), 3, generator=generator), dim=-1
    )
    focus = torch.rand(2, len(bones.NAMES), generator=generator)
    typical = TypicalPoses(torch.tensor([0.7, 0.3]), directions, focus)
    uses = (Use("swings {it}", 0.6), Use("holds {it}", 0.25))
    return replace(
        prior, clusters=(replace(prior.clusters[0], poses=typical, uses=uses), *prior.clusters[1:])
    )


def test_poses_and_uses_survive(tmp_path: Path, prior: PriorSet):
    path = prior_files.save_prior(tmp_path / "r.prior.safetensors", posed(prior))
    back, bare = prior_files.load_prior(path).clusters
    theirs = posed(prior).clusters[0]
    assert back.uses == theirs.uses
    assert back.poses.weight.tolist() == pytest.approx([0.7, 0.3], abs=0.01)
    assert float((back.poses.mean * theirs.poses.mean).sum(-1).min()) > math.cos(math.radians(1))
    assert (back.poses.focus - theirs.poses.focus).abs().max() < 0.005
    assert bare.poses is None
    assert bare.uses == ()
    again = prior_files.save_prior(tmp_path / "s.prior.safetensors", prior_files.load_prior(path))
    assert again.read_bytes() == path.read_bytes()


def test_a_file_of_version_3_has_neither_poses_nor_uses(tmp_path: Path, prior: PriorSet):
    def as_before(header, tensors):
        header["version"] = 3
        del header["bones"]
        for cluster in header["clusters"]:
            del cluster["poses"]
            del cluster["uses"]

    back = prior_files.load_prior(_doctored(tmp_path, prior, as_before))
    now = prior_files.load_prior(tmp_path / "good.prior.safetensors")
    for ours, theirs in zip(back.clusters, now.clusters, strict=True):
        assert torch.equal(ours.occupancy, theirs.occupancy)
        assert ours.poses is None
        assert ours.uses == ()


def test_a_prior_without_evidence_has_none_after_loading(tmp_path: Path, prior: PriorSet):
    back = prior_files.load_prior(prior_files.save_prior(tmp_path / "p.prior.safetensors", prior)).clusters[0]
    assert (back.evidence, back.low, back.high, back.axes, back.smoothed) == (None,) * 5
    assert back.expected is back.occupancy


@pytest.mark.parametrize("version", [1, 2])
def test_a_file_whose_occupancy_was_stored_smoothed_is_refused(tmp_path: Path, prior: PriorSet, version: int):
    with pytest.raises(PriorError, match=f"format version {version}, whose occupancy was stored smoothed"):
        prior_files.load_prior(_doctored(tmp_path, prior, lambda h, t: h.update(version=version)))


def test_thresholds_cut_the_same_before_and_after_storing(tmp_path: Path, prior: PriorSet):
    near = torch.arange(1, 100).double().div(100).float()
    below, above = (torch.nextafter(near, torch.tensor(end)) for end in (0.0, 1.0))
    special = torch.tensor([0.0, 1e-9, 0.0049, 0.7, 0.29, 1.0])
    values = torch.rand(8**3, generator=torch.Generator().manual_seed(1))
    values[: 3 * 99 + 6] = torch.cat([near, below, above, special])
    cluster = replace(prior.clusters[0], occupancy=values.reshape(8, 8, 8))
    path = prior_files.save_prior(tmp_path / "p.prior.safetensors", replace(prior, clusters=(cluster,)))
    (back,) = prior_files.load_prior(path).clusters
    for threshold in near:
        assert torch.equal(back.occupancy >= threshold, cluster.occupancy >= threshold)
    assert torch.equal(back.occupancy == 0, cluster.occupancy == 0)
    assert torch.equal(back.occupancy == 1, cluster.occupancy == 1)
    off = (back.occupancy - cluster.occupancy).reshape(-1)
    assert off.abs().max() <= 0.5 / 100 + 1e-6
    assert off[3 * 99 + 6 :].mean().abs() < 8e-4  # neither up nor down


def test_what_is_stored_is_as_counted_and_what_is_used_is_smoothed(tmp_path: Path, prior: PriorSet):
    """A voxel that all of 40 pictures hit, which 4 % of the pictures saw."""
    grid = voxels.cube(1.2, 8)
    occupancy, support, evidence = (torch.zeros(grid.shape) for _ in range(3))
    occupancy[4, 4, 4], support[4, 4, 4], evidence[4, 4, 4] = 1.0, 0.04, 40.0
    cluster = replace(
        prior.clusters[0],
        occupancy=occupancy,
        support=support,
        evidence=evidence,
        smoothed=smoothing.smooth(occupancy, support),
    )
    path = prior_files.save_prior(tmp_path / "p.prior.safetensors", replace(prior, clusters=(cluster,)))
    (back,) = prior_files.load_prior(path).clusters
    assert back.occupancy[4, 4, 4] == 1.0
    assert back.low[4, 4, 4] == pytest.approx(0.95, abs=0.01)
    assert back.high[4, 4, 4] == 1.0
    assert torch.equal(back.expected, smoothing.smooth(back.occupancy, back.support))
    assert back.expected[4, 4, 4] == pytest.approx(float(cluster.expected[4, 4, 4]), abs=0.03)
    assert back.expected[4, 4, 4] < 0.5


@pytest.mark.parametrize("extras", [["axis"], ["evidence", "evidence"], ["other"], ["strength"]])
def test_unknown_arrays_are_refused(tmp_path: Path, prior: PriorSet, extras: list[str]):
    change = lambda h, t: h["clusters"][0].update(extras=extras)  # noqa: E731
    with pytest.raises(PriorError):
        prior_files.load_prior(_doctored(tmp_path, prior, change))


def test_the_same_prior_gives_the_same_bytes_and_leaves_nothing_else(tmp_path: Path, prior: PriorSet):
    first = prior_files.save_prior(tmp_path / "one.prior.safetensors", prior).read_bytes()
    again = prior_files.load_prior(tmp_path / "one.prior.safetensors")
    second = prior_files.save_prior(tmp_path / "two.prior.safetensors", again).read_bytes()
    assert first == second
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one.prior.safetensors", "two.prior.safetensors"]


def test_a_mirror_twin_costs_no_arrays(tmp_path: Path, prior: PriorSet):
    cluster = prior.clusters[0]
    twin = replace(
        cluster, cluster="twin", occupancy=cluster.occupancy.flip(0), support=cluster.support.flip(0)
    )
    path = prior_files.save_prior(tmp_path / "t.prior.safetensors", replace(prior, clusters=(cluster, twin)))
    alone = prior_files.save_prior(tmp_path / "o.prior.safetensors", replace(prior, clusters=(cluster,)))
    assert path.stat().st_size < alone.stat().st_size + 500
    back = prior_files.load_prior(path)
    assert torch.equal(back.clusters[1].occupancy, back.clusters[0].occupancy.flip(0))
    assert torch.equal(back.clusters[1].support, back.clusters[0].support.flip(0))


def test_only_sound_values_are_written(tmp_path: Path, prior: PriorSet):
    typical = posed(prior).clusters[0].poses
    for change in (
        {"occupancy": prior.clusters[0].occupancy * torch.nan},
        {"poses": replace(typical, mean=typical.mean * torch.nan)},
        {"poses": replace(typical, focus=typical.focus + 1)},
        {"poses": replace(typical, mean=typical.mean[:, 1:], focus=typical.focus[:, 1:])},
    ):
        bad = replace(prior.clusters[0], **change)
        with pytest.raises(PriorError, match="finite"):
            prior_files.save_prior(tmp_path / "x.prior.safetensors", replace(prior, clusters=(bad,)))
    assert not list(tmp_path.iterdir())


def test_a_wrong_name_gets_a_near_match(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(prior_files, "bundled", lambda: ["bicycle", "surfboard"])
    with pytest.raises(PriorError, match="Did you mean 'surfboard'"):
        prior_files.load_prior("surf bord")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a prior at all, just some text",
        struct.pack("<Q", 1 << 62) + b"{}",
        save({"a": torch.zeros(3)}),
    ],
    ids=["empty", "text", "huge header", "no metadata"],
)
def test_a_file_that_is_no_prior(tmp_path: Path, content: bytes):
    path = tmp_path / "bad.prior.safetensors"
    path.write_bytes(content)
    with pytest.raises(PriorError):
        prior_files.load_prior(path)


def test_a_missing_file(tmp_path: Path):
    with pytest.raises(PriorError, match="cannot read"):
        prior_files.load_prior(tmp_path / "none.prior.safetensors")


def _doctored(tmp_path: Path, prior: PriorSet, change) -> Path:
    """The prior's file with its header and arrays changed by `change(header, tensors)`."""
    path = prior_files.save_prior(tmp_path / "good.prior.safetensors", prior)
    with safe_open(path, framework="pt") as stored:
        header = json.loads(stored.metadata()["chorus"])
        tensors = {key: stored.get_tensor(key) for key in stored.keys()}
    change(header, tensors)
    bad = tmp_path / "bad.prior.safetensors"
    bad.write_bytes(save(tensors, metadata={"chorus": json.dumps(header)}))
    return bad


CHANGES = {
    "newer": lambda h, t: h.update(version=99),
    "other format": lambda h, t: h.update(format="other"),
    "unknown key": lambda h, t: h.update(extra=1),
    "no clusters": lambda h, t: (h.update(clusters=[]), t.clear(), t.update(a=torch.zeros(1))),
    "mirror of a later": lambda h, t: h["clusters"][0].update(mirror_of=1),
    "mirror of none": lambda h, t: h["clusters"][1].update(mirror_of=-1),
    "huge grid": lambda h, t: h["clusters"][0].update(shape=[4096, 4096, 4096]),
    "other grid": lambda h, t: h["clusters"][0].update(shape=[4, 4, 4]),
    "negative voxel": lambda h, t: h["clusters"][0].update(voxel_m=-1.0),
    "share": lambda h, t: h["clusters"][0].update(share=1.5),
    "mirrored seed": lambda h, t: h["clusters"][0]["seeds"][0].update(rotation=[-1, 0, 0, 0, 1, 0, 0, 0, 1]),
    "short seed": lambda h, t: h["clusters"][0]["seeds"][0].update(rotation=[1.0]),
    "array gone": lambda h, t: t.pop("1.support"),
    "array too many": lambda h, t: t.update({"2.support": torch.zeros(3)}),
    "array type": lambda h, t: t.update({"0.support": torch.zeros(3)}),
    "garbage bytes": lambda h, t: t.update({"0.support": torch.full((9,), 7, dtype=torch.uint8)}),
    "cut short": lambda h, t: t.update({"0.occupancy": t["0.occupancy"][:-5]}),
    "above one": lambda h, t: t.update({"0.support": t["0.occupancy"].clone()}),
    "not a dict": lambda h, t: h.update(clusters="x"),
    "other bones": lambda h, t: h.update(bones=["tail"]),
    "poses gone": lambda h, t: t.pop("0.poses"),
    "poses unknown": lambda h, t: h["clusters"][0].update(poses=0),
    "poses too many": lambda h, t: h["clusters"][0].update(poses=99),
    "poses cut short": lambda h, t: t.update({"0.poses": t["0.poses"][:-1]}),
    "poses out of range": lambda h, t: t.update({"0.poses": torch.full_like(t["0.poses"], 255)}),
    "use": lambda h, t: h["clusters"][0]["uses"][0].update(share=2.0),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_doctored_file_is_refused(tmp_path: Path, prior: PriorSet, name: str):
    with pytest.raises(PriorError):
        prior_files.load_prior(_doctored(tmp_path, posed(prior), CHANGES[name]))


@pytest.mark.parametrize(
    "category", sampled(prior_files.bundled(), ("bicycle", "tennis_racket").__contains__)
)
def test_a_bundled_prior_is_complete(category):
    prior = prior_files.load_prior(category)
    assert prior.category.replace(" ", "_") == category
    assert sum(c.share for c in prior.clusters) == pytest.approx(1.0, abs=1e-3)
    for cluster in prior.clusters:
        assert cluster.expected.max() > 0.3
        assert cluster.seeds
        assert cluster.poses is not None
        assert cluster.uses
        assert cluster.low is not None
        assert cluster.axes is not None
        assert (cluster.low <= cluster.occupancy).all()
        assert (cluster.high >= cluster.occupancy).all()
        assert sum(s.weight for s in cluster.seeds) == pytest.approx(1.0, abs=1e-3)


def test_bundled_priors_are_small():
    folder = Path(prior_files.__file__).parents[1] / "data" / "priors"
    files = list(folder.rglob("*.safetensors"))
    for path in files:
        with safe_open(path, framework="pt") as stored:
            clusters = json.loads(stored.metadata()["chorus"])["clusters"]
        own = sum(entry["mirror_of"] == index for index, entry in enumerate(clusters))
        assert path.stat().st_size <= 512 * 1024 * own
    assert sum(path.stat().st_size for path in files) <= 15 * 1000**2


def test_every_bundled_prior_has_its_baseline():
    for category in prior_files.bundled():
        assert prior_files.bundled_paper(category.replace("_", " ")) is not None, category
    for category in ("bicycle", "cup"):
        path = prior_files.bundled_paper(category)
        (cluster,) = prior_files.load_prior(path).clusters
        assert cluster.grid == PAPER_GRID
        assert cluster.occupancy.max() > 0.1
    assert prior_files.bundled_paper("hover board") is None
