from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

import pytest

from local.folder import Folder, Refusal, run_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    folder = Folder(tmp_path / "data")
    yield folder
    os.close(folder.lock)


def test_keys_are_made_once_and_only_their_owner_may_read_them(folder: Folder) -> None:
    keys = folder.keys()

    assert folder.keys() == keys
    assert keys["admin_key"] != keys["user_key"]
    assert stat.S_IMODE((folder.path / "keys.json").stat().st_mode) == 0o600


def test_a_run_is_announced_and_withdrawn(folder: Folder) -> None:
    folder.announce({"url": "http://127.0.0.1:1"})
    announced = json.loads(run_file(folder.path).read_text("utf-8"))
    folder.withdraw()

    assert announced == {"url": "http://127.0.0.1:1"}
    assert not run_file(folder.path).exists()


def test_two_runs_cannot_share_a_folder(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.folder._LOCK_WAIT_S", 0)

    with pytest.raises(Refusal, match="Another run works with the data folder"):
        Folder(folder.path)


def test_a_file_is_no_data_folder(tmp_path: Path) -> None:
    (tmp_path / "data").touch()

    with pytest.raises(Refusal, match=r"cannot be used: (Not a directory|File exists)"):
        Folder(tmp_path / "data")


def test_a_state_that_cannot_be_read_is_refused_instead_of_overwritten(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "sqs.json").write_text('{"cut o', "utf-8")

    with pytest.raises(Refusal, match="The data folder is broken"):
        Folder(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", "null"])
def test_keys_that_cannot_be_read_are_refused(folder: Folder, content: str) -> None:
    (folder.path / "keys.json").write_text(content, "utf-8")

    with pytest.raises(Refusal, match=r"The keys in .*keys\.json cannot be read"):
        folder.keys()
