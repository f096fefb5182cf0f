"""One invocation of a handler, as Lambda makes it. Reports its result and the largest memory of the process."""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path

from botocore.config import Config

from chalicelib.adapters.aws import clients
from chalicelib.settings import ENVIRONMENT_OF_LOCATIONS
from testbed.patience import PATIENCE_S


def _peak_bytes() -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1_024


def _queue(variable: str) -> str:
    return variable.removesuffix("_QUEUE_URL").lower().replace("_", "-")


def _adopt(address: str, settings: dict[str, str]) -> None:
    places = {name: name.lower().removesuffix("_table") for name in ENVIRONMENT_OF_LOCATIONS}
    os.environ.update(places | {name: f"{address}/{_queue(name)}" for name in places if name.endswith("_URL")})
    os.environ.update(
        {
            "AWS_ENDPOINT_URL": address,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "NO_PROXY": "127.0.0.1",
            "ALLOWED_NETWORKS": "127.0.0.0/8",
            "ALLOW_LOOPBACK": "1",
            "PRIVATE_RECEIVERS": "everybody",
            "ALLOW_HTTP": "1",
            **settings,
        }
    )


def _wait_longer() -> None:
    """Wait long for the account, which shares the machine with everything else. The time is not what is tested."""
    clients.CONFIG = clients.CONFIG.merge(Config(read_timeout=PATIENCE_S))  # type: ignore[misc] # it is final


def main(module: str, name: str, event: Path, address: str, settings: str) -> None:
    _adopt(address, json.loads(settings))
    _wait_longer()
    handler = getattr(import_module(module), name)
    before = _peak_bytes()
    text = event.read_bytes()  # the runtime has it too
    answer = handler(json.loads(text), None)
    sys.stdout.write(json.dumps({"answer": answer, "before": before, "peak": _peak_bytes()}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4], sys.argv[5])
