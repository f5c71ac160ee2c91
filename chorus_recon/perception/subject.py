"""Detections + people + priors -> which person, which object, and the evidence between them."""

from dataclasses import dataclass

from chorus_recon.errors import NoObject, NoPerson
from chorus_recon.io import category_names
from chorus_recon.perception.pairing import pair_score, prominence, split
from chorus_recon.types import Detection, HumanEstimate, Photo

__all__ = [
    "Pair",
    "candidate_things",
    "choose_pair",
    "choose_people",
    "listed",
    "pair_score",
    "prominence",
    "split",
]
EQUAL = 0.9  # people whose prominence is this near to the first one's could as well be meant
NEVER_USED = frozenset(
    "person traffic_light fire_hydrant stop_sign parking_meter bird airplane train truck bus car boat".split()
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A person (index into the people) with an object detection, and how well they go together."""

    person: int
    thing: Detection
    score: float


class WhichPerson(NoPerson):
    """Several people could be meant, or a number that nobody has was asked for.

    Args:
        message: what happened.
        photo: the picture.
        people: those in it, left to right.
        seen: everything the detector saw, for a picture of who is who.
    """

    def __init__(self, message: str, photo: Photo, people: list[Detection], seen: list[Detection]) -> None:
        super().__init__(message, which_hint(len(people)))
        self.photo = photo
        self.people = people
        self.seen = seen


def which_hint(count: int, numbered_in: str = "") -> str:
    """How to say which of `count` people is meant."""
    where = f" in {numbered_in}" if numbered_in else ""
    return f"Pass --person {'|'.join(map(str, range(count)))} (numbered left to right{where})."


def choose_people(
    people: list[Detection],
    photo: Photo,
    wanted: int | None,
    things: list[Detection],
    most: int = 3,
    *,
    alone: bool = False,
) -> list[int]:
    """Indices of the people worth posing, most prominent first; people are numbered left to right.

    Prominence is size, certainty, and a thing within reach. With `alone` no thing will tell later
    which of several people is meant.

    Raises:
        NoPerson: nobody was seen.
        WhichPerson: `wanted` is out of range, or several people `alone` stand equally.
    """
    if not people:
        raise NoPerson(
            f"{photo.source.name}: found no person in the photo, need one.",
            "Try a photo where the person is larger, or pass --human-mask with their outline.",
        )
    if wanted is not None:
        if not 0 <= wanted < len(people):
            found = "1 person" if len(people) == 1 else f"{len(people)} people"
            raise WhichPerson(
                f"{photo.source.name}: found {found}, --person {wanted} asked for.",
                photo, people, [*people, *things],
            )  # fmt: skip
        return [wanted]
    rank = sorted(range(len(people)), key=lambda i: -prominence(people[i], things))
    if alone:
        least = EQUAL * prominence(people[rank[0]], things)
        equal = sum(prominence(person, things) >= least for person in people)
        if equal > 1:
            raise WhichPerson(
                f"{photo.source.name}: found {len(people)} people, {equal} alike in size, need one.",
                photo, people, [*people, *things],
            )  # fmt: skip
        return rank[:1]
    floor = 0.4 * prominence(people[rank[0]], things)
    return [i for i in rank[:most] if prominence(people[i], things) >= floor]


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


def choose_pair(
    people: list[Detection],
    estimates: dict[int, HumanEstimate],
    things: list[Detection],
    photo: Photo,
    category: str | None,
    seen: list[Detection],
) -> Pair:
    """The best (person, object) pair among people with an estimate.

    Raises:
        NoObject: nothing suitable; the message lists what was seen.
    """
    pairs = [
        Pair(
            i,
            thing,
            pair_score(thing, people[i].box_px, estimate) * prominence(people[i], things) ** 0.5,
        )
        for i, estimate in estimates.items()
        for thing in things
    ]
    if pairs:
        return max(pairs, key=lambda p: p.score)
    wanted = category or "object with a bundled prior"
    raise NoObject(
        f"{photo.source.name}: found no {wanted} near the person; seen: {listed(seen)}.",
        "Pass --object-box x0,y0,x1,y1 or --object-mask FILE with --category, or --human-only.",
    )


def listed(seen: list[Detection]) -> str:
    """What was seen besides people, each label once with its best score."""
    best: dict[str, float] = {}
    for thing in seen:
        if thing.label != "person":
            best[thing.label] = max(best.get(thing.label, 0.0), thing.score)
    ranked = sorted(best.items(), key=lambda item: -item[1])
    return ", ".join(f"{label} {score:.0%}" for label, score in ranked) or "nothing"
