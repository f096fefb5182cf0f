"""A real Chromium with a real service, started as `make run` does."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from local.receiver import Receiver
from tests.browser.chromium import OPTIONS, chromium
from tests.browser.console import Console
from tests.browser.scene import Scene
from tests.local.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.enable_socket)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with a short schedule, so that a test can watch retries."""
    made = Service(tmp_path_factory.mktemp("data"))
    made.start(ATTEMPT_WAITS_S="2,3600")
    yield made
    made.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = chromium()
    if program is None:
        pytest.skip("no Chromium is installed, which the tests in a browser drive: apt-get install chromium, or CHROMIUM=…")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=shutil.which(program), args=list(OPTIONS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def scene(service: Service) -> Scene:
    """A service with data: webhooks, deliveries, failures, users.

    Its receivers are gone then: other tests of this process have no sockets, and would meet the next attempts.
    """
    with Scene(service) as made:
        made.play()
    return made


@pytest.fixture
def console(browser: Browser, service: Service) -> Iterator[Console]:
    """The console in a new profile. An error in its page fails the test.

    The webhooks that are made with it go with it: their receivers are gone then, and their owner, who is told that they
    fail, is the owner of the next test's webhooks too.
    """
    before = _webhook_ids(service)
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    made = Console(context, service.run["url"])
    yield made
    for webhook_id in _webhook_ids(service) - before:
        service.call("DELETE", f"/webhooks/{webhook_id}")
    made.close()


def _webhook_ids(service: Service) -> set[str]:
    return {each["id"] for each in service.call("GET", "/webhooks?limit=200").json()}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made
