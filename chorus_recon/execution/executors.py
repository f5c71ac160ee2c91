"""Run independent work items in this process, in several processes, or on a Ray cluster.

An executor maps a worker over batches of items. The worker is made once in each process, by a callable that
is sent there. Items and results must be small; large data goes to files.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from chorus_recon.errors import ConfigError
from chorus_recon.execution.interface import Executor, Lost, Make, WorkerPool
from chorus_recon.execution.machine import cpus
from chorus_recon.execution.processes import Processes
from chorus_recon.execution.ray_cluster import RayCluster

T = TypeVar("T")
R = TypeVar("R")

NAMES = ("local", "process", "ray")


def choose(name: str, workers: int | None = None, gpus: float = 0.0) -> Executor:
    """The executor of a name (`NAMES`); `gpus` is the number of GPUs per Ray worker.

    Raises:
        ConfigError: there is no such executor.
    """
    if name == "local":
        return Local()
    if name == "process":
        return Processes(workers or max(1, cpus() // 2))
    if name == "ray":
        return RayCluster(workers or 2, gpus)
    raise ConfigError(f"There is no executor {name!r}.", f"Choose one of: {', '.join(NAMES)}.")


@dataclass(frozen=True, slots=True)
class Local:
    """Runs items one after the other in this process."""

    name: str = "local"

    @contextmanager
    def open(self, make: Make[T, R], lost: Lost[T, R] | None = None) -> Iterator[WorkerPool[T, R]]:
        """See `Executor`."""
        made: list[Callable[[T], R]] = []

        def work(items: Sequence[T]) -> Iterator[R]:
            for item in items:
                if not made:
                    made.append(make())
                yield made[0](item)

        yield work
