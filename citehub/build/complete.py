"""Facts about a hub that its maintainer leaves out; they follow from the sources."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from citehub.build.spec import LICENSES, ChangeNote
from citehub.sources.full_texts import FULL_TEXTS
from citehub.sources.registry import SOURCES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from citehub.build.assemble import Assembled
    from citehub.build.spec import HubSpec, ReleaseSpec
    from citehub.sources.source import Source

_COMPILATION: Final = (
    "for the compilation; the column sources.rights gives the terms of each source"
)
_MAINTAINER: Final = {"title": "The maintainer of this hub", "roles": ["creator"]}
_KEYWORDS: Final = ("citations", "bibliometrics")
_FREE: Final = "CC0-1.0"


def name_hub(work_id: str) -> str:
    """Return the name of a hub of a work, from its id.

    Examples
    --------
    >>> name_hub("arxiv:2201.11990")
    'arxiv-2201-11990'
    """
    return re.sub("[^a-z0-9]+", "-", work_id.lower()).strip("-")


def complete(
    spec: HubSpec, release: ReleaseSpec, made: Assembled, trust: Sequence[str], *, is_first: bool
) -> tuple[HubSpec, ReleaseSpec]:
    """Return the descriptions of a hub and a release, with all that was left out.

    The maintainer describes the hub of a page.
    """
    work_id = made.canonical_work_id
    title = next(row["title_plain"] for row in made.tables["works"] if row["work_id"] == work_id)
    named = [row["source_id"] for row in made.tables["sources"]]
    read = [each for each in SOURCES if each.option and each.id in named]
    titles = {row["source_id"]: row["title"] for row in made.tables["sources"]}
    texts = [FULL_TEXTS] if FULL_TEXTS.id in named else []
    known = "; ".join(titles[each.id] for each in (*read, *texts))
    asked = [each for each in read if each.api and titles[each.id] == each.api.title]
    if not spec.page:
        first = ChangeNote("added", "The whole hub.", "First release.", ", ".join(named))
        release = replace(
            release,
            description=release.description or f"Read from: {known}.",
            changes=release.changes or ((first,) if is_first else ()),
        )
    if spec.page and spec.description:
        return spec, release
    description = (
        f'The works that cite "{title}" ({work_id}), as the sources know them. Null means not '
        "known. Each source's statement of a citation is a row of citation_sources; the table "
        "evidence names the source of every cell."
    )
    completed = replace(
        spec,
        name=spec.name or name_hub(work_id),
        title=spec.title or f"Citation hub of {title}",
        description=spec.description or description,
        keywords=spec.keywords or _KEYWORDS,
        licenses=tuple(_licenses(spec.licenses, read)),
        contributors=spec.contributors or (_MAINTAINER,),
        responsible_ai={**_responsible_ai(_collected(read, asked), trust), **spec.responsible_ai},
    )
    return completed, release


def _collected(read: Sequence[Source], asked: Sequence[Source]) -> str:
    """Return sentences on how the data was collected."""
    filtered = [each.title for each in read if each not in asked]
    answered = [each.api.title for each in asked if each.api]
    methods = {
        "Bulk files were read whole and filtered by citation": filtered,
        "Interfaces were asked for all that cites the work": answered,
    }
    return " ".join(f"{how}: {'; '.join(names)}." for how, names in methods.items() if names)


def _responsible_ai(collected: str, trust: Sequence[str]) -> dict[str, str]:
    return {
        "data_collection": collected,
        "data_collection_missing_data": "Null means not known, never zero or false. Citing works "
        "of which no source gives a title are counted in source_counts and left out.",
        "data_manipulation_protocol": "Records that share a public identifier are one work; "
        "work_joins says which did. Of what several sources say of it, the first of "
        f"{', '.join(trust)} is shown. Identifiers are normalised, nothing is guessed.",
        "data_annotation_protocol": "Roles are Semantic Scholar's intents, which a model "
        "assigns to single passages; how well was not measured here. Roles of the source "
        "citehub-curation are judgements of people.",
        "data_biases": "What sources cover differs by field, language, publisher and age; "
        "source_counts and source_overlap say how far they agree.",
        "personal_sensitive_information": "Names of authors, as their works print them: "
        "personal data that are public bibliographic facts.",
    }


def stated_licenses(
    licenses: Iterable[dict[str, str]], follow: Collection[dict[str, str]]
) -> Iterator[str | dict[str, str]]:
    """Yield the licences that a maintainer states, by name if known.

    Licences that follow from the sources are left out.
    """
    for each in licenses:
        known = LICENSES.get(each["name"])
        if known and each == {**known, "title": f"{known['title']} {_COMPILATION}"}:
            yield each["name"]
        elif each not in follow:
            yield each


def _licenses(
    stated: Collection[dict[str, str]], read: Collection[Source]
) -> Iterator[dict[str, str]]:
    """Yield the licences of the compilation, else CC0 if a source allows it.

    Then come the licences that parts of it keep. What a maintainer described stays.
    """
    is_free = any(each.spdx == _FREE for each in read)
    for each in stated or ((LICENSES[_FREE],) if is_free else ()):
        is_ours = each == LICENSES.get(each["name"])
        yield {**each, "title": f"{each['title']} {_COMPILATION}"} if is_ours else each
    names = {each["name"] for each in stated}
    kept = {each.spdx: each for each in read if each.spdx not in {"", _FREE, *names}}
    for name, source in kept.items():
        of = f"for what comes from {source.title.removesuffix(' datasets')}"
        yield {**LICENSES[name], "title": f"{LICENSES[name]['title']} {of}"}
