"""What people decide wins over sources, says so, survives, and is told where it no longer fits."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import citehub
from citehub.build import build_release
from citehub.graph import Dumps, new_hub

LIST = """
@article{lamp, title={The Lamp}, doi={10.5555/lamp}, year=2020, month=3, author={Ada A and Bo B}}
@article{bright, title={A Brighter Lamp}, doi={10.5555/bright}, year=2021, author={Cy C}}
@article{dim, title={A Dim Lamp}, doi={10.5555/dim}, year=2022, author={Di D}}
@article{fog, title={Lamps in Fog}, doi={10.5555/fog}, year=2023, author={Ev E and Fo F}}
@misc{mist, title={Lamps in Mist}, doi={10.5555/mist}, year=2023, author={Gu G}}
"""
SIGNED = "Ada,2026-11-29"


@pytest.fixture
def hub(tmp_path):
    """Make a hub of a list, and return what builds its next version with files of curation."""
    (tmp_path / "list.bib").write_text(LIST, encoding="utf-8")
    folder = tmp_path / "hub"
    mine = {"citing": str(tmp_path / "list.bib"), "licenses": ["CC-BY-4.0"]}
    new_hub("doi:10.5555/lamp", str(folder), Dumps(), **mine)

    def build(**files):
        for name, text in files.items():
            (folder / "source" / f"{name}.csv").write_text(text, encoding="utf-8")
        built = build_release(str(folder))
        return built, citehub.load(folder)

    return build


def evidence_of(hub, work_id, column):
    return {
        row["source_id"]: (row["grade"], row["other_value"])
        for row in hub.evidence
        if (row["table_name"], row["row_key"], row["column_name"]) == ("works", work_id, column)
    }


def test_a_corrected_cell_wins_and_the_source_is_kept(hub):
    built, new = hub(
        corrections="work,column,value,who,when,why\n"
        f"10.5555/bright,title,A Brightest Lamp,{SIGNED},As printed\n"
        f"doi:10.5555/bright,publication_month,7,{SIGNED},As printed\n"
        f"doi:10.5555/dim,publication_year,2024,{SIGNED},As printed\n"
    )
    assert (built.version, built.diff.level) == ("2.0.0", "major")
    work = new.work("10.5555/bright")
    assert (work.title, work.title_plain) == ("A Brightest Lamp", "A Brightest Lamp")
    assert work.published == "2021-07"
    assert evidence_of(new, "doi:10.5555/bright", "title") == {
        "citehub-curation": ("curated", None),
        "citing-file": ("stated", "A Brighter Lamp"),
    }
    assert evidence_of(new, "doi:10.5555/bright", "publication_month") == {
        "citehub-curation": ("curated", None)
    }
    months = {row["citing_work_id"]: row["timespan_months"] for row in new.citations}
    assert months["doi:10.5555/bright"] == 16
    years = {row["year"]: row["n"] for row in new.citation_years}
    assert (years[2022], years[2024]) == (0, 1)
    assert next(row["citing_work_id"] for row in new.citations) == "doi:10.5555/dim"
    assert citehub.check(new.path).passed
    new.verify()


def test_a_cell_may_be_said_not_to_be_known(hub):
    _, new = hub(
        corrections=f"work,column,value,who,when,why\n10.5555/fog,publication_year,,{SIGNED},No\n"
    )
    assert new.work("10.5555/fog").publication_year is None
    assert evidence_of(new, "doi:10.5555/fog", "publication_year") == {
        "citehub-curation": ("curated", None),
        "citing-file": ("stated", "2023"),
    }
    assert citehub.check(new.path).passed


def test_an_author_is_corrected_by_place(hub):
    built, new = hub(
        corrections="work,author_order,column,value,who,when,why\n"
        f"10.5555/fog,2,author_name,Foo F,{SIGNED},As printed\n"
        f"10.5555/fog,9,author_name,Nobody,{SIGNED},As printed\n"
    )
    assert new.work("10.5555/fog").authors == ("Ev E", "Foo F")
    (told,) = built.notes
    assert told.startswith("corrections.csv, line 3 (Ada, 2026-11-29): authorships has no row")


def test_what_the_sources_say_themselves_is_told_and_kept(hub):
    built, new = hub(
        corrections="work,column,value,who,when,why\n"
        f"10.5555/fog,title,Lamps in Fog,{SIGNED},x\n10.5555/none,title,x,{SIGNED},x\n"
    )
    assert new.work("10.5555/fog").title == "Lamps in Fog"
    agreed, lost = built.notes
    assert "line 2 (Ada, 2026-11-29): the sources now have this value for title" in agreed
    assert "line 3 (Ada, 2026-11-29): the hub has no work '10.5555/none'" in lost


def test_an_excluded_work_is_gone_with_its_reason(hub):
    built, new = hub(exclusions=f"work,who,when,why\n10.5555/dim,{SIGNED},Of another lamp\n")
    assert len(new.citing_works) == 3
    (row,) = new.excluded_works
    assert (row["title"], row["reason"], row["decided_by"]) == (
        "A Dim Lamp", "Of another lamp", "Ada",
    )  # fmt: skip
    counts = {row["measure"]: row["n"] for row in new.source_counts}
    assert (counts["records"], counts["works"], counts["excluded"]) == (4, 3, 1)
    assert counts["undescribed"] == 0
    with open(os.path.join(new.path, "CHANGES.md"), encoding="utf-8") as file:
        text = file.read()
    assert "A Dim Lamp" in text
    assert "Of another lamp" in text
    assert built.diff.level == "major"


def test_the_command_tells_what_is_new_a_line_each(hub, tmp_path):
    text = f"work,who,when,why\n10.5555/dim,{SIGNED},Of another lamp\n"
    (tmp_path / "hub" / "source" / "exclusions.csv").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "citehub", "build", tmp_path / "hub"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines() == [str(tmp_path / "hub" / "2.0.0")]
    lines = done.stderr.splitlines()
    assert lines[0] == "2.0.0: the changes since 1.0.0 are major."
    assert "  doi:10.5555/dim  A Dim Lamp" in lines
    again = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert (again.stdout, again.stderr) == (
        "", "Nothing changed since 2.0.0, so there is no new version.\n",
    )  # fmt: skip


def test_merged_works_are_one_and_the_old_id_leads_to_it(hub):
    built, new = hub(
        merges=f"work,other,who,when,why\n10.5555/fog,10.5555/mist,{SIGNED},One talk\n"
    )
    assert len(new.citing_works) == 3
    kept = new.work("10.5555/mist")
    assert kept.work_id == new.work("10.5555/fog").work_id == "doi:10.5555/fog"
    (row,) = new.former_ids
    assert (row["former_id"], row["work_id"], row["until_version"]) == (
        "doi:10.5555/mist", "doi:10.5555/fog", "1.0.0",
    )  # fmt: skip
    assert [each.work.work_id for each in built.diff.news.works_merged] == ["doi:10.5555/mist"]
    joins = {row["record_id"]: row["reason"] for row in new.work_joins}
    assert joins["mist"] == "curated"


def test_ids_stay_when_a_later_version_knows_more(hub, tmp_path):
    _, first = hub(merges=f"work,other,who,when,why\n10.5555/fog,10.5555/mist,{SIGNED},One talk\n")
    assert first.version == "2.0.0"
    _, second = hub(
        links=f"work,kind,url,who,when,why\n10.5555/fog,code,https://x.org,{SIGNED},x\n"
    )
    assert second.version == "2.1.0"
    assert second.work("doi:10.5555/mist").code_url == "https://x.org"
    assert [row["until_version"] for row in second.former_ids] == ["1.0.0"]


def test_labels_findings_links_and_themes_are_a_minor_version(hub):
    built, new = hub(
        labels="work,scheme,value,passage,who,when,why\n"
        f'10.5555/fog,intent,method,"We use the lamp of [1].",{SIGNED},Says so\n',
        findings=f"work,finding,who,when,why\n10.5555/fog,Fog dims lamps by half,{SIGNED},x\n",
        links=f"work,kind,url,who,when,why\n10.5555/fog,code,https://example.org/fog,{SIGNED},x\n",
        themes="theme_id,title,description\nweather,Weather,Lamps outside.\n",
        work_themes="work,theme_id\n10.5555/fog,weather\n10.5555/mist,weather\n",
    )
    assert (built.version, built.notes) == ("1.1.0", ())
    fog = new.work("10.5555/fog")
    assert (fog.role, fog.finding) == ("method", "Fog dims lamps by half")
    assert (fog.finding_source, fog.code_url) == ("citehub-curation", "https://example.org/fog")
    assert fog.themes == ("weather",)
    (label,) = new.citation_labels
    (passage,) = new.citation_contexts
    assert (label["labeler"], label["source_id"]) == ("Ada", "citehub-curation")
    said = citehub.hash_sentence("We use the lamp of [1].")
    assert (passage["text"], passage["sentence_hash"]) == (None, said)
    assert passage["context_id"] == label["context_id"]
    assert new.select(theme="weather").ids == ["doi:10.5555/fog", "doi:10.5555/mist"]
    assert citehub.check(new.path).passed


def test_nothing_new_makes_no_version(hub):
    built, new = hub()
    assert (built.folder, built.version, new.version) == ("", "1.0.0", "1.0.0")


def test_the_same_sources_and_decisions_give_the_same_bytes(hub, tmp_path):
    built, new = hub(exclusions=f"work,who,when,why\n10.5555/dim,{SIGNED},Of another lamp\n")
    above = os.path.dirname(new.path)
    again = build_release(above, built.version, out=tmp_path / "again").folder
    assert citehub.load(again).manifest == new.manifest
    for name in os.listdir(new.path):
        with (
            open(os.path.join(new.path, name), "rb") as one,
            open(os.path.join(again, name), "rb") as other,
        ):
            assert one.read() == other.read(), name


def test_rows_that_contradict_stop_the_build_and_leave_the_hub_as_it_was(hub):
    text = f"work,column,value,who,when,why\n10.5555/fog,title,A,{SIGNED},x\n"
    with pytest.raises(citehub.errors.SourceError, match="Delete the wrong one"):
        hub(corrections=text + f"https://doi.org/10.5555/fog,title,B,{SIGNED},x\n")
    built, new = hub(corrections=text)
    assert (built.version, new.work("10.5555/fog").title) == ("2.0.0", "A")
