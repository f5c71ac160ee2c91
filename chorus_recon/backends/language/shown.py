"""Find the interactions of a category that match a prompt."""

from chorus_recon.backends.language.grammar import during, verb_of, with_article
from chorus_recon.categories.schema import Category, Interaction, Predicate
from chorus_recon.types import Prompt


def interactions_shown(category: Category, prompt: Prompt) -> tuple[Interaction, ...]:
    """The category's interactions that match the prompt, in order of the table; empty if none does.

    If the text contains a predicate of the category, the longest such predicate decides. Otherwise the
    prompt's verb is compared with the verbs and names of the interactions, then with the verbs of the
    predicates. A prompt without a verb matches every interaction.
    """
    table = category.interactions()
    said = _predicate_in(category, prompt.text)
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


def _predicate_in(category: Category, text: str) -> Predicate | None:
    """The longest predicate of the category that the text contains."""
    thing = with_article(category.spoken)
    found = None
    for predicate in category.predicates:
        phrase = predicate.text.format(it=thing)
        inside = phrase in text or during(phrase) in text
        if inside and (found is None or len(predicate.text) > len(found.text)):
            found = predicate
    return found
