"""Compares the account's concurrency quota with a stage's parameters, before anything is uploaded.

All functions of an account in a region share one quota: 1,000 by default, and far less in a new account. The executions
that a function reserves are also its limit, and no other function can use them. Lambda keeps 100 that nobody can reserve
("Configuring reserved concurrency for a function", docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from infra.deployment import DeploymentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.deployment.account import Account

_KEPT_BY_LAMBDA: Final = 100
_QUOTA_CODE: Final = "L-B99A9384"
"""Concurrent executions ("AWS Lambda endpoints and quotas", docs.aws.amazon.com/general/latest/gr/lambda-service)."""
_RESERVED_SUFFIX: Final = "ConcurrencyReserved"
_LIMIT_SUFFIX: Final = "ConcurrencyMax"
_LIMIT_MIN: Final = 2
"""The minimum of an event source mapping."""
_USUAL: Final = 1_000
"""The default quota of an account."""
_SHARED_WITHOUT_WORRY: Final = 500
"""Executions that are enough for a stage without reservations."""
_OF_A_NEW_STAGE: Final = {f"Api{_RESERVED_SUFFIX}": "100", f"Schedule{_RESERVED_SUFFIX}": "2"}


@dataclass(frozen=True, slots=True)
class Quota:
    """The quota of an account in a region, and how much of it is unreserved."""

    all: int
    unreserved: int
    region: str

    @classmethod
    def of(cls, account: Account) -> Quota:
        """Read the quota from Lambda."""
        limit = account.client("lambda").get_account_settings()["AccountLimit"]
        return cls(limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"], account.region)

    def request(self, wanted: int) -> str:
        """The command that requests an increase."""
        return (
            f"aws service-quotas request-service-quota-increase --service-code lambda --quota-code {_QUOTA_CODE} "
            f"--desired-value {wanted} --region {self.region}"
        )


def first_values(quota: Quota, values: Mapping[str, str]) -> list[str]:
    """The reservations of a new stage, as parameters; none if the workers would then have too little."""
    wanted = sum(map(int, _OF_A_NEW_STAGE.values()))
    if quota.unreserved - wanted < max(_KEPT_BY_LAMBDA, _limited(values)):
        return []
    return [f"{name}={value}" for name, value in _OF_A_NEW_STAGE.items()]


def check(quota: Quota, values: Mapping[str, str], before: Mapping[str, str]) -> list[str]:
    """Warnings about the quota. Raise `DeploymentError` for values that Lambda would refuse."""
    free = quota.unreserved + _reserved(before)
    left = free - _reserved(values)
    if _reserved(values) and left < _KEPT_BY_LAMBDA:
        raise DeploymentError(_refusal(quota, values, free))
    return [*_on_limits(quota, values, left), *_on_sharing(quota, values, left)]


def _refusal(quota: Quota, values: Mapping[str, str], free: int) -> str:
    names = [name for name in values if name.endswith(_RESERVED_SUFFIX)]
    return (
        f"{' and '.join(f'{name}={values[name]}' for name in names)} cannot be reserved: {free} of the account's "
        f"{quota.all} concurrent executions in {quota.region} are not, and Lambda keeps {_KEPT_BY_LAMBDA} of them.\n"
        f'Lower them: PARAMETERS="{" ".join(f"{name}=0" for name in names)}"\n'
        f"Or request more: {quota.request(quota.all + _reserved(values) + _KEPT_BY_LAMBDA - free)}"
    )


def _on_limits(quota: Quota, values: Mapping[str, str], left: int) -> list[str]:
    """Warn of limits above the quota."""
    wanted = _limited(values)
    if wanted <= left:
        return []
    lowered = {name: max(_LIMIT_MIN, each * left // wanted) for name, each in _limits(values).items() if each}
    has = f"the account has {left} of its {quota.all} concurrent executions in {quota.region} for them"
    return [
        f"The workers' limits add up to {wanted} at once, and {has}: at peaks Lambda throttles them.",
        *_ways_out(quota, lowered, quota.all + wanted - left),
    ]


def _on_sharing(quota: Quota, values: Mapping[str, str], left: int) -> list[str]:
    """Warn of an API that a burst of deliveries could starve, because the quota leaves nothing to reserve."""
    unlimited = [name for name, each in _limits(values).items() if not each]
    if _reserved(values) or not unlimited or left >= _SHARED_WITHOUT_WORRY:
        return []
    share = max(_LIMIT_MIN, (left - _limited(values)) // (2 * len(unlimited)))
    has = f"The API shares the {left} concurrent executions that the account has in {quota.region} with the workers"
    return [
        f"{has}: in a burst of deliveries Lambda throttles the API, too.",
        *_ways_out(quota, dict.fromkeys(unlimited, share), _USUAL),
    ]


def _ways_out(quota: Quota, limits: Mapping[str, int], wanted: int) -> list[str]:
    return [
        f'  Limit them: PARAMETERS="{" ".join(f"{name}={value}" for name, value in limits.items())}"',
        f"  Or request more: {quota.request(wanted)}",
    ]


def _reserved(values: Mapping[str, str]) -> int:
    return sum(int(value) for name, value in values.items() if name.endswith(_RESERVED_SUFFIX))


def _limited(values: Mapping[str, str]) -> int:
    return sum(_limits(values).values())


def _limits(values: Mapping[str, str]) -> dict[str, int]:
    """The workers' limits; 0 is no limit."""
    return {name: int(value) for name, value in values.items() if name.endswith(_LIMIT_SUFFIX)}
