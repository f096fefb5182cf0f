"""ministack as an AWS account: CloudFormation, IAM, API Gateway, Lambda, SQS and DynamoDB on 127.0.0.1, without Docker.

All differences between what is tested and what is deployed are in this file:

- the package is for this machine's processor and Python (`infra.package --here`);
- it does not support metric alarms over an expression, so the parameter Alarms is off (`PARAMETERS`);
- `corrections.py` corrects ministack where it differs from AWS and that matters here;
- API Gateway is called by ministack's path, `/restapis/…/_user_request_`: its own names need DNS (`Emulator.reachable`);
- each concurrent invocation is a process of its own here, so there are two of each worker and not fifty (`PARAMETERS`);
- receivers are on 127.0.0.0/8, so ALLOWED_NETWORKS and its switches are set, and the waits between attempts are short
  (`PARAMETERS`).
"""

from __future__ import annotations

import re
import socket
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest
import requests
import trustme

from local import environment
from testbed.engines.processes import ROOT, running
from testbed.patience import PATIENCE_S

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from tests.deploy.clock import Clock

_ENGINE_PYTHON: Final = ROOT / ".venv-engine" / "bin" / "python"
_HOST: Final = "127.0.0.1"
_ACCOUNT: Final = "000000000000"
_INVOKED: Final = re.compile(r"https://(?P<api>[a-z0-9]+)\.execute-api\.[^/]+/(?P<stage>[^/]+)/(?P<path>.*)")

_FEW: Final = tuple(f"{name}ConcurrencyMax=2" for name in ("Notify", "Deliver", "DeliverSlow", "Background"))
_HERE: Final = ("AllowedNetworks=127.0.0.0/8", "AllowLoopback=1", "PrivateReceivers=everybody", "AllowHttp=1")
PARAMETERS: Final = (*_HERE, "AttemptWaitsS=1,2,2", "Alarms=off", *_FEW)


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator as an account: its address, its log, and its certificate authority."""

    url: str
    log: Path
    authority: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables by which a program uses only this account."""
        return environment.aws(self.url) | {"AWS_CA_BUNDLE": str(self.authority)}

    def client(self, service: str) -> Any:  # noqa: ANN401 - a client of any service
        """A client with the rights of the account's owner."""
        return _client(service, self.url, str(self.authority))

    def get(self, path: str) -> requests.Response:
        """The response of one of the engine's own endpoints."""
        return requests.get(self.url + path, verify=str(self.authority), timeout=PATIENCE_S)

    def reachable(self, address: str) -> str:
        """The URL on this machine for a URL of API Gateway."""
        found = _INVOKED.fullmatch(address)
        assert found is not None, address
        return f"{self.url}/restapis/{found['api']}/{found['stage']}/_user_request_/{found['path']}".rstrip("/")


@cache
def _client(service: str, url: str, authority: str) -> Any:  # noqa: ANN401 - a client of any service
    session: Any = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=environment.REGION)
    return session.client(service, endpoint_url=url, verify=authority)


@contextmanager
def emulator(folder: Path, clock: Clock | None = None) -> Iterator[Emulator]:
    """An empty account, with IAM enforced; the unpacked code of its functions, some 50 MB each, goes with it.

    With a clock, all of it goes by that.
    """
    if not _ENGINE_PYTHON.exists():
        pytest.skip("ministack is not installed: make venv-engine")
    module, extra = ("engine", {}) if clock is None else ("clocked_engine", clock.environment)
    with (
        tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as unpacked,
        _running(folder, f"tests.deploy.{module}", extra | {"TMPDIR": unpacked}) as made,
    ):
        yield made


@contextmanager
def _running(folder: Path, module: str, extra: dict[str, str]) -> Iterator[Emulator]:
    authority, served = trustme.CA(), folder / "served.pem"
    made = Emulator("", folder / "engine.log", folder / "authority.pem")
    authority.cert_pem.write_to_path(str(made.authority))
    authority.issue_cert(_HOST).private_key_and_cert_chain_pem.write_to_path(str(served))
    with socket.create_server((_HOST, 0)) as listening:
        made = replace(made, url=f"https://{_HOST}:{listening.getsockname()[1]}")
        descriptor = listening.fileno()
        command = [str(_ENGINE_PYTHON), "-m", module, str(descriptor), str(served), str(served)]
        with running(command, _settings(folder, made.url) | made.environment | extra, descriptor) as child:
            listening.close()  # the child has it now: where that ends, a connection is refused
            threading.Thread(target=_keep_lines, args=(child, made.log), daemon=True).start()
            assert made.get("/_ministack/health").ok
            yield made


def _settings(folder: Path, url: str) -> dict[str, str]:
    """The environment of ministack. Its functions inherit it, so their AWS clients use it too."""
    return environment.engine(folder) | {
        "SERVICES": "",
        "AUTH": "true",
        "PERSIST_STATE": "0",
        "LOG_LEVEL": "INFO",
        "MINISTACK_ACCOUNT_ID": _ACCOUNT,
        "S3_DATA_DIR": str(folder / "s3"),
        "MINISTACK_HOST": _HOST,
        "GATEWAY_PORT": url.rpartition(":")[2],
        "USE_SSL": "1",
    }


def _keep_lines(child: subprocess.Popen[str], log: Path) -> None:
    """Read the engine's output, so that it never blocks."""
    assert child.stdout is not None
    with log.open("w", encoding="utf-8") as kept:
        for line in child.stdout:
            kept.write(line)
            kept.flush()
