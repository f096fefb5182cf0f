"""`posthorn whoami`, `stats`, `queues` and `audit`."""

from itertools import islice
from typing import TYPE_CHECKING

from posthorn.cli import output, times
from posthorn.cli.options import Json, Limit, OnlyWebhook, Since, Until, WebhookId, client

if TYPE_CHECKING:
    from posthorn.cli.output import Cell
    from posthorn.schemas import AuditLine, Me, Queue, Stats, Tally


def whoami(*, json: Json = False) -> None:
    """Show the service, and the user and rights of your API key."""
    with client() as service:

        def display(me: "Me") -> None:
            output.print_fields([
                ("service", service.url),
                ("id", str(me["id"])),
                ("name", me["name"]),
                ("role", me["role"]),
                ("rights", ",".join(me["rights"])),
            ])  # fmt: skip

        output.show(service.me(), display, json=json)


def stats(webhook: WebhookId, *, since: Since = None, json: Json = False) -> None:
    """Show a webhook's attempts and response times by hour, for the last 24 hours or --since."""
    with client() as service:
        output.show(service.webhooks.stats(webhook, since=since), _display_stats, json=json)


def queues(*, json: Json = False) -> None:
    """Show the number of messages on the service's queues and dead-letter queues. Admins only."""
    with client() as service:
        output.show_all(
            service.queues(),
            ("QUEUE", "WAITING", "IN FLIGHT", "DELAYED", "DEAD LETTERS"),
            _queue_row,
            json=json,
            if_empty="There are no queues.",
        )


def audit(
    *,
    webhook: OnlyWebhook = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 20,
    json: Json = False,
) -> None:
    """List who changed what, newest first. Admins only."""
    with client() as service:
        output.show_all(
            islice(service.audit.list(webhook_id=webhook, since=since, until=until), limit or None),
            ("AT", "WHO", "ACTION", "OBJECT", "CHANGED"),
            lambda each: (
                times.short(each["at"]),
                str(each["actor"]),
                each["action"],
                _object(each),
                ", ".join(each["changes"]),
            ),
            json=json,
            if_empty="There are no such changes.",
            uncut=(1, 3),
        )


def _display_stats(stats: "Stats") -> None:
    hours = [each for each in stats["hours"] if each["succeeded"] or each["failed"]]
    rows = [(times.local(each["hour"]) or "", *_counts(each)) for each in hours]
    rows.append(("total", *_counts(stats["totals"])))
    output.print_table(("HOUR", "SUCCEEDED", "FAILED", "P50", "P95", "P99"), rows, "")
    if not stats["isComplete"]:
        output.note("Not everything is counted yet. Repeat the command to continue the count.")


def _counts(tally: "Tally") -> "tuple[Cell, ...]":
    failed, response_ms = sum(tally["failed"].values()), tally["responseTimeMs"]
    percentiles = (
        ("", "", "")
        if response_ms is None
        else tuple(f"{each:.0f} ms" for each in (response_ms["p50"], response_ms["p95"], response_ms["p99"]))
    )
    return (str(tally["succeeded"]), _alarming(failed), *percentiles)


def _queue_row(queue: "Queue") -> "tuple[Cell, ...]":
    counts = (str(queue["waiting"]), str(queue["inFlight"]), str(queue["delayed"]))
    return (queue["name"], *counts, _alarming(queue["deadLetters"]))


def _alarming(count: int) -> "Cell":
    """A count that should be zero."""
    return str(count), output.BAD if count else ""


def _object(line: "AuditLine") -> str:
    return str(line["webhookId"] or line["keyId"] or line["userId"])
