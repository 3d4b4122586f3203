"""The current TeX text: what comes next, arguments, and the content of environments."""

from __future__ import annotations

import re
from typing import Final

_BLANK: Final = re.compile(r"(?:[ \t]|\n(?![ \t]*\n)|%[^\n]*(?:\n[ \t]*|$))*")
_BRACE: Final = re.compile(r"\\.|%[^\n]*|[{}]", re.DOTALL)
_TOKEN: Final = re.compile(r"\\[A-Za-z@]+|\\.|.", re.DOTALL)
_BRACKETS: Final = {
    opened: re.compile(
        rf"\\.|%[^\n]*|[{{}}{re.escape(opened)}{re.escape(closed)}]|\n\s*\n", re.DOTALL
    )
    for opened, closed in ("[]", "()", "<>")
}
_CLOSED: Final = {"[": "]", "(": ")", "<": ">"}
_COMMENT: Final = re.compile(r"(?<!\\)(?:\\\\)*%")
_MOST_PUSHED: Final = 20_000_000
_MOST_OPEN: Final = 2000  # texts on top of each other
_LONGEST_OPTION: Final = 10_000
_LONGEST_LINE: Final = 1000  # before a comment is looked for no more
_LEAST_WORK: Final = 2_000_000
_WORK_PER_SIGN: Final = 10  # signs to go over for each sign of the source


class TooMuch(Exception):
    """Endless macros, or some that take as long."""


class Source:
    """A stack of texts: the text of a macro lies on what follows it."""

    def __init__(self, size: int) -> None:
        self.stack: list[tuple[str, int]] = []
        self.n_pushed = 0
        self.unclosed: set[str] = set()
        self.work = max(_LEAST_WORK, size * _WORK_PER_SIGN)

    def push(self, text: str) -> None:
        """Put a text before what comes next."""
        self.n_pushed += len(text)
        if self.n_pushed > _MOST_PUSHED:
            raise TooMuch
        while self.stack and self.stack[-1][1] >= len(self.stack[-1][0]):
            self.stack.pop()
        if len(self.stack) > _MOST_OPEN:
            raise TooMuch
        self.stack.append((text, 0))

    def spend(self, n_signs: int) -> None:
        """Count signs that were gone over."""
        self.work -= n_signs
        if self.work < 0:
            raise TooMuch

    def here(self) -> tuple[str, int]:
        """Return the current text and the place in it."""
        return self.stack[-1] if self.stack else ("", 0)

    def go(self, place: int) -> None:
        """Go to a place in the current text."""
        if self.stack:
            self.stack[-1] = (self.stack[-1][0], place)

    def merge(self) -> bool:
        """Join all current texts; tell whether there were several."""
        if len(self.stack) <= 1:
            return False
        rest = "".join(text[at:] for text, at in reversed(self.stack))
        self.spend(len(rest))
        self.stack = [(rest, 0)]
        return True

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Take what matches next."""
        text, at = self.here()
        found = pattern.match(text, at)
        if found is not None:
            self.go(found.end())
        return found

    def peek(self, *, skip: bool = True) -> str:
        """Return the next sign; blanks before an opening sign are left behind."""
        while self.stack:
            text, at = self.stack[-1]
            if skip:
                blank = _BLANK.match(text, at)
                at = blank.end() if blank else at
            if at < len(text):
                if not skip or text[at] in "[{(*<":
                    self.go(at)
                return text[at]
            if len(self.stack) == 1:
                return ""
            self.stack.pop()
        return ""

    def star(self) -> bool:
        """Take a star."""
        if self.peek(skip=False) == "*":
            self.go(self.stack[-1][1] + 1)
            return True
        return False

    def optional(self, opened: str = "[") -> str | None:
        """Take an optional argument; None if there is none."""
        if self.peek() != opened:
            return None
        text, at = self.stack[-1]
        end = self._close_bracket(text, at, opened)
        if end < 0:
            return self.optional(opened) if self.merge() else None
        self.go(end + 1)
        return text[at + 1 : end]

    def argument(self) -> str:
        """Take the next argument: a group, a command or a sign."""
        sign = self.peek()
        if not sign or sign == "}":
            return ""
        text, at = self.stack[-1]
        if sign == "{":
            end = self._close_brace(text, at)
            if end < 0:
                return self.argument() if self.merge() else ""
            self.go(end + 1)
            return text[at + 1 : end]
        blank = _BLANK.match(text, at)
        token = _TOKEN.match(text, blank.end() if blank else at)
        if token is None:
            return ""
        self.go(token.end())
        return token[0]

    def drop(self, kinds: str) -> None:
        """Take arguments and drop them: m, o in brackets, p in round ones, s for a star."""
        for kind in kinds:
            if kind == "m":
                self.argument()
            elif kind == "o":
                self.optional()
            elif kind == "p":
                self.optional("(")
            else:
                self.star()

    def before_end(self, name: str, *, is_nested: bool) -> str:
        """Take what stands before the end of an environment, with the end."""
        pattern = re.compile(rf"\\(begin|end)\s*\{{\s*{re.escape(name)}\s*\}}")
        while name not in self.unclosed:
            text, at = self.here()
            end = self._end_of(pattern, text, at, is_nested=is_nested)
            if end is not None:
                self.spend(end[1] - at)
                self.go(end[1])
                return text[at : end[0]]
            self.spend(len(text) - at)
            if not self.merge():
                self.unclosed.add(name)
        return ""

    def _end_of(
        self, pattern: re.Pattern[str], text: str, at: int, *, is_nested: bool
    ) -> tuple[int, int] | None:
        depth = 0
        for found in pattern.finditer(text, at):
            before = text[max(0, found.start() - _LONGEST_LINE) : found.start()]
            before = before[before.rfind("\n") + 1 :]
            if is_nested and "%" in before and _COMMENT.search(before):
                continue
            if found[1] == "begin":
                depth += is_nested
            elif depth:
                depth -= 1
            else:
                return found.start(), found.end()
        return None

    def _close_brace(self, text: str, at: int) -> int:
        """Return where a group closes, ignoring comments; -1 if it does not."""
        depth = 0
        for found in _BRACE.finditer(text, at):
            sign = found[0]
            if sign == "{":
                depth += 1
            elif sign == "}":
                depth -= 1
                if depth == 0:
                    self.spend(found.start() - at)
                    return found.start()
        self.spend(len(text) - at)
        return -1

    def _close_bracket(self, text: str, at: int, opened: str) -> int:
        """Return where an optional argument closes, within its paragraph; else -1."""
        depth = brackets = 0
        closed = _CLOSED[opened]
        end = -1
        for found in _BRACKETS[opened].finditer(text, at, at + _LONGEST_OPTION):
            sign = found[0]
            if sign == "{":
                depth += 1
            elif sign == "}":
                depth -= 1
            elif depth == 0 and sign in {opened, closed}:
                brackets += 1 if sign == opened else -1
                end = found.start()
            if depth < 0 or not sign.strip() or (brackets == 0 and sign == closed):
                self.spend(found.start() - at)
                return end if brackets == 0 else -1
        self.spend(min(len(text) - at, _LONGEST_OPTION))
        return -1
