"""Certificates for receivers that are as expensive to verify as those on the internet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Callable

DOMAIN: Final = "receivers.test"
"""A name that never exists on the internet (RFC 6761, 6.2)."""
_DAY: Final = timedelta(days=1)

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Chain:
    """A certificate chain: the keys of the leaf, the intermediate and the root."""

    name: str
    leaf: Callable[[], PrivateKey]
    intermediate: Callable[[], PrivateKey]
    root: Callable[[], PrivateKey]


def _rsa(bits: int) -> Callable[[], PrivateKey]:
    return lambda: rsa.generate_private_key(65537, bits)


def _ec(curve: ec.EllipticCurve) -> Callable[[], PrivateKey]:
    return lambda: ec.generate_private_key(curve)


CHAINS: Final = {
    each.name: each
    for each in (
        # As Let's Encrypt signs ECDSA leaves (letsencrypt.org/certificates): P-384 is the expensive one to verify.
        Chain("P-384", _ec(ec.SECP256R1()), _ec(ec.SECP384R1()), _rsa(4096)),
        # As Amazon's certificate manager signs (amazontrust.com/repository), and most who buy theirs.
        Chain("RSA-2048", _rsa(2048), _rsa(2048), _rsa(2048)),
    )
}


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a chain: the receiver's certificate and key, and the bundle that senders trust."""

    certificate: Path
    key: Path
    bundle: Path


def write(chain: Chain, folder: Path) -> Files:
    """Make a chain for all names of the domain. The bundle is certifi's, with the root of this chain."""
    files = Files(folder / f"{chain.name}.pem", folder / f"{chain.name}.key", folder / f"{chain.name}-bundle.pem")
    root_key, middle_key, leaf_key = chain.root(), chain.intermediate(), chain.leaf()
    root = _certificate("root", root_key, "root", root_key, is_authority=True)
    middle = _certificate("intermediate", middle_key, "root", root_key, is_authority=True)
    leaf = _certificate("leaf", leaf_key, "intermediate", middle_key, is_authority=False)
    files.certificate.write_bytes(leaf + middle)
    files.key.write_bytes(leaf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    files.bundle.write_bytes(Path(certifi.where()).read_bytes() + root)
    return files


def _certificate(subject: str, key: PrivateKey, issuer: str, issuer_key: PrivateKey, *, is_authority: bool) -> bytes:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + _DAY)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if not is_authority:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(f"*.{DOMAIN}")]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{DOMAIN} {text}")])
