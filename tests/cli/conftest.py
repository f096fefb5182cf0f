"""Fixtures: a running service, terminals with and without a key, a receiver and a webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.receiver import Receiver
from posthorn.cli import profiles
from tests.cli.terminal import Terminal
from tests.local.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def service_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with Service(tmp_path_factory.mktemp("data")) as service:
        yield service.run


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty configuration folder, and an environment without settings."""
    for name in (profiles.URL, profiles.KEY, profiles.PROFILE, "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def signed_out(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal without a key."""
    assert home.exists()
    return Terminal(capsys, monkeypatch)


@pytest.fixture
def posthorn(signed_out: Terminal, service_run: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal with an admin's key."""
    monkeypatch.setenv(profiles.URL, service_run["url"])
    monkeypatch.setenv(profiles.KEY, service_run["admin_key"])
    return signed_out


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as created:
        yield created


@pytest.fixture
def webhook(posthorn: Terminal, receiver: Receiver) -> Iterator[str]:
    """The id of a webhook to the receiver, which receives all notifications of all users."""
    options = ("--name", "A receiver", "--type", "ALL_NOTIFICATIONS", "--global", "--retry-schedule", "none")
    created = posthorn.good("webhooks", "create", "--url", receiver.url, *options, "--json").document
    yield created["id"]
    posthorn("webhooks", "delete", created["id"], "--yes")
