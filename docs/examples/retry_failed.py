"""Retry what failed within the last hour, each delivery once, and say what came of it."""

# ruff: noqa: T201 - it is no package, and speaks to whoever sits at the terminal

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from posthorn.client import Client, Conflict, NotThereYet

with Client(os.environ["POSTHORN_URL"], os.environ["POSTHORN_KEY"]) as client:
    since = datetime.now(UTC) - timedelta(hours=1)
    newest = {}
    for record in client.history.summaries(since=since):  # page by page, newest first
        newest.setdefault(record["deliveryId"], record)
    for record in newest.values():
        if record["outcome"] == "succeeded":
            continue
        try:
            promised = client.history.retry(record["id"])
            made = client.history.wait_for(promised["id"])
            print(record["webhookId"], made["outcome"], made["message"])
        except Conflict as error:  # the webhook was paused or disabled meanwhile
            print(record["webhookId"], error.code, error.message)
        except NotThereYet as error:
            print(error)
