"""`posthorn whoami`, `stats`, `queues` and `audit`: how things are, and how they came to be."""

from itertools import islice
from typing import TYPE_CHECKING

from posthorn.cli import screen, times
from posthorn.cli.options import Json, Limit, OfWebhook, Since, Until, WebhookId, client, time

if TYPE_CHECKING:
    from posthorn.cli.screen import Cell
    from posthorn.client.shown import AuditLine, Tally


def whoami(*, json: Json = False) -> None:
    """Whose key this is, and where."""
    with client() as service:
        me = service.me()
        url = service.url
    if json:
        screen.emit(me)
        return
    rights = ",".join(me["rights"])
    screen.facts([
        ("service", url),
        ("id", str(me["id"])),
        ("name", me["name"]),
        ("role", me["role"]),
        ("rights", rights),
    ])  # fmt: skip


def stats(webhook: WebhookId, *, since: Since = None, json: Json = False) -> None:
    """Counts and response times of a webhook, by hour: of a day, or since a time."""
    with client() as service:
        shown = service.webhooks.stats(webhook, since=time(since))
    if json:
        screen.emit(shown)
        return
    busy = [each for each in shown["hours"] if each["succeeded"] or each["failed"]]
    rows = [(times.local(each["hour"]) or "", *_counts(each)) for each in busy]
    screen.table(("HOUR", "GOOD", "FAILED", "P50", "P95", "P99"), [*rows, ("in all", *_counts(shown["totals"]))], "")
    if not shown["isComplete"]:
        screen.tell("There is more to count: the same command goes on from here.")


def queues(*, json: Json = False) -> None:
    """What waits on the service's queues, and what was given up; for admins."""
    with client() as service:
        found = service.queues()
    if json:
        for queue in found:
            screen.emit(queue)
        return
    rows = [
        (each["name"], str(each["waiting"]), str(each["inFlight"]), str(each["delayed"]), _dead(each["deadLetters"]))
        for each in found
    ]
    screen.table(("QUEUE", "WAITING", "IN FLIGHT", "DELAYED", "DEAD LETTERS"), rows, "There are no queues.")


def audit(
    *,
    webhook: OfWebhook = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 20,
    json: Json = False,
) -> None:
    """Who changed what, newest first; for admins."""
    with client() as service:
        lines = list(islice(service.audit.list(webhook_id=webhook, since=time(since), until=time(until)), limit or None))
    if json:
        for line in lines:
            screen.emit(line)
        return
    rows = [
        (times.clock(each["at"]), str(each["actor"]), each["action"], _about(each), ", ".join(each["changes"]))
        for each in lines
    ]
    screen.table(("AT", "WHO", "DID", "TO", "CHANGED"), rows, "Nothing of that was changed.", whole=(1, 3))


def _counts(tally: "Tally") -> "tuple[Cell, ...]":
    failed, spent = sum(tally["failed"].values()), tally["responseTimeMs"]
    shown = ("", "", "") if spent is None else tuple(f"{each:.0f} ms" for each in (spent["p50"], spent["p95"], spent["p99"]))
    return (str(tally["succeeded"]), (str(failed), screen.BAD if failed else ""), *shown)


def _dead(count: int) -> "Cell":
    return str(count), screen.BAD if count else ""


def _about(line: "AuditLine") -> str:
    return str(line["webhookId"] or line["keyId"] or line["userId"])
