"""A receiver whose certificate comes from a private authority, with and without RECEIVER_CA_FILE."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import certifi
import pytest
import trustme

from chalicelib.adapters import egress
from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.egress import authorities
from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.settings import ENVIRONMENT_OF_LOCATIONS, Settings, SettingsError
from tests.egress.receiver import OK, Receiver, answering
from tests.egress.sending import exchange

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.enable_socket

PLACES = dict.fromkeys(ENVIRONMENT_OF_LOCATIONS, "somewhere") | {
    "ALLOWED_NETWORKS": "127.0.0.0/8",
    "ALLOW_LOOPBACK": "1",
    "PRIVATE_RECEIVERS": "everybody",
}


def presented(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def written(authority: trustme.CA, path: Path) -> str:
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def called(authority: trustme.CA, ca_file: str) -> FailureCause | None:
    """What came of a request to a receiver of that authority's, with RECEIVER_CA_FILE set or empty."""
    sender = egress.sender(Settings.from_environment(PLACES | {"RECEIVER_CA_FILE": ca_file}), SystemClock())
    with Receiver(answering(OK), tls=presented(authority)) as receiver:
        ended = exchange(sender, receiver.url(host="127.0.0.1"))
    sender.close()
    return ended.judge()[0]


def test_a_receiver_of_a_private_authority_is_called_where_the_operator_says_so(tmp_path: Path) -> None:
    private = trustme.CA()
    assert called(private, "") is FailureCause.TLS
    assert called(private, written(private, tmp_path / "ca.pem")) is None


def test_the_public_authorities_stay_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their place is one of the test's own: no public authority signs for a receiver on loopback."""
    public, private = trustme.CA(), trustme.CA()
    public_file = written(public, tmp_path / "public.pem")
    monkeypatch.setattr(certifi, "where", lambda: public_file)
    added = written(private, tmp_path / "private.pem")
    assert [called(each, added) for each in (public, private)] == [None, None]
    assert called(trustme.CA(), added) is FailureCause.TLS


def test_the_bundle_is_certifis_and_what_was_added(ca_file: Path) -> None:
    assert authorities.bundle("") == certifi.where()
    with open(authorities.bundle(str(ca_file)), "rb") as joined, open(certifi.where(), "rb") as public:  # noqa: PTH123
        assert joined.read() == public.read() + b"\n" + ca_file.read_bytes()


@pytest.mark.parametrize(
    "content", [None, "", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_that_is_missing_or_has_no_certificate_is_refused_at_the_start(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SettingsError, match=f"RECEIVER_CA_FILE: the path of a PEM file .* '{path}'"):
        Settings.from_environment(PLACES | {"RECEIVER_CA_FILE": str(path)})
