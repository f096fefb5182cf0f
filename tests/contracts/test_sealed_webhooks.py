"""Webhooks whose secrets are encrypted in the table: what is in the item, who can read it, what a change leaves alone."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb import webhook_item
from chalicelib.adapters.dynamodb.webhook_secrets import PLAIN, WithheldBox
from chalicelib.adapters.dynamodb.webhooks import DynamoWebhooks
from chalicelib.domain.delivery.signing import SigningSecret
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.webhooks.authentication import (
    BasicAuthentication,
    BearerAuthentication,
    ClientAuthentication,
    OAuth2Authentication,
)
from testbed import samples
from testbed.fakes.secret_box import FakeKms, FakeSecretBox

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.webhook_secrets import SecretBox
    from chalicelib.domain.webhooks.webhook import Webhook
    from testbed.engines.provisioning import Clients

SECRETS: Final = ("whsec_Zmlyc3Q", "whsec_c2Vjb25k", "header-value", "pass-word", "cl1ent-secret", "t0ken")
TEXTS: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
AUTHENTICATIONS: Final = st.one_of(
    st.none(),
    st.builds(BasicAuthentication, TEXTS, TEXTS),
    st.builds(BearerAuthentication, TEXTS),
    st.builds(OAuth2Authentication, TEXTS, TEXTS, TEXTS, st.none() | TEXTS, st.sampled_from(ClientAuthentication)),
)


class Table:
    """The webhooks table of an engine, as several functions see it."""

    def __init__(self, clients: Clients) -> None:
        self.kms = FakeKms()
        self._client = clients.dynamodb
        self._name = clients.places["WEBHOOKS_TABLE"]
        self._directory = clients.places["DIRECTORY_TABLE"]
        self.api = self.seen_with(FakeSecretBox(self.kms))

    def seen_with(self, box: SecretBox) -> DynamoWebhooks:
        return DynamoWebhooks(self._client, self._name, box, directory_table=self._directory)

    def another(self) -> DynamoWebhooks:
        """As another process sees it, which has the right to encrypt."""
        return self.seen_with(FakeSecretBox(self.kms))

    def delivering(self) -> DynamoWebhooks:
        """As a function sees it that may decrypt and not encrypt."""
        return self.seen_with(_OpeningBox(self.kms))

    def item(self, webhook: Webhook) -> dict[str, Any]:
        found: dict[str, Any] = self._client.get_item(TableName=self._name, Key=webhook_item.key(webhook.id))["Item"]
        return found

    def put(self, item: dict[str, Any]) -> None:
        self._client.put_item(TableName=self._name, Item=item)


class _OpeningBox(FakeSecretBox):
    """KMS refuses this process data keys."""

    def seal(self, content: bytes, bound_to: bytes) -> Any:  # noqa: ANN401, ARG002
        message = "AWS refused GenerateDataKey: AccessDeniedException."
        raise Unavailable(message)


@pytest.fixture
def table(clients: Clients) -> Table:
    return Table(clients)


def secretive(**changes: Any) -> Webhook:  # noqa: ANN401 - any field
    return samples.webhook(
        secrets=(SigningSecret(SECRETS[0]), SigningSecret(SECRETS[1], samples.AT)),
        headers=(("x-key", SECRETS[2]),),
        authentication=BasicAuthentication("posthorn", SECRETS[3]),
        **changes,
    )


def changed(webhook: Webhook, **changes: Any) -> Webhook:  # noqa: ANN401 - any field
    return replace(webhook, version=webhook.version + 1, **changes)


@pytest.mark.parametrize(
    "authentication",
    [
        None,
        BasicAuthentication("posthorn", SECRETS[3]),
        OAuth2Authentication("https://login.example/token", "client", SECRETS[4]),
        BearerAuthentication(SECRETS[5]),
    ],
)
def test_the_item_has_no_secret_in_plain(table: Table, authentication: Any) -> None:  # noqa: ANN401 - any of them
    webhook = replace(secretive(), authentication=authentication)
    table.api.create(webhook)
    raw = json.dumps(table.item(webhook), default=lambda each: bytes(each).decode("latin-1"))
    assert [each for each in SECRETS if each in raw] == []
    assert table.api.get(webhook.id) == table.another().get(webhook.id) == webhook


@given(
    secrets=st.lists(st.builds(SigningSecret, TEXTS), max_size=3).map(tuple),
    headers=st.lists(st.tuples(TEXTS, TEXTS), max_size=3).map(tuple),
    authentication=AUTHENTICATIONS,
)
def test_any_webhook_comes_back_from_its_item(secrets: Any, headers: Any, authentication: Any) -> None:  # noqa: ANN401
    webhook = samples.webhook(secrets=secrets, headers=headers, authentication=authentication)
    box = FakeSecretBox(FakeKms())
    item = webhook_item.encode(webhook, box)
    assert webhook_item.decode(item, box) == webhook
    assert json.loads(item["webhook"]["S"]).keys() & {"authentication"} == set()
    assert json.loads(item["webhook"]["S"]).keys() & {"secrets", "headers"} == set()


def test_one_that_was_written_without_a_key_is_read_and_encrypted_by_its_next_change(table: Table) -> None:
    webhook = secretive()
    table.seen_with(PLAIN).create(webhook)
    assert table.api.get(webhook.id) == webhook
    assert not webhook_item.is_sealed(table.item(webhook))
    renamed = changed(webhook, name="other")
    assert table.api.update(webhook, renamed)
    assert webhook_item.is_sealed(table.item(webhook))
    assert SECRETS[0] not in str(table.item(webhook))
    assert table.another().get(webhook.id) == renamed


def test_a_change_of_something_else_leaves_what_is_encrypted_alone(table: Table) -> None:
    webhook = secretive()
    table.api.create(webhook)
    before = table.item(webhook)
    renamed = changed(webhook, name="other")
    assert table.another().update(webhook, renamed)
    after = table.item(webhook)
    assert (after["sealed"], after["data_key"]) == (before["sealed"], before["data_key"])
    assert table.api.get(webhook.id) == renamed


def test_a_change_of_a_secret_is_encrypted(table: Table) -> None:
    webhook = secretive()
    table.api.create(webhook)
    rotated = changed(webhook, secrets=(SigningSecret("whsec_ZnJlc2g"),))
    assert table.api.update(webhook, rotated)
    assert "whsec_ZnJlc2g" not in str(table.item(webhook))
    assert table.api.get(webhook.id) == rotated


def test_a_change_of_owner_binds_the_secrets_to_the_new_one(table: Table) -> None:
    webhook = secretive()
    table.api.create(webhook)
    given_away = changed(webhook, owner_id="u2")
    assert table.api.update(webhook, given_away)
    assert table.another().get(webhook.id) == given_away


def test_a_function_without_the_right_to_encrypt_disables_a_webhook_that_is_encrypted(table: Table) -> None:
    webhook = secretive()
    table.api.create(webhook)
    disabled = webhook.disabled("gone", samples.AT)
    assert table.delivering().disable(webhook, disabled)
    assert webhook_item.is_sealed(table.item(webhook))
    assert table.api.get(webhook.id) == disabled


def test_a_function_without_the_right_to_encrypt_leaves_one_in_plain_that_was_written_so(table: Table) -> None:
    webhook = secretive()
    table.seen_with(PLAIN).create(webhook)
    disabled = webhook.disabled("gone", samples.AT)
    assert table.delivering().disable(webhook, disabled)
    assert table.api.get(webhook.id) == disabled


def test_a_function_that_is_not_to_see_secrets_reads_the_rest_and_does_not_lose_them(table: Table) -> None:
    webhook, withheld = secretive(), table.seen_with(WithheldBox())
    table.api.create(webhook)
    seen = withheld.get(webhook.id)
    assert seen == webhook.without_secrets()
    assert seen is not None
    assert withheld.update(seen, changed(seen, groups=("g2",)))
    assert table.api.get(webhook.id) == changed(webhook, groups=("g2",))


def test_secrets_in_plain_are_never_written_over_those_that_are_encrypted(table: Table) -> None:
    webhook, withheld = secretive(), table.seen_with(WithheldBox())
    table.api.create(webhook)
    seen = webhook.without_secrets()
    assert not withheld.update(seen, changed(seen, secrets=(SigningSecret("whsec_b3RoZXI"),)))
    assert table.api.get(webhook.id) == webhook


def test_of_two_changes_at_once_one_is_refused(table: Table) -> None:
    webhook = secretive()
    table.api.create(webhook)
    assert table.api.update(webhook, changed(webhook, name="one"))
    assert not table.another().update(webhook, changed(webhook, name="other"))


def test_without_the_key_it_is_unavailable_and_not_called_without_a_signature(table: Table) -> None:
    webhook = secretive()
    table.api.create(webhook)
    with pytest.raises(Unavailable):
        table.seen_with(PLAIN).get_many([webhook.id])


def test_where_kms_refuses_nothing_is_created(table: Table) -> None:
    webhook = secretive()
    table.kms.is_refusing = True
    with pytest.raises(Unavailable):
        table.api.create(webhook)
    assert table.seen_with(WithheldBox()).get(webhook.id) is None


def test_the_secrets_of_another_webhook_do_not_open_in_its_place(table: Table) -> None:
    one, other = secretive(), secretive()
    for each in (one, other):
        table.api.create(each)
    table.put(table.item(one) | {name: table.item(other)[name] for name in ("sealed", "data_key")})
    with pytest.raises(Unavailable):
        table.api.get(one.id)


def test_the_secrets_do_not_open_for_another_owner(table: Table) -> None:
    webhook = secretive()
    table.api.create(webhook)
    item = table.item(webhook)
    table.put(item | {"webhook": {"S": item["webhook"]["S"].replace('"owner_id":"u1"', '"owner_id":"u2"')}})
    with pytest.raises(Unavailable):
        table.another().get(webhook.id)
