from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.images.scenes import ik
from chorus_recon.backends.images.scenes import scene as scenes
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.categories.index import categories
from chorus_recon.categories.own import Own
from chorus_recon.errors import PriorError
from chorus_recon.geometry import bones, transforms
from chorus_recon.geometry import grid as voxels
from chorus_recon.io.prior_files import load_prior, save_prior
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.scenes import rendered
from chorus_recon.priors.scenes.pieces import BuildConfig
from chorus_recon.priors.scenes.subject import subject_of
from chorus_recon.types import Use


@pytest.fixture(scope="module")
def rig() -> ik.Rig:
    return ik.Rig(DefaultBody())


@pytest.fixture(scope="module")
def riders(rig: ik.Rig) -> list[scenes.Scene]:
    row = categories()["bicycle"]
    return scenes.make_scenes(
        rig,
        row.interactions()[0],
        TemplateShapes().shapes("bicycle")[0],
        row.frame,
        3,
        torch.Generator().manual_seed(1),
    )


def test_a_rider_sits_holds_and_stays_within_limits(rig: ik.Rig, riders: list[scenes.Scene]):
    assert len(riders) >= 2
    for scene in riders:
        assert scene.gap_m < 0.03
        body = rig.body.pose(scenes.placed(scene))
        thing = transforms.apply(scene.world_from_object, scene.object_vertices)
        anchors = {a.name: thing[a.vertices].mean(0) for a in TemplateShapes().shapes("bicycle")[0].anchors}
        seat = body.vertices[rig.body.places["seat"]].mean(0)
        assert (seat - anchors["saddle"]).norm() < 0.05
        for side in ("left", "right"):
            palm = body.vertices[rig.body.places[f"{side}_palm"]].mean(0)
            assert (palm - anchors[f"{side}_grip"]).norm() < 0.06
        assert body.joints[:, 1].argmax() == rig.joint["head"]
        assert thing[:, 1].amin() < body.vertices[:, 1].amin()


def test_a_picture_shows_the_object_where_the_person_does_not_hide_it(
    rig: ik.Rig, riders: list[scenes.Scene]
):
    world, draw = rig.body.pose(scenes.placed(riders[0])), torch.Generator().manual_seed(0)
    taken = scenes.photograph(riders[0], world, rig.body, EmbreeRenderer(), 2, draw)
    shots = [picture.observation for picture in taken]
    assert len(shots) == 2
    for shot in shots:
        assert 0.01 < shot.object.float().mean() < 0.6
        person = torch.isfinite(shot.body_depth)
        assert 0.02 < person.float().mean() < 0.6
        border = torch.ones_like(person)
        border[1:-1, 1:-1] = False
        assert not (person | shot.object)[border].any()


def test_the_same_seed_builds_the_same_prior(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    rows = categories()["frisbee"].interactions()
    pair = tuple(r for r in rows if r.name in ("hold_right", "hold_left"))
    tiny = replace(categories()["frisbee"], interactions=lambda: pair, grid=voxels.cube(3.0, 20))
    monkeypatch.setitem(categories(), "frisbee", tiny)
    config = rendered.BuildConfig(scenes=4, views=6, steps=25, seed=5)
    steps: list[str] = []
    first = rendered.build("frisbee", config, progress=lambda name, done, total: steps.append(name))
    modes = rendered.build_modes("Frisbee", (Mode.PAPER, Mode.ROBUST), config)
    again, (paper,) = modes[Mode.ROBUST], modes[Mode.PAPER].clusters
    first_path = save_prior(tmp_path / "one.prior.safetensors", first)
    second_path = save_prior(tmp_path / "two.prior.safetensors", again)
    assert first_path.read_bytes() == second_path.read_bytes()
    assert steps == ["hold_right", "hold_left"]
    right, left = load_prior(first_path).clusters
    assert sum(c.share for c in (right, left)) == pytest.approx(1.0)
    assert right.occupancy.max() > 0.1
    assert torch.equal(right.occupancy.flip(0), left.occupancy)
    assert torch.equal(right.expected.flip(0), left.expected)
    assert torch.equal(right.high.flip(0), left.high)
    assert 1 < right.evidence.max() < 4.5  # scenes, however many pictures there are of each
    assert {seed.joint for seed in right.seeds} == {"right_hand"}
    assert {seed.joint for seed in left.seeds} == {"left_hand"}
    assert torch.allclose(bones.mirrored(right.poses.mean), left.poses.mean, atol=0.03)
    assert (right.uses, left.uses) == (
        (Use("holds {it}, right hand", 1.0),),
        (Use("holds {it}, left hand", 1.0),),
    )
    # posing the scenes again gives the same file
    bare = replace(again, clusters=tuple(replace(c, poses=None, uses=()) for c in again.clusters))
    monkeypatch.setattr(rendered, "BuildConfig", partial(rendered.BuildConfig, steps=config.steps))
    third_path = save_prior(tmp_path / "three.prior.safetensors", rendered.with_poses(bare))
    assert third_path.read_bytes() == first_path.read_bytes()
    # the disc is held in the canonical right hand, which lies at -x
    where = voxels.centers(right.grid).reshape(-1, 3)[right.occupancy.argmax()]
    hand = DefaultBody().canonical()[1][DefaultBody().joint_names.index("right_hand")]
    assert (where - hand).norm() < 0.45
    # counted the published way: both hands in one, on the published grid
    assert (paper.grid, paper.share) == (voxels.PAPER_GRID, 1.0)
    high = voxels.centers(paper.grid)[paper.occupancy > 0.5 * paper.occupancy.max()]
    assert (high[:, 0] < -0.2).any()
    assert (high[:, 0] > 0.2).any()


def test_poses_are_added_only_to_priors_of_rendered_scenes():
    prior = load_prior("frisbee")
    with pytest.raises(PriorError, match="not built from the scenes"):
        rendered.with_poses(replace(prior, provenance={"source": "photos"}))


def test_unknown_names_are_told_the_known_ones():
    with pytest.raises(PriorError, match="bicycle"):
        rendered.build("bicicle")


def test_a_use_that_the_shape_does_not_allow_is_explained():
    subject = subject_of("thingy", Own(like="broom", uses={"ride": 1.0}))
    with pytest.raises(PriorError, match="reaches it in none of its uses") as caught:
        rendered.build(subject, BuildConfig(scenes=1, views=1))
    assert "Check its size" in caught.value.hint
