"""One photo of a person using a thing in, metric 3D meshes of both out.

    result = chorus_recon.reconstruct("photo.jpg")       # also bytes, a Pillow image or an array
    result.joints["left_wrist"]                          # metres, camera frame
    result.placements[0].contact.human_vertices          # body vertices within 2 cm of the object
    result.to_scene().show()                             # trimesh
    result.save("out/photo")

    models = chorus_recon.Reconstructor(device="cpu")    # loads the networks once
    for photo, result, failure in models.run("holiday/"):
        ...

`docs/conventions.md` describes frames, units and files. Names are imported on first use; importing the
package alone is quick.
"""

import os
import sys
from typing import TYPE_CHECKING, Any

from chorus_recon.errors import ChorusError
from chorus_recon.version import __version__

if "torch" not in sys.modules:
    # Worker threads that spin while they wait cost up to four times the CPU time. OpenMP reads this when
    # torch is loaded; `geometry.threads.calm` is for programs that have loaded torch before.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__all__ = [
    "ChorusError",
    "PriorSet",
    "ReconstructConfig",
    "Reconstruction",
    "Reconstructor",
    "__version__",
    "build_prior",
    "load_prior",
    "reconstruct",
]

if TYPE_CHECKING:
    from chorus_recon.io.prior_files import load_prior
    from chorus_recon.pipeline.config import ReconstructConfig
    from chorus_recon.pipeline.reconstruct import reconstruct
    from chorus_recon.pipeline.reconstructor import Reconstructor
    from chorus_recon.priors.python_api import build_prior
    from chorus_recon.types import PriorSet, Reconstruction

_HOMES = {
    "reconstruct": "chorus_recon.pipeline.reconstruct",
    "Reconstructor": "chorus_recon.pipeline.reconstructor",
    "ReconstructConfig": "chorus_recon.pipeline.config",
    "build_prior": "chorus_recon.priors.python_api",
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


def __dir__() -> list[str]:
    """The public names, also those that are not imported yet."""
    return sorted({*globals(), *__all__})
