"""The server that stands for the sources: it answers as they are documented, and misbehaves."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import urllib.error
import urllib.request
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.graph.dumps import SMALL
from tests.live.faults import FAULTS, Fault, RandomFaults, always
from tests.live.server import WORK, serve, world
from tests.live.worlds import read_world

CITING = "filter=cites:W9000000000&select=id&per_page=5"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return read_world(world(tmp_path_factory.mktemp("live") / "dumps", 2_000, citations=8))


@pytest.fixture
def server(made):
    with serve(made, keys=["good"]) as serving:
        yield serving


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing."""

    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)


@contextmanager
def opened(server, path: str, posted: Any = None, **headers: str):
    body = json.dumps(posted).encode() if posted else None
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(server.address + quote(path, safe="/?&=:|,%*"), body, named)
    try:
        with OPENER.open(request, timeout=10) as answer:
            yield answer
    except urllib.error.HTTPError as error:
        with error:
            yield error


def ask(server, path: str, posted: Any = None, **headers: str) -> tuple[int, Any]:
    """Return the status of an answer, and what it holds."""
    with opened(server, path, posted, **headers) as answer:
        body, kind = answer.read(), answer.headers["Content-Type"]
    return answer.status, json.loads(body) if "json" in kind else body.decode()


def get(server, path: str, posted: Any = None, **headers: str) -> Any:
    status, content = ask(server, path, posted, **headers)
    assert status == 200, content
    return content


def pages(server, query: str = CITING) -> list[dict[str, Any]]:
    """Return all pages of a list of OpenAlex, by cursors."""
    found, cursor = [], "*"
    while cursor:
        found.append(get(server, f"/openalex/works?{query}&cursor={cursor}&api_key=good"))
        cursor = found[-1]["meta"]["next_cursor"]
        assert len(found) < 50
    return found


def ids_of(found: list[dict[str, Any]]) -> list[str]:
    return [work["id"] for page in found for work in page["results"]]


# -- OpenAlex -----------------------------------------------------------------------------


def test_openalex_tells_of_works_by_all_of_their_names(server):
    work = get(server, "/openalex/works/W9000000000")
    assert work["title"].startswith("Using DeepSpeed")
    for name in (
        "w9000000000",
        "doi:10.48550/arXiv.2201.11990",
        "https://openalex.org/W9000000000",
    ):
        assert get(server, f"/openalex/works/{quote(name, safe='')}") == work
    few = get(server, "/openalex/works/pmid:90000001?select=doi,ids")
    assert few["doi"] == "https://doi.org/10.5555/made.1"
    assert few.keys() == {"doi", "ids"}
    assert ask(server, "/openalex/works/W1")[0] == 404
    assert ask(server, "/openalex/works/doi:10.5555/none")[1].startswith("<!doctype html>")
    assert ask(server, "/openalex/works/W9000000000?select=ids.doi")[0] == 400


def test_openalex_sends_on_from_merged_ids(server, made):
    old, new = next(iter(made.openalex.merged.items()))
    with opened(server, f"/openalex/works/W{old}?select=id") as answer:
        assert answer.status == 301
        assert answer.headers["Location"] == f"/openalex/works/W{made.openalex.current(new)}"


def test_openalex_lists_all_that_cites_a_work_page_by_page(server, made):
    found = pages(server)
    due = made.openalex.citing[9_000_000_000]
    assert ids_of(found) == [f"https://openalex.org/W{each}" for each in sorted(due)]
    assert {page["meta"]["count"] for page in found} == {len(due)}
    full = len(due) - len(due) % 5  # the last page is not full, if need be empty
    assert len(pages(server, f"{CITING}0")[-1]["results"]) == len(due) % 50
    assert [len(page["results"]) for page in found] == [5] * (full // 5) + [len(due) % 5]


def test_openalex_has_an_empty_page_after_a_last_one_that_is_full(server, made):
    size = len(made.openalex.citing[9_000_000_000])
    found = pages(server, f"filter=cites:W9000000000&select=id&per_page={size}")
    assert [len(page["results"]) for page in found] == [size, 0]


def test_openalex_has_pages_by_number_without_a_key(server):
    first = get(server, f"/openalex/works?{CITING}&page=1")
    second = get(server, f"/openalex/works?{CITING}&page=2")
    assert ids_of([first, second]) == ids_of(pages(server))[:10]
    assert (first["meta"]["page"], first["meta"]["per_page"]) == (1, 5)
    assert "next_cursor" not in first["meta"]
    assert ask(server, f"/openalex/works?{CITING}&cursor=*")[0] == 401
    assert ask(server, f"/openalex/works?{CITING}&cursor=*&api_key=bad")[0] == 401
    assert ask(server, "/openalex/works?filter=cites:W1&per_page=101")[0] == 400
    assert ask(server, "/openalex/works?filter=cites:W1&per_page=100&page=101")[0] == 400
    assert ask(server, "/openalex/works?filter=author:Ada")[1]["error"].startswith("Invalid")


def test_openalex_counts_citations_of_a_former_id(server, made):
    works = made.openalex
    cited = {each for line in works.lines.values() for each in re.findall(rb"/W(\d+)", line)}
    old = next(each for each in works.merged if str(each).encode() in cited)
    new = works.current(old)
    found = get(
        server, f"/openalex/works?filter=cites:W{new}&per_page=100&select=referenced_works"
    )
    lists = [work["referenced_works"] for work in found["results"]]
    assert any(f"https://openalex.org/W{old}" in each for each in lists)
    assert found["meta"]["count"] == len(works.citing[new])


def test_openalex_finds_works_by_page_and_by_title(server):
    page = "locations.landing_page_url:https://arxiv.org/abs/2201.11990"
    query = f"{page}|http://arxiv.org/abs/2201.11990&select=id"
    found = get(server, f"/openalex/works?filter={query}")
    assert ids_of([found]) == ["https://openalex.org/W9000000000"]
    assert not get(server, f"/openalex/works?filter={page}")["results"]  # http alone is its page
    found = get(server, "/openalex/works?filter=title.search:megatron DEEPSPEED nlg&select=id")
    assert ids_of([found]) == ["https://openalex.org/W9000000000"]


def test_openalex_tells_what_is_left_and_gives_no_more(made):
    with serve(made, budget=11) as server:
        with opened(server, "/openalex/works/W9000000000") as answer:
            assert answer.headers["X-RateLimit-Remaining"] == "11"  # singletons are free
        get(server, "/openalex/works?filter=title.search:megatron")
        get(server, f"/openalex/works?{CITING}")
        with opened(server, f"/openalex/works?{CITING}") as answer:
            assert answer.status == 429
            assert answer.headers["X-RateLimit-Remaining"] == "0"
            assert answer.headers["X-RateLimit-Credits-Required"] == "1"
            assert int(answer.headers["Retry-After"]) > 3600


# -- Semantic Scholar ---------------------------------------------------------------------

S2 = "/s2/graph/v1"


def test_s2_tells_of_papers_by_all_of_their_names(server, made):
    fields = "corpusId,externalIds,title,tldr,abstract"
    paper = get(server, f"{S2}/paper/{WORK.upper()}v2?fields={fields}")
    assert paper["externalIds"] == {
        "DBLP": "conf/made/0", "ArXiv": "2201.11990", "MAG": "9000000000",
        "DOI": "10.48550/arXiv.2201.11990", "CorpusId": 900_000_000,
    }  # fmt: skip
    assert paper["tldr"].keys() == {"model", "text"}
    doi = quote("DOI:10.48550/ARXIV.2201.11990", safe="")
    for name in (paper["paperId"], "CorpusId:900000000", "MAG:9000000000", doi):
        assert get(server, f"{S2}/paper/{name}?fields={fields}") == paper
    for name in ("PMID:90000001", "ACL:2099.acl-long.1", "DOI:10.5555/MADE.1"):
        assert get(server, f"{S2}/paper/{name}?fields=corpusId")["corpusId"] == 943_046_721
    assert get(server, f"{S2}/paper/PMID:90000001").keys() == {"paperId", "title"}
    assert ask(server, f"{S2}/paper/ARXIV:1") == (
        404,
        {"error": "Paper with id ARXIV:1 not found"},
    )
    assert ask(server, f"{S2}/paper/PMID:90000001?fields=doi")[0] == 400
    assert ask(server, f"{S2}/paper/PMID:90000001", x_api_key="bad")[0] == 403
    assert made.s2.papers[943_046_721]["externalids"]["DOI"] == "10.5555/made.1"


def test_s2_matches_titles(server):
    title = (
        "using deepspeed and MEGATRON to train megatron turing nlg 530b a large scale generative "
        "language model"
    )
    found = get(server, f"{S2}/paper/search/match?query={title}&fields=corpusId")
    assert [paper["corpusId"] for paper in found["data"]] == [900_000_000]
    assert ask(server, f"{S2}/paper/search/match?query=nothing like it")[0] == 404
    assert ask(server, f"{S2}/paper/search/match?query=x&fields=tldr")[0] == 400


def test_s2_lists_citations_with_passages_and_intents(server, made):
    fields = "contexts,intents,contextsWithIntent,isInfluential,title,externalIds,corpusId"
    cited = max(made.s2.citations, key=lambda each: len(made.s2.citations[each]))
    edges, offset = [], 0
    while offset is not None:
        path = f"{S2}/paper/CorpusId:{cited}/citations?fields={fields}&limit=50&offset={offset}"
        page = get(server, path)
        assert page["offset"] == offset
        edges += page["data"]
        offset = page.get("next")
    rows = [json.loads(line) for _, line in made.s2.citations[cited]][::-1]
    assert len(edges) == len(rows)
    for edge, row in zip(edges, rows, strict=True):
        assert edge["citingPaper"]["corpusId"] == row["citingcorpusid"]
        pairs = [(each["context"], each["intents"]) for each in edge["contextsWithIntent"]]
        assert [context for context, _ in pairs] == edge["contexts"] == (row["contexts"] or [])
        assert [found for _, found in pairs] == (row["intents"] or [None] * len(pairs))
        assert {*edge["intents"]} == {one for _, found in pairs for one in found or ()}
    nobody = next(edge for edge in edges if edge["citingPaper"]["paperId"] is None)
    assert not any(nobody["citingPaper"].values())
    assert ask(server, f"{S2}/paper/CorpusId:{cited}/citations?limit=1001")[0] == 400
    deep = f"{S2}/paper/CorpusId:{cited}/citations?limit=999&offset="
    assert get(server, f"{deep}9000")["data"] == []
    assert ask(server, f"{deep}9001") == (400, {"error": "offset + limit must be < 10000"})


def test_s2_answers_batches_and_refuses_what_is_too_large(server, made):
    posted = {"ids": ["CorpusId:1", WORK.upper(), "nonsense:1"]}
    found = get(server, f"{S2}/paper/batch?fields=corpusId,tldr", posted)
    assert [paper and paper["corpusId"] for paper in found] == [None, 900_000_000, None]
    assert server.log[-1].ids == posted["ids"]
    many = {"ids": ["CorpusId:900000000"] * 501}
    assert ask(server, f"{S2}/paper/batch?fields=tldr", many)[0] == 400
    with serve(made, most_bytes=200) as small:
        status, said = ask(small, f"{S2}/paper/PMID:90000001?fields=authors")
    assert (status, said["error"][:31]) == (400, "Response would exceed maximum s")


# -- OpenCitations ------------------------------------------------------------------------


def test_opencitations_lists_the_rows_of_the_index(server, made):
    rows = get(server, "/opencitations/index/v2/citations/doi:10.48550/arXiv.2201.11990")
    assert rows == made.opencitations.index["doi:10.48550/arxiv.2201.11990"]
    assert len(rows) > 5
    assert {"oci", "citing", "cited", "creation", "timespan"} < rows[0].keys()
    assert get(server, "/opencitations/index/v2/citations/omid:br/06901") == rows
    by_omid = made.opencitations.index["omid:br/06902"]  # the Index has it by this alone
    assert get(server, "/opencitations/index/v2/citations/doi:10.5555/made.1") == by_omid != []
    for name in ("doi:10.5555/none", "pmid:10.48550"):
        assert get(server, f"/opencitations/index/v2/citations/{name}") == []
    assert ask(server, "/opencitations/index/v2/citations/10.5555/none")[0] == 404


def test_opencitations_describes_works(server):
    path = "/opencitations/meta/v1/metadata/"
    rows = get(server, f"{path}doi:10.48550/arxiv.2201.11990__omid:br/06901__pmid:90000001")
    assert [row["id"].split()[0] for row in rows] == ["omid:br/06901", "omid:br/06902"]
    assert get(server, f"{path}doi:10.5555/none") == []
    fourteen = "__".join(f"omid:br/0690{each}" for each in range(1, 15))
    assert get(server, path + fourteen)
    assert ask(server, f"{path}{fourteen}__omid:br/069099")[0] == 500


# -- faults -------------------------------------------------------------------------------

PAPER = f"{S2}/paper/{WORK.upper()}?fields=title"
FAILED = (urllib.error.URLError, http.client.HTTPException, OSError, ValueError, EOFError)


@pytest.mark.parametrize("name", [each for each in FAULTS if each.startswith(("4", "5"))])
def test_errors_have_their_status_and_come_once(server, name):
    server.faults = [("", Fault(name, seconds=7))]
    path = f"/openalex/works?{CITING}&cursor=*&api_key=good"
    with opened(server, path) as answer:
        assert answer.status == int(name[:3])
        headers = answer.headers
    assert get(server, path)
    assert [each.fault for each in server.log] == [name, ""]
    if name == "429 date":
        ahead = parsedate_to_datetime(headers["Retry-After"]) - parsedate_to_datetime(
            headers["Date"]
        )
        assert 6 <= ahead.total_seconds() <= 8
    due = {"429 seconds": "7", "429 long": "3600"}
    if name != "429 date":
        assert headers["Retry-After"] == due.get(name)
    due = {"429 reset": "7", "429 budget": "30000", "429 too fast": "30000"}
    assert headers["X-RateLimit-Reset"] == due.get(name)


@pytest.mark.parametrize(
    "name", ["cut body", "cut json", "html 200", "closed connection", "empty body", "error in 200"]
)
def test_broken_answers_hold_nothing(server, name):
    server.faults = [("s2", name)]
    try:
        found = get(server, PAPER)
    except FAILED:
        found = None
    assert not isinstance(found, dict) or "title" not in found
    assert get(server, PAPER)["title"]


def test_zipped_answers_are_damaged_or_large(server):
    server.faults = [("s2", "damaged gzip"), ("s2", "gzip bomb")]
    with opened(server, PAPER) as answer, pytest.raises((OSError, EOFError, ValueError)):
        json.loads(gzip.decompress(answer.read()))
    with opened(server, PAPER) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert len(answer.read()) < 3 << 20
    path = f"{S2}/paper/PMID:90000001?fields=authors,title,abstract,venue,url,externalIds"
    with opened(server, path, accept_encoding="gzip") as answer:
        body, is_zipped = answer.read(), answer.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(body) if is_zipped else body)["title"]


def test_slow_and_endless_answers_do_not_hold_up_the_end(made):
    with serve(made) as server:
        server.faults = [("s2", Fault("slow drip", seconds=30)), ("s2", "huge")]
        connection = http.client.HTTPConnection(*server.server_address)
        connection.request("GET", PAPER)
        assert connection.getresponse().status == 200
        other = http.client.HTTPConnection(*server.server_address)
        other.request("GET", PAPER)
        assert len(other.getresponse().read(1 << 22)) == 1 << 22
    for each in (connection, other):
        each.close()


@pytest.mark.parametrize("where", ["another host", "another scheme", "loop"])
def test_answers_send_on_to_where_nobody_should_go(server, where):
    name = f"redirect {'to ' * (where != 'loop')}{where}"
    server.faults = [("s2", always(name))]
    with opened(server, PAPER) as answer:
        assert answer.status == 302
        target = urlsplit(answer.headers["Location"])
    own = urlsplit(server.address)
    assert (target.netloc == own.netloc) == (where == "another scheme")
    assert (target.scheme, target.netloc) == {
        "another host": ("http", "login.example.invalid"),
        "another scheme": ("https", own.netloc),
        "loop": ("", ""),
    }[where]


def test_pages_repeat_or_miscount(server):
    due = ids_of(pages(server))
    server.faults = [("openalex", "repeated page")]
    assert ids_of(pages(server)) == due[:5] + due[:5] + due[10:]
    server.faults = [("cites:W9", Fault("wrong count", amount=-2, after=1))]
    assert [page["meta"]["count"] - len(due) for page in pages(server)[:3]] == [0, -2, 0]


@pytest.mark.parametrize("how", ["new", "same", "empty"])
def test_pages_have_no_end(server, how):
    server.faults = [("", always("endless cursor", how=how))]
    seen, cursor, found = set(), "*", {}
    for _ in range(12):
        seen.add(cursor)
        found = get(server, f"/openalex/works?{CITING}0&cursor={cursor}&api_key=good")
        cursor = found["meta"]["next_cursor"]
    assert len(seen) == (1 if how == "same" else 12)
    assert bool(found["results"]) == (how != "empty")
    page = get(server, f"{S2}/paper/{WORK.upper()}/citations?offset=500&limit=100")
    assert page["next"] == (500 if how == "same" else 600)


def test_a_work_is_merged_between_two_pages(server):
    due = ids_of(pages(server))
    server.faults = [("", Fault("merged between pages"))]
    found = ids_of(pages(server))
    assert found[:-1] == due
    assert found[-1] > max(due)
    with opened(server, due[0].replace("https://openalex.org", "/openalex/works")) as answer:
        assert answer.headers["Location"].rpartition("/")[2] == found[-1].rpartition("/")[2]
    assert ids_of(pages(server)) == due[1:] + found[-1:]


def test_a_paper_is_merged_between_two_pages(server):
    server.faults = [("s2", Fault("merged between pages"))]
    path = f"{S2}/paper/{WORK.upper()}/citations?fields=corpusId&limit=5&offset="
    first = [edge["citingPaper"] for edge in get(server, f"{path}0")["data"]]
    later = [get(server, f"{path}{offset}")["data"] for offset in range(5, 30, 5)]
    last = [edge["citingPaper"] for page in later for edge in page][-1]
    assert last["corpusId"] > max(paper["corpusId"] or 0 for paper in first)
    found = get(
        server, f"{S2}/paper/batch?fields=corpusId", {"ids": [f"CorpusId:{first[0]['corpusId']}"]}
    )
    assert found == [last]


def test_random_faults_are_the_same_for_the_same_seed(server):
    def run() -> list[str]:
        server.forget()
        server.faults = RandomFaults(3, 0.5, names=["503", "500 text", "401 cursor"])
        for name in ("W9000000000", "pmid:90000001", "W1", "W2") * 5:
            ask(server, f"/openalex/works/{name}")
        return [each.fault for each in server.log]

    found = run()
    assert run() == found
    assert {*found} == {"503", "500 text", ""}


def test_the_log_tells_what_was_asked_and_how_fast(server):
    get(server, PAPER, x_api_key="good")
    get(server, PAPER)
    get(server, "/openalex/works/W9000000000?api_key=good")
    assert server.requests == {"openalex": 1, "s2": 2, "opencitations": 0}
    assert server.count() == 3
    assert server.count("s2", "ARXIV") == 2
    assert [each.headers.get("x-api-key") for each in server.asked("s2")] == ["good", None]
    assert server.asked("openalex")[0].query == {"api_key": "good"}
    assert [each.status for each in server.log] == [200] * 3
    assert all(0 < gap < 5 for gap in server.gaps("s2"))
    assert server.env["CITEHUB_S2_URL"] == f"{server.address}/s2/graph/v1"


def test_a_fault_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="'429' is no fault"):
        Fault("429")


def test_the_small_dumps_of_the_guide_are_served_too():
    with serve(SMALL) as server:
        work = get(server, "/openalex/works/doi:10.5555/lantern.1")
        assert work["ids"]["doi"] == "https://doi.org/10.5555/lantern.1"
        assert ask(server, "/openalex/works/W9900000009")[0] == 301
        assert get(server, "/openalex/works?filter=cites:W9900000001")["meta"]["count"] == 7
        edges = get(server, f"{S2}/paper/DOI:10.5555/lantern.1/citations?fields=corpusId")["data"]
        assert len(edges) == 6
        assert len(get(server, "/opencitations/index/v2/citations/doi:10.5555/lantern.1")) == 4
