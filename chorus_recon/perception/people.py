"""The people of a photo who are worth posing."""

from chorus_recon.errors import NoPerson
from chorus_recon.perception.pairing import prominence
from chorus_recon.types import Detection, Photo

MOST_PEOPLE = 3  # posed, where several are seen
EQUAL = 0.9  # people whose prominence is this near to the first one's could as well be meant


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


def by_prominence(people: list[Detection], things: list[Detection]) -> list[int]:
    """Indices of the people, most prominent first."""
    return sorted(range(len(people)), key=lambda i: -prominence(people[i], things))


def choose_people(
    people: list[Detection],
    photo: Photo,
    wanted: int | None,
    things: list[Detection],
    most: int = MOST_PEOPLE,
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
    rank = by_prominence(people, things)
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
