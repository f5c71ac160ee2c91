"""Reconstruct one photo and read the answer: python examples/01_reconstruct.py photo.jpg [category]."""

import sys

import chorus_recon


def main(photo: str, category: str | None = None, out: str = "out/example") -> None:
    result = chorus_recon.reconstruct(photo, category=category)
    best = result.placements[0]
    size = best.vertices.amax(0) - best.vertices.amin(0)
    print(f"{result.category}: {best.probability:.0%} sure, way of use: {best.cluster}")
    print(f"extent in the camera's axes: {size[0]:.2f} x {size[1]:.2f} x {size[2]:.2f} m")
    pelvis = result.joints["pelvis"]
    print(f"the person's pelvis is {float(pelvis[2]):.2f} m from the camera")
    touch, near = len(best.contact.human_vertices), len(best.contact.human_near)
    print(f"{touch} body vertices touch it (2 cm), {near} are near (5 cm)")
    for other in result.placements[1:]:
        print(f"or, {other.probability:.0%}: {other.cluster}")
    for warning in result.warnings:
        print("note:", warning)
    print("wrote", result.save(out, overwrite=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
