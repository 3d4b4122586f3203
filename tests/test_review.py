"""How people judge passages: the dialogue, what is kept of it, files, and settling."""

from __future__ import annotations

import csv
import io
import os
import shutil

import pytest

import citehub
from citehub import _terminal as terminal
from citehub._text import csv_lines
from citehub.build import build_release
from citehub.cli import review as dialogue_of
from citehub.errors import BadArgument, SourceError
from citehub.graph import label_hub, read_texts
from citehub.graph.review import Judgement, Review, write_review_page
from citehub.sources.curation import LABELS
from tests.test_reading import DAY, SOURCE, made, page  # noqa: F401 -- a fixture

COLUMNS = [column.name for column in LABELS.columns]
SAID = "We used the lamp [1]. Rain\x1b[2J fell. In contrast to [1], =it is dim."
WAYS = ("1", "", "2", "", "")  # role, no second one, polarity, confidence, comment


@pytest.fixture(scope="module")
def with_passages(made, tmp_path_factory):  # noqa: F811
    """A hub of three passages of two works."""
    folder = tmp_path_factory.mktemp("review")
    hub = shutil.copytree(made, folder / "hub")
    (folder / "2401.00002.html").write_text(page(said=SAID))
    (folder / "main.tex").write_text(SOURCE)
    read_texts(hub, [folder / "2401.00002.html", folder / "main.tex"], created=DAY)
    return hub


@pytest.fixture
def hub(with_passages, tmp_path):
    return shutil.copytree(with_passages, tmp_path / "hub")


@pytest.fixture
def answer(run, hub, monkeypatch):
    """Judge with answers, as a person at a terminal; return what is printed, then messages."""
    monkeypatch.setattr(terminal, "is_dialogue", lambda: True)

    def call(*answers, name="Ada Lamp", more=()):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{each}\n" for each in answers)))
        code, out, err = run("review", os.fspath(hub), "--as", name, *more)
        assert code == 0, err
        return " ".join(out.decode().split()), err

    return call


def rows(hub):
    with (hub / "source" / "labels.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def values(hub, **about):
    found = (row for row in rows(hub) if all(row[name] == about[name] for name in about))
    return sorted((row["scheme"], row["rank"], row["value"]) for row in found)


def order(hub, name):
    return [each.context_id for each in Review(hub).order(name)]


# -- on the terminal --------------------------------------------------------------------------


def test_each_judgement_is_kept_at_once_and_the_same_command_goes_on(hub, answer):
    first, second, third = order(hub, "Ada Lamp")
    said, told = answer("?", "2", "back", "mention", "high", 'Odd, "as such"; =1', "1", "", "2")
    assert said == "Ada Lamp judged 1 of 3 passages."
    assert "The citing work uses something from the cited work" in told
    assert values(hub, context_id=first) == [
        ("intent", "", "method"), ("intent", "2", "background"), ("polarity", "", "mentioning"),
    ]  # fmt: skip
    assert {row["context_id"] for row in rows(hub)} == {first}
    for row in rows(hub):
        assert (row["labeler"], row["labeler_kind"], row["who"]) == (
            "Ada Lamp",
            "person",
            "Ada Lamp",
        )
        assert (row["guideline"], row["confidence_level"]) == ("citehub-1", "high")
        assert row["why"] == 'Odd, "as such"; =1'
    said, told = answer("s", *WAYS, "s")
    assert said == "Ada Lamp judged 2 of 3 passages."
    assert {row["context_id"] for row in rows(hub)} == {first, third}
    said, told = answer(*WAYS)
    assert said == "Ada Lamp judged 3 of 3 passages."
    assert "citehub build" in told
    assert second in {row["context_id"] for row in rows(hub)}


def test_back_changes_the_one_before_and_keeps_what_is_not_asked_anew(hub, answer):
    first, *_ = order(hub, "Ada Lamp")
    answer("2", "1", "2", "low", "Why not", "b", "3", "", "", "-", "", "q")
    assert values(hub, context_id=first) == [
        ("intent", "", "result"), ("intent", "2", "background"), ("polarity", "", "mentioning"),
    ]  # fmt: skip
    assert {(row["confidence_level"], row["why"]) for row in rows(hub)} == {("", "Why not")}
    answer("b", "3", "-", "", "", "-")
    assert values(hub, context_id=first) == [
        ("intent", "", "result"),
        ("polarity", "", "mentioning"),
    ]
    assert {row["why"] for row in rows(hub)} == {"Read the passage"}


def test_a_passage_is_shown_with_its_place_and_nothing_steers_the_terminal(answer):
    _, told = answer("s", "s", "s", "")
    for part in (
        "We used the lamp [1]. Rain\ufffd[2J fell.", "Rivers at Night", "section 'Introduction'",
        "mark [1]", "https://arxiv.org/abs/2401.00002", "background", "citehub-1",
    ):  # fmt: skip
        assert part in " ".join(told.replace("\u00a0", " ").split()), part


def test_what_a_number_does_not_name_is_asked_again(answer, hub):
    _, told = answer("0", "9", "m", "zzz", "", "met", "", "1", "", "", "q")
    assert told.count("is not an answer") == 4
    assert "'m' may be method or motivation. Give a number" in told
    assert ("intent", "", "method") in values(hub)


def test_a_comment_that_repeats_the_words_is_asked_anew(answer, hub):
    passage = Review(hub).order("Ada Lamp")[0]
    said = f"As in: {passage.text}", passage.before, passage.after
    _, told = answer("1", "", "2", "", *said, "Fine", "q")
    assert told.count("repeats the words of the passage, and is published") == 3
    assert {row["why"] for row in rows(hub)} == {"Fine"}


def test_without_words_the_gist_and_the_link_are_shown(hub, answer):
    shutil.rmtree(hub / "source" / "full-texts")
    with (hub / "source" / "labels.csv").open("w") as file:
        file.write("work,scheme,value,who,when,why\n")
    _, told = answer(*WAYS)
    assert "Its words are not at hand. Open the paper: https://" in " ".join(told.split())
    assert {row["why"] for row in rows(hub)} == {"Read in the paper"}


def test_words_that_a_person_entered_are_at_hand_too(hub):
    words = "Hills are lit as the first lantern [1] was."
    (hub / "source" / "passages.csv").write_text(
        f"work,sentence_hash,text,start,end\n10.5555/hills.3,,{words},35,38\n"
    )
    build_release(hub, created=DAY)
    assert not any(row["text"] for row in citehub.load(hub).citation_contexts)
    (found,) = (each for each in Review(hub).passages.values() if "hills" in each.work_id)
    assert (found.text, found.span) == (words, (35, 38))


def test_two_people_have_two_orders_and_see_nothing_of_each_other(hub, answer):
    names = [f"Person {letter}" for letter in "ABCDEFGH"]
    assert len({tuple(order(hub, name)) for name in names}) > 2
    answer("4", "", "3", "", "Only Ada says this", "q")
    said, told = answer("q", name="Bo")
    assert said == "Bo judged 0 of 3 passages."
    for secret in ("Only Ada", "Ada", "kappa"):
        assert secret not in told


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, 'Say who judges, as --as "Ada Lamp".'),
        (("--as", "  "), 2, "Say who judges"),
        (("--as", "?!"), 2, "a name, on one line"),
        (("--as", "a\x1b[2J"), 2, "a name, on one line"),
        (("--as", "x" * 101), 2, "at most 100 letters long"),
        (("--as", "Ada"), 2, "this is not a terminal. Judge on a page, with: citehub site"),
        (("--take",), 2, "Name the files to take in."),
        (("a.csv",), 2, "Files need --take."),
        (("a.csv", "--take", "--as", "Ada"), 2, "files name who judged"),
        (("no.csv", "--take"), 1, "no.csv: cannot be read"),
    ],
)
def test_wrong_words_are_answered(run, hub, words, code, said):
    before = (hub / "source").stat().st_mtime_ns
    got, out, err = run("review", os.fspath(hub), *words)
    assert (got, out) == (code, b"")
    assert said in " ".join(err.split())
    assert (hub / "source").stat().st_mtime_ns == before


def test_a_hub_without_passages_is_told_to_read_texts(run, made):  # noqa: F811
    code, _, err = run("review", os.fspath(made), "--as", "Ada")
    assert code == 1
    assert "has no passages to judge. Read texts first, with: citehub read" in err


def test_a_name_is_spelt_as_before(hub, answer):
    answer(*WAYS, "q")
    for name in ("ada lamp", "Ada-Lamp"):
        with pytest.raises(BadArgument, match=r"spelt as in labels\.csv, 'Ada Lamp'"):
            Review(hub).check_name(name)
    assert Review(hub).check_name(" Ada  Lamp") == "Ada Lamp"


def test_ctrl_c_loses_nothing(run, hub, answer, monkeypatch):
    answer(*WAYS, "q")
    before = rows(hub)

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(dialogue_of._Judging, "judge", stop)
    code, _, err = run("review", os.fspath(hub), "--as", "Ada Lamp")
    assert code == 130
    assert "Every judgement is kept" in err
    assert rows(hub) == before


def test_a_full_disk_is_told_and_the_judgement_written_when_there_is_room(
    hub, answer, monkeypatch
):
    fails, write = [True, True], dialogue_of._Dialogue.write

    def full(self, act):
        def once():
            if fails:
                fails.pop()
                raise OSError(28, "No space left on device", "labels.csv")
            act()

        write(self, once)

    monkeypatch.setattr(dialogue_of._Dialogue, "write", full)
    said, told = answer(*WAYS, "", "", "q")
    assert told.count("labels.csv: No space left on device") == 2
    assert said == "Ada Lamp judged 1 of 3 passages."
    assert values(hub) == [("intent", "", "background"), ("polarity", "", "mentioning")]


# -- the file ---------------------------------------------------------------------------------

OTHERS = [
    ["work", "value", "scheme", "why", "who", "when", ""],
    ["arxiv:2401.00002", "method", "intent", 'She said "two\nlines"', "Zoë", "2026-11-01", ""],
    ["", "", "", "", "", "", ""],
    ["arxiv:2401.00002", "mentioning", "polarity", "Why", "Zoë", "01.11.2026", ""],
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
@pytest.mark.parametrize(("separator", "newline"), [(",", "\n"), (";", "\r\n"), ("\t", "\r")])
def test_all_else_in_the_file_stays_as_it_is(hub, encoding, separator, newline):
    path = hub / "source" / "labels.csv"
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator, lineterminator=newline).writerows(OTHERS)
    text = buffer.getvalue().removesuffix(newline)
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    path.write_bytes(f"{mark}{text}".encode(encoding))
    review = Review(hub)
    first, second, _ = review.order("Åsa")
    review.keep("Åsa", first, Judgement("method", polarity="unclear"))
    review.keep("Åsa", second, Judgement("result"))
    review.keep("Åsa", first, Judgement("extension", comment="=SUM(A1)"))
    data = path.read_bytes()
    now = data.decode(encoding).removeprefix("\ufeff")
    head, *lines = now.split(newline)
    assert head == separator.join(
        [*OTHERS[0], "context_id", "labeler", "labeler_kind", "guideline"]
    )
    assert text.split(newline, 1)[1] in now
    found = {(row.who, row.why) for row in (each.decision for each in Review(hub).labels())}
    assert ("Åsa", "=SUM(A1)") in found
    assert "'=SUM(A1)" in now
    assert [row.value for row in Review(hub).labels()] == [
        "method", "mentioning", "result", "extension",
    ]  # fmt: skip
    assert lines[-1] == ""


def test_letters_that_an_old_encoding_lacks_make_it_utf_8(hub):
    path = hub / "source" / "labels.csv"
    path.write_bytes("work;scheme;value;who;when;why\n2401.00002;intent;method;Zoë;2026-11-01;x\n"
                     .encode("cp1252"))  # fmt: skip
    review = Review(hub)
    review.keep("李雷", review.order("李雷")[0], Judgement("method"))
    assert [row.decision.who for row in Review(hub).labels()] == ["Zoë", "李雷"]
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


# -- files that people bring ------------------------------------------------------------------


def bring(tmp_path, hub, name="judgements.csv", **changes):
    review = Review(hub)
    passage = review.order("Bo")[0]
    row = dict.fromkeys(COLUMNS) | {
        "work": passage.work_id, "scheme": "intent", "value": "method", "who": "Bo",
        "context_id": passage.context_id, "when": "2026-11-20", "why": "=cmd|' /C calc'!A0",
        "labeler": "Bo", "labeler_kind": "person", "guideline": "citehub-1",
    }  # fmt: skip
    path = tmp_path / name
    cells = {
        name: cell and cell.replace("TEXT", passage.text.upper())
        for name, cell in (row | changes).items()
    }
    text = "".join(csv_lines([cells], COLUMNS))
    path.write_text(f"\ufeff{text}", encoding="utf-8")
    return path


def test_files_are_taken_in_and_the_newer_day_wins(run, say, hub, tmp_path):
    def take(**changes):
        path = bring(tmp_path, hub, **changes)
        return " ".join(say("review", os.fspath(hub), os.fspath(path), "--take").split())

    assert "Bo 1 0 0 0" in take()
    assert {row["why"] for row in rows(hub)} == {"'=cmd|' /C calc'!A0"}
    assert "Bo 0 0 1 0" in take()
    assert "Bo 0 1 0 0 Bo, changed: " in take(value="result", when="2026-11-21")
    assert "Bo 0 0 0 1 Bo, older, left out: " in take(value="extension", when="2026-11-19")
    assert values(hub) == [("intent", "", "result")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"context_id": "arxiv:2401.00002#000000000000"}, "has no passage 'arxiv:2401.00002#0000"),
        ({"context_id": None}, "context_id is empty"),
        ({"work": "doi:10.5555/hills.3"}, "is not the work of passage"),
        ({"value": "moon"}, "value should be one of background"),
        ({"scheme": "subject"}, "subjects.csv has no subject 'method'; known: none"),
        ({"labeler_kind": "model"}, "labeler_kind should be person, not model"),
        ({"scheme": "polarity", "value": "unclear"}, "has no role: scheme intent"),
        ({"who": None}, "who is empty"),
        ({"labeler": "CY"}, "labeler is 'CY'; it must be spelt as in labels.csv, 'Cy'"),
        ({"labeler": "?"}, "labeler is '?'; it must be a name, on one line"),
        ({"why": "It has: TEXT!"}, "why repeats the words of the passage"),
        ({"source_id": "moon"}, "source_id should be empty"),
        ({"when": "2999-01-01"}, "when is 2999-01-01, a day in the future"),
        ({"labeler_version": "TEXT"}, "labeler_version repeats the words of the passage"),
        ({"guideline": "TEXT"}, "guideline repeats the words of the passage"),
        ({"when": "03/04/2026"}, "It could be 2026-03-04 or 2026-04-03"),
    ],
)
def test_what_is_not_right_is_refused_with_its_line_and_nothing_is_taken(
    hub, tmp_path, changes, said
):
    good = bring(tmp_path, hub, "good.csv", labeler="Cy", who="Cy")
    bad = bring(tmp_path, hub, "bad.csv", **changes)
    with pytest.raises(SourceError) as caught:
        Review(hub).take([str(good), str(bad)])
    assert said in str(caught.value)
    assert "bad.csv, line 2: " in str(caught.value)
    assert not (hub / "source" / "labels.csv").exists()


def test_a_name_is_one_however_its_accents_are_written(hub, tmp_path):
    for name in ("Zo\u00eb Lamp", "Zoe\u0308  Lamp"):
        Review(hub).take([str(bring(tmp_path, hub, labeler=name))])
    assert {row["labeler"] for row in rows(hub)} == {"Zo\u00eb Lamp"}


def test_nobody_is_called_as_a_program_of_the_hub(hub, tmp_path):
    label_hub(hub, created=DAY)
    with pytest.raises(SourceError, match=r"line 2: labeler is .* in this hub it is a program"):
        Review(hub).take([str(bring(tmp_path, hub, labeler="Rules of citehub"))])


def test_what_is_there_twice_is_refused_and_so_is_a_file_without_end(hub, tmp_path):
    path = bring(tmp_path, hub)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[1]]), encoding="utf-8")
    with pytest.raises(SourceError, match=r"line 3: intent of .* is on line 2 already"):
        Review(hub).take([str(path)])
    os.truncate(path, 10_000_001)
    with pytest.raises(SourceError, match="is larger than 10,000,000 bytes"):
        Review(hub).take([str(path)])
    with pytest.raises(SourceError, match="is a device, not a file"):
        Review(hub).take(["/dev/zero"])


# -- two people -------------------------------------------------------------------------------


def test_where_people_differ_they_settle_and_the_next_version_shows_it(hub, answer, say):
    (hub / "source" / "subjects.csv").write_text(
        "subject,description\nglow,How bright it is.\nwick,What burns.\n"
    )
    review = Review(hub)
    for name, role, subject in (("Ada Lamp", "method", "glow"), ("Bo", "result", "wick")):
        for at, passage in enumerate(review.passages.values()):
            said = Judgement(
                "background" if at else role, None, "mentioning", subject, "low", name
            )
            review.keep(name, passage, said)
    said, told = answer("2", "", "1", "By the table", "b", "2", "", "q", name="Ada Lamp",
                        more=("--settle",))  # fmt: skip
    assert "Ada Lamp, Bo intent 2 of 3 0.40 0.64" in said
    assert "Ada Lamp, Bo polarity 3 of 3 – 1.00" in said
    assert "Ada Lamp: method, confidence low. Ada Lamp" in told
    assert "Bo: result, confidence low. Bo" in told
    assert said.endswith("2 of 4 differences settled.")
    answer("1", "", "1", "", name="Ada Lamp", more=("--settle",))
    disputes, settled = Review(hub).disputes()
    assert len(disputes) == len(settled) == 4
    build_release(hub, created=DAY)
    new = citehub.load(hub)
    labels = list(new.citation_labels)
    assert len({row["label_id"] for row in labels}) == len(labels)
    shown = {
        (row["context_id"], row["scheme"], row["labeler_kind"], row["value"] or row["subject"])
        for row in labels
        if row["is_shown"]
    }
    first, second, _ = review.passages
    assert (first, "intent", "settled", "method") in shown
    assert (first, "subject", "settled", "wick") in shown
    assert (first, "intent", "person", "result") not in shown
    assert (second, "intent", "person", "background") in shown
    assert "2 of" in str(new.summary())
    assert "Ada Lamp" in str(new.summary())
    assert "Passages without label 0" in " ".join(say("curate", os.fspath(hub)).split())


def test_curation_names_the_command_where_passages_wait(run, hub, answer):
    assert "citehub review" in run("curate", os.fspath(hub))[2]
    answer(*WAYS, *WAYS, *WAYS, "")
    assert "citehub review" not in run("curate", os.fspath(hub))[2]


def test_whoever_still_judges_is_named_before_agreement_is_shown(hub, answer):
    answer(*WAYS, "q")
    answer(*WAYS, *WAYS, *WAYS, "", name="Bo")
    said, told = answer("n", name="Bo", more=("--settle",))
    assert (
        "Not all passages are judged; left: Ada Lamp (2). Who still judges should not see this."
        in " ".join(told.split())
    )
    assert "kappa" not in said


def test_a_label_of_a_passage_that_is_gone_is_told_and_left_out(hub, answer):
    answer(*WAYS, *WAYS, *WAYS, "")
    first = order(hub, "Ada Lamp")[0]
    path = hub / "source" / "labels.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(f"{first},", f"{first[:-3]}fff,"))
    built = build_release(hub, created=DAY)
    assert sum("so the label is left out" in note for note in built.notes) == 2
    named = {row["context_id"] for row in citehub.load(hub).citation_labels}
    assert named == {*order(hub, "Ada Lamp")} - {first}
    before = path.read_bytes()
    _, told = answer("q")
    assert " ".join(told.split()).count("label stays in the file, but no longer counts.") == 2
    assert path.read_bytes() == before


# -- a page -----------------------------------------------------------------------------------


def test_the_page_is_one_file_that_loads_nothing_and_escapes_all(hub, tmp_path, run):
    (hub / "source" / "guideline-2.md").write_text(
        "# <script>alert(1)</script>\n\n- **method**: x"
    )
    folder = write_review_page(hub, tmp_path / "page")
    assert sorted(os.listdir(folder)) == ["SHA256SUMS", "index.html"]
    with open(os.path.join(folder, "index.html"), encoding="utf-8") as file:
        text = file.read()
    assert text.count("<script") == 2
    assert "&lt;script&gt;alert(1)" in text
    assert "most of them may not be published" in text
    assert "default-src 'none'" in text
    assert " on" + "click=" not in text
    code, _, err = run("site", os.fspath(hub), "--review", "--out", folder)
    assert (code, "--force" in err) == (1, True)
    code, _, err = run("site", os.fspath(hub), "--review", "--out", folder, "--force")
    assert (code, "--take" in err) == (0, True)
    assert run("site", os.fspath(hub), "--review", "--out", folder, "--version", "1.0.0")[0] == 2
