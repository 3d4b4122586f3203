"""Which records are one work: reasons, decisions, and names that stay."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citehub._identifiers import Identifier, parse_identifier
from citehub.build.assemble import TRUST, assemble, join_statements
from citehub.build.join import (
    Apart,
    Joined,
    Reason,
    RecordKey,
    Same,
    join,
    key_of,
    names_in_release,
)
from citehub.errors import BuildError
from citehub.sources.records import Author, Edge, Record
from citehub.sources.statements import Statements

OPENALEX, S2, OPENCITATIONS, FILE = TRUST[-4:]
LAMP = Record(OPENALEX, "W1", (Identifier("doi", "10.5555/lamp"),), title="A lamp of paper")
ADA, BO, CY = Author("Ada Lovelace"), Author("Bo Xu"), Author("Cy Young")


def an_id(text: str) -> Identifier:
    found = parse_identifier(text)
    assert found is not None
    return found


def record(source: str, name: str, *ids: str, title: str | None = None, **more) -> Record:
    return Record(source, name, tuple(map(an_id, ids)), title=title, **more)


def joined(*records: Record, **more) -> Joined:
    return join([LAMP, *records], [(OPENALEX, "W1")], trust=TRUST, **more)


def groups(found: Joined) -> dict[str, set[str]]:
    return {work.work_id: {each.record_id for each in work.records} for work in found.works}


def reasons(found: Joined, work_id: str) -> dict[str, Reason]:
    (work,) = (each for each in (found.canonical, *found.works) if each.work_id == work_id)
    return {
        each.record_id: why for each, why in zip(work.records, work.reasons, strict=True)
    }  # fmt: skip


def key(source: str, name: str) -> RecordKey:
    return RecordKey(source, name)


# -- reasons ---------------------------------------------------------------------------------


def test_each_record_says_what_joined_it():
    found = joined(
        record(OPENALEX, "W2", "arxiv:9912.00002"),
        record(S2, "2", "arxiv:9912.00002", "10.5555/x", "s2:2"),
        record(OPENCITATIONS, "br/2", "10.5555/x"),
        record(FILE, "mine", "10.5555/x"),
        record(FILE, "alone", "10.5555/y"),
    )
    arxiv, doi = an_id("arxiv:9912.00002"), an_id("10.5555/x")
    assert reasons(found, arxiv.curie) == {
        "W2": Reason("first record"),
        "2": Reason("shared identifier", arxiv, key(OPENALEX, "W2")),
        "br/2": Reason("source says", doi, key(S2, "2")),
        "mine": Reason("source says", doi, key(S2, "2")),
    }
    assert reasons(found, "doi:10.5555/y") == {"alone": Reason("only record")}
    assert reasons(found, "doi:10.5555/lamp") == {"W1": Reason("only record")}
    assert found.notes == ()


def test_records_of_the_work_are_one_because_they_were_asked_for():
    records = [LAMP, record(S2, "1", "s2:1"), record(S2, "9", "s2:9"), record(FILE, "k", "s2:9")]
    found = join(records, [(OPENALEX, "W1"), (S2, "1"), (S2, "9")], trust=TRUST)
    assert found.works == ()
    first = key(OPENALEX, "W1")
    assert reasons(found, "doi:10.5555/lamp") == {
        "W1": Reason("first record"),
        "1": Reason("asked", None, first),
        "9": Reason("asked", None, first),
        "k": Reason("shared identifier", an_id("s2:9"), key(S2, "9")),
    }


def test_what_a_person_joins_says_so_and_why():
    found = joined(
        record(OPENALEX, "W2", "10.5555/x"),
        record(S2, "2", "10.5555/y"),
        record(FILE, "mine", "10.5555/y"),
        same=[Same(an_id("10.5555/x"), an_id("10.5555/y"), "The journal prints both.")],
    )
    assert groups(found) == {"doi:10.5555/x": {"W2", "2", "mine"}}
    assert reasons(found, "doi:10.5555/x") == {
        "W2": Reason("first record"),
        "2": Reason("curated", None, key(OPENALEX, "W2"), "The journal prints both."),
        "mine": Reason("shared identifier", an_id("10.5555/y"), key(S2, "2")),
    }


def test_records_without_identifiers_can_be_joined_by_a_person():
    found = joined(
        record(FILE, "one"),
        record(FILE, "two"),
        same=[Same(key(FILE, "two"), key(FILE, "one"), "Twice.")],
    )
    assert groups(found) == {"entry:one": {"one", "two"}}
    assert reasons(found, "entry:one")["two"] == Reason(
        "curated", None, key(FILE, "one"), "Twice."
    )


def test_a_record_is_never_taken_for_an_identifier_of_the_same_letters():
    found = joined(record(S2, "7"), record(OPENALEX, "W7", "s2:7"))
    assert groups(found) == {"s2:7": {"W7"}, "entry:7": {"7"}}


# -- decisions -------------------------------------------------------------------------------


def test_a_record_loses_an_identifier_that_is_not_its_own():
    wrong, right = record(OPENALEX, "W5", "10.5555/x", "openalex:W5"), record(S2, "7", "10.5555/x")
    decision = Apart(key(OPENALEX, "W5"), an_id("10.5555/x"), "Its PDF is of another paper.")
    found = joined(wrong, right, apart=[decision])
    assert groups(found) == {"openalex:W5": {"W5"}, "doi:10.5555/x": {"7"}}
    (work,) = (each for each in found.works if each.work_id == "openalex:W5")
    assert work.records[0].ids == (an_id("openalex:W5"),)
    assert found.notes == ()


@pytest.mark.parametrize("leaves", [OPENALEX, S2])
def test_of_two_records_that_are_apart_the_one_that_is_named_first_leaves(leaves):
    two = [
        record(OPENALEX, "W5", "10.5555/x", "openalex:W5"),
        record(S2, "7", "10.5555/x", "s2:7"),
    ]
    one, other = sorted(two, key=lambda each: each.source_id != leaves)
    found = joined(*two, apart=[Apart(key_of(one), key_of(other), "Two papers.")])
    (stays,) = (work for work in found.works if work.work_id == "doi:10.5555/x")
    assert stays.records == (other,)
    assert found.notes == ()


def test_of_two_identifiers_records_of_both_keep_the_other():
    found = joined(
        record(OPENALEX, "W5", "10.5555/x", "10.5555/y"),
        record(S2, "7", "10.5555/x"),
        apart=[Apart(an_id("10.5555/x"), an_id("10.5555/y"), "A typing error.")],
    )
    assert groups(found) == {"doi:10.5555/y": {"W5"}, "doi:10.5555/x": {"7"}}
    assert found.notes == ()


def test_decisions_win_against_a_chain_and_tell_what_that_cut():
    chain = [
        record(OPENALEX, "W5", "10.5555/a"),
        record(S2, "7", "10.5555/a", "10.5555/b"),
        record(OPENCITATIONS, "br/8", "10.5555/b"),
    ]
    decision = Apart(key(OPENCITATIONS, "br/8"), key(OPENALEX, "W5"), "Two papers.")
    found = joined(*chain, apart=[decision])
    assert groups(found) == {"doi:10.5555/a": {"W5", "7"}, "entry:br/8": {"br/8"}}
    (note,) = found.notes
    assert note[:3] == ("refused", decision.one, decision.other)
    assert note.text == (
        "That record br/8 of opencitations and record W5 of openalex are two works (Two papers.); "
        "but other records join them. So record br/8 of opencitations lost "
        "doi:10.5555/b. If that is wrong, say which record has a wrong identifier."
    )
    mended = Apart(key(S2, "7"), an_id("10.5555/b"), "A wrong DOI.")
    again = joined(*chain, apart=[decision, mended])
    assert groups(again) == {"doi:10.5555/a": {"W5", "7"}, "doi:10.5555/b": {"br/8"}}
    assert again.notes == ()


def test_a_record_can_be_taken_out_of_the_canonical_work():
    records = [LAMP, record(S2, "1", "s2:1")]
    decision = Apart(key(S2, "1"), key(OPENALEX, "W1"), "Another lamp.")
    found = join(records, [(OPENALEX, "W1"), (S2, "1")], trust=TRUST, apart=[decision])
    assert [each.record_id for each in found.canonical.records] == ["W1"]
    assert groups(found) == {"s2:1": {"1"}}
    assert found.notes == ()
    turned = Apart(decision.other, decision.one, "The other way round.")
    found = join(records, [(OPENALEX, "W1"), (S2, "1")], trust=TRUST, apart=[turned])
    assert [each.record_id for each in found.canonical.records] == ["1"]


def test_what_cites_a_record_that_left_the_work_does_not_cite_the_work():
    canonical = {(OPENALEX, "W1"): LAMP, (S2, "1"): record(S2, "1", "s2:1")}
    citing = {
        (each.source_id, each.record_id): each
        for each in (record(S2, "2", "s2:2", title="Two"), record(OPENALEX, "W3", title="Three"))
    }
    stated = Statements(canonical, citing, [Edge(S2, "2", "1"), Edge(OPENALEX, "W3", "W1")])
    decision = Apart(key(S2, "1"), key(OPENALEX, "W1"), "Another lamp.")
    tables, _, *_ = assemble(stated, join_statements(stated, apart=[decision]))
    assert [row["citing_work_id"] for row in tables["citations"]] == ["entry:W3"]
    assert len(assemble(stated)[0]["citations"]) == 2


def test_decisions_that_contradict_each_other_are_an_error():
    one, two, three = (an_id(f"10.5555/{name}") for name in "abc")
    records = [record(S2, each.value, each.curie) for each in (one, two, three)]
    same = [Same(one, two, "A."), Same(two, three, "B.")]
    with pytest.raises(
        BuildError,
        match=r"That doi:10.5555/b and doi:10.5555/c are one work \(B.\) contradicts another "
        r"decision: that doi:10.5555/c is not part of the work of doi:10.5555/a \(C.\)",
    ):
        joined(*records, same=same, apart=[Apart(three, one, "C.")])


def test_decisions_that_have_no_effect_are_told():
    x, gone = an_id("10.5555/x"), an_id("10.5555/gone")
    two = record(OPENALEX, "W2", "10.5555/x"), record(S2, "2", "10.5555/x")
    found = joined(
        *two,
        same=[
            Same(key(OPENALEX, "W2"), key(S2, "2"), "Alike."),
            Same(x, gone, "Gone."),
            Same(x, x, "Itself."),
        ],
        apart=[Apart(key(S2, "3"), x, "Left.")],
    )
    assert groups(found) == {"doi:10.5555/x": {"W2", "2"}}
    said = [each.text.split("has no effect: ")[1] for each in found.notes]
    assert [each.kind for each in found.notes] == ["unfit"] * 4
    assert said == [
        "no source has doi:10.5555/gone any more.",
        "doi:10.5555/x is on both sides of a decision.",
        "no source has record 3 of s2 any more.",
        "the sources say so, too.",
    ]


# -- identifiers of many works ---------------------------------------------------------------

PAPERS = [
    record(OPENALEX, "W2", "10.5555/all", "openalex:W2", title="Lamps of oil", authors=(ADA,)),
    record(OPENALEX, "W3", "10.5555/all", "openalex:W3", title="Deep rivers", authors=(BO,)),
    record(OPENALEX, "W4", "10.5555/all", "openalex:W4", title="Cold winters", authors=(CY,)),
]


def test_the_doi_of_proceedings_does_not_make_their_papers_one():
    found = joined(*PAPERS)
    assert set(groups(found)) == {"openalex:W2", "openalex:W3", "openalex:W4"}
    assert all(an_id("10.5555/all") not in r.ids for work in found.works for r in work.records)
    (note,) = found.notes
    assert note.kind == "doubt"
    assert note.text == (
        "Records with different titles and first authors share doi:10.5555/all, so it does not "
        "join them: record W2 of openalex (Lamps of oil), record W3 of openalex (Deep "
        "rivers), record W4 of openalex (Cold winters). It names none."
    )


def test_it_stays_with_the_work_that_most_sources_give_it_to():
    right = record(S2, "3", "10.5555/all", title="Deep Rivers.", authors=(Author("B. Xu"),))
    blank = record(OPENCITATIONS, "br/9", "10.5555/all")
    found = joined(*PAPERS, right, blank)
    assert groups(found) == {
        "openalex:W2": {"W2"}, "doi:10.5555/all": {"W3", "3"}, "openalex:W4": {"W4"},
        "entry:br/9": {"br/9"},
    }  # fmt: skip
    assert reasons(found, "doi:10.5555/all")["3"].reason == "shared identifier"
    assert found.notes[0].text.endswith("It stays with record W3 of openalex.")


def test_a_person_can_say_that_they_are_one_all_the_same():
    pairs = [Same(key_of(one), key_of(other), "One.") for one, other in itertools.pairwise(PAPERS)]
    found = joined(*PAPERS, same=pairs)
    assert groups(found) == {"doi:10.5555/all": {"W2", "W3", "W4"}}
    assert found.notes == ()
    found = joined(*PAPERS, same=[Same(an_id("10.5555/all"), LAMP.ids[0], "Which?")])
    assert found.notes[-1].text.endswith(
        "several works have doi:10.5555/all; name a record instead."
    )


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Lamps of oil, and of gas"},
        {"authors": (Author("A. Lovelace"),)},
        {"authors": ()},
        {"title": None},
        {"title": "纸灯笼"},
        {"authors": (Author("徐波"),)},
        {"source_id": S2},
    ],
)
def test_records_of_one_source_are_one_work_where_anything_of_them_may_fit(change):
    one, other = PAPERS[0], PAPERS[1]._replace(**change)
    assert groups(joined(one, other)) == {"doi:10.5555/all": {"W2", "W3"}}


def test_records_of_two_sources_that_look_unlike_are_joined_and_doubted():
    (note,) = joined(PAPERS[0], PAPERS[1]._replace(source_id=S2)).notes
    assert note[:3] == ("doubt", key(OPENALEX, "W2"), key(S2, "W3"))
    assert note.text == (
        "record W2 of openalex (Lamps of oil) and record W3 of s2 (Deep rivers) are one work by "
        "doi:10.5555/all, though title and first author differ."
    )


# -- names -----------------------------------------------------------------------------------


def names_of(found: Joined) -> dict:
    """Return what the works of a release are called, by record and by identifier."""
    return {
        member: work.work_id
        for work in (found.canonical, *found.works)
        for each in work.records
        for member in (key_of(each), *each.ids)
    }


def test_a_work_keeps_its_id_where_a_better_identifier_becomes_known():
    before = joined(record(S2, "2", "10.5555/x", "s2:2"))
    now = [
        record(S2, "2", "10.5555/x", "s2:2", "arxiv:9912.00002"),
        record(FILE, "k", "arxiv:9912.00002"),
    ]
    assert set(groups(joined(*now))) == {"arxiv:9912.00002"}
    found = joined(*now, named=names_of(before))
    assert set(groups(found)) == {"doi:10.5555/x"}
    assert found.former == ()


def test_a_work_without_identifiers_keeps_its_id_where_it_gets_one():
    before = joined(record(FILE, "mine"))
    found = joined(record(FILE, "mine", "10.5555/x"), named=names_of(before))
    assert set(groups(found)) == {"entry:mine"}


@pytest.mark.parametrize("by", ["identifier", "person", "request"])
def test_of_two_works_that_are_one_now_the_better_id_stays_and_the_other_is_told(by):
    before = joined(record(OPENALEX, "W2", "10.5555/x"), record(S2, "2", "arxiv:9912.00002"))
    named = names_of(before)
    doi, arxiv = an_id("10.5555/x"), an_id("arxiv:9912.00002")
    if by == "identifier":
        now = [record(OPENALEX, "W2", doi.curie), record(S2, "2", arxiv.curie, doi.curie)]
        found = joined(*now, named=named)
        why = ": record 2 of s2 and record W2 of openalex have doi:10.5555/x"
    else:
        now = [record(OPENALEX, "W2", doi.curie), record(S2, "2", arxiv.curie)]
        if by == "person":
            found = joined(*now, named=named, same=[Same(doi, arxiv, "The journal says so.")])
            why = ": The journal says so."
        else:
            found = join(now, [(OPENALEX, "W2"), (S2, "2")], trust=TRUST, named=named)
            why = ": both were found for the work that was asked for"
    former = [("doi:10.5555/x", "arxiv:9912.00002", f"one work with arxiv:9912.00002{why}")]
    assert list(found.former) == former


def test_of_a_work_that_is_two_now_the_part_that_its_id_names_keeps_it():
    preprint, version = record(S2, "2", "arxiv:9912.00002"), record(OPENALEX, "W2", "10.5555/x")
    both = record(OPENCITATIONS, "br/2", "arxiv:9912.00002", "10.5555/x")
    named = names_of(joined(preprint, version, both))
    found = joined(preprint, version, named=named)
    assert groups(found) == {"arxiv:9912.00002": {"2"}, "doi:10.5555/x": {"W2"}}
    assert found.former == ()


def test_where_no_part_has_what_its_id_names_the_larger_one_keeps_it():
    one = record(S2, "2", "10.5555/x", "10.5555/y", "s2:2")
    named = names_of(joined(one)) | {key(S2, "2"): "entry:gone", an_id("10.5555/x"): "entry:gone",
        an_id("10.5555/y"): "entry:gone", an_id("s2:2"): "entry:gone"}  # fmt: skip
    now = record(OPENALEX, "W2", "10.5555/x"), record(S2, "2", "10.5555/y", "s2:2")
    assert groups(joined(*now, named=named)) == {"entry:gone": {"2"}, "doi:10.5555/x": {"W2"}}


def test_a_new_work_is_never_called_what_another_was():
    now = record(S2, "2", "10.5555/x", "s2:2"), record(FILE, "key")
    found = joined(*now, former={"doi:10.5555/x", "entry:key", "entry:key-2"})
    assert groups(found) == {"s2:2": {"2"}, "entry:key-3": {"key"}}
    assert set(groups(joined(*now, former={"doi:10.5555/x", "s2:2"}))) == {"entry:2", "entry:key"}


def test_the_rows_of_a_release_say_what_its_works_are_called():
    given = Statements(
        {(OPENALEX, "W1"): LAMP},
        {(S2, "2"): record(S2, "2", "10.5555/x", "s2:2", title="Two")},
        [Edge(S2, "2", "1")],
    )
    tables = assemble(given)[0]
    found = names_in_release(tables["work_ids"], tables["work_joins"])
    assert found == names_of(join_statements(given))
    former = [
        {"former_id": "arxiv:9912.00002", "work_id": "doi:10.5555/x"},
        {"former_id": "s2:2", "work_id": "doi:10.5555/gone"},
        {"former_id": "entry:old", "work_id": "doi:10.5555/x"},
    ]
    again = names_in_release(tables["work_ids"], tables["work_joins"], former)
    assert again == found | {an_id("arxiv:9912.00002"): "doi:10.5555/x"}
    assert an_id("s2:2") in found
    twice = [*tables["work_ids"], {"work_id": "doi:10.5555/lamp", "scheme": "s2", "value": "2"}]
    assert names_in_release(twice, []).keys() == found.keys() - {
        an_id("s2:2"),
        key(S2, "2"),
        key(OPENALEX, "W1"),
    }


# -- whatever is said ------------------------------------------------------------------------

IDS = [Identifier("doi", f"10.5555/{n}") for n in range(6)] + [
    Identifier("arxiv", f"9912.0000{n}") for n in range(3)
]
SAID = st.lists(
    st.builds(
        Record,
        st.sampled_from(TRUST),
        st.just(""),
        st.lists(st.sampled_from(IDS), unique=True, max_size=3).map(tuple),
        title=st.sampled_from([None, "Lamps of oil", "Deep rivers", "Cold winters"]),
        authors=st.sampled_from([(), (ADA,), (BO,), (CY,)]),
        type=st.sampled_from([None, "preprint"]),
    ),
    min_size=1,
    max_size=10,
).map(lambda said: [each._replace(record_id=str(at)) for at, each in enumerate(said)])
MEMBERS = st.sampled_from(IDS) | st.builds(
    RecordKey, st.sampled_from(TRUST), st.integers(0, 9).map(str)
)
APART = st.lists(st.builds(Apart, MEMBERS, MEMBERS, st.just("Apart.")), max_size=3)
SAME = st.lists(st.builds(Same, MEMBERS, MEMBERS, st.just("Same.")), max_size=3)


def decided(said, **more) -> Joined | None:
    try:
        return joined(*said, **more)
    except BuildError:
        return None


@settings(max_examples=60, deadline=None)
@given(SAID, SAME, APART, st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(said, same, apart, random):
    found = decided(said, same=same, apart=apart)
    mixed = said.copy()
    random.shuffle(mixed)
    assert decided(mixed, same=same, apart=apart) == found


@settings(max_examples=60, deadline=None)
@given(SAID, SAME, APART)
def test_a_second_release_of_the_same_records_is_the_same(said, same, apart):
    found = decided(said, same=same, apart=apart)
    if found is not None:
        again = joined(*said, same=same, apart=apart, named=names_of(found))
        assert again == found


def test_records_that_are_one_by_way_of_an_identifier_that_no_record_keeps_say_so():
    one, via, other, apart = (an_id(f"doi:10.5555/{number}") for number in (1, 5, 3, 4))
    said = [
        record(TRUST[0], "1", "doi:10.5555/4", "doi:10.5555/5"),
        record(OPENALEX, "2", "doi:10.5555/0", "doi:10.5555/1", title="Deep", authors=(ADA,)),
        record(OPENALEX, "3", "doi:10.5555/0", "doi:10.5555/3", title="Oil", authors=(BO,)),
    ]
    found = joined(
        *said, same=[Same(one, via, "Same."), Same(other, via, "Same.")],
        apart=[Apart(one, apart, "Apart.")],
    )  # fmt: skip
    (work,) = [each for each in found.works if len(each.records) == 2]
    assert [each.reason for each in work.reasons] == ["first record", "curated"]


@settings(max_examples=100, deadline=None)
@given(SAID, SAME, APART)
def test_what_is_apart_is_never_one_work(said, same, apart):
    found = decided(said, same=same, apart=apart)
    if found is None:
        return
    works = [
        {member for each in work.records for member in (key_of(each), *each.ids)}
        for work in (found.canonical, *found.works)
    ]
    for each in apart:
        if each.one != each.other:
            assert not any(each.one in members and each.other in members for members in works)


@settings(max_examples=100, deadline=None)
@given(SAID, SAME)
def test_what_is_the_same_is_one_work_or_told(said, same):
    found = joined(*said, same=same)
    told = {(each.one, each.other) for each in found.notes if each.kind == "unfit"}
    for each in same:
        if (each.one, each.other) not in told:
            assert any(
                all(
                    any(member == key_of(r) or member in r.ids for r in work.records)
                    for member in (each.one, each.other)
                )
                for work in (found.canonical, *found.works)
            )


@settings(max_examples=100, deadline=None)
@given(SAID, SAID)
def test_ids_are_kept_or_told_and_never_taken_by_another_work(before, now):
    first = joined(*before)
    named = names_of(first)
    found = joined(*now, named=named)
    works = (found.canonical, *found.works)
    ids = [work.work_id for work in works]
    assert len(ids) == len(set(ids))
    former = {each.former_id: each.work_id for each in found.former}
    assert not former.keys() & set(ids)
    assert set(former.values()) <= set(ids)
    held = {m for work in works for each in work.records for m in (key_of(each), *each.ids)}
    for member, work_id in named.items():
        if member in held:
            assert work_id in ids or work_id in former
    for work in works:
        members = {m for each in work.records for m in (key_of(each), *each.ids)}
        if work.work_id in named.values():
            assert work.work_id in {named.get(member) for member in members}


@settings(max_examples=60, deadline=None)
@given(SAID)
def test_every_record_but_the_first_was_joined_with_one_before_it(said):
    found = joined(*said)
    assert sorted(each.record_id for work in found.works for each in work.records) <= sorted(
        each.record_id for each in said
    )
    for work in (found.canonical, *found.works):
        by_key = {key_of(each): each for each in said}
        own = {key_of(each) for each in work.records}
        if len(own) == 1:
            assert [each.reason for each in work.reasons] == ["only record"]
            continue
        assert work.reasons[0] == Reason("first record")
        for each, why in zip(work.records[1:], work.reasons[1:], strict=True):
            assert why.reason in {"shared identifier", "source says"}
            assert why.via in own
            assert why.identifier in by_key[key_of(each)].ids
            assert why.via == key_of(LAMP) or why.identifier in by_key[why.via].ids
            is_shared = why.via == key_of(work.records[0])
            assert is_shared == (why.reason == "shared identifier")
