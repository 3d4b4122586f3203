"""A hub: typed access to one release of one citation hub.

What only some calls need is imported by those calls, so that the first table comes as soon
as pyarrow can give it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from citehub._manifest import SUMS, read_bytes, read_sums, sha256
from citehub._table import RowsByWork, Table
from citehub.errors import BadArgument, DamagedManifest, DamagedTable, UnknownTable, UnknownWork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from citehub import _rows
    from citehub._related import Related
    from citehub._select import NotKnown, Sort, Unknown
    from citehub._shapes import Manifest, Resource
    from citehub._summary import Summary
    from citehub._work import Work
    from citehub._works import Works
    from citehub.export import Export, FormatName, Style


class Hub:
    """One release of one citation hub.

    Made by :func:`citehub.load`. Opening a hub reads its manifest only; a table is read
    when its rows are asked for.

    Attributes
    ----------
    name : str
        Name of the hub, as ``mt-nlg``.
    version : str
        Data version, as ``1.1.0``.
    path : str
        Folder of the release.
    manifest : dict
        The release's ``datapackage.json`` (Data Package version 2).
    tables : tuple of str
        Names of the tables that this release holds.

    Examples
    --------
    >>> import citehub
    >>> hub = citehub.load("mt-nlg", version="1.1.0")
    >>> hub
    <citehub.Hub mt-nlg 1.1.0: 44 citing works, 17 tables>
    >>> hub.work("2304.01373").authors[0]
    'Stella Biderman'
    """

    name: str
    version: str
    path: str
    manifest: Manifest
    tables: tuple[str, ...]

    works: Table[_rows.WorkRow, _rows.WorkColumn]
    """Works: the canonical work first, then its citing works."""
    citing_works: Table[_rows.WorkRow, _rows.WorkColumn]
    """Citing works in hub order: the rows of ``works`` after the canonical work."""
    work_ids: Table[_rows.WorkIdRow, _rows.WorkIdColumn]
    """Public identifiers of the works."""
    authorships: Table[_rows.AuthorshipRow, _rows.AuthorshipColumn]
    """Authors of the works, in printed order."""
    citations: Table[_rows.CitationRow, _rows.CitationColumn]
    """Who cites whom, with the place in the hub."""
    citation_sources: Table[_rows.CitationSourceRow, _rows.CitationSourceColumn]
    """Which records of which sources state a citation."""
    citation_contexts: Table[_rows.CitationContextRow, _rows.CitationContextColumn]
    """Passages in which works cite."""
    citation_labels: Table[_rows.CitationLabelRow, _rows.CitationLabelColumn]
    """Judgements of single citations."""
    label_counts: Table[_rows.LabelCountRow, _rows.LabelCountColumn]
    """Labels that a source states in sum."""
    citation_years: Table[_rows.CitationYearRow, _rows.CitationYearColumn]
    """Citing works by source and year."""
    source_counts: Table[_rows.SourceCountRow, _rows.SourceCountColumn]
    """How many citations each source knows, and why the numbers differ."""
    source_overlap: Table[_rows.SourceOverlapRow, _rows.SourceOverlapColumn]
    """Citing works that two sources both know."""
    representatives: Table[_rows.RepresentativeRow, _rows.RepresentativeColumn]
    """Representative selections, by method."""
    themes: Table[_rows.ThemeRow, _rows.ThemeColumn]
    """Groups of the walk-through."""
    work_themes: Table[_rows.WorkThemeRow, _rows.WorkThemeColumn]
    """Which work belongs to which theme."""
    finding_figures: Table[_rows.FindingFigureRow, _rows.FindingFigureColumn]
    """Figures that the one-line findings print."""
    canonical_facts: Table[_rows.CanonicalFactRow, _rows.CanonicalFactColumn]
    """Stated facts of the canonical work."""
    canonical_corpus: Table[_rows.CanonicalCorpusRow, _rows.CanonicalCorpusColumn]
    """Training corpus of the canonical work."""
    canonical_evaluations: Table[_rows.CanonicalEvaluationRow, _rows.CanonicalEvaluationColumn]
    """Evaluation figures of the canonical work and others."""
    canonical_parallelism: Table[_rows.CanonicalParallelismRow, _rows.CanonicalParallelismColumn]
    """Published parallel layouts of the canonical model."""
    canonical_throughput: Table[_rows.CanonicalThroughputRow, _rows.CanonicalThroughputColumn]
    """Published throughput figures."""
    sources: Table[_rows.SourceRow, _rows.SourceColumn]
    """Sources that the tables name."""
    evidence: Table[_rows.EvidenceRow, _rows.EvidenceColumn]
    """Where each cell comes from."""

    def __init__(
        self, path: str, manifest: Manifest, files: Mapping[str, str] | None = None
    ) -> None:
        self.path = path
        self.manifest = manifest
        self.name = manifest["citehub"]["hub"]
        self.version = manifest["version"]
        self._files = files
        self._resources: dict[str, Resource] = {
            resource["name"]: resource for resource in manifest["resources"]
        }
        self.tables = tuple(self._resources)
        label = f"{self.name} {self.version}"
        self._tables: dict[str, Table[Any, Any]] = {
            table: Table(path, resource, label) for table, resource in self._resources.items()
        }
        for table in _TABLE_NAMES:
            if table in self._tables:
                setattr(self, table, self._tables[table])
        citing = self._resources["works"].copy()
        citing["name"] = "citing_works"
        citing["description"] = "One row per citing work, in hub order."
        self.citing_works = Table(path, citing, label, skip=1)
        self._tables["citing_works"] = self.citing_works
        self._grouped: dict[str, dict[str, list[Any]]] = {}
        self._work_ids: dict[str, None] = {}  # in hub order, once they were asked for
        self._named: dict[tuple[str, str], str] | None = None  # works by public identifier

    def table(self, name: str) -> Table[dict[str, Any], str]:
        """Return a table by name.

        Parameters
        ----------
        name : str
            One of ``tables``, or ``citing_works``.

        Returns
        -------
        Table
            The handle that the attribute of this name holds, with untyped rows.

        Raises
        ------
        UnknownTable
            This release does not hold it.
        """
        if name not in self._tables:
            raise self._unknown_table(name)
        return self._tables[name]

    # -- works ----------------------------------------------------------------------------

    @property
    def canonical(self) -> Work:
        """The work that the others cite."""
        return self.work(self.manifest["citehub"]["canonical_work_id"])

    def work(self, identifier: str) -> Work:
        """Return one work.

        Parameters
        ----------
        identifier : str
            Its ``work_id``, an arXiv id with or without version and prefix, a DOI, or an URL
            of either.

        Returns
        -------
        Work
            The work, seen across the tables.

        Raises
        ------
        UnknownWork
            The hub does not hold it; the error names the nearest that it does.

        Examples
        --------
        >>> import citehub
        >>> citehub.load("mt-nlg").work("https://arxiv.org/abs/2204.02311v5")
        <citehub.Work arxiv:2204.02311: PaLM: Scaling Language Modeling with Pathways>
        """
        return self._make_work(self._resolve(identifier))

    def search(self, query: str) -> Works[Work]:
        """Return the works whose title, authors, finding and identifiers hold a query.

        Every word must be found in one of them. Case, accents and punctuation do not matter;
        a word also matches the beginning or the inside of a longer one (from three letters
        on), and one letter may be wrong (from five on) where no work has the word.

        Parameters
        ----------
        query : str
            Words, in any order, or an identifier as :meth:`work` takes it.

        Returns
        -------
        Works
            The best first; equal matches in hub order.

        Examples
        --------
        >>> import citehub
        >>> hub = citehub.load("mt-nlg")
        >>> hub.search("overthinking").ids
        ['arxiv:2412.21187']
        >>> hub.search("https://doi.org/10.1145/3744746")[0]
        <citehub.Work arxiv:2307.06435: A Comprehensive Overview of Large Language Models>
        """
        from citehub._select import find
        from citehub._works import Works

        return Works(self, map(self._make_work, find(self, query)))

    def related(self, work: str | Work, n: int = 5) -> Works[Related]:
        """Return the works of this hub whose titles and findings use the same rare words.

        A heuristic: the cosine of the words, each the heavier the fewer works use it. No
        source says that such works have to do with each other.

        Parameters
        ----------
        work : str or Work
            A work, by itself or as :meth:`work` takes it.
        n : int, default 5
            How many at most.

        Returns
        -------
        Works of Related
            The nearest first, each with ``work``, ``score`` (a cosine, 0 to 1) and ``shared``
            (the words in common that weigh most); works without a word in common are left out.

        Raises
        ------
        UnknownWork
            The hub does not hold it; the error names the nearest that it does.
        BadArgument
            ``n`` is no whole number from 0.

        Examples
        --------
        >>> import citehub
        >>> nearest = citehub.load("mt-nlg").related("arxiv:2405.04434", n=1)[0]
        >>> nearest.work.title_plain, nearest.shared[0]
        ('DeepSeek LLM: Scaling Open-Source Language Models with Longtermism', 'deepseek')
        """
        from citehub._related import Related, rank_related
        from citehub._works import Works

        if n < 0:
            raise BadArgument.of("n", n, "a whole number from 0")
        of = self.work(str(getattr(work, "work_id", work))).work_id
        rows = self._read("works")
        texts = {row["work_id"]: f"{row['title_plain']} {row['finding'] or ''}" for row in rows}
        ranked = rank_related(texts, of)[:n]
        return Works(self, (Related(self._make_work(k), score, why) for k, score, why in ranked))

    def select(  # noqa: PLR0913 -- conditions are many
        self,
        *,
        theme: str | Iterable[str] | None = None,
        year: int | tuple[int, int] | Iterable[int] | None = None,
        category: str | Iterable[str] | None = None,
        venue: str | Iterable[str] | None = None,
        role: _rows.Intent | NotKnown | Iterable[_rows.Intent | NotKnown] | None = None,
        polarity: _rows.Polarity | NotKnown | Iterable[_rows.Polarity | NotKnown] | None = None,
        labelled: bool | None = None,
        representatives: str | Iterable[str] | None = None,
        shared_authors: bool | None = None,
        code: bool | None = None,
        doi: bool | None = None,
        arxiv: bool | None = None,
        related_to: Work | str | None = None,
        authors_of: Work | str | None = None,
        search: str | None = None,
        ids: Iterable[Work | Related | str | Mapping[str, Any]] | None = None,
        unknown: Unknown = "raise",
        sort: Sort | None = None,
    ) -> Works[Work]:
        """Return the works that meet every condition given; without one, every citing work.

        Of several values of one condition, any will do, and an empty list of them is met by no
        work. The value ``not known`` finds works of which no source says anything in that
        respect. A condition on what the hub knows of no single citing work is an error, as an
        empty list would say that no work meets it. The canonical work is found only where ``ids``
        names it.

        Parameters
        ----------
        theme : str or iterable of str, optional
            A ``theme_id`` of table ``themes``, or ``not known``.
        year : int, (int, int) or list of int, optional
            Year of the first public version. A tuple is a first and a last year, with all that
            lie between; a list, or any other iterable, is any of these years. A work of unknown
            year does not meet it.
        category, venue : str or iterable of str, optional
            A ``primary_category`` or ``venue`` of table ``works``, or ``not known``.
        role, polarity : str or iterable of str, optional
            What the citation is labelled with, or ``not known``. A label without a place in
            the vocabulary is found as its source prints it.
        labelled : bool, optional
            Whether any label of the citation is known.
        representatives : str or iterable of str, optional
            A ``method`` of table ``representatives``.
        shared_authors : bool, optional
            Whether the work shares authors with the one it cites; where no source says so,
            neither True nor False finds it.
        code : bool, optional
            Whether public code is known.
        doi, arxiv : bool, optional
            Whether a DOI, or an arXiv id, is known.
        related_to : str or Work, optional
            This work and the ten nearest that :meth:`related` gives, a heuristic.
        authors_of : str or Work, optional
            Works that print the name of one of its authors in the same spelling.
        search : str, optional
            Words or an identifier, as :meth:`search` takes them.
        ids : iterable of str, Work or rows, optional
            Works, identifiers as :meth:`work` takes them, or rows with a ``work_id``.
        unknown : {"raise", "skip"}, default "raise"
            What becomes of ``ids`` that the hub does not hold: an error, or a warning that names
            those that are left out.
        sort : str, optional
            ``hub``, ``newest``, ``oldest`` (by year and month, those of unknown year last),
            ``title``, or ``relevance``, which needs a search. Equal works stand in hub order.

        Returns
        -------
        Works
            In the order of ``sort``, else of ``ids``, else of the search, else by rank of the
            representatives, else in hub order.

        Raises
        ------
        UnknownSelection, UnknownWork
            There is no such value, method or work; the error names what exists.
        BadArgument
            The first year is after the last, or there is no such order.

        Examples
        --------
        >>> import citehub
        >>> hub = citehub.load("mt-nlg", version="1.1.0")
        >>> len(hub.select(theme="reasoning")), len(hub.select(theme="reasoning", search="llm"))
        (6, 4)
        >>> hub.select(theme=["reasoning", "surveys"], year=(2022, 2024), sort="oldest")[0]
        <citehub.Work arxiv:2205.11916: Large Language Models are Zero-Shot Reasoners>
        """
        from citehub._select import select
        from citehub._works import Works

        chosen = select(
            self,
            theme=theme,
            year=year,
            category=category,
            venue=venue,
            role=role,
            polarity=polarity,
            labelled=labelled,
            representatives=representatives,
            shared_authors=shared_authors,
            code=code,
            doi=doi,
            arxiv=arxiv,
            related_to=related_to,
            authors_of=authors_of,
            search=search,
            ids=ids,
            unknown=unknown,
            sort=sort,
        )
        return Works(self, map(self._make_work, chosen))

    def export(
        self,
        format: FormatName,  # noqa: A002 -- the term
        works: Iterable[Work | Related | str | Mapping[str, Any]] | None = None,
        *,
        unknown: Unknown = "raise",
    ) -> Export:
        """Return works in a format of other tools.

        Every record says why it is there: hub, data version, the role and polarity of its
        citation or that they are not known, and the sources.

        Parameters
        ----------
        format : str
            One of ``bibtex``, ``ris``, ``csl-json``, ``csv``, ``jsonl``, ``parquet``,
            ``graphml``, ``gexf``, ``vosviewer``, ``cito-turtle``, ``cito-jsonld``.
        works : iterable of Work, str or rows, optional
            What to export, as :meth:`select` returns it, or identifiers, or rows with a
            ``work_id`` such as those of ``hub.works``; every citing work by default.
        unknown : {"raise", "skip"}, default "raise"
            What becomes of works that the hub does not hold: an error, or a warning that names
            those that are left out.

        Returns
        -------
        Export
            ``str()`` gives its text, ``bytes()`` its bytes, ``save()`` writes it to a file,
            iterating streams it.

        Raises
        ------
        UnknownFormat, UnknownWork
            There is no such format or work; the error names what exists, and every work that
            the hub does not hold.

        Examples
        --------
        >>> import citehub
        >>> hub = citehub.load("mt-nlg", version="1.1.0")
        >>> hub.export("bibtex", works=hub.select(theme="reasoning"))
        <citehub.Export bibtex: 6 works of mt-nlg 1.1.0>
        """
        from citehub._select import select
        from citehub.export import Export

        return Export(self, format, select(self, ids=works, unknown=unknown))

    def summary(self) -> Summary:
        """Return the roles and polarities in sum, each share with counts and interval.

        Where no source states counts, they are those of the works that are labelled one by one.

        Returns
        -------
        Summary
            A row per label that a source counts; ``str()`` says it in sentences.

        Examples
        --------
        >>> import citehub
        >>> row = next(iter(citehub.load("mt-nlg").summary()))
        >>> row.n, row.n_labelled, row.n_citing, round(row.low, 2), row.high
        (9, 9, 44, 0.7, 1.0)
        """
        from citehub._summary import Summary, count_labels

        stated, labels = self._read("label_counts"), self._read("citation_labels")
        counts = stated or count_labels(labels, self._n_citing)
        return Summary(counts, self._n_citing, which_known=bool(labels))

    # -- this release ---------------------------------------------------------------------

    def cite(self, style: Style = "bibtex", *, of: str | Work = "dataset") -> str:
        """Return a reference of this data version, or of a work.

        In BibTeX and CSL-JSON, that of the data version holds the SHA-256 of its manifest,
        which in turn holds that of every table.

        Parameters
        ----------
        style : str, default ``"bibtex"``
            ``bibtex``, ``apa`` (plain text) or ``csl-json``.
        of : str or Work, default ``"dataset"``
            What to cite: ``dataset``, ``canonical``, or a work, by itself or as :meth:`work`
            takes it.

        Returns
        -------
        str
            One entry. Author names are split into family and given names by a heuristic.

        Raises
        ------
        UnknownFormat, UnknownWork
            There is no such style or work; the error names what exists.

        Examples
        --------
        >>> import citehub
        >>> hub = citehub.load("mt-nlg", version="1.1.0")
        >>> hub.cite("apa")  # doctest: +NORMALIZE_WHITESPACE
        'The citehub developers. (2026). Citation hub of Megatron-Turing NLG 530B
        (Version 1.1.0) [Data set]. urn:uuid:a4649fe2-247b-5dbb-a2c5-8ed7b878cbfa'
        >>> hub.cite("apa", of="arxiv:2205.11916")[:26]
        'Kojima, T., Gu, S. S., Rei'
        """
        from citehub.export.citation import cite

        if of == "dataset":
            return cite(self, None, style)
        if of == "canonical":
            return cite(self, self.canonical, style)
        return cite(self, self.work(of) if isinstance(of, str) else of, style)

    def verify(self) -> None:
        """Check the release whole: every hash, key, null, vocabulary and foreign key.

        Raises
        ------
        DamagedManifest
            The manifest, or a file beside it, is not the one that was released.
        DamagedTable
            A table is not the one that was released, or contradicts itself.
        """
        from citehub._validate import find_dangling, referring_columns

        rows = {
            name: self._tables[name]._read_verified().select({*columns, "work_id"})  # noqa: SLF001
            for name, columns in referring_columns(self._resources).items()
        }
        self._verify_files()
        for name, resource in self._resources.items():
            problem = find_dangling(rows, resource)
            if problem is not None:
                raise DamagedTable.at(self.table(name).path, *problem)
        canonical = self.manifest["citehub"]["canonical_work_id"]
        first = next(iter(rows["works"]), None)
        if first is None or first["work_id"] != canonical:
            expected = f"the canonical work {canonical} in its first row"
            raise DamagedTable.at(self.works.path, expected, "another or none")

    def __dir__(self) -> list[str]:
        absent = set(_TABLE_NAMES) - set(self.tables)
        return sorted(set(super().__dir__()) - absent)

    def __repr__(self) -> str:
        return (
            f"<citehub.Hub {self.name} {self.version}: {self._n_citing} citing works, "
            f"{len(self.tables)} tables>"
        )

    def _repr_html_(self) -> str:
        from citehub import _html
        from citehub._work import marked_title, shorten_authors

        canonical = self.canonical
        tables = _html.table(
            ("table", "rows", "a row is"),
            (
                (
                    f"<code>hub.{_html.text(name)}</code>",
                    f"{resource['rows']:,}",
                    _html.text(resource["description"]),
                )
                for name, resource in self._resources.items()
            ),
        )
        return (
            f"<p><strong>{_html.text(self.manifest['title'])}</strong>, data version "
            f"{_html.text(self.version)}</p>"
            f"<p>{_html.text(marked_title(canonical))}<br>"
            f"<small>{_html.text(shorten_authors(canonical.authors))}</small></p>"
            f"<p>{_html.text(self.summary())}</p>"
            f"<details open><summary>{len(self.tables)} tables</summary>{tables}</details>"
            f"<p>Go on: <code>hub.citing_works.to_pandas()</code>, "
            f'<code>hub.search("…")</code>, <code>hub.work("…")</code>, '
            f"<code>hub.cite()</code></p>"
        )

    # -- inner ----------------------------------------------------------------------------

    @property
    def _n_citing(self) -> int:
        return self._resources["works"]["rows"] - 1

    def _unknown_table(self, name: str) -> UnknownTable:
        where = f"{self.name} {self.version}"
        hint = "Other versions of the hub, or other hubs, may hold it."
        return UnknownTable.among("table", str(name), self.tables, where=where, hint=hint)

    def _read(self, name: str) -> list[Any]:
        """Return the rows of a table; none where this release does not hold it."""
        return list(self.table(name)) if name in self.tables else []

    def _all_ids(self) -> dict[str, None]:
        """Return the ids of the works in hub order, read once."""
        if not self._work_ids:
            column = self.works.to_arrow(["work_id"]).column(0)
            self._work_ids = dict.fromkeys(map(str, column.to_pylist()))
        return self._work_ids

    def _citing_ids(self) -> list[str]:
        return list(self._all_ids())[1:]

    def _resolve(self, identifier: str) -> str:
        """Return the ``work_id`` of an identifier in any spelling."""
        found = self._find(identifier)
        if found is None:
            raise self._unknown_work(identifier)
        return found

    def _find(self, identifier: str) -> str | None:
        """Return the ``work_id`` of an identifier in any spelling; None where there is none."""
        from citehub._identifiers import parse_identifier

        known = self._all_ids()
        parsed = parse_identifier(identifier)
        candidates = [identifier, parsed.curie] if parsed else [identifier]
        for candidate in candidates:
            if candidate in known:
                return candidate
        if parsed:
            if self._named is None:
                self._named = {
                    (row["scheme"], row["value"].lower()): row["work_id"]
                    for row in reversed(self._read("work_ids"))
                }
            return self._named.get((parsed.scheme, parsed.value.lower()))
        return None

    def _rows_by_work(self, name: str, columns: Sequence[str] | None = None) -> RowsByWork | None:
        """Return the rows of a table by work; None where this release does not hold it."""
        if name not in self.tables:
            return None
        return RowsByWork(self._tables[name], _WORK_COLUMNS.get(name, "work_id"), columns)

    def _look(self, name: str, work_id: str) -> Sequence[Any]:
        """Return the rows of a table that belong to a work; each table is read once."""
        if name not in self._grouped:
            rows = self._rows_by_work(name)
            self._grouped[name] = rows.of() if rows else {}
        return self._grouped[name].get(work_id, [])

    def _make_work(
        self, work_id: str, look: Callable[[str, str], Sequence[Any]] | None = None
    ) -> Work:
        from citehub._work import Work

        look = look or self._look
        (row,) = look("works", work_id)
        return Work(row, f"{self.name} {self.version}", look)

    def _stream(self, work_ids: Sequence[str]) -> Iterator[Work]:
        """Yield works; of a large hub only the rows of some works are dicts at a time."""
        if self._resources["works"]["rows"] <= _CHUNK_WORKS:
            yield from map(self._make_work, work_ids)
            return
        tables: dict[str, RowsByWork | None] = {}
        for start in range(0, len(work_ids), _CHUNK_WORKS):
            chunk = work_ids[start : start + _CHUNK_WORKS]
            look = self._look_within(chunk, tables)
            for work_id in chunk:
                yield self._make_work(work_id, look)

    def _look_within(
        self, work_ids: Sequence[str], tables: dict[str, RowsByWork | None]
    ) -> Callable[[str, str], Sequence[Any]]:
        """Return :meth:`_look` for some works; tables that it reads are kept in ``tables``."""
        grouped: dict[str, dict[str, list[Any]]] = {}

        def look(name: str, work_id: str) -> Sequence[Any]:
            if name not in grouped:
                if name not in tables:
                    tables[name] = self._rows_by_work(name, _STREAMED_COLUMNS.get(name))
                rows = tables[name]
                grouped[name] = rows.of(work_ids) if rows else {}
            return grouped[name].get(work_id, [])

        return look

    def _unknown_work(self, asked: str) -> UnknownWork:
        from citehub._identifiers import parse_identifier

        hint, parsed = "To find works by words, search.", parse_identifier(asked)
        curie = parsed.curie if parsed else asked
        alike = [] if parsed else self.search(asked)[:3]
        if alike:
            named = "; ".join(f"{work.work_id}, {work.title_plain}" for work in alike)
            hint = f"These hold its words: {named}."
        where = f"{self.name} {self.version}"
        return UnknownWork.among("work", curie, self._all_ids(), where=where, hint=hint, most=3)

    def _verify_files(self) -> None:
        """Compare the files with those of the index, or of SHA256SUMS where the folder has it."""
        released, found = self._files, set(os.listdir(self.path))
        if released is None:
            found = {name for name in found if not name.startswith(".")}  # as .git, .DS_Store
            released = read_sums(self.path)
            if released is None:
                return
            found -= {SUMS}
        for name in sorted(found ^ set(released)):
            path = os.path.join(self.path, name)
            if name in found:
                raise DamagedManifest.at(path, "only files that were released", "one that was not")
            raise DamagedManifest.at(path, "the released file", "none")
        verified = {each["path"]: each["hash"] for each in self._resources.values()}
        for name, digest in released.items():
            path = os.path.join(self.path, name)
            found_hash = verified.get(name) or sha256(read_bytes(path, DamagedManifest))
            if found_hash != digest:
                raise DamagedManifest.at(path, f"the released file, {digest}", "another")


class _AbsentTable:
    """What stands for a table that a release lacks: asking for it names those that it holds.

    The tables themselves are plain attributes, so that notebooks complete their columns.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return "a Table, where the release holds it"

    def __get__(self, hub: Hub | None, owner: type[Hub]) -> _AbsentTable:
        if hub is None:
            return self
        raise hub._unknown_table(self.name)  # noqa: SLF001


_TABLE_NAMES = tuple(
    name
    for name, hint in Hub.__annotations__.items()
    if hint.startswith("Table[") and name != "citing_works"
)
for _name in _TABLE_NAMES:
    setattr(Hub, _name, _AbsentTable(_name))

_CHUNK_WORKS = 4096
_STREAMED_COLUMNS = {"evidence": ("table_name", "row_key", "source_id")}  # what exports read

# Where a table holds the work that its rows belong to.
_WORK_COLUMNS = {
    "citations": "citing_work_id",
    "citation_contexts": "citing_work_id",
    "citation_labels": "citing_work_id",
    "evidence": "row_key",
}
