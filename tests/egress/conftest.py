"""Senders and certificates for the tests against hostile receivers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trustme

from tests.egress.sending import Senders

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture
def senders(ca_file: Path) -> Iterator[Senders]:
    made = Senders(str(ca_file))
    yield made
    made.close()
