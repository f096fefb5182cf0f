"""What `make deploy` says of an account's concurrency before it uploads anything."""

from __future__ import annotations

import pytest

from infra.declaration import declaration
from infra.deployment import DeploymentError
from infra.deployment.concurrency import Quota, check, first_values

DEFAULTS = {name: str(each["Default"]) for name, each in declaration()["Parameters"].items()}
RESERVED = {"ApiConcurrencyReserved": "100", "ScheduleConcurrencyReserved": "2"}
REGION = "eu-central-1"
LIMITS = {
    "NotifyConcurrencyMax": "20",
    "AcceptedConcurrencyMax": "10",
    "DeliverConcurrencyMax": "150",
    "BackgroundConcurrencyMax": "10",
}


def _quota(whole: int, unreserved: int | None = None) -> Quota:
    return Quota(whole, whole if unreserved is None else unreserved, REGION)


def _limits_said(said: list[str]) -> dict[str, str]:
    [line] = [each for each in said if "Limit them" in each]
    return dict(each.split("=") for each in line.partition('PARAMETERS="')[2].rstrip('"').split())


def test_a_usual_account_lets_a_new_stage_reserve_for_the_api_and_the_schedule() -> None:
    assert first_values(_quota(1_000), DEFAULTS) == ["ApiConcurrencyReserved=100", "ScheduleConcurrencyReserved=2"]


@pytest.mark.parametrize("whole", [10, 50, 201])
def test_an_account_with_little_reserves_nothing(whole: int) -> None:
    assert first_values(_quota(whole), DEFAULTS) == []


def test_what_the_workers_limits_add_up_to_stays_theirs() -> None:
    assert first_values(_quota(102 + 239), DEFAULTS | LIMITS) == []
    assert first_values(_quota(102 + 240), DEFAULTS | LIMITS) != []


def test_what_others_have_reserved_counts() -> None:
    assert first_values(_quota(1_000, 150), DEFAULTS) == []


def test_nothing_is_said_if_there_is_enough() -> None:
    assert check(_quota(1_000), DEFAULTS | RESERVED, {}) == []


def test_a_new_accounts_ten_are_told_with_what_to_limit_and_what_to_request() -> None:
    said = check(_quota(10), DEFAULTS, {})
    assert "limits add up to 50" in said[0]
    assert "The API shares the 10 concurrent executions" in "\n".join(said)
    assert f"--quota-code L-B99A9384 --desired-value 1000 --region {REGION}" in said[-1]


def test_limits_that_the_quota_does_not_reach_are_told_and_lowered() -> None:
    quota, wanted = _quota(120), DEFAULTS | LIMITS
    said = check(quota, wanted, {})
    assert "limits add up to 240 at once, and the account has 120 of its 120" in said[0]
    assert check(quota, wanted | _limits_said(said), {}) == []


def test_with_the_limits_that_are_told_the_api_has_its_share() -> None:
    quota, wanted = _quota(200), DEFAULTS | {"DeliverSlowConcurrencyMax": "20"}
    given = _limits_said(check(quota, wanted, {}))
    assert set(given) == set(LIMITS)
    assert check(quota, wanted | given, {}) == []


def test_what_lambda_would_refuse_is_refused_before() -> None:
    with pytest.raises(DeploymentError, match=r"ApiConcurrencyReserved=100 and .* cannot be reserved: 150 of") as refused:
        check(_quota(150), DEFAULTS | RESERVED, {})
    assert 'PARAMETERS="ApiConcurrencyReserved=0 ScheduleConcurrencyReserved=0"' in str(refused.value)
    assert "--desired-value 202" in str(refused.value)


def test_what_the_stage_had_reserved_before_is_its_own() -> None:
    before = DEFAULTS | RESERVED
    assert check(_quota(302, 200), before, before) == []
    with pytest.raises(DeploymentError):
        check(_quota(302, 98), before, DEFAULTS)
