"""Write the prior and the report of a finished build into its folder."""

import tempfile
from pathlib import Path

from chorus_recon.errors import PriorError
from chorus_recon.io import category_names
from chorus_recon.io.prior_files import SUFFIX, save_prior
from chorus_recon.priors.build import Built, Context
from chorus_recon.priors.inspection.page import page
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.types import PriorSet

PAGE = "report.html"


def deliver(folder: Storage, built: Built, names: list[str], context: Context) -> str:
    """Write CATEGORY.prior.safetensors and report.html; return the path of the prior.

    Raises:
        PriorError: no picture was kept, so there is no prior.
    """
    if built.prior is None or built.gathered is None:
        counts = built.gathered.statistics.counts if built.gathered else {}
        why = ", ".join(f"{count} {reason}" for reason, count in counts.items())
        raise PriorError(
            f"{folder.url}: no picture could be used ({why or 'there is none'}).",
            f"Show them: chorus-recon prior show --rejects {folder.url}",
        )
    name = write(folder, built.prior)
    text = page(built.prior, built.gathered, folder, names, context.body, context.renderer)
    folder.write(PAGE, text.encode())
    return folder.path(name)


def write(folder: Storage, prior: PriorSet) -> str:
    """Write CATEGORY.prior.safetensors; return its name."""
    name = f"{category_names.key(prior.category)}{SUFFIX}"
    with (
        tempfile.TemporaryDirectory() as scratch
    ):  # save_prior needs a local path; the folder may be a bucket
        folder.write(name, save_prior(Path(scratch) / name, prior).read_bytes())
    return name
