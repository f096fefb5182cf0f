"""Signing in, and the file with the profiles."""

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


def profile_file(home: Path) -> Path:
    return home / "posthorn" / "profiles.json"


def test_a_key_from_standard_input_is_tested_and_saved(
    signed_out: Terminal, home: Path, service_run: dict[str, str]
) -> None:
    result = signed_out.good("login", "--url", service_run["url"], stdin=service_run["admin_key"] + "\n")
    assert "as Admin (admin); profile default" in result.err
    assert service_run["admin_key"] not in result.err + result.out
    assert signed_out.good("whoami", "--json").document["name"] == "Admin"
    assert profile_file(home).stat().st_mode & 0o777 == 0o600
    assert profile_file(home).parent.stat().st_mode & 0o777 == 0o700


def test_an_unknown_key_is_not_saved(signed_out: Terminal, home: Path, service_run: dict[str, str]) -> None:
    result = signed_out("login", "--url", service_run["url"], stdin="phk_nobody\n")
    assert result.code == ExitCode.NOT_SIGNED_IN
    assert not profile_file(home).exists()


@pytest.mark.parametrize(
    ("url", "key"), [("nonsense", "k"), ("http://127.0.0.1:9", "two words"), ("http://127.0.0.1:9", "")]
)
def test_an_invalid_url_or_key_is_reported(signed_out: Terminal, url: str, key: str) -> None:
    result = signed_out("login", "--url", url, stdin=key)
    assert (result.code, len(result.err.splitlines())) == (ExitCode.USAGE, 1)


def test_without_a_terminal_the_url_is_required(signed_out: Terminal) -> None:
    assert signed_out("login").code == ExitCode.USAGE


def test_profiles_are_separate(signed_out: Terminal, run_file: str) -> None:
    signed_out.good("login", "--run", run_file)
    signed_out.good("--profile", "me", "login", "--run", run_file, "--as", "user")
    assert signed_out.good("whoami", "--json").document["name"] == "Admin"
    assert signed_out.good("--profile", "me", "whoami", "--json").document["name"] == "User"
    signed_out.good("--profile", "me", "logout")
    assert signed_out("--profile", "me", "whoami").code == ExitCode.NOT_SIGNED_IN
    assert signed_out.good("whoami")


def test_a_missing_run_file_is_reported(signed_out: Terminal, tmp_path: Path) -> None:
    result = signed_out("login", "--run", str(tmp_path / "nothing.json"))
    assert result.code == ExitCode.UNREACHABLE
    assert "Check that `make run` is running" in result.err


def test_the_environment_overrides_a_profile(
    signed_out: Terminal, run_file: str, service_run: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_out.good("login", "--run", run_file)
    monkeypatch.setenv("POSTHORN_KEY", service_run["user_key"])
    assert signed_out.good("whoami", "--json").document["name"] == "User"


def test_a_saved_key_is_not_sent_to_another_url(
    signed_out: Terminal, run_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_out.good("login", "--run", run_file)
    monkeypatch.setenv("POSTHORN_URL", "http://127.0.0.1:9")
    result = signed_out("whoami")
    assert result.code == ExitCode.NOT_SIGNED_IN
    assert "POSTHORN_KEY is not" in result.err


@pytest.mark.parametrize("text", ["{", "[]", '{"profiles": {"default": {"url": 1}}}', '{"profiles": []}'])
def test_an_invalid_profile_file_is_reported(signed_out: Terminal, home: Path, text: str) -> None:
    profile_file(home).parent.mkdir()
    profile_file(home).write_text(text)
    result = signed_out("whoami")
    assert (result.code, len(result.err.splitlines())) == (ExitCode.FAILED, 1)
    assert "Remove it, and sign in again with `posthorn login`." in result.err
