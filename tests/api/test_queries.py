"""Query parameters that take several values."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from chalice.app import MultiDict

from chalicelib.api import links, requests
from chalicelib.api.wire.model import SEVERAL, NoQuery
from chalicelib.domain.delivery.attempt import Outcome
from chalicelib.domain.errors import InvalidInput


class _Query(NoQuery):
    outcomes: Annotated[tuple[Outcome, ...] | None, SEVERAL] = None
    kind: str = ""


def _request(**parameters: list[str]) -> Any:  # noqa: ANN401 - in place of Chalice's
    return SimpleNamespace(query_params=MultiDict(parameters), headers={}, context={}, path="/things")


@pytest.mark.parametrize("given", [["failed,succeeded"], ["failed", "succeeded"]])
def test_several_values_are_separated_by_commas_or_repeat_the_parameter(given: list[str]) -> None:
    read = requests.query_of(_Query, _request(outcomes=given))
    assert read.outcomes == (Outcome.FAILED, Outcome.SUCCEEDED)


def test_a_wrong_value_is_named_by_its_place() -> None:
    with pytest.raises(InvalidInput) as refused:
        requests.query_of(_Query, _request(outcomes=["failed,so"]))
    assert list(refused.value.fields) == ["outcomes.1"]


def test_no_value_is_refused() -> None:
    with pytest.raises(InvalidInput):
        requests.query_of(_Query, _request(outcomes=[""]))


def test_a_parameter_that_takes_one_value_is_not_repeated() -> None:
    with pytest.raises(InvalidInput) as refused:
        requests.query_of(_Query, _request(kind=["a", "b"]))
    assert list(refused.value.fields) == ["kind"]


def test_the_link_to_the_next_page_has_all_values() -> None:
    link = links.to_next(_request(outcomes=["failed", "succeeded"], cursor=["x"]), "y")["Link"]
    url = link.removeprefix("<").partition(">")[0]
    assert parse_qs(urlsplit(url).query) == {"outcomes": ["failed", "succeeded"], "cursor": ["y"]}
