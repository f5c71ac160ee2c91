"""The stages of a reconstruction, in words for who waits."""

STAGES = {
    "load": "loading the networks and the photo",
    "detect": "finding people and things",
    "segment": "outlining them",
    "human": "reading the pose",
    "body": "posing the body",
    "depth": "estimating depth",
    "prior": "looking up how such things are used",
    "shape": "making the shape of the object",
    "place": "placing the object",
    "save": "writing the files",
}


def in_words(stage: str) -> str:
    """What happens in a stage."""
    return STAGES.get(stage, stage)
