"""The Khronos glTF validator (`npm install -g gltf-validator`), where it is installed."""

import json
import os
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("validate_glb.cjs")


@lru_cache(maxsize=1)
def _environment() -> dict[str, str] | None:
    """The environment in which node finds the validator; None where it cannot."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    folders = [os.environ.get("NODE_PATH", "")]
    folders.append(subprocess.run([npm, "root", "-g"], capture_output=True, text=True).stdout.strip())
    env = {**os.environ, "NODE_PATH": os.pathsep.join(filter(None, folders))}
    found = subprocess.run([node, "-e", "require.resolve('gltf-validator')"], env=env, capture_output=True)
    return env if found.returncode == 0 else None


def faults(*paths: Path) -> dict[str, list[str]]:
    """Errors and warnings by the name of the file; skips the test where there is no validator."""
    env = _environment()
    if env is None:
        pytest.skip("the Khronos validator is not installed (npm install -g gltf-validator)")
    command = ["node", str(SCRIPT), *map(str, paths)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return dict(zip([path.name for path in paths], rows, strict=True))
