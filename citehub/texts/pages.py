"""Paragraphs across the end of a page, in texts that were read from pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citehub.texts.blocks import MARK
from citehub.texts.sentences import split_sentences

if TYPE_CHECKING:
    from citehub.texts.blocks import Block

_ENDED: Final = re.compile(r"[.!?:;…][\"'”’»)\]]*\W{0,3}$")
_END: Final = 20
_PARAGRAPH_LETTERS: Final = 20_000


def joined(blocks: list[Block]) -> list[Block]:
    """Join paragraphs that a page, or a float, split."""
    whole: list[Block] = []
    last_at = -1
    for block in blocks:
        last = whole[last_at] if 0 <= last_at < len(whole) else None
        if (
            last is not None
            and last.place == "abstract"
            and block.place == "text"
            and block.is_open
            and not _ENDED.search(last.text[-_END:])
        ):
            _carry(last, block)
        if (
            last is not None
            and last.is_open
            and block.is_open
            and len(last.text) < _PARAGRAPH_LETTERS
            and last.place == block.place
            and last.section == block.section
            and not _ENDED.search(last.text[-_END:])
            and (
                block.text[:1].islower()
                or block.text[:1] in "(,;["
                or last.text[-300:].count("(") > last.text[-300:].count(")")
            )
        ):
            last.text = f"{last.text} {block.text}"
            last.marks += block.marks
            continue
        whole.append(block)
        if block.place not in {"footnote", "caption", "table"}:
            last_at = len(whole) - 1
    return whole


def _carry(last: Block, block: Block) -> None:
    """Move the sentence that an abstract breaks off in to the paragraph that goes on with it."""
    begin, _ = split_sentences(last.text, last.marks)[-1]
    n_before = last.text.count(MARK, 0, begin)
    block.text = f"{last.text[begin:]} {block.text}"
    block.marks = last.marks[n_before:] + block.marks
    last.text, last.marks = last.text[:begin].rstrip(), last.marks[:n_before]
