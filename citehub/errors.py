"""Errors, each of which says what was asked, what exists and what to do next.

::

    CitehubError
    ├── UnknownName (LookupError)   a name that does not exist
    │   ├── UnknownHub
    │   ├── UnknownVersion
    │   ├── UnknownTable (AttributeError)
    │   ├── UnknownColumn
    │   ├── UnknownWork
    │   │   └── SeveralWorks        a title that several works have; lists them
    │   ├── UnknownSelection        a value of a condition: a theme, a venue ...
    │   │   └── NothingKnown        a condition on something not known for any work
    │   └── UnknownFormat           of an export or a citation
    ├── NoDatasets                  this installation has no data
    ├── MissingExtra (ImportError)  an optional library is not installed
    ├── NoFile (AttributeError)     a table that has no file of its own
    ├── DamagedRelease              a file on disk differs from the released one
    │   ├── DamagedIndex            index.json
    │   ├── DamagedManifest         datapackage.json
    │   ├── DamagedTable            a Parquet file
    │   └── OverLimit               larger than citehub reads of a stranger's release
    ├── BadSignature                a published folder is not signed by the key that was given
    ├── NewerRelease                a newer citehub wrote it, in a form not known here
    ├── BuildError                  a release cannot be built
    │   ├── SourceError             a source is wrong; names the file and the line
    │   ├── BumpTooSmall            the version announces less than the changes are
    │   └── HubInUse                another process writes into the hub folder
    ├── FetchError                  a source on the network gave no answer
    │   ├── Unreachable             it cannot be reached
    │   ├── KeyRefused              it refuses the key, or wants one
    │   ├── BudgetUsedUp            it gives no more for now, and says when to come back
    │   ├── TooLarge                it refuses an answer of this size
    │   └── BadAnswer               its answer is damaged or of another kind
    ├── UnreadableText (ValueError) a full text that cannot be read, and why
    ├── TargetExists                a file, folder or release is never overwritten unasked
    ├── NotAdded                    a hub from elsewhere is not taken into the home of hubs
    ├── LockMismatch                a lock does not name what was asked for, or names other bytes
    └── BadArgument (ValueError)    an argument that is not allowed
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Self

__all__ = [
    "BadAnswer",
    "BadArgument",
    "BadSignature",
    "BudgetUsedUp",
    "BuildError",
    "BumpTooSmall",
    "CitehubError",
    "DamagedIndex",
    "DamagedManifest",
    "DamagedRelease",
    "DamagedTable",
    "FetchError",
    "HubInUse",
    "KeyRefused",
    "LockMismatch",
    "MissingExtra",
    "NewerRelease",
    "NoDatasets",
    "NoFile",
    "NotAdded",
    "NothingKnown",
    "OverLimit",
    "SeveralWorks",
    "SourceError",
    "TargetExists",
    "TooLarge",
    "UnknownColumn",
    "UnknownFormat",
    "UnknownHub",
    "UnknownName",
    "UnknownSelection",
    "UnknownTable",
    "UnknownVersion",
    "UnknownWork",
    "Unreachable",
    "UnreadableText",
]


class CitehubError(Exception):
    """Base of every error that citehub raises on purpose."""


class UnknownName(CitehubError, LookupError):
    """A name that does not exist.

    Attributes
    ----------
    asked : str
        The name that was asked for.
    known : tuple of str
        The names that exist.
    nearest : tuple of str
        Up to three known names that resemble it, the nearest first.
    """

    def __init__(
        self,
        message: str,
        asked: str = "",
        known: Sequence[str] = (),
        nearest: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.asked = asked
        self.known = tuple(known)
        self.nearest = tuple(nearest)

    @classmethod
    def among(  # noqa: PLR0913
        cls,
        what: str,
        asked: str,
        known: Iterable[str],
        *,
        where: str = "",
        hint: str = "",
        most: int = 12,
    ) -> Self:
        """Build the error for one name among those that exist.

        Parameters
        ----------
        what : str
            The kind of thing asked for, as ``"table"``.
        asked : str
            The name that was asked for.
        known : iterable of str
            The names that exist.
        where : str, optional
            Where it was looked for, as ``"mt-nlg 1.1.0"``.
        hint : str, optional
            The next step, a sentence.
        most : int, optional
            The most known names that the message lists.

        Returns
        -------
        UnknownName
            An error of this class.
        """
        names = list(known)
        nearest = _nearest(asked, names)
        message = f"There is no {what} {asked!r}{' in ' + where if where else ''}."
        if nearest:
            message += f" Did you mean {nearest[0]!r}?"
        listed = ", ".join(names[:most]) or "none"
        more = f" and {len(names) - most} more" if len(names) > most else ""
        message += f" Known: {listed}{more}."
        return cls(f"{message} {hint}".rstrip(), asked, names, nearest)


class UnknownHub(UnknownName):
    """A hub that this installation does not have."""


class UnknownVersion(UnknownName):
    """A version that a hub does not have."""


class UnknownTable(UnknownName, AttributeError):
    """A table that a release does not have; ``hasattr(hub, "themes")`` is False for it."""


class UnknownColumn(UnknownName):
    """A column that a table does not have."""


class UnknownWork(UnknownName):
    """A work that a hub does not have."""


class SeveralWorks(UnknownWork):
    """A title that several works have.

    Attributes
    ----------
    choices : dict of str to str
        The title and year of each work, by an identifier of it.
    """

    def __init__(self, asked: str, choices: Mapping[str, str], n_works: int) -> None:
        listed = "".join(f"\n  {name}  {words}" for name, words in choices.items())
        more = f"\n  and {n_works - len(choices):,} more" if n_works > len(choices) else ""
        message = (
            f"{n_works:,} works have the title {asked!r:.202}. Name one by its id:{listed}{more}"
        )
        super().__init__(message, asked, tuple(choices))
        self.choices = dict(choices)


class UnknownSelection(UnknownName):
    """A value that no work of a hub has: a theme, a venue, a role, a method of representatives."""


class NothingKnown(UnknownSelection):
    """A condition on something that a hub does not know for any citing work."""


class UnknownFormat(UnknownName):
    """A format that citehub does not write."""


class NoDatasets(CitehubError):
    """The installation has no data."""


class MissingExtra(CitehubError, ImportError):
    """An optional library is not installed."""

    @classmethod
    def of(cls, library: str, extra: str) -> Self:
        """Return an error with the library and the command that installs it."""
        return cls(
            f"This needs {library}, which is not installed. "
            f'Install it with: python -m pip install "citehub[{extra}]"'
        )


class NoFile(CitehubError, AttributeError):
    """A table that has no file of its own; ``hasattr(table, "path")`` is False for it."""


class DamagedRelease(CitehubError):
    """A file on disk differs from the released one.

    Attributes
    ----------
    path : str
        The damaged file.
    expected, found : str
        What it should hold, and what it holds.
    """

    def __init__(self, message: str, path: str = "", expected: str = "", found: str = "") -> None:
        super().__init__(message)
        self.path = path
        self.expected = expected
        self.found = found

    @classmethod
    def at(cls, path: str, expected: str, found: str) -> Self:
        """Return an error with the file, what was expected, what was found and what to do."""
        message = (
            f"{path} is damaged: expected {expected}; found {found}. "
            "Restore it: 'git checkout' in a clone, 'pip install --force-reinstall' of the "
            f"package, or {cls._other_way(path)}."
        )
        return cls(message, path, expected, found)

    @classmethod
    def _other_way(cls, _path: str) -> str:
        return "get the folder again; a correction makes a new version"


class DamagedIndex(DamagedRelease):
    """The list of a hub's releases, ``index.json``, cannot be trusted."""

    @classmethod
    def _other_way(cls, path: str) -> str:
        import os  # only an error needs them
        import shlex

        folder = shlex.quote(os.path.dirname(path))
        return f"rebuild it from the releases in its folder: citehub build {folder}"


class DamagedManifest(DamagedRelease):
    """A release's manifest, ``datapackage.json``, cannot be trusted."""


class DamagedTable(DamagedRelease):
    """A table's Parquet file cannot be trusted."""


class OverLimit(DamagedRelease):
    """A file that holds more than citehub reads of a stranger's release; nothing was decoded."""

    @classmethod
    def at(cls, path: str, expected: str, found: str) -> Self:
        """Return an error with the file, the limit, what was found, and how to lift the limits."""
        message = (
            f"{path} is too large to be read unasked: it has {found}; the limit is {expected}. "
            "If you trust who made it, set the environment variable CITEHUB_LIMITS=off."
        )
        return cls(message, path, f"at most {expected}", found)


class BadSignature(CitehubError):
    """A published folder is not signed, or not by the owner of the key that was given.

    Attributes
    ----------
    path : str
        The signature.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path

    @classmethod
    def at(cls, path: str, problem: str) -> Self:
        """Return an error with the file, the problem and the next step."""
        return cls(
            f"{path} is no signature to rely on. {problem} Trust nothing in this folder: get it "
            "again, and ask its maintainer for the public key by another way.",
            path,
        )


class NewerRelease(CitehubError):
    """A release that a newer citehub wrote and this one cannot read."""

    @classmethod
    def at(cls, path: str, schema: int, known: int, expected: str, found: str) -> Self:
        """Return an error with the file, its schema, the newest known one and the unknown part."""
        return cls.of(
            path,
            f"it has schema {schema}, and this citehub knows schemas up to {known}. Expected "
            f"{expected}; found {found}",
        )

    @classmethod
    def of(cls, path: str, what: str) -> Self:
        """Return an error with the file, the newer part, and how to upgrade."""
        return cls(
            f"A newer citehub wrote {path}: {what}. "
            "Upgrade with: python -m pip install --upgrade citehub"
        )


class BuildError(CitehubError):
    """A release cannot be built; nothing was written."""


class SourceError(BuildError):
    """A source is wrong."""

    @classmethod
    def at(cls, path: str, line: int, problem: str) -> Self:
        """Return an error with the file, the line (from 1; 0 for the whole file), the problem."""
        return cls(f"{path}, line {line}: {problem}" if line else f"{path}: {problem}")


class BumpTooSmall(BuildError):
    """The version of a release announces less than its changes are."""


class HubInUse(BuildError):
    """Another process writes into the hub folder, and is not disturbed."""


class FetchError(CitehubError):
    """A source on the network gave no usable answer."""


class Unreachable(FetchError):
    """A source cannot be reached, or fails every time."""


class KeyRefused(FetchError):
    """A source refuses the key, or answers nobody without one."""


class BudgetUsedUp(FetchError):
    """A source gives no more for now; the message says when to come back."""


class TooLarge(FetchError):
    """A source refuses an answer of this size."""


class BadAnswer(FetchError):
    """The answer of a source is damaged, of another kind, or endless."""


class UnreadableText(CitehubError, ValueError):
    """A full text that cannot be read; it never counts as one without passages.

    Attributes
    ----------
    path : str
        The file or folder.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path

    @classmethod
    def at(cls, path: str, problem: str, hint: str = "") -> Self:
        """Return an error with the file, the problem and the next step."""
        return cls(f"{path} cannot be read: {problem.removesuffix('.')}. {hint}".rstrip(), path)


class TargetExists(CitehubError):
    """A file, folder or released version exists already; citehub does not overwrite it unasked."""


class NotAdded(CitehubError):
    """A hub from elsewhere is not taken: its name is another's, it goes back, or it changed."""


class LockMismatch(CitehubError):
    """A lock counts here, and names no such release, or one with other bytes."""


class BadArgument(CitehubError, ValueError):
    """An argument that is not allowed."""

    @classmethod
    def of(cls, name: str, value: object, allowed: str) -> Self:
        """Return an error with the argument, its value and what is allowed."""
        return cls(f"{name} is {value!r}; it must be {allowed}.")


def _nearest(asked: str, known: Sequence[str]) -> list[str]:
    import difflib  # only an error needs it

    by_lower = {name.casefold(): name for name in reversed(known)}
    close = difflib.get_close_matches(asked.casefold(), by_lower, n=3, cutoff=0.5)
    return [by_lower[name] for name in close]
