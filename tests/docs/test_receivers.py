"""The receivers that the pages show believe what Posthorn signs, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.delivery import signing
from tests.docs.markdown import ROOT, blocks
from tests.docs.receivers import DELIVERY_ID, SECRET, TEXT, signed

if TYPE_CHECKING:
    from tests.docs.receivers import Running

pytestmark = pytest.mark.enable_socket

OTHER_SECRET = signing.new_secret(bytes(32))


def test_a_signed_request_is_taken(receiver: Running) -> None:
    assert receiver.post(*signed()) == 204
    assert receiver.next_line() == f"received: {TEXT}"


def test_a_repeat_is_taken_and_dropped(receiver: Running) -> None:
    receiver.post(*signed(at=datetime.now(UTC) - timedelta(minutes=1)))
    receiver.next_line()
    assert receiver.post(*signed()) == 204
    assert receiver.next_line() == f"came before: {DELIVERY_ID}"


def test_one_of_two_secrets_is_enough_while_they_are_exchanged(receiver: Running) -> None:
    assert receiver.post(*signed(secrets=(OTHER_SECRET, SECRET))) == 204


def test_a_body_that_was_altered_is_refused(receiver: Running) -> None:
    content, headers = signed()
    assert receiver.post(content.replace(b"15", b"16"), headers) == 401
    assert receiver.next_line().startswith("refused: ")


def test_an_id_that_was_altered_is_refused(receiver: Running) -> None:
    content, headers = signed()
    assert receiver.post(content, headers | {"webhook-id": "msg_another"}) == 401


@pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(minutes=-6)], ids=["old", "from the future"])
def test_a_timestamp_that_is_far_off_is_refused(receiver: Running, age: timedelta) -> None:
    assert receiver.post(*signed(at=datetime.now(UTC) - age)) == 401


def test_somebody_else_s_signature_is_refused(receiver: Running) -> None:
    assert receiver.post(*signed(secrets=(OTHER_SECRET,))) == 401


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_header_that_is_missing_is_refused(receiver: Running, missing: str) -> None:
    content, headers = signed()
    del headers[missing]
    assert receiver.post(content, headers) == 401


@pytest.mark.parametrize("signature", ["nonsense", "v1", "v1,", "v1,ä".encode().decode("latin-1"), "v2,AAAA", ","])
def test_nonsense_for_a_signature_is_refused(receiver: Running, signature: str) -> None:
    content, headers = signed()
    assert receiver.post(content, headers | {"webhook-signature": signature}) == 401


def test_it_goes_on_after_all_that(receiver: Running) -> None:
    content, headers = signed()
    receiver.post(content[:-1], headers)
    receiver.next_line()
    assert receiver.post(content, headers) == 204


@pytest.mark.parametrize(("language", "name"), [("python", "receiver.py"), ("javascript", "receiver.mjs")])
def test_what_the_page_shows_is_what_runs_here(language: str, name: str) -> None:
    example = [line.strip() for line in (ROOT / "docs" / "examples" / name).read_text("utf-8").splitlines()]
    page = ROOT / "docs" / "guides" / "receivers.md"
    shown = [line.strip() for block in blocks(page) if block.language == language for line in block.text.splitlines()]
    assert shown
    assert [line for line in shown if line not in example] == []
