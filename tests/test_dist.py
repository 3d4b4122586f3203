"""Wheel and sdist: what they hold, and that the installed copy works from anywhere."""

from __future__ import annotations

import io
import json
import lzma
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import citehub
from citehub._manifest import MANIFEST, sha256
from citehub.notebooks import read_notebooks

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent
AROUND = {
    ".gitignore", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "LICENSE-DATA",
    "PKG-INFO", "README.md", "SECURITY.md", "hatch_build.py", "pyproject.toml",
}  # fmt: skip
BUNDLE = "citehub/explorer/bundle"
PACKED = ("releases", "source")
SMOKE = """
import citehub, os
from citehub._packed import cache_folder
assert citehub.__file__.startswith({target!r}), citehub.__file__
for name in citehub.hubs():
    for version in citehub.versions(name):
        hub = citehub.load(name, version=version)
        is_newest = version == citehub.versions(name)[-1]
        beside = {target!r} if is_newest else cache_folder()
        assert hub.works.path.startswith(beside), hub.works.path
        hub.verify()
        assert hub.path.startswith(cache_folder()), hub.path
print(len(citehub.load("mt-nlg").citing_works.to_pandas()))
"""


def tracked(*folders: str) -> set[str]:
    """Return the files of folders that git tracks or would track."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *folders]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {name for name in listed.splitlines() if (ROOT / name).exists()}


@pytest.fixture(scope="module")
def dist(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def installed(dist, tmp_path_factory) -> Path:
    """The wheel, unpacked where no checkout is near."""
    target = tmp_path_factory.mktemp("installed")
    (wheel,) = dist.glob("*.whl")
    command = ["install", "--quiet", "--no-deps", "--no-index", "--no-compile", "--target"]
    subprocess.run([sys.executable, "-m", "pip", *command, str(target), str(wheel)], check=True)
    return target


def run(installed, tmp_path, *words):
    """Run Python in an empty folder, with the installed copy ahead of any other."""
    environment = {
        **os.environ, "PYTHONPATH": str(installed), "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, *words],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def wheel_files(folder: Path) -> dict[str, bytes]:
    """Return the files of the one wheel of a folder, beside those that describe it."""
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
        return {name: archive.read(name) for name in names}


def unpacked(data: bytes) -> dict[str, bytes]:
    """Return the files of an archive of the wheel."""
    with zipfile.ZipFile(io.BytesIO(lzma.decompress(data))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def to_pack() -> dict[str, set[str]]:
    """Return the files of releases but the newest manifest and tables, by hub."""
    return {
        hub: {
            name
            for version in citehub.versions(hub)
            for name in tracked(f"datasets/{hub}/{version}")
            if version != citehub.versions(hub)[-1] or not name.endswith((".parquet", MANIFEST))
        }
        for hub in os.listdir(ROOT / "datasets")
    }


def test_the_wheel_holds_every_tracked_file_and_nothing_else(dist):
    files, packed = wheel_files(dist), to_pack()
    there = tracked("citehub", "datasets") - tracked(BUNDLE) - set().union(*packed.values())
    there -= {name for hub in packed for name in tracked(f"datasets/{hub}/source")}
    assert files.keys() == {re.sub("^datasets/", "citehub/_datasets/", name) for name in there} | {
        "citehub/_notebooks.zip.xz", f"{BUNDLE}.zip.xz",
        *(f"citehub/_datasets/{hub}/{name}.zip.xz" for hub in packed for name in PACKED),
    }  # fmt: skip
    assert "citehub/py.typed" in files


def test_the_wheel_holds_each_file_of_packed_releases_once(dist):
    files = wheel_files(dist)
    for hub, names in to_pack().items():
        there = {sha256(data) for name, data in files.items() if f"/{hub}/" in name}
        archive = unpacked(files[f"citehub/_datasets/{hub}/releases.zip.xz"])
        held = {f"sha256:{name}": data for name, data in archive.items()}
        assert all(sha256(data) == name for name, data in held.items())
        assert {sha256((ROOT / name).read_bytes()) for name in names} <= there | held.keys()
        assert not held.keys() & there


def test_the_wheel_holds_the_sources_of_each_hub(dist):
    files = wheel_files(dist)
    for hub in to_pack():
        archive = unpacked(files[f"citehub/_datasets/{hub}/source.zip.xz"])
        held = {f"datasets/{hub}/source/{name}": data for name, data in archive.items()}
        assert held == {
            name: (ROOT / name).read_bytes() for name in tracked(f"datasets/{hub}/source")
        }


def test_the_wheel_holds_every_notebook_and_what_it_reads_and_nothing_else(dist):
    packed = unpacked(wheel_files(dist)["citehub/_notebooks.zip.xz"])
    pages = {f"docs/{name}": data for name, data in packed.items()}
    of_the_site = ("docs/conf.py", "docs/_")
    read = {f"docs/{name}.md" for name in read_notebooks()}
    expected = {
        name
        for name in tracked("docs")
        if not name.startswith(of_the_site) and (name in read or not name.endswith(".md"))
    }
    assert read < expected
    assert pages == {name: (ROOT / name).read_bytes() for name in expected}


def test_the_wheel_holds_the_scripts_of_the_explorer(dist):
    packed = unpacked(wheel_files(dist)[f"{BUNDLE}.zip.xz"])
    scripts = {f"{BUNDLE}/{name}": data for name, data in packed.items()}
    assert scripts == {name: (ROOT / name).read_bytes() for name in tracked(BUNDLE)}


def test_the_metadata_names_the_licence_of_every_package_in_the_script(dist):
    (wheel,) = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        about = {
            name.partition(".dist-info/")[2]: archive.read(name).decode()
            for name in archive.namelist()
            if name.endswith(("/METADATA", "/LICENSE", "/LICENSE-DATA", "/explorer-licences.txt"))
        }
    stated = re.search("^License-Expression: (.*)$", about["METADATA"], re.MULTILINE)[1]
    texts = about[f"licenses/{BUNDLE}/explorer-licences.txt"]
    locked = json.loads((ROOT / "explorer" / "package-lock.json").read_text())["packages"]
    used = {name: each for name, each in locked.items() if name and not each.get("dev")}
    for name, each in used.items():
        named = f"{name.removeprefix('node_modules/')} {each['version']} ({each['license']})\n"
        assert texts.count(named) == 1
        assert set(each["license"].split(" AND ")) <= set(stated.split(" AND "))
    assert len(re.findall(r"^\S+ [0-9.]+ \(.*\)$", texts, re.MULTILINE)) == len(used) > 0
    assert {"licenses/LICENSE", "licenses/LICENSE-DATA"} < about.keys()


def test_the_sdist_gives_the_same_wheel(dist, tmp_path):
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=unpacked, check=True, capture_output=True)
    assert wheel_files(tmp_path) == wheel_files(dist)


def test_the_sdist_holds_every_tracked_file_and_what_builds_it(dist):
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames()}
    assert names - AROUND == tracked("citehub", "datasets", "docs", "explorer")
    assert names >= AROUND


def test_no_sentences_that_a_hub_keeps_for_itself_are_in_the_wheel():
    kept = [name for name in tracked("datasets") if "/full-texts/" in name or "/answers/" in name]
    assert not kept  # hatch_build.py packs all sources


def test_datasets_holds_no_python(dist):
    assert not [name for name in tracked("datasets") if name.endswith(".py")]


def test_parquet_files_are_not_ignored():
    command = ["git", "check-ignore", "--quiet", "datasets/mt-nlg/9.9.9/works.parquet"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 1


def test_the_installed_copy_works_from_an_empty_folder(installed, tmp_path):
    done = run(installed, tmp_path, "-c", SMOKE.format(target=str(installed)))
    assert (done.stdout, done.stderr) == ("44\n", "")


def test_the_doctests_pass_in_the_installed_copy(installed, tmp_path):
    config = ["-c", os.devnull, "-p", "no:cacheprovider", "-W", "error", "-q"]
    done = run(
        installed, tmp_path, "-m", "pytest", *config, "--doctest-modules",
        "-o", "norecursedirs=_datasets", str(installed / "citehub"),
        f"--ignore={installed / 'citehub' / 'graph'}",  # which reads nothing of the package
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_the_installed_command_line_works(installed, tmp_path):
    done = run(installed, tmp_path, "-m", "citehub", "verify")
    assert done.stdout.count("sound") >= 2
    done = run(installed, tmp_path, "-m", "citehub", "build", "mt-nlg", "1.1.0", "--out", "built")
    assert done.returncode == 0, done.stderr
    done = run(installed, tmp_path, "-m", "citehub", "verify", "./built")
    assert "mt-nlg 1.1.0: sound" in done.stdout
    done = run(installed, tmp_path, "-m", "citehub", "notebooks", "--out", "notebooks")
    assert (tmp_path / "notebooks" / "index.ipynb").is_file(), done.stderr
    done = run(installed, tmp_path, "-m", "citehub", "site", "mt-nlg", "--out", "site")
    assert (tmp_path / "site" / "explorer.js").is_file(), done.stderr


def test_the_installed_package_is_small(installed):
    files = [path for path in (installed / "citehub").rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files if "__pycache__" not in path.parts)
    assert size < 2_990_000  # and under 3 MB for good
