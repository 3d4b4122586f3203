"""Words for running text: names of sources, numbers as people write them, escaped text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from citehub import _html, _markdown
from citehub.errors import UnknownSelection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from citehub._hub import Hub
    from citehub._rows import SourceRow

_NAME_ENDS: Final = re.compile(r"[,;:(]| of (?=[A-Z])")
_BILLION: Final = 1e9
_TRILLION: Final = 1e12
_SMALL: Final = 1e-3
OWN_ARITHMETIC: Final = "our own arithmetic"
_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plain(text: object) -> str:
    r"""Return text from outside as Markdown that shows it unchanged.

    Parameters
    ----------
    text : object
        A title, a name, a finding.

    Returns
    -------
    str
        One line in which no markup, mathematics or HTML is left.

    Examples
    --------
    >>> plain("M$^2$RNN: <b>states</b>")
    'M\\$^2\\$RNN: &lt;b&gt;states&lt;/b&gt;'
    """
    return _markdown.text(text)


def number(value: float | None, digits: int = 4) -> str:
    """Write a number as people do: in billions, as a power of ten, or in full.

    Parameters
    ----------
    value : float or None
        The number; any kind of null is not known.
    digits : int, default 4
        Significant digits of billions and of powers of ten.

    Returns
    -------
    str
        The number in words and digits, for running text.

    Examples
    --------
    >>> number(5.296e11), number(5e-05), number(20480), number(None)
    ('529.6 billion', '5 × 10⁻⁵', '20,480', 'not known')
    """
    if value is None or is_null(value):
        return "not known"
    size = abs(value)
    if _BILLION <= size < _TRILLION:
        return f"{value / _BILLION:,.{digits}g} billion"
    if size >= _TRILLION or 0 < size < _SMALL:
        mantissa, power = f"{value:.{digits - 1}e}".split("e")
        return f"{float(mantissa):g} × 10{str(int(power)).translate(_RAISED)}"
    return f"{value:,.10g}"


def percent(share: float, digits: int = 1, sign: str = "") -> str:
    r"""Write a share as a percentage, with a no-break space and a true minus.

    Parameters
    ----------
    share : float
        The share; 1 is all.
    digits : int, default 1
        Digits behind the point.
    sign : {'', '+'}, default ''
        Whether a plus stands before what is above 0.

    Returns
    -------
    str
        The percentage, for running text.

    Examples
    --------
    >>> percent(0.302), percent(-0.2, 0), percent(0.05, sign="+")
    ('30.2\xa0%', '−20\xa0%', '+5.0\xa0%')
    """
    return typeset(f"{share:{sign}.{digits}%}")


def typeset(number: str) -> str:
    """Return a written number with a true minus and a space before the sign of per cent."""
    return re.sub(r"(?<=\d)%", "\xa0%", re.sub(r"-(?=[\d.])", "−", number))


def fact(row: Mapping[str, Any]) -> str:
    """Write a fact: its number with its unit, or its text.

    Parameters
    ----------
    row : mapping
        A row of table ``canonical_facts``.

    Returns
    -------
    str
        The fact, for running text and tables; without a dimension, only the number.

    Examples
    --------
    >>> import citehub
    >>> facts = {row["name"]: row for row in citehub.load("mt-nlg").canonical_facts}
    >>> fact(facts["tensor_parallel"]), fact(facts["precision"])
    ('8 GPUs', 'bfloat16 mixed precision')
    """
    if is_null(row["value"]):
        return re.sub(r"(?<=\w) x (?=\w)", " × ", str(row["value_text"]))
    unit = row["unit"]
    return number(row["value"]) + ("" if is_null(unit) or unit == "dim" else f" {unit}")


class Source(str):
    """A source as Markdown; tables and figures show its name as a link. Made by :func:`source`.

    Attributes
    ----------
    name : str
        The short name, as :func:`source_name` gives it.
    url : str
        Its address; empty where none is known.
    """

    __slots__ = ("name", "url")
    name: str
    url: str


def source(hub: Hub, source_id: str) -> Source:
    """Return a source of a hub as Markdown: its short name, linked if it has an address.

    Parameters
    ----------
    hub : Hub
        An open release.
    source_id : str
        A ``source_id`` of table ``sources``.

    Returns
    -------
    Source
        The source, for running text, a cell of :func:`table`, and the caption of :func:`figure`.

    Raises
    ------
    UnknownSelection
        The hub has no such source; the error names what exists.

    Examples
    --------
    >>> import citehub
    >>> source(citehub.load("mt-nlg"), "arxiv-2104.04473")
    '[Narayanan et al. 2021](<https://arxiv.org/abs/2104.04473>)'
    """
    (row,) = source_rows(hub, [source_id])
    name, url = _short_name(row), row["url"] or ""
    found = Source(_markdown.link(url, name))
    found.name, found.url = name, url
    return found


def name_sources(sources: Iterable[Source]) -> str:
    """Return a sentence of HTML that names sources, each once and linked; empty without any."""
    named = [_html.link(source.url, source.name) for source in dict.fromkeys(sources)]
    return f"Source{'s' * (len(named) > 1)}: {', '.join(named)}." if named else ""


def source_name(hub: Hub, source_id: str) -> str:
    """Return the short name of a source: its title up to a comma, colon, bracket or name.

    Parameters
    ----------
    hub : Hub
        An open release.
    source_id : str
        A ``source_id`` of table ``sources``.

    Returns
    -------
    str
        The short name; for a repository, its name without the owner.

    Raises
    ------
    UnknownSelection
        The hub has no such source; the error names what exists.

    Examples
    --------
    >>> import citehub
    >>> hub = citehub.load("mt-nlg")
    >>> source_name(hub, "nvidia-blog-2021"), source_name(hub, "megatron-lm-repo")
    ('NVIDIA technical blog', 'Megatron-LM')
    """
    (row,) = source_rows(hub, [source_id])
    return _short_name(row)


def _short_name(row: SourceRow) -> str:
    if row["kind"] == "derived":
        return OWN_ARITHMETIC
    name = _NAME_ENDS.split(row["title"], maxsplit=1)[0].strip()
    return name.removesuffix(" repository").rsplit("/", 1)[-1]


def source_rows(hub: Hub, ids: Iterable[str]) -> list[SourceRow]:
    """Return the rows of some sources in table order; an error for others says which exist."""
    rows = {row["source_id"]: row for row in hub.sources}
    wanted = set(ids)
    for source_id in sorted(wanted - rows.keys()):
        raise UnknownSelection.among("source", source_id, rows)
    return [row for source_id, row in rows.items() if source_id in wanted]


def is_null(value: Any) -> bool:
    """Tell whether a cell is a null of Python, NumPy or pandas."""
    return value is None or type(value).__name__ in {"NAType", "NaTType"} or value != value  # noqa: PLR0124
