"""Make the bundled priors, and as baselines the same pictures counted by the published method.

    python tools/bundle_priors.py [CATEGORY...]

`chorus-recon prior build CATEGORY --source rendered` makes the same file of a prior, and with
`--aggregation paper` the same file of its baseline.
"""

import sys
from pathlib import Path

from chorus_recon.categories.index import categories
from chorus_recon.io.prior_files import PAPER, SUFFIX, save_prior
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.scenes.rendered import build_modes

OUT = Path(__file__).parent.parent / "chorus_recon" / "data" / "priors"


def main(*names: str) -> None:
    for category in names or categories():
        made = build_modes(category, tuple(Mode))
        for mode, folder in ((Mode.ROBUST, OUT), (Mode.PAPER, OUT / PAPER)):
            path = save_prior(folder / f"{category}{SUFFIX}", made[mode])
            print(f"{path} {path.stat().st_size / 1e3:.0f} kB", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
