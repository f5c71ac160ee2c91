"""What an executor is: it maps a worker over items, here or elsewhere."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar, runtime_checkable

T = TypeVar("T")
R = TypeVar("R")
Make = Callable[[], Callable[[T], R]]
Lost = Callable[[T], R]  # the result of an item whose worker died each time
WorkerPool = Callable[[Sequence[T]], Iterator[R]]  # yields the results of a batch of items as they are done


@runtime_checkable
class Executor(Protocol):
    """Opens a pool of workers, which keep their state until the pool is closed."""

    @property
    def name(self) -> str:
        """The name for `executors.choose`."""
        ...

    def open(
        self, make: Make[T, R], lost: Lost[T, R] | None = None
    ) -> AbstractContextManager[WorkerPool[T, R]]:
        """Open a pool. Each worker is made by `make` for its first item; results come in any order.

        Args:
            make: makes a worker; it is sent to where workers run, so it must be picklable.
            lost: says what the result of an item is whose worker died each time it was tried; None makes
                that an error.
        """
        ...
