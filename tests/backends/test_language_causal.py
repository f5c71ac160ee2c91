import sys

import pytest
import torch

from chorus_recon.backends.language import causal
from chorus_recon.backends.language.causal import LocalWriter
from chorus_recon.backends.protocols import PromptWriter
from chorus_recon.errors import MissingBackend, WeightsError
from tests.backends.tiny_language import save_causal

# What the libraries themselves say about each other on import and use is not ours to mend.
pytestmark = [
    pytest.mark.named_stack,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    monkeypatch.setenv("CHORUS_OFFLINE", "1")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    pytest.importorskip("transformers", reason="needs chorus-recon[synthesis]")
    return save_causal(tmp_path_factory.mktemp("causal"))


@pytest.fixture
def answers(monkeypatch):
    """Makes the random model say something in its own way: its tokenizer's decoding is replaced."""

    def say(writer, text):
        tokenizer, _ = writer._ready()
        monkeypatch.setattr(tokenizer, "decode", lambda *_, **__: text)

    return say


def test_the_same_seed_writes_the_same_and_disturbs_nobody(folder):
    writer = LocalWriter(str(folder))
    assert isinstance(writer, PromptWriter)
    torch.manual_seed(3)
    before = torch.get_rng_state()
    first = writer.prompts("cup", 1, 5)
    assert torch.equal(torch.get_rng_state(), before)
    assert first
    assert writer.prompts("cup", 1, 5) == first
    assert writer.prompts("cup", 1, 6) != first
    assert first[0].source == f"transformers:{folder}"
    assert len(first) == 1


def test_what_it_says_becomes_prompts(folder, answers):
    writer = LocalWriter(str(folder))
    answers(writer, "1. A person lifts a cup.\n2. A man holds a cup")
    assert [(prompt.text, prompt.verb) for prompt in writer.prompts("cup", 4, 0)] == [
        ("A person lifts a cup", "lifts"),
        ("A man holds a cup", "holds"),
    ]


def test_it_is_asked_in_its_chat_form_where_it_has_one(folder, tmp_path):
    pytest.importorskip("transformers")
    from tests.backends.tiny_language import byte_tokenizer

    chat, plain = byte_tokenizer(), byte_tokenizer(chat=False)
    assert (
        chat.decode(causal._tokens(chat, "hello")[0])
        == "<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n"
    )
    assert plain.decode(causal._tokens(plain, "hello")[0]) == "hello\n\n"


def test_a_model_that_is_not_there_is_reported(folder, tmp_path):
    with pytest.raises(WeightsError, match="cannot be loaded") as caught:
        LocalWriter("nobody/nothing-at-all").prompts("cup", 1, 0)
    assert "CHORUS_OFFLINE" in caught.value.hint
    with pytest.raises(WeightsError, match="cannot be loaded"):
        LocalWriter(str(tmp_path)).prompts("cup", 1, 0)


def test_pickled_weights_are_refused(folder, tmp_path):
    for path in folder.iterdir():
        if path.suffix != ".safetensors":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(WeightsError, match="safetensors"):
        LocalWriter(str(tmp_path)).prompts("cup", 1, 0)


def test_a_missing_library_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingBackend) as caught:
        LocalWriter("x").prompts("cup", 1, 0)
    assert "chorus-recon[synthesis]" in caught.value.hint
