"""The loads of the benchmark, small: what they do is done, and what the size of the rest must not change is the same.

How long anything takes is measured, and asserted nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks import scale

if TYPE_CHECKING:
    from benchmarks.figures import Figure

pytestmark = [pytest.mark.enable_socket]

REQUESTS = {
    "one match, 300 webhooks against 50": 10,
    "a webhook's newest page, 600 against 60": 2,
    "a webhook's page half way, 600 against 60": 2,
    "all webhooks' newest page, 600 against 60": 18,
    "all webhooks' page half way, 600 against 60": 18,
    "deletion, 600 records against 2": 4,
}
"""Of the large side."""


@pytest.fixture(scope="module")
def figures() -> dict[str, Figure]:
    return {each.what: each for each in scale.measure(is_quick=True).figures}


@pytest.mark.parametrize("what", REQUESTS)
def test_much_of_the_rest_asks_as_much_of_aws_as_little_of_it(figures: dict[str, Figure], what: str) -> None:
    found = figures[f"Requests: {what}"]
    assert found.absolute is not None
    assert (found.steady, found.absolute.median) == (1, REQUESTS[what])


@pytest.mark.parametrize("what", [each for each in REQUESTS if each.startswith(("one match", "a webhook"))])
def test_much_of_the_rest_consumes_as_much_as_little_of_it(figures: dict[str, Figure], what: str) -> None:
    assert figures[f"Capacity: {what}"].steady == 1


def test_a_page_of_all_webhooks_gets_past_what_a_deleted_one_has_left(figures: dict[str, Figure]) -> None:
    assert figures["Pages of all webhooks' history to get past the purged"].steady == 1


def test_a_match_among_many_asks_no_more_of_aws_than_one_among_few(figures: dict[str, Figure]) -> None:
    assert figures["Requests a match, 300 matches against 50"].steady <= 1
