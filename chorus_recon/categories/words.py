"""What a person does with an object, in words."""

from chorus_recon.categories.schema import Interaction

_FEET = ("sole", "ball", "instep")


def said(row: Interaction) -> str:
    """What is done in an interaction, with `{it}` for the object, such as "holds {it}, right hand".

    If only one hand touches the object, or one foot and no hand, it is named.
    """
    if row.said:
        return row.said
    text = f"{row.verb} {{it}}"
    hands = {side for side, part in _sided(row) if part == "palm"}
    feet = {side for side, part in _sided(row) if part in _FEET}
    if len(hands) == 1 and not feet:
        return f"{text}, {hands.pop()} hand"
    if len(feet) == 1 and not hands:
        return f"{text}, {feet.pop()} foot"
    return text


def _sided(row: Interaction) -> list[tuple[str, str]]:
    """The side and the part of each place that the object touches on one side of the body."""
    parts = [contact.place.partition("_") for contact in row.contacts]
    return [(side, part) for side, _, part in parts if side in ("left", "right")]
