"""Signatures, against the published vectors and the official package."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import VerifyKey

from chalicelib.domain.delivery import signing
from chalicelib.domain.delivery.signing import SigningSecret
from tests.domain.samples import NOON, at


@pytest.mark.parametrize(
    ("secret", "message_id", "timestamp", "body", "signature"),
    [
        (
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}',
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
        (
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1649367553,
            '{"email":"test@example.com","username":"test_user"}', "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
        ),
        (
            "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            '{"test": 2432232314}',
            "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==",
        ),
    ],
)  # fmt: skip
def test_the_published_vectors_come_out(secret: str, message_id: str, timestamp: int, body: str, signature: str) -> None:
    moment = datetime.fromtimestamp(timestamp, UTC)
    signed = signing.headers([SigningSecret(secret)], message_id=message_id, at=moment, body=body.encode())
    assert signed == {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": signature}


OLD, NEW, OTHER = (signing.new_secret(bytes([number]) * 32) for number in (1, 2, 3))


def _signed(*secrets: SigningSecret, body: bytes = b"{}", moment: datetime | None = None) -> dict[str, str]:
    return signing.headers(secrets, message_id="msg_1", at=moment or datetime.now(UTC), body=body)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_the_official_package_verifies_any_body(text: str) -> None:
    body = f'{{"text":"{base64.b64encode(text.encode()).decode()}"}}'
    standardwebhooks.Webhook(NEW.value).verify(body, _signed(NEW, body=body.encode()))


@pytest.mark.parametrize("known", [OLD, NEW])
def test_while_two_secrets_are_exchanged_either_verifies(known: SigningSecret) -> None:
    ending = SigningSecret(OLD.value, expires_at=datetime.max.replace(tzinfo=UTC))
    standardwebhooks.Webhook(known.value).verify("{}", _signed(NEW, ending))


def test_another_secret_does_not_verify() -> None:
    with pytest.raises(standardwebhooks.webhooks.WebhookVerificationError):
        standardwebhooks.Webhook(OTHER.value).verify("{}", _signed(NEW, OLD))


@pytest.mark.parametrize(("expires_at", "count"), [(None, 2), (at(1), 2), (at(0), 1), (at(-1), 1)])
def test_a_secret_that_has_expired_signs_no_more(expires_at: datetime | None, count: int) -> None:
    signed = _signed(NEW, SigningSecret(OLD.value, expires_at), moment=NOON)["webhook-signature"].split(" ")
    assert len(signed) == count
    assert signed[0] == _signed(NEW, moment=NOON)["webhook-signature"]
    assert all(each.startswith("v1,") and each.count(",") == 1 for each in signed)


def test_a_private_key_shows_the_public_one_that_verifies_what_it_signs() -> None:
    secret = SigningSecret("whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==")
    assert secret.public_key == "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
    assert OLD.public_key is None


def test_a_new_private_key_verifies_by_its_public_one() -> None:
    key = signing.new_private_key(bytes(range(32)))
    version, _, signature = _signed(key, moment=NOON, body=b"body")["webhook-signature"].partition(",")
    verifying = VerifyKey(base64.b64decode((key.public_key or "").removeprefix("whpk_")))
    verifying.verify(f"msg_1.{int(NOON.timestamp())}.body".encode(), base64.b64decode(signature))
    assert version == "v1a"
    assert key.value not in repr(key)


def test_beside_an_asymmetric_signature_the_official_package_verifies_the_symmetric_one() -> None:
    both = _signed(NEW, signing.new_private_key(bytes(32)))
    standardwebhooks.Webhook(NEW.value).verify("{}", both)
    assert [each.split(",")[0] for each in both["webhook-signature"].split(" ")] == ["v1", "v1a"]


def test_a_fraction_of_a_second_is_cut_from_the_timestamp() -> None:
    assert _signed(NEW, moment=at(0.999))["webhook-timestamp"] == str(int(NOON.timestamp()))


def test_a_new_secret_has_32_bytes_behind_its_prefix_and_hides_them() -> None:
    secret = signing.new_secret(bytes(range(40)))
    assert secret.value.startswith("whsec_")
    assert base64.b64decode(secret.value.removeprefix("whsec_")) == bytes(range(32))
    assert secret.value not in repr(secret)
    assert secret.is_live(NOON)
