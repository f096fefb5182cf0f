"""The declaration of the history's filters."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from pydantic.alias_generators import to_camel

from chalicelib.api.wire.history import RecordSummary
from chalicelib.domain.delivery.attempt import Outcome
from chalicelib.domain.history.filters import FILTERS, LISTED, Filter, HistoryFilter, listed_values
from tests.docs.markdown import ROOT
from tests.domain.filtering import any_filters, each_alone, is_listed
from tests.domain.samples import exchange, recorded

API = ROOT / "docs" / "reference" / "api.md"
DOCUMENT = ROOT / "chalicelib" / "web" / "openapi.json"
BY_TIME = {"since", "until"}
FAILED = recorded(came=exchange(503))


@pytest.mark.parametrize("own", FILTERS, ids=lambda each: each.name)
def test_a_filter_compares_a_value_or_the_time(own: Filter) -> None:
    assert (own.value is None) is (own.name in BY_TIME)


@pytest.mark.parametrize("own", [each for each in FILTERS if each.value is not None], ids=lambda each: each.name)
def test_a_filter_compares_the_member_of_its_name(own: Filter) -> None:
    assert own.value is not None
    assert own.value(FAILED) == RecordSummary.summed(FAILED).model_dump()[to_camel(own.name)]


@pytest.mark.parametrize("own", [each for each in FILTERS if each.value is not None], ids=lambda each: each.name)
def test_stores_read_only_failed_records_for_what_no_other_record_has(own: Filter) -> None:
    assert own.value is not None
    assert (own.value(recorded()) is None) is (own.implies is Outcome.FAILED)


@pytest.mark.parametrize("own", FILTERS, ids=lambda each: each.name)
def test_a_filter_is_in_the_description_of_the_api_and_in_its_reference(own: Filter) -> None:
    parameters = json.loads(DOCUMENT.read_text("utf-8"))["paths"]["/webhooks/history"]["get"]["parameters"]
    assert own.says in {each["description"] for each in parameters if each["name"] == to_camel(own.name)}
    assert f"`{to_camel(own.name)}`" in API.read_text("utf-8").split("`GET /webhooks/history` takes")[1].split("\n\n#")[0]


@given(any_filters())
def test_a_record_matches_if_its_members_do(wanted: HistoryFilter) -> None:
    assert wanted.matches(FAILED) is is_listed(FAILED, wanted)


@given(any_filters(), any_filters())
def test_a_cursor_is_bound_to_every_filter(one: HistoryFilter, other: HistoryFilter) -> None:
    assert (one.as_texts() == other.as_texts()) is (one == other)


def test_the_outcome_that_a_filter_implies_is_the_only_one() -> None:
    for wanted in each_alone(FAILED):
        implied = {each.implies for each in FILTERS if getattr(wanted, each.name) is not None}
        assert wanted.only_outcome in implied | {wanted.outcome}


def test_what_the_journal_lists_matches_as_the_record_does() -> None:
    for wanted in each_alone(FAILED):
        assert wanted.may_match(listed_values(FAILED))
    assert not HistoryFilter(notification_type="other").may_match(listed_values(FAILED))


def test_a_value_that_the_journal_does_not_have_may_match() -> None:
    """It was listed before the filter existed: the record itself decides."""
    for wanted in each_alone(FAILED):
        assert wanted.may_match(())
        assert wanted.may_match([""] * len(LISTED))
