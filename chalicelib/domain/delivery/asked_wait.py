"""The wait that a receiver asks for in its response, in the unit that this receiver uses.

======================================  ===============================================  =========================
where                                   in which responses                               unit
======================================  ===============================================  =========================
``Retry-After``                         all failures                                     seconds, a date or a time
``x-ratelimit-reset-after``             429 and 503                                      seconds, with decimals
``retry_after`` in a JSON body          429 and 503                                      seconds, with decimals
the same, and ``Retry-After``, of       429 and 503                                      milliseconds
Discord without a version, or below 8
======================================  ===============================================  =========================

Discord's page for a channel's webhooks shows URLs without a version. They get the oldest API, which counts milliseconds;
since version 8 it counts seconds (discord/discord-api-docs, issue 2360 and pull request 2823).
"""

from __future__ import annotations

import json
import math
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from chalicelib.domain.delivery.schedule import RETRY_AFTER_MAX_S, retry_after_s
from chalicelib.domain.payloads.formats import BodyFormat

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.delivery.attempt import Exchange, Response

_THROTTLED: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_DECIMAL: Final = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")
_DISCORD_HOST: Final = re.compile(r"([a-z]+\.)?discord(app)?\.com")
_DISCORD_PATH: Final = re.compile(r"/api/(?:v([0-9]{1,3})/)?webhooks/")
_SECONDS_SINCE_VERSION: Final = 8
_MILLISECOND_S: Final = 0.001


def seconds(exchange: Exchange, body_format: BodyFormat, now: datetime) -> float | None:
    """The wait from `now` on, at most a day; ``None`` if the response asks for none that makes sense."""
    answer = exchange.response
    if answer is None:
        return None
    header = answer.header("retry-after")
    if answer.status not in _THROTTLED:
        return retry_after_s(header, now)
    is_discord = _is_discord(exchange.request.url, body_format)
    unit_s = _discords_unit_s(exchange.request.url, answer) if is_discord else 1
    readings = (retry_after_s(header, now, unit_s=unit_s), _reset_after_s(answer), _body_s(answer, unit_s))
    found = [each for each in readings if each is not None]
    if is_discord:
        return max(found, default=None)  # they differ by their decimals, or the header is that of a wider limit
    return next(iter(found), None)


def _is_discord(url: str, body_format: BodyFormat) -> bool:
    return body_format is BodyFormat.DISCORD or _DISCORD_HOST.fullmatch(urlsplit(url).hostname or "") is not None


def _discords_unit_s(url: str, answer: Response) -> float:
    """The unit of a number. A page of HTML is from the proxy in front of Discord, which uses seconds."""
    found = _DISCORD_PATH.match(urlsplit(url).path)
    is_of_proxy = (answer.header("content-type") or "").lower().startswith("text/html")
    if found is None or is_of_proxy:
        return 1
    version = found[1]
    return _MILLISECOND_S if version is None or int(version) < _SECONDS_SINCE_VERSION else 1


def _reset_after_s(answer: Response) -> float | None:
    text = (answer.header("x-ratelimit-reset-after") or "").strip()
    return _bounded(float(text)) if _DECIMAL.fullmatch(text) else None


def _body_s(answer: Response, unit_s: float) -> float | None:
    """The wait in a JSON object; ``None`` if the body is not one, or is cut."""
    if not answer.body.lstrip().startswith(b"{"):
        return None
    try:
        said: Any = json.loads(answer.body).get("retry_after")
    except (ValueError, RecursionError):
        return None
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    try:
        number = float(said)
    except OverflowError:
        return None
    return _bounded(number * unit_s) if math.isfinite(number) and number >= 0 else None


def _bounded(wait_s: float) -> float:
    return min(wait_s, RETRY_AFTER_MAX_S)
