"""Check the installation on this machine; each problem comes with the command that fixes it."""

import importlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import re
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click

from chorus_recon.commands.console import output_options, say
from chorus_recon.errors import ChorusError, MissingBackend

PYTHON = (3, 11)
DISK_MB = 500  # for the networks, their compiled forms, and a few results
MEMORY_GB = 4.0  # a photo needs up to 3
SLOTS = {
    "segmenter": "segmenters",
    "human": "pose networks",
    "body": "body models",
    "render": "renderers",
    "depth": "depth networks",
    "shape": "sources of shapes",
    "images": "sources of pictures",
    "language": "prompt writers",
    "executor": "executors",
}
_SHORT = 90  # characters of a line without --all
_REINSTALL = "pip install --force-reinstall --no-deps {}"


@dataclass(frozen=True, slots=True)
class Check:
    """A line of output.

    Attributes:
        name: what is checked.
        state: "ok", "note" (not required) or "problem".
        detail: what was found.
        cure: a command.
        slot: the backend slot of an optional backend.
        ready: whether an optional backend can be used.
    """

    name: str
    state: str
    detail: str
    cure: str = ""
    slot: str = ""
    ready: bool = True


@click.command(context_settings={"max_content_width": 100})
@click.option("--all", "everything", is_flag=True, help="Each optional backend, and how to install it.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list of everything on stdout.")
@output_options
def doctor(everything: bool, as_json: bool) -> None:
    """Check this machine; each problem comes with the command that fixes it."""
    checks = examine()
    if as_json:
        click.echo(json.dumps([asdict(check) for check in checks], indent=2))
    else:
        color = {"ok": "green", "note": "yellow", "problem": "red"}
        for check in checks if everything else _by_slot(checks):
            click.echo(
                f"{click.style(f'{check.state:8}', fg=color[check.state])} {check.name}: {check.detail}"
            )
            if check.cure:
                click.echo(f"         -> {check.cure}")
        if not everything:
            say("chorus-recon doctor --all says how to install what is optional.")
    if any(check.state == "problem" for check in checks):
        raise click.exceptions.Exit(1)


def _by_slot(checks: list[Check]) -> list[Check]:
    """The same, shorter, with one line a slot for all optional backends."""
    shown = [
        replace(c, detail=textwrap.shorten(c.detail, _SHORT, placeholder=" …")) for c in checks if not c.slot
    ]
    for slot in dict.fromkeys(check.slot for check in checks if check.slot):
        those = [check for check in checks if check.slot == slot]
        ready, others = (_names(check for check in those if check.ready is state) for state in (True, False))
        parts = [f"{said} {names}" for said, names in (("ready:", ready), ("not ready:", others)) if names]
        shown.append(Check(f"more {slot}", "ok" if ready else "note", "; ".join(parts)))
    return shown


def _names(checks: Iterable[Check]) -> str:
    """Names without option, slot and part: "--backend depth=moge" is moge."""
    return ", ".join(
        dict.fromkeys(
            re.split(r"[= ]", check.name.removeprefix("--"), maxsplit=1)[1].split(" (")[0] for check in checks
        )
    )


def examine() -> list[Check]:
    """All checks, in the order in which problems should be fixed."""
    checks: list[Callable[[], Check]] = [
        _python,
        _torch,
        _openvino,
        _embree,
        _torchvision,
        _body,
        _priors,
        _cache,
        _weights,
        _disk,
        _memory,
        _command,
    ]
    return [check() for check in checks] + _optional()


def _python() -> Check:
    version = platform.python_version()
    if sys.version_info < PYTHON:
        return Check("Python", "problem", f"{version}, needs 3.11 or later", "install Python 3.11")
    return Check("Python", "ok", f"{version} ({sys.executable})")


def _torch() -> Check:
    broken = _broken("torch")
    if broken:
        return Check("torch", "problem", broken, _REINSTALL.format("torch"))
    import torch

    where = f"CUDA ({torch.cuda.get_device_name(0)})" if torch.cuda.is_available() else "CPU"
    return Check("torch", "ok", f"{torch.__version__}, {where}, {torch.get_num_threads()} threads")


def _openvino() -> Check:
    broken = _broken("openvino")
    if broken:
        return Check("openvino", "problem", broken, _REINSTALL.format("openvino"))
    return Check("openvino", "ok", _version("openvino"))


def _embree() -> Check:
    broken = _broken("embreex.rtcore_scene")
    if broken:
        return Check("embreex", "problem", broken, _REINSTALL.format("embreex"))
    return Check("embreex", "ok", _version("embreex"))


def _torchvision() -> Check:
    from chorus_recon.backends import torchvision_cpu

    if importlib.util.find_spec("torchvision") is None:
        return Check("torchvision", "ok", "not installed, not needed")
    try:
        torchvision_cpu.require("chorus-recon")
    except MissingBackend as error:
        return Check(
            name="torchvision",
            state="note",
            detail=f"{error.message} The default backends do not need it; diffusers and transformers do",
            cure=error.hint,
        )
    return Check("torchvision", "ok", f"{_version('torchvision')}, not needed by the default")


def _body() -> Check:
    from chorus_recon.backends import registry

    try:
        body = registry.find("body", "default")()
        vertices, _ = body.canonical()
    except (ChorusError, OSError, ValueError, KeyError) as error:
        return Check("body", "problem", f"cannot be read: {error}", _REINSTALL.format("chorus-recon"))
    return Check("body", "ok", f"{body.id}, {len(vertices)} vertices")


def _priors() -> Check:
    from chorus_recon.io.prior_files import bundled, facts

    reinstall = _REINSTALL.format("chorus-recon")
    names = bundled()
    if not names:
        return Check("priors", "problem", "none are bundled", reinstall)
    try:
        for name in names:
            facts(name)
    except ChorusError as error:
        return Check("priors", "problem", error.message, reinstall)
    return Check("priors", "ok", f"{len(names)}: {', '.join(name.replace('_', ' ') for name in names)}")


def _cache() -> Check:
    from chorus_recon.io.fetch import cache_dir

    folder = cache_dir()
    existing = next(p for p in (folder, *folder.absolute().parents) if p.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        cure = "export CHORUS_CACHE=/a/folder/you/can/write"
        return Check("cache", "problem", f"{folder} cannot be written", cure)
    return Check("cache", "ok", str(folder))


def _weights() -> Check:
    from chorus_recon.io.fetch import is_offline, status, unavailable
    from chorus_recon.io.weights import OPTIONAL_WEIGHTS

    wrong = [f"{s.file.name} {s.state}" for s in status() if s.state != "ready"]
    cure = "chorus-recon models fetch"
    lacking = [s.file.name for s in status(OPTIONAL_WEIGHTS) if s.state != "ready"]
    if not wrong and lacking:
        why = unavailable(lacking[0])
        detail = f"all needed fetched; without {', '.join(lacking)} poses are less accurate"
        return Check("networks", "note", detail + (f" ({why})" if why else ""), cure)
    if not wrong:
        return Check("networks", "ok", f"all {len(status()) + len(OPTIONAL_WEIGHTS)} fetched")
    if is_offline():
        detail = f"{', '.join(wrong)}, and CHORUS_OFFLINE is set"
        return Check("networks", "problem", detail, f"CHORUS_OFFLINE=0 {cure}")
    return Check("networks", "note", f"{', '.join(wrong)}; the first photo will fetch them", cure)


def _disk() -> Check:
    from chorus_recon.io.fetch import cache_dir

    folder = cache_dir().absolute()
    free = min(_free_mb(folder), _free_mb(Path.cwd()))
    if free < DISK_MB:
        cure = "export CHORUS_CACHE=/a/disk/with/space"
        return Check("disk", "problem", f"{free:.0f} MB free, needs {DISK_MB}", cure)
    return Check("disk", "ok", f"{free / 1000:.1f} GB free")


def _memory() -> Check:
    cores = os.cpu_count() or 1
    try:
        memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, ValueError, OSError):  # not on Windows
        return Check("processor", "ok", f"{cores} cores")
    if memory_gb < MEMORY_GB:
        return Check("memory", "note", f"{memory_gb:.1f} GB; a photo may need 3 GB", "close other programs")
    return Check("memory", "ok", f"{memory_gb:.1f} GB, {cores} cores")


def _command() -> Check:
    found = shutil.which("chorus-recon")
    if found is None:
        folder = Path(sys.executable).parent
        return Check("command", "note", "chorus-recon is not on PATH", f'export PATH="{folder}:$PATH"')
    return Check("command", "ok", found)


def _optional() -> list[Check]:
    """A check of each optional backend; those that are not ready are notes with the next command."""
    from chorus_recon.backends.catalogue import optional_backends

    out = []
    for backend in optional_backends():
        name = backend.option.removeprefix("--backend ") + (f" ({backend.part})" if backend.part else "")
        broken = None if backend.missing else _unusable(name, backend.modules, backend.install)
        slot = SLOTS.get(backend.slot, backend.slot)
        if broken is not None:
            out.append(replace(broken, slot=slot, ready=False))
        elif backend.state == "ready":
            out.append(Check(name, "ok", "optional, ready", slot=slot))
        else:
            lacks = ", ".join(backend.missing) or str(backend.file or backend.repo or backend.key)
            out.append(
                Check(
                    name,
                    "note",
                    f"optional, {backend.state} ({lacks}); {backend.licence}",
                    backend.cure,
                    slot,
                    False,
                )
            )
    return out


def _unusable(name: str, modules: tuple[str, ...], install: str) -> Check | None:
    """A note if a library is installed but cannot be imported, else None."""
    from chorus_recon.backends import torchvision_cpu
    from chorus_recon.backends.render.open3d import load_open3d

    try:
        if {"torchvision", "transformers"} & set(modules):
            torchvision_cpu.require_if_installed(name)
        if "open3d" in modules:
            load_open3d()
    except ChorusError as error:
        return Check(name, "note", error.message, error.hint)
    for module in modules:
        broken = _broken(module)
        if broken:
            return Check(name, "note", f"optional, {module} {broken}", install)
    return None


def _broken(module: str) -> str:
    """Why a module cannot be imported; empty if it can."""
    try:
        importlib.import_module(module)
    except Exception as error:  # noqa: BLE001  a broken wheel may raise anything when imported
        first = (str(error).splitlines() or [""])[0]
        return f"does not import ({type(error).__name__}: {first})"
    return ""


def _version(package: str) -> str:
    return importlib.metadata.version(package)


def _free_mb(folder: Path) -> float:
    existing = next(p for p in (folder, *folder.parents) if p.exists())
    return shutil.disk_usage(existing).free / 1e6
