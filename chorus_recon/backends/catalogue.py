"""The optional backends: requirements, sources, licences and what is installed."""

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

from chorus_recon.backends import hub_models, torchvision_cpu
from chorus_recon.errors import MissingBackend
from chorus_recon.io.body_files import PUBLISHED, body_folder, default_file
from chorus_recon.io.fetch import cache_dir

_EXTRA = "pip install 'chorus-recon[{}]'"
_SMPL = "SMPL licence (research only; register at {}.is.tue.mpg.de)"
_OPTIONS = {"images": "--source ", "language": "--writer ", "executor": "--executor "}  # of `prior build`


@dataclass(frozen=True, slots=True)
class OptionalBackend:
    """The requirements of a backend.

    Attributes:
        slot: the backend slot.
        name: its name in the slot.
        modules: the modules that it imports.
        install: the command that installs them.
        licence: of code and weights.
        file: a file of weights that must exist.
        fetch: how to get the file.
        check: how to check that the file is complete.
        repo: a repository on the hub.
        gated: whether access to the repository must be requested.
        key: an environment variable that must be set.
        part: the part of the backend that this entry describes, if the backend has several entries.
    """

    slot: str
    name: str
    modules: tuple[str, ...]
    install: str
    licence: str
    file: Path | None = None
    fetch: str = ""
    check: str = ""
    repo: str = ""
    gated: bool = False
    key: str = ""
    part: str = ""

    @property
    def option(self) -> str:
        """The command-line option that selects it."""
        return _OPTIONS.get(self.slot, f"--backend {self.slot}=") + self.name

    @property
    def missing(self) -> tuple[str, ...]:
        """Modules that are not installed."""
        return tuple(name for name in self.modules if importlib.util.find_spec(name) is None)

    @property
    def state(self) -> str:
        """One of: not installed, no weights, no access yet, no key, weights on first use, ready.

        Access to a gated repository cannot be checked offline, so it counts as given once the weights are
        cached.
        """
        if self.missing:
            return "not installed"
        if self.file is not None:
            return "ready" if self.file.exists() else "no weights"
        if self.key and not os.environ.get(self.key):
            return "no key"
        if self.repo and not hub_models.is_cached(self.repo):
            return "no access yet" if self.gated else "weights on first use"
        return "ready"

    @property
    def cure(self) -> str:
        """The next command towards "ready"; empty if there is none."""
        return {
            "not installed": self.install,
            "no weights": self.fetch,
            "no key": f"export {self.key}=...",
            "no access yet": f"hf auth login && hf download {self.repo}",
            "weights on first use": f"hf download {self.repo}",
        }.get(self.state, "")


def optional_backends() -> tuple[OptionalBackend, ...]:
    """All backends whose library or model the default backends do not need."""
    return (*_segmenters(), *_humans(), *_bodies(), *_renderers(), *_depths(), *_shapes(), *_prior_sources())


def _vision() -> str:
    return f"{_EXTRA.format('synthesis')} && {torchvision_cpu.install()}"


def _segmenters() -> tuple[OptionalBackend, ...]:
    from chorus_recon.backends.segment import detectron2, hub

    detectron2_files = (
        ("PointRend, COCO's nouns", detectron2.COCO_FILE),
        ("Mask R-CNN, LVIS's nouns", detectron2.LVIS_FILE),
    )
    folder = cache_dir() / "detectron2"
    return (
        *(
            OptionalBackend(
                slot="segmenter",
                name="detectron2",
                modules=("detectron2", "torchvision"),
                install=f"{detectron2.INSTALL} && {torchvision_cpu.install()}",
                licence="Apache-2.0, code and weights",
                file=folder / file,
                fetch=f"curl -L --create-dirs -o {folder / file} {detectron2.URLS[file]}",
                check=f"md5 begins {file[-10:-4]}",
                part=part,
            )
            for part, file in detectron2_files
        ),
        OptionalBackend(
            slot="segmenter",
            name="sam3",
            modules=("transformers", "torchvision"),
            install=_vision(),
            licence="SAM License (ask for access at huggingface.co/facebook/sam3)",
            repo="facebook/sam3",
            gated=True,
        ),
        OptionalBackend(
            slot="segmenter",
            name="sam2",
            modules=("transformers", "torchvision"),
            install=_vision(),
            licence="Apache-2.0",
            repo=hub.SAM2,
        ),
        OptionalBackend(
            slot="segmenter",
            name="mask2former",
            modules=("transformers",),
            install=_EXTRA.format("synthesis"),
            licence="MIT",
            repo="facebook/mask2former-swin-large-coco-instance",
        ),
    )


def _humans() -> tuple[OptionalBackend, ...]:
    from chorus_recon.backends.human import hmr2, sam3d_body

    cache = hmr2.CACHE.expanduser()
    return (
        OptionalBackend(
            slot="human",
            name="hmr2",
            modules=("hmr2", "yacs", "torchvision", "smplx"),
            install=f"{_EXTRA.format('smpl')} && {hmr2.INSTALL} && {torchvision_cpu.install()}",
            licence=f"MIT (4D-Humans); body: {_SMPL.format('smpl')}",
            file=hmr2.CHECKPOINT.expanduser(),
            fetch=f"mkdir -p {cache} && curl -L {hmr2.ARCHIVE} | tar xz -C {cache}",
        ),
        OptionalBackend(
            slot="human",
            name="sam3d_body",
            modules=("sam_3d_body", "yacs", "torchvision"),
            install=f"{sam3d_body.INSTALL} && {torchvision_cpu.install()}",
            licence=f"SAM License (ask for access at huggingface.co/{sam3d_body.DEFAULT}), CUDA only",
            repo=sam3d_body.DEFAULT,
            gated=True,
        ),
    )


def _bodies() -> tuple[OptionalBackend, ...]:
    return tuple(
        OptionalBackend(
            slot="body",
            name=name,
            modules=("smplx",),
            install=_EXTRA.format("smpl"),
            licence=_SMPL.format(published.site.partition(".")[0]),
            file=_body_file(name),
            fetch=f"chorus-recon models convert {published.file}",
        )
        for name, published in PUBLISHED.items()
    )


def _body_file(name: str) -> Path:
    try:
        return default_file(name)
    except MissingBackend:
        return body_folder() / f"{name.upper()}_NEUTRAL.npz"


def _renderers() -> tuple[OptionalBackend, ...]:
    from chorus_recon.backends.render import pytorch3d

    return (
        OptionalBackend(
            slot="render",
            name="open3d",
            modules=("open3d",),
            install=_EXTRA.format("open3d"),
            licence="MIT",
        ),
        OptionalBackend(
            slot="render",
            name="pytorch3d",
            modules=("pytorch3d",),
            install=pytorch3d.INSTALL,
            licence="BSD-3-Clause",
        ),
    )


def _depths() -> tuple[OptionalBackend, ...]:
    from chorus_recon.backends.depth import hub, moge

    return (
        OptionalBackend(
            slot="depth",
            name="depth_anything",
            modules=("transformers",),
            install=_EXTRA.format("synthesis"),
            licence="Apache-2.0 (small models)",
            repo=hub.DEPTH_ANYTHING,
        ),
        OptionalBackend(
            slot="depth",
            name="depth_pro",
            modules=("transformers", "torchvision"),
            install=_vision(),
            licence="Apple's research licence (apple-amlr)",
            repo=hub.DEPTH_PRO,
        ),
        OptionalBackend(
            slot="depth",
            name="zoedepth",
            modules=("transformers", "torchvision"),
            install=_vision(),
            licence="MIT",
            repo=hub.ZOEDEPTH,
        ),
        OptionalBackend(
            slot="depth",
            name="moge",
            modules=("moge", "utils3d", "torchvision"),
            install=f"{moge.INSTALL} && {torchvision_cpu.install()}",
            licence="MIT",
            repo=moge.DEFAULT,
        ),
    )


def _shapes() -> tuple[OptionalBackend, ...]:
    return tuple(
        OptionalBackend(slot="shape", name=name, modules=(), install="", licence="that of the model you run")
        for name in ("command", "http")
    )


def _prior_sources() -> tuple[OptionalBackend, ...]:
    from chorus_recon.backends.images import presets
    from chorus_recon.backends.language import causal

    return (
        *(
            OptionalBackend(
                slot="images",
                name=f"diffusers:{preset.name}",
                modules=("diffusers", "transformers", "accelerate", "pyarrow"),
                install=_EXTRA.format("synthesis,priors"),
                licence=preset.licence,
                repo=preset.repo,
                gated=preset.gated,
            )
            for preset in presets.PRESETS.values()
        ),
        OptionalBackend(
            slot="images",
            name="photos:FOLDER",
            modules=("pyarrow",),
            install=_EXTRA.format("priors"),
            licence="that of your photos",
        ),
        OptionalBackend(
            slot="images",
            name="rendered-photos",
            modules=("mitsuba", "pyoidn", "pyarrow"),
            install=_EXTRA.format("rendering,priors"),
            licence="Apache-2.0, own scenes (Mitsuba BSD-3-Clause, Open Image Denoise Apache-2.0)",
        ),
        OptionalBackend(
            slot="language",
            name="openai:MODEL",
            modules=(),
            install="",
            licence="that of the endpoint you ask",
            key="OPENAI_API_KEY",
        ),
        OptionalBackend(
            slot="language",
            name="transformers",
            modules=("transformers",),
            install=_EXTRA.format("synthesis"),
            licence="Apache-2.0 (Qwen3)",
            repo=causal.MODEL,
        ),
        OptionalBackend(
            slot="executor",
            name="ray",
            modules=("ray",),
            install=_EXTRA.format("cluster"),
            licence="Apache-2.0",
        ),
    )
