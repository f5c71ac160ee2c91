"""Tests. Annotated calls in the package are checked while they run: shapes, and an int is a float too.

In each test the first calls of every function are checked. Checking all of them took a fifth of the time of
the whole suite, nearly all of it in loops that make the same call thousands of times.
"""

import inspect
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from beartype import BeartypeConf, beartype

CALLS = 20  # of a function in a test that are checked, at least

_strict = beartype(conf=BeartypeConf(is_pep484_tower=True))
_checks: Counter[tuple[str, str]] = Counter()
_resting: list[Any] = []


def checked(function: Callable) -> Callable:
    """What jaxtyping checks the arguments of a function with, and again with its result."""
    place = function.__module__, function.__qualname__
    strict: Callable | None = None

    def check(*args: Any, **kwargs: Any) -> Any:
        nonlocal strict
        if strict is None:  # made when it is needed: of most functions it never is
            strict = _strict(function)
        _checks[place] += 1
        if _checks[place] == 2 * CALLS:
            _rest(*place)
        return strict(*args, **kwargs)

    return check


def check_anew() -> None:
    """Check the next calls of every function; another test begins."""
    _checks.clear()
    for function in _resting:
        del function.__no_type_check__
    _resting.clear()


def _rest(module: str, path: str) -> None:
    """Check a function no more; one that is made inside another is checked always."""
    found: Any = sys.modules.get(module)
    for name in path.split("."):
        found = inspect.getattr_static(found, name, None)
    found = getattr(found, "fget", None) or getattr(found, "__func__", None) or found
    while found is not None:  # jaxtyping's function may be under decorators
        try:
            found.__no_type_check__ = True
        except AttributeError:
            return
        _resting.append(found)
        found = getattr(found, "__wrapped__", None)
