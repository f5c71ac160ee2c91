"""The index of all categories, found in the folders beside this module."""

import importlib
import pkgutil
from functools import cache
from pathlib import Path

from chorus_recon.categories.schema import Category


@cache
def categories() -> dict[str, Category]:
    """Every category by its name, in alphabetical order.

    A folder at any depth adds the categories in its `CATEGORIES`, a tuple of `Category`. Folders are imported
    on the first call.

    Raises:
        ValueError: two folders define a category of the same name.
    """
    found: dict[str, Category] = {}
    for module in pkgutil.walk_packages([str(Path(__file__).parent)], "chorus_recon.categories."):
        if not module.ispkg:
            continue
        folder = importlib.import_module(module.name)
        for category in getattr(folder, "CATEGORIES", ()):
            if category.name in found:
                raise ValueError(f"The category {category.name!r} is defined twice.")
            found[category.name] = category
    return dict(sorted(found.items()))
