"""Look into a bundled prior: python examples/02_inspect_prior.py skateboard."""

import sys

import chorus_recon
from chorus_recon.geometry import grid


def main(category: str = "skateboard") -> None:
    prior = chorus_recon.load_prior(category)
    print(f"{prior.category}: built from {prior.provenance.get('source')}")
    for cluster in prior.clusters:
        likely = cluster.expected > 0.5
        litres = float(likely.sum()) * cluster.grid.voxel_m**3 * 1000
        middle = grid.centers(cluster.grid)[likely].mean(0) if likely.any() else None
        where = "nowhere" if middle is None else "x {:+.2f}  y {:+.2f}  z {:+.2f} m".format(*middle.tolist())
        print(f"{cluster.cluster:24s} {cluster.share:4.0%}  {litres:6.1f} l likely, around {where}")


if __name__ == "__main__":
    main(*sys.argv[1:])
