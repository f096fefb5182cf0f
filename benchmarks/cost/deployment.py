"""The whole service on an engine. A scenario calls its handlers with events, as Lambda does."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from benchmarks.cost.queues import Queues
from benchmarks.cost.steady import NOON
from chalicelib.adapters import aws
from chalicelib.adapters.clock import SystemClock
from chalicelib.composition import process
from chalicelib.composition.adapters import AwsAdapters
from chalicelib.composition.process import Process
from chalicelib.domain import ids
from chalicelib.domain.delivery.signing import new_secret
from chalicelib.domain.directory import users
from chalicelib.domain.directory.users import ApiKey, Role, User
from chalicelib.domain.webhooks.webhook import Webhook
from chalicelib.settings import Settings
from local import environment, provision
from local.events import Context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from benchmarks.cost.steady import SteadyEntropy
    from chalicelib.delivery.ports import HttpSender
    from chalicelib.ports import Clock

ADMIN_KEY: Final = users.new_key(b"k" * 32)
_STAGE: Final = "cost"
_TIMEOUT_S: Final = 60


@dataclass(frozen=True)
class Invocation:
    """One call of a handler: its messages, its CPU, and its requests to AWS."""

    function: str
    messages: int
    cpu_ms: float
    requests: int


@dataclass
class Deployment:
    """The service, its AWS clients, its queues, and the calls of its functions."""

    service: Process
    dynamodb: Any
    sqs: Any
    queues: Queues
    calls: list[Invocation] = field(default_factory=list)
    _requests: int = 0

    def call(self, function: str, handler: Callable[[Any, Any], Any], event: Any, messages: int = 1) -> Any:  # noqa: ANN401
        """Call a handler, and record the call."""
        before, began = self._requests, time.process_time()
        answer = handler(event, Context(function, _TIMEOUT_S))
        cpu_ms = (time.process_time() - began) * 1_000
        self.calls.append(Invocation(function, messages, cpu_ms, self._requests - before))
        return answer

    def count(self, **_: object) -> None:
        """Count a request to AWS."""
        self._requests += 1


_RATE_LIMITS: Final = {f"REQUESTS_PER_{each}_PER_MINUTE_MAX": "1000000" for each in ("KEY", "USER")}
"""One key makes all requests here, as fast as possible. They are counted as usual, and never refused."""


@contextmanager
def deployed(
    endpoint_url: str | None = None,
    *,
    clock: Clock | None = None,
    entropy: SteadyEntropy | None = None,
    sender: Callable[[Clock], HttpSender] | None = None,
    variables: Mapping[str, str] | None = None,
) -> Iterator[Deployment]:
    """The service on the engine at that URL; by default on moto, in this process.

    By default, clock, entropy and sender are the real ones. `variables` are settings that differ from the defaults.
    """
    with _set(_environment(endpoint_url)):
        aws.forget()
        dynamodb, sqs = aws.client("dynamodb"), aws.client("sqs")
        places = provision.provision(dynamodb, sqs, _STAGE)
        settings = Settings.from_environment({**os.environ, **places, **(variables or {})})
        adapters = _adapters(settings, clock or SystemClock(), entropy, sender)
        made = Deployment(Process(adapters, settings), dynamodb, sqs, Queues(sqs, adapters.clock))
        for client in (dynamodb, sqs):
            client.meta.events.register("after-call", made.count)
        try:
            with process.using(made.service):
                yield made
        finally:
            aws.forget()


def _adapters(
    settings: Settings, clock: Clock, entropy: SteadyEntropy | None, sender: Callable[[Clock], HttpSender] | None
) -> AwsAdapters:
    """The adapters of AWS, with the given ones in place of their own."""
    given: dict[str, Any] = {"clock": clock}
    if entropy is not None:
        given["entropy"] = entropy
    if sender is not None:
        given["sender"] = sender(clock)
    return AwsAdapters(settings, **given)


def _environment(endpoint_url: str | None) -> dict[str, str]:
    own = environment.aws(endpoint_url or "")
    if endpoint_url is None:
        del own["AWS_ENDPOINT_URL"]
    return own | environment.RECEIVERS_HERE | {"WEBHOOKS_PER_USER_MAX": "10000", **_RATE_LIMITS}


@contextmanager
def _set(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def webhook(number: int, *, url: str, notification_type: str, is_global: bool) -> Webhook:
    """A webhook of the user with that number: for all notifications, or for those of the user."""
    return Webhook(
        id=ids.WEBHOOK + ids.derived(NOON, "webhook", str(number)),
        owner_id=str(number),
        url=url,
        name=f"Team channel {number}",
        notification_types=(notification_type,),
        is_global=is_global,
        action_type=None,
        groups=(),
        created_at=NOON,
        updated_at=NOON,
        secrets=(new_secret(bytes([number]) * 32),),
    )


def add_admin(deployment: Deployment) -> None:
    """Create the admin of `ADMIN_KEY`."""
    store = deployment.service.adapters.directory
    user = User(id="900", name="Ada Admin", role=Role.ADMIN, groups=(), created_at=NOON, updated_at=NOON)
    store.put_user(user)
    store.put_key(
        ApiKey(
            id=users.key_id(ADMIN_KEY),
            digest=users.digest(ADMIN_KEY),
            user_id=user.id,
            role=user.role,
            groups=(),
            name="benchmark",
            rights=frozenset({users.Right.ALL}),
            created_at=NOON,
            user_version=user.version,
        ),
        at_most=1,
    )
