"""Does at the start what the service would do at its first use, where Lambda's one call at a time in a process is not given.

The making of a botocore client is not safe for the API's threads; and what is imported before a fork is imported once.
"""

from __future__ import annotations

import importlib
import pkgutil

import chalicelib
from chalicelib import bootstrap
from chalicelib.adapters import aws

_API = "chalicelib.api"


def warm() -> None:
    """Import what is behind the API, and make the clients and the house."""
    for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        if not module.name.startswith(_API):
            importlib.import_module(module.name)
    bootstrap.house()
    aws.client("dynamodb")
    aws.client("sqs")
