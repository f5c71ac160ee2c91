"""Run independent work items in the actors of a Ray cluster."""

import importlib
import logging
import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from chorus_recon.errors import ChorusError, MissingBackend
from chorus_recon.execution.interface import Lost, Make, WorkerPool

T = TypeVar("T")
R = TypeVar("R")


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
    def open(self, make: Make[T, R], lost: Lost[T, R] | None = None) -> Iterator[WorkerPool[T, R]]:
        """See `Executor`. Ray itself decides how often the item of a dead actor is run again."""
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
