"""How event source mappings read a queue, demonstrated with tiny functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from testbed.aws.limits import EVENT_BYTES_MAX, POLLERS_AT_FIRST, POLLERS_MORE_A_MINUTE
from tests.deploy.tiny import tiny

if TYPE_CHECKING:
    from tests.deploy.emulator import Emulator

_MESSAGES: Final = 30
_HOLDS_S: Final = 3

HOLDS = f"""
def handler(event, context):
    ran(f"{{time.monotonic():.3f}} {{len(event['Records'])}}")
    time.sleep({_HOLDS_S})
"""


def test_a_mapping_starts_with_five_batches_at_once_and_adds_five_a_second(account: Emulator) -> None:
    allowed = {"BatchSize": 1, "ScalingConfig": {"MaximumConcurrency": _MESSAGES}}
    with tiny(account, "ramps", HOLDS, mapping=allowed) as function:
        for first in range(0, _MESSAGES, 10):
            function.send(*map(str, range(first, first + 10)))
        function.await_runs(_MESSAGES)
        began_s = sorted(float(line.split()[0]) for line in function.runs)
    in_first_second = sum(each < began_s[0] + 1 for each in began_s)
    assert in_first_second < POLLERS_AT_FIRST + 2 * POLLERS_MORE_A_MINUTE / 60, "a cold start may take another second"
    at_once_in_the_end = sum(each < began_s[0] + _HOLDS_S for each in began_s)
    assert POLLERS_AT_FIRST < at_once_in_the_end < _MESSAGES


COUNTS = """
def handler(event, context):
    ran(f"{len(event['Records'])} {len(json.dumps(event))}")
"""


def test_a_batch_is_as_large_as_the_mapping_says_if_there_is_a_window(account: Emulator) -> None:
    with tiny(account, "large-batches", COUNTS, mapping={"BatchSize": 25, "MaximumBatchingWindowInSeconds": 2}) as function:
        for first in range(0, 50, 10):
            function.send(*map(str, range(first, first + 10)))
        function.await_runs(2)
        assert [line.split()[0] for line in function.runs] == ["25", "25"]


def test_a_batch_that_is_not_full_goes_out_when_its_window_is_over(account: Emulator) -> None:
    with tiny(account, "small-batches", COUNTS, mapping={"BatchSize": 25, "MaximumBatchingWindowInSeconds": 2}) as function:
        function.send("a")
        function.send("b")
        function.await_runs(1)
        assert [line.split()[0] for line in function.runs] == ["2"]


def test_a_batch_holds_no_more_than_6_mb(account: Emulator) -> None:
    with tiny(account, "heavy-batches", COUNTS, mapping={"BatchSize": 10}) as function:
        account.client("sqs").set_queue_attributes(QueueUrl=function.queue_url, Attributes={"DelaySeconds": "2"})
        for _ in range(10):
            function.send("x" * 1_000_000)
        function.await_runs(2)
        counts, sizes = zip(*(map(int, line.split()) for line in function.runs), strict=True)
        assert sum(counts) == 10
        assert max(sizes) <= EVENT_BYTES_MAX
