"""Inputs for parsers: what is almost right, and what is not at all."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import SearchStrategy

_MOST = 4000  # letters of a repeated piece
_ODD = (
    *("", " ", "\n", "\r\n", "\t", "\0", "\x07", "\x1b[31m", "\u2028", "\u202e", "\ufeff", "é"),
    *("e\u0301", "日本", "\U0001f600", "ﬁ", "İ", "ß", "²", "-", "--", "'", '"', "`", "\\"),
    *("0", "-1", "1e999", "99999999999999999999", "NaN", "null", "true", "٣", "../x", "<script>"),
    *(
        "javascript:alert(1)",
        "http://",
        "https://[",
        "//",
        "%00",
        "%",
        "&amp;",
        "&#0;",
        "&#xD800;",
    ),
)
JUNK: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, -(10**400), 0.5, 1e300, float("nan")),
    *([], {}, [[]], [None], {"": None}, {"id": []}, [{}], [[[[["deep"]]]]]),
    *_ODD,
    "x" * 300,
    "\ud800",
)


def texts(*pieces: str, most: int = 30) -> SearchStrategy[str]:
    """Return a strategy for texts of pieces, some repeated often, and of any letters."""
    piece = st.one_of(
        st.sampled_from(pieces), st.sampled_from(_ODD), st.text(max_size=6, alphabet=_LETTERS)
    )
    repeated = st.tuples(piece, st.sampled_from([1] * 12 + [3, 50, 2000])).map(_repeat)
    return st.lists(repeated, max_size=most).map("".join)


_LETTERS = st.characters(exclude_categories=["Cs"])


def _repeat(given: tuple[str, int]) -> str:
    piece, times = given
    return piece * min(times, _MOST // max(1, len(piece)) or 1)


@st.composite
def edited(draw: Any, *samples: str, pieces: Sequence[str] = ()) -> str:
    """Return a right text with a few parts lost, repeated, replaced or put in."""
    text: str = draw(st.sampled_from(samples))
    more = texts(*(pieces or _ODD), most=3)
    for _ in range(draw(st.integers(0, 4))):
        begin = draw(st.integers(0, len(text)))
        end = min(len(text), begin + draw(st.sampled_from([0, 0, 1, 1, 2, 5, 20, 100])))
        way = draw(st.sampled_from(["replace", "replace", "lose", "repeat", "cut"]))
        part = {"replace": draw(more), "lose": "", "repeat": text[begin:end] * 2}.get(way)
        text = text[:begin] if part is None else text[:begin] + part + text[end:]
    return text


def near(*samples: str, pieces: Sequence[str] = ()) -> SearchStrategy[str]:
    """Return a strategy for texts near to samples, and for others of the same pieces."""
    split = [each for sample in samples for each in sample.split(" ")[:40]]
    every = [*pieces, *split]
    return st.one_of(edited(*samples, pieces=every), texts(*every))


def as_bytes(given: SearchStrategy[str]) -> SearchStrategy[bytes]:
    """Return a strategy for files of such texts, in some encodings, whole or not."""
    encoded = st.tuples(given, st.sampled_from([*["utf-8"] * 9, "utf-16", "latin-1", "utf-8-sig"]))
    plain = encoded.map(lambda each: each[0].encode(each[1], "replace"))
    broken = st.tuples(plain, st.binary(max_size=4), st.integers(0, 10**4)).map(_put_in)
    return st.one_of(plain, plain, plain, broken, st.binary(max_size=60))


def _put_in(given: tuple[bytes, bytes, int]) -> bytes:
    data, more, at = given
    at %= len(data) + 1
    return data[:at] + more + data[at:]


@st.composite
def changed(draw: Any, *samples: Any) -> Any:
    """Return right JSON with a few of its parts lost, doubled or replaced by anything."""
    value = copy.deepcopy(draw(st.sampled_from(samples)))
    for _ in range(draw(st.integers(0, 4))):
        places = [*_places(value)]
        if not places:
            return value
        part, key = draw(st.sampled_from(places))
        way = draw(st.sampled_from(["junk", "junk", "junk", "lose", "double", "swap"]))
        if way == "lose":
            del part[key]
        elif way == "double" and isinstance(part, list):
            part.insert(key, copy.deepcopy(part[key]))
        elif way == "swap":
            other, place = draw(st.sampled_from(places))
            part[key] = copy.deepcopy(other[place]) if _holds(other, place) else None
        else:
            part[key] = copy.deepcopy(draw(st.sampled_from(JUNK)))
    return value


def _holds(part: Any, key: Any) -> bool:
    return key in part if isinstance(part, dict) else key < len(part)


def _places(value: Any) -> Any:
    if isinstance(value, dict | list):
        keys = [*value] if isinstance(value, dict) else range(len(value))
        for key in keys:
            yield value, key
            yield from _places(value[key])


def to_json(value: Any) -> str:
    """Return a value as JSON that may hold what JSON does not know."""
    return json.dumps(value)


def json_files(*samples: Any) -> SearchStrategy[bytes]:
    """Return a strategy for files of JSON near to samples, some broken as texts."""
    values = st.one_of(changed(*samples), st.sampled_from(JUNK))
    plain = values.map(to_json).map(str.encode)
    return st.one_of(plain, plain, plain, as_bytes(near(*map(to_json, samples))))
