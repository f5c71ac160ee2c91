"""Run independent work items in the actors of a Ray cluster.

As with processes, it is known which item an actor was at when it or its machine died: that item is run
again, and nothing else is lost.
"""

import importlib
import logging
import os
import pickle
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from chorus_recon.errors import MissingBackend
from chorus_recon.execution.deaths import PATIENCE, given_up, pickled
from chorus_recon.execution.interface import Lost, Make, WorkerPool

T = TypeVar("T")
R = TypeVar("R")

_TELL_S = 60.0  # without a free place in the cluster, until that is told

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RayCluster:
    """Runs items in actors of the Ray cluster at RAY_ADDRESS, or of a cluster on this machine.

    What an actor or a machine that dies was at is done again elsewhere.
    """

    workers: int
    gpus: float = 0.0
    name: str = "ray"

    @contextmanager
    def open(self, make: Make[T, R], lost: Lost[T, R] | None = None) -> Iterator[WorkerPool[T, R]]:
        """See `Executor`."""
        pool = _Pool(self.workers, self.gpus, pickle.dumps(make), lost)
        try:
            yield pool.work
        finally:
            pool.close()


@dataclass(slots=True)
class _Pool:
    """Actors that are started when there is work, and replaced when they die."""

    workers: int
    gpus: float
    make: bytes
    lost: Lost[Any, Any] | None
    idle: list[Any] = field(default_factory=list)
    starting: dict[Any, Any] = field(default_factory=dict)  # what is awaited -> actor

    def work(self, items: Iterable[Any]) -> Iterator[Any]:
        items = list(items)
        if not items:
            return
        ray = _started()
        fresh = enumerate(items)
        again: list[tuple[int, Any]] = []
        deaths: Counter[int] = Counter()
        busy: dict[Any, tuple[Any, int, Any]] = {}
        left = len(items)
        try:
            while left:
                wanted = min(self.workers, left)
                while len(self.idle) + len(busy) + len(self.starting) < wanted:
                    actor = _actor(ray, self.gpus).remote(self.make)
                    self.starting[actor.ready.remote()] = actor
                while self.idle and (given := again.pop() if again else next(fresh, None)):
                    actor = self.idle.pop()
                    busy[actor.work.remote(pickle.dumps(given[1]))] = (actor, *given)
                done, _ = ray.wait([*busy, *self.starting], num_returns=1, timeout=_TELL_S)
                if not done and not busy:
                    log.warning("the Ray cluster has no free place for a worker; still waiting")
                for reference in done:
                    if reference in self.starting:
                        self._begun(ray, reference)
                        continue
                    actor, number, item = busy.pop(reference)
                    try:
                        succeeded, result = pickle.loads(ray.get(reference))
                    except ray.exceptions.RayActorError as error:
                        log.warning("a Ray worker died (%s)", str(error).partition("\n")[0])
                        deaths[number] += 1
                        if deaths[number] < PATIENCE:
                            again.append((number, item))
                            continue
                        left -= 1
                        yield given_up(item, self.lost)
                        continue
                    self.idle.append(actor)
                    if not succeeded:
                        raise result
                    left -= 1
                    yield result
        finally:  # where the caller stops early, nobody waits for what is being done
            for actor, *_ in busy.values():
                ray.kill(actor)

    def close(self) -> None:
        if not self.idle and not self.starting:
            return
        ray = _ray("ray")
        for actor in (*self.idle, *self.starting.values()):
            ray.kill(actor)
        self.idle.clear()
        self.starting.clear()

    def _begun(self, ray: Any, reference: Any) -> None:
        actor = self.starting.pop(reference)
        try:
            ray.get(reference)
            self.idle.append(actor)
        except ray.exceptions.RayActorError as error:
            log.warning("a Ray worker died before it began (%s)", str(error).partition("\n")[0])


class _RayWorker:
    """The class of the Ray actors. An error is returned as a value, so that it keeps its hint."""

    def __init__(self, made: bytes) -> None:
        self.make: Make[Any, Any] = pickle.loads(made)
        self.worker: Callable[[Any], Any] | None = None

    def ready(self) -> None:
        """Done when the actor runs."""

    def work(self, item: bytes) -> bytes:
        """Whether the item succeeded, and the result or the error."""
        try:
            self.worker = self.worker or self.make()
            return pickled((True, self.worker(pickle.loads(item))))
        except Exception as error:  # noqa: BLE001  (the caller raises it)
            return pickled((False, error))


def _actor(ray: Any, gpus: float) -> Any:
    return ray.remote(num_cpus=1, num_gpus=gpus, max_restarts=0, scheduling_strategy="SPREAD")(_RayWorker)


def _started() -> Any:
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # Ray reads this on import
    ray = _ray("ray")
    if not ray.is_initialized():
        ray.init(log_to_driver=False, logging_level="ERROR")
    return ray


def _ray(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingBackend(
            f"The executor 'ray' needs {module}, which cannot be imported ({error}).",
            "Install it: pip install 'chorus-recon[cluster]'",
        ) from error
