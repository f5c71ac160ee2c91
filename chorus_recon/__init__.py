"""One photo of a person using a thing in, metric 3D meshes of both out."""

from typing import TYPE_CHECKING, Any

from chorus_recon.version import __version__

__all__ = ["PriorSet", "Reconstruction", "__version__", "load_prior", "reconstruct"]

if TYPE_CHECKING:
    from chorus_recon.io.prior_files import load_prior
    from chorus_recon.pipeline.reconstruct import reconstruct
    from chorus_recon.types import PriorSet, Reconstruction

_HOMES = {
    "reconstruct": "chorus_recon.pipeline.reconstruct",
    "load_prior": "chorus_recon.io.prior_files",
    "PriorSet": "chorus_recon.types",
    "Reconstruction": "chorus_recon.types",
}


def __getattr__(name: str) -> Any:
    """Import public names on first use, so that `--help` never loads torch."""
    if name in _HOMES:
        import importlib

        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'chorus_recon' has no attribute {name!r}")
