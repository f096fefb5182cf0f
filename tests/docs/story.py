"""Runs a page's marked blocks in a shell, and compares the output with what the page shows."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING, Any, Final

import requests

from testbed.patience import PATIENCE_S
from tests.docs.markdown import blocks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.docs.shell import Shell

_PROMISE: Final = re.compile(r"^# → (.+)$", re.MULTILINE)

Run = dict[str, str]


class Story:
    """The marked blocks of a page by name, in order; `swaps` replaces the page's ports by free ports of this machine."""

    def __init__(self, page: Path, shell: Shell, swaps: Mapping[str, str]) -> None:
        self.blocks = marked(page)
        self._shell = shell
        self._swaps = swaps

    def tell(self, name: str) -> str:
        """Run a block and return its output."""
        text = self.blocks[name]
        for ours, theirs in self._swaps.items():
            text = text.replace(ours, theirs)
        return self._shell.enter(text)


def marked(page: Path) -> dict[str, str]:
    """The blocks of a page that have a name in a comment above them."""
    return {block.name: block.text for block in blocks(page) if block.name is not None}


def promises(text: str) -> list[str]:
    """The lines of a block that contain its expected output: `# → …`."""
    return _PROMISE.findall(text)


def broken(text: str, shown: str) -> list[str]:
    """The expected outputs of a block that are not found, in this order, in its output; `…` is anything in a line."""
    missing, position = [], 0
    for promise in promises(text):
        pattern = ".*?".join(re.escape(part) for part in promise.split("…"))
        found = re.compile(pattern).search(shown, position)
        position = found.end() if found else position
        missing += [] if found else [promise]
    return missing


def call(run: Run, method: str, path: str, **arguments: Any) -> Any:  # noqa: ANN401 - any JSON
    """The service's response to the admin."""
    headers = {"Authorization": run["admin_key"]}
    answer = requests.request(method, run["url"] + path, headers=headers, timeout=PATIENCE_S, **arguments)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def free_port() -> int:
    """A free port."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def listens(port: int) -> bool:
    """Whether a process listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
