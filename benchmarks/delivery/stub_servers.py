"""The process with the receivers and the stub of AWS, and the measured processes that use it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import machine
from benchmarks.delivery import workload
from chalicelib.settings import ENVIRONMENT_OF_LOCATIONS
from local import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.delivery.certificates import Files
    from benchmarks.delivery.workload import Scenario

ROOT: Final = Path(__file__).parents[2]
_PROGRAM: Final = Path(__file__).with_name("receivers.mjs")


@dataclass(frozen=True, slots=True)
class StubServers:
    """Its ports, by "http", "https" and "aws", and the file of authorities for its certificate."""

    ports: dict[str, int]
    bundle: Path

    def set_webhooks(self, scenario: Scenario) -> None:
        """Replace the content of the table by the webhooks of a scenario."""
        connection = HTTPConnection("127.0.0.1", self.ports["aws"])
        connection.request("PUT", "/", json.dumps(workload.items(scenario)))
        connection.getresponse().read()
        connection.close()

    def run(self, program: str, scenario: Scenario) -> dict[str, float]:
        """Run `worker`, `bare` or `parts` with these servers. Return the seconds that it prints."""
        command = [sys.executable, "-m", f"benchmarks.delivery.{program}", json.dumps(asdict(scenario))]
        done = subprocess.run(  # noqa: S603 - ours
            [*command, "--bundle", str(self.bundle)],
            cwd=ROOT,
            env=self._environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        said: dict[str, float] = json.loads(done.stderr.splitlines()[-1])
        return said

    def _environment(self) -> dict[str, str]:
        endpoint_url = f"http://127.0.0.1:{self.ports['aws']}"
        locations = dict.fromkeys(ENVIRONMENT_OF_LOCATIONS, f"{endpoint_url}/000000000000/a-place")
        return environment.of_child(
            environment.aws(endpoint_url)
            | locations
            | {name: "a-table" for name in locations if name.endswith("_TABLE")}
            | environment.RECEIVERS_HERE
            | {"SLOW_AFTER_S": "30"}  # a busy machine must not count as a slow receiver
        )


@contextmanager
def stub_servers(files: Files) -> Iterator[StubServers]:
    """Run receivers with that certificate, and the stub of AWS."""
    command = [_node(), str(_PROGRAM), str(files.certificate), str(files.key)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603 - ours
        machine.pin(machine.sides().others, child.pid)
        if child.stdin is None or child.stdout is None:
            raise AssertionError(command)  # for the type checker: both are pipes
        try:
            yield StubServers(json.loads(child.stdout.readline()), files.bundle)
        finally:
            child.stdin.close()


def _node() -> str:
    """The Node.js of this virtual environment, or the machine's."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    found = shutil.which("node", path=path)
    if found is None:
        message = "There is no Node.js: make venv-bench installs it."
        raise FileNotFoundError(message)
    return found
