"""The certificate authorities that the sender trusts: certifi's, and those that the operator adds."""

from __future__ import annotations

import atexit
import os
import tempfile
from pathlib import Path

import certifi


def bundle(added: str) -> str:
    """The path of a PEM file with all authorities; `added` is the path of the operator's file, or empty.

    libcurl accepts one file, and parses it once for all transfers of a multi handle. So both are written into one file that
    only this user may read or write. It is removed when the process ends.
    """
    if not added:
        return certifi.where()
    descriptor, path = tempfile.mkstemp(prefix="posthorn-authorities-", suffix=".pem")
    with os.fdopen(descriptor, "wb") as joined:
        joined.write(Path(certifi.where()).read_bytes() + b"\n" + Path(added).read_bytes())
    atexit.register(Path(path).unlink, missing_ok=True)
    return path
