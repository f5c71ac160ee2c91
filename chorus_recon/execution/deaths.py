"""What becomes of an item whose workers died, and errors that go from a worker to its caller."""

import pickle
import traceback
from typing import Any

from chorus_recon.errors import ChorusError
from chorus_recon.execution.interface import Lost

PATIENCE = 3  # times that the worker may die at one item


def given_up(item: Any, lost: Lost[Any, Any] | None) -> Any:
    """The result of an item whose worker died each time.

    Raises:
        ChorusError: nobody says what it is.
    """
    if lost is not None:
        return lost(item)
    raise ChorusError(
        f"Worker processes died {PATIENCE} times at the same piece of work.",
        "Out of memory? Try fewer --workers. What is finished is kept; run again to resume.",
    )


def pickled(answer: tuple[bool, Any]) -> bytes:
    """Whether an item succeeded, with its result or error, as bytes that can be read again."""
    try:
        data = pickle.dumps(answer)
        if not answer[0]:
            pickle.loads(data)  # some exceptions can be written but not read
        return data
    except Exception:  # noqa: BLE001  (pickling may raise anything)
        text = "".join(traceback.format_exception(answer[1])) if not answer[0] else repr(answer[1])
        return pickle.dumps((False, RuntimeError(text)))
