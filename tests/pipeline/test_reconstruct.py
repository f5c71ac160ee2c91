"""The whole path on the analytic world, whose answer is known."""

from dataclasses import replace
from functools import partial

import pytest
import torch

from chorus_recon.backends.registry import Backends
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.backends.render.outline import swept_silhouette
from chorus_recon.categories.archetypes.archetype import Extent
from chorus_recon.categories.own import Own
from chorus_recon.errors import InputError, NoObject, NoPerson, PriorError
from chorus_recon.geometry import bones
from chorus_recon.pipeline import reconstruct as walk
from chorus_recon.pipeline.config import Oracle, ReconstructConfig, Shares
from chorus_recon.pipeline.placement.context import PlaceConfig
from chorus_recon.pipeline.reconstruct import reconstruct
from chorus_recon.pipeline.uses import LEVEL_UP
from chorus_recon.pipeline.warnings import lookalike_warnings
from chorus_recon.priors.clustering import poses
from chorus_recon.types import OBJECT_HEIGHT, AxisField, Evidence, Use
from tests.fakes import FakeBody, FakeHumanEstimator
from tests.scenes import prior_of, world

QUICK = ReconstructConfig(starts=24)


class OneShape:
    name = "one"

    def __init__(self, shape):
        self.shape = shape

    def shapes(self, category, photo=None, mask=None):
        return [self.shape] if self.shape is not None else []


@pytest.fixture(scope="module")
def truth():
    return world()


@pytest.fixture
def backends(truth, monkeypatch):
    def load(category):
        if category != "skateboard":
            raise PriorError(f"No prior for '{category}'.", "Try skateboard.")
        return prior_of(truth, seeds=True)

    monkeypatch.setattr(walk, "load_prior", load)
    monkeypatch.setattr(walk, "bundled", lambda: ["skateboard"])
    return Backends(truth.segmenter(), truth.estimator(), FakeBody(), EmbreeRenderer(), OneShape(truth.shape))


@pytest.fixture
def hasty(monkeypatch):
    """Short descents: for what does not hang on where the answer ends."""
    few = {"drawn": 128, "keep": 6, "exact": 4, "polished": 1}
    short = partial(PlaceConfig, steps=15, fine_steps=10, sharp_steps=3, polish_steps=3, **few)
    monkeypatch.setattr(walk, "PlaceConfig", short)


@pytest.fixture(scope="module")
def answers():
    """Results that several tests read, by name. Each is made once, by the first test that asks for it."""
    return {}


@pytest.fixture
def full_answer(truth, backends, answers):
    """The result of a search at full length."""
    if "full" not in answers:
        answers["full"] = reconstruct(truth.photo, replace(QUICK, seed=1), backends)
    return answers["full"]


@pytest.fixture
def hasty_answer(truth, backends, hasty, answers):
    """The result of a short search."""
    if "hasty" not in answers:
        answers["hasty"] = reconstruct(truth.photo, replace(QUICK, seed=3), backends)
    return answers["hasty"]


def test_the_true_placement_is_found(truth, full_answer):
    result = full_answer
    best = result.placements[0]
    assert result.category == "skateboard"
    assert (best.vertices - truth.object_vertices).norm(dim=-1).mean() < 0.06
    assert best.silhouette_iou > 0.75
    assert len(best.body_contacts) > 0
    assert sum(p.probability for p in result.placements) <= 1 + 1e-5
    assert {"detect", "segment", "human", "prior", "place"} <= result.seconds.keys()


def test_answers_are_sharpened_against_the_whole_outline(truth, backends, full_answer, monkeypatch):
    monkeypatch.setattr(walk, "PlaceConfig", partial(PlaceConfig, sharp_steps=0, polish_steps=0))
    before = reconstruct(truth.photo, replace(QUICK, seed=1), backends).placements[0]
    after = full_answer.placements[0]
    found = (before, after)
    gaps_m = [(p.vertices - truth.object_vertices).norm(dim=-1).mean() for p in found]
    assert after.silhouette_iou > before.silhouette_iou + 0.01
    assert gaps_m[1] < gaps_m[0] + 0.01


def test_a_renderer_of_its_own_gradients_is_asked_for_them(truth, backends, hasty_answer):
    class Soft(EmbreeRenderer):
        asked = 0

        def soft_silhouette(self, vertices, faces, camera, sigma_px):
            Soft.asked += 1
            return swept_silhouette(self, vertices, faces, camera, sigma_px)

    plain = hasty_answer.placements[0]
    config = replace(QUICK, seed=3)
    soft = reconstruct(truth.photo, config, replace(backends, renderer=Soft())).placements[0]
    assert Soft.asked > 10
    assert torch.equal(plain.vertices, soft.vertices)


def test_same_seed_same_answer(truth, backends, hasty_answer):
    again = reconstruct(truth.photo, replace(QUICK, seed=3), backends)
    assert torch.equal(hasty_answer.placements[0].vertices, again.placements[0].vertices)


def test_without_seeds_a_rotation_cover_finds_the_board(truth, backends, monkeypatch):
    monkeypatch.setattr(walk, "load_prior", lambda category: prior_of(truth, seeds=False))
    best = reconstruct(truth.photo, QUICK, backends).placements[0]
    middle = truth.object_vertices.aminmax(dim=0)
    found = best.vertices.aminmax(dim=0)
    assert (sum(found) - sum(middle)).norm() / 2 < 0.08  # a board's ends cannot be told apart
    assert best.silhouette_iou > 0.7


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("across", [False, True])
def test_the_axis_that_pictures_agreed_on_is_heeded(truth, backends, monkeypatch, across):
    prior = prior_of(truth, seeds=False)
    spread = truth.object_vertices.mT.cov()
    own = torch.linalg.eigh(spread).eigenvectors[:, 1 if across else 2]
    line = own @ truth.body.cam_from_canon[0, :3, :3]
    shape = prior.clusters[0].grid.shape
    axes = AxisField(line.expand(*shape, 3), torch.ones(shape))
    known = replace(prior, clusters=(replace(prior.clusters[0], axes=axes),))
    monkeypatch.setattr(walk, "load_prior", lambda category: known)
    best = reconstruct(truth.photo, QUICK, backends).placements[0]
    assert (best.losses["axis"] > 0.2) is across


@pytest.mark.usefixtures("hasty")
def test_a_prior_file_says_what_is_looked_for(truth, backends, monkeypatch, tmp_path):
    file = tmp_path / "mine.prior.safetensors"
    known = {file: replace(prior_of(truth, seeds=True), category="skateboard")}
    monkeypatch.setattr(walk, "load_prior", known.__getitem__)
    monkeypatch.setattr(walk, "bundled", list)
    result = reconstruct(truth.photo, replace(QUICK, seed=1, prior=file), backends)
    assert result.category == "skateboard"
    assert result.prior is known[file]
    assert result.placements[0].silhouette_iou > 0.75


@pytest.mark.usefixtures("hasty")
def test_a_prior_file_serves_another_category(truth, backends, monkeypatch, tmp_path):
    file = tmp_path / "mine.prior.safetensors"
    known = {file: replace(prior_of(truth, seeds=True), category="longboard")}
    monkeypatch.setattr(walk, "load_prior", known.__getitem__)
    result = reconstruct(truth.photo, replace(QUICK, seed=1, prior=file, category="skateboard"), backends)
    assert result.category == "skateboard"
    assert result.placements[0].silhouette_iou > 0.75


@pytest.mark.usefixtures("hasty")
def test_a_thing_that_is_described_has_that_shape(truth, backends, monkeypatch, tmp_path):
    file = tmp_path / "mine.prior.safetensors"
    known = {file: replace(prior_of(truth, seeds=True), category="skateboard")}
    monkeypatch.setattr(walk, "load_prior", known.__getitem__)
    thing = Own(like="skateboard", size=Extent(0.8, 0.2, 0.1))
    config = replace(QUICK, starts=4, category="skateboard", thing=thing, prior=file)
    result = reconstruct(truth.photo, config, backends)
    low, high = result.placements[0].shape.vertices.amin(0), result.placements[0].shape.vertices.amax(0)
    assert sorted((high - low).tolist()) == pytest.approx([0.1, 0.2, 0.8], abs=0.01)
    assert result.options["thing"] == {"like": "skateboard", "size": [0.8, 0.2, 0.1]}


@pytest.mark.usefixtures("hasty")
def test_without_a_template_a_mesh_is_carved(truth, backends):
    result = reconstruct(truth.photo, QUICK, replace(backends, shapes=OneShape(None)))
    best = result.placements[0]
    assert "carved" in best.shape.source
    assert (best.vertices.mean(0) - truth.object_vertices.mean(0)).norm() < 0.15


@pytest.mark.usefixtures("hasty")
def test_an_oracle_replaces_the_masks(truth, backends):
    blind = replace(backends, segmenter=replace_detections(truth, people=True, things=False))
    oracle = Oracle(object_mask=truth.object_mask.alpha, human_mask=truth.human_mask.alpha)
    result = reconstruct(truth.photo, QUICK, blind, category="Skate-boards", oracle=oracle)
    assert result.placements[0].silhouette_iou > 0.75
    assert (result.category, result.options["category"]) == ("skateboard", "skateboard")


def test_human_only_needs_no_object(truth, backends):
    blind = replace(backends, segmenter=replace_detections(truth, people=True, things=False))
    result = reconstruct(truth.photo, ReconstructConfig(human_only=True), blind)
    assert result.placements == ()
    assert result.prior is None


def test_nothing_to_reconstruct_is_said(truth, backends):
    blind = replace(backends, segmenter=replace_detections(truth, people=True, things=False))
    nobody = replace(backends, segmenter=replace_detections(truth, people=False, things=True))
    with pytest.raises(NoPerson, match="found no person"):
        reconstruct(truth.photo, None, nobody)
    with pytest.raises(PriorError, match="zeppelin"):
        reconstruct(truth.photo, None, blind, category="zeppelin")
    with pytest.raises(InputError, match="not what it is"):
        reconstruct(truth.photo, ReconstructConfig(object_box=(1, 2, 30, 40)), backends)


@pytest.mark.parametrize("several", [False, True])
def test_why_nobody_could_be_posed_is_said_once(truth, backends, several):
    person = next(d for d in truth.detections if d.label == "person")
    smaller = replace(person, box_px=person.box_px * torch.tensor([1.0, 1.0, 0.9, 0.9]))
    segmenter = type(truth.segmenter())([person, smaller] if several else [person], 0.0)
    unknown = replace(backends, segmenter=segmenter, human=FakeHumanEstimator([]))
    with pytest.raises(NoPerson) as caught:
        reconstruct(truth.photo, ReconstructConfig(everyone=True), unknown)
    who = "2 people were" if several else "a person was"
    assert f"{who} seen but no pose could be read: nobody known in this box." in caught.value.message
    assert caught.value.message.count("nobody known") == 1


def replace_detections(truth, people, things):
    fake = truth.segmenter()
    keep = [d for d in truth.detections if (people if d.label == "person" else things)]
    return type(fake)(keep, 0.0)


def test_without_an_object_the_person_is_the_answer(truth, backends):
    blind = replace(backends, segmenter=replace_detections(truth, people=True, things=False))
    result = reconstruct(truth.photo, None, blind)
    assert (result.status, result.placements, result.nothing) == ("unsure", (), 1.0)
    assert "no object that the person may use was seen" in result.warnings[0]


@pytest.mark.usefixtures("hasty")
def test_an_improbable_object_is_considered_and_not_placed(truth, backends):
    result = reconstruct(truth.photo, replace(QUICK, min_confidence=1.0), backends)
    assert (result.status, result.placements) == ("unsure", ())
    assert [c.category for c in result.considered] == ["skateboard"]
    assert result.considered[0].probability + result.nothing == pytest.approx(1.0)
    assert "--category NOUN decides it" in result.warnings[0]
    given = reconstruct(truth.photo, replace(QUICK, min_confidence=1.0), backends, category="skateboard")
    assert given.placements
    assert given.considered == ()


@pytest.mark.usefixtures("hasty")
def test_a_thing_out_of_reach_is_placed_only_where_it_is_named(truth, backends, monkeypatch):
    monkeypatch.setattr(walk, "placed_apart", lambda context, placements: placements[::-1])
    result = reconstruct(truth.photo, QUICK, backends)
    assert (result.status, result.placements, result.nothing) == ("unsure", (), 1.0)
    assert any("the skateboard in the photo is out of reach" in warning for warning in result.warnings)
    named = reconstruct(truth.photo, QUICK, backends, category="skateboard")
    assert len(named.placements) > 1
    assert named.placements[0].losses.total >= named.placements[-1].losses.total


@pytest.mark.usefixtures("hasty")
def test_everyone_comes_with_what_they_use(truth, backends):
    alone = replace(truth.detections[0], box_px=truth.detections[0].box_px + 3)
    second = next(d for d in truth.detections if d.label != "person")
    second = replace(second, box_px=second.box_px + torch.tensor([2.0, -60, 2, -60]))
    people = [d for d in truth.detections if d.label == "person"]
    segmenter = type(truth.segmenter())([*truth.detections, alone, second], 0.0)
    crowd = replace(backends, segmenter=segmenter)
    assert len(people) == 1
    result = reconstruct(truth.photo, replace(QUICK, everyone=True, min_confidence=0.02), crowd)
    assert result.others
    assert {part.person for part in result.parts} == {0, 1}
    assert len(result.people) == 2
    assert reconstruct(truth.photo, QUICK, crowd).others == ()


def test_nouns_that_pass_for_another_are_named():
    (warning,) = lookalike_warnings("baseball_bat", lambda noun: noun == "tennis_racket")
    assert "golf club" in warning
    assert "--category golf_club" in warning
    assert lookalike_warnings("baseball_bat", lambda noun: True) == []


def test_a_thing_that_is_the_person_alone_is_told(truth, backends, monkeypatch):
    def claimed(thing, person, others, seen):
        nothing = replace(thing, alpha=torch.zeros_like(thing.alpha))
        return Evidence(nothing, person, person.alpha < 0.5)

    monkeypatch.setattr("chorus_recon.perception.evidence.split", claimed)
    with pytest.raises(NoObject, match="skateboard is a person's own pixels") as caught:
        reconstruct(truth.photo, QUICK, backends, category="skateboard")
    assert "--category" in caught.value.hint
    assert reconstruct(truth.photo, QUICK, backends).status == "unsure"


def two_uses(truth):
    """A prior of what the person does, which is rare, and of a common use in another pose."""
    prior = prior_of(truth, seeds=True)
    own = bones.directions(truth.body.joints, FakeBody().joint_names, torch.tensor(LEVEL_UP))
    other = own * torch.tensor([1.0, -1.0, -1.0])
    ride, carry = (
        replace(
            prior.clusters[0],
            cluster=name,
            share=share,
            poses=poses.typical(directions.expand(20, -1, -1)),
            uses=(Use(f"{name} {{it}}", 1.0),),
        )
        for name, share, directions in (("rides", 0.1, own), ("carries", 0.9, other))
    )
    return replace(prior, clusters=(ride, carry))


def test_the_pose_tells_the_use_unless_plain_shares_are_asked_for(truth, backends, hasty, monkeypatch):
    monkeypatch.setattr(walk, "load_prior", lambda category: two_uses(truth))
    posed, plain = (
        reconstruct(truth.photo, replace(QUICK, shares=shares), backends)
        for shares in (Shares.POSED, Shares.PLAIN)
    )
    chance = {
        (name, placement.use.text): placement.use.share
        for name, result in (("posed", posed), ("plain", plain))
        for placement in result.placements
        if placement.use is not None
    }
    assert chance[("posed", "rides {it}")] > 0.8
    assert chance.get(("plain", "rides {it}"), 0.1) == pytest.approx(0.1, abs=1e-3)
    assert posed.placements[0].use.text == "rides {it}"


def test_a_smaller_person_is_placed_with_what_was_already_outlined(truth, backends, hasty, monkeypatch):
    outlined, placed = [], []

    class Counting(type(backends.segmenter)):
        def segment(self, photo, detections):
            outlined.extend(d.label for d in detections)
            return super().segment(photo, detections)

    def placing(context):
        placed.append(context)
        return walk_optimise(context)

    walk_optimise = walk.optimise.optimise
    monkeypatch.setattr(walk.optimise, "optimise", placing)
    monkeypatch.setattr(walk, "height_is_open", lambda *args: True)
    monkeypatch.setattr(walk, "height_by_object", lambda *args: 1.2)
    smaller = replace(backends, segmenter=Counting(backends.segmenter.truth))
    result = reconstruct(truth.photo, QUICK, smaller)
    assert sorted(outlined) == ["person", "skateboard"]
    assert result.human.height_from == OBJECT_HEIGHT
    first, second = placed
    assert second.evidence is first.evidence
    assert second.shapes == first.shapes
    assert second.clusters is not first.clusters  # carried to the person as they are now
