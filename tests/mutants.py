"""Change one thing in the code at a time, and see whether the tests that stand for it notice.

    python tests/mutants.py                         # a sample of each module in TESTS
    python tests/mutants.py bulk/reader --each 0   # every mutant of one module

A mutant that lives is printed as a diff of its line: either a test is missing, or the change
makes no difference. The same seed gives the same mutants as long as the module is the same, so
that two versions of the tests can be compared.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
EACH = 8
PATIENCE = 4  # times what the tests take without a mutant; one that takes longer is found, too

BULK = ("build/test_bulk_sources.py", "build/test_assemble.py", "graph/test_partitions.py",
        "graph/test_hubs.py", "graph/test_find.py", "graph/test_store.py")  # fmt: skip
EXPORT = ("export/test_export.py", "export/test_round_trips.py", "export/test_command.py")
RELEASE = ("build/test_release.py", "build/test_curated.py", "build/test_ledger.py",
           "test_mt_nlg.py")  # fmt: skip
TESTS = {  # by module of citehub: the files that stand for it, the quickest first
    "arithmetic/layouts": ("test_layouts.py", "explorer/test_calculator.py"),
    "arithmetic/memory": ("test_layouts.py", "test_arithmetic.py"),
    "_select": ("test_select.py", "test_cli.py", "export/test_command.py"),
    "_release": ("test_hub.py", "test_check.py", "test_select.py", "export/test_export.py"),
    "_works": ("test_works.py",),
    "_validate": ("test_validate.py", "test_check.py", "build/test_release.py"),
    "_catalog": ("test_home.py", "test_catalog.py", "test_cli.py"),
    "_diff": ("test_diff.py", "test_news.py", "test_cli.py", "build/test_release.py"),
    "_news": ("test_news.py", "build/test_changes.py"),
    "_manifest": ("test_manifest.py", "test_catalog.py", "test_table.py"),
    "build/assemble": ("build/test_assemble.py", "graph/test_hubs.py"),
    "build/counts": ("build/test_assemble.py", "graph/test_hubs.py"),
    "build/labels": ("build/test_curation.py", "build/test_passages.py", "build/test_assemble.py"),
    "build/derived": (*RELEASE, "build/test_assemble.py"),
    "build/candidates": ("build/test_candidates.py",),
    "build/join": ("build/test_join.py", "build/test_assemble.py"),
    "build/local_citations": ("build/test_local_citations.py",),
    "build/representatives": ("build/test_representatives.py",),
    "build/topic_themes": ("build/test_topic_themes.py",),
    "build/likeness": ("build/test_candidates.py", "build/test_join.py"),
    "build/names": ("build/test_join.py",),
    "build/ledger": ("build/test_ledger.py", "build/test_assemble.py", *RELEASE),
    "build/own_rows": ("build/test_own_tables.py", *RELEASE),
    "build/own_tables": ("build/test_own_tables.py",),
    "build/register": ("build/test_register.py", "build/test_release.py"),
    "build/release": RELEASE,
    "build/spec": RELEASE,
    "build/write": (*RELEASE, "test_validate.py", "build/test_assemble.py"),
    "sources/curated": RELEASE,
    "sources/dump_datasets": BULK,
    "sources/partitions": BULK,
    "sources/openalex": BULK,
    "sources/opencitations": BULK,
    "sources/pith_page": ("build/test_pith_page.py", *RELEASE),
    "sources/records": BULK,
    **{
        f"sources/reference_file/{name}": ("build/test_reference_file.py",)
        for name in (
            "__init__", "bibtex", "bibtex_names", "csl_json", "dates", "entry", "identifiers",
            "names", "ris", "tex", "text",
        )
    },
    "sources/semantic_scholar": BULK,
    **{f"export/{path.stem}": EXPORT for path in (ROOT / "citehub/export").glob("*.py")},
    "bulk/reader": ("graph/test_hubs.py", "graph/test_command.py", "graph/test_reference.py"),
    "explorer/plain_list": ("explorer/test_page.py", "explorer/test_folder.py"),
}  # fmt: skip

SWAPS = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
    ast.Add: "-", ast.Sub: "+", ast.Mult: "//", ast.Div: "*", ast.FloorDiv: "*",
}  # fmt: skip


class Mutant(NamedTuple):
    """Bytes of a module, from start to end, and what stands there instead."""

    start: int
    end: int
    text: str
    kind: str


# -- making mutants ------------------------------------------------------------------------------


def mutants(source: bytes) -> list[Mutant]:
    """Return every change that this script knows how to make to a module."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = _Finder(source, starts)
    found.visit(ast.parse(source))
    return sorted(set(found.mutants))


class _Finder(ast.NodeVisitor):
    """Walks over what runs: not over annotations, docstrings and the texts of errors."""

    def __init__(self, source: bytes, starts: list[int]) -> None:
        self.source = source
        self.starts = starts
        self.mutants: list[Mutant] = []

    def span(self, node: ast.AST) -> tuple[int, int]:
        return (
            self.starts[node.lineno - 1] + node.col_offset,
            self.starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def text(self, node: ast.AST) -> str:
        start, end = self.span(node)
        return self.source[start:end].decode()

    def add(self, node: ast.AST, text: str, kind: str) -> None:
        self.mutants.append(Mutant(*self.span(node), text, kind))

    def between(self, left: ast.AST, right: ast.AST, text: str, kind: str) -> None:
        """Replace the operator between two nodes, whatever brackets stand around it."""
        start, end = self.span(left)[1], self.span(right)[0]
        gap = self.source[start:end].decode()
        before = gap[: len(gap) - len(gap.lstrip(") \n"))]
        after = gap[len(gap.rstrip("( \n")) :]
        self.mutants.append(Mutant(start, end, f"{before or ' '}{text}{after or ' '}", kind))

    # what does not run, or only tells
    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_arg(self, node: ast.arg) -> None: ...

    def visit_Raise(self, node: ast.Raise) -> None: ...

    def visit_Import(self, node: ast.Import) -> None: ...

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None: ...

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default)
        for each in node.body:
            self.visit(each)

    def visit_If(self, node: ast.If) -> None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for each in node.orelse:
                self.visit(each)
            return
        self.add(node.test, f"not ({self.text(node.test)})", "condition")
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.add(node.test, f"not ({self.text(node.test)})", "condition")
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for each in node.ifs:
            self.add(each, "True", "filter")
        self.generic_visit(node)

    # what runs
    def visit_Compare(self, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        for place, each in enumerate(node.ops):
            self.between(sides[place], sides[place + 1], SWAPS[type(each)], "comparison")
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        other = "or" if isinstance(node.op, ast.And) else "and"
        for left, right in zip(node.values, node.values[1:], strict=False):
            self.between(left, right, other, "and/or")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self.add(node, f"({self.text(node.operand)})", "not")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in SWAPS:
            self.between(node.left, node.right, SWAPS[type(node.op)], "arithmetic")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self.add(node, str(not node.value), "truth")
        elif isinstance(node.value, int | float):
            self.add(node, str(node.value + 1), "number")
        elif isinstance(node.value, str):
            self.add(node, repr(f"{node.value}~"), "text")

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return  # a docstring
        if isinstance(node.value, ast.Call):
            self.add(node, "pass", "statement")
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.add(node, "pass", "statement")
        self.visit(node.value)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None:
            self.add(node, "return None", "return")
            self.visit(node.value)

    def visit_Continue(self, node: ast.Continue) -> None:
        self.add(node, "break", "loop")

    def visit_Break(self, node: ast.Break) -> None:
        self.add(node, "continue", "loop")

    def visit_Tuple(self, node: ast.Tuple | ast.List | ast.Set) -> None:
        """Leave out each part of what is written out."""
        opener, closer = {ast.Tuple: "()", ast.List: "[]", ast.Set: "{}"}[type(node)]
        parts = [self.text(each) for each in node.elts]
        if isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            for place in range(len(parts)):
                left = parts[:place] + parts[place + 1 :]
                comma = "," if left else ""
                text = f"{opener}{', '.join(left)}{comma}{closer}"
                self.add(node, text if left or opener != "{" else "set()", "part")
        self.generic_visit(node)

    def visit_List(self, node: ast.List) -> None:
        self.visit_Tuple(node)

    def visit_Set(self, node: ast.Set) -> None:
        self.visit_Tuple(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        pairs = [
            f"**{self.text(value)}" if key is None else f"{self.text(key)}: {self.text(value)}"
            for key, value in zip(node.keys, node.values, strict=True)
        ]
        for place in range(len(pairs)):
            left = pairs[:place] + pairs[place + 1 :]
            self.add(node, f"{{{', '.join(left)}}}", "part")
        self.generic_visit(node)


def sample(module: str, each: int, seed: int) -> list[Mutant]:
    """Return some mutants of a module that are Python, the same for the same seed."""
    source = (ROOT / "citehub" / f"{module}.py").read_bytes()
    found = [mutant for mutant in mutants(source) if _is_python(apply(source, mutant))]
    if not each or each >= len(found):
        return found
    return sorted(random.Random(f"{module} {seed}").sample(found, each))


def apply(source: bytes, mutant: Mutant) -> bytes:
    """Return the module with one thing changed."""
    return source[: mutant.start] + mutant.text.encode() + source[mutant.end :]


def _is_python(source: bytes) -> bool:
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return False
    return True


# -- running tests -------------------------------------------------------------------------------

SERVE = """
import os, signal, sys
import duckdb, ibis, lxml.html, pandas, pyarrow.parquet, pytest, rich.table, typer.testing

options = ["-x", "-q", "-p", "no:cacheprovider", "-k", "not spark"]
for line in sys.stdin:
    patience, *tests = line.split()
    child = os.fork()
    if child == 0:
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for number in range(3):
            os.dup2(null, number)
        signal.alarm(int(patience))
        try:
            code = int(pytest.main([*options, *tests]))
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        try:
            os.killpg(child, signal.SIGKILL)  # with the commands that it runs
        except ProcessLookupError:
            pass
    print("passed" if status == 0 else "failed", flush=True)
"""


class Tree:
    """A copy of the project whose code may be changed, and a process that runs its tests.

    The process has imported the libraries, so that a run of tests takes a fork only.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout.splitlines()  # fmt: skip
        for name in listed:
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, folder / name)
        environment = {
            **os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1",
        }  # fmt: skip
        self.server = subprocess.Popen(
            [sys.executable, "-c", SERVE], cwd=folder, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def run(self, tests: tuple[str, ...], patience: float) -> bool:
        """Tell whether all tests pass, within some seconds."""
        words = [str(int(patience)), *(f"tests/{name}" for name in tests)]
        self.server.stdin.write(f"{' '.join(words)}\n")
        self.server.stdin.flush()
        return self.server.stdout.readline() == "passed\n"


def living(trees: list[Tree], module: str, each: int, seed: int) -> Iterator[str]:
    """Yield the mutants that no test notices, as lines of a diff; last the count of all."""
    path = f"citehub/{module}.py"
    source = (ROOT / path).read_bytes()
    chosen = sample(module, each, seed)
    begun = time.monotonic()
    if not trees[0].run(TESTS[module], 600):
        raise SystemExit(f"{module}: its tests do not pass as they are")
    patience = PATIENCE * (time.monotonic() - begun) + 10
    free = list(trees)

    def is_noticed(mutant: Mutant) -> bool:
        tree = free.pop()
        try:
            (tree.folder / path).write_bytes(apply(source, mutant))
            return not tree.run(TESTS[module], patience)
        finally:
            (tree.folder / path).write_bytes(source)
            free.append(tree)

    with ThreadPoolExecutor(len(trees)) as pool:
        for mutant, noticed in zip(chosen, pool.map(is_noticed, chosen), strict=True):
            if not noticed:
                line = source[: mutant.start].count(b"\n") + 1
                old = source[mutant.start : mutant.end].decode()
                yield f"{path}:{line}: {mutant.kind}: {old!r} -> {mutant.text!r}"
    yield str(len(chosen))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(TESTS)}")
    parser.add_argument("--each", type=int, default=EACH, help="mutants of a module; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    unknown = set(given.modules) - TESTS.keys()
    if unknown:
        parser.error(f"no such module: {', '.join(sorted(unknown))}")
    lived, made = Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as scratch:
        trees = [Tree(Path(scratch, str(number))) for number in range(given.workers)]
        for module in given.modules or TESTS:
            begun = time.monotonic()
            *lines, count = living(trees, module, given.each, given.seed)
            lived[module], made[module] = len(lines), int(count)
            for line in lines:
                print(line)
            took = time.monotonic() - begun
            print(f"{module}: {len(lines)} of {count} live ({took:.0f} s)", flush=True)
    print(f"{lived.total()} of {made.total()} mutants live")


if __name__ == "__main__":
    main()
