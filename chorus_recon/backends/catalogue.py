"""The optional backends: requirements, sources, licences and what is installed."""

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

from chorus_recon.backends import hub_models, torchvision_cpu
from chorus_recon.io.body_files import body_folder
from chorus_recon.io.fetch import cache_dir

_EXTRA = "pip install 'chorus-recon[{}]'"
_SMPL = "SMPL licence (research only; register at {}.is.tue.mpg.de)"
_OPTIONS = {"images": "--source ", "language": "--writer ", "executor": "--executor "}  # of `prior build`


@dataclass(frozen=True, slots=True)
class OptionalBackend:
    """One row: `install` brings the `modules` it imports; then `file`, `repo` or `key` is looked for.

    `fetch` says how to get the `file`; `repo` is on the hub, `gated` where its makers give access one by
    one; `key` is an environment variable. `check` is how to tell that a file is whole; `part` is what of the
    backend the row is about, where it has several.
    """

    seam: str
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
        """How it is asked for."""
        return _OPTIONS.get(self.seam, f"--backend {self.seam}=") + self.name

    @property
    def missing(self) -> tuple[str, ...]:
        """Modules that are not installed."""
        return tuple(name for name in self.modules if importlib.util.find_spec(name) is None)

    @property
    def state(self) -> str:
        """One of: not installed, no weights, no access yet, no key, weights on first use, ready.

        A gated repository counts as accessible once its weights are here: nothing else can be told offline.
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
        """The command or step that brings it nearer to "ready"."""
        return {
            "not installed": self.install,
            "no weights": self.fetch,
            "no key": f"export {self.key}=...",
            "no access yet": f"hf auth login && hf download {self.repo}",
            "weights on first use": f"hf download {self.repo}",
        }.get(self.state, "")


def optional_backends() -> tuple[OptionalBackend, ...]:
    """Every adapter of a library or model that the default does without."""
    return (*_segmenters(), *_humans(), *_bodies(), *_renderers(), *_depths(), *_shapes(), *_prior_sources())


def _vision() -> str:
    return f"{_EXTRA.format('synthesis')} && {torchvision_cpu.install()}"


def _segmenters() -> tuple[OptionalBackend, ...]:
    from chorus_recon.backends.segment import detectron2, hub

    return (
        *(
            OptionalBackend(
                "segmenter", "detectron2", ("detectron2", "torchvision"),
                f"{detectron2.INSTALL} && {torchvision_cpu.install()}", "Apache-2.0, code and weights",
                cache_dir() / "detectron2" / file,
                f"curl -L --create-dirs -o {cache_dir() / 'detectron2' / file} {detectron2.URLS[file]}",
                f"md5 begins {file[-10:-4]}", part=part,
            )
            for part, file in (
                ("PointRend, COCO's nouns", detectron2.COCO_FILE),
                ("Mask R-CNN, LVIS's nouns", detectron2.LVIS_FILE),
            )
        ),
        OptionalBackend("segmenter", "sam3", ("transformers", "torchvision"), _vision(),
                        "SAM License (ask for access at huggingface.co/facebook/sam3)",
                        repo="facebook/sam3", gated=True),
        OptionalBackend("segmenter", "sam2", ("transformers", "torchvision"), _vision(),
                        "Apache-2.0", repo=hub.SAM2),
        OptionalBackend("segmenter", "mask2former", ("transformers",), _EXTRA.format("synthesis"),
                        "MIT", repo="facebook/mask2former-swin-large-coco-instance"),
    )  # fmt: skip


def _humans() -> tuple[OptionalBackend, ...]:
    from chorus_recon.backends.human import hmr2, sam3d_body

    cache = hmr2.CACHE.expanduser()
    return (
        OptionalBackend(
            "human", "hmr2", ("hmr2", "yacs", "torchvision", "smplx"),
            f"{_EXTRA.format('smpl')} && {hmr2.INSTALL} && {torchvision_cpu.install()}",
            f"MIT (4D-Humans); body: {_SMPL.format('smpl')}", hmr2.CHECKPOINT.expanduser(),
            f"mkdir -p {cache} && curl -L {hmr2.ARCHIVE} | tar xz -C {cache}",
        ),
        OptionalBackend(
            "human", "sam3d_body", ("sam_3d_body", "yacs", "torchvision"),
            f"{sam3d_body.INSTALL} && {torchvision_cpu.install()}",
            f"SAM License (ask for access at huggingface.co/{sam3d_body.DEFAULT}), CUDA only",
            repo=sam3d_body.DEFAULT, gated=True,
        ),
    )  # fmt: skip


def _bodies() -> tuple[OptionalBackend, ...]:
    return tuple(
        OptionalBackend(
            "body", name, ("smplx",), _EXTRA.format("smpl"), _SMPL.format(site),
            body_folder() / f"{name.upper()}_NEUTRAL.npz",
            f"chorus-recon models convert {name.upper()}_NEUTRAL.{suffix}",
        )
        for name, site, suffix in (("smpl", "smpl", "pkl"), ("smplh", "mano", "pkl"),
                                   ("smplx", "smpl-x", "npz"))
    )  # fmt: skip


def _renderers() -> tuple[OptionalBackend, ...]:
    from chorus_recon.backends.render import pytorch3d

    return (
        OptionalBackend("render", "open3d", ("open3d",), _EXTRA.format("open3d"), "MIT"),
        OptionalBackend("render", "pytorch3d", ("pytorch3d",), pytorch3d.INSTALL, "BSD-3-Clause"),
    )


def _depths() -> tuple[OptionalBackend, ...]:
    from chorus_recon.backends.depth import hub, moge

    return (
        OptionalBackend("depth", "depth_anything", ("transformers",), _EXTRA.format("synthesis"),
                        "Apache-2.0 (small models)", repo=hub.DEPTH_ANYTHING),
        OptionalBackend("depth", "depth_pro", ("transformers", "torchvision"), _vision(),
                        "Apple's research licence (apple-amlr)", repo=hub.DEPTH_PRO),
        OptionalBackend("depth", "zoedepth", ("transformers", "torchvision"), _vision(),
                        "MIT", repo=hub.ZOEDEPTH),
        OptionalBackend("depth", "moge", ("moge", "utils3d", "torchvision"),
                        f"{moge.INSTALL} && {torchvision_cpu.install()}", "MIT", repo=moge.DEFAULT),
    )  # fmt: skip


def _shapes() -> tuple[OptionalBackend, ...]:
    return tuple(
        OptionalBackend("shape", name, (), "", "that of the model you run") for name in ("command", "http")
    )


def _prior_sources() -> tuple[OptionalBackend, ...]:
    from chorus_recon.backends.images import presets
    from chorus_recon.backends.language import causal

    return (
        *(
            OptionalBackend(
                "images", f"diffusers:{one.name}", ("diffusers", "transformers", "accelerate", "pyarrow"),
                _EXTRA.format("synthesis,priors"), one.licence, repo=one.repo, gated=one.gated,
            )
            for one in presets.PRESETS.values()
        ),
        OptionalBackend("images", "photos:FOLDER", ("pyarrow",), _EXTRA.format("priors"),
                        "that of your photos"),
        OptionalBackend("images", "rendered-photos", ("mitsuba", "pyoidn", "pyarrow"),
                        _EXTRA.format("rendering,priors"),
                        "Apache-2.0, own scenes (Mitsuba BSD-3-Clause, Open Image Denoise Apache-2.0)"),
        OptionalBackend("language", "openai:MODEL", (), "", "that of the endpoint you ask",
                        key="OPENAI_API_KEY"),
        OptionalBackend("language", "transformers", ("transformers",), _EXTRA.format("synthesis"),
                        "Apache-2.0 (Qwen3)", repo=causal.MODEL),
        OptionalBackend("executor", "ray", ("ray",), _EXTRA.format("cluster"), "Apache-2.0"),
    )  # fmt: skip
