"""A hub: its works, and finding one."""

from __future__ import annotations

import json
import pickle
import shutil

import pytest

import citehub
from citehub import errors
from tests.made import CANONICAL, make_release, make_works

PYTHIA = "arxiv:2304.01373"


@pytest.mark.parametrize(
    "identifier",
    [
        PYTHIA, "2304.01373", "2304.01373v2", "arXiv:2304.01373", "https://arxiv.org/abs/2304.01373",
        "https://arxiv.org/pdf/2304.01373v2.pdf", "10.48550/arXiv.2304.01373",
        "https://doi.org/10.48550/arXiv.2304.01373",
    ],
)  # fmt: skip
def test_a_work_is_found_by_any_spelling_of_its_id(hub, identifier):
    assert hub.work(identifier).work_id == PYTHIA


@pytest.mark.parametrize("identifier", ["10.1145/3744746", "https://doi.org/10.1145/3744746"])
def test_a_work_is_found_by_its_doi(hub, first, identifier):
    for each in (hub, first):
        assert each.work(identifier).work_id == "arxiv:2307.06435"


def test_every_id_of_every_work_finds_it(hub):
    for row in hub.work_ids:
        assert hub.work(f"{row['scheme']}:{row['value']}").work_id == row["work_id"]


def test_an_unknown_id_names_the_nearest(hub):
    with pytest.raises(errors.UnknownWork, match=r"Did you mean 'arxiv:2304\.01373'") as caught:
        hub.work("https://arxiv.org/abs/2304.01374")
    assert caught.value.asked == "arxiv:2304.01374"
    assert caught.value.nearest[0] == PYTHIA
    assert len(caught.value.known) == 45
    assert "and 42 more" in str(caught.value)


def test_words_instead_of_an_id_name_the_works_that_hold_them(hub):
    with pytest.raises(errors.UnknownWork, match=r"have its words: arxiv:2304\.01373, Pythia: A"):
        hub.work("pythia")


def test_text_that_is_nothing_is_answered_too(hub):
    with pytest.raises(errors.UnknownWork, match=r"no work '\\x1b\[2J'.*search\."):
        hub.work("\x1b[2J")


@pytest.fixture
def renamed(tmp_path):
    """Return a hub in which works had other ids before."""
    rows = make_works(
        {"work_id": "doi:10.5555/One", "ids": {"arxiv": "2401.00001"}},
        {"work_id": "doi:10.5555/two", "ids": {"doi": "10.5555/two", "pith": "2"}},
    )
    rows["former_ids"] = [
        {"former_id": former, "work_id": now, "until_version": "1.0.0", "reason": reason}
        for former, now, reason in (
            ("arxiv:2401.00009", "doi:10.5555/One", "published"),
            ("doi:10.5555/Preprint", "doi:10.5555/two", "published"),
            ("record of mine", "doi:10.5555/two", "merged"),
            ("pith:2", "doi:10.5555/One", "split"),  # the other part has the identifier
            (CANONICAL, "doi:10.5555/One", "not of this hub"),
        )
    ]
    return make_release(tmp_path, rows)


@pytest.mark.parametrize(
    ("asked", "now"),
    [
        ("arxiv:2401.00009", "doi:10.5555/One"),
        ("https://arxiv.org/abs/2401.00009v3", "doi:10.5555/One"),
        ("https://doi.org/10.5555/PREPRINT", "doi:10.5555/two"),
        ("record of mine", "doi:10.5555/two"),
        ("pith:2", "doi:10.5555/two"),
        (CANONICAL, CANONICAL),
    ],
)
def test_a_work_is_found_by_an_id_that_it_had(renamed, asked, now):
    assert renamed.work(asked).work_id == now
    assert renamed.select(ids=[asked, now]).ids == [now]
    assert renamed.export("csv", works=[asked])._selection.work_ids == [now]


def test_a_work_of_an_older_release_is_found_under_its_new_id(renamed, tmp_path_factory):
    rows = make_works({"work_id": "arxiv:2401.00009", "title": "Then"})
    then = make_release(tmp_path_factory.mktemp("then"), rows).work("arxiv:2401.00009")
    assert renamed.work(then).work_id == "doi:10.5555/One"
    with pytest.raises(errors.UnknownWork, match=r"no work 'arxiv:2401\.00008'"):
        renamed.work("arxiv:2401.00008")


def test_former_ids_lead_to_works_of_the_release(renamed, tmp_path_factory):
    renamed.verify()
    assert [row["until_version"] for row in renamed.former_ids] == ["1.0.0"] * 5
    rows = make_works()
    lost = {"former_id": "a", "work_id": "b", "until_version": "1.0.0"}
    hub = make_release(tmp_path_factory.mktemp("lost"), rows | {"former_ids": [lost]})
    with pytest.raises(errors.DamagedTable, match=r"former_ids"):
        hub.verify()


def test_an_unknown_table_names_the_nearest_and_what_exists(first):
    with pytest.raises(errors.UnknownTable, match=r"'wroks' in mt-nlg 1\.0\.0.*mean 'works'"):
        first.table("wroks")
    with pytest.raises(errors.UnknownTable, match=r"'themes' in mt-nlg 1\.0\.0.*Known: works, "):
        first.themes  # noqa: B018
    with pytest.raises(AttributeError, match="wroks"):
        first.wroks  # noqa: B018


def test_a_table_of_a_newer_release_is_said_to_be_one():
    older = citehub.load("mt-nlg", version="1.1.1")
    said = r"no table 'finding_figures' in mt-nlg 1\.1\.1.*Another version of the hub, or another"
    with pytest.raises(errors.UnknownTable, match=said):
        older.finding_figures  # noqa: B018
    assert not hasattr(older, "finding_figures")


def test_a_table_that_a_release_lacks_is_not_there(first, hub):
    assert not hasattr(first, "authorships")
    assert hasattr(hub, "authorships")
    assert "authorships" not in dir(first)
    assert {"works", "canonical", "citing_works", "search"} <= set(dir(first))
    assert set(hub.tables) <= set(dir(hub))
    assert "release" not in dir(hub)  # nothing to complete: it is for citehub itself


def test_the_canonical_work(hub):
    work = hub.canonical
    assert work.work_id == "arxiv:2201.11990"
    assert work.citation is None
    assert work.author_count == len(work.authors) == 20
    assert work.abstract.startswith("Pretrained general-purpose language models")
    assert work.finding is None


def test_cite_pins_the_version(hub, first):
    assert hub.cite() != first.cite()
    assert hub.cite().startswith("@misc{citehub-mt-nlg-1.1.0,")
    from citehub._manifest import sha256

    with open(f"{hub.path}/datapackage.json", "rb") as file:
        assert sha256(file.read()) in hub.cite()


def test_cite_escapes_what_tex_would_run(hub, tmp_path):
    shutil.copytree(hub.path, tmp_path / "release")
    path = tmp_path / "release" / "datapackage.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["title"] = "100 % {of} $x_1$ \\input{/etc/passwd}\n@misc{x,"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    entry = citehub.load(tmp_path / "release").cite()
    title = (
        r"{{100 \% \textbraceleft{}of\textbraceright{} $x_1$ \textbackslash{}input"
        r"\textbraceleft{}/etc/passwd\textbraceright{} @misc\textbraceleft{}x,}}"
    )
    assert title in entry
    assert entry.count("\n") == hub.cite().count("\n")


def test_verify_passes_on_every_release():
    for version in citehub.versions("mt-nlg"):
        citehub.load("mt-nlg", version=version).verify()


def test_repr_and_html(hub, first):
    assert repr(hub) == "<citehub.Hub mt-nlg 1.1.0: 44 citing works, 17 tables>"
    html = hub._repr_html_()
    for said in ("9 of 44", "70 to 100 %", "hub.works", "Shaden Smith", "1.1.0"):
        assert said in html
    assert "authors not known" in first._repr_html_()


def test_tables_by_name_and_by_property_are_the_same(hub):
    for name in hub.tables:
        assert hub.table(name).path == getattr(hub, name).path


def test_a_hub_crosses_processes(hub):
    again = pickle.loads(pickle.dumps(hub))
    assert again.work(PYTHIA) == hub.work(PYTHIA)


def test_a_hub_carries_no_rows_into_another_process():
    hub = citehub.load("mt-nlg")
    before = pickle.dumps(hub)
    assert hub.select(theme="reasoning", role="background")
    assert hub.work(PYTHIA).evidence
    again = pickle.dumps(hub)
    assert len(again) < len(before) + 1000
    assert pickle.loads(again).select(theme="reasoning") == hub.select(theme="reasoning")


@pytest.mark.slow
def test_keys_and_tables_complete_in_ipython(hub):
    from IPython.core.completer import provisionalcompleter
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.user_ns["hub"] = hub

    def complete(text):
        with provisionalcompleter():
            return [each.text for each in shell.Completer.completions(text, len(text))]

    assert "citing_works" in complete("hub.cit")
    assert "publication_year" in complete('hub.works["pub')
