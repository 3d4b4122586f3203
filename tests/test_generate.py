"""What is generated from the declarations is what is committed."""

from __future__ import annotations

import pytest

from tests.generate import COMMAND, ROOT, generate

GENERATED = generate()


@pytest.mark.parametrize("path", GENERATED)
def test_it_is_what_is_committed(path):
    committed = (ROOT / path).read_text("utf-8")
    assert committed == GENERATED[path], f"Write it anew: {COMMAND}"
