"""What the adapters do where AWS refuses: leaves items undone, throttles, cancels, does not answer."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from chalicelib.adapters import aws
from chalicelib.delivery.ports import Enqueued, Lane
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.domain.webhooks.health import Health
from chalicelib.intake.ports import QueuedNotification
from testbed import samples
from tests.contracts.engines import World, aws_world

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chalicelib.domain.history.records import HistoryRecord
    from testbed.engines.provisioning import Clients

pytestmark = pytest.mark.usefixtures("pauses")

Answer = Callable[[dict[str, Any]], dict[str, Any] | None]
"""What AWS answers to a request; ``None`` lets the request through to the engine."""


def refusal(code: str, status: int = 400, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of an answer
    return {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}, **more}


def _with_bytes(value: dict[str, Any]) -> dict[str, Any]:
    """Bytes as botocore has them in a request and in an answer; between the two they travel as base64."""
    return {"B": base64.b64decode(value["B"])} if set(value) == {"B"} else value


@dataclass
class Script:
    """Answers of one operation, one after the other; the last one stays."""

    answers: Sequence[Answer]
    requests: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, params: dict[str, Any], **_: object) -> tuple[SimpleNamespace, dict[str, Any]] | None:
        request = json.loads(params["body"], object_hook=_with_bytes)
        self.requests.append(request)
        answer = self.answers[min(len(self.requests), len(self.answers)) - 1](request)
        if answer is None:
            return None
        status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 200)
        return SimpleNamespace(status_code=status), answer


def scripted(client: Any, operation: str, *answers: Answer) -> Script:  # noqa: ANN401 - either client
    script = Script(answers)
    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register(f"before-call.{service}.{operation}", script)
    return script


def let_through(_: dict[str, Any]) -> None:
    return None


def throttle(_: dict[str, Any]) -> dict[str, Any]:
    return refusal("ProvisionedThroughputExceededException")


def leave_all(request: dict[str, Any]) -> dict[str, Any]:
    return {"UnprocessedItems": request["RequestItems"]}


def leave_one(request: dict[str, Any]) -> dict[str, Any]:
    return {"UnprocessedItems": {table: writes[:1] for table, writes in request["RequestItems"].items()}}


def hang(_: dict[str, Any]) -> dict[str, Any]:
    raise ReadTimeoutError(endpoint_url="http://127.0.0.1")


def records(count: int) -> list[HistoryRecord]:
    return [samples.record() for _ in range(count)]


def listed(world: World) -> list[HistoryRecord]:
    return world.history.page_of_all(None, HistoryFilter(), 200).records


def test_items_left_undone_are_sent_again_after_a_pause(clients: Clients, pauses: list[int]) -> None:
    world = aws_world(clients)
    script = scripted(clients.dynamodb, "BatchWriteItem", leave_all, let_through)
    made = records(3)
    assert world.history.write(made) == []
    assert len(script.requests) == 2
    assert pauses == [1]
    assert sorted(listed(world), key=str) == sorted(made, key=str)


def test_only_what_was_left_undone_is_sent_again(clients: Clients) -> None:
    world = aws_world(clients)
    script = scripted(clients.dynamodb, "BatchWriteItem", leave_one, let_through)
    world.history.write(records(5))
    assert [len(each["RequestItems"][clients.places["HISTORY_TABLE"]]) for each in script.requests] == [6, 1]


def test_records_that_stay_undone_are_returned(clients: Clients, pauses: list[int]) -> None:
    world = aws_world(clients)
    scripted(clients.dynamodb, "BatchWriteItem", leave_all)
    made = records(3)
    assert world.history.write(made) == made
    assert pauses == list(range(1, aws.TRIES_MAX))


def test_a_throttled_write_is_tried_again_and_then_returned(clients: Clients) -> None:
    world = aws_world(clients)
    script = scripted(clients.dynamodb, "BatchWriteItem", throttle)
    made = records(30)
    assert world.history.write(made) == made
    assert len(script.requests) == aws.TRIES_MAX


def test_a_throttled_write_goes_through_when_the_table_has_recovered(clients: Clients) -> None:
    world = aws_world(clients)
    scripted(clients.dynamodb, "BatchWriteItem", throttle, let_through)
    made = records(3)
    assert world.history.write(made) == []
    assert len(listed(world)) == 3


def test_records_whose_row_was_refused_are_returned_although_they_are_there(clients: Clients) -> None:
    world, made = aws_world(clients), records(3)

    def refuse_journal(request: dict[str, Any]) -> dict[str, Any]:
        ((table, writes),) = request["RequestItems"].items()
        rows = [each for each in writes if each["PutRequest"]["Item"]["webhook_id"]["S"].startswith("journal|")]
        return {"UnprocessedItems": {table: rows}}

    scripted(clients.dynamodb, "BatchWriteItem", refuse_journal)
    assert world.history.write(made) == made


def test_records_written_again_after_their_row_was_refused_are_listed_once(clients: Clients) -> None:
    world, made = aws_world(clients), records(3)
    scripted(clients.dynamodb, "BatchWriteItem", *[leave_all] * aws.TRIES_MAX, let_through)
    refused = world.history.write(made)
    assert world.history.write(refused) == []
    assert sorted(listed(world), key=str) == sorted(made, key=str)


def test_rows_go_before_the_records_they_list(clients: Clients) -> None:
    world = aws_world(clients)
    script = scripted(clients.dynamodb, "BatchWriteItem", let_through)
    world.history.write(records(50))
    sent = [
        each["PutRequest"]["Item"]["webhook_id"]["S"].startswith("journal|")
        for request in script.requests
        for each in request["RequestItems"][clients.places["HISTORY_TABLE"]]
    ]
    assert sent == [True] * 3 + [False] * 50


def test_where_nothing_answers_all_records_are_returned_at_once(clients: Clients, pauses: list[int]) -> None:
    world = aws_world(clients)
    script = scripted(clients.dynamodb, "BatchWriteItem", hang)
    made = records(60)
    assert world.history.write(made) == made
    assert len(script.requests) == 1
    assert pauses == []


def test_an_item_that_the_table_cannot_take_harms_no_other(clients: Clients) -> None:
    world, made = aws_world(clients), records(4)
    bad = made[2].attempt.record_id.sort

    def refuse_bad(request: dict[str, Any]) -> dict[str, Any] | None:
        (writes,) = request["RequestItems"].values()
        sorts = [each["PutRequest"]["Item"]["sort"]["S"] for each in writes]
        return refusal("ValidationException") if bad in sorts else None

    scripted(clients.dynamodb, "BatchWriteItem", refuse_bad)
    assert world.history.write(made) == [made[2]]
    assert len(world.history.get_many([each.attempt.record_id for each in made])) == 3


def test_keys_left_undone_are_asked_for_again(clients: Clients) -> None:
    world = aws_world(clients)
    webhook = samples.webhook()
    world.webhooks.create(webhook)
    scripted(
        clients.dynamodb,
        "BatchGetItem",
        lambda request: {"Responses": {}, "UnprocessedKeys": request["RequestItems"]},
        let_through,
    )
    assert world.webhooks.get_many([webhook.id]) == {webhook.id: webhook}


def test_keys_that_stay_undone_are_unavailable(clients: Clients) -> None:
    world = aws_world(clients)
    scripted(
        clients.dynamodb,
        "BatchGetItem",
        lambda request: {"Responses": {}, "UnprocessedKeys": request["RequestItems"]},
    )
    with pytest.raises(Unavailable):
        world.webhooks.get_many([samples.webhook_id()])


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("BatchWriteItem", leave_all),
        ("BatchWriteItem", throttle),
        ("BatchGetItem", lambda request: {"Responses": {}, "UnprocessedKeys": request["RequestItems"]}),
        ("BatchGetItem", throttle),
    ],
)
def test_each_refusal_is_logged_for_the_alarm(
    clients: Clients, operation: str, answer: Callable[[Any], Any], caplog: pytest.LogCaptureFixture
) -> None:
    """DynamoDB's own metrics by table leave out indexes and BatchGetItem's unprocessed keys: our log has all."""
    world = aws_world(clients)
    scripted(clients.dynamodb, operation, answer)
    with caplog.at_level(logging.WARNING), suppress(Unavailable):
        world.history.write(records(1))
        world.webhooks.get_many([samples.webhook_id()])
    assert {each.message for each in caplog.records} == {"aws.refused"}


def test_messages_that_are_refused_are_logged_for_the_alarm(clients: Clients, caplog: pytest.LogCaptureFixture) -> None:
    world = aws_world(clients)
    scripted(clients.sqs, "SendMessageBatch", failing(fault=False))
    with caplog.at_level(logging.WARNING), pytest.raises(Unavailable):
        world.accepted.send([QueuedNotification("{}")])
    assert [each.message for each in caplog.records] == ["aws.refused"]


def test_answers_that_are_full_are_no_refusals(clients: Clients, pauses: list[int]) -> None:
    """An answer ends at 16 MB: with large items it brings a few of a hundred each time."""
    world = aws_world(clients)
    webhooks = [samples.webhook() for _ in range(aws.TRIES_MAX + 3)]
    for each in webhooks:
        world.webhooks.create(each)
    table = clients.places["WEBHOOKS_TABLE"]

    def one_at_a_time(request: dict[str, Any]) -> dict[str, Any]:
        wanted = request["RequestItems"][table]
        first, rest = wanted["Keys"][0], wanted["Keys"][1:]
        item = clients.dynamodb.get_item(TableName=table, Key=first)["Item"]
        return {"Responses": {table: [item]}, "UnprocessedKeys": {table: {**wanted, "Keys": rest}} if rest else {}}

    scripted(clients.dynamodb, "BatchGetItem", one_at_a_time)
    assert len(world.webhooks.get_many([each.id for each in webhooks])) == len(webhooks)
    assert pauses == []


def test_items_that_are_not_there_are_no_refusal(clients: Clients, pauses: list[int]) -> None:
    missing = samples.record().attempt.record_id
    assert aws_world(clients).history.get_many([missing]) == {}
    assert pauses == []


def test_subscription_rows_that_stay_undone_are_unavailable_and_there_is_no_webhook(clients: Clients) -> None:
    world, webhook = aws_world(clients), samples.webhook()
    scripted(clients.dynamodb, "BatchWriteItem", leave_all)
    with pytest.raises(Unavailable):
        world.webhooks.create(webhook)
    assert world.webhooks.get(webhook.id) is None


def test_a_deletion_that_meets_another_write_is_tried_again(clients: Clients, pauses: list[int]) -> None:
    world, webhook = aws_world(clients), samples.webhook()
    world.webhooks.create(webhook)
    conflict = refusal("TransactionCanceledException", CancellationReasons=[{"Code": "TransactionConflict"}])
    scripted(clients.dynamodb, "TransactWriteItems", lambda _: conflict, let_through)
    world.webhooks.delete(webhook, samples.AT)
    assert world.webhooks.get(webhook.id) is None
    assert len(pauses) == 1


def test_a_deletion_that_always_meets_other_writes_is_unavailable(clients: Clients) -> None:
    conflict = refusal("TransactionCanceledException", CancellationReasons=[{"Code": "TransactionConflict"}])
    script = scripted(clients.dynamodb, "TransactWriteItems", lambda _: conflict)
    with pytest.raises(Unavailable):
        aws_world(clients).webhooks.delete(samples.webhook(), samples.AT)
    assert len(script.requests) == aws.TRIES_MAX


def test_a_single_write_that_meets_a_transaction_is_tried_again(clients: Clients, pauses: list[int]) -> None:
    """A delivery's write to a webhook, while its owner changes the webhook. botocore does not repeat it."""
    world, webhook = aws_world(clients), samples.webhook()
    world.webhooks.create(webhook)
    scripted(clients.dynamodb, "UpdateItem", lambda _: refusal("TransactionConflictException"), let_through)
    assert world.webhooks.reserve_slots(webhook.id, 1, 1.0, samples.AT, samples.AT) == samples.AT
    assert len(pauses) == 1


def test_a_call_of_a_transaction_has_a_token_of_its_own_and_its_repetitions_the_same(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What botocore repeats after a lost answer is made once; what we ask for again is another request."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    world = aws_world(clients)
    world.webhooks.create(samples.webhook(), (), 2)
    server_error = refusal("InternalServerError", 500)
    conflict = refusal("TransactionCanceledException", CancellationReasons=[{"Code": "TransactionConflict"}])
    tokens: list[str] = []
    answers = iter([server_error, conflict, None])

    def send(request: Any, **_: object) -> Any:  # noqa: ANN401 - botocore's
        tokens.append(json.loads(request.body)["ClientRequestToken"])
        answer = next(answers)
        return None if answer is None else _as_sent(answer)

    clients.dynamodb.meta.events.register("before-send.dynamodb.TransactWriteItems", send)
    assert world.webhooks.create(samples.webhook(), (), 2)
    assert tokens[0] == tokens[1] != tokens[2]


def _as_sent(answer: dict[str, Any]) -> Any:  # noqa: ANN401 - botocore's
    body = {key: value for key, value in answer.items() if key != "ResponseMetadata"}
    kind = body.pop("Error")["Code"]
    text = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{kind}", **body}).encode()
    return AWSResponse("", answer["ResponseMetadata"]["HTTPStatusCode"], HTTPHeaders(), _Raw(text))


class _Raw:
    """The bytes of an answer, as botocore reads them."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException", "InternalServerError"])
def test_a_refused_read_is_unavailable_and_tells_the_code(clients: Clients, code: str) -> None:
    scripted(clients.dynamodb, "GetItem", lambda _: refusal(code))
    with pytest.raises(Unavailable, match=code):
        aws_world(clients).directory.key("key_1")


def test_a_refused_conditional_write_is_no_failed_condition(clients: Clients) -> None:
    scripted(clients.dynamodb, "UpdateItem", throttle)
    with pytest.raises(Unavailable):
        aws_world(clients).webhooks.update_health(samples.webhook(), Health(1))


def test_an_engine_that_does_not_answer_is_unavailable(clients: Clients) -> None:
    def refuse_connection(_: dict[str, Any]) -> dict[str, Any]:
        raise ConnectTimeoutError(endpoint_url="http://127.0.0.1")

    scripted(clients.dynamodb, "Query", refuse_connection)
    with pytest.raises(Unavailable):
        aws_world(clients).history.purge(samples.webhook_id(), 5)


def test_a_claim_is_answered_by_engines_that_do_not_tell_what_stood_in_the_way(clients: Clients) -> None:
    world = aws_world(clients)
    world.claims.take(samples.claim_request("a"), samples.AT)
    scripted(clients.dynamodb, "PutItem", lambda _: refusal("ConditionalCheckFailedException"))
    assert world.claims.take(samples.claim_request("b"), samples.AT).state == "busy"


def failing(fault: bool) -> Answer:  # noqa: FBT001
    """The first message of a request fails."""

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        first, *rest = request["Entries"]
        failed = [{"Id": first["Id"], "SenderFault": fault, "Code": "InternalError", "Message": "no"}]
        return {"Failed": failed, "Successful": [{"Id": each["Id"]} for each in rest]}

    return answer


def test_messages_that_failed_are_sent_again_alone(clients: Clients, pauses: list[int]) -> None:
    world = aws_world(clients)
    script = scripted(clients.sqs, "SendMessageBatch", failing(fault=False), let_through)
    world.deliveries.send([Enqueued(samples.attempt(), Lane.FAST) for _ in range(5)])
    assert [len(each["Entries"]) for each in script.requests] == [5, 1]
    assert pauses == [1]


def test_messages_that_keep_failing_are_unavailable(clients: Clients) -> None:
    world = aws_world(clients)
    script = scripted(clients.sqs, "SendMessageBatch", failing(fault=False))
    with pytest.raises(Unavailable, match="InternalError"):
        world.accepted.send([QueuedNotification("{}")])
    assert len(script.requests) == aws.TRIES_MAX


def test_a_message_that_is_wrong_in_itself_is_not_sent_again(clients: Clients) -> None:
    world = aws_world(clients)
    script = scripted(clients.sqs, "SendMessageBatch", failing(fault=True))
    with pytest.raises(Unavailable):
        world.accepted.send([QueuedNotification("{}")])
    assert len(script.requests) == 1


def test_one_refused_request_of_many_is_unavailable(clients: Clients) -> None:
    world = aws_world(clients)
    scripted(clients.sqs, "SendMessageBatch", lambda _: refusal("ServiceUnavailable", 503), let_through)
    with pytest.raises(Unavailable):
        world.deliveries.send([Enqueued(samples.attempt(), Lane.FAST) for _ in range(50)])


def test_a_pause_grows_and_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.undo()
    monkeypatch.setattr("time.sleep", slept.append)
    for tries in range(1, 60):
        aws.pause(tries)
    assert 0.05 <= slept[0] <= 0.1
    assert max(slept) <= 1.0
