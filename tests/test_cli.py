"""The command line as a person and as a script use it."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

import citehub
from tests.made import make_release, make_works


def spawn(*words, **more):
    command = [sys.executable, "-m", "citehub", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)


# -- publishing -------------------------------------------------------------------------------


def test_publish_prints_the_folder_and_replaces_it_only_when_told(run, tmp_path):
    out = str(tmp_path / "out")
    code, said, hint = run("publish", "mt-nlg", "--version", "1.0.0", "--out", out)
    assert (code, said.decode()) == (0, f"{out}\n")
    assert f"citehub check {out}" in hint
    code, said, problem = run("publish", "mt-nlg", "--out", out)
    assert (code, said) == (1, b"")
    assert "--force" in problem
    assert run("publish", "mt-nlg", "--version", "1.1.0", "--out", out, "--force")[0] == 0
    assert citehub.load(out).version == "1.1.0"
    assert run("verify", out)[0] == 0
    assert run("publish", "mt-nlg", "--out", "")[0] == 2


# -- what people see --------------------------------------------------------------------------


def test_alone_it_says_what_is_there_and_what_to_type_next(say):
    said = say()
    assert f"citehub {citehub.__version__}" in said
    assert "mt-nlg  1.0.0, 1.1.0" in said
    assert "citehub show mt-nlg" in said


def test_show_a_hub(say):
    said = say("show", "mt-nlg", "--version", "1.1.0")
    joined = " ".join(said.split())
    assert "9 of 44 citing works carry a role label (20 %)" in joined
    assert "95 % Wilson interval 70 to 100 %" in joined
    assert "Shaden Smith" in said
    assert "reasoning           6" in said
    assert "evidence 7,620" in joined


def test_show_a_hub_with_judged_passages_gives_counts_intervals_and_who_judged(say):
    joined = " ".join(say("show", "mt-nlg", "--version", "1.3.0").split())
    assert "role background 13 of 14 69 to 99 % 32 of 49 result 4 of 14" in joined
    assert "Judged by majority of three readings by a language model. 14 of 44 citing" in joined
    assert "By pith-hub-page: 9 of 44 citing works carry a role label (20 %)" in joined


def test_show_the_first_release(say):
    said = say("show", "mt-nlg", "--version", "1.0.0")
    assert "data version 1.0.0" in said
    assert "authors not known" in said


def test_show_a_release_folder_goes_on_with_that_folder(say, hub):
    assert f"citehub search {hub.path}" in say("show", hub.path)


def test_show_a_work(say):
    said = say("show", "mt-nlg", "https://arxiv.org/abs/2412.21187v2")
    assert "Do NOT Think That Much for 2+3=?" in said
    assert "role            –" in said
    assert "– is not known" in said


def test_search(say):
    assert "arxiv:2412.21187  2024-12" in say("search", "mt-nlg", "overthinking")
    assert "arxiv:2304.01373" in say("search", "mt-nlg", "biderman", "pythia")


def test_table_lists_describes_and_shows(say, run):
    assert "label_counts" in say("table", "mt-nlg")
    assert "int32, in months, null if not" in say("table", "mt-nlg", "citations")
    code, out, err = run("table", "mt-nlg", "works", "-c", "work_id,title_plain")
    assert (code, out.count(b"arxiv:")) == (0, 45)
    assert "45 of 45 rows" in err
    assert "arxiv:2304.01373" in say("table", "mt-nlg", "citing_works", "-c", "work_id, venue")


def test_diff(say):
    assert "mt-nlg 1.0.0 -> 1.1.0: minor" in say("diff", "mt-nlg", "1.0.0", "1.1.0")
    every = say("diff", "mt-nlg", "1.0.0", "1.1.0", "--all")
    assert every.count("cell filled") > 300
    assert "cell filled: works arxiv:2201.11990 publication_year: None -> 2022" in every


def test_verify(say):
    said = say("verify").splitlines()
    released = citehub.versions("mt-nlg")
    assert [line.split(" (")[0] for line in said] == [f"mt-nlg {v}: sound" for v in released]
    assert len(say("verify", "mt-nlg", "--version", "1.0.0").splitlines()) == 1


def test_everything_fits_eighty_columns(say, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for words in (
        [], ["show", "mt-nlg"], ["show", "mt-nlg", "2304.01373"], ["search", "mt-nlg", "models"],
        ["table", "mt-nlg"], ["table", "mt-nlg", "evidence"], ["diff", "mt-nlg", "1.0.0", "1.1.0"],
        ["--help"], ["show", "--help"], ["table", "--help"], ["build", "--help"],
        ["export", "--help"], ["export", "mt-nlg"],
    ):  # fmt: skip
        lines = say(*words).splitlines()
        assert max(map(len, lines)) <= 80, words
        assert lines


@pytest.mark.parametrize(
    "command", ["show", "search", "table", "export", "cite", "diff", "verify", "build"]
)
def test_every_command_has_help(say, command):
    assert f"Usage: citehub {command}" in say(command, "--help")


def test_version(say):
    assert say("--version") == f"citehub {citehub.__version__}\n"


# -- what scripts read ------------------------------------------------------------------------


def test_show_as_json(say):
    record = json.loads(say("show", "mt-nlg", "--version", "1.1.0", "--json"))
    assert record["n_citing"] == 44
    assert record["hub_class"] == "Canonical reference"
    assert record["summary"][0]["n"] == 9
    assert record["summary"][1]["value"] is None
    assert record["canonical"]["author_count"] == 20
    assert record["tables"]["works"] == 45


def test_work_and_search_as_json(say):
    work = json.loads(say("show", "mt-nlg", "2304.01373", "--json"))
    assert work["work_id"] == "arxiv:2304.01373"
    assert work["role"] == "background"
    assert work["judged_by"] == "majority of three readings by a language model"
    assert [row["section"] for row in work["contexts"]] == ["Training Data"]
    assert json.loads(say("search", "mt-nlg", "pythia", "--json"))[0] == work
    bare = json.loads(say("show", "mt-nlg", "2304.01373", "--json", "--version", "1.0.0"))
    assert bare["authors"] is None


def test_table_as_csv(say, hub):
    rows = list(csv.DictReader(io.StringIO(say("table", "mt-nlg", "works", "-f", "csv"))))
    assert len(rows) == 45
    assert [row["title"] for row in rows] == hub.works["title"].tolist()
    assert rows[0]["venue"] == ""


def test_table_as_json(say, hub):
    assert json.loads(say("table", "mt-nlg", "themes", "-f", "json")) == list(hub.themes)


def test_table_as_parquet(run, hub, tmp_path):
    code, out, _ = run("table", "mt-nlg", "works", "-f", "parquet", "-c", "title,work_id")
    assert code == 0
    assert pq.ParquetFile(io.BytesIO(out)).read().equals(hub.works.to_arrow(["title", "work_id"]))
    target = tmp_path / "works.parquet"
    assert run("table", "mt-nlg", "works", "-f", "parquet", "-o", str(target))[0] == 0
    assert pq.ParquetFile(target).read().num_rows == 45


def test_diff_as_json(say):
    record = json.loads(say("diff", "mt-nlg", "1.0.0", "1.1.0", "--json"))
    assert record["level"] == "minor"
    assert record["changes"][0] == {
        "kind": "cell filled", "table": "works", "row_key": "arxiv:2201.11990",
        "column": "publication_year", "old": None, "new": 2022, "level": "minor",
    }  # fmt: skip


# -- what goes wrong --------------------------------------------------------------------------

WRONG = {
    "unknown hub": (["show", "mt-nlgg"], 2, "Did you mean 'mt-nlg'"),
    "unknown folder": (["show", "./nowhere"], 2, "./nowhere"),
    "unknown version": (["show", "mt-nlg", "--version", "9"], 2, "Known: 1.0.0, 1.1.0"),
    "unknown work": (["show", "mt-nlg", "2304.01374"], 2, "Did you mean 'arxiv:2304.01373'"),
    "unknown table": (["table", "mt-nlg", "wroks"], 2, "Did you mean 'works'"),
    "unknown column": (["table", "mt-nlg", "works", "-c", "titel"], 2, "Did you mean 'title'"),
    "unknown format": (["table", "mt-nlg", "works", "-f", "xml"], 2, "csv"),
    "unknown command": (["sho"], 2, "show"),
    "missing argument": (["show"], 2, "HUB"),
    "text into a file": (["table", "mt-nlg", "works", "-o", "x"], 2, "--format csv"),
    "nothing found": (["search", "mt-nlg", "zzzzzz"], 1, "zzzzzz"),
    "released already": (["build", "mt-nlg", "1.1.0"], 1, "a release never changes"),
    "an older release": (["build", "mt-nlg", "1.1.2"], 1, "the next version comes after it"),
    "no word": (["search", "mt-nlg", ""], 2, "no word"),
    "no column": (["table", "mt-nlg", "works", "-c", ""], 2, "no column ''"),
    "no file": (
        ["table", "mt-nlg", "works", "-f", "csv", "-o", ""],
        2,
        "name of the file is empty",
    ),
    "no folder": (["build", "mt-nlg", "1.1.0", "--out", ""], 2, "name of the folder is empty"),
    "rows of no table": (["table", "mt-nlg", "-f", "csv"], 2, "Name a table"),
    "no release folder": (["show", "/"], 2, "a release folder holds datapackage.json"),
    "steering characters": (["show", "\x1b[2J"], 2, "'\\x1b[2J'"),
}


@pytest.mark.parametrize(("words", "code", "said"), WRONG.values(), ids=WRONG)
def test_wrong_words_are_answered_without_traceback(run, words, code, said):
    got, out, err = run(*words)
    assert got == code
    assert out == b""
    assert said in " ".join(err.split())
    assert "Traceback" not in err
    assert "\x1b" not in err


def test_a_file_that_is_there_is_not_overwritten(run, tmp_path):
    target = tmp_path / "works.csv"
    target.write_text("mine")
    words = ["table", "mt-nlg", "works", "-f", "csv", "-o", str(target)]
    code, _, err = run(*words)
    assert (code, target.read_text()) == (1, "mine")
    assert "--force" in err
    assert run(*words, "--force")[0] == 0
    assert target.read_text().startswith("work_id,")


def test_a_folder_that_is_not_there_is_an_error_not_a_traceback(run, tmp_path):
    target = tmp_path / "no" / "such" / "works.csv"
    code, _, err = run("table", "mt-nlg", "works", "-f", "csv", "-o", str(target))
    assert code == 1
    assert "No such file" in err


@pytest.mark.parametrize("words", [["verify", "mt-nlg"], ["show", "mt-nlg", "--version", "1.1.0"]])
def test_damage_ends_with_one_and_names_the_file(run, datasets, words):
    path = datasets / "mt-nlg" / "1.1.0" / "works.parquet"
    path.write_bytes(path.read_bytes()[:-8])
    code, _, err = run(*words)
    assert code == 1
    assert "works.parquet is damaged: expected" in err
    assert "Traceback" not in err


def test_verify_names_every_damaged_release(run, datasets):
    released = citehub.versions("mt-nlg")
    for version in released:
        (datasets / "mt-nlg" / version / "works.parquet").unlink()
    code, out, err = run("verify")
    assert (code, out) == (1, b"")
    assert err.count("works.parquet is damaged: expected a readable file") == len(released)


def test_a_trial_build_is_compared_with_a_release(say, tmp_path):
    newest = citehub.versions("mt-nlg")[-1]
    say("build", "mt-nlg", newest, "--out", str(tmp_path / "trial"))
    assert "same content" in say("diff", "mt-nlg", newest, str(tmp_path / "trial"))
    assert "minor" in say("diff", "mt-nlg", "1.0.0", str(tmp_path / "trial"))


def test_json_is_utf8_whatever_the_locale():
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "citehub", "show", "mt-nlg", "2603.14360", "--json"]
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    assert json.loads(done.stdout)["title_plain"].startswith("M²RNN")


def test_a_closed_output_is_no_traceback():
    command = f"{sys.executable} -m citehub show mt-nlg >&-"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def test_a_reader_that_has_enough_ends_it_quietly():
    command = f"{sys.executable} -m citehub table mt-nlg evidence -f csv | head -n 2"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("table_name,row_key")
    assert done.stderr == ""


def test_no_colour_in_a_pipe_and_any_locale_will_do():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = spawn("show", "mt-nlg", "2207.14255", env=environment)
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


@pytest.mark.slow
def test_completion_knows_hubs_versions_and_tables():
    def complete(line):
        words = line.split(" ")
        environment = {
            **os.environ,
            "_CITEHUB_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        }
        code = "import sys; sys.argv = ['citehub']; from citehub.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True, text=True, check=False, env=environment,
        )  # fmt: skip
        return done.stdout.split()

    assert complete("citehub sh") == ["show"]
    assert complete("citehub show mt") == ["mt-nlg"]
    assert complete("citehub table mt-nlg label") == ["label_counts"]
    assert complete("citehub show mt-nlg --version 1.0") == ["1.0.0"]
    assert complete("citehub export mt-nlg --theme reas") == ["reasoning"]
    assert complete("citehub export mt-nlg --category cs.D") == ["cs.DC"]


# -- a page of a hub --------------------------------------------------------------------------


def test_site_prints_the_folder_and_says_how_to_look_at_it(run, tmp_path):
    out = str(tmp_path / "out")
    code, said, hint = run("site", "mt-nlg", "--version", "1.0.0", "--out", out)
    assert (code, said.decode()) == (0, f"{out}\n")
    assert f"Open {out}/index.html" in hint
    assert f"python -m http.server --directory {out}" in hint
    code, said, problem = run("site", "mt-nlg", "--out", out)
    assert (code, said) == (1, b"")
    assert "--force" in problem
    assert run("site", "mt-nlg", "--version", "1.1.0", "--out", out, "--force")[0] == 0
    assert run("site", f"{out}/data", "--out", out, "--force")[0] == 0  # anew, from its own data
    assert citehub.load(f"{out}/data").version == "1.1.0"
    for words in (["--out", ""], ["--out", "-"], []):
        assert run("site", "mt-nlg", *words)[0] == 2
    assert run("site", "mt-nl", "--out", f"{out}-2")[0] == 2


@pytest.mark.parametrize(
    ("title", "steps"),
    [
        (
            "On Lanterns, and light",
            ["citehub search HUB lanterns", "citehub show HUB doi:10.5555/a"],
        ),
        ("???", ["citehub show HUB doi:10.5555/a"]),
        (None, []),
    ],
)
def test_what_a_hub_says_to_type_next_finds_something(title, steps, tmp_path, say, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    works = [{"work_id": "doi:10.5555/a", "title": title, "title_plain": title}] if title else []
    hub = make_release(tmp_path, make_works(*works)).path
    lines = say("show", hub).partition("Next:\n")[2].splitlines()
    said = [line.strip().split("  ")[0] for line in lines]
    assert [each.replace(hub, "HUB") for each in said] == [*steps, "citehub table HUB works"]
    for step in said:
        assert say(*step.split()[1:])


# -- what nobody thought of -------------------------------------------------------------------


@pytest.mark.parametrize("error", [ValueError("\x1b[2Jno\nmore"), RecursionError(), MemoryError()])
def test_an_unexpected_error_says_what_was_done_and_what_to_do(run, monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(citehub.Hub, "summary", fail)
    code, _, err = run("show", "mt-nlg")
    assert code == 1
    assert "citehub show mt-nlg" in err
    assert "Traceback" not in err
    assert "\x1b" not in err
    if not isinstance(error, MemoryError):
        assert f"\n{type(error).__name__}" in err
        assert "citehub verify mt-nlg" in err
        assert "citehub --debug show mt-nlg" in err
    code, _, err = run("--debug", "show", "mt-nlg")
    assert code == 1
    assert err.startswith("Traceback")


def test_debug_shows_the_traceback_of_an_error_of_ours(run, monkeypatch):
    assert "Traceback" not in run("show", "nope")[2]
    monkeypatch.setenv("CITEHUB_DEBUG", "1")
    code, _, err = run("show", "nope")
    assert code == 2
    assert err.startswith("Traceback")
    assert "There is no hub 'nope'" in err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a full device is Linux's")
@pytest.mark.parametrize(
    "words", ["show mt-nlg", "table mt-nlg works -f csv", "show mt-nlg --json"]
)
def test_a_full_disk_under_the_output_is_named(words):
    command = f"{sys.executable} -m citehub {words} >/dev/full"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "citehub: standard output: No space left on device\n"
