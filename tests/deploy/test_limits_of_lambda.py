"""What Lambda ends or refuses because of size, time or memory, demonstrated with tiny functions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from testbed.aws.limits import ANSWER_BYTES_MAX, EVENT_BYTES_MAX
from tests.deploy.tiny import tiny
from tests.local.service import wait_until

if TYPE_CHECKING:
    from tests.deploy.emulator import Emulator

SHORT: Any = {"queue": {"VisibilityTimeout": 3}, "Timeout": 3}

ANSWERS = """
def handler(event, context):
    ran()
    return "x" * event["answer"]
"""
QUOTES_BYTES = 2


def test_an_answer_of_6_mb_is_given_and_one_byte_more_is_an_error(account: Emulator) -> None:
    with tiny(account, "large-answers", ANSWERS) as function:
        fits = ANSWER_BYTES_MAX - QUOTES_BYTES
        assert len(function.invoke({"answer": fits})) == fits
        assert function.invoke({"answer": fits + 1})["errorType"] == "Function.ResponseSizeTooLarge"


def test_an_event_over_6_mb_never_reaches_the_function(account: Emulator) -> None:
    with tiny(account, "large-events", ANSWERS) as function:
        event = {"answer": 1, "padding": ""}
        event["padding"] = "x" * (EVENT_BYTES_MAX - len(json.dumps(event, separators=(",", ":"))))
        assert function.invoke(event) == "x"
        assert function.invoke(event | {"answer": 10})["errorType"] == "RequestTooLargeException"
        assert len(function.runs) == 1


CATCHES_SIGTERM = """
import signal
signal.signal(signal.SIGTERM, lambda *_: ran("caught"))

def handler(event, context):
    first = event["Records"][0]
    ran(f"{first['body']} {first['attributes']['ApproximateReceiveCount']}")
    if first["attributes"]["ApproximateReceiveCount"] == "1":
        time.sleep(60)
"""


def test_a_function_that_runs_too_long_is_killed_and_its_message_comes_again_after_its_visibility_timeout(
    account: Emulator,
) -> None:
    with tiny(account, "runs-too-long", CATCHES_SIGTERM, queue={"VisibilityTimeout": 6}, Timeout=2) as function:
        function.send("a")
        function.await_runs(2)
        wait_until(lambda: function.waiting == 0)
        assert function.runs == ["a 1", "a 2"]


TAKES_MEMORY = """
def handler(event, context):
    taken = bytearray(event["mb"] * 1024 ** 2)
    taken[::4096] = b"x" * len(taken[::4096])
    return {"pid": os.getpid()}
"""


def test_a_function_has_the_memory_that_it_was_given_and_is_killed_beyond_that(account: Emulator) -> None:
    with tiny(account, "takes-memory", TAKES_MEMORY, MemorySize=256) as function:
        one = function.invoke({"mb": 128})["pid"]
        assert function.invoke({"mb": 128})["pid"] == one
        assert "signal: killed" in function.invoke({"mb": 256})["errorMessage"]
        assert function.invoke({"mb": 128})["pid"] != one


FAILS = """
def handler(event, context):
    ran(event["Records"][0]["attributes"]["ApproximateReceiveCount"])
    raise RuntimeError("no")
"""


def test_what_fails_is_received_again_until_the_redrive_policy_takes_it(account: Emulator) -> None:
    with tiny(account, "fails", FAILS, **SHORT) as function:
        function.send("a")
        wait_until(lambda: function.dead_letters == 1)
        assert function.runs == ["1", "2", "3"]
