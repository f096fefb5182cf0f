"""What every secret box keeps to: the fake, and KMS as moto has it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from chalicelib.adapters import aws, kms
from chalicelib.adapters.dynamodb.webhook_secrets import PLAIN, Sealed, WithheldBox
from chalicelib.adapters.kms import KmsSecretBox
from chalicelib.domain.errors import Unavailable
from testbed.fakes.secret_box import FakeKms, FakeSecretBox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chalicelib.adapters.dynamodb.webhook_secrets import SecretBox

BOUND_TO: Final = b"wh_1 of u1"


@dataclass
class Keys:
    """A KMS: it makes boxes, each of which is another process, and can be made to refuse."""

    box: Callable[[], SecretBox]
    refuse: Callable[[], None]


class Kms:
    """moto's, with a key, its requests counted."""

    def __init__(self) -> None:
        session: Any = botocore.session.Session()
        session.set_credentials("test", "test")
        self.client: Any = session.create_client("kms", region_name="us-east-1", config=aws.CONFIG)
        self.key_arn = self.client.create_key()["KeyMetadata"]["Arn"]
        self.requests: Counter[str] = Counter()
        self.now_s = 1_000_000.0
        self._is_refusing = False
        self.client.meta.events.register("before-call.kms", self._before)

    def box(self) -> KmsSecretBox:
        return KmsSecretBox(self.client, self.key_arn, lambda: self.now_s)

    def refuse(self) -> None:
        self._is_refusing = True

    def _before(self, model: Any, **_: object) -> tuple[Any, dict[str, Any]] | None:  # noqa: ANN401 - botocore's
        self.requests[model.name] += 1
        if self._is_refusing:
            return type("Answer", (), {"status_code": 400}), {"Error": {"Code": "AccessDeniedException", "Message": "no"}}
        return None


@pytest.fixture
def moto_kms() -> Iterator[Kms]:
    with mock_aws():
        yield Kms()


@pytest.fixture(params=["fake", "moto"])
def keys(request: pytest.FixtureRequest) -> Keys:
    if request.param == "moto":
        made: Kms = request.getfixturevalue("moto_kms")
        return Keys(made.box, made.refuse)
    fake = FakeKms()
    return Keys(lambda: FakeSecretBox(fake), lambda: setattr(fake, "is_refusing", True))


@pytest.mark.parametrize("content", [b"", b"hush", bytes(range(256)) * 100])
def test_what_is_sealed_opens_here_and_in_another_process(keys: Keys, content: bytes) -> None:
    box = keys.box()
    sealed = box.seal(content, BOUND_TO)
    assert box.open(sealed, BOUND_TO) == keys.box().open(sealed, BOUND_TO) == content


def test_what_is_sealed_cannot_be_read(keys: Keys) -> None:
    sealed = keys.box().seal(b"whsec_hush_hush", BOUND_TO)
    assert b"whsec" not in sealed.content + sealed.data_key


def test_the_same_is_sealed_otherwise_each_time(keys: Keys) -> None:
    box = keys.box()
    assert box.seal(b"hush", BOUND_TO).content != box.seal(b"hush", BOUND_TO).content


def test_processes_have_data_keys_of_their_own(keys: Keys) -> None:
    assert keys.box().seal(b"hush", BOUND_TO).data_key != keys.box().seal(b"hush", BOUND_TO).data_key


def test_it_does_not_open_for_another_webhook_or_owner(keys: Keys) -> None:
    box = keys.box()
    sealed = box.seal(b"hush", BOUND_TO)
    with pytest.raises(Unavailable):
        box.open(sealed, b"wh_1 of u2")


@pytest.mark.parametrize("position", [0, 30, -1])
def test_it_does_not_open_once_it_was_changed(keys: Keys, position: int) -> None:
    box = keys.box()
    content, data_key = box.seal(b"hush", BOUND_TO)
    changed = bytearray(content)
    changed[position] ^= 1
    with pytest.raises(Unavailable):
        box.open(Sealed(bytes(changed), data_key), BOUND_TO)


def test_it_does_not_open_with_another_data_key(keys: Keys) -> None:
    one, other = keys.box(), keys.box()
    sealed, own = one.seal(b"hush", BOUND_TO), other.seal(b"hush", BOUND_TO)
    with pytest.raises(Unavailable):
        other.open(Sealed(sealed.content, own.data_key), BOUND_TO)


def test_a_data_key_that_kms_does_not_know_is_refused(keys: Keys) -> None:
    with pytest.raises(Unavailable):
        keys.box().open(Sealed(b"x" * 60, b"no data key at all, but long enough for one"), BOUND_TO)


def test_where_kms_refuses_nothing_is_sealed_and_nothing_unknown_opens(keys: Keys) -> None:
    sealed = keys.box().seal(b"hush", BOUND_TO)
    keys.refuse()
    with pytest.raises(Unavailable):
        keys.box().seal(b"hush", BOUND_TO)
    with pytest.raises(Unavailable):
        keys.box().open(sealed, BOUND_TO)


@given(content=st.binary(max_size=500), bound_to=st.binary(max_size=50))
def test_anything_opens_as_it_was_sealed(content: bytes, bound_to: bytes) -> None:
    with mock_aws():
        box = Kms().box()
        assert box.open(box.seal(content, bound_to), bound_to) == content


def test_kms_is_asked_once_for_many_webhooks(moto_kms: Kms) -> None:
    box = moto_kms.box()
    sealed = [box.seal(b"hush", BOUND_TO) for _ in range(100)]
    reader = moto_kms.box()
    assert {reader.open(each, BOUND_TO) for each in sealed} == {b"hush"}
    assert [box.open(each, BOUND_TO) for each in sealed[:3]] == [b"hush"] * 3
    assert moto_kms.requests == {"GenerateDataKey": 1, "Decrypt": 1}


@pytest.mark.parametrize(("passed_s", "keys"), [(kms.DATA_KEY_LIFE_S - 1, 1), (kms.DATA_KEY_LIFE_S, 2), (-60, 2)])
def test_a_data_key_has_a_life_by_the_wall_clock(moto_kms: Kms, passed_s: float, keys: int) -> None:
    box = moto_kms.box()
    box.seal(b"hush", BOUND_TO)
    moto_kms.now_s += passed_s
    box.seal(b"hush", BOUND_TO)
    assert moto_kms.requests["GenerateDataKey"] == keys


def test_a_data_key_is_used_so_many_times(moto_kms: Kms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kms, "DATA_KEY_USES_MAX", 3)
    box = moto_kms.box()
    assert len({box.seal(b"hush", BOUND_TO).data_key for _ in range(7)}) == 3


def test_the_keys_that_a_process_knows_are_bounded(moto_kms: Kms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kms, "KEYS_KNOWN_MAX", 2)
    sealed = [moto_kms.box().seal(b"hush", BOUND_TO) for _ in range(3)]
    reader = moto_kms.box()
    for each in (*sealed, sealed[2], sealed[1], sealed[0]):
        reader.open(each, BOUND_TO)
    assert moto_kms.requests["Decrypt"] == 4


def test_without_a_key_what_is_sealed_is_refused_and_where_it_is_withheld_it_is_left_out() -> None:
    sealed = FakeSecretBox(FakeKms()).seal(b"hush", BOUND_TO)
    with pytest.raises(Unavailable, match="SECRETS_KEY_ARN is not set"):
        PLAIN.open(sealed, BOUND_TO)
    assert WithheldBox().open(sealed, BOUND_TO) is None
