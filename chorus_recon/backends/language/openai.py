"""Write prompts with a chat model of any endpoint that follows OpenAI's chat completions.

Selected by `--writer openai:MODEL`. Set OPENAI_API_KEY and, for another provider or your own server,
OPENAI_BASE_URL. CHORUS used gpt-3.5-turbo, with one request per category.
"""

import ipaddress
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from email.message import Message
from http.client import HTTPException
from typing import Any

from chorus_recon.backends.language import lines
from chorus_recon.errors import ConfigError, InputError
from chorus_recon.io import fetch
from chorus_recon.types import Prompt

OFFICIAL = "https://api.openai.com/v1"
MODEL = "gpt-4o-mini"
TEMPERATURE = 1.0
RETRIED_STATUSES = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
LONGEST_PAUSE_S = 60.0
MAX_REPLY_BYTES = 4 << 20


class _Refusal(Exception):
    """A response with a status other than 200."""

    def __init__(self, status: int, text: str, wait_s: float | None) -> None:
        super().__init__(status)
        self.status, self.text, self.wait_s = status, text, wait_s


class ChatWriter:
    """Writes prompts with one request to a chat endpoint per call.

    Args:
        argument: the model's name; by default OPENAI_MODEL, then gpt-4o-mini.
        timeout_s: timeout of one request.
        attempts: how often a request is sent if the endpoint is busy or fails.
        pause_s: pause before the second attempt; it doubles with each further attempt.
    """

    name = "openai"

    def __init__(
        self, argument: str = "", *, timeout_s: float = 60.0, attempts: int = 5, pause_s: float = 1.0
    ) -> None:
        self._model = argument or os.environ.get("OPENAI_MODEL", "").strip() or MODEL
        self._timeout_s, self._attempts, self._pause_s = timeout_s, attempts, pause_s
        self.licences = {f"text by {self._model}": "the terms of the endpoint that serves it"}

    def prompts(self, category: str, count: int, seed: int) -> list[Prompt]:
        """The sentences of the model's reply. The seed is sent, but few endpoints guarantee to honour it.

        Raises:
            ConfigError: there is no key, the address is invalid, or it is remote and CHORUS_OFFLINE is set.
            InputError: the endpoint cannot be reached, refuses, or does not send a chat completion.
        """
        base = _base_url()
        question: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": "user", "content": lines.instruction(category, count, seed)}],
            "temperature": TEMPERATURE,
            "seed": seed % 2**31,
        }
        reply = self._request(f"{base}/chat/completions", question)
        return lines.prompts_of(_content(reply, base), category, count, f"openai:{self._model}")

    def _request(self, url: str, question: dict[str, Any]) -> bytes:
        pause_s = self._pause_s
        for attempt in range(1, self._attempts + 1):
            try:
                return self._post(url, question)
            except _Refusal as refusal:
                if refusal.status == 400 and "seed" in question and "seed" in refusal.text:
                    del question["seed"]  # not every server accepts a seed
                    continue
                if refusal.status not in RETRIED_STATUSES or attempt == self._attempts:
                    raise InputError(
                        f"{url} answered {refusal.status}{': ' if refusal.text else ''}{refusal.text}.",
                        _hint(refusal.status, self._model),
                    ) from refusal
                wait_s = refusal.wait_s
            except (OSError, HTTPException) as error:  # includes timeouts and broken connections
                if attempt == self._attempts:
                    raise InputError(
                        f"{url}: cannot be asked ({getattr(error, 'reason', None) or error!r}).",
                        "Check OPENAI_BASE_URL and the network, or use the writer 'verbs'.",
                    ) from error
                wait_s = None
            time.sleep(min(LONGEST_PAUSE_S, pause_s if wait_s is None else wait_s))
            pause_s *= 2
        raise InputError(f"{url}: gave no answer.", "Try again later.")

    def _post(self, url: str, question: dict[str, Any]) -> bytes:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        key = os.environ.get("OPENAI_API_KEY", "").strip()
        if key:
            headers["Authorization"] = f"Bearer {key}"
        request = urllib.request.Request(url, json.dumps(question).encode(), headers)
        try:
            with _OPENER.open(request, timeout=self._timeout_s) as reply:
                return reply.read(MAX_REPLY_BYTES)
        except urllib.error.HTTPError as error:
            with error:
                text = _error_text(error.read(MAX_REPLY_BYTES))
                raise _Refusal(error.code, text, _retry_after_s(error.headers)) from None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Does not follow redirects, so that the key is sent to the configured address only."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)


def _base_url() -> str:
    base = (os.environ.get("OPENAI_BASE_URL", "").strip() or OFFICIAL).rstrip("/")
    parts = urllib.parse.urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(
            f"OPENAI_BASE_URL is not a valid address: {base!r}.", "Use the form http://localhost:11434/v1."
        )
    if base == OFFICIAL and not os.environ.get("OPENAI_API_KEY", "").strip():
        raise ConfigError(
            "The writer 'openai' needs a key, and OPENAI_API_KEY is not set.",
            "Set it, or set OPENAI_BASE_URL to a server of your own, or use the writer 'verbs'.",
        )
    if fetch.is_offline() and not _is_here(parts.hostname):
        raise ConfigError(
            f"The writer 'openai' needs to connect to {parts.hostname}, but CHORUS_OFFLINE is set.",
            "Unset it, or use the writer 'verbs'.",
        )
    return base


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _content(reply: bytes, base: str) -> str:
    try:
        content = json.loads(reply)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError):
        content = None
    if not isinstance(content, str):
        start = reply[:120].decode(errors="replace")
        raise InputError(
            f"{base}: the reply is not a chat completion: {start!r}.",
            "/chat/completions is appended to OPENAI_BASE_URL, so it usually ends in /v1.",
        )
    return content


def _error_text(body: bytes) -> str:
    """The message of an error response, in one line."""
    try:
        found = json.loads(body)
        error = found.get("error", found) if isinstance(found, dict) else found
        text = error.get("message", "") if isinstance(error, dict) else str(error)
    except ValueError:
        text = body.decode(errors="replace")
    return " ".join(str(text).split())[:300].rstrip(".")


def _retry_after_s(headers: Message) -> float | None:
    try:
        return max(0.0, float(headers.get("Retry-After", "")))
    except ValueError:
        return None


def _hint(status: int, model: str) -> str:
    if status in (401, 403):
        return "Check OPENAI_API_KEY."
    if status == 404:
        return f"Check OPENAI_BASE_URL and that it serves the model {model!r}."
    if status == 429:
        return "The quota or rate limit is exceeded. Wait, or use another endpoint or the writer 'verbs'."
    return "See the endpoint's log, or use the writer 'verbs'."
