"""Languages as reference managers, babel and libraries name them, as codes of ISO 639-1."""

from __future__ import annotations

import re
from typing import Final

_SPELLINGS: Final = (
    "en eng english american british usenglish ukenglish australian canadian",
    "de deu ger german ngerman deutsch austrian naustrian swissgerman nswissgerman",
    "fr fra fre french français francais acadian", "es spa spanish español espanol castellano",
    "it ita italian italiano", "pt por portuguese brazilian português portugues portuges",
    "nl nld dut dutch nederlands", "ru rus russian русский", "uk ukr ukrainian українська",
    "zh zho chi chinese 中文", "ja jpn japanese 日本語", "ko kor korean 한국어",
    "pl pol polish polski", "cs ces cze czech čeština cesky", "sk slk slo slovak slovenčina",
    "sl slv slovene slovenian slovenščina", "hr hrv croatian hrvatski", "sr srp serbian srpski",
    "bg bul bulgarian български", "sv swe swedish svenska", "da dan danish dansk",
    "no nor nb nob nn nno norwegian norsk nynorsk bokmål", "fi fin finnish suomi",
    "is isl ice icelandic íslenska", "et est estonian eesti", "lv lav latvian",
    "lt lit lithuanian",
    "hu hun hungarian magyar", "ro ron rum romanian română", "el ell gre greek ελληνικά",
    "tr tur turkish türkçe", "ca cat catalan català", "la lat latin", "ar ara arabic العربية",
    "fa fas per persian farsi فارسی", "he heb hebrew עברית", "hi hin hindi हिन्दी",
    "id ind indonesian indonesia bahasa", "vi vie vietnamese", "th tha thai ไทย",
)  # fmt: skip
_CODES: Final = {name: names.split()[0] for names in _SPELLINGS for name in names.split()}
_FIRST: Final = re.compile(r"[^\s,;/()_-]+")
_CODE: Final = re.compile("[a-z]{2}")


def parse_language(text: str) -> str | None:
    """Return the code of a language, of several that of the first.

    Raises
    ------
    ValueError
        It is none that is known here.

    Examples
    --------
    >>> [parse_language(text) for text in ("en-GB", "ngerman", "Français", "eng; fre", "")]
    ['en', 'de', 'fr', 'en', None]
    """
    first = _FIRST.search(text.lower())
    if first is None:
        return None
    code = _CODES.get(first[0], first[0])
    if not _CODE.fullmatch(code):
        raise ValueError(f"{text!r:.60} is no language that is known here")
    return code
