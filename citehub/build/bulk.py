"""A release of a hub that bulk sources were read for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citehub.build.assemble import TRUST, assemble
from citehub.build.release import write_release
from citehub.build.spec import LICENSES, About, ChangeNote, HubSpec, ReleaseSpec
from citehub.sources.registry import SOURCES

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Collection, Iterator

    from citehub.sources.source import Source
    from citehub.sources.statements import Statements

_COMPILATION: Final = (
    "for the compilation; the column sources.rights gives the terms of each source"
)
_MAINTAINER: Final = {"title": "The maintainer of this hub", "roles": ["creator"]}
_FREE: Final = "CC0-1.0"


def name_hub(work_id: str) -> str:
    """Return the name of a hub of a work, from its id.

    Examples
    --------
    >>> name_hub("arxiv:2201.11990")
    'arxiv-2201-11990'
    """
    return re.sub("[^a-z0-9]+", "-", work_id.lower()).strip("-")


def write_hub(  # noqa: PLR0913
    given: Statements,
    target: str,
    *,
    name: str | None,
    version: str,
    created: datetime.date,
    about: About,
    progress: Callable[[str], None],
) -> int:
    """Write a release folder from what bulk sources say, and return its number of citing works.

    Raises
    ------
    BuildError
        The work has no title, or no citing work.
    """
    progress("Join what the sources say")
    given.read_on = created
    tables, work_id = assemble(given)
    n_citing = len(tables["citations"])
    title = next(row["title_plain"] for row in tables["works"] if row["work_id"] == work_id)
    named = [row["source_id"] for row in tables["sources"]]
    read = [each for each in SOURCES if each.option and each.id in named]
    known = ", ".join(each.title for each in read)
    release = ReleaseSpec(
        version=version,
        created=created,
        description=f"Read from: {known}.",
        parts=(),
        changes=(ChangeNote("added", "The whole hub.", "First release.", ", ".join(named)),),
        doi="",
    )
    spec = HubSpec(
        folder="",
        name=name or name_hub(work_id),
        title=about.title or f"Citation hub of {title}",
        description=f'The works that cite "{title}" ({work_id}), as bulk sources know them. Null '
        "means not known. Each source's statement of a citation is a row of citation_sources; "
        "the table evidence names the source of every cell.",
        page="",
        page_source="",
        keywords=("citations", "bibliometrics"),
        licenses=tuple(_licenses(about, read)),
        contributors=about.contributors or (_MAINTAINER,),
        releases=(release,),
        homepage=about.homepage,
        responsible_ai={
            "data_collection": f"Bulk files were read whole and filtered by citation: {known}.",
            "data_collection_missing_data": "Null means not known, never zero or false. Citing "
            "works of which no source gives a title are counted in source_counts and left out.",
            "data_manipulation_protocol": "Records that share a public identifier are one work; "
            "work_joins says which did. "
            "Of what several sources say of it, the first of "
            f"{', '.join(TRUST)} is shown. Identifiers are normalised, nothing is guessed.",
            "data_annotation_protocol": "Roles are Semantic Scholar's intents, which a model "
            "assigns to single passages; how well was not measured here.",
            "data_biases": "What sources cover differs by field, language, publisher and age; "
            "source_counts and source_overlap say how far they agree.",
            "personal_sensitive_information": "Names of authors, as their works print them: "
            "personal data that are public bibliographic facts.",
        },
    )
    facts = {"canonical_work_id": work_id, "hub_class": "not stated"}
    write_release(target, spec, release, (tables, facts), lambda _: "First release.", progress)
    return n_citing


def _licenses(about: About, read: Collection[Source]) -> Iterator[dict[str, str]]:
    """Yield the licences of the compilation, else CC0 where a source allows it.

    After them come the licences that parts of it keep.
    """
    kept = {each.spdx: each for each in read if each.spdx not in {"", _FREE}}
    is_free = any(each.spdx == _FREE for each in read)
    stated = about.licenses or ((LICENSES[_FREE],) if is_free else ())
    for each in stated:
        yield {**each, "title": f"{each['title']} {_COMPILATION}"}
    for name, source in kept.items():
        if LICENSES[name] not in about.licenses:
            of = f"for what comes from {source.title.removesuffix(' datasets')}"
            yield {**LICENSES[name], "title": f"{LICENSES[name]['title']} {of}"}
