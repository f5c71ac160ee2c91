"""Long lists of parameters: a sample is tested always, the rest with the mark `sweep` only."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest


def sampled(values: Iterable[Any], always: Callable[[Any], bool]) -> list[Any]:
    """Parameters for `parametrize`; those that are not tested `always` are marked `sweep`."""
    rows = [(value, value if isinstance(value, tuple) else (value,)) for value in values]
    return [pytest.param(*row, marks=() if always(value) else pytest.mark.sweep) for value, row in rows]
