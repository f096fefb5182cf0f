"""The client credentials grant (RFC 6749, 4.4): the request for a token, and its response."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus, urlencode

from chalicelib.domain.delivery.attempt import OutboundRequest
from chalicelib.domain.webhooks import authentication
from chalicelib.domain.webhooks.authentication import ClientAuthentication

if TYPE_CHECKING:
    from chalicelib.domain.delivery.attempt import Exchange, Response
    from chalicelib.domain.webhooks.authentication import OAuth2Authentication

TOKEN_LENGTH_MAX: Final = 8_192
LIFE_DEFAULT_S: Final = 300.0
"""The lifetime of a token if the server does not state one."""
LIFE_MAX_S: Final = 24 * 3600.0
EARLY_MIN_S: Final = 10.0
EARLY_SHARE: Final = 0.1
"""A token is renewed this share of its lifetime before it expires, and at least `EARLY_MIN_S` before."""

_TOKEN: Final = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Grant:
    """A token, and the seconds for which to use it."""

    token: str = field(repr=False)
    use_s: float


@dataclass(frozen=True, slots=True)
class Denial:
    """Why there is no token: a sentence that contains nothing that the server wrote."""

    message: str


def token_request(
    client: OAuth2Authentication, deadline_s: float, *, user_agent: str, may_reach_private: bool
) -> OutboundRequest:
    """The request for a token, with the client's id and secret in its header or its body."""
    form = {"grant_type": "client_credentials"} | ({"scope": client.scope} if client.scope else {})
    headers = {
        "accept": "application/json",
        "content-type": "application/x-www-form-urlencoded",
        "user-agent": user_agent,
    }
    match client.client_authentication:
        case ClientAuthentication.BASIC:
            word = authentication.basic(quote_plus(client.client_id), quote_plus(client.client_secret))
            headers[authentication.HEADER] = word
        case ClientAuthentication.BASIC_RAW:
            headers[authentication.HEADER] = authentication.basic(client.client_id, client.client_secret)
        case ClientAuthentication.BODY:
            form |= {"client_id": client.client_id, "client_secret": client.client_secret}
    return OutboundRequest(
        client.token_url,
        tuple(headers.items()),
        urlencode(form).encode(),
        deadline_s,
        may_reach_private,
        has_secret_body=True,
    )


def granted(exchange: Exchange) -> Grant | Denial:
    """The token from the token server's response (RFC 6749, 5.1), or the reason why there is none."""
    response = exchange.response
    if exchange.failure is not None or response is None:
        cause = exchange.failure.value if exchange.failure else "no response"
        return Denial(f"There is no token: the request to the token server failed ({cause}).")
    if response.status != HTTPStatus.OK:
        return Denial(f"There is no token: the token server answered {response.status}.")
    problem, grant = _parsed(response)
    return grant or Denial(f"There is no token: the token server answered 200, but {problem}.")


def _parsed(response: Response) -> tuple[str, Grant | None]:
    members = _object(response)
    if members is None:
        return "its body is not a JSON object", None
    token, life_s = members.get("access_token"), _life_s(members.get("expires_in"))
    if not isinstance(token, str) or _TOKEN.fullmatch(token) is None or len(token) > TOKEN_LENGTH_MAX:
        return f"access_token is not 1 to {TOKEN_LENGTH_MAX:,} printable ASCII characters", None
    if str(members.get("token_type")).lower() != "bearer":
        return "token_type is not Bearer", None
    if life_s is None:
        return "expires_in is not a number of seconds", None
    return "", Grant(token, life_s)


def _object(response: Response) -> dict[str, Any] | None:
    """The JSON object of the body. It shows by itself where it ends, so it is valid even if the body broke off after it."""
    try:
        members = json.loads(response.body.decode())
    except (ValueError, RecursionError):
        return None
    return members if isinstance(members, dict) else None


def _life_s(expires_in: object) -> float | None:
    """The seconds for which to use a token. Some servers write `expires_in` as a string."""
    if expires_in is None:
        return LIFE_DEFAULT_S
    text = str(expires_in)
    is_number = isinstance(expires_in, (int, str)) and not isinstance(expires_in, bool)
    if not is_number or not (text.isascii() and text.isdigit()):
        return None
    life_s = min(float(text[:20]), LIFE_MAX_S)
    return max(life_s - max(EARLY_MIN_S, EARLY_SHARE * life_s), 0.0)
