"""The only way to the network: paced requests, few tries, and checked answers."""

from __future__ import annotations

import contextlib
import datetime
import json
import queue
import re
import socket
import threading
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, Protocol
from urllib.parse import quote, quote_plus, unquote, urlencode, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from citehub import __version__
from citehub.errors import (
    BadAnswer,
    BadArgument,
    BudgetUsedUp,
    FetchError,
    KeyRefused,
    TooLarge,
    Unreachable,
)
from citehub.live.deadline import Watch
from citehub.live.pace import LONGEST_SECONDS, Pacer, asked_wait, backoff, is_used_up
from citehub.live.settings import ENVIRONMENT, MAILTO, base_of, check_host, find, setting
from citehub.sources.answers import Answer, Asked
from citehub.sources.api import Forbidden, Refused
from citehub.sources.registry import live_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from citehub.sources.api import Host
    from citehub.sources.source import Source

CONNECT_SECONDS: Final = 2.0
"""Seconds without an answer that count as no network."""
_READ_SECONDS: Final = 20.0  # without a byte
_ANSWER_SECONDS: Final = 60.0
_MOST_BYTES: Final = 1 << 26  # of an answer; Semantic Scholar allows 10 MB
_TRIES: Final = 4
_SLOW_TRIES: Final = 2  # where each takes long
_BUSY_TRIES: Final = 6  # where many share one pace
_REDIRECTS: Final = 3
_OK, _PART, _NOT_FOUND, _PROXY_LOGIN, _TOO_FAST = 200, 206, 404, 407, 429
_THE_PROXY: Final = "the proxy that the environment names"
_REFUSED: Final = re.compile(r"Tunnel connection failed: (4\d\d)")
_LEAST_SECRET: Final = 8
_DAY_SECONDS: Final = 86_400.0
_MONTH_SECONDS: Final = 31 * _DAY_SECONDS
_LEAST_TOLD_WAIT: Final = 5.0  # seconds
_PLAUSIBLE_YEARS: Final = (2026, 2100)  # of a date that a host tells
_LARGE: Final = re.compile(r"exceed|too large|10 ?MB|response size", re.IGNORECASE)
_SLOW: Final = re.compile(r"rate|slow|limit|too (many|often|fast)", re.IGNORECASE)
_SPENT: Final = re.compile(r"budget|credit|quota|daily|per day", re.IGNORECASE)
_SAFE: Final = "/:;()@!$&'*+,=~"
_LATE: Final = "has not answered whole after {:.0f} seconds"
_QUOTED_LETTERS: Final = 160  # of what a source says


class _Raw(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class Sink(Protocol):
    """Takes the body of an answer that memory may not hold; after a break, it gets the rest."""

    @property
    def seconds(self) -> float:
        """The time for an exchange."""

    @property
    def most(self) -> int:
        """The most bytes of one."""

    def headers(self) -> dict[str, str]:
        """Return the headers that ask for what is missing."""

    def take(self, status: int, headers: Mapping[str, str], parts: Iterator[bytes]) -> None:
        """Take the pieces of an answer with the status 200 or 206."""


@dataclass(slots=True)
class Live:
    """Asks sources over the network.

    Parameters
    ----------
    sources : collection of Source
        The sources that may be asked.
    now, sleep : callable, optional
        A clock that only goes forward, and its sleep.
    tell : callable, optional
        Is called with a sentence for each try that failed, and each long wait.
    seconds : float, optional
        Time for an answer, if not the usual.
    most : int
        The most bytes of an answer.
    is_direct : bool
        Whether to ignore any proxy in the environment.

    Attributes
    ----------
    requests : dict of str to int
        How many were sent, by source.
    """

    sources: Collection[Source]
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    tell: Callable[[str], None] = lambda _said: None
    seconds: float | None = None
    most: int = _MOST_BYTES
    is_direct: bool = False
    requests: dict[str, int] = field(default_factory=dict, init=False)
    _ahead: dict[str, float] = field(default_factory=dict, init=False)
    _watch: Watch = field(default_factory=Watch, init=False)
    _pacers: dict[str, Pacer] = field(default_factory=dict, init=False)
    _bases: dict[str, str] = field(default_factory=dict, init=False)
    _keys: dict[str, str] = field(default_factory=dict, init=False)
    _pools: dict[str, Any] = field(default_factory=dict, init=False)
    _contact: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self._contact = setting(MAILTO)
        for source in self.sources:
            host = _host(source)
            self._bases[source.id] = base_of(host)
            self._keys[source.id] = setting(host.key_variable) if host.key_variable else ""
            self._pacers[source.id] = Pacer(host.interval, self.now, self.sleep)

    def has_key(self, source: Source) -> bool:
        """Tell whether there is a key for a source."""
        return bool(self._keys[source.id])

    @property
    def skew(self) -> float:
        """Seconds by which this computer's clock is ahead of the sources'; 0 below a day."""
        return max(map(self._skew_of, self._ahead), key=abs, default=0.0)

    def _skew_of(self, source_id: str) -> float:
        """Return by how much the clock is ahead of a source's, if another one confirms it."""
        ahead = self._ahead.get(source_id, 0.0)
        others = [each for name, each in self._ahead.items() if name != source_id]
        is_confirmed = any(abs(ahead - each) < _DAY_SECONDS for each in others)
        is_alone = len(self.sources) == 1
        return ahead if abs(ahead) > _DAY_SECONDS and (is_confirmed or is_alone) else 0.0

    @property
    def waited(self) -> float:
        """Seconds of waiting in all."""
        return sum(each.waited for each in self._pacers.values())

    def check_network(self) -> None:
        """Refuse to go on if no source can be reached within two seconds.

        Raises
        ------
        Unreachable
            There is no network.
        """
        places = dict(map(_place_of, self._bases.values()))
        reached: queue.Queue[bool] = queue.Queue()

        def connect(place: tuple[str, int]) -> None:
            is_there = True
            try:
                socket.create_connection(place, timeout=CONNECT_SECONDS).close()
            except (OSError, ValueError):  # a name that is none
                is_there = False
            reached.put(is_there)

        for place in places:
            threading.Thread(target=connect, args=(place,), daemon=True).start()
        end = time.monotonic() + CONNECT_SECONDS
        with contextlib.suppress(queue.Empty):
            for _ in places:
                if reached.get(timeout=max(0.0, end - time.monotonic())):
                    return
        proxies = sorted(f"{host}:{port}" for (host, port), is_proxy in places.items() if is_proxy)
        if proxies:
            variables = sorted({_proxy_name(each) for each in self._bases.values()} - {""})
            raise Unreachable(
                f"The proxy {', '.join(proxies)} in the environment cannot be reached. Nothing "
                f"was asked. Correct {' and '.join(variables)}, or unset it."
            )
        names = ", ".join(sorted({host for host, _ in places}))
        raise Unreachable(
            f"{names} cannot be reached: there is no network, or it needs a proxy (set "
            "HTTPS_PROXY). Nothing was asked."
        )

    def ask(
        self, source: Source, asked: Asked, due: Collection[str], sink: Sink | None = None
    ) -> Answer:
        """Ask a source, with as many tries as make sense.

        Parameters
        ----------
        source : Source
            Whom to ask.
        asked : Asked
            What to ask for.
        due : collection of str
            Keys that the answer must have; without any, it must be a list. For a text, marks of
            which it must have one.
        sink : Sink, optional
            Takes the body, which is then empty in the answer.

        Returns
        -------
        Answer
            With status 200, or 404 if the source does not know what was asked for.

        Raises
        ------
        FetchError
            There is no answer; its kind says why.
        """
        try:
            return self._ask(source, asked, due, sink)
        except FetchError as error:
            error.args = (self._scrub(str(error)),)
            raise

    def _ask(
        self, source: Source, asked: Asked, due: Collection[str], sink: Sink | None
    ) -> Answer:
        title = _title(source)
        tries = 0
        while True:
            tries += 1
            try:
                raw = self._send(source, asked, sink)
                found = self._judge(source, asked, raw, due, tries)
            except (Refused, Forbidden):
                raise
            except (_PassingError, BadAnswer) as error:
                most = _SLOW_TRIES if isinstance(error, _SlowError) else _TRIES
                if tries >= most or isinstance(error, _LastingError):
                    kind = BadAnswer if isinstance(error, BadAnswer) else Unreachable
                    raise kind(f"{title} {error}.") from None
                self.tell(self._scrub(f"{title} {error}; try {tries + 1} of {most}."))
                self._pacers[source.id].hold(backoff(tries))
            else:
                if found is not None:
                    return found

    def _judge(
        self, source: Source, asked: Asked, raw: _Raw, due: Collection[str], tries: int
    ) -> Answer | None:
        """Return the answer in a response; None to ask again."""
        if raw.status == _TOO_FAST or (raw.status == 403 and _SLOW.search(_error_message(raw))):  # noqa: PLR2004
            self._hold(source, raw, tries)
            return None
        if raw.status in {401, 403}:
            self._refuse_key(source, raw)
        if raw.status == _PROXY_LOGIN:
            raise _LastingError(f"cannot be asked: {_THE_PROXY} wants a login")
        if raw.status >= 500:  # noqa: PLR2004
            raise _PassingError(f"fails with {raw.status}{_error_message(raw)}")
        if raw.status not in {_OK, _NOT_FOUND}:
            kind = TooLarge if _LARGE.search(_error_message(raw)) else BadAnswer
            if kind is TooLarge:
                raise TooLarge(
                    f"{_title(source)} refuses so large an answer{_error_message(raw)}."
                )
            told = f"{_title(source)} refuses {asked.path} with {raw.status}{_error_message(raw)}."
            raise Refused(told)
        content = _content(_host(source), raw, due)
        self._note_clock(source, raw)
        now = time.time() - self._skew_of(source.id)
        at = datetime.datetime.fromtimestamp(now, tz=datetime.UTC)
        address = self._bases[source.id] + quote(asked.path, safe=_SAFE)
        if asked.params:
            address += "?" + urlencode(asked.params)
        stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        body = raw.body if raw.status == _OK else b""
        return Answer(asked, address, raw.status, stamp, body, content)

    def _note_clock(self, source: Source, raw: _Raw) -> None:
        """Note by how much this computer's clock is ahead of a source's, if known."""
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            date = parsedate_to_datetime(raw.headers.get("date", ""))
            if _PLAUSIBLE_YEARS[0] <= date.year < _PLAUSIBLE_YEARS[1]:
                self._ahead[source.id] = time.time() - date.timestamp()

    def _hold(self, source: Source, raw: _Raw, tries: int) -> None:
        """Wait as a source asks, and report more than a minute."""
        title, seconds = _title(source), asked_wait(raw.headers, time.time())
        is_spent = is_used_up(raw.headers) or bool(_SPENT.search(_error_message(raw)))
        if is_spent and (seconds is None or seconds > LONGEST_SECONDS):
            raise BudgetUsedUp(
                f"{title} gives no more today{_return_time(seconds)}.{self._hint(source)}"
            )
        if seconds is not None and seconds > LONGEST_SECONDS:
            raise BudgetUsedUp(f"{title} asks to wait{_return_time(seconds)}.")
        if tries >= _BUSY_TRIES:
            raise BudgetUsedUp(
                f"{title} said {tries} times in a row that it is asked too often; come back "
                f"later.{self._hint(source)}"
            )
        wait = backoff(tries) if seconds is None else seconds + 0.05
        if wait >= _LEAST_TOLD_WAIT:
            self.tell(f"{title} is asked too often; waiting {wait:.0f} s.")
        self._pacers[source.id].hold(wait)

    def _hint(self, source: Source) -> str:
        """Return where to get a key."""
        has_none = _host(source).key_variable and not self.has_key(source)
        return f" {_key_hint(source)}" if has_none else ""

    def _refuse_key(self, source: Source, raw: _Raw) -> NoReturn:
        host = _host(source)
        if self.has_key(source):
            name = host.key_variable
            is_kept = find(name).origin != ENVIRONMENT
            how = f"with: citehub config {name}" if is_kept else "in the environment, or unset it."
            raise KeyRefused(
                f"{_title(source)} refuses the key in {name}{_error_message(raw)}. Correct it "
                f"{how}"
            )
        if not host.key_variable:
            what = f"refuses to answer, with {raw.status}{_error_message(raw)}"
            raise Forbidden(f"{_title(source)} {what}.")
        raise KeyRefused(f"{_title(source)} wants a key{_error_message(raw)}. {_key_hint(source)}")

    def _send(self, source: Source, asked: Asked, sink: Sink | None) -> _Raw:
        """Send one request, and follow redirects."""
        host, key = _host(source), self._keys[source.id]
        query = list(asked.params)
        contact = f"; mailto:{self._contact}" if self._contact and host.gives_texts else ""
        headers = {
            "User-Agent": f"citehub/{__version__} (https://pypi.org/project/citehub{contact})",
            "Accept": "*/*" if host.gives_texts else "application/json",
            "Accept-Encoding": "gzip",
            **(sink.headers() if sink else {}),
        }
        if key and host.key_place == "header":
            headers[host.key_name] = host.key_prefix + key
        if key and host.key_place == "query":
            query.append((host.key_name, key))
        if self._contact and host.contact:
            query.append((host.contact, self._contact))
        address = self._bases[source.id] + quote(asked.path, safe=_SAFE)
        address += f"?{urlencode(query)}" if query else ""
        body = asked.content or None
        if asked.posted:
            body = json.dumps({"ids": list(asked.posted)}).encode()
        if body:
            headers["Content-Type"] = "application/json"
        origin = urlsplit(address)[:2]
        for _ in range(1 + _REDIRECTS):
            self._pacers[source.id].wait()
            self.requests[source.id] = self.requests.get(source.id, 0) + 1
            raw = self._exchange(address, headers, body, sink)
            if raw.status not in {301, 302, 303, 307, 308}:
                return raw
            address = _with_query(_target(address, raw, origin), query)
        raise _LastingError("redirects without end")

    def _exchange(
        self,
        address: str,
        headers: Mapping[str, str],
        posted: bytes | None,
        sink: Sink | None,
    ) -> _Raw:
        """Send a request and return the response, within the time limit."""
        import urllib3

        whole, silent = self.seconds or _ANSWER_SECONDS, self.seconds or _READ_SECONDS
        whole = sink.seconds if sink else whole
        try:
            with self._watch.limit(whole):
                raw = self._receive(address, headers, posted, sink)
        except BadArgument:
            raise
        except (urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError) as error:
            if self._watch.is_late:
                raise _SlowError(_LATE.format(whole)) from None
            refused = _REFUSED.search(str(error))
            if isinstance(error, urllib3.exceptions.ProxyError) and refused:
                said = f"cannot be asked: {_THE_PROXY} refuses with {refused[1]}"
                raise _LastingError(said) from None
            is_slow = isinstance(error, urllib3.exceptions.ReadTimeoutError)
            raise (_SlowError if is_slow else _PassingError)(_reason(error, silent)) from None
        if self._watch.is_late:  # what came may look whole
            raise _SlowError(_LATE.format(whole))
        return raw

    def _receive(
        self,
        address: str,
        headers: Mapping[str, str],
        posted: bytes | None,
        sink: Sink | None,
    ) -> _Raw:
        import urllib3

        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=self.seconds or _READ_SECONDS)
        response = self._pool(address).request(
            "POST" if posted else "GET", address, headers=dict(headers), body=posted,
            redirect=False, retries=False, timeout=timeout, preload_content=False,
        )  # fmt: skip
        try:
            found = {name.lower(): value for name, value in response.headers.items()}
            is_taken = sink is not None and response.status in {_OK, _PART}
            parts = _parts(response, sink.most if sink and is_taken else self.most)
            body = b""
            if sink and is_taken:
                sink.take(response.status, found, parts)
            else:
                body = b"".join(parts)
        except BaseException:
            response.close()  # so that nobody reads what is left
            raise
        response.release_conn()
        return _Raw(_OK if is_taken else response.status, found, self._scrub_bytes(body))

    def _pool(self, address: str) -> Any:
        """Return the connections to a host, through any proxy in the environment."""
        import urllib3

        parts = urlsplit(address)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._pools:
            proxy = "" if self.is_direct else _proxy_of(address)
            if proxy:
                login = urlsplit(proxy)
                headers = None
                if login.username:
                    pair = f"{unquote(login.username)}:{unquote(login.password or '')}"
                    headers = urllib3.make_headers(proxy_basic_auth=pair)
                pool = urllib3.ProxyManager(proxy, proxy_headers=headers)
                self._pools[host] = self._watch.install(pool)
            else:
                self._pools[host] = self._watch.install(urllib3.PoolManager())
        return self._pools[host]

    def _scrub(self, text: str) -> str:
        """Return a source's words without keys and contact, which it may repeat."""
        for secret in self._secrets():
            text = text.replace(secret, "…")
        return text

    def _scrub_bytes(self, body: bytes) -> bytes:
        """Return an answer without keys and contact."""
        for secret in self._secrets():
            if len(secret) >= _LEAST_SECRET:  # a shorter one may be part of a word
                body = body.replace(secret.encode(), b"...")
        return body

    def _secrets(self) -> Iterator[str]:
        """Yield keys and contact, plain and as encoded in an address."""
        for secret in filter(None, (*self._keys.values(), self._contact)):
            yield from {secret, quote_plus(secret)}


class _PassingError(Exception):
    """An error that may pass."""


class _LastingError(BadAnswer):
    """An error that will not pass."""


class _SlowError(_PassingError):
    """An error after so long that only one more try follows."""


def _parts(response: Any, most: int) -> Iterator[bytes]:
    """Yield a body in pieces, up to a limit."""
    size = 0
    while part := response.read1(1 << 16, decode_content=True):  # which waits for no more
        yield part
        size += len(part)
        if max(size, response.tell()) > most:
            raise _LastingError(f"gives more than {most >> 20} MB for one answer")


def _target(address: str, raw: _Raw, origin: tuple[str, ...]) -> str:
    """Return the target of a redirect: another address of the same host, or an error."""
    location = raw.headers.get("location", "")
    if not location:
        raise _LastingError(f"redirects with {raw.status}, but does not say where to")
    try:
        target = urljoin(address, location)
        parts = urlsplit(target)
        place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        is_own = parts[:2] == origin and parts.port != 0
    except ValueError:
        raise _LastingError("redirects to an invalid address") from None
    if not is_own:
        shown = "".join(each if each.isprintable() else "�" for each in place)[:_QUOTED_LETTERS]
        raise _LastingError(
            f"redirects to {shown}, which is not asked: a network that wants a login, or a wrong "
            "base address"
        )
    return target


def _content(host: Host, raw: _Raw, due: Collection[str]) -> Any:
    """Return the JSON in an answer; refuse one that is not the host's own."""
    if raw.status == _NOT_FOUND and not host.says_unknown(raw.body):
        raise _LastingError(
            f"gives a 404 that is not its own{_error_message(raw)}: a network that wants a "
            "login, or a wrong base address"
        )
    if raw.status == _OK and not host.gives_texts:
        return _check(raw, due)
    if raw.status == _OK:
        _check_text(raw, due)
    return None


def _check_text(raw: _Raw, due: Collection[str]) -> None:
    """Refuse a body without any mark of a text."""
    if not any(mark.encode("latin-1") in raw.body for mark in due):
        raise BadAnswer(
            "gives something else instead of the text: a network that wants a login, or a wrong "
            "base address"
        )


def _check(raw: _Raw, due: Collection[str]) -> Any:
    """Return the content of a body; refuse one that was not asked for."""
    kind = raw.headers.get("content-type", "")
    if raw.body.lstrip()[:1] == b"<" or "html" in kind:
        raise BadAnswer(
            "gives a web page instead of data: a network that wants a login, or a wrong base "
            "address"
        )
    try:
        content = json.loads(raw.body)
    except (ValueError, RecursionError):
        raise BadAnswer("gives an answer that is cut off or damaged") from None
    if due and not (isinstance(content, dict) and {*due} <= content.keys()):
        raise BadAnswer(f"gives no answer to what was asked{_error_message(raw)}")
    if not due and not isinstance(content, list):
        raise BadAnswer(f"gives no list{_error_message(raw)}")
    return content


def _error_message(raw: _Raw) -> str:
    """Return an error message in an answer, in a few harmless words; empty if none."""
    try:
        content = json.loads(raw.body)
    except (ValueError, RecursionError):
        content = None
    said = ""
    if isinstance(content, dict):
        error = content.get("error")
        error = error.get("message") if isinstance(error, dict) else error
        words = (error, content.get("message"))
        said = "; ".join(each for each in words if isinstance(each, str))
    elif content is None and "text/plain" in raw.headers.get("content-type", ""):
        said = raw.body.decode(errors="replace")
    said = " ".join("".join(each if each.isprintable() else " " for each in said).split())
    return f" ({said[:_QUOTED_LETTERS]})" if said else ""


def _reason(error: Exception, silent: float) -> str:
    """Say what went wrong on the way, without the address, which may hold a key."""
    from urllib3 import exceptions

    kinds: tuple[tuple[type[Exception], str], ...] = (
        (exceptions.NameResolutionError, "cannot be found: the network does not know its name"),
        (exceptions.ProxyError, f"cannot be reached through {_THE_PROXY}"),
        (exceptions.ConnectTimeoutError, "cannot be reached"),
        (exceptions.NewConnectionError, "cannot be reached"),
        (exceptions.SSLError, "shows no certificate that this computer trusts"),
        (exceptions.TimeoutError, f"has said nothing for {silent:.0f} seconds"),
        (exceptions.DecodeError, "gives an answer that is damaged"),
    )
    if isinstance(error, ValueError) and not isinstance(error, exceptions.HTTPError):
        return "cannot be asked, because of its address or its answer"
    said = (text for kind, text in kinds if isinstance(error, kind))
    return next(said, "breaks off in the middle of an answer")


def _return_time(seconds: float | None) -> str:
    """Return when to come back; nothing for an absurd time."""
    if seconds is None or seconds > _MONTH_SECONDS:
        return "; come back tomorrow"
    at = datetime.datetime.now().astimezone() + datetime.timedelta(seconds=seconds)
    minutes = max(1, round(seconds / 60))
    span = f"{minutes} min" if minutes < 120 else f"{round(minutes / 60)} h"  # noqa: PLR2004
    return f"; come back in {span}, at {at:%Y-%m-%d %H:%M}"


def _key_hint(source: Source) -> str:
    host = _host(source)
    if not host.key_page:
        return f"Set it with: citehub config {host.key_variable}"
    return (
        f"It gives more with a free key: {host.key_page}, then citehub config {host.key_variable}."
    )


def _with_query(target: str, query: list[tuple[str, str]]) -> str:
    """Return the target of a redirect, with the query if it lacks that."""
    if urlsplit(target).query or not query:
        return target
    return f"{target}?{urlencode(query)}"


def _proxy_name(address: str) -> str:
    """Return the variable that names the proxy for an address; empty if none."""
    parts = urlsplit(address)
    found = getproxies()
    names = [each for each in (parts.scheme, "all") if found.get(each)]
    return f"{names[0].upper()}_PROXY" if names and not proxy_bypass(parts.netloc) else ""


def _proxy_of(address: str) -> str:
    """Return the proxy for an address in the environment; empty if none."""
    name = _proxy_name(address)
    if not name:
        return ""
    proxy = getproxies()[name.removesuffix("_PROXY").lower()]
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    try:
        login = urlsplit(proxy)
        is_sound = login.scheme in {"http", "https"} and login.port != 0
        check_host(login.hostname)
    except ValueError:
        is_sound = False
    if not is_sound:
        raise BadArgument(
            f"The proxy in {name} cannot be used; it should be an address, as "
            "http://proxy.example.org:3128."
        )
    return proxy


def _place_of(base: str) -> tuple[tuple[str, int], bool]:
    """Return the host and port for requests to an address, and whether it is a proxy."""
    proxy = _proxy_of(base)
    parts = urlsplit(proxy or base)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return (parts.hostname or "", port), bool(proxy)


def _host(source: Source) -> Host:
    host = source.api or source.texts
    if host is None:
        raise FetchError(f"{source.id} has no interface; known: {_known()}")
    return host


def _known() -> str:
    return ", ".join(each.id for each in live_sources())


def _title(source: Source) -> str:
    return _host(source).name
