"""``citehub export`` and ``citehub cite``, as a person and as a script use them."""

from __future__ import annotations

import os
import pty
import resource
import signal
import subprocess
import sys

import pytest

import citehub
from citehub.export import FORMATS
from tests.export.readers import READERS
from tests.made import make_release, make_works

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")


@pytest.mark.parametrize("format_", FORMATS)
def test_what_is_printed_is_what_the_library_gives(run, format_):
    code, out, err = run("export", "mt-nlg", "--format", format_, "--theme", "reasoning")
    hub = citehub.load("mt-nlg")
    assert (code, err) == (0, "")
    assert out == bytes(hub.export(format_, works=hub.select(theme="reasoning")))
    assert len(list(READERS[format_](out))) == 6 + FORMATS[format_].has_canonical


def test_without_a_format_all_are_listed(say):
    said = say("export", "mt-nlg")
    assert all(f"\n{name} " in said for name in FORMATS)
    assert "citehub export mt-nlg -f bibtex -o mt-nlg.bib" in said


def test_every_way_to_select(say, tmp_path):
    def keys(*words):
        out = say("export", "mt-nlg", "-f", "ris", *words).encode()
        return [each["key"] for each in READERS["ris"](out)]

    assert len(keys()) == 44
    assert len(keys("--representatives", "hub-page")) == 23
    assert keys("--search", "zero-shot reasoners") == ["arxiv:2205.11916"]
    assert keys("--id", "2205.11916", "--id", "2304.01373") == [
        "arxiv:2205.11916",
        "arxiv:2304.01373",
    ]
    (tmp_path / "ids").write_bytes(
        b"\xef\xbb\xbf2304.01373\r\n\r\n https://arxiv.org/abs/2205.11916 \r\n"
    )
    assert keys("--ids-from", str(tmp_path / "ids")) == ["arxiv:2304.01373", "arxiv:2205.11916"]
    assert len(keys("--version", "1.0.0")) == 44


@pytest.mark.parametrize(
    ("words", "conditions"),
    [
        ("--theme reasoning --theme surveys", {"theme": ["reasoning", "surveys"]}),
        ("--year 2023", {"year": 2023}),
        ("--year 2022-2024", {"year": (2022, 2024)}),
        ("--year 2022 --year 2026", {"year": [2022, 2026]}),
        ("--year 2022-2023 --year 2025", {"year": [2022, 2023, 2025]}),
        ("--doi", {"doi": True}),
        ("--no-doi --arxiv", {"doi": False, "arxiv": True}),
        ("--category cs.DC --category cs.CV", {"category": ["cs.DC", "cs.CV"]}),
        ("--venue not+known --venue PODC+2024", {"venue": ["not known", "PODC 2024"]}),
        ("--role not+known", {"role": "not known"}),
        ("--polarity not+known", {"polarity": "not known"}),
        ("--not-labelled", {"labelled": False}),
        ("--shared-authors", {"shared_authors": True}),
        ("--no-shared-authors", {"shared_authors": False}),
        ("--code", {"code": True}),
        ("--no-code --sort title", {"code": False, "sort": "title"}),
        (
            "--representatives hub-page-lead --representatives hub-page",
            {"representatives": ["hub-page-lead", "hub-page"]},
        ),
        ("--related-to 2304.01373v2", {"related_to": "2304.01373"}),
        ("--authors-of 2304.01373", {"authors_of": "2304.01373"}),
        ("--search language+models --sort relevance", {"search": "language models"}),
        ("--sort newest", {"sort": "newest"}),
        (
            "--year 2022-2024 --code --search models --sort oldest",
            {"year": (2022, 2024), "code": True, "search": "models", "sort": "oldest"},
        ),
    ],
)
def test_conditions_are_those_of_the_library(run, words, conditions):
    given = [word.replace("+", " ") for word in words.split()]
    code, out, err = run("export", "mt-nlg", "-f", "jsonl", *given)
    hub = citehub.load("mt-nlg")
    works = hub.select(**conditions)
    assert (code, out, err) == (0, bytes(hub.export("jsonl", works=works)), "")
    assert works


def test_labelled_works_are_found_by_command(run, tmp_path):
    labelled = {"work_id": "pith:0", "intents": ["method"], "polarities": ["supporting"]}
    make_release(tmp_path, make_works(labelled, {"work_id": "pith:1"}))
    for words, found in (
        (["--labelled"], ["pith:0"]),
        (["--not-labelled"], ["pith:1"]),
        (["--role", "method", "--polarity", "supporting"], ["pith:0"]),
        (["--role", "method", "--role", "not known"], ["pith:0", "pith:1"]),
    ):
        code, out, _ = run("export", f"{tmp_path}/", "-f", "jsonl", *words)
        assert (code, [each["key"] for each in READERS["jsonl"](out)]) == (0, found)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["-f", "bibtx"], 2, "no format 'bibtx'. Did you mean 'bibtex'? Known: bibtex, ris"),
        (["-f", "ris", "--theme", "x"], 2, "no theme 'x' in mt-nlg"),
        (["-f", "ris", "--representatives", "x"], 2, "Known: hub-page, hub-page-lead"),
        (["-f", "ris", "--venue", "TMLR"], 2, "no venue 'TMLR' in mt-nlg"),
        (["-f", "ris", "--theme", "surveys", "--theme", "x"], 2, "no theme 'x' in mt-nlg"),
        (["-f", "ris", "--year", "23"], 2, "--year takes a year, or two as 2022-2024, not '23'"),
        (["-f", "ris", "--year", "2022-2023-2024"], 2, "not '2022-2023-2024'"),
        (["-f", "ris", "--year", "2024-2022"], 2, "--year 2024-2022: the first year comes after"),
        (["-f", "ris", "--year", "2022", "--year", "x"], 2, "as 2022-2024, not 'x'"),
        (["-f", "ris", "--year", "1999"], 1, "No work of mt-nlg meets every condition."),
        (["-f", "ris", "--labelled", "--version", "1.2.0"], 2,
         "know a label for any single citing work, so"),
        (["-f", "ris", "--role", "method", "--version", "1.2.0"], 2,
         "It knows sums only: hub.summary(), or 'citehub"),
        (["-f", "ris", "--role", "future_work"], 2, "no role 'future_work'"),
        (["-f", "ris", "--sort", "relevance"], 2, "another order without a search"),
        (["-f", "ris", "--sort", "age"], 2, "not one of 'hub', 'newest'"),
        (["-f", "ris", "--related-to", "2304.01374"], 2, "Did you mean 'arxiv:2304.01373'"),
        (["-f", "ris", "--authors-of", "nobody"], 2, "no work 'nobody'"),
        (["-f", "ris", "--id", "9999.99999"], 2, "no work 'arxiv:9999.99999'"),
        (["-f", "ris", "--id", "x", "--id", "y"], 2, "2 of 2 works: 'x', 'y'. To leave out"),
        (["-f", "ris", "--id", "x", "--skip-unknown"], 1, "which was left out: x No work of"),
        (["-f", "ris", "--skip-unknown"], 2, "--skip-unknown needs --id or --ids-from."),
        (["--skip-unknown"], 2, "Choose a format with -f"),
        (["-f", "ris", "--ids-from", "nowhere"], 2, "nowhere: No such file"),
        (["-f", "ris", "--ids-from", os.devnull], 2, "/dev/null names no work"),
        (["-f", "ris", "--ids-from", sys.executable], 2, "is not text in UTF-8"),
        (["-o", "works.bib"], 2, "Choose a format with -f: bibtex, ris"),
        (["--theme", "reasoning"], 2, "Choose a format with -f"),
        (["--no-code"], 2, "Choose a format with -f"),
        (["-f", "ris", "--search", "qqqq"], 1, "No work of mt-nlg meets every condition."),
        (["-f", "ris", "-o", ""], 2, "The name of the file is empty."),
        (["-f", "ris", "-o", "nowhere/x.ris"], 1, "No such file or directory"),
    ],
)  # fmt: skip
def test_wrong_words_are_answered_with_what_exists(run, tmp_path, monkeypatch, words, code, said):
    monkeypatch.chdir(tmp_path)
    found, out, err = run("export", "mt-nlg", *words)
    assert (found, out) == (code, b"")
    assert said in " ".join(err.split())
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_works_that_are_not_held_can_be_left_out_and_are_named(run, tmp_path):
    path = tmp_path / "ids.txt"
    path.write_text("2304.01373\nnobody\n", encoding="utf-8")
    words = ["export", "mt-nlg", "-f", "jsonl", "--ids-from", str(path), "--id", "\x1b[2J"]
    assert run(*words)[:2] == (2, b"")
    code, out, err = run(*words, "--skip-unknown")
    hub = citehub.load("mt-nlg")
    assert (code, out) == (0, bytes(hub.export("jsonl", works=["2304.01373"])))
    assert err == (
        f"Note: mt-nlg {hub.version} does not have 2 of 3 works, which were left out: "
        "\ufffd[2J, nobody\n"
    )


def test_a_file_is_written_once_and_again_with_force(run, tmp_path):
    path = tmp_path / "works.bib"
    words = ["export", "mt-nlg", "-f", "bibtex", "-o", str(path)]
    assert run(*words) == (0, b"", "")
    code, _, err = run(*words)
    assert (code, "--force" in err) == (1, True)
    assert run(*words, "--force", "--theme", "reasoning")[0] == 0
    assert path.read_text(encoding="utf-8").count("\n@misc{") + 1 == 6


def test_what_a_format_cannot_hold_is_counted_on_standard_error(run, tmp_path):
    make_release(tmp_path, make_works({"work_id": "pith:0"}, {"work_id": "pith:1"}))
    code, out, err = run("export", f"{tmp_path}/", "-f", "bibtex")
    assert (code, out.count(b"@misc{")) == (0, 2)
    assert "Note: no title is known, and none is written: 2 of 2 works" in err
    assert "Note: no year is known, and none is written: 2 of 2 works" in err


def limit_files():
    """Let no file grow beyond 20 kB, as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def test_a_search_without_a_word_is_written_wrong(run):
    code, out, err = run("export", "mt-nlg", "-f", "csv", "--search", " ")
    assert (code, out) == (2, b"")
    assert "The search has no word." in err


def test_a_full_disk_leaves_no_file(tmp_path):
    command = [sys.executable, "-m", "citehub", "export", "mt-nlg", "-f", "csv", "-o", "works.csv"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, preexec_fn=limit_files
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("citehub: works.csv: File too large")
    assert list(tmp_path.iterdir()) == []


def test_a_killed_export_leaves_no_file_under_its_name(tmp_path):
    slow = (
        "import sys, time; from citehub import _release, cli\n"
        "stream = _release.Release.stream\n"
        "def slowly(self, ids):\n"
        "    for number, work in enumerate(stream(self, ids)):\n"
        "        if number == 30: print('half', flush=True); time.sleep(60)\n"
        "        yield work\n"
        "_release.Release.stream = slowly\n"
        "sys.argv = ['citehub', 'export', 'mt-nlg', '-f', 'csv', '-o', 'works.csv']\n"
        "cli.main()"
    )
    for kill in (signal.SIGTERM, signal.SIGKILL):
        with subprocess.Popen(
            [sys.executable, "-c", slow], cwd=tmp_path, stdout=subprocess.PIPE, text=True
        ) as running:
            assert running.stdout.readline() == "half\n"
            running.send_signal(kill)
            assert running.wait() != 0
        assert not (tmp_path / "works.csv").exists()
        if kill == signal.SIGTERM:  # which can be cleaned up after
            assert list(tmp_path.iterdir()) == []


def test_binary_is_not_for_a_terminal_and_nothing_steers_one(tmp_path):
    work = {"work_id": "pith:0", "title": "\u202egnp.exe", "title_plain": "\u202egnp.exe"}
    make_release(tmp_path, make_works(work))

    def on_terminal(*words):
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "citehub", "export", f"{tmp_path}/", *words]
        done = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, check=False)
        os.close(theirs)
        shown = os.read(ours, 1 << 16) if done.returncode == 0 else b""
        os.close(ours)
        return done.returncode, shown.decode(), done.stderr.decode()

    code, _, err = on_terminal("-f", "parquet")
    assert (code, "A terminal cannot show parquet" in err) == (2, True)
    code, shown, _ = on_terminal("-f", "ris")
    assert code == 0
    assert "TI  - \ufffdgnp.exe" in shown
    assert "\u202e" not in shown


def test_cite(say, run):
    hub = citehub.load("mt-nlg")
    assert say("cite", "mt-nlg") == hub.cite() + "\n"
    assert (
        say("cite", "mt-nlg", "canonical", "--format", "apa")
        == hub.cite("apa", of="canonical") + "\n"
    )
    assert say("cite", "mt-nlg", "2205.11916", "-f", "csl-json").startswith("[\n{")
    code, _, err = run("cite", "mt-nlg", "-f", "mla")
    assert (code, "Known: bibtex, apa, csl-json" in err) == (2, True)
