"""Show on a terminal what is being done with a photo, and for how long."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING

from chorus_recon.commands.console import verbosity

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class StageLine:
    """A line on stderr that names the stage; nothing where stderr is no terminal, or with -q.

    Call it with the name of each stage as it begins. The line is taken away by `stop`, and when the
    block is left.
    """

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty() and verbosity() >= 0
        self._live: tuple[Progress, TaskID] | None = None

    def __enter__(self) -> "StageLine":
        """The line itself; it appears with the first stage."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the line away."""
        self.stop()

    def __call__(self, stage: str) -> None:
        """Name the stage that begins."""
        if not self._shown:
            return
        from chorus_recon.pipeline.stages import STAGES, in_words

        if self._live is None:
            self._live = _begin(len(STAGES))
        progress, task = self._live
        done = list(STAGES).index(stage) if stage in STAGES else 0
        done = max(done, int(progress.tasks[task].completed))  # outlining happens twice
        progress.update(task, description=in_words(stage), completed=done)

    def stop(self) -> None:
        """Take the line away, so that other lines can be printed."""
        if self._live is not None:
            self._live[0].stop()
            self._live = None


def _begin(stages: int) -> "tuple[Progress, TaskID]":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), BarColumn(20), TimeElapsedColumn(), TextColumn("{task.description}"))
    progress = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False)
    progress.start()
    return progress, progress.add_task("", total=stages)
