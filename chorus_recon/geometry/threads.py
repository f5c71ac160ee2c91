"""Runs a block of tensor operations on one thread."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Iterator[None]:
    """Use one thread inside the block.

    Sums that are split over threads differ in their last bits between machines. For thousands of small
    operations, waiting for other threads also costs more time than the threads save.
    """
    count = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(count)
