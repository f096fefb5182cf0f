"""How errors leave the service: one table, one shape, no trace."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NoReturn

import pytest
from chalice.app import Response

from app import app
from chalicelib.api import errors, middleware
from chalicelib.domain.errors import LimitReached, NotFound, PosthornError, Unavailable
from tests.api.town import DRAFT

if TYPE_CHECKING:
    from tests.api.town import Town


def _tree(root: type[PosthornError]) -> set[type[PosthornError]]:
    return {root}.union(*(_tree(each) for each in root.__subclasses__()))


def _callers_tree() -> set[type[PosthornError]]:
    """The errors that callers can meet: those of the domain and of the API."""
    rooms = ("chalicelib.domain.", "chalicelib.api.")
    return {each for each in _tree(PosthornError) if each.__module__.startswith(rooms)} - {PosthornError}


def test_every_error_has_a_row() -> None:
    assert errors.STATUSES.keys() == _callers_tree()


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [each.code for each in _callers_tree()]
    assert len(codes) == len(set(codes))


def test_an_error_without_a_row_takes_that_of_the_class_above() -> None:
    class LetterNotFound(NotFound):
        """A newcomer."""

    assert errors.status_of(LetterNotFound("There is no such letter.")) == 404


@pytest.mark.parametrize("path", app.routes)
def test_a_method_that_a_path_does_not_have_is_405(town: Town, path: str) -> None:
    answer = town.admin.send("TRACE", path)
    assert (answer.status, answer.error["code"]) == (405, "method_not_allowed")
    assert sorted(answer.headers["allow"].split(", ")) == sorted(app.routes[path])


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "nonsense",
        "application/json; charset=utf-16",
    ],
)
@pytest.mark.parametrize("path", ["/webhooks", "/notifications", "/users/1/keys"])
def test_a_body_that_does_not_say_that_it_is_json_is_415(town: Town, path: str, content_type: str) -> None:
    answer = town.admin.send("POST", path, b"{}", {"Content-Type": content_type})
    assert (answer.status, answer.error["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; Charset=UTF-8", 'application/json;charset="utf-8"']
)
def test_a_charset_may_be_named(town: Town, content_type: str) -> None:
    answer = town.admin.send("POST", "/notifications", b'{"notificationType":"tagCreated"}', {"Content-Type": content_type})
    assert answer.status == 202


def test_a_body_beyond_the_limit_is_413(town: Town) -> None:
    body = b" " * (town.service.settings.request_body_bytes_max + 1)
    answer = town.admin.send("POST", "/webhooks", body, {"Content-Type": "application/json"})
    assert (answer.status, answer.error["code"]) == (413, "too_large")
    assert "REQUEST_BODY_BYTES_MAX" in answer.error["message"]


def test_a_route_without_a_body_takes_any_content_type(town: Town) -> None:
    assert town.admin.get("/webhooks", **{"Content-Type": "text/plain"}).status == 200


def test_a_retry_does_not_look_at_a_body(town: Town) -> None:
    record_id = town.record_of(town.webhook_of(town.anna))
    answer = town.anna.send(
        "POST", f"/history/retry/{record_id}", b"a=1", {"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status == 202


def test_a_store_that_refuses_is_503_with_a_time_to_come_back(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    _break(town, monkeypatch, Unavailable("The table refuses for now."))
    answer = town.anna.get("/webhooks")
    assert (answer.status, answer.error["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0


def test_a_queue_that_refuses_every_notification_is_503(town: Town) -> None:
    town.world.accepted.is_refusing = True
    assert town.admin.post("/notifications", {"notificationType": "tagCreated"}).status == 503


def test_what_nobody_foresaw_is_500_without_a_trace(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _break(town, monkeypatch, RuntimeError("the secret is whsec_1"))
    with caplog.at_level(logging.ERROR):
        answer = town.anna.get("/webhooks")
    assert (answer.status, answer.error["code"]) == (500, "internal_error")
    assert "whsec_1" not in answer.text
    assert "Traceback" not in answer.text


def test_what_nobody_foresaw_is_logged_with_the_id_that_the_caller_was_told(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _break(town, monkeypatch, RuntimeError("unforeseen"))
    with caplog.at_level(logging.ERROR):
        answer = town.anna.get("/webhooks")
    (line,) = caplog.records
    assert line.__dict__["request_id"] in answer.error["message"]
    assert line.exc_info is not None
    assert str(line.exc_info[1]) == "unforeseen"


def test_what_breaks_around_a_view_is_500_in_our_shape(caplog: pytest.LogCaptureFixture) -> None:
    def breaking(_: object) -> NoReturn:
        message = "unforeseen"
        raise RuntimeError(message)

    with caplog.at_level(logging.ERROR):
        response = middleware.shaped(None, breaking)
    assert response.status_code == 500
    assert response.body.startswith('{"error": {"code": "internal_error"')


@pytest.mark.parametrize(
    ("status", "code"), [(400, "invalid_input"), (415, "unsupported_media_type"), (500, "internal_error")]
)
def test_what_chalice_refuses_by_itself_is_given_our_shape(status: int, code: str) -> None:
    chalices = Response({"Code": "BadRequest", "Message": "secret"}, {}, status)
    response = middleware.shaped(None, lambda _: chalices)
    assert response.status_code == status
    assert f'"code": "{code}"' in response.body
    assert "secret" not in response.body


def test_more_webhooks_than_a_user_may_own_is_429_that_names_the_limit(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(town.service.api.webhooks, "_webhooks_per_user_max", 1)
    answer = town.anna.post("/webhooks", {"webhooks": [DRAFT, DRAFT]})
    assert [each["code"] for each in answer.json["errors"]] == [LimitReached.code]
    again = town.create(town.anna)
    assert (again.status, again.error["code"]) == (429, "limit_reached")
    assert "WEBHOOKS_PER_USER_MAX" in again.error["message"]


def test_a_message_and_its_fields_are_bounded(town: Town) -> None:
    body = {f"{'k' * 5_000}{number}": 1 for number in range(100)}
    answer = town.admin.put("/users/1", body)
    assert answer.status == 400
    assert len(answer.text) < 10_000


def _break(town: Town, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def breaking(*_: object) -> NoReturn:
        raise error

    monkeypatch.setattr(town.world.webhooks, "page", breaking)


def test_a_query_parameter_that_is_given_twice_is_refused_and_named(town: Town) -> None:
    answer = town.anna.get("/webhooks?limit=1&limit=2")
    assert (answer.status, answer.error["code"], set(answer.error["fields"])) == (400, "invalid_input", {"limit"})
    assert "'limit' is given more than once" in answer.error["message"]
