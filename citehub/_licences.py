"""The licences that let anybody publish a text again, with its authors named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME: Final = re.compile(
    r"cc0(-1\.0)?|cc-by(-sa)?(-[1-9]\.[0-9](-(?!nc|nd)[a-z]{2,3})?)?", re.IGNORECASE
)
_ADDRESS: Final = re.compile(
    r"https?://(www\.)?creativecommons\.org/"
    r"(publicdomain/zero/1\.0|licenses/by(-sa)?/[1-9]\.[0-9](/(igo|[a-z]{2}))?)"
    r"(/(deed|legalcode)(\.[a-z-]+)?)?/?",
    re.IGNORECASE,
)


def is_open_licence(licence: str | None) -> bool:
    """Tell whether a licence is CC0, CC BY or CC BY-SA, of any version.

    Parameters
    ----------
    licence : str, optional
        Its SPDX name, or the address of its terms; None if it is not known.

    Examples
    --------
    >>> named = ["CC-BY-4.0", "https://creativecommons.org/licenses/by-sa/3.0/", "CC0-1.0"]
    >>> [is_open_licence(each) for each in named]
    [True, True, True]
    >>> others = ["CC-BY-NC-4.0", "http://arxiv.org/licenses/nonexclusive-distrib/1.0/", None]
    >>> [is_open_licence(each) for each in others]
    [False, False, False]
    """
    text = (licence or "").strip()
    return bool(_NAME.fullmatch(text.replace(" ", "-")) or _ADDRESS.fullmatch(text))


def are_open(licences: Iterable[str | None]) -> bool:
    """Tell whether the words of a text may be kept: every reading states an open licence.

    Parameters
    ----------
    licences : iterable of str or None
        The licence that each reading of the text states.

    Examples
    --------
    >>> are_open(["CC-BY-4.0"]), are_open(["CC-BY-4.0", None]), are_open([])
    (True, False, False)
    """
    stated = list(licences)
    return bool(stated) and all(map(is_open_licence, stated))
