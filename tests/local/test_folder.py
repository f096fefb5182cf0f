from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

import pytest

from local.folder import Folder, Refusal, run_file
from local.log import Log

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

    with pytest.raises(Refusal, match="Another run uses the data folder"):
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


def _modes(folder: Folder) -> dict[str, int]:
    return {each.name: stat.S_IMODE(each.stat().st_mode) for each in (*folder.path.iterdir(), *folder.state.iterdir())}


@pytest.fixture
def open_umask() -> Iterator[None]:
    """The umask of somebody who lets others read."""
    before = os.umask(0o000)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
def test_what_is_in_the_folder_is_for_its_owners_eyes_whatever_the_umask_is(tmp_path: Path) -> None:
    made = Folder(tmp_path / "data")
    made.keys()
    made.announce({"url": "http://127.0.0.1:1"})
    Log(made.log).close()
    os.close(made.lock)
    assert _modes(made).pop("state") == 0o700
    assert {mode for name, mode in _modes(made).items() if name not in {"state", "writable"}} == {0o600}
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o700


@pytest.mark.usefixtures("open_umask")
def test_what_an_earlier_version_left_open_is_closed(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    names = ("state/dynamodb.json", "state/sqs.json", "log.jsonl", "log.1.jsonl", "keys.json")
    for name in names:
        (tmp_path / name).write_text("{}", "utf-8")
    made = Folder(tmp_path)
    os.close(made.lock)
    assert [_modes(made)[name.rpartition("/")[2]] for name in names] == [0o600] * len(names)
    assert _modes(made)["state"] == 0o700


@pytest.mark.usefixtures("open_umask")
def test_a_log_that_is_turned_over_stays_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.log._LOG_BYTES_MAX", 1)
    log = Log(tmp_path / "log.jsonl")
    for _ in range(2):
        log.write("api", '{"level":"INFO","event":"x"}')
    log.close()
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.glob("log*.jsonl")} == {0o600}
