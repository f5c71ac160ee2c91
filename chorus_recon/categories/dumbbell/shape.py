"""The template mesh of a dumbbell: the bar along x."""

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import lathe, tube
from chorus_recon.geometry.meshes.solid import Solid

BLACK, STEEL = (44, 44, 48), (110, 112, 118)


def dumbbell(length: float, diameter: float) -> Solid:
    """A bar with a hexagonal head at each end."""
    made = Solid()
    made.add(
        tube(
            [(-length / 2 + 0.02, 0, 0), (-0.05, 0, 0), (0, 0, 0), (0.05, 0, 0), (length / 2 - 0.02, 0, 0)],
            [0.013, 0.014, 0.016, 0.014, 0.013],
            10,
        ),
        STEEL,
    )
    r = diameter / 2
    for s in (-1, 1):
        ends = sorted((s * length / 2, s * (length / 2 - 0.36 * length + 0.02)))
        places = [ends[0], ends[0] + 0.012, ends[1] - 0.012, ends[1]]
        made.add(lathe([0.8 * r, r, r, 0.8 * r], places, 6, "x"), BLACK)
    made.anchor("grip", (0, 0, 0), (1, 0, 0))
    made.anchor("left_head", (length / 2, 0, 0), (1, 0, 0))
    made.anchor("right_head", (-length / 2, 0, 0), (-1, 0, 0))
    return made


TEMPLATES: tuple[Template, ...] = (
    Template(dumbbell, {"length": (0.29, 0.04), "diameter": (0.11, 0.02)}, symmetry="axis_x", scale_sd=0.05),
)
