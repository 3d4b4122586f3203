"""What the host of the repository reads: workflows and forms that fit its schemas."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema

HOSTED = Path(__file__).parent.parent / ".github"
WORKFLOWS = sorted((HOSTED / "workflows").iterdir())
FORMS = sorted(path for path in (HOSTED / "ISSUE_TEMPLATE").iterdir() if path.stem != "config")


@pytest.mark.parametrize(
    ("schema", "paths"), [("github-workflows", WORKFLOWS), ("github-issue-forms", FORMS)]
)
def test_they_fit_the_schema_of_the_host(schema, paths):
    told = get_builtin_schema(f"vendor.{schema}")
    for path in paths:
        # YAML's `on` is a truth to Python's reader
        text = path.read_text("utf-8").replace("\non:", '\n"on":')
        jsonschema.validate(yaml.safe_load(text), told)
    assert paths


def test_every_action_is_pinned_and_every_job_says_what_it_may():
    for path in WORKFLOWS:
        used = re.findall(r"uses: (\S+)(.*)", path.read_text("utf-8"))
        unpinned = [
            name
            for name, comment in used
            if not re.search("@[0-9a-f]{40}$", name) or not re.match(r" # v[\d.]+$", comment)
        ]
        assert unpinned == []
        told = yaml.safe_load(path.read_text("utf-8"))
        assert all("permissions" in {*told, *job} for job in told["jobs"].values())


def test_only_one_job_can_publish_and_it_runs_nothing_of_ours():
    release = yaml.safe_load((HOSTED / "workflows" / "release.yml").read_text("utf-8"))
    assert release["permissions"] == {}
    jobs = release["jobs"]
    assert [name for name, job in jobs.items() if job.get("environment") == "pypi"] == ["publish"]
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    ran = [step.get("run", "rm dist/notes.md") for step in jobs["publish"]["steps"]]
    assert set(ran) == {"rm dist/notes.md"}
