"""Find and make backends by name: the only place where a string becomes a class."""

import difflib
import importlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

from chorus_recon.backends.capabilities import DEFAULT_CAPABILITIES, SCENES, Capability
from chorus_recon.backends.protocols import (
    BodyModel,
    DepthEstimator,
    HumanEstimator,
    Renderer,
    Segmenter,
    ShapeSource,
    SkinnedBody,
)
from chorus_recon.errors import MissingBackend

GROUP = "chorus_recon.backends"  # entry points named "slot.name", valued "package.module:Class"

# The first name of a slot is its default. The slots in OPTIONAL have no default. See `make` for how a
# class is instantiated.
BUILT_IN: dict[str, dict[str, str]] = {
    "segmenter": {
        "default": "chorus_recon.backends.segment.default:DefaultSegmenter",
        "detectron2": "chorus_recon.backends.segment.detectron2:Detectron2Segmenter",
        "sam3": "chorus_recon.backends.segment.hub:Sam3Segmenter",
        "sam2": "chorus_recon.backends.segment.hub:Sam2Segmenter",
        "mask2former": "chorus_recon.backends.segment.hub:Mask2FormerSegmenter",
    },
    "human": {
        "default": "chorus_recon.backends.human.default:DefaultHuman",
        "hmr2": "chorus_recon.backends.human.hmr2:Hmr2Human",
        "sam3d_body": "chorus_recon.backends.human.sam3d_body:Sam3dBodyHuman",
    },
    "body": {
        "default": "chorus_recon.backends.body.default:DefaultBody",
        "smpl": "chorus_recon.backends.body.smpl:Smpl",
        "smplh": "chorus_recon.backends.body.smpl:SmplH",
        "smplx": "chorus_recon.backends.body.smpl:SmplX",
    },
    "render": {
        "embree": "chorus_recon.backends.render.embree:EmbreeRenderer",
        "open3d": "chorus_recon.backends.render.open3d:Open3dRenderer",
        "pytorch3d": "chorus_recon.backends.render.pytorch3d:Pytorch3dRenderer",
    },
    "shape": {
        "templates": "chorus_recon.backends.shape.templates:TemplateShapes",
        "command": "chorus_recon.backends.shape.generated:CommandShapes",
        "http": "chorus_recon.backends.shape.generated:HttpShapes",
        "https": "chorus_recon.backends.shape.generated:HttpsShapes",
    },
    "depth": {
        "depth_anything": "chorus_recon.backends.depth.hub:DepthAnything",
        "depth_pro": "chorus_recon.backends.depth.hub:DepthPro",
        "zoedepth": "chorus_recon.backends.depth.hub:ZoeDepth",
        "moge": "chorus_recon.backends.depth.moge:Moge",
    },
    "language": {
        "verbs": "chorus_recon.backends.language.verbs:VerbTable",
        "openai": "chorus_recon.backends.language.openai:ChatWriter",
        "transformers": "chorus_recon.backends.language.causal:LocalWriter",
    },
    "images": {
        "diffusers": "chorus_recon.backends.images.diffusers:DiffusersImages",
        "photos": "chorus_recon.backends.images.photos:PhotoFolder",
        "rendered-photos": "chorus_recon.backends.images.rendered.source:RenderedPhotos",
    },
}
ONLINE = ("segmenter", "human", "body", "render", "shape")  # slots that reconstructing a photo needs
OPTIONAL = ("depth",)  # slots that reconstructing a photo can use


@dataclass(frozen=True, slots=True)
class Backends:
    """One object per slot, made once and used for every photo; `choices` are the slots that were chosen."""

    segmenter: Segmenter
    human: HumanEstimator
    body: BodyModel
    renderer: Renderer
    shapes: ShapeSource
    depth: DepthEstimator | None = None
    choices: Mapping[str, str] = field(default_factory=dict)


def load(choices: Mapping[str, str] | None = None, device: str = "cpu") -> Backends:
    """Make one backend per slot; weights are read when first used.

    People are estimated as the human backend's own body, or as the chosen body if it can be fitted to that.

    Args:
        choices: slot -> "name" or "name:argument", for slots that should not use their default.
        device: where networks run. The embedded default runs on the CPU and ignores it.

    Raises:
        MissingBackend: a slot or name is unknown, or its library is not installed.
    """
    chosen = {slot: next(iter(BUILT_IN[slot])) for slot in ONLINE}
    for slot, choice in (choices or {}).items():
        check(slot, choice)  # report a misspelt name before importing anything
        chosen[slot] = choice
    asked = "body" in (choices or {})
    body = make("body", chosen.pop("body"), device) if asked else None
    offered = {"smpl": body} if body is not None and body.id == "smpl" else {}
    made = {slot: make(slot, name, device, **offered) for slot, name in chosen.items()}
    made["body"] = made["human"].body if body is None else body
    if made["human"].body.id != made["body"].id:
        made["human"] = retargeted(made["human"], made["body"])
    return Backends(
        segmenter=made["segmenter"],
        human=made["human"],
        body=made["body"],
        renderer=made["render"],
        shapes=made["shape"],
        depth=made.get("depth"),
        choices=dict(choices or {}),
    )


def check(slot: str, choice: str) -> None:
    """Check that a photo uses this slot, and that the slot has a backend "name" or "name:argument".

    Raises:
        MissingBackend: the slot or the name is unknown; the hint lists the known ones.
    """
    if slot not in (*ONLINE, *OPTIONAL):
        raise MissingBackend(
            f"There is no backend slot '{slot}'.{_suggestion(slot, (*ONLINE, *OPTIONAL))}",
            f"Backend slots: {', '.join((*ONLINE, *OPTIONAL))}.",
        )
    _target_of(slot, choice.partition(":")[0])


def make(slot: str, choice: str, device: str = "cpu", **offered: Any) -> Any:
    """The backend chosen by "name" or "name:argument" (a file, a command, a model's id).

    The constructor gets `argument`, `device` and what else is `offered`, as far as it has parameters of
    these names.

    Raises:
        MissingBackend: the name is unknown, its library is missing, or it takes no argument.
    """
    name, colon, argument = choice.partition(":")
    found = find(slot, name)
    taken = inspect.signature(found).parameters
    if colon and "argument" not in taken:
        raise MissingBackend(
            f"The {slot} backend '{name}' takes no argument ({argument!r}).",
            f"Pass --backend {slot}={name}.",
        )
    given: dict[str, Any] = {"argument": argument} if colon else {}
    return found(**given, **{k: v for k, v in {"device": device, **offered}.items() if k in taken})


def find(slot: str, name: str) -> Callable[[], Any]:
    """The class registered for a slot under a name."""
    place = _target_of(slot, name)
    module, _, attribute = place.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except ImportError as error:
        raise MissingBackend(
            f"The {slot} backend '{name}' ({place}) cannot be imported: {error}.",
            _cure(error),
        ) from error
    except AttributeError as error:
        raise MissingBackend(
            f"The {slot} backend '{name}' is registered as {place}, which does not exist.",
            "Update or remove the package that registers it.",
        ) from error


def capabilities(source: str) -> Capability:
    """What an image source ("name" or "name:argument") can do.

    No instance is made, and optional libraries are not loaded. A class that cannot be imported here, or
    that declares no capabilities, has the default ones.

    Raises:
        MissingBackend: the name is unknown.
    """
    name = source.partition(":")[0]
    if source == SCENES:  # it takes no argument
        return Capability.TRUE_SCENES
    _target_of("images", name)
    try:
        return getattr(find("images", name), "capabilities", DEFAULT_CAPABILITIES)
    except MissingBackend:
        return DEFAULT_CAPABILITIES


def body_of(model_id: str) -> BodyModel:
    """The body that a prior names.

    Raises:
        MissingBackend: no backend of the slot has this body, or its file is missing.
    """
    default = make("body", "default")
    return default if model_id == default.id else make("body", model_id)


def names(slot: str) -> dict[str, str]:
    """Name -> "module:Class" of a slot: the built-in ones, then those of installed packages."""
    known = dict(BUILT_IN[slot])
    for point in metadata.entry_points(group=GROUP):
        prefix, _, name = point.name.partition(".")
        if prefix == slot and name:
            known.setdefault(name, point.value)
    return known


def retargeted(human: HumanEstimator, body: Any) -> HumanEstimator:
    """Wrap a human backend so that its people are given as parameters of another body.

    Raises:
        MissingBackend: the body cannot be fitted to the human backend's own.
    """
    from chorus_recon.backends.human.retarget import Retargeted

    if not isinstance(body, SkinnedBody) or body.joint_names != human.body.joint_names:
        raise MissingBackend(
            f"human={human.name} poses the body '{human.body.id}', and '{body.id}' cannot be fitted to it.",
            "Leave body out: each human backend brings its own.",
        )
    return Retargeted(human, body)


def _target_of(slot: str, name: str) -> str:
    known = names(slot)
    if name not in known:
        raise MissingBackend(
            f"There is no {slot} backend '{name}'.{_suggestion(name, known)}",
            f"Known: {', '.join(known)}. Others are added by packages with an entry point in '{GROUP}'.",
        )
    return known[name]


def _cure(error: ImportError) -> str:
    missing = (error.name or "").partition(".")[0]
    if isinstance(error, ModuleNotFoundError) and missing not in ("", "chorus_recon"):
        return f"Install what it needs: pip install {missing}"
    return "Run `chorus-recon doctor` to see what is broken."


def _suggestion(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f" Did you mean '{close[0]}'?" if close else ""
