"""Signature Version 4 of a POST, as botocore makes it, at a third of the CPU: the key of a day is derived once.

What it signs is what botocore signs, and a property test holds the two signatures to be one.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from botocore import auth, compat

NAME: Final = "posthorn-v4"
"""What this signature is called among botocore's."""
_BOTOCORES_NAME: Final = "v4"
_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_KEYS_MAX: Final = 8
"""A process has one set of credentials, two services, and at midnight two days."""
_REPLACED: Final = ("Authorization", "X-Amz-Date", "X-Amz-Security-Token")
"""Headers that an earlier try has left."""


class QuickSigV4(auth.SigV4Auth):
    """Signs requests without a query, as all of DynamoDB's and SQS's are, over their whole body."""

    def add_auth(self, request: Any) -> None:  # noqa: ANN401 - botocore has no types
        """Put the signature into the request's headers."""
        if self.credentials is None:
            raise auth.NoCredentialsError
        at = compat.get_current_datetime().strftime(auth.SIGV4_TIMESTAMP)
        request.context["timestamp"] = at
        for name in _REPLACED:
            if name in request.headers:
                del request.headers[name]
        request.headers["X-Amz-Date"] = at
        if self.credentials.token:
            request.headers["X-Amz-Security-Token"] = self.credentials.token
        scope = self.credential_scope(request)
        signed, told = _canonical(request)
        digest = hashlib.sha256(told.encode()).hexdigest()
        key = _key(self.credentials.secret_key, scope)
        signature = hmac.digest(key, f"{_ALGORITHM}\n{at}\n{scope}\n{digest}".encode(), "sha256").hex()
        credential = f"Credential={self.credentials.access_key}/{scope}"
        request.headers["Authorization"] = f"{_ALGORITHM} {credential}, SignedHeaders={signed}, Signature={signature}"


def choose(signature_version: object, **_: object) -> str | None:
    """Tell botocore, when it asks how to sign a request, to sign it this way; what is not to be signed stays so."""
    return NAME if signature_version == _BOTOCORES_NAME else None


def _canonical(request: Any) -> tuple[str, str]:  # noqa: ANN401 - botocore has no types
    """The names of the headers that are signed, and the request in the form in which it is signed."""
    url = urlsplit(request.url)
    headers = {name.lower(): " ".join(_text(value).split()) for name, value in request.headers.items()}
    headers = {name: value for name, value in headers.items() if name not in auth.SIGNED_HEADERS_BLACKLIST}
    headers.setdefault("host", url.netloc)
    names = sorted(headers)
    signed = ";".join(names)
    lines = (f"{name}:{headers[name]}" for name in names)
    body = hashlib.sha256(request.body or b"").hexdigest()
    return signed, "\n".join((request.method, url.path or "/", url.query, *lines, "", signed, body))


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


@lru_cache(maxsize=_KEYS_MAX)
def _key(secret: str, scope: str) -> bytes:
    """The key of one day, region and service."""
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


auth.AUTH_TYPE_MAPS[NAME] = QuickSigV4
