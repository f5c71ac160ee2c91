"""Tell a child from an adult by the thing that they use.

A photo does not tell how tall a person is, so people are taken for adults. A child is then placed too far
from the camera, and the thing that the child uses, whose real size is known, is out of reach before them.
"""

from dataclasses import replace

import torch

from chorus_recon.backends.protocols import UsesHeight
from chorus_recon.backends.registry import Backends
from chorus_recon.geometry.stature import stature_m
from chorus_recon.perception.look import Perceived
from chorus_recon.pipeline.config import ReconstructConfig
from chorus_recon.pipeline.placement.context import PlacementContext
from chorus_recon.pipeline.placement.optimise import optimise
from chorus_recon.types import OBJECT_HEIGHT, HumanEstimate, ObjectShape, Photo, Placement
from chorus_recon.types.people import UNKNOWN_SCALE

OUT_OF_REACH = 0.5  # of the term `contact`: a gap of 8 cm or more
SURE = 0.7  # probability that the object is the person's
MOST_GUESSED = 0.25  # share of the joints: the distance of somebody who is hardly seen is not known
KNOWN_SIZE_SD = 0.06  # relative standard deviation of a shape's size; a wider one says little of the person's
LARGER = (1.2, 1.4)  # sizes that are tried for the object, relative to its own: the person is as much smaller
# Cost of placement that a child must save: one in eight people is a child, which is 2 nats where .48 of cost
# is a nat.
CHILD_COST = 0.96
QUICK = {"starts": 24, "drawn": 192, "keep": 6, "exact": 4, "polished": 1}  # of the search with other sizes


def height_is_open(config: ReconstructConfig, backends: Backends, human: HumanEstimate, trust: float) -> bool:
    """Whether the object may tell the person's height.

    Nobody said it, the human backend can use it, the person is seen well enough that their distance is known,
    and the object is probably theirs.

    Args:
        config: what the user said.
        backends: the models.
        human: the person, posed as an adult.
        trust: the probability that the person uses this object.
    """
    backend = backends.human
    usable = config.height_m is None and isinstance(backend, UsesHeight) and backend.uses_height
    return usable and trust >= SURE and float(human.guessed.float().mean()) <= MOST_GUESSED


def height_by_object(context: PlacementContext, placements: tuple[Placement, ...]) -> float | None:
    """The standing height in metres of a person who is smaller than an adult; None if nothing says so.

    The search is repeated only if the best placement is out of reach before the person.

    Args:
        context: what the object was placed by, with the person posed as an adult.
        placements: the answers, the best first.
    """
    best = placements[0]
    shapes = context.shapes
    if best.losses["contact"] < OUT_OF_REACH or max(shape.scale_sd for shape in shapes) > KNOWN_SIZE_SD:
        return None
    if context.given is not None or not _nearer_than_person(best, context):
        return None
    cost, found = min(answer.losses.total for answer in placements) - CHILD_COST, None
    quick = replace(context.config, **QUICK)
    for larger in LARGER:
        scaled = tuple(_scaled(shape, larger) for shape in shapes)
        answers = optimise(replace(context, shapes=scaled, config=quick))
        answer = min(answers, key=lambda answer: answer.losses.total)
        if answer.losses.total < cost:
            cost, found = answer.losses.total, larger * answer.cam_from_object.scale
    return None if found is None else stature_m(context.body) / float(found)


def posed_again(
    photo: Photo,
    seen: Perceived,
    number: int,
    height_m: float,
    backends: Backends,
    tells: str = OBJECT_HEIGHT,
) -> Perceived:
    """What was seen, with one person posed as somebody of this height; as it was if that fails.

    `tells` says what tells the height (`HumanEstimate.height_from`).
    """
    person = replace(seen.people[number], height_m=height_m)
    (posed,) = backends.human.estimate(photo, [person], [seen.outlines[number]], seen.camera)
    if not isinstance(posed, HumanEstimate):
        return seen
    posed = replace(posed, scale_sigma=UNKNOWN_SCALE, height_from=tells)
    return replace(seen, estimates={**seen.estimates, number: posed})


def _nearer_than_person(best: Placement, context: PlacementContext) -> bool:
    return float(best.vertices[:, 2].mean()) < float(context.body.vertices[:, 2].mean())


def _scaled(shape: ObjectShape, factor: float) -> ObjectShape:
    return replace(shape, vertices=factor * shape.vertices, modes=factor * torch.as_tensor(shape.modes))
