"""The 80 COCO classes in the order of detector outputs, their synonyms and lookalikes."""

from functools import cache

from chorus_recon.categories.index import categories
from chorus_recon.io import category_names

NAMES: tuple[str, ...] = tuple(
    "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,"
    "parking meter,bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,"
    "handbag,tie,suitcase,frisbee,skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,"
    "surfboard,tennis racket,bottle,wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,"
    "broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,potted plant,bed,dining table,toilet,tv,laptop,"
    "mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,vase,scissors,"
    "teddy bear,hair drier,toothbrush".split(",")
)

_SYNONYMS: dict[str, str] = {
    "human": "person",
    "man": "person",
    "woman": "person",
    "child": "person",
    "people": "person",
    "aeroplane": "airplane",
    "plane": "airplane",
    "aircraft": "airplane",
    "automobile": "car",
    "lorry": "truck",
    "ship": "boat",
    "kayak": "boat",
    "canoe": "boat",
    "hydrant": "fire hydrant",
    "hotdog": "hot dog",
    "doughnut": "donut",
    "houseplant": "potted plant",
    "table": "dining table",
    "desk": "dining table",
    "television": "tv",
    "monitor": "tv",
    "computer mouse": "mouse",
    "fridge": "refrigerator",
    "teddy": "teddy bear",
    "hairdryer": "hair drier",
    "hair dryer": "hair drier",
}

# Classes that detectors confuse. When a noun is searched for, its lookalikes count at a discount.
_ALIKE: tuple[frozenset[str], ...] = (
    frozenset({"tv", "keyboard"}),
    frozenset({"donut", "cake", "sandwich", "pizza", "hot dog"}),
)


def canonical(noun: str) -> str | None:
    """The COCO class that a noun means, or None; spelling as in `category_names.resolve`."""
    listed = _listed()
    return next((listed[form] for form in category_names.forms(noun) if form in listed), None)


def stand_ins(noun: str) -> frozenset[str]:
    """The COCO classes that a detector takes things of a category for, which is itself no COCO class."""
    known = categories().get(category_names.key(noun))
    return frozenset(known.lookalikes if known else ())


def alike(name: str) -> frozenset[str]:
    """Other classes that a detector may confuse with `name`."""
    groups = frozenset().union(*(group for group in _ALIKE if name in group))
    ours = {category_names.words(key): category.lookalikes for key, category in categories().items()}
    confused_with = {noun for noun, lookalikes in ours.items() if name in lookalikes}
    return (groups | set(ours.get(name, ())) | confused_with) - {name}


@cache
def synonyms() -> dict[str, str]:
    """COCO class of each synonym; the synonyms of categories are defined with the category."""
    ours = {
        noun: category_names.words(key)
        for key, category in categories().items()
        for noun in (*category.synonyms, *category.loosely)
    }
    return _SYNONYMS | {noun: name for noun, name in ours.items() if name in NAMES}


@cache
def _listed() -> dict[str, str]:
    """COCO class of each name and synonym, squeezed."""
    named = {**synonyms(), **{name: name for name in NAMES}}
    return {category_names.squeezed(noun): name for noun, name in named.items()}
