"""A Python whose libraries are loaded, for the commands that pages run.

A third of the time of a short command goes into its imports. The script that `install` writes
takes the place of ``sys.executable``: it hands its arguments and its standard streams over to
`serve`, which forks a process for the command, and it ends as that ends. Other calls than
``-m MODULE`` and ``-c CODE`` go to Python itself.
"""

from __future__ import annotations

import atexit
import io
import json
import os
import runpy
import socket
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

_SCRIPT = """#!{python} -IS
import json, os, socket, sys

words = [word for word in sys.argv[1:] if word != "-P"]
if words[:1] not in (["-m"], ["-c"]):
    os.execv({python!r}, [{python!r}, *sys.argv[1:]])
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    asked = json.dumps([words, os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(server, [len(asked).to_bytes(8, "big")], [0, 1, 2])
    server.sendall(asked)
    sys.exit(int(server.recv(16) or b"70"))
"""


def install(folder: str) -> tuple[str, str]:
    """Write the script into a folder, and return it and the address that it asks."""
    script, address = Path(folder, "python"), str(Path(folder, "socket"))
    script.write_text(_SCRIPT.format(python=sys.executable, address=address), encoding="utf-8")
    script.chmod(0o755)
    return str(script), address


def serve(address: str) -> None:
    """Run each command that is asked for in a process of its own, until this one is ended."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen(16)
        while True:
            asking, _ = server.accept()
            with asking:
                if not os.fork():
                    server.close()
                    _answer(asking)
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass


def _answer(asking: socket.socket) -> None:
    """Fork the command, wait for it, say how it ended, and end."""
    head, streams, _, _ = socket.recv_fds(asking, 8, 3)
    left, asked = int.from_bytes(head, "big"), b""
    while len(asked) < left:
        asked += asking.recv(left - len(asked))
    if not (child := os.fork()):
        asking.close()
        os._exit(_run(streams, *json.loads(asked)))
    for stream in streams:
        os.close(stream)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    asking.sendall(str(code if code >= 0 else 128 - code).encode())
    os._exit(0)


def _run(streams: list[int], words: list[str], folder: str, environment: dict[str, str]) -> int:
    """Run a command as Python does, and return its exit code."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout, sys.stderr = _open(1, "strict"), _open(2, "backslashreplace")
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = words[1:]
    code: Any = None
    try:
        if words[0] == "-m":
            runpy.run_module(words[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv[0] = "-c"
            exec(words[1], {"__name__": "__main__"})  # noqa: S102 -- as `python -c` does
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 -- as Python does
        traceback.print_exc()
        code = 1
    if not isinstance(code, int | None):
        print(code, file=sys.stderr)
        code = 1
    atexit._run_exitfuncs()  # noqa: SLF001 -- which os._exit leaves out
    sys.stdout.flush()
    return code or 0


def _open(number: int, errors: str) -> io.TextIOWrapper:
    """Return a stream that writes each line at once, as on a terminal, so that both keep order."""
    raw = os.fdopen(number, "wb", closefd=False)
    return io.TextIOWrapper(raw, "utf-8", errors, line_buffering=True)
