"""A finished build in; its prior and its page, written into its folder, out."""

import tempfile
from pathlib import Path

from chorus_recon.errors import PriorError
from chorus_recon.io import categories
from chorus_recon.io.prior_files import SUFFIX, save_prior
from chorus_recon.priors.build import Built
from chorus_recon.priors.gather import Lab
from chorus_recon.priors.page import page
from chorus_recon.priors.shards import Folder
from chorus_recon.types import PriorSet

PAGE = "report.html"


def deliver(folder: Folder, built: Built, names: list[str], room: Lab) -> str:
    """Write CATEGORY.prior.safetensors and report.html; where the prior is.

    Raises:
        PriorError: no picture was kept, so there is no prior.
    """
    if built.prior is None or built.gathered is None:
        counts = built.gathered.census.counts if built.gathered else {}
        why = ", ".join(f"{count} {reason}" for reason, count in counts.items())
        raise PriorError(
            f"{folder.url}: no picture could be used ({why or 'there is none'}).",
            f"Look at them: chorus-recon prior show --rejects {folder.url}",
        )
    name = write(folder, built.prior)
    text = page(built.prior, built.gathered, folder, names, room.body, room.renderer)
    folder.write(PAGE, text.encode())
    return folder.path(name)


def write(folder: Folder, prior: PriorSet) -> str:
    """Write CATEGORY.prior.safetensors; its name."""
    name = f"{categories.key(prior.category)}{SUFFIX}"
    with tempfile.TemporaryDirectory() as beside:  # a prior is written to a path, a folder may be a bucket
        folder.write(name, save_prior(Path(beside) / name, prior).read_bytes())
    return name
