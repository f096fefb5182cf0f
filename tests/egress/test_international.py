"""Hosts outside ASCII, against another reading of the same rules: that of Node.js, which is what browsers do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.domain.errors import PosthornError
from chalicelib.domain.webhooks import international, urls

NODE = Path(sys.executable).parent / "node"
ASSIGNED = [chr(each) for each in range(0x80, 0x110000) if chr(each).isprintable()]
"""What a URL may have in it, as far as this Python's Unicode goes."""
_READ = """
const { domainToASCII } = require("node:url");
const hosts = JSON.parse(require("node:fs").readFileSync(0, "utf-8"));
process.stdout.write(JSON.stringify(hosts.map((host) => domainToASCII(host))));
"""


def _ours(host: str) -> str:
    try:
        return urls.parse(f"https://{host}/").host
    except PosthornError:
        return ""


def _theirs(hosts: list[str]) -> list[str]:
    ran = subprocess.run([NODE, "-e", _READ], input=json.dumps(hosts), capture_output=True, text=True, check=True)
    read: list[str] = json.loads(ran.stdout)
    return read


@pytest.mark.hostile
@pytest.mark.parametrize("name", ["a\u200db.example", "a\u200cb.example", "\ud800.example", "a\u0378.example"])
def test_what_nobody_can_see_or_knows_makes_no_name(name: str) -> None:
    with pytest.raises(international.NotAName):
        international.to_ascii(name)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("around", "every"), [("a{}b.example", 1), ("{}.example", 7), ("א{}.example", 7)])
def test_every_character_leads_to_the_host_that_a_browser_calls(around: str, every: int) -> None:
    """Of 913 characters the standard library makes another host between two letters, and 1,944 only it takes there."""
    hosts = [around.format(each) for each in ASSIGNED[::every]]
    read = zip(hosts, map(_ours, hosts), _theirs(hosts), strict=True)
    assert [(host, ours, theirs) for host, ours, theirs in read if ours != theirs and "" not in {ours, theirs}] == []


@pytest.mark.timeout(300)
def test_no_character_is_taken_that_a_browser_refuses() -> None:
    hosts = [f"a{each}b.example" for each in ASSIGNED]
    assert [host for host, theirs in zip(hosts, _theirs(hosts), strict=True) if not theirs and _ours(host)] == []


def test_nearly_every_character_that_a_browser_takes_is_taken() -> None:
    hosts = [f"a{each}b.example" for each in ASSIGNED[::50]]
    refused = [host for host, read in zip(hosts, _theirs(hosts), strict=True) if read and not _ours(host)]
    assert len(refused) < len(hosts) / 200
