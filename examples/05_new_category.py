"""Build the prior of a thing that nothing knows: python examples/05_new_category.py 'snow shovel'."""

import sys

from chorus_recon.categories.archetypes.archetype import Extent
from chorus_recon.categories.own import Own
from chorus_recon.io.prior_files import save_prior
from chorus_recon.priors.scenes import rendered
from chorus_recon.priors.scenes.subject import subject_of


def main(noun: str = "snow shovel", scenes: str = "1", views: str = "4", out: str = ".") -> None:
    said = Own(
        like="shovel",  # its shape and what people do with it
        size=Extent(length_m=1.35, width_m=0.5, height_m=0.12),  # from grip to blade, across, thickness
        uses={"shaft_two_hands": 0.8, "lean_on": 0.2},
    )
    subject = subject_of(noun, said)
    config = rendered.BuildConfig(scenes=int(scenes), views=int(views))  # by default 64 scenes
    prior = rendered.build(subject, config)
    for cluster in prior.clusters:
        print(f"{cluster.cluster:24s} {cluster.share:4.0%}")
    path = save_prior(f"{out}/new.prior.safetensors", prior)
    print(f"wrote {path}; use it: chorus-recon photo.jpg --prior {path} --object-box x0,y0,x1,y1")


if __name__ == "__main__":
    main(*sys.argv[1:])
