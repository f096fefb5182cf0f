"""The quick signature is botocore's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import NoCredentialsError
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters import aws
from chalicelib.adapters.aws import signer

WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)
VALUES = st.one_of(WORDS, st.just("application/x-amz-json-1.0"), st.just("  two   spaces "))
NAMES = st.sampled_from(("Content-Type", "X-Amz-Target", "User-Agent", "Expect", "amz-sdk-request", "X-Amzn-Trace-Id"))
URLS = st.sampled_from(
    (
        "https://dynamodb.eu-central-1.amazonaws.com/",
        "https://sqs.us-east-1.amazonaws.com",
        "http://127.0.0.1:4566/",
        "http://127.0.0.1:4566/a/path",
    )
)
TIMES = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1))  # noqa: DTZ001 - botocore's has no zone


def signed(kind: Any, credentials: Credentials, at: datetime, **request: Any) -> dict[str, str]:  # noqa: ANN401 - botocore's
    """The headers of a request that is signed twice, as one that is tried again is."""
    made = AWSRequest(method="POST", **request)
    with pytest.MonkeyPatch.context() as patch:
        for module in (botocore.auth, botocore.compat):
            patch.setattr(module, "get_current_datetime", lambda: at)
        for _ in range(2):
            kind(credentials, "dynamodb", "eu-central-1").add_auth(made)
    return dict(made.headers.items())


@given(
    at=TIMES,
    url=URLS,
    headers=st.dictionaries(NAMES, VALUES),
    body=st.binary(max_size=100),
    key=WORDS,
    secret=WORDS,
    token=st.none() | WORDS,
)
def test_a_request_is_signed_alike(
    at: datetime, url: str, headers: dict[str, str], body: bytes, key: str, secret: str, token: str | None
) -> None:
    own, quick = (
        signed(kind, Credentials(key, secret, token), at, url=url, headers=dict(headers), data=body)
        for kind in (botocore.auth.SigV4Auth, signer.QuickSigV4)
    )
    assert quick == own
    assert "Signature=" in own["Authorization"]


def test_what_has_no_credentials_is_not_signed() -> None:
    nobody: Any = None
    with pytest.raises(NoCredentialsError):
        signer.QuickSigV4(nobody, "dynamodb", "eu-central-1").add_auth(AWSRequest(method="POST", url="http://127.0.0.1/"))


def test_what_is_not_to_be_signed_is_not_signed() -> None:
    assert signer.choose(signature_version=botocore.UNSIGNED) is None


@pytest.mark.parametrize("service", ["dynamodb", "sqs"])
def test_a_client_signs_so(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(signer.QuickSigV4, "add_auth", lambda self, _: made.append(type(self).__name__))
    client: Any = aws.new_session().create_client(
        service, region_name="eu-central-1", aws_access_key_id="key", aws_secret_access_key="secret", config=aws.CONFIG
    )
    client.meta.events.register("before-send", lambda **_: (_ for _ in ()).throw(InterruptedError))
    with pytest.raises(InterruptedError):
        client.list_tables() if service == "dynamodb" else client.list_queues()
    assert made == ["QuickSigV4"]
