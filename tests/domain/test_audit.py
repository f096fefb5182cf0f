"""What the audit tells of a change."""

from __future__ import annotations

from dataclasses import fields, replace

from chalicelib.domain.directory import audit
from chalicelib.domain.directory.audit import AuditAction
from chalicelib.domain.webhooks.authentication import BearerAuthentication
from chalicelib.domain.webhooks.webhook import Webhook
from tests.domain.samples import NOON, webhook


def test_every_field_of_a_webhook_is_shown_or_hidden_on_purpose() -> None:
    assert {each.name for each in fields(Webhook)} == audit.SHOWN | audit.HIDDEN
    assert not audit.SHOWN & audit.HIDDEN


def test_headers_are_told_by_their_names_and_authentication_by_its_being_there() -> None:
    old = webhook(headers=(("x-team", "first-secret"),), authentication=BearerAuthentication("first-secret"))
    new = replace(old, headers=(("x-team", "second-secret"),), authentication=BearerAuthentication("second-secret"))
    assert audit.webhook_changes(old, new) == (("headers", ["x-team"], ["x-team"]), ("authentication", True, True))
    assert audit.webhook_changes(old, replace(old, authentication=None)) == (("authentication", True, None),)


def test_what_did_not_change_is_not_told() -> None:
    assert audit.webhook_changes(webhook(), replace(webhook(), version=2, updated_at=NOON)) == ()


def test_a_webhook_that_comes_or_goes_is_told_whole() -> None:
    made = {name: (was, became) for name, was, became in audit.webhook_changes(None, webhook())}
    gone = {name: (became, was) for name, was, became in audit.webhook_changes(webhook(), None)}
    assert made == gone
    assert made["url"] == (None, "https://receiver-1.example/…")


def test_disabling_and_enabling_have_names_of_their_own() -> None:
    live, disabled = webhook(), webhook().disabled("It is gone.", NOON)
    assert audit.action_of(live, replace(live, is_enabled=False)) is AuditAction.WEBHOOK_PAUSED
    assert audit.action_of(disabled, live) is AuditAction.WEBHOOK_ENABLED
    assert audit.action_of(live, replace(live, name="New")) is AuditAction.WEBHOOK_CHANGED
