"""What API Gateway hands to the function fits Lambda's 6 MB, for every body that the settings allow.

API Gateway takes 10 MB of a body, and 10,240 bytes of a request line with its headers ("Quotas for configuring and running
a REST API", docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html). It puts
them into JSON, and Lambda takes 6 MB of that ("Lambda quotas"). API Gateway answers 413 to what is over it, so no setting
may promise it.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any, Final

import pytest

from chalicelib.settings import Settings
from tests.api import lambdas

_LINE_AND_HEADERS_BYTES_MAX: Final = 10_240
_BOUNDS: Final = {each.name: each.metadata["bounds"] for each in fields(Settings) if "bounds" in each.metadata}
_BODY_BYTES_MAX: Final = _BOUNDS["request_body_bytes_max"][1]


def _event(body: str) -> dict[str, Any]:
    """An event with the longest headers and the longest path, each wherever API Gateway repeats it."""
    path, header = "/" + '"' * (_LINE_AND_HEADERS_BYTES_MAX // 2), '"' * (_LINE_AND_HEADERS_BYTES_MAX // 2)
    return {
        "resource": "/webhooks/{webhook_id}",
        "path": path,
        "httpMethod": "POST",
        "headers": {"X": header},
        "multiValueHeaders": {"X": [header]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"webhook_id": path},
        "stageVariables": None,
        "requestContext": {"path": f"/api{path}", "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"},
        "body": body,
        "isBase64Encoded": False,
    }


def _filled(piece: str) -> str:
    """A body of legal JSON that is nothing but that piece, at the greatest length that a setting allows."""
    return f'["{piece * ((_BODY_BYTES_MAX - 4) // len(piece.encode()))}"]'


@pytest.mark.parametrize("body", [_filled('\\"'), _filled("\\n"), _filled("é"), _filled("😀"), "\n" * _BODY_BYTES_MAX])
@pytest.mark.parametrize("is_escaped", [False, True], ids=["in UTF-8", "escaped"])
def test_the_largest_event_fits(body: str, *, is_escaped: bool) -> None:
    """Whether API Gateway escapes what is beyond ASCII is written nowhere; it takes three bytes for one then."""
    assert _BODY_BYTES_MAX - 8 <= len(body.encode()) <= _BODY_BYTES_MAX
    assert len(json.dumps(_event(body), ensure_ascii=is_escaped).encode()) <= lambdas.EVENT_BYTES_MAX
