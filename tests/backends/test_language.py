import itertools

import pytest

from chorus_recon.backends import registry
from chorus_recon.backends.language import grammar, lines, verbs
from chorus_recon.backends.language.verb_tables import ANY
from chorus_recon.backends.protocols import PromptWriter
from chorus_recon.categories.index import categories
from chorus_recon.errors import MissingBackend
from chorus_recon.types import Prompt


@pytest.mark.parametrize(
    ("base", "third", "gerund"),
    [
        ("ride", "rides", "riding"),
        ("carry", "carries", "carrying"),
        ("sit", "sits", "sitting"),
        ("lie", "lies", "lying"),
        ("catch", "catches", "catching"),
        ("lean", "leans", "leaning"),
        ("play", "plays", "playing"),
        ("grip", "grips", "gripping"),
        ("swing", "swings", "swinging"),
        ("open", "opens", "opening"),
        ("fix", "fixes", "fixing"),
        ("strum", "strums", "strumming"),
    ],
)
def test_forms_of_verbs(base, third, gerund):
    assert (grammar.third(base), grammar.gerund(base)) == (third, gerund)
    assert grammar.base_of(third) == grammar.base_of(gerund) == base


@pytest.mark.parametrize(
    ("text", "category", "verb"),
    [
        ("A person rides a motorcycle", "motorcycle", "rides"),
        ("A man is carrying his surfboard under one arm", "surfboard", "carries"),
        ("A person jumps and catches a frisbee", "frisbee", "catches"),
        ("A woman sits on the edge of a bed", "bed", "sits on"),
        ("A man ties a tie", "tie", "ties"),
        ("A man rides down a hill on a bike", "bicycle", "rides on"),
        ("A woman sits at a desk using a notebook computer", "laptop", "uses"),
        ("A person hits a forehand with a tennis racquet", "tennis_racket", "hits with"),
        ("A person stands next to a motorcycle", "motorcycle", None),
        ("A person in front of a couch", "couch", None),
        ("A person takes a ride near a horse", "horse", None),
        ("A motorcycle", "motorcycle", None),
    ],
)
def test_what_is_done_to_the_thing(text, category, verb):
    assert grammar.verb_of(text, category) == verb


def test_articles():
    assert grammar.with_article("umbrella") == "an umbrella"
    assert grammar.with_article("skis") == "a pair of skis"
    assert grammar.with_article("wine glass") == "a wine glass"


def test_the_table_writer_keeps_its_word():
    writer = verbs.VerbTable()
    assert isinstance(writer, PromptWriter)
    first = writer.prompts("Surfboard", 12, 3)
    assert writer.prompts("surfboard", 40, 3)[:12] == first
    assert first != writer.prompts("surfboard", 12, 4)
    assert len({prompt.text for prompt in first}) == 12
    assert {prompt.category for prompt in first} == {"surfboard"}
    assert writer.prompts("tennis_racket", 1, 0)[0].category == "tennis racket"


def test_the_first_prompts_are_of_different_predicates_the_main_ones_first():
    rows = tuple(row.text for row in categories()["bench"].predicates)
    texts = [prompt.text for prompt in verbs.VerbTable().prompts("bench", len(rows), 11)]
    forms = {row: {row.format(it="a bench"), grammar.during(row.format(it="a bench"))} for row in rows}
    used = [{row for row, said in forms.items() if text.endswith(tuple(said))} for text in texts]
    assert set().union(*used) == set(rows)
    assert set().union(*used[: len(rows) // 2]) <= set(rows[: len(rows) // 2 + 1])


def test_tables_end_and_any_noun_has_one():
    many = verbs.VerbTable().prompts("drill", 10_000, 0)
    assert len(many) == len(ANY) * len(verbs.SUBJECTS) * len(verbs.TEMPLATES)
    assert len({prompt.text for prompt in many}) == len(many)
    assert any("a drill" in prompt.text for prompt in many)


def test_sentences_are_grammatical():
    said = verbs.sentence("A man", "sits on a bench and reads a newspaper", verbs.TEMPLATES[2])
    assert said == "A photo of a man sitting on a bench and reading a newspaper"
    for category, known in categories().items():
        rows = [row.text for row in known.predicates]
        assert len(set(rows)) == len(rows)
        for row in rows:
            words = row.split()
            after = [b for a, b in itertools.pairwise(words) if a == "and"]
            assert all(word.endswith("s") for word in (words[0], *after)), (category, row)
            assert row.count("{it}") == 1


def test_what_a_model_is_asked_names_the_thing_and_how_many():
    asked = lines.instruction("sports_ball", 7, 0)
    assert "at most 7" in asked
    assert "one ball" in asked
    constraints = {lines.instruction("cup", 7, seed) for seed in range(20)}
    assert len(constraints) == 2, "the seed picks how the subject is constrained"


@pytest.mark.parametrize(
    "reply",
    [
        "1. A person rides a bicycle.\n2. A man pushes a bicycle.",
        "Here:\n\n- **A person rides a bicycle**\n- a man pushes a bicycle.\n- A man pushes a bicycle",
        "<think>\n1. A person eats\n</think>\nA person rides a bicycle.\n\u201cA man pushes a bicycle\u201d,",
        '```json\n["A person rides a bicycle.", "A man pushes a bicycle"]\n```',
        "1) 1. A person  rides a\tbicycle\r\n(2) A man pushes a bicycle ",
        "```\nA person rides a bicycle\nA man pushes a bicycle\n```",
    ],
)
def test_replies_are_cleaned(reply):
    assert lines.clean(reply) == ["A person rides a bicycle", "A man pushes a bicycle"]


def test_a_reply_of_nothing_is_nothing():
    assert lines.clean("\n \n<think>no end") == []
    assert lines.clean("[1, 2") == ["[1, 2"]


def test_prompts_of_a_reply_carry_their_verb_and_writer():
    made = lines.prompts_of("1. A man leans on a bench\n2. A man sees a bench\n3. A man", "Bench", 2, "x")
    assert made == [
        Prompt("bench", "A man leans on a bench", "leans on", "x"),
        Prompt("bench", "A man sees a bench", "", "x"),
    ]


def test_writers_are_found_by_name():
    assert isinstance(registry.make("language", "verbs"), verbs.VerbTable)
    assert registry.make("language", "openai:some:model").licences == {
        "text by some:model": "the terms of the endpoint that serves it"
    }
    with pytest.raises(MissingBackend, match="Did you mean 'verbs'"):
        registry.make("language", "verb")
    with pytest.raises(MissingBackend, match="no backend slot 'language'"):
        registry.load({"language": "verbs"})
