"""Store the settings of a build in its folder; another run must use the same settings."""

import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import cattrs

from chorus_recon.errors import ConfigError, PriorError
from chorus_recon.priors.jobs import collect
from chorus_recon.priors.jobs.chunks import Layout
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.types import Prompt
from chorus_recon.version import __version__

FILE = "build.json"
FORMAT = "chorus-recon-build"
VERSION = 2


@dataclass(frozen=True, slots=True)
class SceneSettings:
    """What determines the records of a build from rendered scenes, besides its category and seed.

    Attributes:
        noun: what the thing was called.
        thing: what the user says of it, as in a TOML file; a mesh is named by its copy in the build's folder.
        subject: a fingerprint of its shapes and interactions.
        shapes: of each interaction that is rendered, the number of shapes it is rendered with.
        views: pictures per scene.
        steps: of inverse kinematics.
    """

    noun: str
    thing: dict[str, Any]
    subject: str
    shapes: tuple[int, ...]
    views: int
    steps: int


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that determines the records of a build, except how many there are.

    A build can be extended with more pictures of the same settings.
    """

    category: str
    source: str  # "name" or "name:argument" of the image source; a folder by its name alone
    prompts: tuple[Prompt, ...]
    writer: str = ""  # "name" or "name:argument" of the prompt writer, or the file of the prompts
    phrases: str = "body"  # view phrases after the prompts: "body", "paper" or "none"
    seed: int = 0
    balance: bool = True  # ask more often for views with few kept pictures, round by round
    screening: str = "soft"  # or "paper", "paper:RULE"
    camera: str = "anchored"  # or "estimator"
    segmenter: str = "default"
    human: str = "default"
    models: dict[str, str] = field(default_factory=dict)  # slot -> fingerprint of its local files
    chunk: int = 32  # pictures, or scenes of an interaction, made and written together
    writer_licences: dict[str, str] = field(default_factory=dict, compare=False)  # of the prompts' text
    scenes: SceneSettings | None = None  # of a build from rendered scenes

    @property
    def layout(self) -> Layout:
        """How the build is split into rounds and chunks."""
        if self.scenes is None:
            return Layout(self.chunk)
        return Layout(self.chunk, self.scenes.shapes, self.scenes.views, first=1)


@dataclass(frozen=True, slots=True)
class BuildManifest:
    """The content of `FILE`: settings, amount requested so far, and the release that started the build.

    `images` is the number of pictures; of rendered scenes, the number of scenes per interaction.
    """

    settings: Settings
    images: int
    chorus_recon: str = __version__


def start_or_resume(
    folder: Storage, settings: Settings, images: int, release: str = __version__
) -> BuildManifest:
    """Start a build in a folder, or resume the build there.

    A build without a finished chunk and with other settings is replaced.

    Args:
        folder: the build's folder.
        settings: its settings.
        images: pictures requested.
        release: the release of chorus-recon that makes the records, if the build is new.

    Raises:
        ConfigError: the folder holds a build with other settings.
    """
    if not folder.has(FILE) or stale(folder, settings):
        made = BuildManifest(settings, images, release)
        save(folder, made)
        return made
    found = load(folder)
    check_same(settings, found.settings, folder)
    if images > found.images:
        found = replace(found, images=images)
        save(folder, found)
    return found


def stale(folder: Storage, settings: Settings) -> bool:
    """Whether a folder holds a build with other settings and no finished chunk."""
    return folder.has(FILE) and load(folder).settings != settings and not collect.finished(folder)


def check_same(wanted: Settings, found: Settings, folder: Storage) -> None:
    """Check that two builds have the same settings, so that they can share records.

    Raises:
        ConfigError: a setting differs; the error names it.
    """
    for setting in fields(Settings):
        if not setting.compare:
            continue
        ours, theirs = getattr(wanted, setting.name), getattr(found, setting.name)
        if ours != theirs:
            raise ConfigError(
                f"{folder.url}: holds a build with {setting.name} {_short(theirs)}, not {_short(ours)}.",
                "Use the same settings, or another folder.",
            )


def check_release(found: BuildManifest, folder: Storage, release: str = __version__) -> None:
    """Check that a build's records are by the same minor release; releases observe pictures differently.

    Raises:
        ConfigError: the folder's records are by another minor release.
    """
    if found.chorus_recon.split(".")[:2] != release.split(".")[:2]:
        raise ConfigError(
            f"{folder.url}: its records are by chorus-recon {found.chorus_recon}, the others by {release}.",
            f"Use one release (pip install chorus-recon=={found.chorus_recon}), or another folder.",
        )


def load(folder: Storage) -> BuildManifest:
    """Read the manifest of a build's folder.

    Raises:
        PriorError: the folder holds no build, or its manifest is not valid.
    """
    if not folder.has(FILE):
        raise PriorError(f"{folder.url}: no build is in this folder ({FILE} is missing).", "Check the path.")
    try:
        raw = json.loads(folder.read(FILE))
        if not isinstance(raw, dict) or (raw.pop("format", ""), raw.pop("version", 0)) != (FORMAT, VERSION):
            raise ValueError(f"not {FORMAT} version {VERSION}")
        return cattrs.Converter(forbid_extra_keys=True).structure(raw, BuildManifest)
    except (ValueError, cattrs.BaseValidationError) as error:
        raise PriorError(
            f"{folder.path(FILE)}: not a valid build file ({error}).",
            "Remove this file and run the same command: finished chunks are kept.",
        ) from error


def save(folder: Storage, manifest: BuildManifest) -> None:
    """Write the manifest of a build's folder."""
    text = json.dumps({"format": FORMAT, "version": VERSION, **asdict(manifest)}, indent=1, sort_keys=True)
    folder.write(FILE, text.encode())


def _short(value: Any) -> str:
    text = f"{len(value)} other prompts" if isinstance(value, tuple) else repr(value)
    return text if len(text) < 60 else text[:57] + "..."
