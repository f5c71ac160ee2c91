"""Try a piece of work, and say in words why it could not be done."""

import errno
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from chorus_recon.errors import NO_SPACE, ChorusError, OutputError, make_room

log = logging.getLogger(__name__)

T = TypeVar("T")

_OUT_OF_MEMORY = (
    "allocate memory",
    "unable to allocate",
    "bad allocation",
    "std::bad_alloc",
    "out of memory",
    "can't start new thread",
)
_GO_ON = "the next run goes on where this one stopped."


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an item could not be done. `trace` is for developers; `expected` errors carry a hint."""

    error: str
    message: str
    hint: str
    trace: str
    expected: bool


def attempt(work: Callable[[], T]) -> T | Failure:
    """The result of a piece of work, or why it failed; a full disk and Ctrl-C pass through.

    Raises:
        OutputError: the disk is full or read-only.
    """
    try:
        return work()
    except (ChorusError, OSError) as error:
        cause = error if isinstance(error, OSError) else error.__cause__
        if isinstance(cause, OSError) and cause.errno in NO_SPACE:
            raise no_space(error) from error
        if _is_memory(error) or _is_memory(cause):
            return _no_memory()
        if isinstance(error, OSError):
            message = f"{error.filename or 'a file'}: {error.strerror or error}."
            hint = "Check the file and its permissions."
            return Failure(type(error).__name__, message, hint, traceback.format_exc(), True)
        return Failure(type(error).__name__, error.message, error.hint, traceback.format_exc(), True)
    except Exception as error:
        log.debug("unexpected error", exc_info=True)
        if _is_memory(error):
            return _no_memory()
        message = f"unexpected {type(error).__name__}: {error}"
        hint = "This is a fault of the program: run again with -vv and report the traceback."
        return Failure(type(error).__name__, message, hint, traceback.format_exc(), False)


def no_space(error: OSError | ChorusError) -> OutputError:
    """The error that ends a run, because nothing more can be written."""
    if isinstance(error, OutputError):
        return OutputError(error.message, f"{error.hint} Then {_GO_ON}".strip())
    where = error.filename if isinstance(error, OSError) else None
    why = (error.strerror or error) if isinstance(error, OSError) else error.message
    cause = error if isinstance(error, OSError) else error.__cause__
    room = make_room(cause) if isinstance(cause, OSError) else "Free some space"
    return OutputError(
        f"{where or 'the output folder'}: cannot be written: {why}.",
        f"{room} or choose another folder with -o; {_GO_ON}",
    )


def _is_memory(error: BaseException | None) -> bool:
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error).lower() for word in _OUT_OF_MEMORY)


def _no_memory() -> Failure:
    """It says nothing about the item: another attempt may succeed."""
    hint = "Close other programs, use fewer --workers or a smaller mesh; then run again."
    return Failure("MemoryError", "not enough memory.", hint, traceback.format_exc(), True)
