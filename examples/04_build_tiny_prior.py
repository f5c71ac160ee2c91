"""Build a small prior from rendered scenes and save it: python examples/04_build_tiny_prior.py surfboard."""

import sys

from chorus_recon.io.category_names import words
from chorus_recon.io.prior_files import save_prior
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.scenes import rendered


def main(category: str = "surfboard", scenes: str = "1", views: str = "4", out: str = ".") -> None:
    config = rendered.BuildConfig(scenes=int(scenes), views=int(views))  # bundled ones have far more of both
    prior = rendered.build_modes(category, (Mode.ROBUST,), config)[Mode.ROBUST]
    for cluster in prior.clusters:
        print(f"{words(cluster.cluster):24s} {cluster.share:4.0%} of {words(prior.category)}s")
    path = save_prior(f"{out}/tiny.prior.safetensors", prior)
    print(f"wrote {path}; use it: chorus-recon photo.jpg --prior {path}")


if __name__ == "__main__":
    main(*sys.argv[1:])
