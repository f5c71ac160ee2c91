"""Make the bundled priors, and as baselines the same pictures counted by the published method.

    python tools/bundle_priors.py [--poses] [CATEGORY...]

`chorus-recon prior build CATEGORY --source rendered` makes the same file of a prior, and with
`--aggregation paper` the same file of its baseline. With `--poses`, only typical poses and uses are counted
again, in a tenth of the time; the pictures stay counted as they are in the files.
"""

import sys
from pathlib import Path

from chorus_recon.categories.index import categories
from chorus_recon.io.prior_files import PAPER, SUFFIX, load_prior, save_prior
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.scenes.rendered import build_modes, with_poses
from chorus_recon.types import PriorSet

OUT = Path(__file__).parent.parent / "chorus_recon" / "data" / "priors"
FOLDERS = {Mode.ROBUST: OUT, Mode.PAPER: OUT / PAPER}
POSES_ONLY = "--poses"


def main(*arguments: str) -> None:
    names = [name for name in arguments if name != POSES_ONLY]
    for category in names or categories():
        file = f"{category}{SUFFIX}"
        made = _posed(file) if POSES_ONLY in arguments else build_modes(category, tuple(Mode))
        for mode, folder in FOLDERS.items():
            path = save_prior(folder / file, made[mode])
            print(f"{path} {path.stat().st_size / 1e3:.0f} kB", flush=True)


def _posed(file: str) -> dict[Mode, PriorSet]:
    """The priors in the files, with typical poses counted again in the one that has them."""
    robust, paper = (load_prior(FOLDERS[mode] / file) for mode in (Mode.ROBUST, Mode.PAPER))
    return {Mode.ROBUST: with_poses(robust), Mode.PAPER: paper}


if __name__ == "__main__":
    main(*sys.argv[1:])
