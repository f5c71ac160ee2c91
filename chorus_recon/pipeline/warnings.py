"""Warnings that a result carries, in words for the user."""

from chorus_recon.types import HumanEstimate, Placement, World

UNSURE = 0.35  # a best placement less probable than this earns a warning
TIED = 0.7  # so does a runner-up at least this fraction as probable
MISSED = 0.04  # share of the person's height by which landmarks may be missed


def human_warnings(human: HumanEstimate) -> list[str]:
    """Warn of hidden joints and of a body that misses its landmarks."""
    warnings: list[str] = []
    if float(human.guessed.float().mean()) > 0.5:
        warnings.append("more than half of the person's joints are hidden; their pose there is a guess")
    size = float(human.box_px[3] - human.box_px[1])
    if human.residual_px > MISSED * size:
        warnings.append(f"the body fits the landmarks poorly (median {human.residual_px:.0f} px)")
    return warnings


def placement_warnings(placements: tuple[Placement, ...]) -> list[str]:
    """Warn of an improbable best placement and of close alternatives; `placements` best first."""
    best = placements[0]
    warnings: list[str] = []
    if best.probability < UNSURE:
        warnings.append(f"the object's placement is unsure ({best.probability:.0%})")
    if len(placements) > 1 and placements[1].probability > TIED * best.probability:
        warnings.append("another placement explains the photo nearly as well; see the alternatives")
    return warnings


def world_warnings(world: World) -> list[str]:
    """Warn that a level camera was assumed."""
    if not world.assumed:
        return []
    return [
        f"the photo gives little evidence of the vertical; a {world.assumed} is assumed "
        f"(typical error {world.up_sigma_deg:.0f} degrees)"
    ]
