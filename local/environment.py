"""The environment variables of the service on this machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

REGION: Final = "us-east-1"
ACCESS_KEY: Final = "test"
_HIDDEN: Final = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION")
"""Variables that could point the service at a real account."""

_CLIENT: Final[dict[str, Any]] = {
    "region_name": REGION,
    "aws_access_key_id": ACCESS_KEY,
    "aws_secret_access_key": ACCESS_KEY,
    "config": Config(max_pool_connections=32, retries={"mode": "standard", "max_attempts": 5}, proxies={}),
}


def aws(endpoint_url: str) -> dict[str, str]:
    """Variables that point all AWS clients of a process at the local engine, whatever the user's own configuration is."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }


def engine(folder: Path) -> dict[str, str]:
    """Ministack's variables: two services, no other listeners, no Docker."""
    return {
        "SERVICES": "dynamodb,sqs",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(folder),
        "LOG_LEVEL": "ERROR",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": "unix:///nonexistent",
    }


RECEIVERS_HERE: Final = {
    "ALLOWED_NETWORKS": "127.0.0.0/8,::1/128",
    "ALLOW_LOOPBACK": "1",
    "ALLOWED_NAMES": "localhost",
    "PRIVATE_RECEIVERS": "everybody",
    "ALLOW_HTTP": "1",
}
"""Receivers may be on this machine, but in no other private network."""


def service(
    endpoint_url: str, places: dict[str, str], schedule_period_s: float, *, engine_port: int, api_port: int
) -> dict[str, str]:
    """The variables of the API and the workers. Webhooks cannot call the ports of the engine and of the API.

    The engine has no authentication, so a webhook that calls it would have an admin's rights.
    """
    own = {
        "SCHEDULE_PERIOD_S": str(schedule_period_s),
        "DENIED_LOOPBACK_PORTS": f"{engine_port},{api_port}",
        "OWN_HOSTS": f"127.0.0.1:{api_port},localhost:{api_port}",
    }
    return aws(endpoint_url) | places | RECEIVERS_HERE | own


def of_child(extra: dict[str, str]) -> dict[str, str]:
    """The environment of this process with `extra`, and without variables that could point elsewhere."""
    kept = {key: value for key, value in os.environ.items() if key not in _HIDDEN and not key.startswith("AWS_ENDPOINT_URL")}
    return kept | {"PYTHONUNBUFFERED": "1"} | extra


def adopt(extra: dict[str, str]) -> None:
    """Replace the environment of this process by `of_child`."""
    adopted = of_child(extra)
    os.environ.clear()
    os.environ.update(adopted)


def sqs(endpoint_url: str) -> SQSClient:
    """A client of the local engine."""
    return boto3.client("sqs", endpoint_url=endpoint_url, **_CLIENT)


def dynamodb(endpoint_url: str) -> DynamoDBClient:
    """A client of the local engine."""
    return boto3.client("dynamodb", endpoint_url=endpoint_url, **_CLIENT)
