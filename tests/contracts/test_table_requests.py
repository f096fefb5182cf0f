"""What the adapters put into their requests to DynamoDB, and what they make of its answers, with a client that is scripted.

Engines in the tests answer small tables at once and are always consistent, so none of them notices what is left out here.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError

from chalicelib.adapters.aws import ConditionFailed
from chalicelib.adapters.dynamodb import batches, values
from chalicelib.adapters.dynamodb.claims import DynamoClaims
from chalicelib.adapters.dynamodb.history import DynamoHistory
from chalicelib.adapters.dynamodb.locks import DynamoLocks
from chalicelib.adapters.dynamodb.table import Condition, Query, Table
from chalicelib.adapters.dynamodb.waiting import DynamoWaiting
from chalicelib.adapters.dynamodb.webhooks import DynamoWebhooks
from chalicelib.domain.notifications.matching import Subscription
from chalicelib.intake.ports import ClaimState
from testbed import samples
from testbed.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.values import Item

pytestmark = pytest.mark.usefixtures("pauses")

QUERY = Query(key="#pk = :pk", values={":pk": "p"})
CONFLICT = "TransactionConflictException"


class Scripted:
    """A client that keeps the requests, and gives one answer after another; the last one stays."""

    def __init__(self, *answers: dict[str, Any] | ClientError) -> None:
        self.requests: list[dict[str, Any]] = []
        self._answers = answers

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        def call(**request: Any) -> dict[str, Any]:  # noqa: ANN401 - botocore's own
            self.requests.append(request)
            answer = self._answers[min(len(self.requests), len(self._answers)) - 1]
            if isinstance(answer, ClientError):
                raise answer
            return answer

        return call

    @property
    def client(self) -> DynamoDBClient:
        return cast("DynamoDBClient", self)

    @property
    def table(self) -> Table:
        return Table(self.client, "t")


def _key(number: int) -> Item:
    return {"pk": {"S": str(number)}}


def _refusal(code: str, *, tries_before: int = 0, **more: Any) -> ClientError:  # noqa: ANN401 - parts of an answer
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"RetryAttempts": tries_before}, **more}
    return ClientError(answer, "PutItem")


def _page(*numbers: int, has_more: bool = False, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of an answer
    items = [_key(number) for number in numbers]
    return {"Items": items, "Count": len(items), **({"LastEvaluatedKey": items[-1]} if has_more else {}), **more}


def test_a_batch_is_read_strongly_consistent() -> None:
    scripted = Scripted({"Responses": {"t": []}})
    batches.read(scripted.table, [_key(1)])
    assert scripted.requests[0]["RequestItems"]["t"]["ConsistentRead"] is True


def test_a_batch_reads_no_more_than_100_keys_at_once() -> None:
    """ "You can retrieve up to 100 items" (BatchGetItem, amazondynamodb/latest/APIReference)."""
    scripted = Scripted({"Responses": {"t": []}})
    batches.read(scripted.table, [_key(number) for number in range(230)])
    assert [len(each["RequestItems"]["t"]["Keys"]) for each in scripted.requests] == [100, 100, 30]


def test_a_batch_writes_no_more_than_25_items_at_once() -> None:
    """ "There are more than 25 requests in the batch" is refused (BatchWriteItem, amazondynamodb/latest/APIReference)."""
    scripted = Scripted({})
    batches.write(scripted.table, [batches.putting(_key(number)) for number in range(60)])
    assert [len(each["RequestItems"]["t"]) for each in scripted.requests] == [25, 25, 10]


@pytest.mark.parametrize(
    "read", [lambda table: table.first(QUERY, 3), lambda table: table.every(QUERY)], ids=["first", "every"]
)
def test_a_query_that_ends_at_1_mb_is_gone_on_with(read: Callable[[Table], list[Item]]) -> None:
    """ "If LastEvaluatedKey is not empty, it does not necessarily mean that there is more data" - but there may be (Query,
    amazondynamodb/latest/APIReference)."""
    scripted = Scripted(_page(1, has_more=True), _page(2, has_more=True), _page(3))
    assert read(scripted.table) == [_key(number) for number in (1, 2, 3)]
    assert [each.get("ExclusiveStartKey") for each in scripted.requests] == [None, _key(1), _key(2)]


def test_a_query_whose_filter_drops_a_whole_page_is_gone_on_with() -> None:
    scripted = Scripted({"Items": [], "Count": 0, "LastEvaluatedKey": _key(9)}, _page(3))
    assert scripted.table.first(QUERY, 1) == [_key(3)]


def test_the_first_ones_are_no_more_than_were_asked_for() -> None:
    scripted = Scripted(_page(1, 2, has_more=True), _page(3, 4, has_more=True))
    assert scripted.table.first(QUERY, 3) == [_key(number) for number in (1, 2, 3)]
    assert [each["Limit"] for each in scripted.requests] == [3, 1]


def test_a_count_that_ends_at_1_mb_is_gone_on_with() -> None:
    scripted = Scripted(_page(1, 2, has_more=True), _page(3))
    assert scripted.table.count(QUERY, 9) == 3
    assert [each["Limit"] for each in scripted.requests] == [9, 7]


def test_a_count_goes_no_further_than_it_was_asked_for() -> None:
    scripted = Scripted(_page(1, 2, has_more=True))
    assert scripted.table.count(QUERY, 2) == 2
    assert len(scripted.requests) == 1


@pytest.mark.parametrize(
    ("tries_before", "there", "is_refused"), [(1, _key(1), False), (0, _key(1), True), (1, _key(2), True), (1, None, True)]
)
def test_a_put_is_done_if_an_earlier_try_has_made_it_and_its_answer_got_lost(
    tries_before: int, there: Item | None, *, is_refused: bool
) -> None:
    failed = _refusal("ConditionalCheckFailedException", tries_before=tries_before, **({"Item": there} if there else {}))
    scripted = Scripted(failed)
    try:
        scripted.table.put(_key(1), Condition("attribute_not_exists(#pk)"))
    except ConditionFailed:
        assert is_refused
    else:
        assert not is_refused


def test_an_update_is_done_if_an_earlier_try_has_made_it() -> None:
    there = {"pk": {"S": "1"}, "state": {"S": "new"}}
    scripted = Scripted(_refusal("ConditionalCheckFailedException", tries_before=1, Item=there))
    is_old = Condition("#state = :old", {":old": "old"})
    assert scripted.table.update(_key(1), "SET #state = :new", {":new": "new"}, is_old) == {"state": {"S": "new"}}


def test_a_write_that_met_a_transaction_is_sent_again(pauses: list[int]) -> None:
    scripted = Scripted(_refusal(CONFLICT), _refusal(CONFLICT), {})
    scripted.table.put(_key(1))
    assert (len(scripted.requests), pauses) == (3, [1, 2])


def test_one_item_is_read_strongly_consistent() -> None:
    scripted = Scripted({})
    assert scripted.table.get(_key(1)) is None
    assert scripted.requests[0]["ConsistentRead"] is True


@pytest.mark.parametrize(
    "read",
    [
        lambda webhooks: webhooks.matching(Subscription("user:1", "modelDeleted"), None, 9),
        lambda webhooks: webhooks.subscribed("user:1", 9),
    ],
    ids=["of a type", "all of an audience"],
)
def test_subscriptions_are_read_strongly_consistent(read: Callable[[DynamoWebhooks], object]) -> None:
    """A webhook gets what is sent after its creation was answered."""
    scripted = Scripted(_page())
    read(DynamoWebhooks(scripted.client, "t", directory_table="d"))
    assert [each["ConsistentRead"] for each in scripted.requests] == [True]


@pytest.mark.parametrize(
    "read",
    [
        lambda waiting: waiting.oldest("wh_1", 9),
        lambda waiting: waiting.purge("wh_1", 9),
        lambda waiting: waiting.forget("wh_1", "dlv_1"),
    ],
    ids=["oldest", "purge", "forget"],
)
def test_waiting_deliveries_are_read_strongly_consistent(read: Callable[[DynamoWaiting], object]) -> None:
    """An empty answer closes the list."""
    scripted = Scripted(_page())
    read(DynamoWaiting(scripted.client, "t"))
    assert scripted.requests[0]["ConsistentRead"] is True


def test_a_purge_reads_strongly_consistent() -> None:
    scripted = Scripted(_page())
    DynamoHistory(scripted.client, "t", FakeClock(), 30).purge("wh_1", 9)
    assert scripted.requests[0]["ConsistentRead"] is True


def test_a_settled_attempt_that_the_index_still_has_is_not_due() -> None:
    """The index lags: what it proposes is read from the table, where the mark is gone."""
    kept = samples.record()
    history = DynamoHistory(Scripted({"Responses": {"t": []}}).client, "t", FakeClock(), 30)
    (_, item) = history._encoded({kept.attempt.record_id: kept})
    scripted = Scripted({"Responses": {"t": item}})
    settled = DynamoHistory(scripted.client, "t", FakeClock(), 30).still_due([kept.attempt.record_id])
    assert "due_at" not in item[0]
    assert settled == []


def test_a_claim_is_taken_over_only_from_the_holder_and_the_lease_that_were_seen() -> None:
    """Of two who find the same lease over, one gets it."""
    there = values.item(
        {"holder": "dead", "lease_until": samples.AT - timedelta(seconds=1), "accepted_at": samples.AT, "expires_at": 1}
    )
    failed = _refusal("ConditionalCheckFailedException", Item=there)
    scripted = Scripted(failed, failed)
    claim = DynamoClaims(scripted.client, "t").take(samples.claim_request("other"), samples.AT)
    assert claim.state is ClaimState.BUSY
    condition, given = scripted.requests[1]["ConditionExpression"], scripted.requests[1]["ExpressionAttributeValues"]
    assert [given[name] for name in re.findall(r":\w+", condition)] == [there["holder"], there["lease_until"]]


ANNS_LOCK = values.item({"holder": "ann", "until": samples.AT, "expires_at": 1})


@pytest.mark.parametrize(("told", "requests"), [({"Item": ANNS_LOCK}, 1), ({}, 2)])
def test_who_holds_a_lock_is_read_only_if_the_refusal_does_not_say_so(told: dict[str, Any], requests: int) -> None:
    failed = _refusal("ConditionalCheckFailedException", **told)
    scripted = Scripted(failed, {"Item": ANNS_LOCK})
    until = samples.AT + timedelta(seconds=9)
    assert DynamoLocks(scripted.client, "t").take("l", "ben", now=samples.AT, until=until) == "ann"
    assert len(scripted.requests) == requests
