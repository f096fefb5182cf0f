"""Prints webhooks, records, previews and headers for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posthorn.cli import escaping, output, times, webhook_settings
from posthorn.cli.output import BAD, BOLD, DIM, GOOD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posthorn.cli.output import Cell
    from posthorn.schemas import Preview, ReceivedResponse, Record, RecordSummary, SentRequest, Webhook


def state(webhook: Webhook) -> Cell:
    """A webhook's status and health in a word or two."""
    if webhook["status"] != "enabled":
        return webhook["status"], BAD if webhook["status"] == "disabled" else DIM
    if webhook["health"]["consecutiveFailures"]:
        return f"failing ({webhook['health']['consecutiveFailures']})", BAD
    return ("slow", DIM) if webhook["health"]["isSlow"] else ("enabled", GOOD)


def webhook(webhook: Webhook) -> None:
    """Print a webhook. Settings that have their default value are left out."""
    health = webhook["health"]
    output.print_fields([
        ("id", webhook["id"]),
        ("name", (webhook["name"], BOLD)),
        ("url", webhook["url"]),
        ("state", state(webhook)),
        ("reason", webhook["disabledReason"]),
        ("receives", _scope(webhook)),
        *webhook_settings.displayed(webhook),
        ("public key", webhook["publicKey"]),
        ("circuit breaker", None if health["circuit"] == "closed" else (health["circuit"], BAD)),
        ("failing since", times.local_and_relative(health["failingSince"])),
        ("created", f"{times.local_and_relative(webhook['createdAt'])} by {webhook['createdBy']}"),
        ("updated", times.local_and_relative(webhook["updatedAt"])),
        ("version", str(webhook["version"])),
    ])  # fmt: skip


def record_summary(record: RecordSummary) -> None:
    """Print a record in two lines: its outcome, and its id, which is too long for a column."""
    is_good = record["outcome"] == "succeeded"
    output.print_parts(
        ("✓ " if is_good else "✗ ", GOOD if is_good else BAD),
        f"{times.short(record['createdAt']):<12}",
        (f"{_result(record):<15}", GOOD if is_good else BAD),
        f"{_shortened(record['notificationType'], 24):<25}",
        (f"{record['durationMs']} ms, attempt {record['attemptNumber']}", DIM),
    )
    output.print_parts((f"  {record['id']}", DIM))


def record(record: Record) -> None:
    """Print a record with its request and response."""
    is_good = record["outcome"] == "succeeded"
    output.print_fields([
        ("id", record["id"]),
        ("outcome", (record["outcome"], GOOD if is_good else BAD)),
        ("cause", record["failureCause"]),
        ("message", record["message"]),
        ("status", None if record["httpStatusCode"] is None else str(record["httpStatusCode"])),
        ("type", record["notificationType"]),
        ("attempt", f"{record['attemptNumber']} ({record['trigger']})"),
        ("retry of", record["retryOf"]),
        ("started", f"{times.local_and_relative(record['startedAt'])}, took {record['durationMs']} ms"),
        ("next attempt", times.local_and_relative(record["nextAttemptAt"])),
        ("webhook", record["webhookId"]),
        ("delivery", record["deliveryId"]),
        ("notification", record["notificationId"]),
    ])  # fmt: skip
    if record["isExpunged"]:
        output.print_text("\nIts bodies and headers were expunged.", DIM)
        return
    _exchange(record["request"], record["response"])


def preview(preview: Preview) -> None:
    """Print whether a notification would be sent, and the request."""
    output.print_fields([
        ("sends", ("yes", GOOD) if preview["sends"] else ("no", BAD)),
        ("matches", "yes" if preview["matches"] else "no"),
        ("passes filter", "yes" if preview["passesFilter"] else "no"),
        ("problem", None if preview["problem"] is None else (preview["problem"], BAD)),
    ])  # fmt: skip
    if preview["headers"] is not None:
        headers(preview["headers"])
    if preview["body"] is not None:
        output.print_text(escaping.document(preview["body"]))


def headers(headers: Mapping[str, str | list[str]]) -> None:
    """Print headers, one a line."""
    for name, value in headers.items():
        for each in value if isinstance(value, list) else [value]:
            output.print_parts((f"{name}: ", DIM), each)


def _exchange(request: SentRequest, response: ReceivedResponse | None) -> None:
    output.print_text(f"\n→ {request['method']} {request['url']}", BOLD)
    headers(request["headers"])
    _body(request)
    if response is not None:
        output.print_text(f"\n← {response['status']}", BOLD)
        headers(response["headers"])
        _body(response)
        if response["isTruncated"]:
            output.print_text("(truncated)", DIM)


def _body(message: SentRequest | ReceivedResponse) -> None:
    if message.get("bodyEncoding"):
        output.print_text(f"({message['bodyEncoding']})", DIM)
    if message["body"]:
        output.print_text("\n" + escaping.document(message["body"]))


def _result(record: RecordSummary) -> str:
    """The HTTP status if it says why the attempt succeeded or failed; else the cause of the failure."""
    status, cause = record["httpStatusCode"], record["failureCause"]
    return str(status) if status is not None and cause in {None, "status", "gone"} else cause or record["outcome"]


def _scope(webhook: Webhook) -> str:
    """Whose notifications a webhook receives."""
    if webhook["global"]:
        return "notifications of all users"
    owner = webhook["createdBy"]
    match webhook["actionType"]:
        case "triggered":
            return f"what user {owner} does"
        case "received":
            return f"what is for user {owner}"
        case None:
            return f"what user {owner} does and what is for user {owner}"


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
