"""A time limit for each exchange, however slowly a host sends.

The limit of a socket counts from byte to byte, so a slow host could hold it for ever.
"""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_POLL_SECONDS: Final = 0.1


class Watch:
    """Shuts the connection in use when its time is up.

    Attributes
    ----------
    is_late : bool
        Whether it did so in the last exchange.
    """

    def __init__(self) -> None:
        self.is_late = False
        self._connection: Any = None
        self._socket: Any = None

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Limit an exchange to so many seconds."""
        self.is_late, self._connection, self._socket = False, None, None
        done = threading.Event()
        guard = threading.Thread(target=self._guard, args=(seconds, done), daemon=True)
        guard.start()
        try:
            yield
        finally:
            done.set()
            guard.join()

    def hold(self, connection: Any) -> None:
        """Watch a connection; its socket may leave it with the head of the answer."""
        self._connection = connection
        self._socket = getattr(connection, "sock", None)

    def _guard(self, seconds: float, done: threading.Event) -> None:
        if done.wait(seconds):
            return
        self.is_late = True
        while True:  # one that is only being opened is shut a moment later
            for each in {self._socket, getattr(self._connection, "sock", None)} - {None}:
                with suppress(OSError):
                    socket.socket.shutdown(each, socket.SHUT_RDWR)  # of TLS, too
            if done.wait(_POLL_SECONDS):
                return

    def install(self, manager: Any) -> Any:
        """Watch all connections of a pool of urllib3; return the pool."""
        manager.pool_classes_by_scheme = {
            scheme: self._watched(kind) for scheme, kind in manager.pool_classes_by_scheme.items()
        }
        return manager

    def _watched(self, pool: Any) -> Any:
        watch = self
        plain: Any = pool.ConnectionCls

        class Connection(plain):  # type: ignore[misc]
            """A connection that the watch can shut."""

            def request(self, *given: Any, **more: Any) -> Any:
                watch.hold(self)
                return super().request(*given, **more)

            def connect(self) -> None:
                watch.hold(self)
                super().connect()

            def getresponse(self) -> Any:
                watch.hold(self)
                return super().getresponse()

        return type(f"Watched{pool.__name__}", (pool,), {"ConnectionCls": Connection})
