"""What decides a build's records, kept in its folder: another run goes on with the same, or is refused."""

import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import cattrs

from chorus_recon.errors import ConfigError, PriorError
from chorus_recon.priors.jobs import collect
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.types import Prompt
from chorus_recon.version import __version__

FILE = "build.json"
FORMAT = "chorus-recon-build"
VERSION = 2


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides every record of a build. How many there are is not among it: a build can go on."""

    category: str
    source: str  # "name" or "name:argument" of the image source; a folder by its name alone
    prompts: tuple[Prompt, ...]
    writer: str = ""  # of the prompts: "name" or "name:argument" of the writer, or the file they are from
    phrases: str = "body"  # put after the prompts: "body", "paper" or "none"
    seed: int = 0
    balance: bool = True  # views that few pictures came out from are asked for more often, round by round
    screening: str = "soft"  # or "paper", "paper:RULE"
    camera: str = "anchored"  # or "estimator"
    segmenter: str = "default"
    human: str = "default"
    models: dict[str, str] = field(default_factory=dict)  # seam -> fingerprint, of those that lie in files
    chunk: int = 32  # pictures made, looked at and written together
    writer_licences: dict[str, str] = field(default_factory=dict, compare=False)  # of the prompts' text


@dataclass(frozen=True, slots=True)
class BuildManifest:
    """A build folder's own file: settings, pictures asked for so far, and the release that began it."""

    settings: Settings
    images: int
    chorus_recon: str = __version__


def claim(folder: Storage, settings: Settings, images: int, release: str = __version__) -> BuildManifest:
    """Take a folder for a build, or take up the one in it; one with no finished chunk binds nobody.

    Args:
        folder: the build's own.
        settings: its settings.
        images: pictures asked for.
        release: of chorus-recon that makes the records, where there are none yet.

    Raises:
        ConfigError: it holds a build with other settings.
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
    """Whether a folder was taken for a build with other settings that has finished nothing."""
    return folder.has(FILE) and load(folder).settings != settings and not collect.finished(folder)


def check_same(wanted: Settings, found: Settings, folder: Storage) -> None:
    """Two builds can share records only if everything that decides them is the same.

    Raises:
        ConfigError: naming what differs.
    """
    for one in fields(Settings):
        if not one.compare:
            continue
        ours, theirs = getattr(wanted, one.name), getattr(found, one.name)
        if ours != theirs:
            raise ConfigError(
                f"{folder.url}: holds a build with {one.name} {_short(theirs)}, not {_short(ours)}.",
                "Use the same settings, or another folder.",
            )


def check_release(found: BuildManifest, folder: Storage, release: str = __version__) -> None:
    """Releases look at pictures differently: what one began another must not go on with.

    Raises:
        ConfigError: the folder's records are by another minor release.
    """
    if found.chorus_recon.split(".")[:2] != release.split(".")[:2]:
        raise ConfigError(
            f"{folder.url}: its records are by chorus-recon {found.chorus_recon}, the others by {release}.",
            f"Go on with one release (pip install chorus-recon=={found.chorus_recon}), or in another folder.",
        )


def load(folder: Storage) -> BuildManifest:
    """What a build's folder says of itself.

    Raises:
        PriorError: it is no build's folder.
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
            f"{folder.path(FILE)}: cannot be understood ({error}).",
            "Remove this file and run the same command: what is finished stays.",
        ) from error


def save(folder: Storage, one: BuildManifest) -> None:
    """Write what a build's folder says of itself."""
    text = json.dumps({"format": FORMAT, "version": VERSION, **asdict(one)}, indent=1, sort_keys=True)
    folder.write(FILE, text.encode())


def _short(value: Any) -> str:
    text = f"{len(value)} other prompts" if isinstance(value, tuple) else repr(value)
    return text if len(text) < 60 else text[:57] + "..."
