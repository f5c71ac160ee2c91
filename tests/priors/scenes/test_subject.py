from pathlib import Path

import pytest
import torch
import trimesh

from chorus_recon.backends.shape.described import shapes_told
from chorus_recon.backends.shape.grips import with_grips
from chorus_recon.backends.shape.mesh_file import load_mesh
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.categories.archetypes.archetype import ANCHORS, Extent
from chorus_recon.categories.index import categories
from chorus_recon.categories.own import Own
from chorus_recon.errors import OutputError, PriorError
from chorus_recon.io.prior_files import load_prior
from chorus_recon.priors import first_use
from chorus_recon.priors.scenes import rendered
from chorus_recon.priors.scenes.rendered import BuildConfig
from chorus_recon.priors.scenes.subject import fingerprint, subject_of

TINY = BuildConfig(scenes=2, views=2, steps=25, voxels=16)


def test_a_bundled_category_is_its_own_subject():
    subject = subject_of("Tennis racket")
    assert subject.category is categories()["tennis_racket"]
    assert subject.about == {}
    assert subject_of("mug").category is categories()["cup"]


@pytest.fixture(scope="module")
def broom():
    return rendered.build("dust broom", TINY)


def test_a_noun_of_the_table_says_in_its_provenance_how_it_is_described(broom):
    prior = broom
    assert prior.category == "broom"
    about = prior.provenance["description"]
    assert isinstance(about, dict)
    assert about["family"] == "shaft"
    assert sum(cluster.share for cluster in prior.clusters) == pytest.approx(1.0)
    assert {cluster.cluster for cluster in prior.clusters} >= {
        "shaft_two_hands_right",
        "shaft_two_hands_left",
    }


def test_the_file_of_a_prior_tells_the_shape_of_a_thing_that_the_table_lacks():
    subject = subject_of("snow shovel", Own(like="shovel", size=Extent(1.35, 0.5, 0.12)))
    told = shapes_told({"description": dict(subject.about)})
    assert [shape.vertices.shape for shape in told] == [shape.vertices.shape for shape in subject.shapes]
    assert torch.equal(told[0].vertices, subject.shapes[0].vertices)
    for other in ({}, {"description": {"noun": "x"}}, {"description": {**subject.about, "mesh_sha256": "0"}}):
        assert shapes_told(other) == []


def _table(tmp_path: Path) -> Path:
    """A table of two boxes, in centimetres: a top at 70 to 75 cm on a leg off the middle."""
    top = trimesh.creation.box((120, 5, 80), trimesh.transformations.translation_matrix((0, 72.5, 0)))
    leg = trimesh.creation.box((10, 70, 10), trimesh.transformations.translation_matrix((30, 35, 0)))
    path = tmp_path / "table.obj"
    trimesh.util.concatenate([top, leg]).export(path)
    return path


def test_grips_are_found_on_a_mesh(tmp_path: Path):
    shape = with_grips(load_mesh(_table(tmp_path), units="cm"))
    at = {a.name: shape.vertices[a.vertices].mean(0) for a in shape.anchors}
    assert set(at) == set(ANCHORS)
    top = float(shape.vertices[:, 1].amax())
    assert float(at["seat"][1]) == pytest.approx(top, abs=0.01)
    assert float(at["seat"][0]) == pytest.approx(0.0, abs=1e-3)
    pole = trimesh.creation.cylinder(0.02, 1.2).apply_translation((0.15, 0.0, 0.0))
    head = trimesh.creation.box((0.4, 0.1, 0.1)).apply_translation((0.0, 0.0, 0.55))
    path = tmp_path / "rake.obj"
    trimesh.util.concatenate([pole, head]).export(path)
    rake = with_grips(load_mesh(path, units="m"))
    grip = next(rake.vertices[a.vertices].mean(0) for a in rake.anchors if a.name == "grip")
    pole_x = 0.15 - (0.2 - 0.2) / 2
    assert float(grip[0]) == pytest.approx(pole_x, abs=0.02)  # on the pole, not in the middle of the box
    assert float(grip[2]) < -0.4


def test_points_that_a_shape_has_are_kept():
    (broom,) = TemplateShapes().shapes("broom")
    assert with_grips(broom) is broom


def test_a_mesh_of_the_users_is_used_in_its_own_size_or_in_the_size_given(tmp_path: Path):
    path = _table(tmp_path)
    plain = subject_of("workshop bench", Own(like="table", mesh=path, mesh_units="cm"))
    (shape,) = plain.shapes
    used = shape.vertices[shape.faces.unique()]
    assert (used.amax(0) - used.amin(0)).tolist() == pytest.approx([1.2, 0.75, 0.8], abs=1e-3)
    stretched = subject_of("workshop bench", Own(like="table", mesh=path, size=Extent(0.6, 1.0, 0.9)))
    used = stretched.shapes[0].vertices[stretched.shapes[0].faces.unique()]
    assert (used.amax(0) - used.amin(0)).tolist() == pytest.approx([1.0, 0.9, 0.6], abs=1e-3)
    assert plain.about["mesh_sha256"] != stretched.about["mesh_sha256"]
    with pytest.raises(PriorError, match=r"size of .* is not known"):
        subject_of("zorblax", Own(mesh=path, uses={"sit_on": 1.0}))


def test_a_prior_is_built_on_first_use_and_kept_by_what_decides_it(tmp_path: Path, monkeypatch, broom):
    monkeypatch.setattr(rendered, "build", lambda *_, **__: broom)
    monkeypatch.setenv("CHORUS_CACHE", str(tmp_path / "cache"))
    kept = first_use.place("broom", config=TINY)
    assert not kept.ready
    assert first_use.build(kept, TINY) == kept.path
    assert kept.ready
    before = kept.path.stat().st_mtime_ns
    first_use.build(first_use.place("dust broom", config=TINY), TINY)
    assert kept.path.stat().st_mtime_ns == before
    assert load_prior(kept.path).category == "broom"
    assert [Path(row["file"]) for row in first_use.cached()] == [kept.path]
    other = first_use.place("broom", Own(size=Extent(1.0, 0.3, 0.1)), TINY)
    seeded = first_use.place("broom", config=BuildConfig(seed=1))
    assert len({kept.path, other.path, seeded.path}) == 3
    kept.path.write_bytes(b"damaged")
    assert not kept.ready
    assert list(first_use.cached()) == []


def test_a_cache_that_cannot_be_written_is_an_error_before_the_work(tmp_path: Path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CHORUS_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(rendered, "build", lambda *_, **__: pytest.fail("work began"))
    with pytest.raises(OutputError, match="cannot be kept") as caught:
        first_use.build(first_use.place("broom"))
    assert "CHORUS_CACHE" in caught.value.hint


def test_the_fingerprint_is_of_the_content():
    broom = subject_of("broom")
    assert fingerprint(broom, {"a": 1}) == fingerprint(subject_of("besom"), {"a": 1})
    assert fingerprint(broom, {"a": 1}) != fingerprint(broom, {"a": 2})
    assert fingerprint(broom, {}) != fingerprint(subject_of("mop"), {})


def test_the_same_subject_gives_the_same_prior():
    subject = subject_of("banana", Own(uses={"hold_small": 1.0}))
    first, second = (rendered.build(subject, TINY) for _ in range(2))
    for one, two in zip(first.clusters, second.clusters, strict=True):
        assert torch.equal(one.occupancy, two.occupancy)
