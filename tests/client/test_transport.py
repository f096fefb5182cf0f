from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from posthorn import client as errors
from posthorn.client import Client
from posthorn.client.transport import TRIES_MAX, Transport
from tests.client.server import Response, Server
from tests.docs.story import free_port

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.enable_socket

BUSY = Response(503, {"error": {"code": "unavailable", "message": "Not now."}}, {"Retry-After": "3"})
LIMITED = Response(429, {"error": {"code": "rate_limited", "message": "Too many."}}, {"Retry-After": "4"})
CREATED = Response(202, {"accepted": [], "errors": []})
LOST = Response(0)
ME = Response(200, {"id": 1})
NOTIFICATION = {"notificationType": "x"}


class Impatient:
    """A client that does not wait before a retry; `waited_s` has the seconds that it would have waited."""

    def __init__(self, url: str) -> None:
        self.waited_s: list[float] = []
        self.client = Client(transport=Transport(url, "a-key", 5, sleep=self.waited_s.append))


def error(status: int, code: str = "some") -> Response:
    return Response(status, {"error": {"code": code, "message": "The message.", "fields": {"url": "It is invalid."}}})


def test_the_next_page_is_requested_when_a_page_has_been_taken() -> None:
    first = Response(200, [{"id": "a"}], {"Link": '</stage/webhooks?cursor=x%3D&limit=1>; rel="next"'})
    with Server(first, Response(200, []), Response(200, [{"id": "b"}])) as server:
        listed = Impatient(server.url).client.webhooks.list(page_length=1)
        assert next(listed)["id"] == "a"
        assert len(server.requests) == 1
        assert list(listed) == []
        assert [each.path for each in server.requests] == ["/webhooks?limit=1", "/stage/webhooks?cursor=x%3D&limit=1"]


def test_an_empty_page_with_a_next_page_does_not_end_a_list() -> None:
    with Server(Response(200, [], {"Link": '</webhooks?cursor=x>; rel="next"'}), Response(200, [{"id": "b"}])) as server:
        assert [each["id"] for each in Impatient(server.url).client.webhooks.list()] == ["b"]


def test_several_values_of_a_parameter_are_separated_by_commas() -> None:
    with Server(Response(200, {})) as server:
        Transport(server.url, "a-key").call("GET", "/things", query={"kinds": ["a", "b"], "is": True, "none": None})
        assert server.requests[0].path == "/things?kinds=a%2Cb&is=true"


def test_the_key_is_never_sent_to_the_host_of_a_link() -> None:
    with Server(ME) as elsewhere:
        link = {"Link": f'<{elsewhere.url}/webhooks?cursor=x>; rel="next"'}
        with Server(Response(200, [], link), Response(200, [])) as server:
            assert list(Impatient(server.url).client.webhooks.list()) == []
            assert len(server.requests) == 2
        assert elsewhere.requests == []


def test_a_redirect_is_not_followed() -> None:
    moved = Response(301, "", {"Location": "https://elsewhere.test/"})
    with Server(moved) as server, pytest.raises(errors.UnexpectedResponseError, match="redirects to 'https://elsewhere"):
        Impatient(server.url).client.me()


def test_a_netrc_does_not_replace_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with Server(ME) as server:
        Impatient(server.url).client.me()
        assert server.requests[0].headers["authorization"] == "Bearer a-key"


@pytest.mark.parametrize("first", [BUSY, LOST, Response(502, "bad gateway")])
def test_a_get_is_retried(first: Response) -> None:
    with Server(first, ME) as server:
        assert Impatient(server.url).client.me()["id"] == 1
        assert len(server.requests) == 2


def test_a_get_waits_for_retry_after() -> None:
    with Server(BUSY, ME) as server:
        impatient = Impatient(server.url)
        impatient.client.me()
    assert impatient.waited_s == [3]


def test_the_retries_of_a_get_are_limited() -> None:
    with Server(BUSY) as server:
        with pytest.raises(errors.ServerError, match="Not now"):
            Impatient(server.url).client.me()
        assert len(server.requests) == TRIES_MAX


def test_a_long_retry_after_is_raised_at_once() -> None:
    with Server(Response(503, BUSY.body, {"Retry-After": "3600"})) as server:
        with pytest.raises(errors.ServerError):
            Impatient(server.url).client.me()
        assert len(server.requests) == 1


def test_a_rate_limited_request_is_retried_in_the_next_minute() -> None:
    with Server(LIMITED, CREATED) as server:
        impatient = Impatient(server.url)
        impatient.client.notifications.send(NOTIFICATION)
    assert impatient.waited_s == [4]


@pytest.mark.parametrize(("headers", "seconds"), [({"Retry-After": "42"}, 42), ({}, 0)])
def test_a_rate_limited_request_is_not_retried_if_the_wait_is_long_or_unknown(
    headers: dict[str, str], seconds: float
) -> None:
    with Server(Response(429, LIMITED.body, headers), CREATED) as server:
        with pytest.raises(errors.RateLimitError) as refused:
            Impatient(server.url).client.notifications.send(NOTIFICATION)
        assert (len(server.requests), refused.value.retry_after_s) == (1, seconds)


def test_another_limit_with_the_same_status_is_not_a_rate_limit() -> None:
    with Server(error(429, "limit_reached")) as server, pytest.raises(errors.ClientError) as refused:
        Impatient(server.url).client.me()
    assert not isinstance(refused.value, errors.RateLimitError)


@pytest.mark.parametrize("first", [BUSY, LOST])
def test_a_post_that_may_have_had_an_effect_is_not_retried(first: Response) -> None:
    with Server(first, CREATED) as server:
        with pytest.raises((errors.ServerError, errors.ApiConnectionError)):
            Impatient(server.url).client.notifications.send(NOTIFICATION)
        assert len(server.requests) == 1


def test_a_post_that_was_not_sent_is_retried() -> None:
    impatient = Impatient(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(errors.ApiConnectionError, match="cannot be reached"):
        impatient.client.notifications.send(NOTIFICATION)
    assert len(impatient.waited_s) == TRIES_MAX - 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.ClientError),
        (401, errors.AuthenticationError),
        (403, errors.PermissionDeniedError),
        (404, errors.NotFoundError),
        (409, errors.ConflictError),
        (422, errors.ClientError),
        (500, errors.ServerError),
    ],
)
def test_an_error_response_has_its_class_and_its_members(status: int, kind: type[errors.ApiError]) -> None:
    with Server(error(status, "its_code")) as server, pytest.raises(errors.ApiError) as caught:
        Impatient(server.url).client.webhooks.delete("wh_1")
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.code, str(caught.value)) == (status, "its_code", "The message.")
    assert caught.value.fields == {"url": "It is invalid."}


@pytest.mark.parametrize(
    "answer", [Response(404, "<html>"), Response(404, []), Response(403, {"error": "no"}), Response(200, "<html>")]
)
def test_a_response_of_another_server_is_reported(answer: Response) -> None:
    with Server(answer) as server, pytest.raises(errors.UnexpectedResponseError, match="not as a Posthorn service does"):
        Impatient(server.url).client.me()


def test_a_notification_is_sent_unchanged() -> None:
    text = '{"modelId":1.10, "modelId2": 12345678901234567890123, "text":"ö"}'
    with Server(CREATED) as server:
        Impatient(server.url).client.notifications.send_text(text)
        assert server.requests[0].body == text


def test_an_edit_can_require_a_version() -> None:
    with Server(Response(200, {})) as server:
        Impatient(server.url).client.webhooks.edit("wh_1", {"name": "x"}, if_version=3)
        assert server.requests[0].headers["if-match"] == '"3"'


def test_an_id_is_percent_encoded() -> None:
    with Server(Response(200, {})) as server:
        Impatient(server.url).client.users.get("a/b?c#d é")
        assert server.requests[0].path == "/users/a%2Fb%3Fc%23d%20%C3%A9"


@pytest.mark.parametrize("make", [lambda c: c.users.get(".."), lambda c: c.users.get(""), lambda c: c.webhooks.get(".")])
def test_an_id_that_would_change_the_path_is_refused(make: Callable[[Client], object]) -> None:
    with pytest.raises(ValueError, match="is not an id"):
        make(Client("https://posthorn.test", "k"))


@pytest.mark.parametrize("url", ["", "posthorn.test", "ftp://x", "https://", "https://u:p@x", "https://x?y=1"])
def test_an_invalid_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="is not the URL of a service"):
        Client(url, "k")


@pytest.mark.parametrize("key", ["", " ", "two words", "é", "a\nb"])
def test_an_invalid_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="is not an API key"):
        Client("https://posthorn.test", key)


def test_a_client_does_not_show_its_key() -> None:
    assert repr(Client("https://posthorn.test/", "a-key")) == "Client('https://posthorn.test')"


def test_a_record_that_does_not_appear_is_reported() -> None:
    with Server(error(404)) as server, pytest.raises(errors.WaitTimeoutError, match="rec_1"):
        Impatient(server.url).client.history.wait_for("rec_1", timeout_s=0)
