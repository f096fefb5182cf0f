"""Runs the whole service on moto, every route and every worker, and records what each requests from AWS.

Messages of the queues are taken from the requests that sent them, since moto would delay delayed messages in real time.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from unittest.mock import patch

import botocore.session
from moto import mock_aws

from chalicelib.adapters import aws
from chalicelib.composition import process
from chalicelib.composition.adapters import AwsAdapters
from chalicelib.domain.directory.users import Role
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.webhooks.health import Health
from chalicelib.settings import Settings
from chalicelib.workers import background, deliver, notify, schedule
from infra.declaration import declaration
from local.provision import provision
from testbed.events import scheduled_event, sqs_event
from testbed.fakes.clock import FakeClock, FakeEntropy, FakeUrlPolicy
from testbed.fakes.sender import FakeSender
from testbed.fakes.service import Service
from tests.api import test_rights
from tests.api.client import JSON, Answer, Api
from tests.api.town import Town
from tests.infra.partitions import KEYS, updated, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.infra.partitions import Write

FUNCTIONS: Final[Mapping[str, tuple[str, Any]]] = {
    "NotificationsQueue": ("Notify", notify.notify),
    "AcceptedQueue": ("Notify", notify.notify),
    "DeliveriesQueue": ("Deliver", deliver.deliver),
    "SlowDeliveriesQueue": ("DeliverSlow", deliver.deliver_slow),
    "BackgroundQueue": ("Background", background.background),
}
_SMALL: Final = {
    "KEY_CACHE_S": "0",
    "CATALOGUE_CACHE_S": "0",
    "FAN_OUT_PAGE_MAX": "1",
    "RECOVERY_PAGE_MAX": "1",
    "PURGE_S": "1",
    "CIRCUIT_OPEN_AFTER": "1000",
    "ATTEMPT_WAITS_S": "5,1800",
    "WEBHOOKS_PER_USER_MAX": "10000",
    "KEYS_PER_USER_MAX": "1000",
    "REQUESTS_PER_KEY_PER_MINUTE_MAX": "3000",
}
"""Settings with steps so small that each is followed by another one, and without caches."""
_STAGE: Final = "walk"
_STEPS: Final = {"Put": "PutItem", "Delete": "DeleteItem", "Update": "UpdateItem", "ConditionCheck": "ConditionCheckItem"}


class Call(NamedTuple):
    """A request of a function to AWS, in the words of a policy, with the logical id of the resource."""

    function: str
    action: str
    resource: str


class TickingClock(FakeClock):
    """A clock that advances by `tick_s` each time it is read."""

    tick_s = 0.0

    def now(self) -> Any:  # noqa: ANN401 - a datetime, as the fake's
        return self.advance(self.tick_s)


class Walk:
    """The running function, the requests so far, and the messages on the queues."""

    def __init__(self, clients: Mapping[str, Any]) -> None:
        self.calls: set[Call] = set()
        self.asked: Counter[str] = Counter()
        self.writes: set[Write] = set()
        self.updates: set[Write] = set()
        self.queued: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self._runs: str | None = None
        self._logical_ids = _logical_ids()
        for client in clients.values():
            client.meta.events.register("provide-client-params", self._note)

    @contextmanager
    def running(self, function: str) -> Iterator[None]:
        """Attribute all requests in the block to a function."""
        self._runs = function
        try:
            yield
        finally:
            self._runs = None

    def _note(self, params: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's
        if model.name == "SendMessageBatch":
            self.queued[self._logical_ids[_path_of(params)]] += params["Entries"]
        if self._runs is not None:
            self.asked[self._runs] += 1
            self.writes |= {
                (self._runs, action, self._logical_ids[name], item[KEYS[self._logical_ids[name]]]["S"])
                for action, name, item in written(model.name, params)
            }
            self.updates |= {
                (self._runs, "dynamodb:UpdateItem", self._logical_ids[name], attribute)
                for name, attribute in updated(model.name, params)
            }
            self.calls |= {Call(self._runs, action, resource) for action, resource in self._asked(model.name, params)}

    def _asked(self, operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        if operation == "TransactWriteItems":
            for step in params["TransactItems"]:
                [(kind, write)] = step.items()
                yield f"dynamodb:{_STEPS[kind]}", self._logical_ids[write["TableName"]]
        elif "RequestItems" in params:
            yield from ((f"dynamodb:{operation}", self._logical_ids[name]) for name in params["RequestItems"])
        elif "TableName" in params:
            index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
            yield f"dynamodb:{operation}", self._logical_ids[params["TableName"]] + index
        else:
            yield f"sqs:{operation.removesuffix('Batch')}", self._logical_ids[_path_of(params)]


def _adapters(settings: Settings) -> AwsAdapters:
    """DynamoDB and SQS as they are, on moto; the rest is faked."""
    clock = TickingClock()
    return AwsAdapters(settings, clock=clock, entropy=FakeEntropy(), policy=FakeUrlPolicy(), sender=FakeSender(clock))


class WalkedApi(Api):
    """A caller whose requests are recorded."""

    def __init__(self, walk: Walk, key: str | None = None) -> None:
        super().__init__(key)
        self._walk = walk

    def send(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = JSON) -> Answer:
        with self._walk.running("APIHandler"):
            return super().send(method, path, body, headers)


class WalkedTown(Town):
    """The setup of the API's tests, on moto."""

    world: Any

    def __init__(self, walk: Walk, settings: Settings) -> None:  # the scene is another one: super's is on fakes
        self.walk = walk
        self.world = _adapters(settings)
        self.service = Service(self.world, settings)
        self.people()

    def people(self) -> None:
        """Everybody, with a new key: a route may have removed them."""
        keys = [self.service.api.directory.ensure_user(user, user, role) for user, role in _USERS.items()]
        self.admin, self.anna, self.ben = (WalkedApi(self.walk, key) for key in keys)

    def work(self, *queues: str) -> None:
        """Run the workers on these queues, message by message, until nothing is left."""
        while any(self.walk.queued[queue] for queue in queues):
            for queue in queues:
                for entry in self.walk.queued.pop(queue, []):
                    self.handle(queue, entry["MessageBody"], _attributes(entry))

    def handle(self, queue: str, body: str, attributes: Mapping[str, str] | None = None) -> None:
        """Run a queue's worker on one message, as if it had been received before."""
        function, handler = FUNCTIONS[queue]
        name = getattr(self.service.settings, _setting(queue)).rpartition("/")[2]
        with self.walk.running(function):
            answer = handler(sqs_event(name, body, attributes=attributes, receive_count=2), None)
        assert answer == {"batchItemFailures": []}

    def tick(self, seconds: float) -> None:
        """Let time pass, then run the schedule."""
        self.world.clock.advance(seconds)
        with self.walk.running("Schedule"):
            schedule.schedule(scheduled_event(), None)


_USERS: Final = {"root": Role.ADMIN, "1": Role.USER, "2": Role.USER}
_LANES: Final = ("AcceptedQueue", "DeliveriesQueue", "SlowDeliveriesQueue")


@contextmanager
def walked_town() -> Iterator[WalkedTown]:
    """The setup for the walk."""
    session = botocore.session.Session()
    session.set_credentials("test", "test")
    with mock_aws():
        clients: dict[str, Any] = {
            each: session.create_client(each, region_name="us-east-1", config=aws.CONFIG) for each in ("dynamodb", "sqs")
        }
        places = provision(clients["dynamodb"], clients["sqs"], _STAGE)
        with patch.object(aws, "client", clients.__getitem__):
            town = WalkedTown(Walk(clients), Settings.from_environment(places | _SMALL))
            with process.using(town.service):
                yield town


def walk() -> Walk:
    """What each function requests and writes during the whole walk."""
    with walked_town() as town:
        _all_routes(town)
        _users(town)
        _catalogue(town)
        _deliveries(town)
        _waiting(town)
        _tests(town)
        _purge(town)
        _owners(town)
        _contradiction(town)
        _refused_records(town)
        _handed_back(town)
        for queue in FUNCTIONS:
            town.handle(queue, "nonsense")
        return town.walk


def _all_routes(town: WalkedTown) -> None:
    for method, route in test_rights.RIGHTS:
        test_rights._call(town, town.admin, method, route)
        if method == "DELETE":
            town.people()
    town.walk.queued.clear()


def _users(town: WalkedTown) -> None:
    """Create a user with a key, change and remove them."""
    for name in ("New", "Newer"):
        assert town.admin.put("/users/new", {"name": name}).status in {HTTPStatus.OK, HTTPStatus.CREATED}
    assert town.admin.post("/users/new/keys", {"name": "first"}).status == HTTPStatus.CREATED
    assert town.admin.delete("/users/new").status == HTTPStatus.NO_CONTENT


def _catalogue(town: WalkedTown) -> None:
    """A prefix, and a type that is added and removed under it; changes of a webhook's types; filters."""
    webhook_id = town.webhook_of(town.anna, notificationType=["order*", "tagCreated"])
    town.type_of("orderPacked", schema={"type": "object"})
    town.anna.patch(f"/webhooks/{webhook_id}", {"notificationType": ["modelCreated"]})
    town.admin.delete("/webhooks/actions/orderPacked")
    town.admin.get("/webhooks?ownerId=1")
    town.anna.get(f"/webhooks/history?webhookId={webhook_id}&outcome=failed")
    town.anna.delete(f"/webhooks/{webhook_id}")
    town.walk.queued.clear()


def _deliveries(town: WalkedTown) -> None:
    """Attempts that succeed, that fail until none is left, and that get a 410; then a recovery."""
    town.world.sender.answers = {"https://ill.example/": 500, "https://gone.example/": 410}
    well, ill, _ = (
        town.webhook_of(town.anna, url=f"https://{each}.example/", notificationType=["order*", "modelCreated"])
        for each in ("well", "ill", "gone")
    )
    later = f"{town.world.clock.at + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    for members in ({"deliverAt": later}, {"id": "evt-1"}, {"id": "evt-1"}, {"actionBy": 1}):
        town.admin.post("/notifications", {"notificationType": "modelCreated", **members})
        town.work(*_LANES)
    for _ in range(3):
        town.tick(7_200)
        town.work(*_LANES)
    _recover(town, (ill, "failed"), (ill, "all"), (well, "all"), (town.webhook_of(town.anna), "missing"))


def _recover(town: WalkedTown, *wanted: tuple[str, str]) -> None:
    since = f"{town.world.clock.at - timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}"
    for webhook_id, only in wanted:
        town.anna.post(f"/webhooks/{webhook_id}/recover", {"since": since, "only": only})
    town.work("BackgroundQueue", *_LANES)


def _waiting(town: WalkedTown) -> None:
    """Deliveries that wait while a circuit is open, held on either lane, released, expunged and purged."""
    town.world.sender.answers = {"https://down.example/": 500, "https://down.example/again": 500}
    webhook_id = town.webhook_of(town.anna, url="https://down.example/", notificationType=["modelCreated"])
    for lane in ("DeliveriesQueue", "SlowDeliveriesQueue"):
        town.admin.post("/notifications", {"notificationType": "modelCreated", "actionBy": 1})
        town.work("AcceptedQueue")
        town.handle(lane, _last(town, webhook_id)["MessageBody"])  # fails; its next attempt is queued
        _set_health(
            town, webhook_id, Health(5, town.world.clock.now(), None, 1, town.world.clock.now() + timedelta(seconds=30))
        )
        town.handle(lane, _last(town, webhook_id)["MessageBody"])
        town.anna.patch(f"/webhooks/{webhook_id}", {"url": "https://down.example/again"})  # a clean start
    [failed, *_] = town.anna.get(f"/webhooks/history?webhookId={webhook_id}").json
    town.anna.post(f"/webhooks/history/{failed['id']}/expunge")
    town.walk.queued.clear()
    town.tick(3_600)
    town.world.sender.answers = {}
    town.work("BackgroundQueue", *_LANES)
    town.tick(3_600)
    town.work("BackgroundQueue", *_LANES)


def _last(town: WalkedTown, webhook_id: str) -> dict[str, Any]:
    """Remove and return the newest message of a webhook from its lane."""
    for lane in ("DeliveriesQueue", "SlowDeliveriesQueue"):
        theirs = [each for each in town.walk.queued[lane] if each["MessageGroupId"] == webhook_id]
        if theirs:
            town.walk.queued[lane] = [each for each in town.walk.queued[lane] if each["MessageGroupId"] != webhook_id]
            return theirs[-1]
    message = f"nothing is queued for {webhook_id}"
    raise AssertionError(message)


def _set_health(town: WalkedTown, webhook_id: str, health: Health) -> None:
    store = town.world.webhooks
    store.update_health(store.get(webhook_id), health)


def _handed_back(town: WalkedTown) -> None:
    """A message of each queue that cannot be processed for now."""

    def refuse(*_: object) -> None:
        message = "It refuses."
        raise Unavailable(message)

    for queue, (function, handler) in FUNCTIONS.items():
        name = getattr(town.service.settings, _setting(queue)).rpartition("/")[2]
        with town.walk.running(function), patch.object(town.world.dead_letters, "set_aside", refuse):
            assert len(handler(sqs_event(name, "nonsense"), None)["batchItemFailures"]) == 1


def _tests(town: WalkedTown) -> None:
    """A test, and another one after it."""
    webhook_id = town.webhook_of(town.anna)
    for _ in range(2):
        assert town.anna.post(f"/webhooks/{webhook_id}/test").status == HTTPStatus.ACCEPTED
        town.work(*_LANES)


def _purge(town: WalkedTown) -> None:
    """A deleted webhook with a history, whose purge is not finished because a process died."""
    webhook_id = town.webhook_of(town.anna, notificationType=["order*"])
    town.record_of(webhook_id)
    town.recovery_of(webhook_id)
    town.anna.get(f"/webhooks/{webhook_id}/stats")
    town.anna.delete(f"/webhooks/{webhook_id}")
    town.walk.queued.clear()
    town.tick(600)
    town.world.clock.tick_s = 1
    town.work("BackgroundQueue")
    town.world.clock.tick_s = 0


def _owners(town: WalkedTown) -> None:
    """A user who loses a group and is then deleted. Each time the process dies before it updates the keys."""
    town.admin.put("/users/2", {"name": "Ben", "groups": ["ops"]})
    town.webhook_of(town.ben, notificationType=["order*", "modelCreated"])
    with patch.object(town.world.directory, "settle_keys"):
        town.admin.put("/users/2", {"name": "Ben", "groups": []})
    town.work("BackgroundQueue")
    with patch.object(town.world.directory, "settle_keys"):
        town.admin.delete("/users/2")
    town.walk.queued.clear()
    town.tick(600)
    town.work("BackgroundQueue")


def _contradiction(town: WalkedTown) -> None:
    """A webhook that was restored from a backup: it is not counted, and its owner has other groups now."""
    town.webhook_of(town.anna)
    [known, *_] = town.world.webhooks.page("1", None, 1)
    restored = replace(known, id="wh_" + "0" * 26, groups=("elsewhere",))
    town.world.webhooks.create(restored)
    town.tick(7 * 3_600)
    town.work("BackgroundQueue")


def _refused_records(town: WalkedTown) -> None:
    """Records that the table refuses, on both lanes."""
    for lane in ("DeliveriesQueue", "SlowDeliveriesQueue"):
        town.anna.post(f"/webhooks/{town.webhook_of(town.anna)}/test")
        [entry] = town.walk.queued.pop("DeliveriesQueue")
        with patch.object(town.world.history, "write", list):
            town.handle(lane, entry["MessageBody"])
    town.work("BackgroundQueue")


def _logical_ids() -> dict[str, str]:
    """The logical ids by their tables' names, and by the paths of their queues: both have one that is `…-notifications`."""
    found: dict[str, str] = {}
    for logical_id, resource in declaration()["Resources"].items():
        for kind, mark in (("TableName", ""), ("QueueName", "/")):
            if name := resource.get("Properties", {}).get(kind):
                found[mark + name["Fn::Sub"].replace("${Stage}", _STAGE)] = logical_id
    return found


def _path_of(params: Mapping[str, str]) -> str:
    return "/" + (params.get("QueueName") or params["QueueUrl"].rpartition("/")[2])


def _attributes(entry: Mapping[str, Any]) -> dict[str, str]:
    return {name: each["StringValue"] for name, each in entry.get("MessageAttributes", {}).items()}


def _setting(queue: str) -> str:
    """`SlowDeliveriesQueue` → `slow_deliveries_queue_url`."""
    words = "".join(f"_{each.lower()}" if each.isupper() else each for each in queue)
    return words.removeprefix("_") + "_url"


if __name__ == "__main__":
    walked = walk()
    json.dump(
        {"calls": sorted(walked.calls), "writes": sorted(walked.writes), "updates": sorted(walked.updates)}, sys.stdout
    )
