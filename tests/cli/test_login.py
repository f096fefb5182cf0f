"""Signing in, and where that is kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from posthorn.cli.errors import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.terminal import Terminal

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def run_file(tmp_path: Path, service_run: dict[str, str]) -> str:
    path = tmp_path / "run.json"
    path.write_text(json.dumps(service_run))
    return str(path)


def kept(home: Path) -> Path:
    return home / "posthorn" / "profiles.json"


def test_a_key_comes_on_standard_input_is_tried_and_is_kept(
    stranger: Terminal, home: Path, service_run: dict[str, str]
) -> None:
    ended = stranger.good("login", "--url", service_run["url"], stdin=service_run["admin_key"] + "\n")
    assert "as Admin (admin); profile default" in ended.err
    assert service_run["admin_key"] not in ended.err + ended.out
    assert stranger.good("whoami", "--json").document["name"] == "Admin"
    assert kept(home).stat().st_mode & 0o777 == 0o600
    assert kept(home).parent.stat().st_mode & 0o777 == 0o700


def test_a_key_that_is_not_known_is_not_kept(stranger: Terminal, home: Path, service_run: dict[str, str]) -> None:
    ended = stranger("login", "--url", service_run["url"], stdin="phk_nobody\n")
    assert ended.code == ExitCode.NOT_SIGNED_IN
    assert not kept(home).exists()


@pytest.mark.parametrize(
    ("url", "key"), [("nonsense", "k"), ("http://127.0.0.1:9", "two words"), ("http://127.0.0.1:9", "")]
)
def test_what_cannot_be_is_told_so(stranger: Terminal, url: str, key: str) -> None:
    ended = stranger("login", "--url", url, stdin=key)
    assert (ended.code, len(ended.err.splitlines())) == (ExitCode.USAGE, 1)


def test_without_a_terminal_the_address_is_needed(stranger: Terminal) -> None:
    assert stranger("login").code == ExitCode.USAGE


def test_profiles_are_kept_apart(stranger: Terminal, run_file: str) -> None:
    stranger.good("login", "--run", run_file)
    stranger.good("--profile", "me", "login", "--run", run_file, "--as", "user")
    assert stranger.good("whoami", "--json").document["name"] == "Admin"
    assert stranger.good("--profile", "me", "whoami", "--json").document["name"] == "User"
    stranger.good("--profile", "me", "logout")
    assert stranger("--profile", "me", "whoami").code == ExitCode.NOT_SIGNED_IN
    assert stranger.good("whoami")


def test_a_run_that_is_not_up_is_told_so(stranger: Terminal, tmp_path: Path) -> None:
    ended = stranger("login", "--run", str(tmp_path / "nothing.json"))
    assert ended.code == ExitCode.UNREACHABLE
    assert "Check that `make run` is running" in ended.err


def test_the_environment_goes_before_a_profile(
    stranger: Terminal, run_file: str, service_run: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger.good("login", "--run", run_file)
    monkeypatch.setenv("POSTHORN_KEY", service_run["user_key"])
    assert stranger.good("whoami", "--json").document["name"] == "User"


def test_a_key_that_was_kept_does_not_go_to_another_address(
    stranger: Terminal, run_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger.good("login", "--run", run_file)
    monkeypatch.setenv("POSTHORN_URL", "http://127.0.0.1:9")
    ended = stranger("whoami")
    assert ended.code == ExitCode.NOT_SIGNED_IN
    assert "POSTHORN_KEY is not" in ended.err


@pytest.mark.parametrize("text", ["{", "[]", '{"profiles": {"default": {"url": 1}}}', '{"profiles": []}'])
def test_a_file_that_is_broken_is_told_so(stranger: Terminal, home: Path, text: str) -> None:
    kept(home).parent.mkdir()
    kept(home).write_text(text)
    ended = stranger("whoami")
    assert (ended.code, len(ended.err.splitlines())) == (ExitCode.FAILED, 1)
    assert "Remove it, and sign in again with `posthorn login`." in ended.err
