"""Chains of requests, counted as Lambda counts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.handlers import add_recursion_detection_header

from testbed.aws.limits import INVOCATIONS_IN_CHAIN_MAX
from testbed.aws.lineage import Lineage

if TYPE_CHECKING:
    import pytest


def test_a_chain_is_read_from_the_header_that_botocore_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = Lineage.new().invoked("notify").invoked("deliver").invoked("deliver")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "deliver")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", chain.header)
    request: dict[str, dict[str, str]] = {"headers": {}}
    add_recursion_detection_header(request)
    assert Lineage.of(request["headers"].values()) == chain


def test_functions_are_counted_each_by_itself() -> None:
    chain = Lineage.new().invoked("notify").invoked("deliver").invoked("deliver")
    assert [chain.count(each) for each in ("notify", "deliver", "schedule")] == [1, 2, 0]


def test_a_batch_of_several_chains_counts_as_the_longest() -> None:
    short, long = Lineage.new().invoked("deliver"), Lineage.new().invoked("deliver").invoked("deliver")
    assert Lineage.of(["", short.header, long.header]).count("deliver") == 2


def test_a_batch_without_headers_begins_a_chain() -> None:
    assert Lineage.of(["", ""]).counts == {}


def test_the_17th_invocation_is_a_loop() -> None:
    chain = Lineage.new()
    for _ in range(INVOCATIONS_IN_CHAIN_MAX):
        chain = chain.invoked("deliver")
    assert not chain.is_loop("deliver")
    assert chain.invoked("deliver").is_loop("deliver")
