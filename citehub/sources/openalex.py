"""OpenAlex: the works snapshot as JSON Lines, and the ids that were merged.

Its works hold no contexts and no roles; its references are works that it cites.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from citehub.errors import SourceError
from citehub.sources.dump_datasets import (
    CITATIONS,
    FEW_IDS,
    WORKS,
    Dataset,
    arxiv_id,
    arxiv_of,
    bare_doi,
    complete,
    curie,
    filled,
    let,
    number_of,
)
from citehub.sources.layout import (
    LINES,
    PARQUET,
    TABLES,
    Files,
    check_folder,
    find_date,
    find_files,
    holds,
    is_partition,
    walk,
)
from citehub.sources.manifests import shown
from citehub.sources.merges import merged_into
from citehub.sources.openalex_api import API
from citehub.sources.source import Dump, Need, Option, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from citehub._identifiers import Identifier
    from citehub.sources.dump_datasets import Expression

SOURCE: Final = "openalex"
DELETED: Final = 4285719527
"""The record "Deleted Work", into which OpenAlex puts works that it deletes; no work itself."""
_DATED: Final = "updated_date="  # begins the name of a folder of works
_HALVES: Final = ("parquet", "jsonl")  # of a snapshot; that by columns is the quicker to read
_DETAILS: Final = (
    *("title", "authorships", "primary_location", "referenced_works", "counts_by_year"),
    *("abstract_inverted_index", "primary_topic", "open_access", "best_oa_location"),
)
_PREFIX: Final = "https://openalex.org/W"
_AFTER: Final = "https://openalex.org/X"  # follows all that begin with the prefix
_SPELLED: Final = r"^(?i:(?:https?://)?(?:(?:www|api)\.)?(?:openalex\.org/)?(?:works/)?W)"
_ID: Final = rf"{_SPELLED}([0-9]{{1,18}})/?\z"
_KEY: Final = rf"{_SPELLED}[0-9]{{1,18}}/?\Z"  # to Python, for which \z is none
_ARXIV_PAGE: Final = (
    r"(?:(?:arxiv|ar5iv|alphaxiv)\.org/[a-z-]+/|10\.48550/arxiv\.)(.+?)(?:\.pdf)?/?(?:[?#].*)?\z"
)


_OWN_ID: Final = re.compile(rb'"id"\s*:\s*"([^"]*)"')
_IN_ID: Final = re.compile(r"(?:^|/)W0*([0-9]{1,18})/?$", re.IGNORECASE)


def _number_in(name: str | None) -> str:
    """Return the number of a work's id as text, empty where it is no such id."""
    found = _IN_ID.search(name or "")
    return found[1] if found else ""


def _works_of_line(line: bytes) -> tuple[set[str], ...]:
    """Return the numbers of works that a line names as ``id``: most often the first is its own."""
    for found in _OWN_ID.finditer(line):
        if number := _number_in(found[1].decode(errors="replace").replace("\\/", "/")):
            return ({number},)
    return (set(),)


def shape_works(raw: Expression) -> dict[str, Expression]:
    """Map works; ``refs`` are the numbers of the works that each cites."""
    import ibis

    doi, number = bare_doi(raw.doi), _number(raw.id)
    own, mag = ibis.literal("W").concat(number.cast("string")), number_of(raw.ids.mag, "W")
    pages = raw.locations.map(lambda each: each.landing_page_url)
    pages = pages.filter(lambda page: page.contains("iv."))  # as all names of arXiv do
    arxiv = pages.map(lambda page: arxiv_id(page.lower().re_extract(_ARXIV_PAGE, 1)))
    arxiv = arxiv.filter(lambda each: each.notnull())
    first = (arxiv.length() > 0).ifelse(arxiv[0], None)
    return complete(
        {**WORKS, "record": "int64", "refs": "array<int64>"},
        record=number,
        title=filled(raw.title),
        year=raw.publication_year,
        date=raw.publication_date,
        venue=filled(raw.primary_location.source.display_name),
        type=filled(raw.type),
        is_retracted=raw.is_retracted,
        authors=raw.authorships.map(_author),
        language=filled(raw.language),
        topic=filled(raw.primary_topic.display_name),
        open_access_status=filled(raw.open_access.oa_status),
        license=filled(raw.best_oa_location.license),
        abstract_index=filled(raw.abstract_inverted_index),
        n_citations=raw.cited_by_count,
        years=raw.counts_by_year.map(_year),
        arxiv=arxiv_of(doi).coalesce(first),
        doi=doi,
        openalex=own,
        pmid=number_of(raw.ids.pmid),
        pmcid=number_of(raw.ids.pmcid, "PMC"),
        also=_also(own, mag, arxiv),
        refs=_numbers(raw.referenced_works),
    )


def without_deleted(works: Expression) -> Expression:
    """Leave out the record that stands for all deleted works."""
    return works.filter(works.record != DELETED)


def _also(own: Expression, mag: Expression, arxiv: Expression) -> Expression:
    """Return further identifiers: a number of MAG that is not the work's own, more arXiv ids."""
    import ibis

    def others_of(ids: Expression) -> Expression:
        others = ids.filter(lambda each: each != ids[0]).map(lambda each: curie("arxiv", each))
        return ibis.ifelse(ids.length() > 1, others, None)

    others = let(arxiv, others_of)
    merged = ibis.array([curie("openalex", mag.lower())])
    none = ibis.literal([], "array<string>")
    return ibis.ifelse(mag != own, others.fill_null(none).concat(merged), others)


def citations(works: Expression, of: Collection[int] = ()) -> Expression:
    """Return the citations that works hold: all, or those of works that cite one of a few."""
    if 0 < len(of) <= FEW_IDS:
        import ibis

        works = works.filter(ibis.or_(*(works.refs.contains(record) for record in of)))
    edges = works.select(citing=works.record, cited=works.refs.unnest(), part=works.part)
    kinds = {**CITATIONS, "citing": "int64", "cited": "int64"}
    cells = complete(kinds, citing=edges.citing, cited=edges.cited)
    return edges.select(**cells, part=edges.part)


def read_abstract(index: str | None) -> tuple[str | None, str]:
    """Return the abstract that an inverted index holds, and why there is none.

    Examples
    --------
    >>> read_abstract('{"a": [0, 2], "lamp": [1]}')
    ('a lamp a', '')
    >>> read_abstract('{"a": [0], "lamp": [0]}')
    (None, 'two words stand at place 0')
    """
    try:
        found = json.loads(index) if index else {}
    except (ValueError, RecursionError):
        return None, "it is not JSON"
    if isinstance(found, dict) and isinstance(found.get("InvertedIndex"), dict):
        found = found["InvertedIndex"]  # as MAG had them
    if not isinstance(found, dict) or not all(isinstance(each, list) for each in found.values()):
        return None, "it should name a list of places for each word"
    words: dict[int, str] = {}
    for word, places in found.items():
        for place in places:
            if type(place) is not int or place < 0:
                return None, f"{place!r:.60} is no place of a word"
            if place in words:
                return None, f"two words stand at place {place}"
            words[place] = word
    for place, known in enumerate(sorted(words)):
        if place != known:
            return None, f"no word stands at place {place}"
    return " ".join(words[place] for place in sorted(words)) or None, ""


def shape_merged(raw: Expression) -> dict[str, Expression]:
    """Map the list of merged ids."""
    return {
        "record": _number(raw.id, "W"),
        "into": _number(raw.merge_into_id, "W"),
    }


def _number(name: Expression, prefix: str = _PREFIX) -> Expression:
    """Return the number of a work's id; null where it is no such id.

    The usual spelling is looked at by itself, as a pattern takes ten times as long.
    """
    import ibis

    digits = _digits(name, prefix)
    number = digits.try_cast("int64")
    other = filled(name.re_extract(_ID, 1)).try_cast("int64")
    return ibis.ifelse(number.cast("string") == digits, number, other)


def _numbers(names: Expression) -> Expression:
    """Return the numbers of works' ids; null each that is no such id.

    Patterns take most of the time, so that all ids of a list are looked at by one.
    """
    import ibis

    digits = names.map(lambda each: _digits(each))  # noqa: PLW0108 -- its second has a default
    all_are = _are_usual(names) & digits.join("").re_search(r"^[0-9]*\z")
    others = names.map(lambda each: _number(each))  # noqa: PLW0108
    return ibis.ifelse(all_are, digits.map(lambda each: each.try_cast("int64")), others)


def _are_usual(names: Expression) -> Expression:
    """Tell whether all ids of a list begin as usual; null where it holds none."""
    return (names.mins() >= _PREFIX) & (names.maxs() < _AFTER)


def _digits(name: Expression, prefix: str = _PREFIX) -> Expression:
    """Return what a work's id has behind its prefix; null where it does not have it."""
    import ibis

    return ibis.ifelse(name.startswith(prefix), name.substr(len(prefix)), None)


def _author(each: Expression) -> Expression:
    import ibis

    return ibis.struct(
        {
            "name": each.raw_author_name.coalesce(each.author.display_name),
            "orcid": each.author.orcid,
            "key": each.author.id,
        }
    )


def _year(each: Expression) -> Expression:
    import ibis

    return ibis.struct({"year": each.year, "n": each.cited_by_count})


WORKS_DATASET: Final = Dataset(
    source_id=SOURCE,
    name="works",
    fields={
        "id": "string",
        "doi": "string",
        "title": "string",
        "publication_year": "int64",
        "publication_date": "string",
        "type": "string",
        "authorships": "array<struct<author: struct<id: string, display_name: string, "
        "orcid: string>, raw_author_name: string>>",
        "primary_location": "struct<source: struct<display_name: string>>",
        "ids": "struct<mag: string, pmid: string, pmcid: string>",
        "locations": "array<struct<landing_page_url: string>>",
        "referenced_works": "array<string>",
        "cited_by_count": "int64",
        "counts_by_year": "array<struct<year: string, cited_by_count: string>>",
        "is_retracted": "boolean",
        "language": "string",
        "primary_topic": "struct<display_name: string>",
        "open_access": "struct<oa_status: string>",
        "best_oa_location": "struct<license: string>",
        "abstract_inverted_index": "json",
    },
    keys={"id": _KEY},
    made=("record",),
    shape=shape_works,
    names=_works_of_line,
    needed=("id", "referenced_works"),
    instead="A snapshot has the same works as JSON Lines, in data/jsonl/works",
)


def cite(raw: Expression, records: Collection[int], *, is_usual: bool = False) -> Expression:
    """Tell of works as they come whether they are some records, or may cite one.

    Ids in an unusual spelling are not looked into, nor for where all are known to be usual.
    """
    import ibis

    ids = [f"{_PREFIX}{record}{end}" for record in records for end in ("", "/")]
    cites = (raw.referenced_works.contains(each) for each in ids)
    if is_usual:
        return ibis.or_(raw.id.isin(ids), *cites)
    unusual = ~raw.id.between(_PREFIX, _AFTER), ~_are_usual(raw.referenced_works)
    return ibis.or_(raw.id.isin(ids), *unusual, *cites)


def may_have(raw: Expression, identifiers: Collection[Identifier]) -> Expression:
    """Tell whether works, as they lie in files, may have one of some identifiers.

    Every work that has one is found, however it is spelt; some that have none are found, too.
    """
    import ibis

    doi = raw.doi.lower()
    found = [doi.contains("&"), doi.contains("%")]  # which spell signs of any DOI
    for scheme, value in identifiers:
        if scheme == "arxiv":  # of an old id the number alone, as a class may stand before it
            found += [each.contains(value.rpartition("/")[2]) for each in (doi, _pages(raw))]
        elif scheme == "doi":
            found.append(doi.contains(value))
        elif scheme == "openalex":
            found += [each.contains(value.lstrip("W")) for each in (raw.id, raw.ids.mag)]
        elif scheme in {"pmid", "pmcid"}:
            found.append(raw.ids[scheme].contains(value.lstrip("PMC")))
    return ibis.or_(*(each.fill_null(False) for each in found))  # noqa: FBT003


def _pages(raw: Expression) -> Expression:
    """Return the addresses of a work as one text in small letters."""
    pages: Expression = raw.locations.map(lambda each: each.landing_page_url)
    return pages.join(" ").lower()


def number(raw: Expression) -> Expression:
    """Return the numbers of works, as they lie in files."""
    return _number(raw.id)


def are_usual(bounds: Mapping[str, tuple[str, str]]) -> bool:
    """Tell of the first and the last text of columns whether all ids begin as usual."""
    return all(
        name in bounds and bounds[name][0] >= _PREFIX and bounds[name][1] < _AFTER
        for name in ("id", "referenced_works")
    )


def only_citing(records: Collection[int]) -> Dataset:
    """Return the works of which only those that are some records, or cite one, keep details.

    Of all others remains what identifies them, which takes a fraction of the time and space.
    """
    import ibis

    def prepare(raw: Expression) -> Expression:
        kept = cite(raw, records)
        return raw.mutate(**{name: ibis.ifelse(kept, raw[name], None) for name in _DETAILS})

    return replace(WORKS_DATASET, prepare=prepare, only=tuple(sorted(records)))


MERGED: Final = Dataset(
    source_id=SOURCE,
    name="merged_ids",
    fields={"merge_date": "string", "id": "string", "merge_into_id": "string"},
    keys={"id": _KEY, "merge_into_id": _KEY},
    made=("record", "into"),
    shape=shape_merged,
    names=lambda row: tuple({_number_in(row.get(each))} for each in ("id", "merge_into_id")),
    kind="merge",
    place="merged_ids/works",
)


# -- tables -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Columns:
    """OpenAlex's works in Parquet: details are read of the works that are found, not of all."""

    store: Any
    files: Files

    def with_identifiers(self, identifiers: Collection[Identifier]) -> Expression:
        """Return the works that may have one of some identifiers."""
        raw = self.store.raw(self.files)
        return self._shape(raw.filter(may_have(raw, identifiers)))

    def citing(
        self, records: Collection[int], write: Callable[[Expression, str], Expression]
    ) -> Expression:
        """Return the works that are some records or may cite one.

        Each stands as its last partition has it, in which it may no longer cite. References are
        read first, then the details of the works found. ``write`` keeps a table.
        """
        raw = self.store.raw(self.files)
        is_usual = are_usual(self.store.bounds[self.files.title])
        found = raw.filter(cite(raw, records, is_usual=is_usual))
        found = found.select("part", "referenced_works", number=number(found))
        found = write(found, "found")
        details = raw.drop("referenced_works").mutate(number=number(raw))
        details = details.semi_join(found, "number")
        works = write(self._shape(details.left_join(found, ["number", "part"])), "near")
        last = works.group_by("record").agg(part=works.part.max())
        return works.semi_join(last, ["record", "part"])

    def _shape(self, raw: Expression) -> Expression:
        return without_deleted(self.store.shape(self.files, raw))


def open_dump(store: Any, folder: str, found: dict[str, Files], need: Need) -> dict[str, Any]:
    """Return the tables of a snapshot.

    Of other works than those that are needed and those that cite one, JSON Lines give no details.
    """
    only = need.only
    files, old = found["works"], found.get("merged_ids")
    merged = store.table(old) if old else None
    if only and not files.is_parquet:
        ends = {} if merged is None else merged_into(store.engine, merged, only)[0]
        records = {*only, *ends, *ends.values()} - {DELETED}
        files = replace(files, dataset=only_citing(records))
    works = without_deleted(store.table(files))
    return {
        "works": works,
        "citations": citations(works),
        "merged": merged,
        "only": frozenset(files.dataset.only),
        "columns": Columns(store, files) if files.is_parquet else None,
        "snapshot_on": find_date(folder, [files]),
    }


# -- files ----------------------------------------------------------------------------------------


def find_openalex(folder: str) -> dict[str, Files]:
    """Find the works, and the merged ids where they are, in a snapshot or any folder above it.

    A folder of partitions may have any name, and one partition may be named alone.
    """
    endings = (*LINES, PARQUET)
    if os.path.isfile(folder) and is_partition(os.path.basename(folder), endings):
        return {"works": Files(WORKS_DATASET, os.path.dirname(folder), (folder,))}
    check_folder(folder)
    places = list(find_folders(folder, "works"))
    if not places and any(is_partition(each, endings) for each in os.listdir(folder)):
        places = [folder]
    if not places:
        problem = "there is no folder 'works' in it; name a snapshot's folder 'works' or one above"
        raise SourceError.at(folder, 0, problem)
    places = [each for each in places if holds(each, endings)] or places
    works = min(places, key=_half)
    files = find_files(WORKS_DATASET, works, (*LINES, PARQUET))
    if others := [each for each in places if each != works]:
        note = (
            f"openalex works: {works} is read, and not {shown(others)}; name another one to "
            "read that."
        )
        files = replace(files, notes=(note, *files.notes))
    found = {"works": files}
    above = ("..", "../..") if _half(works) < len(_HALVES) else ("..",)
    beside = [
        os.path.join(each, up, "merged_ids")
        for each in (works, os.path.realpath(works))
        for up in above
    ]
    for place in (*beside, *find_folders(folder, "merged_ids")):
        each = os.path.normpath(os.path.join(place, "works"))
        if os.path.isdir(each):
            if holds(each, TABLES):
                found["merged_ids"] = find_files(MERGED, each, TABLES)
            else:
                note = f"openalex merged_ids: {each} holds no CSV: what was merged is not known."
                found["works"] = replace(files, notes=(*files.notes, note))
            break
    return found


def _half(works: str) -> int:
    """Return the rank of a copy of the works, the lowest of that to read."""
    name = os.path.basename(os.path.dirname(works))
    return _HALVES.index(name) if name in _HALVES else len(_HALVES)


def find_folders(folder: str, name: str) -> Iterator[str]:
    """Yield the folders of a name: the folder itself, or those below, but not of merged ids."""
    names = {os.path.basename(each) for each in (folder, os.path.realpath(folder))}
    is_works = name == "works" and any(each.startswith(_DATED) for each in os.listdir(folder))
    if name in names or is_works:
        yield folder
        return
    for parent, folders, _ in walk(folder):
        if name in folders:
            yield os.path.join(parent, name)
        folders[:] = [each for each in folders if each not in {name, "merged_ids"}]


OPENALEX: Final = Source(
    id=SOURCE,
    title="OpenAlex, works snapshot",
    url="https://openalex.org",
    kind="records",
    rights="CC0 1.0",
    spdx="CC0-1.0",
    schemes=("arxiv", "doi", "openalex", "pmid", "pmcid"),
    option=Option("--openalex", "DIR", "OpenAlex snapshot: its folder works, or one above."),
    api=API,
    dump=Dump(
        datasets=(WORKS_DATASET, MERGED),
        find=find_openalex,
        open=open_dump,
        scheme="openalex",
        prefix="W",
        is_dated=True,
        gone=DELETED,
        takes_only=True,
        citations_of=citations,
        abstract=lambda row: read_abstract(row["abstract_index"]),
    ),
    notes=(
        "Of a work in several partitions, the last one counts.",
        "Works that it deletes all become one record, which is no work.",
        "It tells the citations of ten years at most.",
    ),
)
