"""Recursive loop detection as AWS has it, demonstrated with a tiny function and with the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from testbed.aws.limits import INVOCATIONS_IN_CHAIN_MAX
from tests.deploy.tiny import tiny
from tests.local.service import wait_until

if TYPE_CHECKING:
    from tests.deploy.emulator import Emulator

GOES_ROUND = """
def handler(event, context):
    for record in event["Records"]:
        ran(record["body"])
        if record["body"] == "round":
            send("round")
"""
SHORT: Any = {"queue": {"VisibilityTimeout": 3}, "Timeout": 3}
"""A refused message comes again after this long."""


def test_the_17th_invocation_in_one_chain_is_refused_and_its_message_ends_among_the_dead_letters(account: Emulator) -> None:
    with tiny(account, "loop-refused", GOES_ROUND, **SHORT) as function:
        function.send("round")
        wait_until(lambda: function.dead_letters == 1)
        assert function.runs == ["round"] * INVOCATIONS_IN_CHAIN_MAX
        assert function.dropped() > 0


def test_a_function_that_allows_recursion_goes_on(account: Emulator) -> None:
    with tiny(account, "loop-allowed", GOES_ROUND, RecursiveLoop="Allow") as function:
        function.send("round")
        function.await_runs(INVOCATIONS_IN_CHAIN_MAX + 4)
        assert function.dropped() == 0


def test_the_messages_that_one_invocation_sends_share_its_count_and_a_refusal_hits_the_whole_batch(
    account: Emulator,
) -> None:
    spreads = GOES_ROUND.replace('send("round")', 'send("round", "bystander")')
    with tiny(account, "loop-leaks", spreads, **SHORT) as function:
        function.send("round")
        wait_until(lambda: function.dead_letters == 2)


def test_a_delay_does_not_break_the_chain(account: Emulator) -> None:
    delays = GOES_ROUND.replace('send("round")', 'send("round", delay_s=1)')
    with tiny(account, "loop-delays", delays, **SHORT) as function:
        function.send("round")
        wait_until(lambda: function.dropped() > 0)
        assert function.runs == ["round"] * INVOCATIONS_IN_CHAIN_MAX


def test_what_comes_from_outside_is_a_chain_of_its_own(account: Emulator) -> None:
    with tiny(account, "loop-outside", GOES_ROUND) as function:
        for _ in range(INVOCATIONS_IN_CHAIN_MAX + 4):
            function.send("once")
        function.await_runs(INVOCATIONS_IN_CHAIN_MAX + 4)
        assert function.dropped() == 0
