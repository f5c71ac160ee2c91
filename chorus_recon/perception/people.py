"""Choose the people of a photo to pose."""

from chorus_recon.errors import NoPerson
from chorus_recon.perception.pairing import prominence
from chorus_recon.types import Detection, Photo

MOST_PEOPLE = 3  # posed, where several are seen
LEAST_PROMINENCE = 0.4  # of the people posed, relative to the most prominent
EQUAL = 0.9  # people with at least this share of the largest prominence are ambiguous


class WhichPerson(NoPerson):
    """Several people could be meant, or the number asked for is out of range.

    Args:
        message: what happened.
        photo: the picture.
        people: those in it, left to right.
        seen: all detections, for drawing a picture that numbers the people.
    """

    def __init__(self, message: str, photo: Photo, people: list[Detection], seen: list[Detection]) -> None:
        super().__init__(message, which_hint(len(people)))
        self.photo = photo
        self.people = people
        self.seen = seen


def which_hint(count: int, numbered_in: str = "") -> str:
    """The hint to choose one of `count` people with --person."""
    where = f" in {numbered_in}" if numbered_in else ""
    return f"Pass --person {'|'.join(map(str, range(count)))} (numbered left to right{where})."


def by_prominence(people: list[Detection], things: list[Detection]) -> dict[int, float]:
    """Indices of the people with their prominence, most prominent first."""
    found = {i: prominence(person, things) for i, person in enumerate(people)}
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def choose_people(
    people: list[Detection],
    photo: Photo,
    wanted: int | None,
    things: list[Detection],
    most: int = MOST_PEOPLE,
    least: float = LEAST_PROMINENCE,
    *,
    alone: bool = False,
) -> list[int]:
    """Indices of the people to pose, most prominent first; people are numbered left to right.

    Args:
        people: the detected people, left to right.
        photo: the picture, for messages.
        wanted: the index asked for with --person, or None.
        things: detected objects; one within reach makes a person more prominent.
        most: how many people to pose at most.
        least: their prominence, as a share of the greatest.
        alone: no object is placed, so a single person must be chosen here.

    Raises:
        NoPerson: nobody was seen.
        WhichPerson: `wanted` is out of range, or with `alone` several people are equally prominent.
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
                photo=photo,
                people=people,
                seen=[*people, *things],
            )
        return [wanted]
    ranked = by_prominence(people, things)
    rank, highest = list(ranked), max(ranked.values())
    if alone:
        equal = sum(value >= EQUAL * highest for value in ranked.values())
        if equal > 1:
            raise WhichPerson(
                f"{photo.source.name}: found {len(people)} people, {equal} alike in size, need one.",
                photo=photo,
                people=people,
                seen=[*people, *things],
            )
        return rank[:1]
    return [i for i in rank[:most] if ranked[i] >= least * highest]
