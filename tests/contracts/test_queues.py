from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.adapters.sqs import REQUEST_BYTES_MAX
from chalicelib.background.ports import ReturnedMessage
from chalicelib.background.tasks import PurgeHistory, StepRecovery, Task, WriteRecord
from chalicelib.delivery.ports import Enqueued, Lane
from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.domain.delivery.hops import Hops
from chalicelib.domain.delivery.signing import SigningSecret
from chalicelib.domain.errors import Unavailable
from chalicelib.intake.ports import QueuedNotification
from chalicelib.operations.ports import QueueDepth
from testbed import samples
from testbed.fakes.queues import DeadLetter
from tests.contracts.engines import World, aws_world, delay_of, fake_world, received

if TYPE_CHECKING:
    from testbed.engines.provisioning import Clients


def test_attempts_arrive_on_the_lane_they_were_sent_to(world: World) -> None:
    slot_at = samples.AT + timedelta(microseconds=3)
    sent = [
        Enqueued(samples.attempt(slot_at=slot_at, retry_of="rec_1"), Lane.SLOW),
        Enqueued(samples.attempt(body="\N{ROCKET} \x00 \ufffe \ud800"), Lane.FAST),
    ]
    world.deliveries.send(sent)
    assert sorted(world.arrived("deliveries"), key=str) == sorted(sent, key=str)


def test_any_number_of_attempts_arrives_each_once(world: World) -> None:
    sent = [Enqueued(samples.attempt(), Lane.FAST) for _ in range(123)]
    world.deliveries.send(sent)
    assert sorted(world.arrived("deliveries"), key=str) == sorted(sent, key=str)


def test_attempts_that_fill_more_than_one_request_by_their_size_arrive(world: World) -> None:
    sent = [Enqueued(samples.attempt(body="x" * 200_000), Lane.FAST) for _ in range(7)]
    world.deliveries.send(sent)
    assert len(world.arrived("deliveries")) == 7


def test_sending_nothing_is_no_error(world: World) -> None:
    world.deliveries.send([])
    world.accepted.send([])
    world.background.send([])
    assert world.arrived("deliveries") == world.arrived("accepted") == world.arrived("background") == []


def test_notifications_arrive_with_what_is_known_of_them(world: World) -> None:
    sent = [
        QueuedNotification('{"notificationType": "modelCreated", "n": 1.10, "é": "\N{ROCKET}"}'),
        QueuedNotification("{}", {"accepted_at": "2026-03-01T12:00:00Z", "after": "wh_1"}),
    ]
    world.accepted.send(sent)
    assert sorted(world.arrived("accepted"), key=str) == sorted(sent, key=str)


def test_a_purge_arrives_without_the_webhooks_secrets(world: World) -> None:
    webhook = samples.webhook(secrets=(SigningSecret("whsec_a"),), headers=samples.HEADERS, authentication=samples.BASIC)
    world.background.send([Task(PurgeHistory(webhook))])
    assert world.arrived("background") == [Task(PurgeHistory(replace(webhook, secrets=(), headers=(), authentication=None)))]


def test_a_task_keeps_its_hops_on_the_queue(world: World) -> None:
    sent = Task(StepRecovery("rcv_1"), Hops(3, samples.AT))
    world.background.send([sent])
    assert world.arrived("background") == [sent]


def test_refused_records_arrive_whole(world: World) -> None:
    sent = [Task(WriteRecord(samples.record(failure=FailureCause.STATUS, wait_s=3_600))) for _ in range(25)]
    world.background.send(sent)
    assert sorted(world.arrived("background"), key=str) == sorted(sent, key=str)


def test_a_message_that_is_set_aside_keeps_its_text_and_the_reason(world: World) -> None:
    reason, kept = "The JSON object is not valid.", {"posthornId": "ntf_1"}
    world.dead_letters.set_aside(world.source_arn, '{"poison": 1', reason, kept)
    assert world.arrived("dead_letters") == [DeadLetter(world.source_arn, '{"poison": 1', reason, kept)]


def test_an_empty_queue_has_nothing_on_it(world: World) -> None:
    depths = {each.name: each for each in world.queue_depths.read()}
    names = ["notifications", "accepted", "deliveries", "slow-deliveries", "background"]
    assert list(depths) == names
    assert depths == {name: QueueDepth(name, 0, 0, 0, 0) for name in names}


def test_what_is_on_a_queue_is_counted(world: World) -> None:
    world.accepted.send([QueuedNotification("{}"), QueuedNotification("{}", delay_s=60)])
    world.deliveries.send([Enqueued(samples.attempt(), lane) for lane in (Lane.FAST, Lane.FAST, Lane.SLOW)])
    world.background.send([Task(StepRecovery("rcv_1")), Task(StepRecovery("rcv_2"), delay_s=60)])
    for _ in range(2):
        world.dead_letters.set_aside(world.source_arn, "x", "It is poison.")
    assert world.queue_depths.read() == [
        QueueDepth("notifications", waiting=0, in_flight=0, delayed=0, dead_letters=0),
        QueueDepth("accepted", waiting=1, in_flight=0, delayed=1, dead_letters=2),
        QueueDepth("deliveries", waiting=2, in_flight=0, delayed=0, dead_letters=0),
        QueueDepth("slow-deliveries", waiting=1, in_flight=0, delayed=0, dead_letters=0),
        QueueDepth("background", waiting=1, in_flight=0, delayed=1, dead_letters=0),
    ]


def test_messages_that_somebody_works_on_are_in_flight_and_dead_letters_stay_dead(clients: Clients) -> None:
    world = aws_world(clients)
    world.accepted.send([QueuedNotification("{}")])
    world.dead_letters.set_aside(world.source_arn, "x", "It is poison.")
    for name in ("accepted", "dead_letters"):
        assert len(world.arrived(name)) == 1
    assert world.queue_depths.read()[1] == QueueDepth("accepted", 0, in_flight=1, delayed=0, dead_letters=1)


@pytest.mark.parametrize("end", ["", "-dead-letters"])
def test_queues_of_which_one_is_missing_are_unavailable(clients: Clients, end: str) -> None:
    world = aws_world(clients)
    clients.sqs.delete_queue(QueueUrl=clients.places["BACKGROUND_QUEUE_URL"] + end)
    with pytest.raises(Unavailable):
        world.queue_depths.read()


def test_a_message_that_is_brought_back_comes_again_at_once(clients: Clients) -> None:
    world, url = aws_world(clients), clients.places["ACCEPTED_QUEUE_URL"]
    world.accepted.send([QueuedNotification(f'{{"n": {number}}}') for number in range(12)])
    taken = received(clients.sqs, url)
    assert (len(taken), received(clients.sqs, url)) == (12, [])
    world.redelivery.delay(world.source_arn, [ReturnedMessage(each["ReceiptHandle"], 0) for each in taken])
    assert len(received(clients.sqs, url)) == 12


def test_a_message_that_is_brought_back_later_does_not_come_at_once(clients: Clients) -> None:
    world, url = aws_world(clients), clients.places["ACCEPTED_QUEUE_URL"]
    world.accepted.send([QueuedNotification("{}")])
    world.redelivery.delay(
        world.source_arn, [ReturnedMessage(each["ReceiptHandle"], 60) for each in received(clients.sqs, url)]
    )
    assert received(clients.sqs, url) == []


def test_a_reason_is_cut_and_made_printable(clients: Clients) -> None:
    world = aws_world(clients)
    world.dead_letters.set_aside(world.source_arn, "x", "bad \x00 \ud800 byte" + "x" * 2_000)
    world.dead_letters.set_aside(world.source_arn, "x", "\n")
    reasons = sorted(each.reason for each in world.arrived("dead_letters"))
    assert reasons == ["bad     byte" + "x" * 988, "unknown"]


def test_attempts_are_grouped_by_webhook_and_wait_as_long_as_told(clients: Clients) -> None:
    world, attempt = aws_world(clients), samples.attempt()
    world.deliveries.send([Enqueued(attempt, Lane.FAST), Enqueued(samples.attempt(), Lane.FAST, delay_s=900)])
    url = clients.places["DELIVERIES_QUEUE_URL"]
    assert delay_of(clients.sqs, url)["ApproximateNumberOfMessagesDelayed"] == "1"
    assert [each["Attributes"]["MessageGroupId"] for each in received(clients.sqs, url)] == [attempt.webhook_id]


def test_a_character_that_sqs_refuses_arrives_as_its_escape(world: World) -> None:
    world.accepted.send([QueuedNotification('{"text":"\ufffe\uffff\ud800"}')])
    assert [each.text for each in world.arrived("accepted")] == ['{"text":"\\ufffe\\uffff\\ud800"}']


def _longest() -> QueuedNotification:
    """1,048,576 bytes with the attributes' names, types and values ("Amazon SQS message quotas")."""
    return QueuedNotification("x" * (REQUEST_BYTES_MAX - len("posthornId" + "String" + "ntf_1")), {"posthornId": "ntf_1"})


def test_the_longest_message_arrives(world: World) -> None:
    world.accepted.send([_longest()])
    assert world.arrived("accepted") == [_longest()]


@pytest.mark.parametrize(
    "change",
    [
        {"text": _longest().text + "x"},
        {"text": ""},
        {"delay_s": 901},
        {"delay_s": -1},
        {"attributes": {"posthornId": ""}},
        {"attributes": {f"a{number}": "1" for number in range(11)}},
    ],
    ids=["long", "empty", "late", "early", "value", "attributes"],
)
def test_the_fake_takes_no_message_that_sqs_refuses(change: dict[str, Any]) -> None:
    """The engines of the contract take most of them: the service itself has to keep to the bounds."""
    world = fake_world()
    with pytest.raises(Unavailable):
        world.accepted.send([replace(_longest(), **change)])
    assert world.arrived("accepted") == []
