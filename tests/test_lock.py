"""The lock, which CI installs, fits what ``pyproject.toml`` asks for."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PIN = re.compile(r"^([\w.-]+)==(\S+)(?: ; (.*?))? \\\n(?:    --hash=sha256:\w{64}(?: \\\n|\n))+")


def grouped(name):
    """Yield the requirements of a group, with those of the groups that it includes."""
    for each in PROJECT["dependency-groups"][name]:
        if isinstance(each, dict):
            yield from grouped(each["include-group"])
        else:
            yield each


def asked():
    """Return what is asked for, but citehub itself."""
    project = PROJECT["project"]
    extras = chain.from_iterable(project["optional-dependencies"].values())
    every = map(Requirement, [*project["dependencies"], *extras, *grouped("test")])
    return [each for each in every if each.name != "citehub"]


def test_the_lock_has_a_version_for_each_requirement_and_hashes_for_each_version():
    text = (ROOT / "requirements.lock").read_text("utf-8")
    pins = [*re.compile(PIN.pattern, re.MULTILINE).finditer(text)]
    assert "".join(pin[0] for pin in pins) == text
    locked = {}
    for pin in pins:
        locked.setdefault(pin[1], []).append(pin[2])
    unfit = [
        f"{each}: {locked.get(canonicalize_name(each.name))}"
        for each in asked()
        if not all(map(each.specifier.contains, locked.get(canonicalize_name(each.name), [""])))
    ]
    assert unfit == [], "Write it anew: make lock"
    assert len(locked) > 100
