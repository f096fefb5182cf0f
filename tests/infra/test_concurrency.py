"""What `make deploy` says of an account's concurrency before it uploads anything."""

from __future__ import annotations

import pytest

from infra.declaration import declaration
from infra.deployment import DeploymentError
from infra.deployment.concurrency import Quota, check, first_values

DEFAULTS = {name: str(each["Default"]) for name, each in declaration()["Parameters"].items()}
WORKERS = sum(int(value) for name, value in DEFAULTS.items() if name.endswith("ConcurrencyMax"))
RESERVED = {"ApiConcurrencyReserved": "100", "ScheduleConcurrencyReserved": "2"}
REGION = "eu-central-1"


def _quota(whole: int, unreserved: int | None = None) -> Quota:
    return Quota(whole, whole if unreserved is None else unreserved, REGION)


def test_a_usual_account_lets_a_new_stage_reserve_for_the_api_and_the_schedule() -> None:
    assert first_values(_quota(1_000), DEFAULTS) == ["ApiConcurrencyReserved=100", "ScheduleConcurrencyReserved=2"]


@pytest.mark.parametrize("whole", [10, 50, 202, 102 + WORKERS - 1])
def test_an_account_with_little_reserves_nothing(whole: int) -> None:
    assert first_values(_quota(whole), DEFAULTS) == []


def test_what_others_have_reserved_counts() -> None:
    assert first_values(_quota(1_000, 150), DEFAULTS) == []


def test_nothing_is_said_where_there_is_enough() -> None:
    assert check(_quota(1_000), DEFAULTS | RESERVED, {}) == []


def test_a_new_accounts_ten_are_said_with_what_to_lower_and_what_to_request() -> None:
    said = "\n".join(check(_quota(10), DEFAULTS, {}))
    assert f"may run {WORKERS} at once" in said
    assert "has 10 of its 10" in said
    assert "DeliverConcurrencyMax=6" in said
    assert f"--quota-code L-B99A9384 --desired-value {WORKERS} --region {REGION}" in said


def test_what_is_lowered_as_it_is_said_is_enough_or_the_least_that_there_is() -> None:
    quota = _quota(100)
    [lowered] = [each for each in check(quota, DEFAULTS, {}) if "Lower" in each]
    given = dict(each.split("=") for each in lowered.partition('PARAMETERS="')[2].rstrip('"').split())
    assert check(quota, DEFAULTS | given, {}) == []


def test_what_lambda_would_refuse_is_refused_before() -> None:
    with pytest.raises(DeploymentError, match=r"ApiConcurrencyReserved=100 and .* cannot be reserved: 150 of") as refused:
        check(_quota(150), DEFAULTS | RESERVED, {})
    assert 'PARAMETERS="ApiConcurrencyReserved=0 ScheduleConcurrencyReserved=0"' in str(refused.value)
    assert "--desired-value 202" in str(refused.value)


def test_what_the_stage_had_reserved_before_is_its_own() -> None:
    before = DEFAULTS | RESERVED
    assert check(_quota(1_000, 1_000 - 102 - 500), before, before) == []
    assert (
        check(
            _quota(302, 200),
            DEFAULTS | RESERVED | {"DeliverConcurrencyMax": "20", "DeliverSlowConcurrencyMax": "10"},
            before,
        )
        == []
    )
