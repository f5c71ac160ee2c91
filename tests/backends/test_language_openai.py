import pytest

from chorus_recon.backends.language import openai
from chorus_recon.backends.language.openai import ChatWriter
from chorus_recon.backends.protocols import PromptWriter
from chorus_recon.errors import ConfigError, InputError
from chorus_recon.types import Prompt
from tests.backends.chat_server import completion, serving

KEY = "sk-very-secret"
TWO = completion("1. A person rides a bicycle.\n2. A man pushes a bicycle.")


@pytest.fixture
def server(monkeypatch):
    with serving() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url + "/")
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.delenv("OPENAI_MODEL", raising=False)
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.delenv(name, raising=False)
        yield server


@pytest.fixture
def pauses(monkeypatch):
    slept = []
    monkeypatch.setattr(openai.time, "sleep", slept.append)
    return slept


def test_one_question_gives_clean_prompts(server):
    writer = ChatWriter("some-model")
    assert isinstance(writer, PromptWriter)
    server.answers += [TWO]
    assert writer.prompts("Bicycle", 5, 2**40 + 3) == [
        Prompt("bicycle", "A person rides a bicycle", "rides", "openai:some-model"),
        Prompt("bicycle", "A man pushes a bicycle", "pushes", "openai:some-model"),
    ]
    ((path, key, asked),) = server.heard
    assert path == "/v1/chat/completions"
    assert key == f"Bearer {KEY}"
    assert asked["model"] == "some-model"
    assert asked["temperature"] == 1.0
    assert 0 <= asked["seed"] < 2**31
    assert [message["role"] for message in asked["messages"]] == ["user"]
    assert "at most 5" in asked["messages"][0]["content"]


def test_the_model_comes_from_the_argument_or_the_environment(server, monkeypatch):
    server.answers += [TWO, TWO, TWO]
    ChatWriter().prompts("bicycle", 2, 0)
    monkeypatch.setenv("OPENAI_MODEL", "mine")
    ChatWriter().prompts("bicycle", 2, 0)
    ChatWriter("yours").prompts("bicycle", 2, 0)
    assert [asked["model"] for _, _, asked in server.heard] == [openai.MODEL, "mine", "yours"]


def test_a_busy_server_is_asked_again_after_the_pause_it_names(server, pauses):
    server.answers += [
        (429, {"error": {"message": "slow down"}}, {"Retry-After": "7"}),
        (500, "oops"),
        (503, "", {"Retry-After": "Wed, 21 Oct 2037 07:28:00 GMT"}),
        (429, "", {"Retry-After": "9000"}),
        TWO,
    ]
    assert len(ChatWriter("m", pause_s=0.5).prompts("bicycle", 2, 0)) == 2
    assert pauses == [7.0, 1.0, 2.0, openai.LONGEST_PAUSE_S]


def test_a_server_that_stays_busy_is_given_up(server, pauses):
    server.answers += [(429, {"error": {"message": "quota exceeded"}})] * 3
    with pytest.raises(InputError, match="answered 429: quota exceeded") as caught:
        ChatWriter("m", attempts=3).prompts("bicycle", 2, 0)
    assert "quota" in caught.value.hint
    assert len(pauses) == 2


def test_a_server_that_hangs_is_given_up_after_its_time(server, pauses):
    server.answers += ["hang", "hang"]
    with pytest.raises(InputError, match=r"cannot be asked \(.*timed? ?out"):
        ChatWriter("m", timeout_s=0.1, attempts=2).prompts("bicycle", 2, 0)
    assert len(server.heard) == 2


def test_a_server_that_is_not_there(monkeypatch, pauses):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(InputError, match="cannot be asked") as caught:
        ChatWriter("m", attempts=2).prompts("bicycle", 2, 0)
    assert "OPENAI_BASE_URL" in caught.value.hint


@pytest.mark.parametrize(
    ("answer", "words", "mend"),
    [
        ((401, {"error": {"message": "bad key"}}), "answered 401: bad key", "OPENAI_API_KEY"),
        (
            (404, {"error": "model 'm' not found"}),
            "answered 404: model 'm' not found",
            "serves the model 'm'",
        ),
        ((400, {"detail": "no"}), "answered 400", "log"),
        ((302, "", {"Location": "http://127.0.0.1:9/elsewhere"}), "answered 302", "log"),
        ((200, "<html>hello"), "not a chat completion: '<html>hello'", "/v1"),
        ((200, {"choices": []}), "not a chat completion", "/v1"),
        ((200, {"choices": [{"message": {"content": None}}]}), "not a chat completion", "/v1"),
        ((200, [1]), "not a chat completion", "/v1"),
    ],
)
def test_replies_that_are_not_retried(server, pauses, answer, words, mend):
    server.answers += [answer]
    with pytest.raises(InputError) as caught:
        ChatWriter("m").prompts("bicycle", 2, 0)
    assert words in caught.value.message
    assert mend in caught.value.hint
    assert KEY not in str(caught.value)
    assert not pauses


def test_a_server_that_knows_no_seed_is_asked_without(server, pauses):
    server.answers += [(400, {"error": {"message": "unknown field: seed"}}), TWO]
    assert len(ChatWriter("m").prompts("bicycle", 2, 0)) == 2
    assert ["seed" in asked for _, _, asked in server.heard] == [True, False]
    assert not pauses


def test_a_server_of_ones_own_needs_no_key(server, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    server.answers += [TWO]
    assert ChatWriter("m").prompts("bicycle", 2, 0)
    assert server.heard[0][1] is None


@pytest.mark.parametrize(
    ("base", "key", "words"),
    [
        ("", "", "OPENAI_API_KEY is not set"),
        ("ftp://host/v1", KEY, "is not a valid address"),
        ("localhost:11434", KEY, "is not a valid address"),
        ("https://api.example.com/v1", KEY, "CHORUS_OFFLINE is set"),
    ],
)
def test_missing_settings_are_reported_before_any_request(monkeypatch, base, key, words):
    monkeypatch.setenv("OPENAI_BASE_URL", base)
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(ConfigError, match=words) as caught:
        ChatWriter("m").prompts("bicycle", 2, 0)
    assert KEY not in str(caught.value)


def test_the_key_is_in_no_log_record_or_message(server, pauses, caplog, capfd):
    caplog.set_level("DEBUG")
    server.answers += [TWO, (401, {"error": {"message": "wrong key"}})]
    writer = ChatWriter("some-model")
    made = writer.prompts("bicycle", 2, 0)
    with pytest.raises(InputError) as error:
        writer.prompts("bicycle", 2, 1)
    told = [repr(made), repr(writer), str(error.value), caplog.text, *capfd.readouterr()]
    assert not any(KEY in text for text in told)
