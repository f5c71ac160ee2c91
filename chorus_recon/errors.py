"""What went wrong, what was expected, what to do: every error a user can meet."""

import errno

# of a place where nothing more can be written, whatever the file
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)


def make_room(error: OSError) -> str:
    """What to do where a file cannot be written, as the beginning of a sentence."""
    if error.errno == errno.EFBIG:
        return "Raise the limit on the size of files (ulimit -f)"
    if error.errno == errno.EROFS:
        return "Make the disk writable"
    if error.errno in NO_SPACE:
        return "Free some space there"
    return "Check the free space and your permission there"


class ChorusError(Exception):
    """An expected failure with a way out.

    Args:
        message: what happened (with value and path) and what was expected.
        hint: what to do about it; shown on its own line.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InputError(ChorusError):
    """A photo, mask, mesh or flag that cannot be used as given."""


class NoPerson(ChorusError):
    """No usable person was found in the photo."""


class NoObject(ChorusError):
    """No object that the person uses was found in the photo."""


class PriorError(ChorusError):
    """A prior is missing, unreadable, or made for another body."""


class WeightsError(ChorusError):
    """Network weights are missing, corrupt, or cannot be fetched."""


class MissingBackend(ChorusError):
    """An optional library or backend name is not available."""


class ConfigError(ChorusError):
    """An unknown or ill-typed setting."""


class OutputError(ChorusError):
    """Results cannot be written (no space, no permission, name taken)."""
