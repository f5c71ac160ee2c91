"""The index of all categories, found in the family folders beside this module."""

import importlib
import pkgutil
from functools import cache
from pathlib import Path

from chorus_recon.categories.schema import Category


@cache
def categories() -> dict[str, Category]:
    """Every category by its name.

    A family is a folder whose `CATEGORIES` is a tuple of `Category`. Families are imported on the first call.

    Raises:
        ValueError: two families define a category of the same name.
    """
    found: dict[str, Category] = {}
    for module in sorted(pkgutil.iter_modules([str(Path(__file__).parent)]), key=lambda info: info.name):
        if not module.ispkg:
            continue
        family = importlib.import_module(f"chorus_recon.categories.{module.name}")
        for category in family.CATEGORIES:
            if category.name in found:
                raise ValueError(f"The category {category.name!r} is defined twice.")
            found[category.name] = category
    return found
