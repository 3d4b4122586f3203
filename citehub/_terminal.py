"""Printing for the command line; text from outside comes out harmless."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rich.console import Console, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from citehub._atomic_file import named_in_errors, write_whole
from citehub._text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


_LEAST_WIDE: Final = 12  # letters, of a column that takes what room there is
_GAP: Final = 2


def show(*parts: RenderableType) -> None:
    """Print parts to standard output, one below the other; a pipe gets no trailing blanks."""
    console = Console(highlight=False, markup=False, emoji=False)
    with named_in_errors("standard output"):
        if console.is_terminal:
            console.print(*parts, sep="\n")
            return
        with console.capture() as capture:
            console.print(*parts, sep="\n")
        lines = capture.get().split("\n")
        sys.stdout.write("\n".join(line.rstrip() for line in lines))
        sys.stdout.flush()


def err() -> Console:
    """Return the console of standard error: messages and progress."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def complain(error: BaseException | str) -> None:
    """Print an error to standard error; for one of the system, the file and the problem."""
    err().print(paragraph(f"citehub: {words_of(error)}"), soft_wrap=True)


def words_of(error: BaseException | str) -> str:
    """Return the text of an error; for one of the system, the file and the problem."""
    if isinstance(error, OSError) and isinstance(error.filename, str) and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def text(value: object, style: str = "") -> Text:
    """Return a value as harmless text; null as a pale dash."""
    return Text("–", style="dim") if value is None else Text(clean(value), style=style)


def paragraph(value: object, style: str = "") -> Text:
    """Return text of several lines, each harmless."""
    return Text("\n".join(clean(line) for line in str(value).split("\n")), style=style)


def grid(
    *headers: str,
    rows: Iterable[Sequence[object]],
    wide: Sequence[int] = (),
    stacks: bool = False,
) -> Grid:
    """Return a table for the terminal; columns named in ``wide`` take the free room.

    If that is too little, each row becomes lines of header and cell; a table without wide columns
    does so if it ``stacks``.
    """
    cells = [[cell if isinstance(cell, Text) else text(cell) for cell in row] for row in rows]
    if any(headers) and Console().width < _least_width(headers, cells, wide, stacks):
        return _stacked(headers, cells)
    made = Grid(box=None, pad_edge=False, show_header=any(headers), header_style="bold")
    for number, header in enumerate(headers):
        if number in wide:
            made.add_column(header, ratio=1, overflow="fold")
        else:
            made.add_column(header, overflow="fold")
    made.expand = bool(wide)
    for row in cells:
        made.add_row(*row)
    return made


def _least_width(
    headers: Sequence[str],
    rows: Sequence[Sequence[Text]],
    wide: Sequence[int],
    stacks: bool,  # noqa: FBT001
) -> int:
    """Return the least readable width of all columns; 0 if rows never stack."""
    if not wide and not stacks:
        return 0
    columns = [
        [Text(headers[number]), *(row[number] for row in rows)] for number in range(len(headers))
    ]
    least = [
        _LEAST_WIDE if number in wide else max(cell.cell_len for cell in column)
        for number, column in enumerate(columns)
    ]
    return sum(least) + _GAP * (len(least) - 1)


def _stacked(headers: Sequence[str], rows: Sequence[Sequence[Text]]) -> Grid:
    made = Grid(box=None, pad_edge=False, show_header=False)
    made.add_column(style="bold")
    made.add_column(overflow="fold")
    for number, row in enumerate(rows):
        if number:
            made.add_row()
        for header, cell in zip(headers, row, strict=True):
            made.add_row(text(header), cell)
    return made


def is_dialogue() -> bool:
    """Tell whether a person can be asked: messages and answers both use a terminal."""
    return sys.stdin is not None and sys.stdin.isatty() and err().is_terminal


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Show the current step of a long work, on a terminal only."""
    console = err()
    if not console.is_terminal:
        yield lambda _step: None
        return
    with console.status("Starting") as status:
        yield lambda step: status.update(text(f"{step} ..."))  # not as rich's markup


def tell(step: Callable[[str], None], said: str) -> None:
    """Say what delays a long work: in its step on a terminal, else on a line."""
    console = err()
    if console.is_terminal:
        step(said.removesuffix("."))
    else:
        console.print(paragraph(said), soft_wrap=True)


def write_output(chunks: Iterable[bytes], path: str, *, force: bool) -> None:
    """Write to a file: whole, or not at all; ``-`` is standard output.

    Raises
    ------
    TargetExists
        The file is there and ``force`` is not given.
    OSError
        The file cannot be written.
    """
    if path == "-":
        write_stdout(map(_harmless, chunks) if sys.stdout.isatty() else chunks)
    else:
        write_whole(chunks, path, force=force)


def _harmless(chunk: bytes) -> bytes:
    """Return UTF-8 text without terminal controls."""
    lines = chunk.decode().replace("\r\n", "\n").split("\n")
    return "\n".join(map(clean, lines)).encode()


def write_stdout(chunks: Iterable[bytes]) -> None:
    """Write bytes to standard output, whatever the locale."""
    with named_in_errors("standard output"):
        sys.stdout.flush()
        sys.stdout.buffer.writelines(chunks)
        sys.stdout.buffer.flush()
