"""English grammar for prompts: verb forms, and the subject, verb and object of a sentence."""

import functools
import itertools
import re

from chorus_recon.backends.segment import coco
from chorus_recon.io import category_names

PEOPLE = frozenset(
    "person man woman adult human guy lady gentleman teenager teen youth senior pedestrian passenger "
    "rider cyclist bicyclist biker motorcyclist skater skateboarder surfer snowboarder skier player "
    "athlete worker student teacher businessman businesswoman traveler traveller tourist commuter "
    "shopper hiker jogger runner musician guitarist chef cook waiter waitress bartender reader "
    "photographer model dancer jockey equestrian batter pitcher catcher fielder golfer courier farmer "
    "mechanic nurse doctor engineer artist boy girl child kid toddler baby mother father mom dad "
    "grandmother grandfather someone somebody gamer writer programmer designer camper sportsman "
    "sportswoman goalkeeper barista lifeguard soldier groom bride guard pilot captain monk priest guest host "
    "star pro cowboy".split()
)
CROWD = frozenset(
    "people persons men women adults humans guys ladies gentlemen teenagers teens youths seniors boys "
    "girls children kids toddlers babies parents friends friend couple couples group groups crowd "
    "crowds team teams family families everyone everybody together another others colleague colleagues "
    "partner partners opponent opponents teammate teammates audience passersby brothers sisters "
    "siblings twins players riders skaters surfers athletes students workers tourists".split()
)
# Verbs that always mean contact with their object.
HANDLING = frozenset(
    "adjust aim answer arrange assemble balance bite bounce browse brush buckle build button carry "
    "catch clasp clean climb close clutch control cradle cross cuddle display dribble drag drape drink "
    "drive drum dry embrace empty examine fasten feed fill fix flip fly fold grab grasp grip groom haul "
    "head heft hit hoist hold hook hug inspect juggle kick kiss knot lace launch lead lift load loosen "
    "make measure mount move offer open operate pack paddle park pat pedal pet pick play plug point "
    "polish pour press pull pump punch push put raise read remove repair rest ride rock roll rub saddle "
    "serve set shake shoulder show sip slam sling smash spike spin squeeze stack swirl stir steer "
    "straighten strap stretch stroke strum swing take tap test throw tie tighten tilt toss tow touch "
    "try tuck tug tune turn twirl twist type undo unfold unpack untie unzip use walk wash wax wear "
    "wheel wield wind wipe wrap zip charge check clip dangle dial dunk inflate iron lock oil paint pass "
    "place pluck rev rummage scroll shield shoot string swipe".split()
)
# Verbs that mean contact with some prepositions only: "sits on a chair", but not "sits near a chair".
STAYING = frozenset(
    "climb crouch curl dance doze eat get glide hang hop jump kneel land lay lean lie lounge nap perch "
    "perform pose practice race recline relax run score sit skate ski sleep slide slouch sprawl squat "
    "stand step stoop straddle study surf talk text travel wait work write speak call chat cruise "
    "compete meditate exercise shred carve descend jog code film watch listen search rummage fall do "
    "scroll".split()
)
_ONTO = frozenset(
    "on onto upon in inside into with under underneath atop astride against over across down through "
    "off".split()
)
# Verbs without contact. A verb in none of these lists means contact if the thing is its object.
_DISTANT = frozenset(
    "admire approach ask avoid await borrow buy chase choose compare deliver describe design desire "
    "discover dislike draw dream expect find follow forget give guard hear imagine leave lend like look "
    "lose love mention miss name need notice observe order own photograph prefer recommend remember "
    "rent return see seek sell share sketch smell spot think view visit want watch wish".split()
)
_THINGS = frozenset(  # nouns with an ending of _DOERS that are not people
    "banner beaver charger computer corner counter door dinner flower hamster letter mirror motor number "
    "otter paper poster puncher river robot roller rooster scooter shoulder speaker spider summer tiger "
    "tractor trailer water winter".split()
)
_DOERS = ("er", "or", "ist", "ian", "ess", "man", "woman", "person")
_APART = frozenset("beside near nearby behind past toward towards around opposite beyond".split())
_AWAY = frozenset({("next", "to"), ("in", "front"), ("close", "to"), ("away", "from"), ("from", "under")})
_PARTICLES = _ONTO | _APART | frozenset("at up off by from through to out along".split())
_BETWEEN = frozenset("a an the his her its one own pair some".split())
_TWICE = re.compile(r"[^aeiou]*[aeiou][^aeiouwxy]")
_VOWELS = "aeiou"
_WORDS = re.compile(r"[a-z]+(?:[-'][a-z]+)*")
_LONGEST = 4  # words of a thing's name


def words_of(text: str) -> list[str]:
    """Lower-case words without punctuation."""
    return _WORDS.findall(text.lower().replace("\u2019", "'"))


def third(base: str) -> str:
    """Third person: carry -> carries."""
    if base.endswith(("s", "x", "z", "ch", "sh", "o")):
        return base + "es"
    if base.endswith("y") and base[-2] not in _VOWELS:
        return base[:-1] + "ies"
    return base + "s"


def gerund(base: str) -> str:
    """The -ing form: ride -> riding, sit -> sitting, lie -> lying."""
    if base.endswith("ie"):
        return base[:-2] + "ying"
    if base.endswith("e") and not base.endswith(("ee", "ye", "oe")):
        return base[:-1] + "ing"
    return base + (base[-1] if _TWICE.fullmatch(base) else "") + "ing"


_BASE = {
    form: base
    for base in sorted(HANDLING | STAYING)
    for form in (
        {base, third(base), gerund(base)} | ({"practise", "practises"} if base == "practice" else set())
    )
}


def base_of(word: str) -> str | None:
    """The known verb that a word is a form of."""
    return _BASE.get(word)


def during(predicate: str) -> str:
    """The participle form of a predicate in third person: "sits and reads" -> "sitting and reading"."""
    words = predicate.split()
    return " ".join(
        gerund(base_of(word) or _unknown_base(word)) if n == 0 or words[n - 1] == "and" else word
        for n, word in enumerate(words)
    )


def with_article(noun: str) -> str:
    """The noun with "a" or "an"; nouns of paired things with "a pair of"."""
    if noun.split()[-1] in ("skis", "glasses", "scissors", "sunglasses", "pants", "shoes"):
        return f"a pair of {noun}"
    return ("an " if noun[0] in _VOWELS else "a ") + noun


def thing_at(words: list[str], category: str) -> tuple[int, int] | None:
    """Start and end (exclusive) of the words that name the category; synonyms and plurals count."""
    wanted = category_names.words(category_names.key(category))
    for start in range(len(words)):
        for length in range(min(_LONGEST, len(words) - start), 0, -1):
            found = _means(" ".join(words[start : start + length]), wanted)
            if found and not _is_verb(words, start, length):
                return start, start + length
    return None


def is_several(phrase: list[str], category: str) -> bool:
    """Whether the phrase is a plural and the category's name is not."""
    wanted = category_names.words(category_names.key(category))
    return phrase[-1].endswith("s") and not wanted.endswith("s")


def people_in(words: list[str]) -> list[int]:
    """Indices of words that name a person: known words, and the subject if it ends like one (-er, -ist)."""
    named = {n for n, word in enumerate(words) if word in PEOPLE}
    about = _subject(words)
    if about is not None and words[about].endswith(_DOERS) and words[about] not in _THINGS:
        named.add(about)
    return sorted(named)


def verb_of(text: str, category: str) -> str | None:
    """The verb of contact with the category's thing, in third person ("leans on"); None if there is none."""
    words = words_of(text)
    thing = thing_at(words, category)
    if thing is None:
        return None
    last = next(iter(people_in(words)), -1)
    end = thing[0] if thing[0] > last else len(words)
    for place in reversed(range(last + 1, end)):  # the last verb: "catches" of "jumps and catches a ball"
        base = base_of(words[place])
        if base is None or (place and words[place - 1] in _BETWEEN):  # "a ride", "the stand"
            continue
        between = words[place + 1 : end]
        if _touches(base, between):
            return _phrase(base, between)
    doing = next((n for n in range(last + 1, end) if words[n] != "is" and not words[n].endswith("ly")), end)
    base = _unknown_base(words[doing]) if doing < end else ""
    if not base or base_of(words[doing]) or base in _DISTANT or not _is_object(words[doing + 1 : end]):
        return None
    return _phrase(base, words[doing + 1 : end])


def _unknown_base(word: str) -> str:
    """The base form of a word as an unlisted verb; empty if the word cannot be a verb."""
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("ing"):
        stem = word[:-3]
        if len(stem) > 2 and stem[-1] == stem[-2] and stem[-1] not in "lsz":
            return stem[:-1]
        return stem + "e" if stem.endswith(("c", "v", "z", "rg", "dg", "us")) else stem
    return word.removesuffix("s") if word.endswith("s") and not word.endswith("ss") else ""


def _subject(words: list[str]) -> int | None:
    """The last word before the first that can be a verb, a preposition or "and"."""
    start = 2 if words[1:3] == ["photo", "of"] or words[:2] == ["photo", "of"] else 0
    for n in range(start + 1, len(words)):
        if words[n] in ("is", "and", "with", "at") or words[n] in _PARTICLES or _unknown_base(words[n]):
            return n - 1 if n - 1 > start else None
    return None


def _phrase(base: str, between: list[str]) -> str:
    particle = next((w for w in reversed(between) if w in _PARTICLES), "")
    return f"{third(base)} {particle}".rstrip()


def _is_object(between: list[str]) -> bool:
    """Whether an unlisted verb takes the thing as its object, or is done on it or in it."""
    links = [w for w in between if w in _PARTICLES or w in ("at", "for", "of", "about", "away")]
    return all(w in _ONTO for w in links)


def _touches(base: str, between: list[str]) -> bool:
    if not between:
        return base in HANDLING
    apart = any(w in _APART for w in between) or any(p in _AWAY for p in itertools.pairwise(between))
    pictured = "of" in between and any(w in ("photo", "picture", "selfie", "video") for w in between)
    if apart or pictured or "at" in between or "for" in between:
        return False
    return base in HANDLING or any(word in _ONTO for word in between)


def _is_verb(words: list[str], start: int, length: int) -> bool:
    """Whether a word that could be the thing is the verb: "ties" in "a man ties a tie"."""
    before = words[start - 1] if start else ""
    return length == 1 and base_of(words[start]) is not None and (before in PEOPLE or before in ("is", "and"))


@functools.lru_cache(maxsize=4096)
def _means(phrase: str, wanted: str) -> bool:
    if phrase in (wanted, wanted + "s", wanted + "es"):
        return True
    known = coco.canonical(phrase)
    return known is not None and known == coco.canonical(wanted)
