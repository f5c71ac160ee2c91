import math
from dataclasses import replace

import pytest
import torch

from chorus_recon.pipeline.placement import energy, optimise, proposals, state
from chorus_recon.pipeline.placement.verticals import UPRIGHT, USUAL_LEAN_DEG, find_verticals
from tests.pipeline.placement.contexts import context_of
from tests.scenes import fake_reconstruction


def with_cluster(name, category="skateboard", **shape):
    """A context whose only cluster has a name of the category's table."""
    context = context_of(category=category, up_sigma_deg=6.0)
    return replace(
        context,
        clusters=(replace(context.clusters[0], cluster=name),),
        shapes=(replace(context.shapes[0], **shape),),
    )


def test_a_row_that_keeps_an_axis_vertical_states_it_with_its_spread():
    found = find_verticals(with_cluster("by_nose_left"))
    assert found.axis[0, 0, 0].tolist() == [0.0, 0.0, 1.0]  # the nose points up
    assert float(found.strict) == 1.0
    assert math.degrees(math.acos(1 - float(found.free))) == pytest.approx(math.hypot(6.0, 10.6), abs=0.5)


def test_a_row_without_a_vertical_axis_costs_nothing_however_the_shape_stands():
    assert float(find_verticals(with_cluster("carry_left", upright=0.2)).strict) == 0.0


def test_without_a_row_the_shape_decides():
    found = find_verticals(with_cluster("grouped by hand", category="no such thing", upright=0.7))
    assert found.axis[0, 0, 0].tolist() == list(UPRIGHT)
    assert float(found.strict) == pytest.approx(0.7)
    assert float(found.free) == pytest.approx(1 - math.cos(math.radians(math.hypot(6.0, USUAL_LEAN_DEG))))


def test_a_ball_has_no_vertical():
    assert float(find_verticals(with_cluster("ride_regular", symmetry="sphere")).strict) == 0.0


def test_a_half_turn_of_a_shape_that_it_leaves_unchanged_points_up_as_well():
    found = find_verticals(with_cluster("by_nose_left", symmetry="y180"))
    assert torch.allclose(found.axis[0, 0, :, 2], torch.tensor([1.0, -1.0]), atol=1e-6)


def test_the_term_follows_the_estimated_vertical():
    """A board that is level for a camera that looks down is not upright for a level camera."""
    place = fake_reconstruction().placements[0].cam_from_object
    index = torch.zeros(1, dtype=torch.long)
    start = proposals.Candidates(index, index, place.rotation[None], place.translation_m[None], torch.ones(1))
    up = place.rotation @ torch.tensor(UPRIGHT)
    tipped = up + 0.8 * torch.linalg.cross(up, torch.tensor([1.0, 0.0, 0.0]))
    values = []
    for up_cam in (up, torch.nn.functional.normalize(tipped, dim=0)):
        problem, _ = optimise.make_problem(replace(with_cluster("ride_regular"), up_cam=up_cam))
        begun = state.fresh(start, problem.sampled.modes.shape[1])
        values.append(float(energy.terms_of(problem, begun, 1.0)["upright"]))
    assert values[0] == 0.0
    assert values[1] == pytest.approx(1 - math.cos(math.atan(0.8)) - float(problem.verticals.free), abs=1e-3)
