"""Citations among the citing works, from their lists of references."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from citehub._rows import LocalCitationRow
    from citehub.sources.records import Edge


def local_citations(
    edges: Iterable[Edge],
    work_of: Mapping[tuple[str, str], str],
    order: Sequence[str],
    trust: Sequence[str],
) -> Iterator[LocalCitationRow]:
    """Yield each source's statements of citations among some works, in the order of the works.

    A record that cites several records of a work counts once; versions of one work do not cite
    each other.

    Parameters
    ----------
    edges : iterable of Edge
        Statements that one record cites another.
    work_of : mapping of tuple to str
        The work of each record, by source and record id; statements of other records are left out.
    order : sequence of str
        The works; statements of others are left out, too.
    trust : sequence of str
        The sources, the most trusted first.

    Examples
    --------
    >>> from citehub.sources.records import Edge
    >>> work_of = {("s2", "1"): "doi:10.5555/one", ("s2", "2"): "doi:10.5555/two"}
    >>> edges = [Edge("s2", "1", "2"), Edge("s2", "1", "1"), Edge("s2", "3", "1")]
    >>> for row in local_citations(edges, work_of, ["doi:10.5555/two", "doi:10.5555/one"], ["s2"]):
    ...     print(row["citing_work_id"], row["cited_work_id"], row["source_id"], row["record_id"])
    doi:10.5555/one doi:10.5555/two s2 1
    """
    place = {work_id: number for number, work_id in enumerate(order)}
    found: list[tuple[int, int, int, str, str, bool | None]] = []
    for edge in edges:
        citing = place.get(work_of.get((edge.source_id, edge.citing), ""))
        cited = place.get(work_of.get((edge.source_id, edge.cited), ""))
        if citing is not None and cited is not None and citing != cited:
            source = trust.index(edge.source_id)
            found.append((citing, cited, source, edge.citing, edge.cited, edge.is_influential))
    found.sort(key=lambda each: each[:5])
    for (citing, cited, source, record), those in itertools.groupby(found, lambda each: each[:4]):
        statements = list(those)
        influences = {is_influential for *_, is_influential in statements} - {None}
        yield {
            "citing_work_id": order[citing],
            "cited_work_id": order[cited],
            "source_id": trust[source],
            "record_id": record,
            "cited_record_id": statements[0][4],
            "is_influential": any(influences) if influences else None,
        }
