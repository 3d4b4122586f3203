"""Reading a LaTeX text token by token, as TeX does, for its print and its marks."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from citehub.texts.bibtex import close_of, read_bbl
from citehub.texts.blocks import EQUATION, MARK, Mark, Writer, own
from citehub.texts.latex_tree import resolve
from citehub.texts.latex_words import (
    ARGUMENTS,
    CITE,
    CITE_NAME,
    DEFINING,
    DROPPED,
    EQUATIONS,
    FLOATS,
    FOOT_CITE,
    INLINE_LISTS,
    KEPT_REFERENCES,
    LEFT_OUT,
    NO_CITE,
    NOT_TEXTUAL,
    PICTURES,
    SECTIONS,
    TABULARS,
    TEXTUAL,
    THANKS,
    VERBATIM,
)
from citehub.texts.tex import ACCENTS, SIGNS, accent
from citehub.texts.tex_macros import Macro, Macros
from citehub.texts.tex_source import TooMuch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from citehub.texts.archives import Files
    from citehub.texts.bibliography import Entry
    from citehub.texts.blocks import Block
    from citehub.texts.passage import Place

_TOKEN: Final = re.compile(
    r"\\(?P<word>[A-Za-z@]+)[ \t]*|\\(?P<sign>.)|(?P<comment>%[^\n]*(?:\n[ \t]*)?)"
    r"|(?P<par>\n[ \t]*(?:\n[ \t]*)+)|(?P<math>\$\$?)|(?P<special>[{}~&^_#])"
    r"|(?P<text>[^\\%\n${}~&^_#]+)|(?P<line>\n)|(?P<end>\\$)",
    re.DOTALL,
)
_MATH_END: Final = {
    "$": re.compile(r"(?:[^$\\]|\\.){0,4000}?\$", re.DOTALL),
    "$$": re.compile(r"(?:[^$\\]|\\.){0,20000}?\$\$", re.DOTALL),
    r"\(": re.compile(r".{0,4000}?\\\)", re.DOTALL),
    r"\[": re.compile(r".{0,20000}?\\\]", re.DOTALL),
}
_ENVIRONMENT: Final = re.compile(r"\s*\{\s*([^{}]*?)\s*\}")
_BEGIN: Final = re.compile(r"^[^%\n]*\\begin\s*\{document\}", re.MULTILINE)
_END: Final = re.compile(r"^[^%\n]*\\end\s*\{document\}", re.MULTILINE)
_PACKAGES: Final = re.compile(
    r"^[^%\n]*\\usepackage\s*(?:\[[^\]]*\])?\s*\{([^{}]*)\}", re.MULTILINE
)
_STYLE_MACRO: Final = re.compile(
    r"^[ \t]*\\(newcommand|providecommand|renewcommand|def)\b", re.MULTILINE
)
_TITLE: Final = re.compile(r"^[^%\n]*\\(?:icml|thesis)?title\s*(?:\[[^\]]*\])?\s*\{", re.MULTILINE)
_LINE_COMMENT: Final = re.compile(r"(?<!\\)%[^\n]*")
_NODE: Final = re.compile(
    r"(?P<cite>\\[A-Za-z]*[cC]ite[A-Za-z]*\*?(?:\s*\[[^\]]{0,200}\])*)\s*\{[^{}]{0,2000}\}"
    r"|\\.|(?P<sign>[{},\[\]])",
    re.DOTALL,
)
_NOTE: Final = re.compile(r"\\(?:thanks|footnote)\s*\{")
_BARE_NAME: Final = re.compile(r"\s*(?:\"([^\"]*)\"|([^\s{}\\%]+))")
_GOES_ON: Final = re.compile(r"(?:%[^\n]*\n|[ \t]*\n?[ \t]*)?[a-z(,;]")
_SENTENCE_END: Final = re.compile(r"[.!?:]['’”)]*$")
_BLANK_LINE: Final = re.compile(r"\n[ \t]*\n")
_KEPT_FILE: Final = re.compile(r"\s*(?:\[[^\]]*\])?\s*\{([^{}]+)\}")
_NO_KEY: Final = re.compile(r"[\\{}#]")
_SIGNS: Final = re.compile(r"\s*[\ue000-\ue002]\s*")
_DEEPEST: Final = 60  # runs in runs
_MOST_INPUTS: Final = 3000
_MOST_STACKED: Final = 60
_LONGEST_STYLE_MACRO: Final = 4000
_MOST_AROUND: Final = 20  # environments around a float
_LONGEST_MATH: Final = 20_000
_PRINTED_FORMULA_LETTERS: Final = 400  # at most, of an inline one


class Reader(Macros):
    """Goes through a source and writes its blocks."""

    def __init__(self, files: Files, root: str) -> None:
        super().__init__(sum(map(len, files.kept.values())) or len(files.text(root)))
        self.files = files
        self.root = root
        self.out = Writer()
        self.is_live = False
        self.is_plain = False
        self.title: str | None = None
        self.entries: list[Entry] = []
        self.lists: list[str] = []
        self.notes: list[str] = []
        self.suffixes: list[str] = []
        self.levels: list[int] = []
        self.environments: list[str] = []
        self.hidden = set(LEFT_OUT)
        self.rows: list[int] = []
        self.places: list[Place] = []
        self.depth = 0
        self.n_inputs = 0
        self.n_runs = 0

    def read_head(self) -> str | None:
        """Read the main file up to its title, and return it."""
        text = self.files.text(self.root)
        found = _TITLE.search(text)
        self.read(text[: close_of(text, found.end() - 1) + 1] if found else text)
        return self.title

    def read(self, text: str = "") -> None:
        """Read the main file, or a part of it, with all that it takes in."""
        text = text or self.files.text(self.root)
        self.is_live = _BEGIN.search(text) is None
        self._read_styles(text)
        try:
            self.run(text)
        except (TooMuch, RecursionError):
            self.stack.clear()
            self.notes.append(
                "Macros of the source expand without end, or nearly so; the rest was not read."
            )
        self.out.end()

    def _read_styles(self, text: str) -> None:
        for found in _PACKAGES.finditer(text):
            for name in found[1].split(","):
                path = resolve(self.files, name.strip(), self.root, ends=(".sty",))
                if path:
                    self._take_definitions(self.files.text(path))

    def _take_definitions(self, text: str) -> None:
        """Take macros of a style that need nothing of LaTeX's inside."""
        for found in _STYLE_MACRO.finditer(text):
            apart = Macros(_LONGEST_STYLE_MACRO)
            apart.stack = [(text[found.end() : found.end() + _LONGEST_STYLE_MACRO], 0)]
            (apart.new_macro if found[1] == "def" else apart.new_command)(found[1])
            for name, macro in apart.macros.items():
                if (
                    isinstance(macro, Macro)
                    and "@" not in macro.body + name
                    and not CITE_NAME.fullmatch(name)
                ):
                    self.macros.setdefault(name, macro)

    # Tokens

    def run(self, text: str) -> None:
        """Read a text to its end."""
        self.n_runs += 1
        if self.n_runs > _DEEPEST:
            self.n_runs -= 1
            raise TooMuch
        self.spend(len(text))
        kept, self.stack = self.stack, [(text, 0)]
        depth = self.depth
        try:
            self._loop()
        finally:
            self.stack, self.depth = kept, depth
            self.n_runs -= 1

    def _loop(self) -> None:
        match = _TOKEN.match
        while self.stack:
            text, at = self.stack[-1]
            found = match(text, at)
            if found is None:
                self.stack.pop()
                continue
            self.stack[-1] = (text, found.end())
            kind = found.lastgroup
            if kind == "text":
                if self.is_live:
                    self.out.parts.append(_quotes(found[0]))
            elif kind == "word":
                self._command(found["word"])
            elif kind == "line":
                if self.is_live:
                    self.out.parts.append(" ")
            else:
                self._other(kind or "", found[0], text[found.end() : found.end() + 1])

    def _other(self, kind: str, token: str, following: str) -> None:
        if kind == "par" or (
            kind == "comment" and token.endswith(("\n", " ", "\t")) and following == "\n"
        ):
            self.paragraph()
        elif kind == "math":
            self._math(token)
        elif kind == "sign":
            self._sign(token[1])
        elif kind == "special":
            self._special(token)

    def paragraph(self) -> None:
        """End a paragraph."""
        if not self.is_live:
            return
        if self.rows or self.out.place in {"caption", "footnote"} or self.is_plain:
            self.out.parts.append(" ")
        else:
            self.out.end()

    def _special(self, sign: str) -> None:
        if sign == "{":
            self.depth += 1
        elif sign == "}":
            self.depth -= 1
        elif self.is_live and sign in "~&_":
            self.out.parts.append({"~": " ", "_": "_"}.get(sign) or (" & " if self.rows else "&"))

    def _sign(self, sign: str) -> None:
        if sign == "\\":
            self.star()
            self.optional()
            if self.rows:
                self.end_row()
            elif self.is_live:
                self.out.parts.append(" ")
        elif sign in "([":
            self._math(f"\\{sign}")
        elif not self.is_live or sign in "/-!)]@>":
            return
        elif sign in ACCENTS:
            self.put_accent(sign)
        else:
            self.out.add(" " if sign in " ,;:\n\t" else sign)

    def _math(self, opened: str) -> None:
        pattern = _MATH_END[opened]
        found = self.take(pattern) or (self.take(pattern) if self.merge() else None)
        if found is None:
            self.spend(_LONGEST_MATH)
            return
        self.spend(len(found[0]))
        body = found[0][: -len(opened)]
        is_inline = opened in {"$", r"\("}
        if is_inline and _BLANK_LINE.search(body):  # a dollar that opens nothing
            self.go(found.start())
        elif not self.is_live:
            return
        elif CITE.search(body):
            self.run(re.sub(r"\\text\s*(?=\{)", "", body))
        elif is_inline:
            self.out.add(
                f"${' '.join(body.split())}$" if len(body) < _PRINTED_FORMULA_LETTERS else "$…$"
            )
        else:
            self.out.parts.append(f" {EQUATION} ")

    # Commands

    def _command(self, name: str) -> None:
        macro = self.macros.get(name)
        if isinstance(macro, str):  # another name of LaTeX's own
            self._do(macro)
        elif isinstance(macro, Macro):
            if self.is_live or name not in SECTIONS:
                self.expand(macro)
        elif not name.startswith("if") or not self.condition(name):
            self._do(name)

    def _do(self, name: str) -> None:
        do = _ALWAYS.get(name)
        if do is None and self.is_live:
            do = _IN_TEXT.get(name)
        if do is not None:
            do(self, name)
        elif name in SIGNS:
            if self.is_live:
                self.out.parts.append(SIGNS[name])
        elif name in DROPPED:
            self.drop(DROPPED[name])
        elif name.endswith(("true", "false")) and self._sets(name):
            return
        elif name.startswith(("bibliography", "nobibliography")):
            self.name_bibliography(name)
        elif self.is_live:
            self._unknown(name)

    def _sets(self, name: str) -> bool:
        value = name.endswith("true")
        flag = name.removesuffix("true" if value else "false")
        if flag not in self.flags:
            return False
        self.flags[flag] = value
        return True

    def _unknown(self, name: str) -> None:
        """Let the arguments of a command print, but those in brackets."""
        if CITE_NAME.fullmatch(name) and self._is_cite(name):
            self.cite(name)
        elif self.peek(skip=False) == "[":
            self.optional()

    def put_accent(self, name: str) -> None:
        """Write a letter with its accent."""
        letter = self.argument().strip()
        if letter.startswith("\\"):
            letter = SIGNS.get(letter[1:], letter[1:])
        letter = letter.strip("{}")
        if letter:
            self.out.add(accent(name, letter[0]) + letter[1:])

    def put_item(self, _name: str) -> None:
        """Begin an item of a list."""
        if self.environments and self.environments[-1] in INLINE_LISTS:
            self.out.parts.append(" ")
        else:
            self.out.end()
        label = self.optional()
        if label:
            self.push(f"{label} ")

    def put_reference(self, name: str) -> None:
        """Write a reference to a place of the text as it is written."""
        self.star()
        self.optional()
        self.out.add(f"\\{name}{{{self.argument()}}}")

    def put_argument(self, _name: str) -> None:
        """Write an argument as it is written."""
        self.optional()
        self.out.add(self.argument())

    def put_units(self, name: str) -> None:
        """Write a quantity of siunitx."""
        self.optional()
        given = [self.argument() for _ in range(2 if name in {"SI", "qty"} else 1)]
        self.out.add(" ".join(re.sub(r"\\([A-Za-z]+)", r"\1 ", " ".join(given)).split()))

    def put_first(self, _name: str) -> None:
        """Let the first of two arguments print."""
        self.optional()
        first = self.argument()
        self.argument()
        self.push(first)

    def put_quote(self, name: str) -> None:
        """Write a quotation of csquotes."""
        self.star()
        if "cquote" in name:
            self.drop("oo")
            key = self.argument()
            self.optional()
            self.push(f"“{self.argument()}” \\cite{{{key}}}")
            return
        note = self.optional()
        self.push(f"“{self.argument()}”" + (f" ({note})" if note else ""))

    def put_verbatim(self, name: str) -> None:
        """Write what stands between two equal signs."""
        self.star()
        if name != "verb":
            self.optional()
            if name == "mintinline":
                self.argument()
            if self.peek(skip=False) == "{":
                written = self.argument()
                if self.is_live:
                    self.out.add(written)
                return
        text, at = self.here()
        end = text.find(text[at : at + 1], at + 1, at + 2000) if at < len(text) else -1
        if end < 0 or "\n" in text[at:end]:
            return
        if self.is_live:
            self.out.add(text[at + 1 : end])
        self.go(end + 1)

    def put_space(self, _name: str) -> None:
        """Write a blank."""
        self.out.parts.append(" ")

    def pass_by(self, _name: str) -> None:
        """Let the arguments of a command print."""

    def drop_star(self, _name: str) -> None:
        """Drop what a command may have before its argument prints."""
        self.drop("so")

    def break_off(self, _name: str) -> None:
        """End a paragraph by a command."""
        self.paragraph()

    def write_note(self, _name: str) -> None:
        """Write a footnote."""
        self.optional()
        written = self.argument()
        with self.out.aside("footnote"):
            rows, self.rows = self.rows, []
            self.run(written)
            self.rows = rows

    def write_caption(self, name: str) -> None:
        """Write a caption."""
        self.star()
        if name == "captionof":
            self.argument()
        self.optional()
        self._write_apart("caption", self.argument())

    def write_subcaption(self, _name: str) -> None:
        """Write the caption that a part of a figure has in brackets."""
        first, second = self.optional(), self.optional()
        if second or first:
            self._write_apart("caption", second or first or "")

    def write_abstract(self, _name: str) -> None:
        """Write an abstract that is an argument."""
        if self.peek() == "{":
            self._write_apart("abstract", self.argument())

    def _write_apart(self, place: Place, written: str) -> None:
        live, self.is_live = self.is_live, True
        rows, self.rows = self.rows, []
        if self.out.place == "footnote" or self.is_plain:
            self.run(written)
        else:
            with self.out.at(place) if place == "abstract" else self.out.aside(place):
                self.run(written)
        self.rows = rows
        self.is_live = live

    # Title, sections

    def read_title(self, _name: str) -> None:
        """Read the title of the text."""
        self.optional()
        written = self.argument()
        title, _ = self._title_of(
            re.sub(r"\\(?:thanks|footnote)\s*\{(?:[^{}]|\{[^{}]*\})*\}", "", written)
        )
        self.title = self.title or title or None
        self._notes_of(written)

    def read_authors(self, _name: str) -> None:
        """Read the notes of the authors."""
        self.optional()
        if not self.is_plain:
            self._notes_of(self.argument())

    def _notes_of(self, written: str) -> None:
        for found in _NOTE.finditer(written):
            note = written[found.end() : close_of(written, found.end() - 1)]
            if not CITE.search(note):
                continue
            live, self.is_live = self.is_live, True
            self.out.is_front = True
            with self.out.aside("footnote"):
                self.run(note)
            self.out.end()
            self.out.is_front = False
            self.is_live = live

    def begin_section(self, name: str) -> None:
        """Begin a section."""
        self.star()
        self.optional()
        written = self.argument()
        self.out.end()
        title, block = self._title_of(written)
        self.enter(SECTIONS[name], title)
        if block is not None and block.marks:
            block.section = tuple(self.out.section)
            block.is_heading = True
            self.out.blocks.append(block)

    def enter(self, level: int, title: str) -> None:
        """Go into a section, out of those that it ends."""
        while self.levels and self.levels[-1] >= level:
            self.levels.pop()
            self.out.section.pop()
        if title:
            self.levels.append(level)
            self.out.section.append(title)

    def _title_of(self, written: str) -> tuple[str, Block | None]:
        """Return a title as it prints, and as a block with its marks."""
        kept = self.out, self.is_live, self.is_plain, self.rows, self.levels
        self.out, self.is_live, self.is_plain, self.rows = Writer(), True, True, []
        self.levels = []
        try:
            self.run(written)
            self.out.end()
            block = self.out.blocks[0] if self.out.blocks else None
        finally:
            self.out, self.is_live, self.is_plain, self.rows, self.levels = kept
        return (_SIGNS.sub(" ", block.text).strip(), block) if block else ("", None)

    def begin_thanks(self, _name: str) -> None:
        """Leave the sections for the acknowledgements."""
        self.out.end()
        self.enter(2, "")

    def begin_appendix(self, _name: str) -> None:
        """Leave the sections for the appendix."""
        self.out.end()
        self.enter(0, "")
        if self.out.place == "text":
            self.out.place = "appendix"

    # Definitions

    def skip_environment(self, name: str) -> None:
        """Leave out the definition of an environment."""
        self.drop("smoomm" if name != "NewDocumentEnvironment" else "mmmm")

    def new_flag(self, _name: str) -> None:
        """Make a flag."""
        self.flags.setdefault(self.argument().lstrip("\\").removeprefix("if"), False)

    def end_branch(self, _name: str) -> None:
        """Leave out the branch that does not count."""
        self.skip_branch(to_else=False)

    def hide(self, _name: str) -> None:
        """Leave an environment out from here on."""
        self.hidden.add(self.argument().strip())

    # Files

    def read_input(self, _name: str) -> None:
        """Read a file in its place."""
        if self.peek() == "{":
            self.take_file(self.argument())
        else:
            found = self.take(_BARE_NAME)
            if found is not None:
                self.take_file(found[1] or found[2])

    def read_import(self, _name: str) -> None:
        """Read a file of a folder in its place."""
        self.star()
        folder = self.argument()
        self.take_file(posixpath.join(folder, self.argument()))

    def read_if_there(self, name: str) -> None:
        """Read a file where there is one."""
        path = self.argument()
        if name == "InputIfFileExists":
            self.take_file(path)
            self.drop("mm")
        else:
            yes, no = self.argument(), self.argument()
            self.push(yes if resolve(self.files, path, self.root) else no)

    def take_file(self, name: str) -> None:
        """Put the text of a file before what comes next."""
        path = resolve(self.files, name, self.root) or self._only(name, (".tex",))
        if path is None or path == self.root or path.lower().endswith((".bib", ".sty", ".cls")):
            return
        if path.lower().endswith(".bbl"):
            self.name_lists(path, "")
            return
        self.n_inputs += 1
        text = self.files.text(path)
        self.work += len(text)
        if self.n_inputs > _MOST_INPUTS or len(self.stack) > _MOST_STACKED:
            raise TooMuch
        begun = _BEGIN.search(text)
        if begun and self.is_live:  # a file that can stand alone
            ended = _END.search(text)
            text = text[begun.end() : ended.start() if ended else len(text)]
        self.push(f"{text}\n")

    def _only(self, name: str, ends: tuple[str, ...]) -> str | None:
        """Return the one file of a name, in any folder; None if there is not one."""
        base = posixpath.basename(name.strip())
        sought = {base, *(base + end for end in ends)}
        near = [each for each in self.files.read if posixpath.basename(each) in sought]
        return near[0] if len(near) == 1 else None

    def read_resource(self, _name: str) -> None:
        """Read the name of a reference list."""
        self.optional()
        self.name_lists(self.argument(), "")

    def read_new_cites(self, _name: str) -> None:
        """Read names of further reference lists, which begin the names of their commands."""
        self.suffixes += [each.strip() for each in self.argument().split(",")]
        self.argument()

    def name_bibliography(self, name: str) -> None:
        """Read the names of reference lists."""
        self.star()
        kind = name.removeprefix("no").removeprefix("bibliography")
        if not kind or kind in self.suffixes:
            self.name_lists(self.argument(), ".bib")
        elif kind.startswith("style"):
            self.argument()

    def name_lists(self, written: str, end: str) -> None:
        """Keep the paths of reference lists."""
        ends = (end, "") if end else ("", ".bib")
        for each in written.split(","):
            name = each.strip()
            path = resolve(self.files, name, self.root, ends=ends) or self._only(name, (".bib",))
            if (path or name) not in self.lists:
                self.lists.append(path or name)

    # Environments

    def begin(self, _name: str) -> None:
        """Begin an environment."""
        found = self.take(_ENVIRONMENT)
        if found is None:
            return
        name = found[1]
        if name == "document":
            self.is_live = True
        elif name in self.hidden or name in VERBATIM:
            body = self.before_end(name, is_nested=False)
            if name.startswith("filecontents"):
                self._keep_file(body)
            if self.is_live and name in VERBATIM:
                self._write_picture(body if name in PICTURES else "")
                self._end_block(name)
        elif name == "thebibliography":
            self.argument()
            self.entries += read_bbl(self.before_end(name, is_nested=False))
        elif name.lower() in {"abstract", "abstracts"} or (
            not self.is_live and name == "abstract*"
        ):
            self.optional()
            self._write_apart("abstract", self.before_end(name, is_nested=True))
        elif self.is_live:
            self._begin_text(name)

    def _write_picture(self, body: str) -> None:
        """Write the nodes of a picture that cite, which are groups or stand in brackets."""
        body = _LINE_COMMENT.sub("", body)
        for begin, end in _nodes(body):
            with self.out.aside("caption"):
                self.run(body[begin:end])

    def _begin_text(self, name: str) -> None:
        if name in EQUATIONS:
            body = self.before_end(name, is_nested=True)
            if CITE.search(body):
                self.run(body)
            self.out.parts.append(f" {EQUATION} ")
            return
        self.environments.append(name)
        if name in TABULARS:
            self.drop(TABULARS[name])
            self.out.end()
            self.rows.append(self.depth)
            self.places.append(self.out.place)
            self.out.place = "table"
            return
        note = None
        if name in ARGUMENTS:
            self.drop(ARGUMENTS[name])
        elif self.peek(skip=False) == "[":
            note = self.optional()
        if FLOATS.match(name):
            self._write_float(name)
            return
        if name in {"appendices", "appendix", "subappendices"}:
            self.begin_appendix(name)
        elif name.rstrip("*") in THANKS:
            self.begin_thanks(name)
        self._end_block(name)
        if note and CITE.search(note):  # whose theorem it is
            self.push(f"({note}) ")

    def _end_block(self, name: str) -> None:
        if (
            name not in INLINE_LISTS
            and not self.rows
            and not self.is_plain
            and self.out.place != "footnote"
        ):
            self.out.end()

    def _write_float(self, name: str) -> None:
        """Write a float, behind the paragraph where it stands in a sentence."""
        if any(FLOATS.match(each) for each in self.environments[-_MOST_AROUND:-1]):
            return
        body = self.before_end(name, is_nested=True)
        before = "".join(self.out.parts[-3:]).rstrip()
        is_within = before and not _SENTENCE_END.search(before) and _GOES_ON.match(*self.here())
        with self.out.aside("caption") if is_within else self.out.at("caption"):
            self.run(body)
        self.environments.pop()

    def _keep_file(self, body: str) -> None:
        """Keep a file that the source writes when it is run, as a reference list."""
        found = _KEPT_FILE.match(body)
        if found and found[1].endswith((".bib", ".tex", ".bbl")):
            stem = posixpath.splitext(posixpath.basename(self.root))[0]
            name = found[1].replace(r"\jobname", stem)
            name = posixpath.normpath(posixpath.join(posixpath.dirname(self.root), name))
            if name not in self.files.read:
                self.files.kept[name] = body[found.end() :]
                self.files.read[name] = bytes

    def end(self, _name: str) -> None:
        """End an environment."""
        found = self.take(_ENVIRONMENT)
        if found is None:
            return
        name = found[1]
        if name == "document":
            if self.n_runs <= 1:
                self.stack.clear()
            self.out.end()
        elif self.is_live:
            is_known = name in self.environments
            while is_known and self.environments.pop() != name:
                pass
            if is_known and name in TABULARS and self.rows:
                self.out.end()
                self.rows.pop()
                self.out.place = self.places.pop()
            else:
                self._end_block(name)

    def end_row(self, _name: str = "") -> None:
        """End a row of a table; a break in a cell is a blank."""
        if self.rows and self.depth == self.rows[-1]:
            self.out.end()
        else:
            self.out.parts.append(" ")

    # Marks

    def _is_cite(self, name: str) -> bool:
        if name.startswith(("nocite", "NoCite")):
            self.argument()
            return False
        return name.removeprefix("cite") in self.suffixes or not NO_CITE.fullmatch(name)

    def cite(self, name: str) -> None:
        """Write a mark."""
        self.star()
        is_many = name.endswith("cites")
        notes = [self.optional("("), self.optional("(")] if is_many else []
        keys: list[str] = []
        while True:
            while self.peek() == "[" and (note := self.optional()) is not None:
                notes.append(note)
            if self.peek() != "{":
                break
            before = self.here()
            written = re.sub(r"%[^\n]*\n?", "", self.argument())
            keys += [key for each in written.split(",") if (key := " ".join(each.split()))]
            if not is_many or self.here() == before:  # it never closes
                break
        keys = [each for each in dict.fromkeys(keys) if not _NO_KEY.search(each) and each != "*"]
        for note in notes:
            if note and CITE.search(note):
                n_parts = len(self.out.parts)
                self.run(note)
                self.out.parts[n_parts:] = [
                    each for each in self.out.parts[n_parts:] if each == MARK
                ]
        if not keys:
            return
        mark = Mark(tuple(keys), f"[{', '.join(keys)}]", len(keys))
        mark.is_textual = bool(TEXTUAL.match(name)) and not NOT_TEXTUAL.match(name)
        mark.is_raised = bool(FOOT_CITE.match(name))
        self.out.mark(mark)


def _quotes(text: str) -> str:
    if "'" in text or "`" in text:
        text = text.replace("``", "“").replace("''", "”").replace("`", "‘")
    if "--" in text:
        text = text.replace("---", "—").replace("--", "–")
    return own(text)


def _nodes(body: str) -> Iterator[tuple[int, int]]:
    """Yield the groups that cite, and what cites between brackets and commas outside of groups."""
    opened: list[int] = []
    begin = done = 0
    is_cited = False
    for found in _NODE.finditer(body):
        sign = found["sign"] or ""
        if found["cite"] and found.start() >= done:
            if opened:
                done = close_of(body, opened[-1] - 1)
                yield opened[-1], done
            else:
                is_cited = True
        elif sign == "{":
            opened.append(found.end())
        elif sign == "}":
            del opened[-1:]
        elif sign and not opened:
            if is_cited:
                yield begin, found.start()
            begin, is_cited = found.end(), False


def _table(
    *rows: tuple[Callable[[Reader, str], None], str | Iterable[str]],
) -> dict[str, Callable[[Reader, str], None]]:
    return {
        name: do
        for do, names in rows
        for name in (names.split() if isinstance(names, str) else names)
    }


_ALWAYS: Final = _table(
    (Reader.begin, "begin"),
    (Reader.end, "end"),
    (Reader.new_command, DEFINING),
    (Reader.new_macro, "def gdef edef xdef"),
    (Reader.let, "let"),
    (Reader.new_flag, "newif"),
    (Reader.skip_environment, "newenvironment renewenvironment NewDocumentEnvironment"),
    (Reader.end_branch, "else or"),
    (Reader.pass_by, "fi makeatletter makeatother AtBeginDocument AtEndPreamble"),
    (Reader.read_input, "input include subfile subfileinclude"),
    (Reader.read_import, "import subimport includefrom subincludefrom"),
    (Reader.read_if_there, "InputIfFileExists IfFileExists"),
    (Reader.put_verbatim, "verb lstinline mintinline"),
    (Reader.read_resource, "addbibresource addglobalbib addsectionbib"),
    (Reader.read_new_cites, "newcites"),
    (Reader.hide, "excludecomment excludeversion"),
    (Reader.read_title, "title icmltitle thesistitle"),
    (Reader.read_authors, "author icmlauthor Author"),
    (Reader.write_abstract, "abstract"),
    (Reader.choose, "ifthenelse iftoggle ifbool"),
    (Reader.look_ahead, "@ifnextchar kernel@ifnextchar @ifstar"),
    (
        Reader.set_flag,
        (
            "newtoggle toggletrue togglefalse newbool newboolean setbool setboolean booltrue "
            "boolfalse"
        ),
    ),
)
"""What commands do, in the preamble too."""

_IN_TEXT: Final = _table(
    (Reader.put_item, "item"),
    (Reader.put_accent, [each for each in ACCENTS if each.isalpha()]),
    (Reader.begin_section, SECTIONS),
    (Reader.begin_appendix, "appendix appendices"),
    (Reader.begin_thanks, THANKS),
    (
        Reader.write_note,
        (
            "footnote footnotetext thanks endnote sidenote marginnote tablefootnote blfootnote "
            "savefootnote"
        ),
    ),
    (
        Reader.write_caption,
        (
            "caption captionof subcaption tablecaption figcaption topcaption bottomcaption "
            "tabcaption legend tablecomments tablerefs longcaption ccaption"
        ),
    ),
    (Reader.write_subcaption, "subfloat subfigure subtable"),
    (Reader.put_reference, KEPT_REFERENCES),
    (
        Reader.put_argument,
        "url path nolinkurl doi gls Gls glspl Glspl acs ac acp acl acf acrshort acrlong acrfull",
    ),
    (Reader.put_units, "SI qty num si unit ang"),
    (Reader.put_first, "texorpdfstring replaced"),
    (Reader.put_quote, "enquote textquote blockquote textcquote blockcquote"),
    (Reader.put_space, "newline linebreak break"),
    (Reader.end_row, "tabularnewline cr"),
    (Reader.drop_star, "hyperref"),
    (Reader.break_off, "par newpage clearpage smallskip medskip bigskip cleardoublepage"),
)
"""What commands do in the text."""
