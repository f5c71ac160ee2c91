"""Run independent work items in several processes of this machine.

Unlike with `concurrent.futures`, it is known which item a process was at when it died: that item is run
again, and nothing else is lost.
"""

import logging
import multiprocessing
import os
import pickle
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from chorus_recon.execution.deaths import PATIENCE, given_up, pickled
from chorus_recon.execution.interface import Lost, Make, WorkerPool
from chorus_recon.execution.machine import cpus

T = TypeVar("T")
R = TypeVar("R")

_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Processes:
    """Runs items in several processes, which share the processors. What a dead process did is done again."""

    workers: int
    name: str = "process"

    @contextmanager
    def open(self, make: Make[T, R], lost: Lost[T, R] | None = None) -> Iterator[WorkerPool[T, R]]:
        """See `Executor`."""
        pool = _Pool(self.workers, pickle.dumps(make), lost)
        try:
            yield pool.work
        finally:
            pool.close()


class _Process:
    """A worker process. It is given one item at a time."""

    def __init__(self, make: bytes, threads: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.connection, there = spawn.Pipe()
        self.process = spawn.Process(target=_serve, args=(there, make), daemon=True)
        with _threads(threads):
            self.process.start()
        there.close()

    def give(self, item: Any) -> None:
        """Send an item. A process that is dead already is noticed when its answer is read."""
        try:
            self.connection.send_bytes(pickle.dumps(item))
        except OSError:
            log.debug("a worker process died before it got its item")

    def answer(self) -> tuple[bool, Any]:
        """Whether the item succeeded, and the result or the error.

        Raises:
            EOFError: the process has died.
        """
        try:
            return pickle.loads(self.connection.recv_bytes())
        except OSError as error:
            raise EOFError from error

    def end(self) -> int | None:
        """End the process if it still runs.

        Returns:
            Its exit code.
        """
        self.connection.close()
        if self.process.is_alive():
            self.process.terminate()
        self.process.join()
        return self.process.exitcode


@dataclass(slots=True)
class _Pool:
    """Processes that are started when there is work, and replaced when they die."""

    workers: int
    make: bytes
    lost: Lost[Any, Any] | None
    idle: list[_Process] = field(default_factory=list)

    def work(self, items: Iterable[Any]) -> Iterator[Any]:
        fresh = enumerate(items)
        again: list[tuple[int, Any]] = []
        deaths: Counter[int] = Counter()
        busy: dict[Connection, tuple[_Process, int, Any]] = {}
        try:
            while True:
                while len(busy) < self.workers and (given := again.pop() if again else next(fresh, None)):
                    process = self.idle.pop() if self.idle else self._start()
                    process.give(given[1])
                    busy[process.connection] = (process, *given)
                if not busy:
                    return
                for connection in wait(list(busy)):
                    process, number, item = busy.pop(connection)  # pyright: ignore[reportArgumentType]
                    try:
                        succeeded, result = process.answer()
                    except EOFError:
                        deaths[number] += 1
                        log.warning("a worker process died (exit code %s)", process.end())
                        if deaths[number] < PATIENCE:
                            again.append((number, item))
                        else:
                            yield given_up(item, self.lost)
                        continue
                    self.idle.append(process)
                    if not succeeded:
                        raise result
                    yield result
        finally:  # where the caller stops early, nobody waits for what is being done
            for process, *_ in busy.values():
                process.end()

    def close(self) -> None:
        for process in self.idle:
            process.end()
        self.idle.clear()

    def _start(self) -> _Process:
        return _Process(self.make, max(1, cpus() // self.workers))


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Processes started inside get so many threads each, unless the user has said how many."""
    chosen = [name for name in _THREADS if name not in os.environ]
    os.environ.update(dict.fromkeys(chosen, str(count)))
    try:
        yield
    finally:
        for name in chosen:
            del os.environ[name]


def _serve(connection: Connection, make: bytes) -> None:
    """Do items until the parent closes the connection, or ends. Ctrl-C ends the process."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    worker: Callable[[Any], Any] | None = None
    while True:
        try:
            item = pickle.loads(connection.recv_bytes())
        except (EOFError, OSError):
            return
        try:
            if worker is None:
                worker = pickle.loads(make)()
            assert worker is not None
            answer = (True, worker(item))
        except Exception as error:  # noqa: BLE001  (the parent raises it)
            answer = (False, error)
        connection.send_bytes(pickled(answer))


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
