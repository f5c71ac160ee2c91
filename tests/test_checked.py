"""The tests' own checks of shapes and types."""

import pytest
import torch

from chorus_recon.geometry.rotations import convert
from chorus_recon.types import Rigid
from tests import CALLS, check_anew


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (lambda: convert.from_vector(torch.zeros(3)), lambda: convert.from_vector(torch.zeros(4))),
        (
            lambda: Rigid(torch.eye(3), torch.zeros(3)),
            lambda: Rigid(torch.eye(3), torch.zeros(4)),
        ),
    ],
)
def test_first_calls_are_checked_in_each_test(right, wrong):
    for _ in range(2):
        with pytest.raises(TypeError):
            wrong()
        for _ in range(CALLS):
            right()
        try:
            wrong()  # nobody looks
        except ValueError:
            pass  # as it is without checks
        check_anew()
    with pytest.raises(TypeError):
        wrong()
