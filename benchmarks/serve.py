"""A web server like that of a plain host: gzip, ranges, caching. It counts what it sends."""

from __future__ import annotations

import gzip
import mimetypes
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPES = {
    ".arrow": "application/vnd.apache.arrow.stream",
    ".js": "text/javascript",
    ".parquet": "application/vnd.apache.parquet",
    ".wasm": "application/wasm",
}
LEVEL = 6  # of gzip, as common hosts have it
PIECE = 1 << 16  # bytes that are written at once, so that it is known when each went out


class Sent(NamedTuple):
    """Bytes that went out for a path, headers included."""

    when: float  # seconds since the epoch
    path: str
    size: int


class Host(ThreadingHTTPServer):
    """Serves a folder; what it sends is zipped beforehand, so that no visitor waits for that."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.files = {
            f"/{path.relative_to(folder).as_posix()}": path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        self.zipped = {name: gzip.compress(data, LEVEL) for name, data in self.files.items()}
        self.sent: list[Sent] = []

    @property
    def address(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class Visit(BaseHTTPRequestHandler):
    """A connection, over which a browser may ask for several files."""

    protocol_version = "HTTP/1.1"
    server: Host

    def setup(self) -> None:
        """Count what is written."""
        super().setup()
        self.wfile: IO[bytes] = Counted(self.wfile, self)  # type: ignore[assignment]

    def log_message(self, *_: Any) -> None:
        """Say nothing of each request."""

    def do_GET(self) -> None:
        """Send a file, or the part of it that is asked for."""
        name = self.path.partition("?")[0]
        data = self.server.files.get(name)
        if data is None:
            self.send_error(404)
            return
        first, last = 0, len(data) - 1
        unit, _, asked = self.headers.get("Range", "").partition("=")
        if unit == "bytes" and "," not in asked:
            start, _, end = asked.partition("-")
            first = int(start) if start else max(0, len(data) - int(end))
            last = min(last, int(end)) if start and end else last
            data = data[first : last + 1]
            self.send_response(206)
            size = len(self.server.files[name])
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        else:
            self.send_response(200)
            zipped = self.server.zipped[name]
            if "gzip" in self.headers.get("Accept-Encoding", "") and len(zipped) < len(data):
                data = zipped
                self.send_header("Content-Encoding", "gzip")
        suffix = Path(name).suffix
        kind = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Cache-Control", "max-age=600")
        self.send_header("Vary", "Accept-Encoding")
        self.end_headers()
        with suppress(ConnectionError):  # a visitor may leave before all is there
            for place in range(0, len(data), PIECE):
                self.wfile.write(data[place : place + PIECE])


class Counted:
    """The outgoing half of a connection."""

    closed = False

    def __init__(self, raw: Any, visit: Visit) -> None:
        self._raw = raw
        self._visit = visit

    def write(self, data: bytes) -> int:
        """Send data, and note when and what for."""
        self._raw.write(data)
        sent = Sent(time.time(), self._visit.path, len(data))
        self._visit.server.sent.append(sent)
        return len(data)

    def flush(self) -> None:
        """Send what waits."""
        self._raw.flush()

    def close(self) -> None:
        """End the connection's outgoing half."""
        self.closed = True
        self._raw.close()


@contextmanager
def serve(folder: Path) -> Iterator[Host]:
    """Serve a folder for as long as the block lasts."""
    with Host(folder) as host:
        thread = threading.Thread(target=host.serve_forever)
        thread.start()
        yield host
        host.shutdown()
        thread.join()
