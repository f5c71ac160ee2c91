"""Which interactions of a category show what a prompt says."""

from chorus_recon.backends.language.grammar import during, verb_of, with_article
from chorus_recon.categories.schema import Category, Interaction, Predicate
from chorus_recon.types import Prompt


def interactions_shown(category: Category, prompt: Prompt) -> tuple[Interaction, ...]:
    """The rows of the category's table that show the prompt, in order; empty where none can.

    A predicate of the category that the text contains decides, the longest first. Another text is matched
    by its verb: with the verbs and names of interactions, then with the verbs of the predicates. A prompt
    without a verb is shown by every row.
    """
    table = category.interactions()
    said = _said(category, prompt.text)
    if said is not None:
        return tuple(row for row in table if row.name in said.shows)
    if not prompt.verb:
        return table
    direct = tuple(row for row in table if prompt.verb in (row.verb, row.name))
    if direct:
        return direct
    thing = with_article(category.spoken)
    names = {
        name
        for predicate in category.predicates
        if verb_of(f"A person {predicate.text.format(it=thing)}", category.name) == prompt.verb
        for name in predicate.shows
    }
    return tuple(row for row in table if row.name in names)


def _said(category: Category, text: str) -> Predicate | None:
    """The longest predicate of the category that the text contains."""
    thing = with_article(category.spoken)
    found = None
    for predicate in category.predicates:
        phrase = predicate.text.format(it=thing)
        inside = phrase in text or during(phrase) in text
        if inside and (found is None or len(predicate.text) > len(found.text)):
            found = predicate
    return found
