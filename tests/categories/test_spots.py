"""The direction out of an object at the spots that interactions name."""

import pytest
import torch

from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.categories.schema import LEVEL_FRAME
from chorus_recon.categories.spots import axes_of, direction_of

AXES = axes_of(LEVEL_FRAME)


@pytest.fixture(scope="module")
def board():
    return TemplateShapes().shapes("skateboard")[0]


@pytest.mark.parametrize(
    ("spot", "axis", "sign"),
    [((0.3, 1.0, 0.2), "up", 1), ((0.3, -1.0, 0.2), "up", -1), ((0.0, 0.5, -1.0), "side", -1)],
)
def test_a_spot_on_a_face_of_the_box_looks_out_of_it(board, spot, axis, sign):
    assert torch.equal(direction_of(spot, board, AXES), sign * AXES[axis])


@pytest.mark.parametrize("spot", [(0.1, 0.2, 0.3), (1.0, 1.0, 0.0), (0.0, -1.0, 2.2)])
def test_a_spot_inside_on_an_edge_or_beside_the_box_has_no_direction(board, spot):
    assert direction_of(spot, board, AXES) is None


def test_an_anchor_has_its_own_direction(board):
    assert torch.equal(direction_of("deck_front", board, AXES), torch.tensor([0.0, 1.0, 0.0]))
    assert torch.equal(
        direction_of(("deck_front", "deck_back", 0.5), board, AXES), torch.tensor([0.0, 1.0, 0.0])
    )
    with pytest.raises(KeyError):
        direction_of("saddle", board, AXES)
