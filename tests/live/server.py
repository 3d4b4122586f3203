"""A server on loopback that answers as OpenAlex, Semantic Scholar and OpenCitations do.

    python -m tests.live.server --world 20000 [--citations 27] [--dumps DIR] [--port 0]
        [--key KEY] [--fault NAME ...] [--rate 0.2]

It answers from dumps, so that what it says and what they hold is of one world, and misbehaves on
order: see `tests.live.faults`. In a test::

    folder = world(tmp_path / "dumps", 600, citations=8)
    with serve(folder) as server:
        server.faults = [("openalex", "503"), ("s2", always("429 bare"))]
        ...  # with server.env in the environment
        assert server.count("openalex") == 4
"""

from __future__ import annotations

import argparse
import gzip
import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from contextlib import contextmanager, suppress
from email.utils import formatdate
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.live.answers import BASES, HTML, TEXT, Request, reply
from tests.live.faults import FAULTS, PAGED, Plan, RandomFaults, always
from tests.live.openalex import MIDNIGHT, OpenAlex
from tests.live.opencitations import FAILED, OpenCitations
from tests.live.semantic_scholar import SemanticScholar
from tests.live.worlds import World, read_world

if TYPE_CHECKING:
    import socket
    from collections.abc import Collection, Iterator

    from tests.live.answers import Reply
    from tests.live.faults import Fault

VARIABLES = {
    "openalex": "CITEHUB_OPENALEX_URL",
    "s2": "CITEHUB_S2_URL",
    "opencitations": "CITEHUB_OPENCITATIONS_URL",
}
WORK = "arxiv:2201.11990"  # work 0 of every made world
MAKE_DUMP = Path(__file__).parents[2] / "benchmarks" / "make_dump.py"
LEAST_ZIPPED = 1_400  # bytes
BOMB = 1 << 28  # bytes
PIECE = b" " * (1 << 16)
TOO_MANY = (
    "Too Many Requests. Please wait and try again or apply for a key for higher rate limits."
)
LOGIN = "<!doctype html><title>Log in to this network</title><p>Accept the terms first."


def world(
    folder: Path | str,
    works: int,
    *,
    citations: float = 27,
    citing: int | None = None,
    seed: int = 530,
) -> Path:
    """Write the dumps of a made world, of all three sources, and return the folder.

    So many works cite work 0; by default one in a thousand, and at least 20.
    """
    size = ["--citations", str(citations), "--partitions", "2", "--seed", str(seed)]
    size += ["--citing", str(citing)] if citing else []
    command = [sys.executable, str(MAKE_DUMP), str(works), str(folder), *size]
    subprocess.run(command, check=True, capture_output=True)
    return Path(folder)


@contextmanager
def serve(
    dumps: Path | str | World,
    keys: Collection[str] | None = None,
    *,
    port: int = 0,
    budget: int = 10_000,
    most_bytes: int = 10 << 20,
    skew: float = 0.0,
) -> Iterator[Server]:
    """Serve dumps until the context ends.

    Parameters
    ----------
    dumps : path or World
        A folder of dumps, or what `read_world` read of one.
    keys : collection of str, optional
        Keys that are good; by default all are.
    port : int
        Where; by default any that is free.
    budget : int
        Credits that OpenAlex gives.
    most_bytes : int
        Of an answer of Semantic Scholar.
    skew : float
        Seconds by which the server's clock is ahead.
    """
    known = dumps if isinstance(dumps, World) else read_world(dumps)
    server = Server(("127.0.0.1", port), Visit)
    server.skew = skew
    server.interfaces = {
        "openalex": OpenAlex(known.openalex, keys, budget),
        "s2": SemanticScholar(known.s2, keys, most_bytes),
        "opencitations": OpenCitations(known.opencitations),
    }
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.end()
        thread.join()


class Server(ThreadingHTTPServer):
    """Answers, keeps a log, and misbehaves as `faults` says.

    Attributes
    ----------
    interfaces : dict
        Of each source what answers.
    log : list of Request
        All requests, in the order in which they came.
    closing : threading.Event
        Set when the server ends, so that nothing waits any longer.
    """

    daemon_threads = False  # so that they are waited for
    request_queue_size = 64
    skew = 0.0
    interfaces: dict[str, Any]

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.log: list[Request] = []
        self.closing = threading.Event()
        self.lock = threading.Lock()
        self._plan = Plan.of(())
        self._open: set[socket.socket] = set()

    @property
    def address(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def env(self) -> dict[str, str]:
        """The environment's variables that have citehub ask here."""
        return {VARIABLES[source]: self.address + base for source, base in BASES.items()}

    @property
    def faults(self) -> Plan:
        """Which request meets which fault; what is set is read by `Plan.of`."""
        return self._plan

    @faults.setter
    def faults(self, given: Any) -> None:
        self._plan = Plan.of(given)

    @property
    def requests(self) -> dict[str, int]:
        """How often each source was asked."""
        return {source: self.count(source) for source in BASES}

    def count(self, source: str = "", part: str = "") -> int:
        """Return how often a source was asked, or any; for paths that hold some text."""
        return len(self.asked(source, part))

    def asked(self, source: str = "", part: str = "") -> list[Request]:
        """Return the requests to a source, or to any; for paths that hold some text."""
        with self.lock:
            return [each for each in self.log if source in {"", each.source} and part in each.path]

    def gaps(self, source: str) -> list[float]:
        """Return the seconds from each request to a source to the next."""
        times = [each.at for each in self.asked(source)]
        return [later - earlier for earlier, later in pairwise(times)]

    def forget(self) -> None:
        """Empty the log."""
        with self.lock:
            self.log.clear()

    def end(self) -> None:
        """Stop, with what is still being answered and connections that are kept."""
        self.closing.set()
        self.shutdown()
        with self.lock:
            kept = list(self._open)
        for each in kept:
            with suppress(OSError):
                each.shutdown(2)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self.lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self.lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that go away."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Visit(BaseHTTPRequestHandler):
    """A connection, over which several requests may come."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        """Answer a request."""
        self._answer(b"")

    def do_POST(self) -> None:
        """Answer what is posted."""
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def log_message(self, *_: Any) -> None:
        """Say nothing: the log is the server's."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the time as the server's clock has it."""
        return formatdate((timestamp or time.time()) + self.server.skew, usegmt=True)

    def _answer(self, body: bytes) -> None:
        source = next((name for name, base in BASES.items() if self.path.startswith(base)), "")
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(time.monotonic(), source, self.command, self.path, headers, _ids(body))
        with self.server.lock:
            self.server.log.append(request)
        fault = self.server.faults(request)
        request.fault = fault.name if fault else ""
        if fault and fault.name not in PAGED:
            Misbehaviour(self, request, fault).act()
        elif source:
            self.send(request, self.server.interfaces[source].answer(request, fault))
        else:
            self.send(request, reply("There is nothing here.", 404, TEXT))

    def send(self, request: Request, answer: Reply, *, promised: int = 0) -> None:
        """Send an answer, zipped where that is worth it, or less than what is promised."""
        body, headers = answer.body, dict(answer.headers)
        is_zipped = "gzip" in request.headers.get("accept-encoding", "") and not promised
        if is_zipped and len(body) >= LEAST_ZIPPED and "Content-Encoding" not in headers:
            body = gzip.compress(body, compresslevel=1)
            headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(promised or len(body))
        self.begin(request, answer.status, answer.kind, headers)
        self.wfile.write(body)

    def begin(self, request: Request, status: int, kind: str, headers: dict[str, str]) -> None:
        """Send the head of an answer."""
        request.status = status
        self.send_response(status)
        for name, value in {"Content-Type": kind, **headers}.items():
            self.send_header(name, value)
        self.end_headers()


class Misbehaviour:
    """A request that meets a fault."""

    def __init__(self, visit: Visit, request: Request, fault: Fault) -> None:
        self.visit, self.request, self.fault = visit, request, fault
        self.server = visit.server

    def act(self) -> None:
        """Do what the fault says."""
        kind, _, how = self.fault.name.partition(" ")
        if kind == "429":
            self.refuse(how)
        elif kind == "redirect":
            self.redirect(how)
        else:
            getattr(self, f"do_{self.fault.name.replace(' ', '_')}")()

    def send(self, content: Any, status: int = 200, kind: str = "application/json") -> None:
        self.visit.send(self.request, reply(content, status, kind))

    def due(self) -> Reply:
        """Return what would be the answer."""
        source = self.request.source
        if not source:
            return reply("There is nothing here.", 404, TEXT)
        found: Reply = self.server.interfaces[source].answer(self.request, None)
        return found

    def break_off(self) -> None:
        """End the connection."""
        self.visit.close_connection = True

    # -- said to wait ---------------------------------------------------------------------

    def refuse(self, how: str) -> None:
        """Say 429, with what tells how long to wait."""
        seconds = self.fault.seconds
        when = time.time() + self.server.skew + seconds
        headers = {
            "seconds": {"Retry-After": f"{seconds:g}"},
            "date": {"Retry-After": formatdate(-(-when // 1), usegmt=True)},
            "reset": {"X-RateLimit-Reset": f"{seconds:g}"},
            "bare": {},
            "budget": {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(MIDNIGHT)},
            "long": {"Retry-After": "3600"},
            "too fast": {"X-RateLimit-Remaining": "812", "X-RateLimit-Reset": str(MIDNIGHT)},
        }[how]
        content: Any = {"message": TOO_MANY, "code": "429"}
        if self.request.source == "openalex":
            said = "Insufficient budget." if how == "budget" else "Slow down."
            content = {"error": "Rate limit exceeded", "message": said}
        answer = reply(content, 429)
        answer.headers |= headers
        self.visit.send(self.request, answer)

    # -- said no --------------------------------------------------------------------------

    def do_401_cursor(self) -> None:
        message = "Cursor paging needs an API key."
        self.send({"error": "API key required", "message": message}, 401)

    def do_403(self) -> None:
        self.send({"message": "Forbidden"}, 403)

    def do_500_text(self) -> None:
        self.send(FAILED, 500, TEXT)

    def do_503(self) -> None:
        self.send("<h1>503 Service Temporarily Unavailable</h1>", 503, HTML)

    def do_error_in_200(self) -> None:
        self.send({"error": "Internal error, please try again"})

    def do_html_200(self) -> None:
        self.send(LOGIN, 200, HTML)

    def redirect(self, how: str) -> None:
        """Send on to somewhere else."""
        secure = self.server.address.replace("http://", "https://")
        target = {
            "to another host": f"http://login.example.invalid{self.request.path}",
            "to another scheme": secure + self.request.path,
            "loop": self.request.path,
        }[how]
        answer = reply("", 302, HTML)
        answer.headers["Location"] = target
        self.visit.send(self.request, answer)

    # -- broken on the way ----------------------------------------------------------------

    def do_closed_connection(self) -> None:
        self.break_off()

    def do_empty_body(self) -> None:
        self.send("")

    def do_cut_body(self) -> None:
        answer = self.due()
        size = len(answer.body)
        answer.body = answer.body[: size // 2]
        self.visit.send(self.request, answer, promised=max(size, 1))
        self.break_off()

    def do_cut_json(self) -> None:
        answer = self.due()
        answer.body = answer.body[: len(answer.body) // 2] or b"{"
        self.visit.send(self.request, answer)

    def do_damaged_gzip(self) -> None:
        answer = self.due()
        body = bytearray(gzip.compress(answer.body))
        for place in range(len(body) // 2, len(body)):
            body[place] ^= 0x55
        answer.body = bytes(body)
        answer.headers["Content-Encoding"] = "gzip"
        self.visit.send(self.request, answer)

    def do_gzip_bomb(self) -> None:
        answer = reply("")
        answer.body = _bomb()
        answer.headers["Content-Encoding"] = "gzip"
        self.visit.send(self.request, answer)

    def do_slow_drip(self) -> None:
        answer = self.due()
        headers = {**answer.headers, "Content-Length": str(len(answer.body))}
        self.visit.begin(self.request, answer.status, answer.kind, headers)
        for place in range(len(answer.body)):
            if self.server.closing.wait(self.fault.seconds):
                self.break_off()
                return
            self.visit.wfile.write(answer.body[place : place + 1])

    def do_huge(self) -> None:
        self.break_off()
        self.visit.begin(self.request, 200, "application/json", {"Connection": "close"})
        self.visit.wfile.write(b'{"results": [')
        while not self.server.closing.is_set():
            self.visit.wfile.write(PIECE)


@cache
def _bomb() -> bytes:
    """Return a quarter of a GB of spaces, gzipped."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    parts = [packer.compress(PIECE) for _ in range(BOMB // len(PIECE))]
    return b"".join([*parts, packer.flush()])


def _ids(body: bytes) -> list[str]:
    """Return the ids that are posted."""
    try:
        found = json.loads(body) if body else {}
    except ValueError:
        return []
    ids = found.get("ids") if isinstance(found, dict) else None
    return [str(each) for each in ids] if isinstance(ids, list) else []


# -- by hand ------------------------------------------------------------------------------


def main() -> None:
    """Serve until Ctrl-C."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--world", type=int, default=2_000, help="works of a made world")
    arguments.add_argument("--citations", type=float, default=27, help="of a work, on average")
    arguments.add_argument("--dumps", type=Path, help="a folder of dumps, in place of --world")
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--key", action="append", help="that is good; by default all are")
    arguments.add_argument("--fault", action="append", default=[], choices=FAULTS, metavar="NAME")
    arguments.add_argument("--rate", type=float, default=0, help="of faults by chance")
    given = arguments.parse_args()
    for each in (signal.SIGINT, signal.SIGTERM):  # also where a script starts it
        signal.signal(each, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as folder, suppress(KeyboardInterrupt):
        dumps = given.dumps
        if dumps is None:
            print(f"# Making a world of {given.world:,} works ...", flush=True)
            dumps = world(folder, given.world, citations=given.citations)
        with serve(dumps, given.key, port=given.port) as server:
            server.faults = [("", always(name)) for name in given.fault]
            if given.rate:
                server.faults = RandomFaults(0, given.rate)
            for name, address in server.env.items():
                print(f"export {name}={address}")
            if (
                f"doi:10.48550/{WORK.replace(':', '.')}"
                in server.interfaces["openalex"].works.names
            ):
                print(f"# ask for {WORK}; Ctrl-C ends", flush=True)
            while True:
                time.sleep(3600)


if __name__ == "__main__":
    main()
