"""The stages of a reconstruction: their names in words for who waits, and the time that they take."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

STAGES = {
    "load": "loading the networks and the photo",
    "detect": "finding people and things",
    "segment": "outlining them",
    "human": "reading the pose",
    "depth": "estimating depth",
    "prior": "looking up how such things are used",
    "shape": "making the shape of the object",
    "place": "placing the object",
    "save": "writing the files",
}


def in_words(stage: str) -> str:
    """What happens in a stage."""
    return STAGES.get(stage, stage)


@dataclass(slots=True)
class Clock:
    """Seconds a stage; `watch` is told the name of each stage as it begins."""

    watch: Callable[[str], None] | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time spent inside to `name`."""
        if self.watch is not None:
            self.watch(name)
        begun = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun
