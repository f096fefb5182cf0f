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


class Speaking:
    """A client that does not wait; `waited_s` has what it would have waited."""

    def __init__(self, url: str) -> None:
        self.waited_s: list[float] = []
        self.client = Client(transport=Transport(url, "a-key", 5, sleep=self.waited_s.append))


def error(status: int, code: str = "some") -> Response:
    return Response(status, {"error": {"code": code, "message": "So it is.", "fields": {"url": "It is bad."}}})


def test_a_list_follows_the_pages_as_they_are_taken() -> None:
    first = Response(200, [{"id": "a"}], {"Link": '</stage/webhooks?cursor=x%3D&limit=1>; rel="next"'})
    with Server(first, Response(200, []), Response(200, [{"id": "b"}])) as server:
        listed = Speaking(server.url).client.webhooks.list(page_length=1)
        assert next(listed)["id"] == "a"
        assert len(server.requests) == 1
        assert list(listed) == []
        assert [each.path for each in server.requests] == ["/webhooks?limit=1", "/stage/webhooks?cursor=x%3D&limit=1"]


def test_a_page_that_is_empty_and_has_a_next_one_is_not_the_end() -> None:
    with Server(Response(200, [], {"Link": '</webhooks?cursor=x>; rel="next"'}), Response(200, [{"id": "b"}])) as server:
        assert [each["id"] for each in Speaking(server.url).client.webhooks.list()] == ["b"]


def test_the_key_never_goes_where_a_link_leads() -> None:
    with Server(ME) as elsewhere:
        link = {"Link": f'<{elsewhere.url}/webhooks?cursor=x>; rel="next"'}
        with Server(Response(200, [], link), Response(200, [])) as server:
            assert list(Speaking(server.url).client.webhooks.list()) == []
            assert len(server.requests) == 2
        assert elsewhere.requests == []


def test_a_redirect_is_not_followed() -> None:
    moved = Response(301, "", {"Location": "https://elsewhere.test/"})
    with Server(moved) as server, pytest.raises(errors.UnexpectedAnswer, match="redirects to 'https://elsewhere"):
        Speaking(server.url).client.me()


def test_a_netrc_does_not_replace_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with Server(ME) as server:
        Speaking(server.url).client.me()
        assert server.requests[0].headers["authorization"] == "Bearer a-key"


@pytest.mark.parametrize("first", [BUSY, LOST, Response(502, "bad gateway")])
def test_a_get_is_tried_again(first: Response) -> None:
    with Server(first, ME) as server:
        assert Speaking(server.url).client.me()["id"] == 1
        assert len(server.requests) == 2


def test_a_get_waits_as_long_as_the_service_asks() -> None:
    with Server(BUSY, ME) as server:
        speaking = Speaking(server.url)
        speaking.client.me()
    assert speaking.waited_s == [3]


def test_a_get_is_not_tried_for_ever() -> None:
    with Server(BUSY) as server:
        with pytest.raises(errors.Unavailable, match="Not now"):
            Speaking(server.url).client.me()
        assert len(server.requests) == TRIES_MAX


def test_a_service_that_wants_to_be_left_alone_for_long_is_told_of_at_once() -> None:
    with Server(Response(503, BUSY.body, {"Retry-After": "3600"})) as server:
        with pytest.raises(errors.Unavailable):
            Speaking(server.url).client.me()
        assert len(server.requests) == 1


def test_what_was_refused_for_the_rate_limit_is_made_again_when_the_next_minute_begins() -> None:
    with Server(LIMITED, CREATED) as server:
        speaking = Speaking(server.url)
        speaking.client.notifications.send(NOTIFICATION)
    assert speaking.waited_s == [4]


@pytest.mark.parametrize(("headers", "seconds"), [({"Retry-After": "42"}, 42), ({}, 0)])
def test_a_next_minute_that_is_far_off_is_told_of_at_once(headers: dict[str, str], seconds: float) -> None:
    with Server(Response(429, LIMITED.body, headers), CREATED) as server:
        with pytest.raises(errors.RateLimited) as refused:
            Speaking(server.url).client.notifications.send(NOTIFICATION)
        assert (len(server.requests), refused.value.retry_after_s) == (1, seconds)


def test_another_limit_of_the_same_status_is_no_rate_limit() -> None:
    with Server(error(429, "limit_reached")) as server, pytest.raises(errors.Refused) as refused:
        Speaking(server.url).client.me()
    assert not isinstance(refused.value, errors.RateLimited)


@pytest.mark.parametrize("first", [BUSY, LOST])
def test_a_post_that_may_have_been_taken_is_not_made_again(first: Response) -> None:
    with Server(first, CREATED) as server:
        with pytest.raises((errors.Unavailable, errors.Unreachable)):
            Speaking(server.url).client.notifications.send(NOTIFICATION)
        assert len(server.requests) == 1


def test_a_post_that_never_left_is_made_again() -> None:
    speaking = Speaking(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(errors.Unreachable, match="cannot be reached"):
        speaking.client.notifications.send(NOTIFICATION)
    assert len(speaking.waited_s) == TRIES_MAX - 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.Refused),
        (401, errors.NotSignedIn),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (409, errors.Conflict),
        (422, errors.Refused),
        (500, errors.Unavailable),
    ],
)
def test_an_error_of_the_service_has_its_class_and_its_members(status: int, kind: type[errors.ErrorAnswer]) -> None:
    with Server(error(status, "its_code")) as server, pytest.raises(errors.ErrorAnswer) as caught:
        Speaking(server.url).client.webhooks.delete("wh_1")
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.code, str(caught.value)) == (status, "its_code", "So it is.")
    assert caught.value.fields == {"url": "It is bad."}


@pytest.mark.parametrize(
    "answer", [Response(404, "<html>"), Response(404, []), Response(403, {"error": "no"}), Response(200, "<html>")]
)
def test_what_is_no_posthorn_service_is_told_so(answer: Response) -> None:
    with Server(answer) as server, pytest.raises(errors.UnexpectedAnswer, match="not as a Posthorn service does"):
        Speaking(server.url).client.me()


def test_a_notification_goes_as_it_was_written() -> None:
    text = '{"modelId":1.10, "modelId2": 12345678901234567890123, "text":"ö"}'
    with Server(CREATED) as server:
        Speaking(server.url).client.notifications.send_text(text)
        assert server.requests[0].body == text


def test_an_edit_can_ask_that_nobody_else_has_meanwhile() -> None:
    with Server(Response(200, {})) as server:
        Speaking(server.url).client.webhooks.edit("wh_1", {"name": "x"}, if_version=3)
        assert server.requests[0].headers["if-match"] == '"3"'


def test_an_id_is_one_part_of_the_path_whatever_it_has() -> None:
    with Server(Response(200, {})) as server:
        Speaking(server.url).client.users.get("a/b?c#d é")
        assert server.requests[0].path == "/users/a%2Fb%3Fc%23d%20%C3%A9"


@pytest.mark.parametrize("make", [lambda c: c.users.get(".."), lambda c: c.users.get(""), lambda c: c.webhooks.get(".")])
def test_an_id_that_would_lead_elsewhere_is_refused(make: Callable[[Client], object]) -> None:
    with pytest.raises(ValueError, match="is not an id"):
        make(Client("https://posthorn.test", "k"))


@pytest.mark.parametrize("url", ["", "posthorn.test", "ftp://x", "https://", "https://u:p@x", "https://x?y=1"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="is not the URL of a service"):
        Client(url, "k")


@pytest.mark.parametrize("key", ["", " ", "two words", "é", "a\nb"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="is not an API key"):
        Client("https://posthorn.test", key)


def test_a_client_does_not_show_its_key() -> None:
    assert repr(Client("https://posthorn.test/", "a-key")) == "Client('https://posthorn.test')"


def test_a_record_that_does_not_come_is_told_so() -> None:
    with Server(error(404)) as server, pytest.raises(errors.NotThereYet, match="rec_1"):
        Speaking(server.url).client.history.wait_for("rec_1", timeout_s=0)
