import pytest

from chorus_recon.backends.images.view_phrases import BODY_VIEWS, VIEWS, phrases
from chorus_recon.backends.language.verbs import VerbTable
from chorus_recon.categories.index import categories
from chorus_recon.errors import InputError, PriorError
from chorus_recon.priors.prompts import prompts
from chorus_recon.priors.prompts.prompts import Fault
from chorus_recon.types import Prompt


def test_the_published_views_in_their_order():
    assert len(VIEWS) == 22
    assert len(set(phrases(VIEWS))) == 22
    assert phrases(VIEWS)[:6] == (
        "",
        ", side view",
        ", back view",
        ", front view",
        ", top view",
        ", bottom view",
    )
    assert phrases(VIEWS)[-2:] == (", hand only", ", face only")
    assert not any(view.avoid for view in VIEWS)
    aimed = {view.phrase: view.azimuths_deg for view in VIEWS}
    assert aimed[", seen from back"] == (270.0,)
    assert aimed[", side view"] == (0.0, 180.0)
    assert next(view for view in VIEWS if view.phrase == ", top view").elevation_deg == 75.0


def test_our_views_show_bodies_and_reach_the_diagonals():
    assert not any("hand" in view.phrase or view.phrase.startswith(", face") for view in BODY_VIEWS)
    assert {45.0, 135.0, 225.0, 315.0} <= {at for view in BODY_VIEWS for at in view.azimuths_deg}
    assert "" in phrases(BODY_VIEWS)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("A person rides a motorcycle", "motorcycle"),
        ("A woman is carrying a large handbag on her shoulder", "handbag"),
        ("A surfer paddles on a surfboard", "surfboard"),
        ("The man kicks a soccer ball", "sports_ball"),
        ("A teenager texts on his smartphone", "cell phone"),
        ("A photo of an older man leaning on a bench", "bench"),
        ("A person practices yoga on a bed", "bed"),
        ("A worker holds a drill", "drill"),
        ("A person sits under an umbrella", "umbrella"),
        ("A lifeguard in red shorts jogs with a surfboard under his arm", "surfboard"),
        ("A busker plucks a guitar", "guitar"),
        ("A skater slings a backpack over their shoulder", "backpack"),
        ("A hostess unwraps a wine glass", "wine_glass"),
        ("A photo of a veterinarian bandaging a horse", "horse"),
    ],
)
def test_good_prompts_pass(text, category):
    assert prompts.vet(text, category) == ()


@pytest.mark.parametrize(
    ("text", "category", "fault"),
    [
        ("A person hands a frisbee to another person", "frisbee", Fault.MANY_PEOPLE),
        ("Two men ride a motorcycle", "motorcycle", Fault.MANY_PEOPLE),
        ("A man and a woman share an umbrella", "umbrella", Fault.MANY_PEOPLE),
        ("A woman holds an umbrella with her friend", "umbrella", Fault.MANY_PEOPLE),
        ("A dog catches a frisbee", "frisbee", Fault.NO_PERSON),
        ("She rides a motorcycle", "motorcycle", Fault.NO_PERSON),
        ("A person rides along the beach", "motorcycle", Fault.NO_OBJECT),
        ("A person looks at a motorcycle", "motorcycle", Fault.NO_CONTACT),
        ("A person stands next to a motorcycle", "motorcycle", Fault.NO_CONTACT),
        ("A man sits near a bench", "bench", Fault.NO_CONTACT),
        ("A man walks past a bench", "bench", Fault.NO_CONTACT),
        ("A person buys a handbag", "handbag", Fault.NO_CONTACT),
        ("A person points at a chair", "chair", Fault.NO_CONTACT),
        ("A man takes a photo of a horse", "horse", Fault.NO_CONTACT),
        ("A man and his dog sit on a bench", "bench", Fault.MANY_PEOPLE),
        ("A computer stands on a bench", "bench", Fault.NO_PERSON),
        ("A person juggles three sports balls", "sports_ball", Fault.MANY_OBJECTS),
    ],
)
def test_poor_prompts_are_told_why(text, category, fault):
    assert fault in prompts.vet(text, category)


@pytest.mark.parametrize("category", [*categories(), "wheelbarrow", "ironing board"])
def test_all_that_the_tables_say_passes(category):
    for prompt in VerbTable().prompts(category, 60, 0):
        assert prompts.vet(prompt.text, category) == (), prompt
        assert prompt.verb


class Writer:
    """Says the same good and poor things whenever it is asked, and one more thing each time."""

    name = "fixed"
    licences: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, *texts):
        self.texts, self.seeds = texts, []

    def prompts(self, category, count, seed):
        self.seeds.append(seed)
        return [Prompt(category, text) for text in (*self.texts, f"A person lifts a cup of {seed}")]


def test_a_writer_is_asked_until_enough_pass():
    writer = Writer("A person holds a cup", "a person holds a cup", "A person sees a cup")
    made = prompts.write(writer, "cup", 3, 7)
    assert [prompt.text for prompt in made.prompts] == [
        "A person holds a cup",
        "A person lifts a cup of 7",
        "A person lifts a cup of 8",
    ]
    assert [(prompt.text, faults) for prompt, faults in made.refused] == [
        ("A person sees a cup", (Fault.NO_CONTACT,))
    ]
    assert writer.seeds == [7, 8]


def test_a_writer_that_repeats_itself_is_not_asked_for_ever():
    class Stuck(Writer):
        def prompts(self, category, count, seed):
            return super().prompts(category, count, seed)[:1]

    writer = Stuck("A person holds a cup")
    assert len(prompts.write(writer, "cup", 5, 0).prompts) == 1
    with pytest.raises(PriorError, match=r"no usable prompt for 'cup'.*A person sees a cup"):
        prompts.write(Stuck("A person sees a cup"), "cup", 5, 0)


def test_a_file_of_prompts_is_read_in_its_order(tmp_path):
    path = tmp_path / "prompts.txt"
    path.write_text(
        "﻿# mine\n\n2. A man leans on a bench.\nA person sits on a bench\n  # no\na man leans on a bench\n"
    )
    made = prompts.read(path, "Bench")
    assert [(prompt.text, prompt.verb, prompt.category, prompt.source) for prompt in made] == [
        ("A man leans on a bench", "leans on", "bench", "file"),
        ("A person sits on a bench", "sits on", "bench", "file"),
    ]


def test_a_file_without_prompts_is_told(tmp_path):
    path = tmp_path / "prompts.txt"
    path.write_text("# nothing\n")
    with pytest.raises(InputError, match="no prompt"):
        prompts.read(path, "bench")
    with pytest.raises(InputError, match="cannot be read"):
        prompts.read(tmp_path / "absent.txt", "bench")
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(InputError, match="UTF-8"):
        prompts.read(path, "bench")
