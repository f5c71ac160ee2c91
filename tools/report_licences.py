"""List the licences of what the default install brings, and fail on one that is not known to be permissive.

    python tools/report_licences.py

Reads pyproject.toml and the metadata of the installed packages; nothing is fetched.
"""

import re
import sys
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

PERMISSIVE = frozenset(
    "0BSD Apache-2.0 BSD-2-Clause BSD-3-Clause BSL-1.0 CC0-1.0 ISC MIT MIT-CMU PSF-2.0 Unlicense Zlib".split()
) | {"Apache-2.0 WITH LLVM-exception"}
# How older packages state their licence: a classifier, a phrase, or the text itself.
PHRASES = (
    ("GNU", "GNU"),
    ("General Public License", "GNU"),
    ("Mozilla", "MPL"),
    ("Apache", "Apache-2.0"),
    ("MIT License", "MIT"),
    ("BSD", "BSD-3-Clause"),
    ("Redistribution and use in source and binary forms", "BSD-3-Clause"),
    ("MIT", "MIT"),
)


def installed(requirements: list[str]) -> dict[str, Distribution | None]:
    """The packages that requirements bring on this machine, by name; None where one is not installed."""
    found: dict[str, Distribution | None] = {}
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        wanted = waiting.pop()
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        if name in found or (wanted.marker is not None and not wanted.marker.evaluate({"extra": ""})):
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError:
            found[name] = None
            continue
        found[name] = package
        waiting += [Requirement(text) for text in package.requires or []]
    return found


def licence_of(package: Distribution) -> str:
    """The licence as an expression, or "unknown"."""
    meta = package.metadata
    if "License-Expression" in meta:
        return meta["License-Expression"]
    classifiers = [text for text in meta.get_all("Classifier") or [] if text.startswith("License ::")]
    for text in (*classifiers, meta["License"] if "License" in meta else ""):
        for phrase, licence in PHRASES:
            if phrase in text:
                return licence
    return "unknown"


def is_permissive(expression: str) -> bool:
    """Whether all parts of an expression are permissive; of alternatives, one."""
    parts = expression.replace("(", "").replace(")", "").split(" AND ")
    return all(any(choice.strip() in PERMISSIVE for choice in part.split(" OR ")) for part in parts)


def main() -> int:
    project = Path(__file__).parent.parent / "pyproject.toml"
    wanted = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
    refused = []
    for name, package in sorted(installed(wanted).items()):
        licence = "not installed" if package is None else licence_of(package)
        print(f"{name:20} {package.version if package else '':16} {licence}")
        if not is_permissive(licence):
            refused.append(name)
    if refused:
        print(f"not known to be permissive: {', '.join(refused)}", file=sys.stderr)
    return int(bool(refused))


if __name__ == "__main__":
    sys.exit(main())
