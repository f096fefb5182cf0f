"""Dead letters: how long they are kept, whose they are, and that an alarm watches them; and what is found by an index."""

from __future__ import annotations

from typing import Any, Final

import pytest

QUEUES: Final = ("Notifications", "Accepted", "Deliveries", "SlowDeliveries", "Background")
LONGEST_S: Final = 1_209_600
"""Fourteen days ("MessageRetentionPeriod", AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes)."""


def _properties(declared: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = declared["Resources"][name]["Properties"]
    return found


@pytest.mark.parametrize("queue", QUEUES)
def test_a_message_and_a_dead_letter_are_kept_as_long_as_sqs_keeps_any(declared: dict[str, Any], queue: str) -> None:
    """A standard queue counts from when a message was first sent, also after it has become a dead letter ("Using dead-letter
    queues in Amazon SQS", AWSSimpleQueueService/latest/SQSDeveloperGuide)."""
    kept_s = [_properties(declared, f"{queue}{kind}")["MessageRetentionPeriod"] for kind in ("Queue", "DeadLetters")]
    assert kept_s == [LONGEST_S, LONGEST_S]


@pytest.mark.parametrize("queue", QUEUES)
def test_only_its_own_queue_may_put_messages_on_a_dead_letter_queue(declared: dict[str, Any], queue: str) -> None:
    allowed = _properties(declared, f"{queue}DeadLetters")["RedriveAllowPolicy"]
    own = _properties(declared, f"{queue}Queue")["QueueName"]["Fn::Sub"]
    [source] = allowed["sourceQueueArns"]
    assert (allowed["redrivePermission"], source["Fn::Sub"].rpartition(":")[2]) == ("byQueue", own)


@pytest.mark.parametrize("queue", QUEUES)
@pytest.mark.parametrize(
    ("alarm", "metric", "watched"),
    [
        ("DeadLettersAlarm", "ApproximateNumberOfMessagesVisible", "DeadLetters"),
        ("AgeAlarm", "ApproximateAgeOfOldestMessage", "Queue"),
    ],
)
def test_an_alarm_watches_the_queue_that_it_is_called_by(
    declared: dict[str, Any], queue: str, alarm: str, metric: str, watched: str
) -> None:
    found = _properties(declared, f"{queue}{alarm}")
    name = {"Fn::GetAtt": [f"{queue}{watched}", "QueueName"]}
    assert (found["MetricName"], found["Statistic"]) == (metric, "Maximum")
    assert found["Dimensions"] == [{"Name": "QueueName", "Value": name}]


@pytest.mark.parametrize(
    ("table", "index", "keys"),
    [
        ("WebhooksTable", "by_owner", ["owner_id", "id"]),
        ("WebhooksTable", "all", ["kind", "id"]),
        ("HistoryTable", "due", ["due_shard", "due_at"]),
        ("HistoryTable", "failed", ["failed_of", "sort"]),
        ("HistoryTable", "delivery", ["delivery_of", "sort"]),
    ],
)
def test_an_index_has_the_keys_that_the_code_asks_it_by(
    declared: dict[str, Any], table: str, index: str, keys: list[str]
) -> None:
    indexes = {each["IndexName"]: each["KeySchema"] for each in _properties(declared, table)["GlobalSecondaryIndexes"]}
    assert [(each["AttributeName"], each["KeyType"]) for each in indexes[index]] == list(
        zip(keys, ["HASH", "RANGE"], strict=True)
    )
