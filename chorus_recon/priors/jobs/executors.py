"""Run independent work items in this process, in several processes, or on a Ray cluster.

An executor maps a worker over batches of items. The worker is made once in each process, by a callable that
is sent there. Items and results must be small; large data goes to the build's folder.
"""

import importlib
import logging
import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for
from typing import Any, Protocol, TypeVar, runtime_checkable

from chorus_recon.errors import ChorusError, ConfigError, MissingBackend

T = TypeVar("T")
R = TypeVar("R")
Make = Callable[[], Callable[[T], R]]
WorkerPool = Callable[[Sequence[T]], Iterator[R]]  # yields the results of a batch of items as they are done

NAMES = ("local", "process", "ray")
PATIENCE = 3  # times in a row that workers may die before any item is done
_AHEAD = 2  # items submitted per process, so that no process waits


@runtime_checkable
class Executor(Protocol):
    """Opens a pool of workers, which keep their state until the pool is closed."""

    @property
    def name(self) -> str:
        """The name for `choose`."""
        ...

    def open(self, make: Make[T, R]) -> AbstractContextManager[WorkerPool[T, R]]:
        """Open a pool. Each worker is made by `make` for its first item; results come in any order."""
        ...


def choose(name: str, workers: int | None = None, gpus: float = 0.0) -> Executor:
    """The executor of a name (`NAMES`); `gpus` is the number of GPUs per Ray worker.

    Raises:
        ConfigError: there is no such executor.
    """
    if name == "local":
        return Local()
    if name == "process":
        return Processes(workers or max(1, (os.cpu_count() or 1) // 2))
    if name == "ray":
        return RayCluster(workers or 2, gpus)
    raise ConfigError(f"There is no executor {name!r}.", f"Choose one of: {', '.join(NAMES)}.")


@dataclass(frozen=True, slots=True)
class Local:
    """Runs items one after the other in this process."""

    name: str = "local"

    @contextmanager
    def open(self, make: Make[T, R]) -> Iterator[WorkerPool[T, R]]:
        """See `Executor`."""
        made: list[Callable[[T], R]] = []

        def work(items: Sequence[T]) -> Iterator[R]:
            for item in items:
                if not made:
                    made.append(make())
                yield made[0](item)

        yield work


@dataclass(frozen=True, slots=True)
class Processes:
    """Runs items in several processes of this machine. Items of a process that dies are run again."""

    workers: int
    name: str = "process"

    @contextmanager
    def open(self, make: Make[T, R]) -> Iterator[WorkerPool[T, R]]:
        """See `Executor`."""
        pool = _Pool(self.workers, make)
        try:
            yield pool.work
        finally:
            pool.close()


@dataclass(frozen=True, slots=True)
class RayCluster:
    """Runs items in actors of the Ray cluster at RAY_ADDRESS, or of a cluster on this machine.

    Items of an actor or machine that dies are run again. Ray Data ends its actors after each batch of
    items, so a build in rounds loads its models once per round and actor.
    """

    workers: int
    gpus: float = 0.0
    name: str = "ray"

    @contextmanager
    def open(self, make: Make[T, R]) -> Iterator[WorkerPool[T, R]]:
        """See `Executor`."""
        yield lambda items: self._work(make, items)

    def _work(self, make: Make[T, R], items: Sequence[T]) -> Iterator[R]:
        if not items:
            return
        os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # Ray reads this on import
        ray, data = _ray("ray"), _ray("ray.data")
        if not ray.is_initialized():
            ray.init(log_to_driver=False, logging_level="ERROR")
        context = data.DataContext.get_current()
        context.enable_progress_bars = False
        _hush(data.__name__)
        context.max_errored_blocks = 0  # report our errors instead of skipping blocks
        rows = data.from_items(
            [{"item": pickle.dumps(item)} for item in items], override_num_blocks=len(items)
        )
        made = rows.map_batches(
            _RayWorker,
            fn_constructor_args=(pickle.dumps(make),),
            batch_size=1,
            batch_format="numpy",
            compute=data.ActorPoolStrategy(size=min(self.workers, len(items))),
            num_gpus=self.gpus,
        )
        for row in made.iter_rows():
            answer = pickle.loads(row["answer"])
            if isinstance(answer, ChorusError):
                raise answer
            yield answer


class _RayWorker:
    """The class of the Ray actors. A `ChorusError` is returned as a value, so that it keeps its hint."""

    def __init__(self, made: bytes) -> None:
        self.make: Make[Any, Any] = pickle.loads(made)
        self.worker: Callable[[Any], Any] | None = None

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[bytes]]:
        answers = []
        for item in batch["item"]:
            try:
                self.worker = self.worker or self.make()
                answers.append(pickle.dumps(self.worker(pickle.loads(item))))
            except ChorusError as error:
                answers.append(pickle.dumps(error))
        return {"answer": answers}


def _hush(name: str) -> None:
    """Let a library log only errors to the terminal; its log files keep the rest."""
    for handler in logging.getLogger(name).handlers:
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
            handler.setLevel(max(handler.level, logging.ERROR))


def _ray(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingBackend(
            f"The executor 'ray' needs {module}, which cannot be imported ({error}).",
            "Install it: pip install 'chorus-recon[cluster]'",
        ) from error


@dataclass(slots=True)
class _Pool:
    """Processes that are started when there is work, and restarted after one died."""

    workers: int
    make: Make[Any, Any]
    pool: ProcessPoolExecutor | None = None

    def work(self, items: Sequence[Any]) -> Iterator[Any]:
        left = list(enumerate(items))
        deaths = 0
        while left:
            done: set[int] = set()
            try:
                for number, result in self._results(left):
                    done.add(number)
                    yield result
            except BrokenProcessPool as error:
                self.close()
                deaths = 0 if done else deaths + 1
                if deaths == PATIENCE:
                    raise ChorusError(
                        f"Worker processes died {PATIENCE} times without finishing anything.",
                        "Out of memory? Try fewer --workers. Finished chunks are kept; run again to resume.",
                    ) from error
            left = [(number, item) for number, item in left if number not in done]

    def close(self) -> None:
        if self.pool is not None:
            self.pool.shutdown(wait=True, cancel_futures=True)
        self.pool = None

    def _results(self, items: Sequence[tuple[int, Any]]) -> Iterator[tuple[int, Any]]:
        if self.pool is None:
            spawn = multiprocessing.get_context("spawn")
            self.pool = ProcessPoolExecutor(self.workers, spawn, _start, (self.make,))
        waiting = iter(items)
        running: dict[Future[Any], int] = {}
        while True:
            for number, item in waiting:
                running[self.pool.submit(_work, item)] = number
                if len(running) >= _AHEAD * self.workers:
                    break
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                number = running.pop(future)
                yield number, future.result()


_made: Make[Any, Any] | None = None
_worker: Callable[[Any], Any] | None = None


def _start(make: Make[Any, Any]) -> None:
    """Initialise a process: store `make` for its first item, and let Ctrl-C end it."""
    global _made
    _made = make
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _work(item: Any) -> Any:
    global _worker
    if _worker is None:
        assert _made is not None
        _worker = _made()
    return _worker(item)


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)
