"""Hubs from interfaces: equal to those from dumps, counted in requests, built again offline."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import json
import os
import shutil
import zipfile

import pytest

import citehub
from citehub import errors
from citehub._identifiers import parse_identifier
from citehub.build import build_release
from citehub.graph import Dumps, new_hub, new_live_hub, update_hub
from citehub.live.fetch import fetch
from citehub.sources.answers import unfold
from citehub.sources.openalex import OPENALEX
from tests.live.conftest import WORK

DAY = datetime.date(2026, 11, 28)


def rows_of(folder):
    """Return all rows of the newest release of a hub, by table."""
    hub = citehub.load(folder)
    return {name: hub.release.rows(name) for name in hub.tables}


def bare_row(row):
    """Return a row without the day of a count, which a dump of no known date has not."""
    return {key: value for key, value in row.items() if key != "citation_count_on"}


def lines_of(folder):
    """Yield the rows of JSON Lines below a folder."""
    for path in sorted(folder.rglob("*.gz")):
        yield from map(json.loads, gzip.decompress(path.read_bytes()).splitlines())


def rows_below(folder):
    """Yield the rows of CSV below a folder, plain, gzipped or zipped."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                data = archive.read(archive.namelist()[0])
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        yield from csv.DictReader(io.StringIO(data.decode()))


def ids_in(*texts):
    words = " ".join(filter(None, texts)).split()
    return {found for each in words if (found := parse_identifier(each))}


def ids_elsewhere(dumps):
    """Return the identifiers of the works that OpenAlex or S2 say to cite work 0."""
    known = set()
    for work in lines_of(dumps / "openalex" / "works"):
        if "https://openalex.org/W9000000000" in work["referenced_works"]:
            pages = [each["landing_page_url"] for each in work["locations"]]
            pages = [page for page in pages if page and "arxiv" in page]
            known |= ids_in(work["id"], work["doi"], work["ids"].get("pmid"), *pages)
    citations = lines_of(dumps / "s2" / "citations")
    citing = {row["citingcorpusid"] for row in citations if row["citedcorpusid"] == 900000000}
    spelt = {"DOI": "doi", "ArXiv": "arxiv", "ACL": "acl", "PubMed": "pmid", "MAG": "mag"}
    for paper in lines_of(dumps / "s2" / "papers"):
        if paper["corpusid"] in citing:
            ids = paper["externalids"]
            named = [f"{ours}:{ids[theirs]}" for theirs, ours in spelt.items() if ids.get(theirs)]
            known |= ids_in(f"s2:{paper['corpusid']}", *named)
    return known


def asked_of_meta(dumps, folder):
    """Write OpenCitations' dump as far as it is asked for: Meta of what no other source names."""
    known = ids_elsewhere(dumps)
    shutil.copytree(dumps / "opencitations" / "index", folder / "index")
    cells = {"omid:br/06901": ""}
    for row in rows_below(folder / "index"):
        if "omid:br/06901" in row["cited"].split():
            cells[row["citing"].split()[0]] = row["citing"]
    (folder / "meta").mkdir()
    with open(folder / "meta" / "meta.csv", "w", newline="") as file:
        writer = None
        for row in rows_below(dumps / "opencitations" / "meta"):
            if writer is None:
                writer = csv.DictWriter(file, list(row))
                writer.writeheader()
            cell = cells.get(row["id"].split()[0])
            if cell is not None:
                is_named = bool(ids_in(cell) & known)
                writer.writerow({**dict.fromkeys(row, ""), "id": cell} if is_named else row)
    return folder


def test_it_is_the_hub_of_the_same_worlds_dumps_row_for_row(dumps, live, tmp_path):
    part = asked_of_meta(dumps, tmp_path / "opencitations")
    given = Dumps(openalex=dumps / "openalex", s2=dumps / "s2", opencitations=part)
    from_dumps = new_hub(WORK, os.fspath(tmp_path / "dumped"), given, created=DAY)
    asked = new_live_hub(WORK, os.fspath(tmp_path / "asked"), created=DAY, transport=live())
    assert asked.n_citing == from_dumps.n_citing > 15
    left, right = rows_of(from_dumps.folder), rows_of(asked.folder)
    assert left.keys() == right.keys()
    # What differs by its nature: the day and the way of reading, and citations among the citing
    # works, of which the interface of Semantic Scholar tells nothing.
    for name in left.keys() - {"sources", "source_counts", "evidence", "local_citations"}:
        assert list(map(bare_row, left[name])) == list(map(bare_row, right[name])), name
    local = [row for row in left["local_citations"] if row["source_id"] != "s2"]
    assert local == right["local_citations"]
    counts = [
        row for row in right["source_counts"] if row["measure"] not in {"announced", "nameless"}
    ]
    assert left["source_counts"] == counts
    one, other = (
        [
            row
            for row in side["evidence"]
            if row["column_name"] != "citation_count_on" and row["table_name"] != "sources"
        ]
        for side in (left, right)
    )
    assert one == other


def test_it_is_built_again_offline_to_the_same_bytes(server, live, tmp_path):
    made = new_live_hub(WORK, os.fspath(tmp_path / "hub"), created=DAY, transport=live())
    server.forget()
    again = build_release(made.folder, "1.0.0", out=tmp_path / "again", created=DAY)
    first = {p.name: p.read_bytes() for p in (tmp_path / "hub" / "1.0.0").iterdir()}
    assert {p.name: p.read_bytes() for p in (tmp_path / "again").iterdir()} == first
    assert again.notes == ()
    assert server.count() == 0


def test_no_key_and_no_contact_are_kept_anywhere(server, live, tmp_path, monkeypatch):
    secrets = {
        "OPENALEX_API_KEY": "sesame-openalex",
        "S2_API_KEY": "sesame-s2",
        "CITEHUB_MAILTO": "sesame@example.org",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    new_live_hub(WORK, os.fspath(tmp_path / "hub"), created=DAY, transport=live())
    assert any("sesame-openalex" in request.path for request in server.log)
    assert any("sesame-s2" in str(request.headers) for request in server.log)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            data += gzip.decompress(data) if path.suffix == ".gz" else b""
            assert b"sesame" not in data, path


def test_a_work_is_named_in_any_way(live, tmp_path):
    title = (
        "Using DeepSpeed and Megatron to Train Megatron-Turing NLG 530B, A Large-Scale Generative "
        "Language Model"
    )
    page = "https://arxiv.org/abs/2201.11990v3"
    names = ("2201.11990", page, "openalex:W9000000000", "s2:900000000", title)
    got = [
        fetch(name, os.fspath(tmp_path / str(n)), transport=live()) for n, name in enumerate(names)
    ]
    assert [each.failed for each in got] == [{}] * len(names)
    assert {each.work for each in got} == {WORK}
    assert (
        len({tuple(sorted((k, v.received) for k, v in each.lists.items())) for each in got}) == 1
    )


def test_a_title_that_no_work_has_is_told_with_the_nearest(live, tmp_path):
    with pytest.raises(
        errors.UnknownWork, match="No source that was asked has a work with"
    ) as caught:
        fetch("Megatron-Turing NLG", os.fspath(tmp_path / "x"), transport=live())
    assert "arxiv:2201.11990" in str(caught.value)


def test_a_work_that_nobody_has_is_told_by_each_source(live, tmp_path):
    with pytest.raises(errors.UnknownWork) as caught:
        new_live_hub("arxiv:1301.00001", os.fspath(tmp_path / "x"), transport=live())
    said = str(caught.value)
    for each in (
        "OpenAlex does not know it",
        "Semantic Scholar does not",
        "OpenCitations does not",
    ):
        assert each in said
    assert not (tmp_path / "x").exists()


def test_a_source_can_be_left_out(server, live, tmp_path):
    made = new_live_hub(
        WORK, os.fspath(tmp_path / "hub"), sources=["s2"], created=DAY, transport=live()
    )
    assert server.count("openalex") == server.count("opencitations") == 0
    assert {row["source_id"] for row in citehub.load(made.folder).source_counts} == {"s2"}
    assert update_hub(made.folder, transport=live()).failed == {}
    assert server.count("openalex") == 0


def test_what_is_fetched_is_read_as_dumps_are(live, tmp_path):
    got = fetch(WORK, os.fspath(tmp_path / "got"), transport=live())
    folders = {each: os.path.join(got.folder, each) for each in got.lists}
    made = new_hub(WORK, os.fspath(tmp_path / "of answers"), Dumps(**folders), created=DAY)
    asked = new_live_hub(WORK, os.fspath(tmp_path / "asked"), created=DAY, transport=live())
    assert rows_of(made.folder) == rows_of(asked.folder)


def test_answers_that_were_edited_are_refused(live, tmp_path):
    made = new_live_hub(WORK, os.fspath(tmp_path / "hub"), created=DAY, transport=live())
    path = tmp_path / "hub" / "source" / "openalex" / "answers" / "00001.json.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"Megatron", b"x")))
    with pytest.raises(
        errors.SourceError, match=r"answers\.jsonl, line 1: .*changed after it was kept"
    ):
        build_release(made.folder)


def test_a_hostile_list_of_answers_reads_no_other_file(live, tmp_path):
    got = fetch(WORK, os.fspath(tmp_path / "got"), sources=["openalex"], transport=live())
    path = tmp_path / "got" / "openalex" / "answers.jsonl"
    line = json.loads(path.read_text().splitlines()[0])
    for name in ("../../secret", "/etc/passwd", "answers/../../x", 7):
        path.write_text(json.dumps({**line, "file": name}) + "\n")
        with pytest.raises(errors.SourceError, match="damaged"):
            unfold(OPENALEX, os.path.join(got.folder, "openalex"), os.fspath(tmp_path / "s"))


# -- requests ---------------------------------------------------------------------------------


def test_an_update_of_an_unchanged_hub_writes_nothing(server, live, tmp_path, run):
    made = new_live_hub(WORK, os.fspath(tmp_path / "hub"), created=DAY, transport=live())
    first = server.count()
    before = {path: path.read_bytes() for path in (tmp_path / "hub").rglob("*") if path.is_file()}
    server.forget()
    updated = update_hub(made.folder, transport=live())
    assert not updated.is_new
    assert server.count() <= first
    after = {path: path.read_bytes() for path in (tmp_path / "hub").rglob("*") if path.is_file()}
    assert {p: d for p, d in after.items() if not p.name.startswith(".")} == before
