"""Two clients in TypeScript, generated from what the service serves, compile strictly and do a day's work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.generated.programs import Programs


@pytest.fixture
def generated(programs: Programs, document: Path) -> Programs:
    """The folder with both clients and what was written for them."""
    programs.bring("typescript", document)
    _good(programs.of_node("openapi-typescript", "openapi.json", "--output", "fetch.d.ts"))
    _good(programs.of_node("openapi-ts"))
    return programs


def _good(ran: subprocess.CompletedProcess[str]) -> None:
    assert ran.returncode == 0, ran.stdout


def test_what_is_written_for_them_compiles_and_runs(generated: Programs, surroundings: dict[str, str]) -> None:
    _good(generated.of_node("tsc"))
    for story in ("story-hey.js", "story-fetch.js"):
        told = generated.run("node", f"built/{story}", surroundings=surroundings)
        assert told.stdout == "told\n", f"{story}: {told.stdout}"


def test_a_body_that_lacks_a_member_does_not_compile(generated: Programs) -> None:
    samples = generated.folder / "samples.ts"
    samples.write_text(samples.read_text("utf-8").replace('"name": "My Webhook",', ""), "utf-8")

    ran = generated.of_node("tsc")

    wrong = {line.partition("(")[0] for line in ran.stdout.splitlines() if "error TS" in line}
    assert wrong == {"story-hey.ts", "story-fetch.ts"}, ran.stdout
