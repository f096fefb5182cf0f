"""The tables of options have every setting of a webhook, every filter of records and every member of a notification."""

from __future__ import annotations

from typing import get_type_hints

from posthorn import schemas
from posthorn.cli import history, send
from posthorn.cli.webhook_settings import SETTINGS
from tests.client.document import SCHEMAS

CHANGED_BY_PAUSE_AND_RESUME = {"enabled"}
PRINTED_BY_SHOW_ITSELF = {"url", "name", "global", "actionType"}
SHOWN_AS_PUBLIC_KEY = {"asymmetricSignature"}


def test_every_setting_of_a_new_webhook_has_a_row() -> None:
    assert {each.member for each in SETTINGS} == get_type_hints(schemas.WebhookInput).keys()


def test_every_setting_that_can_change_has_a_row() -> None:
    changeable = {each.member for each in SETTINGS if not each.is_fixed}
    assert changeable == get_type_hints(schemas.WebhookPatch).keys() - CHANGED_BY_PAUSE_AND_RESUME


def test_every_setting_is_shown() -> None:
    shown = {each.member for each in SETTINGS if each.label} | PRINTED_BY_SHOW_ITSELF | SHOWN_AS_PUBLIC_KEY
    assert shown == {each.member for each in SETTINGS}


def test_every_setting_but_authentication_has_an_option() -> None:
    """A password in an option would be in the list of processes."""
    assert {each.member for each in SETTINGS if not each.option} == {"authentication"}


def test_every_filter_of_records_has_an_option() -> None:
    """`tests/client/test_operations.py` compares the client's filters with the API."""
    assert (history._FILTERS | history._PERIOD).keys() == get_type_hints(schemas.RecordFilters).keys()


def test_every_member_of_a_notification_has_an_option() -> None:
    assert send._MEMBERS.keys() == SCHEMAS["Notification"]["properties"].keys()
