"""Every page, in light and dark, wide and narrow: nothing is too wide, all is accessible, and there are no errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import pytest

from tests.browser.console import Console
from tests.browser.scene import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ViewportSize

    from tests.browser.scene import Scene
    from tests.local.service import Service

WIDTHS: Final = {"wide": 1280, "narrow": 390}
LOOKS: Final[tuple[tuple[Literal["light", "dark"], str], ...]] = (
    ("light", "wide"),
    ("dark", "wide"),
    ("light", "narrow"),
    ("dark", "narrow"),
)
PAGES: Final = (
    "webhooks",
    "webhooks/new",
    "webhooks/{webhook}",
    "webhooks/{webhook}/edit",
    "history",
    "history?outcome=failed",
    "history/{succeeded}",
    "history/{failed}",
    "users",
    "users/3",
    "types",
    "types/orderPlaced",
    "types/modelDeleted",
    "queues",
    "audit",
    "webhooks/wh_00000000000000000000000000",
    "history/rec_nothing",
    "nowhere",
)


@pytest.fixture(scope="session")
def looks(browser: Browser, service: Service, scene: Scene) -> Iterator[dict[tuple[str, str], Console]]:  # noqa: ARG001 - the scene
    """The console in each of its looks, signed in."""
    made: dict[tuple[str, str], Console] = {}
    for scheme, width in LOOKS:
        viewport: ViewportSize = {"width": WIDTHS[width], "height": 900}
        # Fading elements have a low contrast.
        context = browser.new_context(color_scheme=scheme, viewport=viewport, reduced_motion="reduce")
        made[scheme, width] = Console(context, service.run["url"])
        made[scheme, width].sign_in(service.run["admin_key"])
    yield made
    for each in made.values():
        each.close()


@pytest.fixture(params=LOOKS, ids="-".join)
def look(request: pytest.FixtureRequest, looks: dict[tuple[str, str], Console]) -> Console:
    return looks[request.param]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_accessible(look: Console, scene: Scene, page: str) -> None:
    names: dict[str, Any] = {"webhook": scene.webhooks[NAMES[2]]["id"]}
    look.open(page.format(succeeded=scene.record("succeeded"), failed=scene.record("failed"), **names))
    look.is_settled()
    assert look.overflow() == []
    assert look.serious_findings() == []
    assert look.errors == []


def test_the_sign_in_page_is_accessible(console: Console) -> None:
    console.open()
    console.has_title("Posthorn")
    assert console.overflow() == []
    assert console.serious_findings() == []


def test_the_api_documentation_is_accessible(console: Console) -> None:
    console.page.goto(f"{console.url}/docs")
    console.is_settled()
    assert console.overflow() == []
    assert console.serious_findings() == []
