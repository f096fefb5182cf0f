"""The application. It mounts the blueprints and has no logic."""

from __future__ import annotations

from typing import Final

from chalice.app import Chalice

from chalicelib.api import (
    actions,
    audit,
    console,
    health,
    history,
    me,
    middleware,
    notifications,
    previews,
    queues,
    recovery,
    reference,
    stats,
    users,
    webhooks,
)
from chalicelib.composition import process
from chalicelib.composition.api import services

_MODULES: Final = (
    health,
    console,
    reference,
    actions,
    webhooks,
    previews,
    recovery,
    history,
    stats,
    notifications,
    users,
    me,
    audit,
    queues,
)

app = Chalice("posthorn", configure_logs=False)
for _module in _MODULES:
    app.register_blueprint(_module.blueprint)
app.register_middleware(middleware.shaped, "http")
if not process.is_run(__name__):  # `chalice package` finds the workers here; the API's function does not load them
    from chalicelib.workers import background, deliver, notify, schedule

    for _worker in (notify, deliver, background, schedule):
        app.register_blueprint(_worker.blueprint)
process.prepare(__name__, services)
