"""Responses of token servers."""

from __future__ import annotations

import json
from typing import Any, Final

from chalicelib.domain.delivery.attempt import Response

TOKEN_URL: Final = "https://login.example/token"


def granting(token: str = "t0ken", **changes: Any) -> Response:  # noqa: ANN401, S107 - any member; nobody's token
    """A response as in RFC 6749, 5.1; a member that is changed to ``None`` is left out."""
    members = {"access_token": token, "token_type": "Bearer", "expires_in": 3600} | changes
    given = {name: value for name, value in members.items() if value is not None}
    return Response(200, (("content-type", "application/json"),), json.dumps(given).encode())
