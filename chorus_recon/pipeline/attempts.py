"""Try a piece of work, and say in words why it could not be done."""

import errno
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from chorus_recon.errors import ChorusError, OutputError

log = logging.getLogger(__name__)

T = TypeVar("T")

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)
_OUT_OF_MEMORY = ("can't allocate memory", "bad allocation", "std::bad_alloc", "out of memory")


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
        if isinstance(cause, OSError) and cause.errno in _NO_SPACE:
            raise no_space(cause) from error
        if isinstance(error, OSError):
            message = f"{error.filename or 'a file'}: {error.strerror or error}."
            hint = "Check the file and its permissions."
            return Failure(type(error).__name__, message, hint, traceback.format_exc(), True)
        return Failure(type(error).__name__, error.message, error.hint, traceback.format_exc(), True)
    except Exception as error:
        log.debug("unexpected error", exc_info=True)
        if isinstance(error, MemoryError) or any(word in str(error).lower() for word in _OUT_OF_MEMORY):
            hint = "Close other programs, use fewer --workers or a smaller mesh; then run again."
            return Failure(type(error).__name__, "not enough memory.", hint, traceback.format_exc(), True)
        message = f"unexpected {type(error).__name__}: {error}"
        hint = "This is a fault of the program: run again with -vv and report the traceback."
        return Failure(type(error).__name__, message, hint, traceback.format_exc(), False)


def no_space(error: OSError) -> OutputError:
    """The error that ends a run, because nothing more can be written."""
    return OutputError(
        f"{error.filename or 'the output folder'}: cannot be written: {error.strerror or error}.",
        "Free some space or choose another folder with -o; the next run goes on where this one stopped.",
    )
