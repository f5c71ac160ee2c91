"""A noun in, a COCO class out: the 80 names, in the order of detectors' outputs, and common synonyms."""

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
    "bike": "bicycle",
    "cycle": "bicycle",
    "motorbike": "motorcycle",
    "scooter": "motorcycle",
    "aeroplane": "airplane",
    "plane": "airplane",
    "aircraft": "airplane",
    "automobile": "car",
    "lorry": "truck",
    "ship": "boat",
    "kayak": "boat",
    "canoe": "boat",
    "hydrant": "fire hydrant",
    "pony": "horse",
    "rucksack": "backpack",
    "knapsack": "backpack",
    "parasol": "umbrella",
    "purse": "handbag",
    "bag": "handbag",
    "necktie": "tie",
    "luggage": "suitcase",
    "trolley case": "suitcase",
    "flying disc": "frisbee",
    "disc": "frisbee",
    "ski": "skis",
    "ball": "sports ball",
    "football": "sports ball",
    "basketball": "sports ball",
    "soccer ball": "sports ball",
    "volleyball": "sports ball",
    "tennis ball": "sports ball",
    "bat": "baseball bat",
    "glove": "baseball glove",
    "mitt": "baseball glove",
    "longboard": "skateboard",
    "board": "surfboard",
    "bodyboard": "surfboard",
    "racket": "tennis racket",
    "racquet": "tennis racket",
    "tennis racquet": "tennis racket",
    "badminton racket": "tennis racket",
    "glass": "wine glass",
    "mug": "cup",
    "hotdog": "hot dog",
    "doughnut": "donut",
    "armchair": "chair",
    "stool": "chair",
    "sofa": "couch",
    "settee": "couch",
    "houseplant": "potted plant",
    "table": "dining table",
    "desk": "dining table",
    "television": "tv",
    "monitor": "tv",
    "notebook computer": "laptop",
    "computer mouse": "mouse",
    "remote control": "remote",
    "phone": "cell phone",
    "mobile phone": "cell phone",
    "smartphone": "cell phone",
    "cellphone": "cell phone",
    "fridge": "refrigerator",
    "teddy": "teddy bear",
    "hairdryer": "hair drier",
    "hair dryer": "hair drier",
}

# Classes a detector takes for one another: where a noun is asked for, these count at a discount.
_ALIKE: tuple[frozenset[str], ...] = (
    frozenset({"surfboard", "snowboard", "skateboard"}),
    frozenset({"skis", "snowboard"}),
    frozenset({"bicycle", "motorcycle"}),
    frozenset({"backpack", "handbag", "suitcase"}),
    frozenset({"chair", "couch", "bench"}),
    frozenset({"umbrella", "kite"}),
    frozenset({"frisbee", "sports ball"}),
    frozenset({"cup", "wine glass", "bottle"}),
    frozenset({"cell phone", "remote"}),
    frozenset({"laptop", "tv", "keyboard"}),
    frozenset({"donut", "cake", "sandwich", "pizza", "hot dog"}),
)


def canonical(noun: str) -> str | None:
    """The COCO class a noun means (underscores, plurals and case aside), or None."""
    words = " ".join(noun.lower().replace("_", " ").replace("-", " ").split())
    singular = words.removesuffix("s")
    for candidate in (words, singular, words.removesuffix("es")):
        if candidate in NAMES:
            return candidate
        if candidate in _SYNONYMS:
            return _SYNONYMS[candidate]
    return None


def alike(name: str) -> frozenset[str]:
    """Other classes that a detector may take `name` for."""
    return frozenset().union(*(group for group in _ALIKE if name in group)) - {name}
