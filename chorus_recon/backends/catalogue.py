"""The optional backends: what each needs, where to get it, under which licence, and what of it is here."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from chorus_recon.io.body_files import body_folder
from chorus_recon.io.fetch import cache_dir

_EXTRA = "pip install 'chorus-recon[{}]'"
_GIT = "pip install --no-build-isolation git+https://github.com/facebookresearch/{}.git"
_SMPL = "SMPL licence (research only; register at {}.is.tue.mpg.de)"
_TORCHVISION = "pip install --no-deps 'torchvision==0.28.0'"


@dataclass(frozen=True, slots=True)
class OptionalBackend:
    """One row: `install` brings the `modules` it imports, `fetch` says how to get the `file` it reads."""

    seam: str
    name: str
    modules: tuple[str, ...]
    install: str
    licence: str
    file: Path | None = None
    fetch: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """Modules that are not installed."""
        return tuple(name for name in self.modules if importlib.util.find_spec(name) is None)

    @property
    def state(self) -> str:
        """One of: not installed, no weights, ready."""
        if self.missing:
            return "not installed"
        return "no weights" if self.file is not None and not self.file.exists() else "ready"

    @property
    def cure(self) -> str:
        """The command or step that brings it nearer to "ready"."""
        return {"not installed": self.install, "no weights": self.fetch}.get(self.state, "")


def optional_backends() -> tuple[OptionalBackend, ...]:
    """Every adapter of a library or model that the default does without."""
    from chorus_recon.backends.depth import moge
    from chorus_recon.backends.human import hmr2, sam3d_body
    from chorus_recon.backends.render import pytorch3d
    from chorus_recon.backends.segment import detectron2

    hub = "fetched from the hub on first use"
    return (
        OptionalBackend(
            "segmenter", "detectron2", ("detectron2", "torchvision"), detectron2.INSTALL,
            "Apache-2.0, code and weights", cache_dir() / "detectron2" / detectron2.COCO_FILE,
            f"put there {detectron2.URLS[detectron2.COCO_FILE]}",
        ),
        OptionalBackend("segmenter", "sam3", ("transformers", "torchvision"),
                        f"{_EXTRA.format('synthesis')} && {_TORCHVISION}",
                        f"SAM License (ask for access at huggingface.co/facebook/sam3); {hub}"),
        OptionalBackend("segmenter", "sam2", ("transformers", "torchvision"),
                        f"{_EXTRA.format('synthesis')} && {_TORCHVISION}", f"Apache-2.0; {hub}"),
        OptionalBackend("segmenter", "mask2former", ("transformers",), _EXTRA.format("synthesis"),
                        f"MIT; {hub}"),
        OptionalBackend(
            "human", "hmr2", ("hmr2", "yacs", "torchvision", "smplx"), hmr2.INSTALL,
            f"MIT (4D-Humans); body: {_SMPL.format('smpl')}", hmr2.CHECKPOINT.expanduser(),
            f"unpack {hmr2.ARCHIVE} in {hmr2.CACHE.expanduser()}",
        ),
        OptionalBackend("human", "sam3d_body", ("sam_3d_body", "yacs", "torchvision"), sam3d_body.INSTALL,
                        f"SAM License (ask for access on the hub: {sam3d_body.DEFAULT}), CUDA only"),
        *(
            OptionalBackend(
                "body", name, ("smplx",), _EXTRA.format("smpl"), _SMPL.format(site),
                body_folder() / f"{name.upper()}_NEUTRAL.npz",
                f"chorus-recon models convert {name.upper()}_NEUTRAL.{suffix}",
            )
            for name, site, suffix in (("smpl", "smpl", "pkl"), ("smplh", "mano", "pkl"),
                                       ("smplx", "smpl-x", "npz"))
        ),
        OptionalBackend("render", "open3d", ("open3d",), _EXTRA.format("open3d"), "MIT"),
        OptionalBackend("render", "pytorch3d", ("pytorch3d",), pytorch3d.INSTALL, "BSD-3-Clause"),
        OptionalBackend("depth", "depth_anything", ("transformers",), _EXTRA.format("synthesis"),
                        f"Apache-2.0 (small models); {hub}"),
        OptionalBackend("depth", "depth_pro", ("transformers", "torchvision"),
                        f"{_EXTRA.format('synthesis')} && {_TORCHVISION}",
                        f"Apple's research licence (apple-amlr); {hub}"),
        OptionalBackend("depth", "zoedepth", ("transformers", "torchvision"),
                        f"{_EXTRA.format('synthesis')} && {_TORCHVISION}", f"MIT; {hub}"),
        OptionalBackend("depth", "moge", ("moge", "utils3d", "torchvision"),
                        f"{moge.INSTALL} && {_TORCHVISION}", f"MIT; {hub}"),
        OptionalBackend("shape", "command", (), "", "that of the model you run"),
        OptionalBackend("shape", "http", (), "", "that of the model you run"),
    )  # fmt: skip
