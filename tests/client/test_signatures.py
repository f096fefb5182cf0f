from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from chalicelib.domain.delivery import signing
from posthorn.signatures import TOLERANCE_S, InvalidSignature, key_of, verify

if TYPE_CHECKING:
    from collections.abc import Sequence

SECRET: Final = signing.new_secret(bytes(range(32)))
OTHER: Final = signing.new_secret(bytes(range(1, 33)))
AT: Final = datetime(2026, 3, 1, 10, tzinfo=UTC)
BODY: Final = '{"text": "«ü»"}'.encode()


def headers(*secrets: signing.SigningSecret) -> dict[str, str]:
    return signing.headers(secrets or (SECRET,), message_id="msg_1", at=AT, body=BODY)


def verified(headers: dict[str, str], *, secret: str = SECRET.value, body: bytes = BODY, off_s: float = 0) -> str:
    return verify(secret, headers, body, now_s=AT.timestamp() + off_s)


def test_a_request_signed_by_the_service_is_valid() -> None:
    assert verified(headers()) == "msg_1"


def test_a_request_signed_by_the_reference_implementation_is_valid() -> None:
    signature = Webhook(SECRET.value).sign("msg_1", AT, BODY.decode())
    timestamp = str(int(AT.timestamp()))
    assert verified({"Webhook-Id": "msg_1", "Webhook-Timestamp": timestamp, "Webhook-Signature": signature}) == "msg_1"


def test_the_published_example_is_valid() -> None:
    given = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert verify("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", given, b'{"test": 2432232314}', now_s=1614265330)


def test_a_secret_may_lack_its_prefix() -> None:
    assert verified(headers(), secret=SECRET.value.removeprefix("whsec_"))


@pytest.mark.parametrize("secrets", [(SECRET, OTHER), (OTHER, SECRET)])
def test_one_matching_signature_is_enough(secrets: Sequence[signing.SigningSecret]) -> None:
    assert verified(headers(*secrets))


def test_an_additional_asymmetric_signature_is_ignored() -> None:
    assert verified(headers(signing.new_private_key(bytes(32)), SECRET))


@pytest.mark.parametrize("off_s", [-TOLERANCE_S, TOLERANCE_S])
def test_the_clock_may_differ_by_the_tolerance(off_s: float) -> None:
    assert verified(headers(), off_s=off_s)


@pytest.mark.parametrize(("off_s", "side"), [(TOLERANCE_S + 1, "too old"), (-TOLERANCE_S - 1, "too far ahead")])
def test_a_replayed_request_is_rejected(off_s: float, side: str) -> None:
    with pytest.raises(InvalidSignature, match=side):
        verified(headers(), off_s=off_s)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_an_unsigned_request_is_rejected(name: str) -> None:
    given = headers()
    del given[name]
    with pytest.raises(InvalidSignature, match=name):
        verified(given)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": str(int(AT.timestamp()) + 1)},
        {"webhook-signature": "v1," + base64.b64encode(bytes(32)).decode()},
        {"webhook-signature": "v1,nonsense"},
        {"webhook-signature": "v1"},
        {"webhook-signature": ""},
        {"webhook-signature": headers()["webhook-signature"].replace("v1,", "v2,")},
        {"webhook-signature": headers()["webhook-signature"].replace("v1,", "v1a,")},
        {"webhook-signature": "v1,é"},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "١٧٧٢٣٥٩٢٠٠"},
    ],
)
def test_a_request_with_changed_headers_is_rejected(changed: dict[str, str]) -> None:
    with pytest.raises(InvalidSignature):
        verified(headers() | changed)


def test_a_changed_body_is_rejected() -> None:
    with pytest.raises(InvalidSignature, match="No signature matches"):
        verified(headers(), body=BODY + b" ")


def test_another_secret_is_rejected() -> None:
    with pytest.raises(InvalidSignature, match="No signature matches"):
        verified(headers(), secret=OTHER.value)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!", "phk_nonsense", "whsk_AAAA"])
def test_an_invalid_secret_is_reported(secret: str) -> None:
    with pytest.raises(ValueError, match="The secret is not valid"):
        verified(headers(), secret=secret)


@pytest.mark.parametrize("length", [24, 32, 64])
def test_a_secret_of_a_length_that_the_specification_allows_is_accepted(length: int) -> None:
    secret = "whsec_" + base64.b64encode(bytes(length)).decode()
    signature = Webhook(secret).sign("msg_1", AT, BODY.decode())
    given = {"webhook-id": "msg_1", "webhook-timestamp": str(int(AT.timestamp())), "webhook-signature": signature}
    assert verified(given, secret=secret) == "msg_1"


@pytest.mark.parametrize("length", [1, 16, 23, 65, 96])
def test_a_secret_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="24 to 64 bytes") as refused:
        key_of("whsec_" + base64.b64encode(bytes(length)).decode())
    assert not isinstance(refused.value, InvalidSignature)


ANY_VALUE = (
    st.text(st.characters(exclude_categories=()), max_size=60)
    | st.text("0123456789", max_size=5_000)
    | st.binary(max_size=20)
)
NAMES = st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature", "Webhook-Id"])


@given(st.dictionaries(NAMES | ANY_VALUE, ANY_VALUE, max_size=6), st.sampled_from([{}, headers()]))
@example({"webhook-timestamp": "9" * 400}, headers())
@example({"webhook-timestamp": "9" * 5_000}, headers())
@example({"webhook-id": "\ud800"}, headers())
@example({"webhook-signature": "v1,\ud800"}, headers())
def test_whatever_the_headers_hold_is_refused_in_the_one_way(hostile: dict[Any, Any], others: dict[str, str]) -> None:
    unsigned = {"webhook-signature": hostile.get("webhook-signature", "v1,AAAA")}
    with pytest.raises(InvalidSignature):
        verified(others | hostile | unsigned)
