"""What the command line prints, and writing files: text from outside comes out harmless."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from citehub._text import clean as clean  # noqa: PLC0414 -- the command line takes it from here
from citehub._text import steers
from citehub.errors import TargetExists

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def show(*parts: RenderableType) -> None:
    """Print to standard output, a part below the other; a pipe gets no trailing blanks."""
    console = Console(highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        console.print(*parts, sep="\n")
        return
    with console.capture() as capture:
        console.print(*parts, sep="\n")
    sys.stdout.write("\n".join(line.rstrip() for line in capture.get().split("\n")))


def err() -> Console:
    """Return the console of standard error: messages and progress."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def text(value: object, style: str = "") -> Text:
    """Return a value as harmless text; null as a pale dash."""
    return Text("–", style="dim") if value is None else Text(clean(value), style=style)


def paragraph(value: object, style: str = "") -> Text:
    """Return text of several lines, each harmless."""
    return Text("\n".join(clean(line) for line in str(value).split("\n")), style=style)


def grid(*headers: str, rows: Iterable[Sequence[object]], wide: Sequence[int] = ()) -> Grid:
    """Return a table for the terminal; columns named in ``wide`` take what room there is."""
    made = Grid(box=None, pad_edge=False, show_header=any(headers), header_style="bold")
    for number, header in enumerate(headers):
        if number in wide:
            made.add_column(header, ratio=1, overflow="fold")
        else:
            made.add_column(header, overflow="fold")
    made.expand = bool(wide)
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else text(cell) for cell in row))
    return made


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Show the current step of a long work, on a terminal only."""
    console = err()
    if not console.is_terminal:
        yield lambda _step: None
        return
    with console.status("Starting") as status:
        yield lambda step: status.update(f"{step} ...")


def to_json(value: object) -> str:
    """Return JSON; control characters and direction marks stand as escapes, others as they are."""
    plain = json.dumps(value, ensure_ascii=False, indent=1, default=str)
    return "".join(
        f"\\u{ord(letter):04x}" if letter != "\n" and steers(letter) else letter
        for letter in plain
    )


def to_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Iterator[str]:
    """Yield CSV lines; null is an empty cell, and no text can become a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)  # ends lines with CR LF, so that it quotes a cell that holds one
    writer.writerow(columns)
    for row in rows:
        yield _take_line(buffer)
        writer.writerow([_csv_cell(row[column]) for column in columns])
    yield _take_line(buffer)


def _take_line(buffer: io.StringIO) -> str:
    line = buffer.getvalue().removesuffix("\r\n")
    buffer.seek(0)
    buffer.truncate()
    return f"{line}\n"


def _csv_cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def write_output(chunks: Iterable[bytes], path: str, *, force: bool) -> None:
    """Write to a file: whole, or not at all; ``-`` is standard output.

    A link is followed, and what is no regular file (a pipe, a device) is written into.

    Raises
    ------
    TargetExists
        The file is there and ``force`` is not given.
    OSError
        The file cannot be written.
    """
    if path == "-":
        write_stdout(chunks)
        return
    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):
        with open(target, "wb") as file:
            file.writelines(chunks)
        return
    if os.path.exists(target) and not force:
        raise TargetExists(f"{path} is there already. Overwrite it with --force.")
    scratch = f"{target}.{os.getpid()}.part"
    try:
        with open(scratch, "xb") as file:
            file.writelines(chunks)
        os.replace(scratch, target)
    except OSError as error:  # named by the file that was asked for
        raise OSError(error.errno, error.strerror, path) from None
    finally:
        with suppress(OSError):
            os.unlink(scratch)


def write_stdout(chunks: Iterable[bytes]) -> None:
    """Write bytes to standard output, whatever the locale says of text."""
    sys.stdout.flush()
    sys.stdout.buffer.writelines(chunks)
    sys.stdout.buffer.flush()
