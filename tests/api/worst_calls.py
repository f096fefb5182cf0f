"""For each route of the API, a call with the largest valid values."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from chalicelib.api import files
from chalicelib.domain.notifications.catalogue import BUILT_IN
from tests.api import worst
from tests.api.worst import CONTROL, QUOTE, QUOTED

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.client import Api
    from tests.api.worst import WorstTown

RECORDS: Final = 6
"""Two of the largest do not fit into a response."""


def whole_list(who: Api, path: str, count: int) -> None:
    """All pages of a list. Each item must be on one page."""
    found = [json.dumps(each) for page in who.pages(path) for each in page]
    assert len(found) == len(set(found)) == count


def _record(town: WorstTown) -> str:
    [webhook_id] = town.furnish(1)
    return town.record_of(webhook_id, worst.an_exchange())


def _history(town: WorstTown) -> None:
    [webhook_id] = town.furnish(1)
    for _ in range(RECORDS):
        town.record_of(webhook_id, worst.an_exchange())
    for who in (town.anna, town.admin):
        whole_list(who, "/webhooks/history?limit=200", RECORDS)
        whole_list(who, "/webhooks/history?limit=200&bodies=false", RECORDS)
    whole_list(town.anna, f"/webhooks/history?limit=200&webhookId={webhook_id}", RECORDS)


def _webhooks(town: WorstTown) -> None:
    town.furnish(200)
    whole_list(town.anna, "/webhooks?limit=200", 200)
    whole_list(town.admin, "/webhooks?limit=200", 200)


def _users(town: WorstTown) -> None:
    for number in range(200):
        town.world.directory.put_user(worst.a_user(number))
    whole_list(town.admin, "/users?limit=200", 203)


def _keys(town: WorstTown) -> None:
    _fill(town)
    whole_list(town.admin, "/users/1/keys?limit=200", 1_001)


def _own_keys(town: WorstTown) -> None:
    _fill(town)
    whole_list(town.anna, "/me/keys?limit=200", 1_001)


def _fill(town: WorstTown) -> None:
    """Create as many keys as a user may have, and one more."""
    user = town.world.directory.user("1")
    assert user is not None
    for number in range(1_000):
        town.world.directory.put_key(worst.a_key(number, user), 1_001)


def _audit(town: WorstTown) -> None:
    before = len(town.world.audit.lines)
    for number in range(200):
        town.world.audit.write(worst.a_line(number))
    whole_list(town.admin, "/audit?limit=200", before + 200)


def _actions(town: WorstTown) -> None:
    for number in range(1_000):
        town.world.notification_types.put(worst.a_type(number))
    for details in ("false", "true"):
        whole_list(town.anna, f"/webhooks/actions?limit=1000&details={details}", 1_000 + len(BUILT_IN))


def _drafts(**members: object) -> list[Any]:
    """As many drafts as a request may have, each as large as the body allows."""
    count = worst.LARGEST.webhooks_per_request_max
    room = worst.LARGEST.request_body_bytes_max // count - 400
    draft = {"url": "https://receiver.example/", "name": "n", "notificationType": ["a*"], **members}
    return [draft | {"url": f"{draft['url']}{number:06d}{QUOTE * (room // 2)}"} for number in range(count)]


def _create(town: WorstTown) -> None:
    """A request of which all elements are accepted, then one of which none is."""
    answer = town.anna.post_text("/webhooks", json.dumps({"webhooks": _drafts()}, separators=(",", ":")))
    assert answer.status == 201
    assert len(answer.json["createdWebhooks"]) == 1_000
    unknown = {f"{number}{'é' * 45}": 1 for number in range(20)}
    text = json.dumps({"webhooks": [unknown] * 1_000}, ensure_ascii=False, separators=(",", ":"))
    answer = town.anna.post_text("/webhooks", text)
    assert answer.status == 400
    assert [each["index"] for each in answer.json["errors"]] == list(range(1_000))


def _notify(town: WorstTown) -> None:
    """A request whose elements are all refused, each with twenty problems that quote a long name; then one accepted."""
    town.type_of("strict", schema={"properties": {"a": {"items": {"required": [CONTROL * 190]}}}})
    refused = f'{{"notificationType":"strict","a":[{",".join(["{}"] * 20)}]}}'
    taken = f'{{"notificationType":"tagCreated","id":"{QUOTED * 128}"}}'
    for element, status in ((refused, 422), (taken, 202)):
        answer = town.admin.post_text("/notifications", f'{{"notifications":[{",".join([element] * 1_000)}]}}')
        assert answer.status == status


def _preview(town: WorstTown) -> None:
    draft = {"url": "https://receiver.example/", "name": "n", "notificationType": ["ALL_NOTIFICATIONS"], "global": True}
    for body_format in ("slack", "standard"):
        given = f'{{"webhook":{json.dumps(draft | {"format": body_format})},"notification":{worst.a_notification()}}}'
        answer = town.admin.post_text("/webhooks/preview", given)
        assert len(answer.json["body"]) > 120_000


def _stats(town: WorstTown) -> None:
    [webhook_id] = town.furnish(1)
    for _ in range(90 * 24):
        town.world.clock.advance(3_599)
        town.record_of(webhook_id)
    since = town.world.clock.now() - timedelta(days=90) + timedelta(minutes=1)
    answer = town.anna.get(f"/webhooks/{webhook_id}/stats?since={since:%Y-%m-%dT%H:%M:%SZ}")
    assert len(answer.json["hours"]) > 2_000


def _put_user(town: WorstTown) -> None:
    user = worst.a_user(1)
    town.admin.put("/users/1", {"name": user.name, "groups": list(user.groups)})
    assert town.admin.get("/users/1").json["groups"] == town.anna.get("/me").json["groups"] == list(user.groups)


def _put_action(town: WorstTown) -> None:
    entry = worst.a_type(1)
    assert entry.schema is not None
    body = {"template": entry.template, "description": entry.description, "schema": json.loads(entry.schema)}
    town.admin.put(f"/webhooks/actions/{entry.name}", body)
    assert town.anna.get(f"/webhooks/actions/{entry.name}").json["schema"] == body["schema"]
    town.admin.delete(f"/webhooks/actions/{entry.name}")


def _one_webhook(town: WorstTown) -> str:
    return town.furnish(1)[0]


def _recovery(town: WorstTown) -> str:
    webhook_id = town.webhook_of(town.anna)
    return f"/webhooks/{webhook_id}/recoveries/{town.recovery_of(webhook_id)}"


def _recoveries(town: WorstTown) -> None:
    webhook_id = town.webhook_of(town.anna)
    for _ in range(201):
        recovery_id = town.recovery_of(webhook_id)
        town.anna.delete(f"/webhooks/{webhook_id}/recoveries/{recovery_id}")
        town.world.clock.advance(1)
    whole_list(town.anna, f"/webhooks/{webhook_id}/recoveries?limit=200", 201)


def _files(town: WorstTown) -> None:
    for each in files.FOLDER.iterdir():
        assert town.nobody.get(f"/console/{each.name}").status in {200, 404}


CALLS: Final[dict[tuple[str, str], Callable[[WorstTown], object]]] = {
    ("get", "/webhooks/history"): _history,
    ("get", "/webhooks/history/{record_id}"): lambda town: town.anna.get(f"/webhooks/history/{_record(town)}"),
    ("get", "/webhooks/history/{record_id}/attempts"): lambda town: whole_list(
        town.anna, f"/webhooks/history/{_record(town)}/attempts?limit=200", 1
    ),
    ("post", "/webhooks/history/{record_id}/expunge"): lambda town: town.anna.post(
        f"/webhooks/history/{_record(town)}/expunge"
    ),
    ("post", "/history/retry/{record_id}"): lambda town: town.anna.post(f"/history/retry/{_record(town)}"),
    ("post", "/webhooks/history/retry/{record_id}"): lambda town: town.anna.post(f"/webhooks/history/retry/{_record(town)}"),
    ("get", "/webhooks"): _webhooks,
    ("post", "/webhooks"): _create,
    ("post", "/webhooks/preview"): _preview,
    ("get", "/webhooks/{webhook_id}"): lambda town: town.anna.get(f"/webhooks/{_one_webhook(town)}"),
    ("patch", "/webhooks/{webhook_id}"): lambda town: town.anna.patch(f"/webhooks/{_one_webhook(town)}", {}),
    ("delete", "/webhooks/{webhook_id}"): lambda town: town.anna.delete(f"/webhooks/{_one_webhook(town)}"),
    ("post", "/webhooks/{webhook_id}/secret/rotate"): lambda town: town.anna.post(
        f"/webhooks/{_one_webhook(town)}/secret/rotate"
    ),
    ("get", "/webhooks/{webhook_id}/stats"): _stats,
    ("post", "/webhooks/{webhook_id}/recover"): _recovery,
    ("get", "/webhooks/{webhook_id}/recoveries"): _recoveries,
    ("get", "/webhooks/{webhook_id}/recoveries/{recovery_id}"): lambda town: town.anna.get(_recovery(town)),
    ("delete", "/webhooks/{webhook_id}/recoveries/{recovery_id}"): lambda town: town.anna.delete(_recovery(town)),
    ("get", "/webhooks/actions"): _actions,
    ("get", "/webhooks/actions/{name}"): _put_action,
    ("put", "/webhooks/actions/{name}"): _put_action,
    ("delete", "/webhooks/actions/{name}"): _put_action,
    ("post", "/notifications"): _notify,
    ("get", "/users"): _users,
    ("get", "/users/{user_id}"): _put_user,
    ("put", "/users/{user_id}"): _put_user,
    ("delete", "/users/{user_id}"): lambda town: town.admin.delete("/users/1"),
    ("get", "/users/{user_id}/keys"): _keys,
    ("post", "/users/{user_id}/keys"): lambda town: town.admin.post("/users/1/keys", {"name": CONTROL * 200}),
    ("delete", "/users/{user_id}/keys/{key_id}"): lambda town: town.admin.delete(f"/users/1/keys/key_{1:024x}"),
    ("get", "/me"): _put_user,
    ("get", "/me/keys"): _own_keys,
    ("delete", "/me/keys/{key_id}"): lambda town: town.anna.delete(f"/me/keys/key_{1:024x}"),
    ("get", "/audit"): _audit,
    ("get", "/queues"): lambda town: town.admin.get("/queues"),
    ("get", "/health"): lambda town: town.nobody.get("/health"),
    ("get", "/openapi.json"): lambda town: town.nobody.get("/openapi.json"),
    ("get", "/docs"): lambda town: town.nobody.get("/docs"),
    ("get", "/console"): lambda town: town.nobody.get("/console"),
    ("get", "/console/{name}"): _files,
}
"""By method and path. `tests.api.client` refuses a response that Lambda would refuse."""
