"""Which detections can be the object that a person uses."""

from chorus_recon.io import category_names
from chorus_recon.types import Detection

NEVER_USED = frozenset(
    "person traffic_light fire_hydrant stop_sign parking_meter bird airplane train truck bus car boat".split()
)


def candidate_things(
    detections: list[Detection], category: str | None, supported: frozenset[str]
) -> list[Detection]:
    """Objects that could be meant: of the category asked for, or of any category with a prior."""
    wanted = {category_names.key(category)} if category else supported
    return [
        d
        for d in detections
        if category_names.key(d.label) in wanted and category_names.key(d.label) not in NEVER_USED
    ]


def listed(seen: list[Detection]) -> str:
    """What was seen besides people, each label once with its best score."""
    best: dict[str, float] = {}
    for thing in seen:
        if thing.label != "person":
            best[thing.label] = max(best.get(thing.label, 0.0), thing.score)
    ranked = sorted(best.items(), key=lambda item: -item[1])
    return ", ".join(f"{label} {score:.0%}" for label, score in ranked) or "nothing"
