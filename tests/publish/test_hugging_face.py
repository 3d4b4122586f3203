"""The dataset card's configurations: the library ``datasets`` loads each of them, offline.

It needs a newer pyarrow than citehub does, so the lane on the lowest libraries leaves it out.
"""

from __future__ import annotations

import os

import pyarrow as pa
import pytest
import yaml

from tests.publish.conftest import stored

OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}


@pytest.fixture(scope="module")
def datasets(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in OFFLINE.items():
            patch.setenv(name, value)
        patch.setenv("HF_HOME", os.fspath(tmp_path_factory.mktemp("home")))
        import datasets

        datasets.disable_progress_bars()
        yield datasets


def configs(folder):
    _, front, _ = (folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    return [each["config_name"] for each in yaml.safe_load(front)["configs"]]


def test_every_configuration_loads(datasets, folder, published, tmp_path):
    for name in configs(folder):
        loaded = datasets.load_dataset(
            os.fspath(folder), name, split="train", cache_dir=os.fspath(tmp_path)
        )
        table = published.table(name)
        assert loaded.to_list() == stored(table), name
        for field in table.to_arrow(list(table.columns)).schema:
            plain = pa.string() if pa.types.is_dictionary(field.type) else field.type
            assert loaded.features.arrow_schema.field(field.name).type == plain


def test_the_citing_list_is_the_default(datasets, folder, tmp_path):
    loaded = datasets.load_dataset(os.fspath(folder), split="train", cache_dir=os.fspath(tmp_path))
    assert loaded.num_rows == 45
    assert "title_plain" in loaded.column_names


def test_a_table_without_rows_has_no_configuration(folder, published):
    empty = {each["name"] for each in published.manifest["resources"] if not each["rows"]}
    assert set(configs(folder)) == set(published.tables) - empty
