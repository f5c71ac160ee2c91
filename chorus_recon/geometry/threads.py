"""Runs a block of tensor operations on one thread."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

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


@contextmanager
def calm() -> Iterator[None]:
    """Use one thread inside the block where waiting threads would spin, else as many as there are.

    The package asks OpenMP for threads that sleep while they wait (OMP_WAIT_POLICY), unless the program chose
    otherwise. That comes too late if torch was loaded before: then the variable is not set, and spinning
    threads would cost several times the CPU time of the work.
    """
    with one_thread() if "OMP_WAIT_POLICY" not in os.environ else nullcontext():
        yield
