"""Requests as API Gateway hands them to the function."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from app import app
from chalicelib.domain.directory.users import Role
from tests.api.client import Answer, answer_of

if TYPE_CHECKING:
    from tests.api.town import Town


def _call(town: Town, method: str, route: str, *, headers: dict[str, str] | None = None, **changes: object) -> Answer:
    """What the gateway sends for the stage `api`, and what it gets."""
    key = town.service.api.directory.ensure_user("3", "Carla", Role.ADMIN)
    sent = {"Authorization": key, "Host": "abc.execute-api.eu-west-1.amazonaws.com", "X-Forwarded-Proto": "https"}
    event = {
        "resource": route,
        "path": route,
        "httpMethod": method,
        "headers": sent | (headers or {}),
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": route,
            "httpMethod": method,
            "path": f"/api{route}",
            "stage": "api",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "domainName": "abc.execute-api.eu-west-1.amazonaws.com",
        },
        "body": None,
        "isBase64Encoded": False,
    }
    return answer_of(app(event | changes, None))


def test_a_body_may_come_in_base64(town: Town) -> None:
    body = base64.b64encode('{"notificationType":"tagCreated","text":"ü"}'.encode()).decode()
    answer = _call(
        town, "POST", "/notifications", body=body, isBase64Encoded=True, headers={"content-type": "application/json"}
    )
    assert answer.status == 202
    assert [each.text for each in town.world.accepted.sent] == ['{"notificationType":"tagCreated","text":"ü"}']


@pytest.mark.parametrize("body", ["*", "A", "ü"])
def test_a_body_that_is_no_base64_is_no_5xx(town: Town, body: str) -> None:
    answer = _call(
        town, "POST", "/notifications", body=body, isBase64Encoded=True, headers={"content-type": "application/json"}
    )
    assert answer.status == 400


def test_half_a_surrogate_pair_in_the_event_is_400(town: Town) -> None:
    body = '{"notificationType":"tagCreated","text":"\ud800"}'
    assert _call(town, "POST", "/notifications", body=body, headers={"content-type": "application/json"}).status == 400


def test_a_link_leads_through_the_stage(town: Town) -> None:
    for _ in range(2):
        town.webhook_of(town.anna)
    answer = _call(town, "GET", "/webhooks", multiValueQueryStringParameters={"limit": ["1"]})
    assert answer.headers["link"].startswith("<https://abc.execute-api.eu-west-1.amazonaws.com/api/webhooks?limit=1&cursor=")


@pytest.mark.parametrize("host", ["evil>.example", "a b", "", "user@host", "h:123456", 'x"y'])
def test_a_link_is_relative_where_the_host_cannot_be_trusted(town: Town, host: str) -> None:
    for _ in range(2):
        town.webhook_of(town.anna)
    context = {"resourcePath": "/webhooks", "httpMethod": "GET", "path": "/api/webhooks"}
    answer = _call(
        town,
        "GET",
        "/webhooks",
        headers={"Host": host},
        multiValueQueryStringParameters={"limit": ["1"]},
        requestContext=context,
    )
    assert answer.headers["link"].startswith("</api/webhooks?limit=1&cursor=")


@pytest.mark.parametrize("host", ["localhost:8000", "[::1]:8000", "posthorn.example"])
def test_a_link_names_the_host_that_the_caller_named(town: Town, host: str) -> None:
    for _ in range(2):
        town.webhook_of(town.anna)
    answer = town.anna.get("/webhooks?limit=1", Host=host)
    assert answer.headers["link"].startswith(f"<http://{host}/webhooks?limit=1&cursor=")


def test_a_repeated_parameter_is_refused(town: Town) -> None:
    answer = _call(town, "GET", "/webhooks", multiValueQueryStringParameters={"limit": ["1", "2"]})
    assert answer.error["fields"].keys() == {"limit"}


def test_a_failure_is_told_by_the_gateways_request_id(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(type(town.world.webhooks), "page")
    answer = _call(town, "GET", "/webhooks")
    assert "c6af9ac6-7b61-11e6-9a41-93e8deadbeef" in answer.error["message"]
    assert "request.failed" in caplog.text


def test_an_event_that_is_no_request_is_answered_all_the_same(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    answer = _call(town, "GET", "/users/{user_id}")
    assert (answer.status, answer.error["code"]) == (500, "internal_error")
    assert "request.failed" in caplog.text


def test_the_workers_are_found_in_the_application() -> None:
    assert {"notify", "deliver", "deliver_slow"} <= app.handler_map.keys()


def test_a_worker_does_not_load_the_api() -> None:
    script = "import json, sys, chalicelib.workers.deliver; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    loaded = json.loads(run.stdout)
    assert "chalicelib.workers.deliver" in loaded
    assert not {"pydantic", "chalicelib.api"} & set(loaded)
