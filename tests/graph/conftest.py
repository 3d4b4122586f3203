"""Fixtures: the engines. Spark takes seconds to start, so one session serves the whole run."""

from __future__ import annotations

import os

import pytest

from citehub.bulk.engines import open_engine

MEMORY = 1 << 30
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # Java for what runs seconds, not hours


@pytest.fixture(scope="session")
def duck(tmp_path_factory):
    scratch = os.fspath(tmp_path_factory.mktemp("duckdb"))
    engine = open_engine("duckdb", memory=MEMORY, threads=2, scratch=scratch, master=None)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    scratch = os.fspath(tmp_path_factory.mktemp("spark"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JDK_JAVA_OPTIONS", QUICK)
        engine = open_engine("spark", memory=MEMORY, threads=2, scratch=scratch, master=None)
    yield engine
    engine.close()
