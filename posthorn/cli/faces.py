"""How webhooks, records and previews look to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posthorn.cli import safe, screen, times
from posthorn.cli.screen import BAD, GOOD, PALE, STRONG

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posthorn.cli.screen import Cell
    from posthorn.client.shown import Preview, ReceivedAnswer, Record, RecordSummary, SentRequest, Webhook


def state(webhook: Webhook) -> Cell:
    """How a webhook is, in a word or two."""
    if webhook["status"] != "enabled":
        return webhook["status"], BAD if webhook["status"] == "disabled" else PALE
    if webhook["health"]["consecutiveFailures"]:
        return f"failing ({webhook['health']['consecutiveFailures']})", BAD
    return ("slow", PALE) if webhook["health"]["isSlow"] else ("enabled", GOOD)


def webhook(shown: Webhook) -> None:
    """All of a webhook that is not at its default."""
    health = shown["health"]
    screen.facts([
        ("id", shown["id"]),
        ("name", (shown["name"], STRONG)),
        ("url", shown["url"]),
        ("state", state(shown)),
        ("reason", shown["disabledReason"]),
        ("types", ", ".join(shown["notificationType"])),
        ("hears of", _audience(shown)),
        ("format", shown["format"]),
        ("filter", shown["filter"]),
        ("transform", shown["transform"]),
        ("timeout", _seconds(shown["timeoutSeconds"])),
        ("schedule", _waits(shown["retrySchedule"])),
        ("rate limit", _per_second(shown["rateLimitPerSecond"])),
        ("kept for", _days(shown["retentionDays"])),
        ("headers", ", ".join(shown["headers"]) or None),
        ("authentication", _authentication(shown["authentication"])),
        ("public key", shown["publicKey"]),
        ("circuit", None if health["circuit"] == "closed" else (health["circuit"], BAD)),
        ("failing since", times.both(health["failingSince"])),
        ("created", f"{times.both(shown['createdAt'])} by {shown['createdBy']}"),
        ("updated", times.both(shown["updatedAt"])),
        ("version", str(shown["version"])),
    ])  # fmt: skip


def entry(record: RecordSummary) -> None:
    """A record in two lines: what came of it, and the id, which is too long for a column."""
    is_good = record["outcome"] == "succeeded"
    screen.parts(
        ("✓ " if is_good else "✗ ", GOOD if is_good else BAD),
        f"{times.clock(record['createdAt']):<12}",
        (f"{_result(record):<15}", GOOD if is_good else BAD),
        f"{_cut(record['notificationType'], 24):<25}",
        (f"{record['durationMs']} ms, attempt {record['attemptNumber']}", PALE),
    )
    screen.parts((f"  {record['id']}", PALE))


def record(shown: Record) -> None:
    """A record whole: what came of it, the request, the answer."""
    is_good = shown["outcome"] == "succeeded"
    screen.facts([
        ("id", shown["id"]),
        ("outcome", (shown["outcome"], GOOD if is_good else BAD)),
        ("cause", shown["failureCause"]),
        ("message", shown["message"]),
        ("status", None if shown["httpStatusCode"] is None else str(shown["httpStatusCode"])),
        ("type", shown["notificationType"]),
        ("attempt", f"{shown['attemptNumber']} ({shown['trigger']})"),
        ("retry of", shown["retryOf"]),
        ("made", f"{times.both(shown['startedAt'])}, took {shown['durationMs']} ms"),
        ("next attempt", times.both(shown["nextAttemptAt"])),
        ("webhook", shown["webhookId"]),
        ("delivery", shown["deliveryId"]),
        ("notification", shown["notificationId"]),
    ])  # fmt: skip
    if shown["isExpunged"]:
        screen.say("\nIts bodies and headers were expunged.", PALE)
        return
    _exchange(shown["request"], shown["response"])


def preview(shown: Preview) -> None:
    """What would be sent, and whether."""
    screen.facts([
        ("sends", ("yes", GOOD) if shown["sends"] else ("no", BAD)),
        ("matches", "yes" if shown["matches"] else "no"),
        ("passes filter", "yes" if shown["passesFilter"] else "no"),
        ("problem", None if shown["problem"] is None else (shown["problem"], BAD)),
    ])  # fmt: skip
    if shown["headers"] is not None:
        headers(shown["headers"])
    if shown["body"] is not None:
        screen.say(safe.document(shown["body"]))


def headers(shown: Mapping[str, str | list[str]]) -> None:
    """Headers, one a line."""
    for name, value in shown.items():
        for each in value if isinstance(value, list) else [value]:
            screen.parts((f"{name}: ", PALE), each)


def _exchange(request: SentRequest, response: ReceivedAnswer | None) -> None:
    screen.say(f"\n→ {request['method']} {request['url']}", STRONG)
    headers(request["headers"])
    _body(request)
    if response is not None:
        screen.say(f"\n← {response['status']}", STRONG)
        headers(response["headers"])
        _body(response)
        if response["isTruncated"]:
            screen.say("(The rest was not read.)", PALE)


def _body(side: SentRequest | ReceivedAnswer) -> None:
    if side.get("bodyEncoding"):
        screen.say(f"({side['bodyEncoding']})", PALE)
    if side["body"]:
        screen.say("\n" + safe.document(side["body"]))


def _result(record: RecordSummary) -> str:
    status, cause = record["httpStatusCode"], record["failureCause"]
    return str(status) if status is not None and cause in {None, "status", "gone"} else cause or record["outcome"]


def _audience(shown: Webhook) -> str:
    if shown["global"]:
        return "everything"
    match shown["actionType"]:
        case "triggered":
            return f"what {shown['createdBy']} does"
        case "received":
            return f"what is for {shown['createdBy']}"
        case None:
            return f"what {shown['createdBy']} does, and what is for {shown['createdBy']}"


def _authentication(shown: Mapping[str, Any] | None) -> str | None:
    return None if shown is None else ", ".join(f"{name} {value}" for name, value in shown.items() if value is not True)


def _seconds(value: float | None) -> str | None:
    return None if value is None else f"{_plain(value)} s"


def _waits(waits: list[int] | None) -> str | None:
    return None if waits is None else ", ".join(f"{each} s" for each in waits) or "no further attempts"


def _per_second(value: float | None) -> str | None:
    return None if value is None else f"{_plain(value)} a second"


def _plain(value: float) -> str:
    """All digits of a number; a whole one without its fraction."""
    return str(int(value)) if value == int(value) else str(value)


def _days(value: int | None) -> str | None:
    return None if value is None else f"{value} days"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
