"""The table of terms: it adds up, and the docs show it."""

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from chorus_recon.pipeline.output import record
from chorus_recon.pipeline.placement import energy, optimise, proposals, state
from chorus_recon.pipeline.placement.terms import TERMS, markdown_table, weights_of
from tests.pipeline.placement.contexts import SHORT, context_of
from tests.scenes import fake_reconstruction

DOCS = Path(__file__).parents[3] / "docs" / "conventions.md"


@pytest.fixture(scope="module")
def placements():
    return optimise.optimise(context_of())


@pytest.fixture(scope="module")
def problem():
    return optimise.make_problem(context_of())[0]


def at_truth(problem):
    """The true placement, and one 30 cm farther right."""
    place = fake_reconstruction().placements[0].cam_from_object
    shift = torch.tensor([[0.0, 0.0, 0.0], [0.3, 0.0, 0.0]])
    index = torch.zeros(2, dtype=torch.long)
    start = proposals.Candidates(
        shape=index,
        cluster=index,
        rotation=place.rotation.expand(2, 3, 3),
        translation_m=place.translation_m + shift,
        scale=torch.ones(2),
    )
    return state.fresh(start, problem.sampled.modes.shape[1])


def test_weighted_terms_in_the_json_sum_to_the_total(placements):
    result = replace(fake_reconstruction(), placements=placements)
    facts = json.loads(json.dumps(record.record(result)))
    assert len(facts["alternatives"]) >= 1
    for answer in (facts["object"], *facts["alternatives"]):
        losses, weights = answer["losses"], answer["loss_weights"]
        assert list(losses) == [*(term.name for term in TERMS), "total"]
        assert list(weights) == [term.name for term in TERMS]
        summed = sum(weight * losses[name] for name, weight in weights.items())
        assert summed == pytest.approx(losses["total"], abs=1e-5)
        assert losses["silhouette"] == pytest.approx(1 - answer["silhouette_iou"], abs=1e-6)


def test_the_docs_show_the_table():
    block = re.search(r"<!-- terms: begin -->\n(.*?)\n<!-- terms: end -->", DOCS.read_text(), re.DOTALL)
    assert block is not None
    assert block[1] == markdown_table()


def test_weights_are_replaced_by_name():
    weights = weights_of({"hold": 5.0})
    assert weights["hold"] == 5.0
    assert weights["axis"] == 0.3
    assert list(weights) == [term.name for term in TERMS]
    with pytest.raises(ValueError, match="holds"):
        weights_of({"holds": 5.0})
    problem, _ = optimise.make_problem(context_of(config=replace(SHORT, weights={"hold": 5.0})))
    assert problem.weights == weights


def test_the_total_is_the_weighted_sum():
    terms = {"hold": torch.tensor([1.0, 2.0]), "axis": torch.tensor([0.5, 0.0])}
    assert energy.total({"hold": 2.0, "axis": 10.0}, terms).tolist() == [7.0, 4.0]


def test_terms_at_the_true_placement_and_beside_it(problem):
    found = energy.terms_of(problem, at_truth(problem), 1.0)
    assert list(found) == [term.name for term in TERMS]
    for name in ("silhouette", "outside", "uncovered", "field", "coverage"):
        assert found[name][0] < found[name][1], name
    assert found["outside"][0] < 0.005
    assert found["size"].tolist() == pytest.approx([0, 0], abs=1e-6)
    assert found["pose"][0] == found["pose"][1] < 0.05  # a shift turns nothing
    assert found["hold"].tolist() == [0, 0]  # too few seeds for a pivot


def test_cluster_is_the_negative_log_belief(problem):
    surer = replace(problem, belief=torch.tensor([0.25]))
    found = energy.terms_of(surer, at_truth(problem), 1.0)["cluster"]
    assert found.tolist() == pytest.approx([math.log(4)] * 2)
    never = replace(problem, belief=torch.tensor([0.0]))
    assert energy.terms_of(never, at_truth(problem), 1.0)["cluster"].tolist() == pytest.approx(
        [math.log(1e6)] * 2
    )
