"""The examples of the pages, run after the quick start's story, show what the pages say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.docs.markdown import QUICK_START, ROOT, blocks, name_of
from tests.docs.story import Story, broken, call, free_port, listens, marked, promises
from tests.local.service import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.docs.shell import Shell
    from tests.docs.story import Run

_NAMES: Final = (
    "guides/formats",
    "guides/filters",
    "guides/authentication",
    "guides/notification-types",
    "guides/recovery",
    "operate/privacy",
    "reference/stats",
    "reference/command-line",
    "reference/client",
)
PAGES: Final = [ROOT / "docs" / f"{name}.md" for name in _NAMES]
_SHELLS: Final = {"bash", "sh", "shell", "console"}

each_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


@pytest.fixture
def swaps() -> Mapping[str, str]:
    """Free ports instead of the quick start's; nobody but this machine is called."""
    ports = {f":{number}/": f":{free_port()}/" for number in (9000, 9001)}
    return ports | {"https://discord.com/api/webhooks/1/token": f"http://127.0.0.1{ports[':9001/']}"}


@pytest.fixture
def reader(shell: Shell, swaps: Mapping[str, str], service_run: Run) -> Iterator[Shell]:
    """A terminal after the quick start's story, up to its receiver; what was made is removed at the end."""
    before = _webhooks(service_run)
    story = Story(QUICK_START, shell, swaps)
    story.tell("create")
    port = int(swaps[":9000/"].strip(":/"))
    shell.enter(f"export PORT={port}")
    story.tell("receive")
    wait_until(lambda: listens(port))
    yield shell
    for webhook_id in _webhooks(service_run) - before:
        call(service_run, "DELETE", f"/webhooks/{webhook_id}")


@pytest.mark.enable_socket
@each_page
def test_a_page_s_examples_show_what_it_says(page: Path, reader: Shell, swaps: Mapping[str, str]) -> None:
    story = Story(page, reader, swaps)
    for name, text in story.blocks.items():
        shown = story.tell(name)
        assert broken(text, shown) == [], (name, shown)


@each_page
def test_every_command_of_a_page_is_run(page: Path) -> None:
    assert marked(page), "the page has no example that is run"
    assert [block.text for block in blocks(page) if block.language in _SHELLS and block.name is None] == []


@each_page
def test_no_two_blocks_of_a_page_share_a_name(page: Path) -> None:
    assert len(marked(page)) == len([block for block in blocks(page) if block.name is not None])


@pytest.mark.parametrize(
    ("name", "text"),
    [pytest.param(name, text, id=f"{page.stem}-{name}") for page in PAGES for name, text in marked(page).items()],
)
def test_every_example_says_what_it_shows(name: str, text: str) -> None:
    assert promises(text), name


@each_page
def test_a_page_says_first_where_its_variables_come_from(page: Path) -> None:
    _, first, _ = page.read_text("utf-8").split("\n\n", 2)
    assert "(../start/quick-start.md#the-story-by-hand)" in first


@pytest.mark.parametrize(
    ("shown", "missing"),
    [
        ('{"a":1,"b":2,"c":3}', []),
        ('{"a":1,\n"c":3}', ['"a":1…"c"']),
        ('{"c":3,"a":1}', ['"a":1…"c"']),
        ("", ['"a":1…"c"']),
    ],
)
def test_a_promise_is_noticed_where_it_does_not_come_true(shown: str, missing: list[str]) -> None:
    assert broken('# → "a":1…"c"\n', shown) == missing


def test_promises_come_true_in_their_order() -> None:
    assert broken("# → one\n# → two\n", "two one") == ["two"]


def test_a_promise_takes_no_more_than_it_needs() -> None:
    assert broken("# → [1…]\n# → [2…]\n", "[1, 1][2, 2]") == []


def _webhooks(run: Run) -> set[str]:
    return {webhook["id"] for webhook in call(run, "GET", "/webhooks?limit=200")}
