"""How requests to receivers are made, by the deliver worker and for a preview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.delivery.outbound import RequestRules

if TYPE_CHECKING:
    from chalicelib.settings import Settings


def request_rules(settings: Settings) -> RequestRules:
    """The default timeout and the `User-Agent`."""
    return RequestRules(settings.request_timeout_s, settings.user_agent)
