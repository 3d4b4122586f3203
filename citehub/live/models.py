"""A language model at an address with the interface of OpenAI's chat completions."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

from citehub.errors import BadAnswer, BadArgument, FetchError, Unreachable
from citehub.live.settings import LOOPBACK, MODEL_KEY, check_address, setting
from citehub.live.transport import CONNECT_SECONDS, Live
from citehub.sources.answers import Asked
from citehub.sources.api import Host, Refused
from citehub.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ANSWER_SECONDS: Final = 600.0  # which a slow computer takes to write
_MOST_BYTES: Final = 1 << 20  # of an answer
_ANSWER_TOKENS: Final = 4_096  # with what the model thinks before
_OK: Final = 200
_NAME_LETTERS: Final = 200


class Completion(NamedTuple):
    """An answer of a model: its text or refusal, and what the server adds.

    ``text`` and ``refusal`` are empty if there is none; ``sent`` are the settings that were sent,
    ``at`` is the time of the answer, in UTC.
    """

    text: str
    model: str | None
    fingerprint: str | None
    finish_reason: str | None
    refusal: str
    usage: dict[str, int]
    sent: dict[str, Any]
    at: str


class ModelHost:
    """Asks a language model, one question after another.

    Parameters
    ----------
    at : str
        The base address, as ``http://127.0.0.1:8080/v1``.
    model : str
        The name of the model there.
    tell : callable, optional
        Is called with a sentence for each failed try, and each long wait.

    Raises
    ------
    BadArgument
        The address or the name is invalid.
    """

    def __init__(
        self, at: str, model: str, tell: Callable[[str], None] = lambda _said: None
    ) -> None:
        check_address("--at", at, is_secret=False)
        if not model.strip() or len(model) > _NAME_LETTERS or not model.isprintable():
            raise BadArgument(
                f"The model {model!r:.60} should be a name of at most {_NAME_LETTERS} letters."
            )
        parts = urlsplit(at)
        self.at, self.model, self.name = at.rstrip("/"), model, parts.netloc
        self.is_local = parts.hostname in LOOPBACK
        self.is_open = parts.scheme == "http" and not self.is_local
        key = "" if self.is_open else MODEL_KEY
        host = Host(
            title=self.name, url=self.at, url_variable="", key_variable=key, key_place="header",
            key_name="Authorization", key_prefix="Bearer ", interval=0.0,
        )  # fmt: skip
        self._source = Source("model", self.name, None, "program", None, texts=host)
        self._live = Live(
            [self._source],
            tell=tell,
            seconds=_ANSWER_SECONDS,
            most=_MOST_BYTES,
            is_direct=self.is_local,
        )
        self._refused: set[str] = set()

    @property
    def holds_back_key(self) -> bool:
        """Whether a key is not sent, as others could read it on the way."""
        return self.is_open and bool(setting(MODEL_KEY))

    @property
    def n_requests(self) -> int:
        """How many requests were sent."""
        return sum(self._live.requests.values())

    def check(self) -> None:
        """Refuse to go on if nothing listens at the address.

        Raises
        ------
        Unreachable
            Nothing listens.
        """
        if not self.is_local:
            self._live.check_network()
            return
        parts = urlsplit(self.at)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            socket.create_connection((parts.hostname or "", port), timeout=CONNECT_SECONDS).close()
        except OSError:
            raise Unreachable(
                f"Nothing answers at {self.at}. Start the server of the model, or correct --at. "
                "Nothing was asked."
            ) from None

    def complete(
        self, system: str, user: str, schema: Mapping[str, Any], *, temperature: float, seed: int
    ) -> Completion:
        """Ask a question.

        If a server rejects ``response_format``, ``temperature``, ``seed`` or ``max_tokens``, it is
        left out from then on.

        Raises
        ------
        BadArgument
            The address is wrong, or the server has no such model.
        FetchError
            There is no answer.
        """
        form = {"name": "judgement", "strict": True, "schema": dict(schema)}
        options = {
            "response_format": {"type": "json_schema", "json_schema": form},
            "temperature": temperature, "seed": seed, "max_tokens": _ANSWER_TOKENS,
        }  # fmt: skip
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        refused = set(self._refused)
        while True:
            sent = {name: each for name, each in options.items() if name not in refused}
            body = {"model": self.model, "messages": messages, "stream": False, **sent}
            asked = Asked("/chat/completions", content=json.dumps(body).encode())
            try:
                answer = self._live.ask(self._source, asked, ("choices",))
            except Refused as error:
                named = {name for name in sent if name in str(error)}
                named = named or ({"response_format"} & sent.keys())
                if not named:
                    raise
                refused |= named
                continue
            if answer.status != _OK:
                raise self._explain()
            self._refused = refused
            settings = {name: each for name, each in sent.items() if name != "response_format"}
            settings["json_schema"] = "response_format" in sent
            return _read(answer.content, settings, answer.at)

    def _explain(self) -> BadArgument:
        """Return the reason for a 404: no such model, or no such address."""
        try:
            answer = self._live.ask(self._source, Asked("/models"), ("data",))
        except FetchError:
            answer = None
        listed = answer.content["data"] if answer and answer.status == _OK else None
        if not isinstance(listed, list):
            hint = "" if self.at.endswith("/v1") else f" It usually ends in /v1: {self.at}/v1"
            return BadArgument(
                f"{self.at}/chat/completions does not exist. Correct --at, the address before "
                f"/chat/completions.{hint}"
            )
        names = [each.get("id") for each in listed if isinstance(each, dict)]
        known = ", ".join(each[:_NAME_LETTERS] for each in names[:12] if isinstance(each, str))
        return BadArgument(f"{self.name} has no model {self.model!r}. It has: {known or 'none'}.")


def _read(content: Any, sent: dict[str, Any], at: str) -> Completion:
    """Return the content of an answer, ignoring wrong parts."""
    choices = content["choices"]
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise BadAnswer("The answer has no message.")
    usage = content.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    return Completion(
        _text(message.get("content")) or "", _name(content.get("model")),
        _name(content.get("system_fingerprint")), _name(choice.get("finish_reason")),
        _text(message.get("refusal")) or "",
        {name: n for name, n in counts.items() if type(n) is int}, sent, at,
    )  # fmt: skip


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _name(value: object) -> str | None:
    """Return a valid name; None for anything else."""
    is_name = isinstance(value, str) and value.strip() and value.isprintable()
    return str(value)[:_NAME_LETTERS] if is_name else None
