"""Whom the sender believes about a receiver's certificate: certifi's authorities, and those that the operator adds."""

from __future__ import annotations

import atexit
import os
import tempfile
from pathlib import Path

import certifi


def bundle(added: str) -> str:
    """The path of a PEM file with all authorities; `added` is the path of another one, or empty.

    libcurl takes one file, and reads it once for all transfers of a multi handle. So both are written into one file, which
    only this user may read or write, and which is removed with the process.
    """
    if not added:
        return certifi.where()
    descriptor, path = tempfile.mkstemp(prefix="posthorn-authorities-", suffix=".pem")
    with os.fdopen(descriptor, "wb") as joined:
        joined.write(Path(certifi.where()).read_bytes() + b"\n" + Path(added).read_bytes())
    atexit.register(Path(path).unlink, missing_ok=True)
    return path
