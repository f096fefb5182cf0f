"""Retry each delivery that failed in the last hour, and print the outcome."""

# ruff: noqa: T201 - an example prints its results

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from posthorn.client import Client, ConflictError, WaitTimeoutError

with Client(os.environ["POSTHORN_URL"], os.environ["POSTHORN_KEY"]) as client:
    since = datetime.now(UTC) - timedelta(hours=1)
    newest = {}
    for record in client.history.summaries(since=since):  # page by page, newest first
        newest.setdefault(record["deliveryId"], record)
    for record in newest.values():
        if record["outcome"] == "succeeded":
            continue
        try:
            requested = client.history.retry(record["id"])
            made = client.history.wait_for(requested["id"])
            print(record["webhookId"], made["outcome"], made["message"])
        except ConflictError as error:  # the webhook was paused or disabled meanwhile
            print(record["webhookId"], error.code, error.message)
        except WaitTimeoutError as error:
            print(error)
