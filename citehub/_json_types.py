"""Types of the JSON files ``datapackage.json`` and ``index.json``, for type checkers.

Only annotations need them: nothing imports this module at run time.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict


class Constraints(TypedDict, total=False):
    """What the values of a field must satisfy."""

    required: bool
    enum: list[str]
    minimum: float
    maximum: float


class _FieldRequired(TypedDict):
    name: str
    type: str
    arrowType: str
    description: str


class Field(_FieldRequired, total=False):
    """One column, as Data Package describes it; ``arrowType``, ``unit`` and ``asOf`` are ours."""

    format: str
    unit: str
    asOf: bool
    constraints: Constraints


class Reference(TypedDict):
    """The far side of a foreign key."""

    resource: str
    fields: list[str]


class ForeignKey(TypedDict):
    """Columns whose values are in another table."""

    fields: list[str]
    reference: Reference


class Schema(TypedDict):
    """Columns and keys of a table."""

    fields: list[Field]
    primaryKey: list[str]
    foreignKeys: NotRequired[list[ForeignKey]]


class Resource(TypedDict):
    """One table; ``rows`` and ``content_hash`` are ours."""

    name: str
    path: str
    type: str
    format: str
    mediatype: str
    description: str
    bytes: int
    hash: str
    rows: int
    content_hash: str
    schema: Schema


class License(TypedDict):
    """Terms of reuse."""

    name: str
    path: str
    title: str


class Contributor(TypedDict):
    """Who made the dataset."""

    title: str
    roles: list[str]


class PackageSource(TypedDict, total=False):
    """Where the data comes from."""

    title: str
    path: str


class HubInfo(TypedDict):
    """What makes this data package a citation hub; ``responsible_ai`` is its maintainer's.

    ``schema_version`` is that of ``citehub._schema``; the first releases do not name it.
    ``own_tables`` are those that the hub declares; the first two schemas do not name them.
    ``publish_sentences`` says why the maintainer may publish the words of passages.
    """

    hub: str
    canonical_work_id: str
    hub_class: str
    schema_version: NotRequired[int]
    responsible_ai: NotRequired[dict[str, str]]
    own_tables: NotRequired[list[str]]
    publish_sentences: NotRequired[str]


class Manifest(TypedDict):
    """The manifest of a release; the file also holds ``$schema``, which no name can spell."""

    name: str
    id: NotRequired[str]
    title: str
    description: str
    homepage: NotRequired[str]
    version: str
    created: str
    keywords: list[str]
    licenses: list[License]
    contributors: list[Contributor]
    sources: list[PackageSource]
    citehub: HubInfo
    resources: list[Resource]


class HubIndex(TypedDict):
    """The content of ``index.json``: the SHA-256 of every file of every release of a hub."""

    format: str
    name: str
    title: str
    default: str
    versions: dict[str, dict[str, str]]
