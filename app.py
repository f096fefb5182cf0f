"""The application: it mounts what each room brings, and holds no logic."""

from __future__ import annotations

from typing import Final

from chalice.app import Chalice

from chalicelib.api import health, history, middleware, notifications, users, webhooks
from chalicelib.workers import deliver, notify, purge, record, schedule

_ROOMS: Final = (health, webhooks, history, notifications, users, notify, deliver, schedule, purge, record)

app = Chalice("posthorn", configure_logs=False)
for _room in _ROOMS:
    app.register_blueprint(_room.blueprint)
app.register_middleware(middleware.shaped, "http")
